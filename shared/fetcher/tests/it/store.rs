//! What a crawl stores, and a world to crawl that can end abruptly.

use std::{
    collections::{BTreeSet, HashMap},
    convert::Infallible,
    future,
    ops::ControlFlow,
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use fetcher::{End, Fetcher, Frontier, Policy, Settings, Sink, Visit, crawl, parse_url};
use tokio::{sync::Notify, time::Instant};
use url::Url;

use crate::{
    server::{Names, Reply, Server, fetcher, policy},
    site::Site,
};

pub(crate) const VARIANTS: usize = 24;

/// Where a crawl ends abruptly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kill {
    Never,
    /// While the server has this request of the run and has not answered yet, or is just answering.
    Request(usize),
    /// While this page of the run is stored.
    Store(usize),
    /// Before this state of the run is kept.
    Checkpoint(usize),
}

/// What a crawl has stored, as a table would keep it.
pub(crate) struct Store {
    pub(crate) pages: HashMap<String, Vec<u8>>,
    pub(crate) stored: Vec<String>,
    pub(crate) removed: Vec<String>,
    pub(crate) state: String,
    pub(crate) kill: Kill,
    /// Pages stored and states kept in this run.
    pub(crate) steps: (usize, usize),
    pub(crate) killed: Arc<Notify>,
}

impl Store {
    pub(crate) fn new(frontier: &Frontier) -> Self {
        Self {
            pages: HashMap::new(),
            stored: Vec::new(),
            removed: Vec::new(),
            state: serde_json::to_string(frontier).unwrap(),
            kill: Kill::Never,
            steps: (0, 0),
            killed: Arc::new(Notify::new()),
        }
    }

    pub(crate) fn frontier(&self) -> Frontier {
        serde_json::from_str(&self.state).unwrap()
    }

    async fn hang_at(&self, kill: Kill) {
        if self.kill == kill {
            self.killed.notify_one();
            future::pending().await
        }
    }

    pub(crate) fn paths(&self) -> BTreeSet<String> {
        self.pages.keys().cloned().collect()
    }
}

pub(crate) fn path_of(url: &Url) -> String {
    url.query().map_or_else(
        || url.path().to_owned(),
        |query| format!("{}?{query}", url.path()),
    )
}

#[async_trait]
impl Sink for Store {
    type Error = Infallible;

    async fn store(&mut self, visit: Visit<'_>) -> Result<(), Infallible> {
        self.pages.insert(path_of(visit.url), visit.bytes.to_vec());
        self.stored.push(path_of(visit.url));
        self.steps.0 += 1;
        self.hang_at(Kill::Store(self.steps.0)).await;
        Ok(())
    }

    async fn remove(&mut self, url: &Url) -> Result<(), Infallible> {
        self.pages.remove(&path_of(url));
        self.removed.push(path_of(url));
        Ok(())
    }

    async fn checkpoint(&mut self, frontier: &Frontier) -> Result<ControlFlow<()>, Infallible> {
        self.steps.1 += 1;
        self.hang_at(Kill::Checkpoint(self.steps.1)).await;
        self.state = serde_json::to_string(frontier).unwrap();
        Ok(ControlFlow::Continue(()))
    }
}

pub(crate) struct World {
    pub(crate) site: Site,
    pub(crate) other: Server,
    pub(crate) fetcher: Fetcher,
}

impl World {
    pub(crate) async fn start() -> Self {
        let site = Site::start().await;
        let other = Server::start(|_| Reply::html("elsewhere")).await;
        let names = Names::new([
            ("site.example", &[site.server.address]),
            ("www.site.example", &[site.server.address]),
            ("other.example", &[other.address]),
        ]);
        let reachable = [site.server.address, other.address];
        let policy = Policy {
            timeout: Duration::from_secs(1),
            ..policy(&reachable)
        };
        Self {
            fetcher: fetcher(policy, names),
            site,
            other,
        }
    }

    /// Crawls from the stored state until the end, or until it is killed: `None`.
    pub(crate) async fn run(&self, store: &mut Store, kill: Kill) -> Option<End> {
        let mut frontier = store.frontier();
        (store.kill, store.steps) = (kill, (0, 0));
        let killed = Arc::clone(&store.killed);
        if let Kill::Request(number) = kill {
            let mut edits = self.site.edits.lock().unwrap();
            edits.signal = Some((edits.times.len() + number, Arc::clone(&killed)));
        }
        let deadline = Instant::now() + Duration::from_secs(120);
        tokio::select! {
            biased;
            () = killed.notified() => None,
            end = sendable(crawl(&self.fetcher, &mut frontier, store, deadline)) => Some(end.unwrap()),
        }
    }
}

pub(crate) fn settings() -> Settings {
    Settings {
        max_pages: 1_000,
        max_depth: 40,
        delay: Duration::from_millis(1),
        max_variants: VARIANTS,
        ..Settings::new(parse_url("http://site.example/").unwrap())
    }
}

/// Functions may move a crawl to another thread.
fn sendable<T: Send>(future: T) -> T {
    future
}
