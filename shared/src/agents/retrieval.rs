//! The retrieval agent: queries every lane at once and fuses their results into one ranked list.

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
    isolate::{Branch, Isolated, branch, skipped},
    ports::{Lane, LaneError, LaneResult},
    retrieval::{analyzer, fusion},
};

/// The longest that one lane may take.
const LANE_TIMEOUT: Duration = Duration::from_secs(12);
/// The largest share of the remaining time that one lane may take.
const LANE_SHARE: f64 = 0.4;

/// A lane of this deployment, or the reason why it has none.
#[derive(Clone)]
pub enum Availability {
    /// The lane can be queried.
    Available(Arc<dyn Lane>),
    /// The lane is not configured. The answer shows the reason.
    Unavailable(&'static str),
}

/// Queries the lanes of this deployment.
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

/// The fused passages for a question.
#[derive(Clone, Debug, Default)]
pub struct Retrieved {
    /// Best first; source `n` of an answer is `passages[n - 1]`.
    pub passages: Vec<Passage>,
    /// The weight of each term of the question (its inverse document frequency).
    pub weights: BTreeMap<String, f64>,
    /// The terms of the question that the library does not have.
    pub unknown: BTreeSet<String>,
    /// Words of the library that are spelt like an unknown word, in lower case, with the number of chunks that have them.
    pub similar: BTreeMap<String, u64>,
    /// One stage for each lane that was considered.
    pub stages: Vec<Stage>,
    /// The parts that were searched separately; empty when the question was searched as a whole.
    pub parts: Vec<Part>,
}

/// A part of a question that is searched on its own, such as one side of a comparison.
#[derive(Debug, Clone)]
pub struct Part {
    /// The part as a question.
    pub question: Question,
    /// The weight of each of its terms.
    pub weights: BTreeMap<String, f64>,
}

/// What the lanes returned for one question, before fusion.
#[derive(Debug)]
pub struct LaneResults {
    question: Question,
    lanes: Vec<(LaneName, Branch<LaneResult, LaneError>)>,
}

impl Retrieved {
    /// Passages that the request supplied, for a question and its parts. A few passages do not show which words are rare,
    /// so all terms of the question weigh the same.
    pub fn supplied(passages: Vec<Passage>, question: &Question, parts: Vec<Question>) -> Self {
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
            unknown: BTreeSet::new(),
            similar: BTreeMap::new(),
            stages: Vec::new(),
            parts: parts.into_iter().map(part).collect(),
        }
    }

    /// Adds what a lane says of the terms of the question. What an earlier lane says goes first, unless it does not have the
    /// term.
    fn add_terms(&mut self, weights: BTreeMap<String, f64>, unknown: BTreeSet<String>) {
        if self.weights.is_empty() {
            (self.weights, self.unknown) = (weights, unknown);
            return;
        }
        for (term, weight) in weights {
            let is_known = !unknown.contains(&term);
            if is_known && self.unknown.remove(&term) {
                self.weights.insert(term, weight);
            } else {
                self.weights.entry(term).or_insert(weight);
            }
        }
    }

    /// The names of the stages that failed or timed out.
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

    /// Adds the web lane of this deployment, if it has one.
    #[must_use]
    pub fn with_web(self, web: Option<Arc<dyn Lane>>) -> Self {
        Self {
            web: web.map_or(self.web, Availability::Available),
            ..self
        }
    }

    /// Finds at most `top_k` passages for one question: [`Retrieval::search`], then [`fuse`].
    ///
    /// # Errors
    /// When every lane that was queried failed.
    pub async fn find(
        &self,
        library: &LibraryId,
        question: &Question,
        lanes: &[LaneName],
        top_k: usize,
        deadline: Deadline,
    ) -> Result<Retrieved, HubError> {
        let questions = std::slice::from_ref(question);
        let results = self.search(library, questions, lanes, top_k, deadline).await;
        fuse(results, top_k, deadline)
    }

    /// Queries `lanes` for each question, all at once and by the same deadline.
    pub async fn search(
        &self,
        library: &LibraryId,
        questions: &[Question],
        lanes: &[LaneName],
        top_k: usize,
        deadline: Deadline,
    ) -> Vec<LaneResults> {
        let searches = questions
            .iter()
            .map(|question| self.search_one(library, question, lanes, top_k, deadline));
        join_all(searches).await
    }

