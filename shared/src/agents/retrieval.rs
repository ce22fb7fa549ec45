//! The retrieval agent: asks every lane at once and makes one list of what they found.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use futures::future::join_all;

use crate::{
    deadline::Deadline,
    domain::{LaneName, LibraryId, Passage, Question, Stage, StageStatus},
    error::HubError,
    orchestrator::branch::{Branch, Outcome, branch, skipped},
    ports::{Lane, LaneError, LaneResult},
    retrieval::{analyzer, fusion},
};

/// The most time one lane gets.
const LANE_CAP: Duration = Duration::from_secs(5);
/// The share of the time left that one lane gets at most.
const LANE_SHARE: f64 = 0.4;

/// A lane, or why there is none.
#[derive(Clone)]
pub enum Availability {
    /// It can be asked.
    Available(Arc<dyn Lane>),
    /// It cannot; the reason is shown.
    Unavailable(&'static str),
}

/// The lanes of this deployment.
#[derive(Clone)]
pub struct Retrieval {
    /// BM25 over the words of the library.
    pub keyword: Availability,
    /// Nearest vectors.
    pub dense: Availability,
    /// Shared entities.
    pub graph: Availability,
    /// The web.
    pub web: Availability,
}

/// What the lanes found together.
#[derive(Clone, Debug, Default)]
pub struct Retrieved {
    /// Best first; source `n` of an answer is `passages[n - 1]`.
    pub passages: Vec<Passage>,
    /// How much each term of the question tells.
    pub weights: BTreeMap<String, f64>,
    /// One for each lane.
    pub stages: Vec<Stage>,
    /// The parts that were gathered each for itself; none where the question was gathered as a whole.
    pub parts: Vec<Part>,
}

/// A part of a question, such as one side of a comparison.
#[derive(Debug, Clone)]
pub struct Part {
    /// What it asks.
    pub question: Question,
    /// How much each of its terms tells.
    pub weights: BTreeMap<String, f64>,
}

impl Retrieved {
    /// Passages that the request gave itself, for a question and its parts. A handful of passages does not show which
    /// words are rare, so each term of the question tells as much as any other.
    pub fn given(passages: Vec<Passage>, question: &Question, parts: Vec<Question>) -> Self {
        let weights = |question: &Question| {
            let terms = analyzer::distinct(question.as_str()).into_iter();
            terms.map(|term| (term, 1.0)).collect::<BTreeMap<_, _>>()
        };
        let part = |question: Question| Part {
            weights: weights(&question),
            question,
        };
        Self {
            passages,
            weights: weights(question),
            stages: Vec::new(),
            parts: parts.into_iter().map(part).collect(),
        }
    }

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
            keyword: Availability::Available(keyword),
            dense: Availability::Unavailable("no embedding provider"),
            graph: Availability::Unavailable("no entity index"),
            web: Availability::Unavailable("no web search provider"),
        }
    }

    /// Finds for each part of a question, all at once and by the same deadline, and takes their best passages in turn, so
    /// that no part crowds another out.
    ///
    /// # Errors
    /// When every part failed.
    pub async fn find_parts(
        &self,
        library: &LibraryId,
        parts: &[Question],
        wanted: &[LaneName],
        top_k: usize,
        deadline: Deadline,
    ) -> Result<Retrieved, HubError> {
        let searches = parts
            .iter()
            .map(|part| self.find(library, part, wanted, top_k, deadline));
        join(parts, join_all(searches).await, top_k)
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
        let lane = |name: LaneName, slot: &Availability| {
            let slot = slot.clone();
            async move {
                let stage = format!("gather.{name}");
                match slot {
                    _ if !wanted.contains(&name) => skipped(stage, "not asked for"),
                    Availability::Unavailable(reason) => skipped(stage, reason),
                    Availability::Available(lane) => {
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

/// What was found for the parts, as one. The stages say which part they are of.
fn join(
    parts: &[Question],
    found: Vec<Result<Retrieved, HubError>>,
    top_k: usize,
) -> Result<Retrieved, HubError> {
    let mut joined = Retrieved::default();
    let mut lists = Vec::new();
    let mut failure = None;
    for ((number, question), found) in (1..).zip(parts).zip(found) {
        match found {
            Ok(Retrieved {
                passages,
                weights,
                stages,
                parts: _,
            }) => {
                let of_part = |stage: Stage| Stage {
                    name: stage.name.replacen("gather.", &format!("gather.{number}."), 1),
                    ..stage
                };
                joined.stages.extend(stages.into_iter().map(of_part));
                joined.weights.extend(weights.clone());
                joined.parts.push(Part {
                    question: question.clone(),
                    weights,
                });
                lists.push(passages.into_iter());
            }
            Err(error) => {
                joined.stages.push(Stage {
                    name: format!("gather.{number}"),
                    status: StageStatus::Failed,
                    ms: 0,
                    reason: Some(error.to_string()),
                });
                failure = failure.or(Some(error));
            }
        }
    }
    if let (true, Some(error)) = (lists.is_empty(), failure) {
        return Err(error);
    }
    let mut seen = BTreeSet::new();
    let mut taking = true;
    while taking && joined.passages.len() < top_k {
        taking = false;
        for list in &mut lists {
            let next = list.find(|passage| seen.insert(passage.id.clone()));
            taking |= next.is_some();
            joined.passages.extend(next);
        }
    }
    joined.passages.truncate(top_k);
    Ok(joined)
}

fn combine(
    lanes: impl Iterator<Item = (LaneName, Branch<LaneResult, LaneError>)>,
    top_k: usize,
    deadline: Deadline,
) -> Result<Retrieved, HubError> {
    let mut retrieved = Retrieved::default();
    let mut found = Vec::new();
    let mut failure = None;
    for (name, Branch { stage, outcome }) in lanes {
        let failed = match outcome {
            Outcome::Ok(LaneResult { passages, weights }) => {
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
