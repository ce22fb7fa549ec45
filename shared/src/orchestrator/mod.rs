//! From a question to an answer: plan, gather, fuse, write, verify, record. Knows ports only.

mod abstain;
mod answer_cache;
pub mod branch;
mod comprehensive;
mod plan;
pub mod synthesize;

use std::{convert::Infallible, sync::Arc, time::Duration};

use jiff::Timestamp;
use serde_json::Map;

use crate::{
    agents::{
        citation,
        entities::entities,
        retrieval::{Retrieval, Retrieved},
        synthesis::{Interruption, Synthesis, Written},
    },
    deadline::Deadline,
    domain::{
        Abstention, Annotations, Answer, Ask, Attempt, Cache, Claim, Confidence, Entity, Event, Plan,
        Preview, QueryId, Source, Stage, Status, Usage, UserId,
    },
    error::HubError,
    event_sink::EventSink,
    evidence::{
        confidence::confidence,
        confidence_features::{ConfidenceFeatures, confidence_features},
        disagreement::disagreements,
    },
    meter,
    ports::RecordAnswers,
};
use abstain::abstain;
pub use answer_cache::AnswerCache;
use answer_cache::CacheLookup;
use branch::{Branch, Outcome, branch};
use comprehensive::comprehensive;
use plan::{Pattern, pattern};

/// The most time entity extraction gets; it is rules over one question.
const ENTITIES_CAP: Duration = Duration::from_secs(1);

/// Answers questions.
pub struct Orchestrator {
    retrieval: Retrieval,
    synthesis: Synthesis,
    answers: Arc<dyn RecordAnswers>,
    answer_cache: Option<AnswerCache>,
}

impl Orchestrator {
    /// Over these lanes, with these writers, keeping answers there.
    pub fn new(retrieval: Retrieval, synthesis: Synthesis, answers: Arc<dyn RecordAnswers>) -> Self {
        Self {
            retrieval,
            synthesis,
            answers,
            answer_cache: None,
        }
    }