    async fn search_one(
        &self,
        library: &LibraryId,
        question: &Question,
        lanes: &[LaneName],
        top_k: usize,
        deadline: Deadline,
    ) -> LaneResults {
        let search = |name: LaneName, lane: &Availability| {
            let lane = lane.clone();
            async move {
                let stage = format!("gather.{name}");
                match lane {
                    _ if !lanes.contains(&name) => skipped(stage, "not asked for"),
                    Availability::Unavailable(reason) => skipped(stage, reason),
                    Availability::Available(lane) => {
                        let limit = deadline.share(LANE_SHARE, LANE_TIMEOUT);
                        branch(stage, limit, async { lane.find(library, question, top_k).await }).await
                    }
                }
            }
        };
        let (keyword, dense, graph, web) = tokio::join!(
            search(LaneName::Keyword, &self.keyword),
            search(LaneName::Dense, &self.dense),
            search(LaneName::Graph, &self.graph),
            search(LaneName::Web, &self.web),
        );
        LaneResults {
            question: question.clone(),
            lanes: LaneName::ALL
                .into_iter()
                .zip([keyword, dense, graph, web])
                .collect(),
        }
    }
}

/// Fuses what the lanes returned into at most `top_k` passages. The best passages of several questions are taken in turn,
/// so that no question crowds another out; their stages carry the number of the question.
///
/// # Errors
/// When every lane failed for every question.
pub fn fuse(results: Vec<LaneResults>, top_k: usize, deadline: Deadline) -> Result<Retrieved, HubError> {
    let is_split = results.len() > 1;
    let mut fused = Retrieved::default();
    let mut rankings = Vec::new();
    let mut failure = None;
    for (number, LaneResults { question, lanes }) in (1..).zip(results) {
        match fuse_lanes(lanes, top_k, deadline) {
            Ok(part) if !is_split => return Ok(part),
            Ok(part) => {
                let of_part = |stage: Stage| Stage {
                    name: stage.name.replacen("gather.", &format!("gather.{number}."), 1),
                    ..stage
                };
                fused.stages.extend(part.stages.into_iter().map(of_part));
                fused.weights.extend(part.weights.clone());
                fused.unknown.extend(part.unknown);
                fused.similar.extend(part.similar);
                fused.parts.push(Part {
                    question,
                    weights: part.weights,
                });
                rankings.push(part.passages.into_iter());
            }
            Err(error) => {
                fused.stages.push(Stage {
                    name: format!("gather.{number}"),
                    status: StageStatus::Failed,
                    ms: 0,
                    reason: Some(error.to_string()),
                });
                failure = failure.or(Some(error));
            }
        }
    }
    if let (true, Some(error)) = (rankings.is_empty(), failure) {
        return Err(error);
    }
    let mut seen = BTreeSet::new();
    let mut has_more = true;
    while has_more && fused.passages.len() < top_k {
        has_more = false;
        for ranking in &mut rankings {
            let next = ranking.find(|passage| seen.insert(passage.id.clone()));
            has_more |= next.is_some();
            fused.passages.extend(next);
        }
    }
    fused.passages.truncate(top_k);
    Ok(fused)
}

/// Fuses what the lanes returned for one question.
fn fuse_lanes(
    lanes: Vec<(LaneName, Branch<LaneResult, LaneError>)>,
    top_k: usize,
    deadline: Deadline,
) -> Result<Retrieved, HubError> {
    let mut fused = Retrieved::default();
    let mut rankings = Vec::new();
    let mut failure = None;
    for (name, Branch { stage, result }) in lanes {
        let failed = match result {
            Ok(LaneResult {
                passages,
                weights,
                unknown,
                similar,
            }) => {
                fused.add_terms(weights, unknown);
                fused.similar.extend(similar);
                rankings.push((name, passages));
                None
            }
            Err(Isolated::Skipped) => None,
            Err(Isolated::Failed(LaneError::Store(error))) => Some(HubError::from(error)),
            Err(Isolated::Failed(LaneError::Web(error))) => Some(HubError::Unreachable(error.to_string())),
            Err(Isolated::Panicked(message)) => {
                Some(HubError::Internal(format!("lane {name}: {message}").into()))
            }
            Err(Isolated::TimedOut) => Some(HubError::DeadlineExceeded(deadline.elapsed())),
        };
        // The failure of the first lane is the one reported: the keyword lane always runs.
        failure = failure.or(failed);
        fused.stages.push(stage);
    }
    match failure {
        Some(error) if rankings.is_empty() => Err(error),
        _ => {
            fused.passages = fusion::fuse(rankings, top_k);
            Ok(fused)
        }
    }
}
