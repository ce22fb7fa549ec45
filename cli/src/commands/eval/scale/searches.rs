//! Searches of a data set's questions: in new instances of the function, in a warm one, and with delayed calls of DynamoDB.

use indicatif::ProgressBar;

use super::{
    super::retrieval::{self, SearchResult},
    corpus::Query,
    hub::{Hub, LocalCloud},
};

/// The number of passages of a search.
pub(super) const TOP_K: usize = 10;
/// The delay of each call, in milliseconds, and the number of questions, that round trips are counted with. The delay is far
/// longer than a search without one takes to compute.
const DELAY_MS: u64 = 100;
const DELAYED_QUESTIONS: usize = 20;

/// A search, and the calls of DynamoDB that it made, if they can be observed.
pub(super) struct Search {
    pub(super) result: SearchResult,
    pub(super) calls: Option<f64>,
}

/// Searches of all questions, one after another.
pub(super) struct Searches {
    /// Each in a new instance, which has cached nothing. None for a server whose instances cannot be ended.
    pub(super) cold: Option<Vec<Search>>,
    /// In one instance that has had all of these questions.
    pub(super) warm: Vec<Search>,
    /// Calls of DynamoDB that wait for one another, in a new instance, for some of the questions.
    pub(super) round_trips: Vec<f64>,
}

/// Runs all searches.
pub(super) async fn run(hub: &Hub, library: &str, queries: &[Query]) -> anyhow::Result<Searches> {
    let progress = ProgressBar::new(0);
    let pass = async |queries: &[&Query], is_cold: bool| {
        progress.set_length(queries.len() as u64);
        progress.set_position(0);
        let mut searches = Vec::with_capacity(queries.len());
        for query in queries {
            if let (true, Some(local)) = (is_cold, &hub.local) {
                local.end_search_instances();
            }
            searches.push(search(hub, library, query).await?);
            progress.inc(1);
        }
        anyhow::Ok(searches)
    };
    let all: Vec<&Query> = queries.iter().collect();
    let (mut cold, mut round_trips) = (None, Vec::new());
    if let Some(local) = &hub.local {
        let some: Vec<&Query> = all
            .iter()
            .step_by(all.len().div_ceil(DELAYED_QUESTIONS).max(1))
            .copied()
            .collect();
        let prompt = pass(&some, true).await?;
        let delayed = delayed(local, pass(&some, true)).await?;
        let pairs = prompt.iter().zip(&delayed);
        round_trips = pairs
            .map(|(prompt, delayed)| (delayed.result.took_ms - prompt.result.took_ms) / DELAY_MS as f64)
            .collect();
        cold = Some(pass(&all, true).await?);
    }
    // The first pass fills the caches.
    pass(&all, false).await?;
    let warm = pass(&all, false).await?;
    progress.finish_and_clear();
    Ok(Searches {
        cold,
        warm,
        round_trips,
    })
}

async fn delayed<T>(local: &LocalCloud, work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    local.delay_calls(DELAY_MS);
    let result = work.await;
    local.delay_calls(0);
    result
}

async fn search(hub: &Hub, library: &str, query: &Query) -> anyhow::Result<Search> {
    let calls = || hub.local.as_ref().map(LocalCloud::calls);
    let before = calls();
    let result = retrieval::search(&hub.server, library, TOP_K, query.text.clone()).await?;
    let made = before.zip(calls()).map(|(before, after)| (after - before) as f64);
    Ok(Search { result, calls: made })
}
