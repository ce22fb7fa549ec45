//! From a question to an answer: plan, gather, fuse, write, verify, record. Knows ports only.

pub mod branch;
mod plan;

use std::{convert::Infallible, sync::Arc, time::Duration};

use jiff::Timestamp;

use crate::{
    agents::{
        citation,
        entities::entities,
        retrieval::{Retrieval, Retrieved},
        synthesis::{Synthesis, Written},
    },
    deadline::Deadline,
    domain::{
        Abstention, AbstentionReason, Answer, Ask, Attempt, Cache, Candidate, Entity, Plan, QueryId, Stage,
        Status, Usage, UserId, Verdict,
    },
    error::HubError,
    evidence::{confidence::confidence, disagreement::disagreements},
    meter,
    ports::RecordAnswers,
};
use branch::{Branch, Outcome, branch};
use plan::{Pattern, pattern};

/// The most time entity extraction gets; it is rules over one question.
const ENTITIES_CAP: Duration = Duration::from_secs(1);

/// Answers questions.
pub struct Orchestrator {
    retrieval: Retrieval,
    synthesis: Synthesis,
    answers: Arc<dyn RecordAnswers>,
}

impl Orchestrator {
    /// Over these lanes, with these writers, keeping answers there.
    pub fn new(retrieval: Retrieval, synthesis: Synthesis, answers: Arc<dyn RecordAnswers>) -> Self {
        Self {
            retrieval,
            synthesis,
            answers,
        }
    }

    /// Whether a request may name this model.
    pub fn serves(&self, model: &str) -> bool {
        self.synthesis.serves(model)
    }

    /// What would be done for a question, decided by rules. Reads nothing.
    pub fn plan(&self, ask: &Ask) -> Plan {
        let Pattern { name, parts } = pattern(&ask.question);
        Plan {
            pattern: name.to_owned(),
            parts: parts.iter().map(|part| part.as_str().to_owned()).collect(),
            lanes: ask.lanes.clone(),
            writers: self.synthesis.writers(ask),
        }
    }

    /// The models that would be called for a question, in order, with what each would cost at most.
    pub fn candidates(&self, ask: &Ask) -> Vec<Candidate> {
        self.synthesis.candidates(ask)
    }

    /// Answers a question and keeps the answer. What failed or was late on the way is named in it.
    ///
    /// # Errors
    /// When every lane failed, or the answer could not be kept.
    pub async fn answer(&self, user: &UserId, ask: &Ask, deadline: Deadline) -> Result<Answer, HubError> {
        let (query_id, created_at) = (QueryId::generate(), Timestamp::now());
        let plan = self.plan(ask);
        let Gathered {
            retrieved,
            entities,
            mut stages,
        } = self.gather(ask, deadline).await?;
        let written = self.synthesis.write(user, ask, &retrieved, deadline).await?;
        let Retrieved {
            passages, weights, ..
        } = retrieved;
        let confidence = confidence(&weights, &passages, &written.claims);
        let abstained = abstain(ask, passages.is_empty(), &written, confidence.answer);
        let (text, claims) = match &abstained {
            None => (written.text, written.claims),
            Some(_) => (String::new(), Vec::new()),
        };
        stages.extend(written.stages);

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
            disagreements: disagreements(&passages),
            entities,
            plan,
            degraded: Retrieved::degraded(&stages),
            stages,
            usage: usage(&written.attempts),
            attempts: written.attempts,
            provider: written.provider,
            model: written.model,
            cache: if ask.cache { Cache::Miss } else { Cache::Bypass },
            created_at,
            took_ms: deadline.elapsed().as_millis() as u64,
        };
        // The row carries its own cost, so the cost has to be known before it is written.
        answer.usage.write_units = self.answers.write_units(user, &answer);
        self.answers.insert(user, &answer).await?;
        Ok(answer)
    }

    /// Entities, every lane and what the writers need first, all at once.
    async fn gather(&self, ask: &Ask, deadline: Deadline) -> Result<Gathered, HubError> {
        let question = &ask.question;
        let (named, retrieved, ()) = tokio::join!(
            branch("gather.entities", deadline.cap(ENTITIES_CAP), async {
                Ok::<_, Infallible>(entities(question.as_str()))
            }),
            // Searches of several lanes and parts are a large future.
            Box::pin(self.find(ask, deadline)),
            self.synthesis.warm(ask),
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

impl Orchestrator {
    /// The passages for the question as a whole, or for each of its parts.
    async fn find(&self, ask: &Ask, deadline: Deadline) -> Result<Retrieved, HubError> {
        let Ask {
            question,
            library,
            lanes,
            top_k,
            ..
        } = ask;
        match pattern(question).parts {
            parts if parts.is_empty() => {
                self.retrieval
                    .find(library, question, lanes, top_k.get(), deadline)
                    .await
            }
            parts => {
                self.retrieval
                    .find_parts(library, &parts, lanes, top_k.get(), deadline)
                    .await
            }
        }
    }
}

struct Gathered {
    retrieved: Retrieved,
    entities: Vec<Entity>,
    stages: Vec<Stage>,
}

/// What the calls of providers took, and the reads so far.
fn usage(attempts: &[Attempt]) -> Usage {
    Usage {
        input_tokens: attempts.iter().map(|attempt| attempt.input_tokens).sum(),
        output_tokens: attempts.iter().map(|attempt| attempt.output_tokens).sum(),
        // The sum of no floats is -0.0.
        cost_usd: attempts.iter().fold(0.0, |sum, attempt| sum + attempt.cost_usd),
        read_units: meter::used().read,
        write_units: 0.0,
    }
}

/// Why there is to be no answer, if so.
fn abstain(ask: &Ask, nothing_found: bool, written: &Written, confidence: f64) -> Option<Abstention> {
    let because = |reason, detail: String| Some(Abstention { reason, detail });
    if nothing_found {
        let detail = format!(
            "nothing in the library `{}` has words of the question",
            ask.library
        );
        return because(AbstentionReason::NoSources, detail);
    }
    if !written
        .claims
        .iter()
        .any(|claim| matches!(claim.verdict, Verdict::Supported | Verdict::Disputed))
    {
        let nothing = "no sentence of the library says enough about the question";
        let detail = written.objection.as_deref().unwrap_or(nothing);
        let detail = format!("{detail}; the closest passages are listed");
        return because(AbstentionReason::WeakRetrieval, detail);
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
