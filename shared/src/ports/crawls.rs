//! Ports for crawls. The row of a crawl is also its queue entry; what is known of its pages, its state, is in further rows.

use async_trait::async_trait;
use jiff::Timestamp;
use ulid::Ulid;

use super::{error::StoreError, queue::Acquisition};
use crate::domain::{Crawl, CrawlId};

/// Starts, reads and cancels crawls. Needs `GetItem` and `UpdateItem` on the knowledge table.
#[async_trait]
pub trait Crawls: Send + Sync {
    /// Starts a run of a crawl, unless one is running: then that one is the inner error. A run that has not been seen at work
    /// for an hour counts as ended. Fails with [`StoreError::BeingDeleted`] while the library is being deleted.
    async fn start(&self, crawl: &Crawl) -> Result<Result<(), Crawl>, StoreError>;

    /// Returns a crawl (a consistent read); `None` if no crawl has this id.
    async fn crawl(&self, id: &CrawlId) -> Result<Option<Crawl>, StoreError>;

    /// Cancels the run of a crawl and returns it: `cancelled` if it was pending; still running if its worker is to stop, which
    /// takes until the next page is done; as it was if it had ended. `None` if no crawl has this id.
    async fn cancel(&self, id: &CrawlId) -> Result<Option<Crawl>, StoreError>;
}

/// A lease: the exclusive right to run a crawl. A later lease on the same crawl invalidates it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrawlLease {
    /// The crawl.
    pub id: CrawlId,
    /// Unique id of the holder's run.
    pub run: Ulid,
}

impl CrawlLease {
    /// Creates a lease with a new run id.
    pub fn new(id: CrawlId) -> Self {
        Self {
            id,
            run: Ulid::generate(),
        }
    }
}

/// A crawl that a worker acquired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedCrawl {
    /// The crawl.
    pub crawl: Crawl,
    /// Its state; `None` if it has none yet.
    pub state: Option<StateParts>,
    /// Whether a new run begins, so that known pages are requested again.
    pub is_new_run: bool,
    /// How many times it has been acquired without progress, this time included.
    pub attempts: u64,
}

/// Where the state of a crawl is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateParts {
    /// Id of the save.
    pub save: Ulid,
    /// Number of rows.
    pub parts: u64,
}

/// The queue of crawls from the worker's side. Needs `Query`, `UpdateItem`, `DeleteItem` and `BatchWriteItem` on the knowledge
/// table.
#[async_trait]
pub trait CrawlQueue: Send + Sync {
    /// Acquires a crawl that is pending, or whose lease expired before `now`. The new lease ends at `until`.
    async fn acquire(
        &self,
        lease: &CrawlLease,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Acquisition<QueuedCrawl>, StoreError>;

    /// Reads the state of a crawl.
    async fn state(&self, lease: &CrawlLease, parts: StateParts) -> Result<Vec<u8>, StoreError>;

    /// Releases a crawl, so that it can be acquired again at once. Fails with [`StoreError::Conflict`] if the lease was lost.
    async fn release(&self, lease: &CrawlLease) -> Result<(), StoreError>;

    /// Saves a crawl, with its state if it has changed. Whether the run goes on is up to `crawl.status`: the lease is kept while
    /// it is `processing`; with `pending` another worker goes on. Returns whether the run is to be cancelled. Fails with
    /// [`StoreError::Conflict`] if the lease was lost.
    async fn save(&self, lease: &CrawlLease, crawl: &Crawl, state: Option<&[u8]>)
    -> Result<bool, StoreError>;
}
