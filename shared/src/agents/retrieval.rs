//! The retrieval agent: asks every lane at once and makes one list of what they found.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use crate::{
    deadline::Deadline,
    domain::{LaneName, LibraryId, Passage, Question, Stage, StageStatus},
    error::HubError,
    orchestrator::branch::{Branch, Outcome, branch, skipped},
    ports::{Found, Lane, LaneError},
    retrieval::fusion,
};

/// The most time one lane gets.
const LANE_CAP: Duration = Duration::from_secs(5);
/// The share of the time left that one lane gets at most.
const LANE_SHARE: f64 = 0.4;

/// A lane, or why there is none.
#[derive(Clone)]
pub enum Slot {
    /// It can be asked.
    On(Arc<dyn Lane>),
    /// It cannot; the reason is shown.
    Off(&'static str),
}

/// The lanes of this deployment.
#[derive(Clone)]
pub struct Retrieval {
    /// BM25 over the words of the library.
    pub keyword: Slot,
    /// Nearest vectors.
    pub dense: Slot,
    /// Shared entities.
    pub graph: Slot,
    /// The web.
    pub web: Slot,
}

/// What the lanes found together.
#[derive(Debug, Default)]
pub struct Retrieved {
    /// Best first; source `n` of an answer is `passages[n - 1]`.
    pub passages: Vec<Passage>,
    /// How much each term of the question tells.
    pub weights: BTreeMap<String, f64>,
    /// One for each lane.
    pub stages: Vec<Stage>,
}

impl Retrieved {
    /// Names of the stages that gave nothing though they were asked for.
    pub fn degraded(stages: &[Stage]) -> Vec<String> {
        let lost = |stage: &&Stage| matches!(stage.status, StageStatus::TimedOut | StageStatus::Failed);
        stages
            .iter()
            .filter(lost)
            .map(|stage| stage.name.clone())
            .collect()
    }
}

impl Retrieval {
    /// Only the keyword lane, which needs nothing but the store.
    pub fn keyword_only(keyword: Arc<dyn Lane>) -> Self {
        Self {
            keyword: Slot::On(keyword),
            dense: Slot::Off("no embedding provider"),
            graph: Slot::Off("no entity index"),
            web: Slot::Off("no web search provider"),
        }
    }

    /// Asks the lanes in `wanted`, all at once. A lane that fails or is late costs only its own part.
    ///
    /// # Errors
    /// When every lane that was asked failed.
    pub async fn find(
        &self,
        library: &LibraryId,
        question: &Question,
        wanted: &[LaneName],
        top_k: usize,
        deadline: Deadline,
    ) -> Result<Retrieved, HubError> {
        let lane = |name: LaneName, slot: &Slot| {
            let slot = slot.clone();
            async move {
                let stage = format!("gather.{name}");
                match slot {
                    _ if !wanted.contains(&name) => skipped(stage, "not asked for"),
                    Slot::Off(reason) => skipped(stage, reason),
                    Slot::On(lane) => {
                        let budget = deadline.share(LANE_SHARE, LANE_CAP);
                        branch(stage, budget, async { lane.find(library, question, top_k).await }).await
                    }
                }
            }
        };
        let (keyword, dense, graph, web) = tokio::join!(
            lane(LaneName::Keyword, &self.keyword),
            lane(LaneName::Dense, &self.dense),
            lane(LaneName::Graph, &self.graph),
            lane(LaneName::Web, &self.web),
        );
        combine(
            LaneName::ALL.into_iter().zip([keyword, dense, graph, web]),
            top_k,
            deadline,
        )
    }
}

fn combine(
    lanes: impl Iterator<Item = (LaneName, Branch<Found, LaneError>)>,
    top_k: usize,
    deadline: Deadline,
) -> Result<Retrieved, HubError> {
    let mut retrieved = Retrieved::default();
    let mut found = Vec::new();
    let mut failure = None;
    for (name, Branch { stage, outcome }) in lanes {
        let failed = match outcome {
            Outcome::Ok(Found { passages, weights }) => {
                retrieved.weights.extend(weights);
                found.push((name, passages));
                None
            }
            Outcome::Skipped => None,
            Outcome::Failed(LaneError::Store(error)) => Some(HubError::from(error)),
            Outcome::Failed(error) => Some(HubError::Internal(error.into())),
            Outcome::Panicked => Some(HubError::Internal(format!("lane {name} panicked").into())),
            Outcome::TimedOut => Some(HubError::DeadlineExceeded(deadline.elapsed())),
        };
        // What the first lane met is shown: it is the one that always runs.
        failure = failure.or(failed);
        retrieved.stages.push(stage);
    }
    match failure {
        Some(error) if found.is_empty() => Err(error),
        _ => {
            retrieved.passages = fusion::fuse(found, top_k);
            Ok(retrieved)
        }
    }
}
