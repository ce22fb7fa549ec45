//! A site is crawled within its limits, resumed after an abrupt end, and crawled again for what has changed.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use fetcher::{Counts, End, Frontier, Settings, State, crawl};
use tokio::time::Instant;

use crate::{
    server::{Reply, Server, fetcher_of},
    site::{GUIDES, requested_in_vain, stored},
    store::{Kill, Store, VARIANTS, World, settings},
};

const DELAY: Duration = Duration::from_millis(2);

/// The paths without those of the calendar and the list, and how many of these there were.
fn split(paths: impl IntoIterator<Item = String>) -> (BTreeSet<String>, usize, usize) {
    let mut others = BTreeSet::new();
    let (mut calendar, mut list) = (0, 0);
    for path in paths {
        match path.as_str() {
            path if path.starts_with("/calendar/") => calendar += 1,
            path if path.starts_with("/list?") => list += 1,
            _ => {
                others.insert(path);
            }
        }
    }
    (others, calendar, list)
}

/// Crawls the site once, and checks what came of it.
async fn crawled() -> (World, Store) {
    let world = World::start().await;
    let mut store = Store::new(&Frontier::new(settings()).unwrap());
    assert_eq!(world.run(&mut store, Kill::Never).await, Some(End::Complete));
    (world, store)
}

#[tokio::test]
async fn a_site_is_crawled_as_it_asks_and_no_further_than_the_limits() {
    let (world, store) = crawled().await;
    let frontier = store.frontier();
    assert_eq!(split(store.paths()), (stored(), VARIANTS, VARIANTS));

    // Each page was requested once, but for those that fail for a time.
    let requests = world.site.server.paths();
    let expected: BTreeSet<String> = stored().into_iter().chain(requested_in_vain()).collect();
    let expected = expected
        .into_iter()
        .chain(["/robots.txt", "/sitemaps.xml", "/news.xml", "/guides.xml.gz"].map(str::to_owned));
    assert_eq!(split(requests.clone()), (expected.collect(), VARIANTS, VARIANTS));
    let mut times: HashMap<&str, usize> = HashMap::new();
    requests
        .iter()
        .for_each(|path| *times.entry(path).or_default() += 1);
    times.retain(|_, count| *count > 1);
    let repeated = [("/error/1", 3), ("/error/2", 3), ("/slow", 3), ("/flaky", 2)];
    assert_eq!(times, repeated.into());

    let pages = stored().len() + 2 * VARIANTS;
    assert_eq!(
        frontier.counts(),
        Counts {
            requested: requests.len() - 4,
            stored: pages,
            unchanged: 0,
            duplicates: 7,
            moved: 8,
            skipped: 8,
            gone: 5,
            failed: 3,
            traps: frontier.counts().traps,
        }
    );
    let reason = |path: &str| match &frontier.pages()[&format!("site.example{path}")].state {
        State::Failed { reason } => reason.clone(),
        other => format!("{other:?}"),
    };
    assert_eq!(reason("/error/1"), "the server answered with status 500");
    assert_eq!(reason("/slow"), "the server did not answer within 1000 ms");

    // Polite: the delay that robots.txt asks for, and nothing elsewhere.
    let times = world.site.edits.lock().unwrap().times.clone();
    let least = times.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap();
    assert!(least >= DELAY, "{least:?}");
    assert_eq!(world.other.connections(), 0);
    println!(
        "{pages} pages stored in {} requests, {} links refused as endless, state of {} bytes, {:?}",
        requests.len(),
        frontier.counts().traps,
        store.state.len(),
        *times.last().unwrap() - times[0],
    );
}

#[tokio::test]
async fn a_second_run_fetches_only_what_has_changed() {
    let (world, mut store) = crawled().await;
    let before = store.paths().len();
    {
        let mut edits = world.site.edits.lock().unwrap();
        for path in ["/docs/s3/p4", "/guides/g5"] {
            edits.texts.insert(path.to_owned(), "changed".to_owned());
        }
        edits
            .texts
            .insert("/news/n2".to_owned(), "<a href='/news/n31'>new</a>".to_owned());
        edits.gone.insert("/news/n7".to_owned());
        edits.not_modified = 0;
    }
    let mut frontier = store.frontier();
    frontier.restart(frontier.settings().clone()).unwrap();
    store.state = serde_json::to_string(&frontier).unwrap();
    store.stored.clear();
    assert_eq!(world.run(&mut store, Kill::Never).await, Some(End::Complete));

    let changed: BTreeSet<String> = store.stored.iter().cloned().collect();
    let expected = ["/docs/s3/p4", "/guides/g5", "/news/n2", "/news/n31"].map(str::to_owned);
    assert_eq!(changed, expected.into());
    assert_eq!(store.removed, ["/news/n7"]);
    // Five pages for printing, two copies and three that are not to be stored have not changed either.
    let counts = store.frontier().counts();
    let unchanged = before - 4 + 10;
    assert_eq!((counts.stored, counts.unchanged, counts.gone), (4, unchanged, 6));
    // The list and the PDF are sent without asking; their hash shows that they are the same.
    let not_modified = world.site.edits.lock().unwrap().not_modified;
    assert_eq!(not_modified, unchanged - VARIANTS - 1);
    println!(
        "second run: {} requests, {not_modified} replies of status 304, 4 pages stored, 1 removed",
        counts.requested
    );
}

