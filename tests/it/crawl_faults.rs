//! Crawls whose worker is killed, whose site has pages that do not end, and whose store is throttled: each ends with every page
//! once.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::future::join_all;
use serde_json::{Value, json};
use shared::testing::{DynamoDbCall, FaultProxy, Verdict};

use crate::{
    addresses::INTRANET,
    crawls::{answer, article, site, start, stored, wait_until_ended},
    index_state,
    support::{Hub, ok},
    website::{Website, endless_page, never, page, status},
};

const LIBRARY: &str = "site";
/// Time of one run of the worker. Its lease is as long; of it, 40 s are kept for the last page and group.
const TIMEOUT_MS: &str = "46000";
/// Pages of which a kill may lose the work.
const GROUP_PAGES: usize = 25;

fn body(website: &Website, library: &str) -> Value {
    json!({ "url": website.url("/"), "library": library, "delay_ms": 10, "exclude": ["/calendar/**", "/broken"] })
}

/// A hub whose crawls run for a few seconds at a time, with this decision on each call to the store.
async fn hub(proxy: &FaultProxy) -> Hub {
    Hub::behind_proxy_with_env(proxy, &[INTRANET[0], ("ANSWER_TIMEOUT_MS", TIMEOUT_MS)]).await
}

/// Checks that a crawl has ended with these pages, each stored once, and that its library is like one that was crawled without
/// a fault.
async fn assert_complete(hub: &Hub, website: &Website, ended: &Value, pages: &BTreeSet<String>) {
    assert_eq!(
        (&ended["status"], &ended["error"], &ended["pages"]["stored"]),
        (&json!("completed"), &Value::Null, &json!(pages.len())),
        "{ended}"
    );
    assert_eq!(&stored(hub, LIBRARY, website).await, pages);
    let listed = ok(hub.get(&format!("/documents?library={LIBRARY}&limit=100")).await).await;
    for document in listed["documents"].as_array().unwrap() {
        assert_eq!(document["version"], 1, "{document}");
    }
    hub.sweep().await;
    let found = index_state::of_library(hub, LIBRARY).await;
    let calm = wait_until_ended(hub, &start(hub, &body(website, "calm")).await).await;
    assert_eq!(calm["status"], "completed", "{calm}");
    assert_eq!(found, index_state::of_library(hub, "calm").await);
}

