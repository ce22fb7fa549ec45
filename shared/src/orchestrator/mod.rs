//! From a question to an answer: plan, gather, fuse, write, verify, record. Knows ports only.

pub mod branch;
mod plan;

use std::{convert::Infallible, sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::time::Instant;

use crate::{
    agents::{
        citation,
        entities::entities,
        retrieval::{Retrieval, Retrieved},
        synthesis,
    },
    deadline::Deadline,
    domain::{
        Abstention, AbstentionReason, Answer, Ask, Cache, Claim, Entity, Plan, QueryId, Stage, StageStatus,
        Status, Usage, UserId, Verdict,
    },
    error::HubError,
    evidence::{claims, confidence::confidence},
    meter,
    ports::RecordAnswers,
};
use branch::{Branch, Outcome, branch};

/// The most time entity extraction gets; it is rules over one question.
const ENTITIES_CAP: Duration = Duration::from_secs(1);

/// Who writes when no model does.
const EXTRACTIVE: &str = "extractive";

/// Answers questions.
pub struct Orchestrator {
    retrieval: Retrieval,
    answers: Arc<dyn RecordAnswers>,
}

impl Orchestrator {
    /// Over these lanes, keeping answers there.
    pub fn new(retrieval: Retrieval, answers: Arc<dyn RecordAnswers>) -> Self {
        Self { retrieval, answers }
    }

    /// What would be done for a question. Reads nothing.
    pub fn plan(&self, ask: &Ask) -> Plan {
        plan::plan(ask)
    }

    /// Answers a question and keeps the answer. What failed or was late on the way is named in it.
    ///
    /// # Errors
    /// When every lane failed, or the answer could not be kept.
    pub async fn answer(&self, user: &UserId, ask: &Ask, deadline: Deadline) -> Result<Answer, HubError> {
        let (query_id, created_at) = (QueryId::generate(), Timestamp::now());
        let plan = plan::plan(ask);
        let Gathered {
            retrieved,
            entities,
            mut stages,
        } = self.gather(ask, deadline).await?;
        let Retrieved {
            passages,
            weights,
            stages: _,
        } = retrieved;

        let draft = timed("write", &mut stages, || {
            synthesis::extract(&ask.question, &weights, &passages, ask.max_tokens)
        });
        let claims = timed("verify", &mut stages, || {
            draft
                .as_ref()
                .map_or_else(Vec::new, |draft| claims::verify(&draft.text, &passages))
        });
        let confidence = confidence(&weights, &passages, &claims);
        let abstained = abstain(ask, passages.is_empty(), &claims, confidence.answer);
        let (text, claims) = match (&abstained, draft) {
            (None, Some(draft)) => (draft.text, claims),
            _ => (String::new(), Vec::new()),
        };

        let mut answer = Answer {
            query_id,
            status: Status::Completed,
            query: ask.question.as_str().to_owned(),
            library: ask.library.clone(),
            session_id: ask.session_id.clone(),
            answer: text,
            abstained,
            confidence,
            claims,
            sources: citation::sources(&passages),
            disagreements: Vec::new(),
            entities,
            plan,
            degraded: Retrieved::degraded(&stages),
            stages,
            attempts: Vec::new(),
            usage: Usage {
                read_units: meter::used().read,
                ..Usage::default()
            },
            provider: EXTRACTIVE.to_owned(),
            model: EXTRACTIVE.to_owned(),
            cache: if ask.cache { Cache::Miss } else { Cache::Bypass },
            created_at,
            took_ms: deadline.elapsed().as_millis() as u64,
        };
        // The row carries its own cost, so the cost has to be known before it is written.
        answer.usage.write_units = self.answers.write_units(user, &answer);
        self.answers.insert(user, &answer).await?;
        Ok(answer)
    }

    /// Entities and every lane, all at once.
    async fn gather(&self, ask: &Ask, deadline: Deadline) -> Result<Gathered, HubError> {
        let question = &ask.question;
        let (named, retrieved) = tokio::join!(
            branch("gather.entities", deadline.cap(ENTITIES_CAP), async {
                Ok::<_, Infallible>(entities(question.as_str()))
            }),
            self.retrieval
                .find(&ask.library, question, &ask.lanes, ask.top_k.get(), deadline),
        );
        let mut retrieved = retrieved?;
        let Branch { stage, outcome } = named;
        let entities = match outcome {
            Outcome::Ok(entities) => entities,
            _ => Vec::new(),
        };
        let mut stages = vec![stage];
        stages.append(&mut retrieved.stages);
        Ok(Gathered {
            retrieved,
            entities,
            stages,
        })
    }
}

struct Gathered {
    retrieved: Retrieved,
    entities: Vec<Entity>,
    stages: Vec<Stage>,
}

/// Runs a step that does not wait, and notes how long it took.
fn timed<T>(name: &str, stages: &mut Vec<Stage>, step: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let result = step();
    let ms = started.elapsed().as_millis() as u64;
    stages.push(Stage {
        name: name.to_owned(),
        status: StageStatus::Ok,
        ms,
        reason: None,
    });
    result
}

/// Why there is to be no answer, if so.
fn abstain(ask: &Ask, nothing_found: bool, claims: &[Claim], confidence: f64) -> Option<Abstention> {
    let because = |reason, detail: String| Some(Abstention { reason, detail });
    if nothing_found {
        let detail = format!(
            "nothing in the library `{}` has words of the question",
            ask.library
        );
        return because(AbstentionReason::NoSources, detail);
    }
    if !claims.iter().any(|claim| claim.verdict == Verdict::Supported) {
        let detail =
            "no sentence of the library says enough about the question; the closest passages are listed";
        return because(AbstentionReason::WeakRetrieval, detail.to_owned());
    }
    if confidence < ask.confidence_threshold {
        let detail = format!(
            "the confidence {confidence} is under the threshold {} that was asked for",
            ask.confidence_threshold
        );
        return because(AbstentionReason::WeakRetrieval, detail);
    }
    None
}

#[cfg(test)]
mod tests;