    /// Giving the answer that a question had, where it had one.
    #[must_use]
    pub fn with_cache(mut self, answer_cache: AnswerCache) -> Self {
        self.answer_cache = Some(answer_cache);
        self
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

    /// What would be done for a question, by whom, and what it would cost at most.
    pub fn preview(&self, ask: &Ask) -> Preview {
        let (plan, candidates) = (self.plan(ask), self.synthesis.candidates(ask));
        // The first that fits is the one that is paid, as long as it does not fail.
        let first = candidates.iter().find(|candidate| candidate.ineligible.is_none());
        let cost_usd = first.map_or(Some(0.0), |candidate| candidate.cost_usd);
        Preview {
            dry_run: true,
            plan,
            candidates,
            cost_usd,
        }
    }

    /// Answers a question and keeps the answer. What failed or was late on the way is named in it.
    ///
    /// # Errors
    /// When every lane failed, or the answer could not be kept.
    pub async fn answer(&self, user: &UserId, ask: &Ask, deadline: Deadline) -> Result<Answer, HubError> {
        let sink = EventSink::disabled();
        self.answer_as(AcceptedQuery::now(), user, ask, &*self.answers, &sink, deadline)
            .await
    }

    /// What is shown of a question until it has been answered.
    pub fn pending(&self, ask: &Ask) -> Answer {
        let AcceptedQuery { query_id, created_at } = AcceptedQuery::now();
        Answer {
            query_id,
            status: Status::Pending,
            query: ask.question.as_str().to_owned(),
            library: ask.library.clone(),
            session_id: ask.session_id.clone(),
            answer: String::new(),
            abstained: None,
            confidence: Confidence::default(),
            claims: Vec::new(),
            sources: Vec::new(),
            disagreements: Vec::new(),
            entities: Vec::new(),
            plan: self.plan(ask),
            stages: Vec::new(),
            degraded: Vec::new(),
            attempts: Vec::new(),
            usage: Usage::default(),
            provider: String::new(),
            model: String::new(),
            cache: if ask.cache { Cache::Miss } else { Cache::Bypass },
            created_at,
            took_ms: 0,
            alternatives: None,
            quality: None,
            tags: Vec::new(),
            notes: None,
            metadata: Map::new(),
        }
    }

    /// Answers a question that was accepted before, and records the answer there. The sink is told of each step, but not
    /// of the end.
    ///
    /// # Errors
    /// As [`Orchestrator::answer`].
    pub async fn answer_accepted(
        &self,
        user: &UserId,
        ask: &Ask,
        accepted: &Answer,
        answers: &dyn RecordAnswers,
        sink: &EventSink,
        deadline: Deadline,
    ) -> Result<Answer, HubError> {
        let asked = AcceptedQuery {
            query_id: accepted.query_id,
            created_at: accepted.created_at,
        };
        self.answer_as(asked, user, ask, answers, sink, deadline).await
    }

    async fn answer_as(
        &self,
        asked: AcceptedQuery,
        user: &UserId,
        ask: &Ask,
        answers: &dyn RecordAnswers,
        sink: &EventSink,
        deadline: Deadline,
    ) -> Result<Answer, HubError> {
        let AcceptedQuery { query_id, created_at } = asked;
        sink.emit(Event::Created { query_id, created_at });
        let mut looked = match &self.answer_cache {
            Some(answer_cache) => answer_cache.look(user, ask, deadline).await,
            None => CacheLookup::default(),
        };
        emit_stages(sink, looked.stage.as_slice());
        let found = looked.found.take();
        let is_new = found.is_none();
        let answer = match found {
            Some(found) => {
                let answer = self.again(asked, ask, found, &mut looked, deadline);
                emit_sources(sink, &answer.sources);
                emit_text(sink, &answer);
                answer
            }
            None => {
                let mut answer = self.anew(asked, user, ask, sink, deadline).await?;
                answer.stages.splice(0..0, looked.stage.take());
                answer
            }
        };
        let answer = record(answers, user, answer).await?;
        sink.emit(Event::Usage(answer.usage));
        if let (Some(answer_cache), Some(key), true) = (&self.answer_cache, looked.key_for(&answer), is_new) {
            answer_cache.keep(user, key, answer.query_id).await;
        }
        Ok(answer)
    }

    /// An answer that was given before, as that to a question of its own, which no model was paid for.
    fn again(
        &self,
        asked: AcceptedQuery,
        ask: &Ask,
        found: Answer,
        looked: &mut CacheLookup,
        deadline: Deadline,
    ) -> Answer {
        Answer {
            query_id: asked.query_id,
            query: ask.question.as_str().to_owned(),
            session_id: ask.session_id.clone(),
            plan: self.plan(ask),
            stages: looked.stage.take().into_iter().collect(),
            attempts: Vec::new(),
            usage: usage(&[]),
            cache: Cache::Hit,
            created_at: asked.created_at,
            took_ms: deadline.elapsed().as_millis() as u64,
            ..found.annotated(Annotations::default())
        }
    }

    /// A new answer, not yet kept.
    async fn anew(
        &self,
        asked: AcceptedQuery,
        user: &UserId,
        ask: &Ask,
        sink: &EventSink,
        deadline: Deadline,
    ) -> Result<Answer, HubError> {
        let AcceptedQuery { query_id, created_at } = asked;
        let plan = self.plan(ask);
        let Gathered {
            retrieved,
            entities,
            mut stages,
        } = self.gather(ask, deadline).await?;
        let sources = citation::sources(&retrieved.passages);
        emit_stages(sink, &stages);
        emit_sources(sink, &sources);
        let Composed {
            written,
            confidence,
            abstained,
        } = compose(&self.synthesis, user, ask, &retrieved, sink, deadline).await?;
        let passages = &retrieved.passages;
        emit_stages(sink, &written.stages);
        stages.extend(written.stages);

        let mut answer = Answer {
            query_id,
            status: match written.broken {
                None => Status::Completed,
                Some(Interruption::Incomplete) => Status::Partial,
                Some(Interruption::Cancelled) => Status::Cancelled,
            },
            query: ask.question.as_str().to_owned(),
            library: ask.library.clone(),
            session_id: ask.session_id.clone(),
            answer: written.text,
            abstained,
            confidence,
            claims: written.claims,
            sources,
            disagreements: disagreements(passages),
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
            alternatives: None,
            quality: None,
            tags: Vec::new(),
            notes: None,
            metadata: Map::new(),
        };
        if ask.comprehensive {
            let (alternatives, quality) = comprehensive(ask, &retrieved, &answer);
            (answer.alternatives, answer.quality) = (Some(alternatives), Some(quality));
        }
        if !written.told {
            emit_text(sink, &answer);
        }
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
            Box::pin(find(&self.retrieval, ask, deadline)),
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

fn emit_stages(sink: &EventSink, stages: &[Stage]) {
    let events = stages.iter().cloned().map(Event::Stage);
    events.for_each(|event| sink.emit(event));
}

fn emit_sources(sink: &EventSink, sources: &[Source]) {
    if sink.is_enabled() {
        let sources = sources.to_vec();
        sink.emit(Event::Sources { sources });
    }
}

/// Tells the text of an answer, and what proves it, at once.
fn emit_text(sink: &EventSink, answer: &Answer) {
    if !answer.answer.is_empty() {
        let text = answer.answer.clone();
        sink.emit(Event::Delta { text });
    }
    let claims = answer.claims.iter().cloned().map(Event::Claim);
    claims.for_each(|claim| sink.emit(claim));
}

/// A question as it was accepted.
#[derive(Debug, Clone, Copy)]
struct AcceptedQuery {
    query_id: QueryId,
    created_at: Timestamp,
}

impl AcceptedQuery {
    fn now() -> Self {
        let created_at = Timestamp::now();
        Self {
            query_id: QueryId::generated_at(created_at),
            created_at,
        }
    }
}

/// Keeps an answer.
async fn record(answers: &dyn RecordAnswers, user: &UserId, mut answer: Answer) -> Result<Answer, HubError> {
    // The row carries its own cost, so the cost has to be known before it is written.
    answer.usage.write_units = answers.write_units(user, &answer);
    answers.insert(user, &answer).await?;
    Ok(answer)
}

/// The passages for the question as a whole, or for each of its parts.
async fn find(retrieval: &Retrieval, ask: &Ask, deadline: Deadline) -> Result<Retrieved, HubError> {
    let Ask {
        question,
        library,
        lanes,
        top_k,
        ..
    } = ask;
    match pattern(question).parts {
        parts if parts.is_empty() => {
            retrieval
                .find(library, question, lanes, top_k.get(), deadline)
                .await
        }
        parts => {
            retrieval
                .find_parts(library, &parts, lanes, top_k.get(), deadline)
                .await
        }
    }
}

/// A written answer, and whether it is one.
struct Composed {
    /// Without text and claims where there is to be no answer.
    written: Written,
    confidence: Confidence,
    abstained: Option<Abstention>,
}

/// Has an answer written from what was found, and decides whether it may be shown.
async fn compose(
    synthesis: &Synthesis,
    user: &UserId,
    ask: &Ask,
    retrieved: &Retrieved,
    sink: &EventSink,
    deadline: Deadline,
) -> Result<Composed, HubError> {
    let mut written = synthesis.write(user, ask, retrieved, sink, deadline).await?;
    let parts = features_of_parts(ask, retrieved, &written.claims);
    let confidence = weakest(parts.iter().map(|features| confidence(features, &written.claims)));
    let abstained = abstain(ask, &retrieved.passages, &written, &parts, confidence.answer);
    // What has been shown of an answer that broke off stays: each sentence has its proof.
    let abstained = abstained.filter(|_| written.broken.is_none());
    if abstained.is_some() {
        if written.told && !written.claims.is_empty() {
            sink.emit(Event::Restart {});
        }
        (written.text, written.claims) = (String::new(), Vec::new());
    }
    Ok(Composed {
        written,
        confidence,
        abstained,
    })
}

struct Gathered {
    retrieved: Retrieved,
    entities: Vec<Entity>,
    stages: Vec<Stage>,
}

/// An answer is as sure as its least sure part.
fn weakest(parts: impl Iterator<Item = Confidence>) -> Confidence {
    let weakest = parts.min_by(|one, other| one.answer.total_cmp(&other.answer));
    weakest.unwrap_or_else(|| confidence(&ConfidenceFeatures::default(), &[]))
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

/// What the claims rest on, for the question as a whole or for each of its parts.
fn features_of_parts(ask: &Ask, retrieved: &Retrieved, claims: &[Claim]) -> Vec<ConfidenceFeatures> {
    let Retrieved {
        passages,
        weights,
        parts,
        ..
    } = retrieved;
    if parts.is_empty() {
        return vec![confidence_features(&ask.question, weights, passages, claims)];
    }
    let each = parts
        .iter()
        .map(|part| confidence_features(&part.question, &part.weights, passages, claims));
    each.collect()
}

#[cfg(test)]
mod tests;