/// Crawls a site while the worker is killed before this write from the start of the crawl. Returns the number of pages that were
/// requested again.
async fn kill_at_write(write: usize) -> usize {
    let left: Arc<Mutex<Option<usize>>> = Arc::default();
    let killer: Arc<OnceLock<Box<dyn Fn() -> usize + Send + Sync>>> = Arc::default();
    let decide = {
        let (left, killer) = (left.clone(), killer.clone());
        move |call: &DynamoDbCall| {
            let mut left = left.lock().unwrap();
            match *left {
                Some(1) if call.is_write() => {
                    *left = None;
                    killer.get().unwrap()();
                    Verdict::Fail(500, "InternalServerError")
                }
                Some(more) if call.is_write() => {
                    *left = Some(more - 1);
                    Verdict::Forward
                }
                _ => Verdict::Forward,
            }
        }
    };
    let proxy = FaultProxy::start(decide).await.unwrap();
    let hub = hub(&proxy).await;
    assert!(killer.set(Box::new(hub.cloud.killer("crawl-worker"))).is_ok());
    let pages = site(2, 28);
    let served = pages.clone();
    let website = Website::start_with_etags(move |path, etag| answer(&served, path, etag)).await;

    let crawl = start(&hub, &body(&website, LIBRARY)).await;
    *left.lock().unwrap() = Some(write);
    let ended = wait_until_ended(&hub, &crawl).await;
    assert!(left.lock().unwrap().is_none(), "write {write} did not happen");
    let mut requests: BTreeMap<String, usize> = BTreeMap::new();
    for path in website.requests() {
        *requests.entry(path).or_default() += 1;
    }
    let pages: BTreeSet<String> = pages.lock().unwrap().keys().cloned().collect();
    let again: Vec<&String> = pages.iter().filter(|page| requests[*page] > 1).collect();
    assert!(again.len() <= GROUP_PAGES + 1, "{again:?}");
    assert_complete(&hub, &website, &ended, &pages).await;
    hub.cloud.stop().await;
    again.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crawl_whose_worker_is_killed_goes_on_and_ends_with_every_page_once() {
    let again = join_all([2, 6, 11].map(kill_at_write)).await;
    println!("pages requested again: {again:?}");
    assert!(again.iter().any(|count| *count > 0), "no kill lost work");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_do_not_end_cost_themselves_alone() {
    let links = ["/silent", "/dripping", "/flood", "/last"].map(str::to_owned);
    let home = article("the home of lamps", &links);
    let website = Website::start(move |path| match path {
        "/" => page(home.clone()),
        "/silent" => never(),
        "/dripping" => endless_page("<p>drop", Duration::from_millis(100)),
        "/flood" => endless_page(FLOOD, Duration::ZERO),
        "/last" => page(article("the last lamp", &[])),
        _ => status(404),
    })
    .await;
    let hub = Hub::with_env(&[INTRANET[0], ("ANSWER_TIMEOUT_MS", TIMEOUT_MS)]).await;
    let ended = wait_until_ended(&hub, &start(&hub, &body(&website, LIBRARY)).await).await;
    let pages = &ended["pages"];
    assert_eq!(
        (
            &ended["status"],
            &pages["stored"],
            &pages["failed"],
            &pages["skipped"]
        ),
        (&json!("completed"), &json!(2), &json!(2), &json!(1)),
        "{ended}"
    );
    let expected = ["/", "/last"].map(str::to_owned);
    assert_eq!(stored(&hub, LIBRARY, &website).await, BTreeSet::from(expected));
    hub.cloud.stop().await;
}

/// A piece of a page that does not end, so that only a limit of size ends it.
const FLOOD: &str = {
    const BYTES: [u8; 8_192] = [b'x'; 8_192];
    match std::str::from_utf8(&BYTES) {
        Ok(text) => text,
        Err(_) => "",
    }
};

#[tokio::test(flavor = "multi_thread")]
async fn a_crawl_goes_on_while_the_store_is_throttled_now_and_then() {
    let is_throttling = Arc::new(AtomicBool::new(false));
    let calls = Arc::new(AtomicUsize::new(0));
    let decide = {
        let (is_throttling, calls) = (is_throttling.clone(), calls.clone());
        move |_: &DynamoDbCall| {
            // Two of three calls, whatever they are.
            let is_throttled =
                is_throttling.load(Ordering::SeqCst) && calls.fetch_add(1, Ordering::SeqCst) % 3 < 2;
            match is_throttled {
                true => Verdict::Throttle,
                false => Verdict::Forward,
            }
        }
    };
    let proxy = FaultProxy::start(decide).await.unwrap();
    let hub = hub(&proxy).await;
    let pages = site(2, 28);
    let served = pages.clone();
    let website = Website::start_with_etags(move |path, etag| answer(&served, path, etag)).await;
    let crawl = start(&hub, &body(&website, LIBRARY)).await;
    is_throttling.store(true, Ordering::SeqCst);
    // The state of the crawl is read by the same throttled store: only the worker's end is waited for.
    let ended = loop {
        let response = hub
            .get(&format!("/crawls/{}", crawl["crawl_id"].as_str().unwrap()))
            .await;
        let state: Value = response.json().await.unwrap();
        match state["status"].as_str() {
            // A problem has a number as its status.
            Some("pending" | "processing") | None => tokio::time::sleep(Duration::from_millis(100)).await,
            Some(_) => break state,
        }
    };
    is_throttling.store(false, Ordering::SeqCst);
    let calls = calls.load(Ordering::SeqCst);
    assert!(calls > 30, "only {calls} calls were made meanwhile");
    let pages: BTreeSet<String> = pages.lock().unwrap().keys().cloned().collect();
    assert_complete(&hub, &website, &ended, &pages).await;
    hub.cloud.stop().await;
}
