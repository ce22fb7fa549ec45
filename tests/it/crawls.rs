//! Crawls: a site is stored page by page, goes on after a kill, and is read again for what has changed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{body::Body, http::Response};
use serde_json::{Value, json};

use crate::{
    addresses::INTRANET,
    support::{Hub, ok, problem},
    website::{Website, page, page_with_etag, status},
};

/// Polls a crawl until its run has ended.
pub(crate) async fn wait_until_ended(hub: &Hub, crawl: &Value) -> Value {
    wait_while(hub, crawl, "pending processing").await
}

/// Polls a crawl while its status is one of these.
pub(crate) async fn wait_while(hub: &Hub, crawl: &Value, statuses: &str) -> Value {
    let path = format!("/crawls/{}", crawl["crawl_id"].as_str().unwrap());
    loop {
        let crawl = ok(hub.get(&path).await).await;
        if !statuses.contains(crawl["status"].as_str().unwrap()) {
            return crawl;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Starts a crawl.
pub(crate) async fn start(hub: &Hub, body: &Value) -> Value {
    let response = hub.post("/agents/crawler", body).await;
    assert_eq!(response.status(), 202);
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    let crawl: Value = response.json().await.unwrap();
    assert_eq!(
        location,
        format!("/crawls/{}", crawl["crawl_id"].as_str().unwrap())
    );
    crawl
}

/// The URLs of the documents of a library.
pub(crate) async fn stored(hub: &Hub, library: &str, website: &Website) -> BTreeSet<String> {
    let (mut urls, mut cursor) = (BTreeSet::new(), String::new());
    loop {
        let page = ok(hub
            .get(&format!("/documents?library={library}&limit=100{cursor}"))
            .await)
        .await;
        for document in page["documents"].as_array().unwrap() {
            urls.insert(document["url"].as_str().unwrap().replace(&website.url(""), ""));
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return urls,
        }
    }
}

/// What a site has at its paths: texts and links.
pub(crate) type Pages = Arc<Mutex<BTreeMap<String, String>>>;

pub(crate) fn article(text: &str, links: &[String]) -> String {
    let links: String = links
        .iter()
        .map(|link| format!("<a href='{link}'>next</a> "))
        .collect();
    format!(
        "<html><body><article><h1>{text}</h1><p>This page says that {text} is kept in the tower room.</p></article><p>{links}</p></body></html>"
    )
}

/// A site of a home page, sections and pages, with a sitemap, a robots.txt, traps and faults.
pub(crate) fn site(sections: usize, pages: usize) -> Pages {
    let mut site = BTreeMap::new();
    let section = |number: usize| format!("/s{number}/");
    let mut links: Vec<String> = (1..=sections).map(section).collect();
    links.extend(
        [
            "/private/x",
            "/missing",
            "/broken",
            "/calendar/2026/10",
            "/run?sid=4f3a9b2c1d0e00010001",
        ]
        .map(str::to_owned),
    );
    site.insert("/".to_owned(), article("the home of lamps", &links));
    for number in 1..=sections {
        let links: Vec<String> = (1..=pages).map(|page| format!("/s{number}/p{page}")).collect();
        site.insert(section(number), article(&format!("section {number}"), &links));
        for page in 1..=pages {
            let text = format!("lamp {page} of section {number}");
            site.insert(
                format!("/s{number}/p{page}"),
                article(&text, &[format!("/s{number}/"), "/".to_owned()]),
            );
        }
    }
    Arc::new(Mutex::new(site))
}

pub(crate) fn answer(pages: &Pages, path: &str, etag: Option<&str>) -> Response<Body> {
    match path {
        "/robots.txt" => crate::website::file(
            "text/plain",
            "User-agent: *\nDisallow: /private/\nSitemap: /sitemap.xml\n",
        ),
        "/sitemap.xml" => {
            let pages = pages.lock().unwrap();
            let urls: String = pages
                .keys()
                .take(20)
                .map(|path| format!("<url><loc>{path}</loc></url>"))
                .collect();
            crate::website::file("application/xml", format!("<urlset>{urls}</urlset>"))
        }
        "/broken" => status(500),
        path if path.starts_with("/calendar/") => {
            let month: u32 = path.rsplit('/').next().unwrap().parse().unwrap();
            page(article(
                &format!("month {month}"),
                &[format!("/calendar/2026/{}", month + 1)],
            ))
        }
        path => match pages.lock().unwrap().get(path) {
            Some(html) => page_with_etag(html, etag),
            None => status(404),
        },
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_is_stored_and_read_again_for_what_has_changed() {
    let pages = site(10, 29);
    let served = pages.clone();
    let website = Website::start_with_etags(move |path, etag| answer(&served, path, etag)).await;
    let hub = Hub::with_env(&INTRANET).await;
    let body = json!({
        "url": website.url("/"), "library": "lamps", "delay_ms": 10, "max_pages": 400, "exclude": ["/calendar/**"],
    });
    let crawl = wait_until_ended(&hub, &start(&hub, &body).await).await;
    assert_eq!(
        (&crawl["status"], &crawl["error"]),
        (&json!("completed"), &Value::Null),
        "{crawl}"
    );
    let expected: BTreeSet<String> = pages.lock().unwrap().keys().cloned().collect();
    assert_eq!(stored(&hub, "lamps", &website).await, expected);
    assert_eq!(crawl["pages"]["stored"], expected.len(), "{crawl}");
    let requests = website.requests();
    assert!(
        !requests.contains(&"/private/x".to_owned()),
        "robots.txt is not obeyed"
    );
    assert!(
        !requests.iter().any(|path| path.starts_with("/calendar/")),
        "an excluded path was requested"
    );

    let answer = hub.ask("lamps", "Where is lamp 7 of section 3 kept?").await;
    let cited = answer["claims"][0]["citations"][0]["quote"]
        .as_str()
        .unwrap_or_default();
    assert!(cited.contains("lamp 7 of section 3"), "{answer:#}");

    // Only what has changed is sent and stored again; what has gone is removed.
    {
        let mut pages = pages.lock().unwrap();
        pages.insert("/s1/p1".to_owned(), article("the new lamp of section 1", &[]));
        pages.remove("/s2/p2");
    }
    let before = website.requests().len();
    let again = wait_until_ended(&hub, &start(&hub, &body).await).await;
    assert_eq!(again["crawl_id"], crawl["crawl_id"]);
    assert_eq!(
        (&again["pages"]["stored"], &again["pages"]["gone"]),
        (&json!(1), &json!(3)),
        "{again}"
    );
    assert_eq!(again["pages"]["unchanged"], expected.len() - 2, "{again}");
    assert!(website.requests().len() - before <= expected.len() + 10);
    let expected: BTreeSet<String> = pages.lock().unwrap().keys().cloned().collect();
    assert_eq!(stored(&hub, "lamps", &website).await, expected);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crawl_is_cancelled_and_goes_on_when_it_is_started_again() {
    let pages = site(4, 10);
    let served = pages.clone();
    let website = Website::start_with_etags(move |path, etag| answer(&served, path, etag)).await;
    let hub = Hub::with_env(&INTRANET).await;
    // Slow enough to be cancelled while it runs, fast enough to be seen in time.
    let slow = json!({ "url": website.url("/"), "library": "slow", "delay_ms": 1_000 });
    let crawl = start(&hub, &slow).await;
    let path = format!("/crawls/{}", crawl["crawl_id"].as_str().unwrap());
    let repeated = start(&hub, &slow).await;
    assert_eq!(
        repeated["started_at"], crawl["started_at"],
        "the same request starts no other run"
    );
    let other = json!({ "url": website.url("/"), "library": "slow", "delay_ms": 500 });
    assert_eq!(
        problem(hub.post("/agents/crawler", &other).await, 409).await["type"],
        "urn:attest:problem:running"
    );
    let cancel = hub.post(&format!("{path}/cancel"), &json!({})).await;
    assert!([200, 202].contains(&cancel.status().as_u16()));
    let cancelled = wait_until_ended(&hub, &crawl).await;
    assert_eq!(cancelled["status"], "cancelled", "{cancelled}");
    assert_eq!(
        ok(hub.post(&format!("{path}/cancel"), &json!({})).await).await["status"],
        "cancelled"
    );

    let fast = json!({ "url": website.url("/"), "library": "slow", "delay_ms": 10, "max_depth": 3 });
    let ended = wait_until_ended(&hub, &start(&hub, &fast).await).await;
    assert_eq!(ended["status"], "completed", "{ended}");
    assert!(
        stored(&hub, "slow", &website)
            .await
            .is_superset(&pages.lock().unwrap().keys().cloned().collect())
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_crawled_is_refused_or_fails() {
    let website = Website::start(|path| match path {
        "/robots.txt" => status(503),
        _ => page("<p>closed"),
    })
    .await;
    let hub = Hub::with_env(&INTRANET).await;
    let crawl = start(&hub, &json!({ "url": website.url("/") })).await;
    let ended = wait_until_ended(&hub, &crawl).await;
    assert_eq!(ended["status"], "failed");
    assert!(ended["error"].as_str().unwrap().contains("robots.txt"), "{ended}");
    assert_eq!(website.requests(), ["/robots.txt"]);

    for (body, pointer) in [
        (json!({ "url": "ftp://lamps.example/" }), "/url"),
        (
            json!({ "url": "https://lamps.example/", "include": ["/[/**"] }),
            "/include",
        ),
        (
            json!({ "url": "https://lamps.example/", "max_pages": 0 }),
            "/max_pages",
        ),
        (
            json!({ "url": "https://lamps.example/", "delay_ms": 1 }),
            "/delay_ms",
        ),
        (
            json!({ "url": "https://lamps.example/", "exclude": [""] }),
            "/exclude",
        ),
    ] {
        let refused = problem(hub.post("/agents/crawler", &body).await, 422).await;
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
    for id in ["none", "crawl-000000000000000000000000"] {
        problem(hub.get(&format!("/crawls/{id}")).await, 404).await;
        problem(hub.post(&format!("/crawls/{id}/cancel"), &json!({})).await, 404).await;
    }
    hub.cloud.stop().await;
}