#[tokio::test]
async fn a_crawl_that_was_killed_is_resumed_where_it_was() {
    let kills = [
        Kill::Request(1),
        Kill::Request(2),
        Kill::Request(4),
        Kill::Request(6),
        Kill::Request(150),
        Kill::Store(1),
        Kill::Store(120),
        Kill::Checkpoint(1),
        Kill::Checkpoint(3),
        Kill::Checkpoint(250),
    ];
    let (world, whole) = crawled().await;
    let requests = world.site.server.paths().len();
    let whole = &whole;
    let resumed = kills.map(async |kill| {
        let world = World::start().await;
        let mut store = Store::new(&Frontier::new(settings()).unwrap());
        assert_eq!(world.run(&mut store, kill).await, None, "{kill:?}");
        assert_eq!(
            world.run(&mut store, Kill::Never).await,
            Some(End::Complete),
            "{kill:?}"
        );
        assert_eq!(store.paths(), whole.paths(), "{kill:?}");
        // At most robots.txt and the page at hand are requested again.
        let repeated = world.site.server.paths().len() - requests;
        assert!(repeated <= 2, "{kill:?}: {repeated}");
        assert!(store.stored.len() <= whole.stored.len() + 1, "{kill:?}");
        assert_eq!(store.frontier().pages(), whole.frontier().pages(), "{kill:?}");
    });
    futures::future::join_all(resumed).await;
}

#[tokio::test]
async fn a_crawl_that_is_killed_again_and_again_comes_to_the_same_end() {
    let world = World::start().await;
    let mut store = Store::new(&Frontier::new(settings()).unwrap());
    let mut kills = 0;
    while world.run(&mut store, Kill::Request(9)).await.is_none() {
        kills += 1;
        assert!(kills < 200);
    }
    assert_eq!(split(store.paths()), (stored(), VARIANTS, VARIANTS));
    println!("{kills} kills, {} requests", world.site.server.paths().len());
}

#[tokio::test]
async fn a_run_stops_at_its_deadline_and_at_its_limits() {
    let world = World::start().await;
    let mut store = Store::new(&Frontier::new(settings()).unwrap());
    let mut frontier = store.frontier();
    let mut runs = 0;
    loop {
        let started = Instant::now();
        let deadline = started + Duration::from_millis(700);
        let end = crawl(&world.fetcher, &mut frontier, &mut store, deadline)
            .await
            .unwrap();
        assert!(started.elapsed() < Duration::from_millis(1_500));
        runs += 1;
        if end == End::Complete {
            break;
        }
        assert_eq!(end, End::Deadline);
    }
    assert_eq!(split(store.paths()), (stored(), VARIANTS, VARIANTS));
    println!("{runs} runs of 700 ms");

    let few = Settings {
        max_pages: 60,
        ..settings()
    };
    let near = Settings {
        max_depth: 1,
        ..settings()
    };
    let docs = Settings {
        include: vec!["/docs/s1/**".to_owned()],
        exclude: vec!["**/p2*".to_owned()],
        ..settings()
    };
    let mut ends = Vec::new();
    for settings in [few, near, docs] {
        let world = World::start().await;
        let mut store = Store::new(&Frontier::new(settings).unwrap());
        let end = world.run(&mut store, Kill::Never).await.unwrap();
        ends.push((end, store.frontier().counts().requested, store));
    }
    assert_eq!((&ends[0].0, ends[0].1), (&End::Exhausted, 60));
    // The pages of the sitemaps come before those that only links lead to.
    assert!((1..=GUIDES).all(|n| ends[0].2.pages.contains_key(&format!("/guides/g{n}"))));
    assert!(!ends[1].2.pages.contains_key("/docs/s3/p1"));
    assert!(ends[1].2.pages.contains_key("/docs/s3/"));
    let paths = ends[2].2.paths();
    assert_eq!(paths.len(), 1 + 18);
    assert!(paths.iter().all(|path| path.starts_with("/docs/s1/")));
}

#[tokio::test]
async fn a_site_whose_robots_txt_fails_is_left_alone() {
    for (status, end) in [(503, false), (500, false), (404, true), (403, true)] {
        let server = Server::start(move |request| match request.path.as_str() {
            "/robots.txt" => Reply::new(status, &[], b""),
            "/" => Reply::html("page"),
            _ => Reply::new(404, &[], b""),
        })
        .await;
        let fetcher = fetcher_of(&server);
        let mut store = Store::new(&Frontier::new(settings()).unwrap());
        let mut frontier = store.frontier();
        let deadline = Instant::now() + Duration::from_secs(20);
        let ended = crawl(&fetcher, &mut frontier, &mut store, deadline)
            .await
            .unwrap();
        assert_eq!(ended == End::Complete, end, "{status}");
        assert_eq!(store.pages.contains_key("/"), end, "{status}");
        assert_eq!(server.paths().len(), if end { 3 } else { 1 }, "{status}");
    }
}
