//! From a question to an answer: plan, gather, fuse, write, verify, record. Knows ports only.
//!
//! [`Orchestrator::answer`] calls one function for each step, in this order. A sentence of a model is verified while the
//! next one is written; the verify step decides about the answer as a whole.

mod answer_cache;
mod certainty;
mod comprehensive;
mod conversation;
mod correct;
mod leased;
mod measures;
mod patterns;
mod pending;
mod progress;
mod steps;
mod synthesize;
mod verify;

use std::{convert::Infallible, sync::Arc};

use jiff::Timestamp;

use crate::{
    agents::{
        citation,
        entities::entities,
        retrieval::{self, LaneResults, Retrieval, Retrieved},
        synthesis::{
            self, Interruption, Synthesis, WritePlan, WriteRequest, WrittenAnswer, extractive::Reading,
        },
    },
    deadline::Deadline,
    domain::{
        Annotations, Answer, Ask, Cache, Entity, Event, Plan, Preview, QueryId, Question, Stage, Status,
        Step, UserId,
    },
    error::HubError,
    event_sink::EventSink,
    evidence::disagreement::Conflict,
    isolate::branch,
    ports::RecordAnswers,
};
pub use answer_cache::AnswerCache;
use answer_cache::CacheLookup;
pub use conversation::Conversations;
use conversation::ReadQuestion;
use correct::correct;
use patterns::{Pattern, pattern};
use pending::pending;
use progress::{emit_sources, emit_stages, emit_text};
use steps::{search, usage};
pub use synthesize::{Synthesized, synthesize};
use verify::{Verified, surer, verify};

/// Answers questions.
pub struct Orchestrator {
    retrieval: Retrieval,
    synthesis: Synthesis,
    answers: Arc<dyn RecordAnswers>,
    cache: Option<AnswerCache>,
    conversations: Option<Conversations>,
}

/// A question that was accepted, with everything that the steps need to answer it.
#[derive(Clone, Copy)]
pub struct AcceptedQuery<'a> {
    /// The id of the question and of its answer.
    pub query_id: QueryId,
    /// When the question was accepted.
    pub created_at: Timestamp,
    /// Who asked.
    pub user: &'a UserId,
    /// The question and its options.
    pub ask: &'a Ask,
    /// Stores the answer.
    pub recorder: &'a dyn RecordAnswers,
    /// Receives the progress events, except the last one.
    pub sink: &'a EventSink,
    /// When the answer must be complete.
    pub deadline: Deadline,
}

/// The plan of one question: what is searched, and which models may write.
struct QueryPlan {
    /// The plan as the answer shows it.
    shown: Plan,
    /// The parts to search separately; empty when the question is searched as a whole.
    parts: Vec<Question>,
    /// The models that may write.
    write: WritePlan,
}

/// What the fan-out returned.
struct Gathered {
    /// What the lanes returned for each question that was searched.
    results: Vec<LaneResults>,
    /// The entities that the question names.
    entities: Vec<Entity>,
    /// The stage of entity extraction.
    stage: Stage,
}

impl Orchestrator {
    /// Answers from these lanes with these models, and stores answers with `answers`.
    pub fn new(retrieval: Retrieval, synthesis: Synthesis, answers: Arc<dyn RecordAnswers>) -> Self {
        Self {
            retrieval,
            synthesis,
            answers,
            cache: None,
            conversations: None,
        }
    }

    /// Serves repeated questions from this cache.
    #[must_use]
    pub fn with_cache(mut self, cache: AnswerCache) -> Self {
        self.cache = Some(cache);
        self
    }

    /// Reads follow-ups with these conversations.
    #[must_use]
    pub fn with_conversations(mut self, conversations: Conversations) -> Self {
        self.conversations = Some(conversations);
        self
    }

    /// Reads each question as its `Ask` says, for answering old questions again: the conversation may have gone on.
    #[must_use]
    pub fn without_conversations(mut self) -> Self {
        self.conversations = None;
        self
    }

    /// Whether a request may name this model.
    pub fn serves(&self, model: &str) -> bool {
        self.synthesis.serves(model)
    }

    /// The plan for a question, the models that would be tried, and the most that the first of them can cost. Reads nothing.
    pub fn preview(&self, ask: &Ask) -> Preview {
        let QueryPlan { shown, write, .. } = self.plan(ask);
        let first = write
            .candidates
            .iter()
            .find(|candidate| candidate.ineligible.is_none());
        let cost_usd = first.map_or(Some(0.0), |candidate| candidate.cost_usd);
        Preview {
            dry_run: true,
            plan: shown,
            candidates: write.candidates,
            cost_usd,
        }
    }

    /// The record of a question that has not been answered yet, under a new id.
    pub fn pending(&self, ask: &Ask) -> Answer {
        let created_at = Timestamp::now();
        pending(
            ask,
            QueryId::generated_at(created_at),
            created_at,
            self.plan(ask).shown,
        )
    }

    /// Answers a question under a new id and stores the answer.
    ///
    /// # Errors
    /// As [`Orchestrator::answer`].
    pub async fn ask(&self, user: &UserId, ask: &Ask, deadline: Deadline) -> Result<Answer, HubError> {
        let created_at = Timestamp::now();
        let query = AcceptedQuery {
            query_id: QueryId::generated_at(created_at),
            created_at,
            user,
            ask,
            recorder: &*self.answers,
            sink: &EventSink::disabled(),
            deadline,
        };
        self.answer(&query).await
    }

    /// Answers an accepted question and stores the answer. The answer names what failed or timed out on the way.
    ///
    /// # Errors
    /// When every lane failed, when no model answered and quoting was refused, or when the answer could not be stored.
    pub async fn answer(&self, query: &AcceptedQuery<'_>) -> Result<Answer, HubError> {
        measures::accepted();
        // Boxed: a large future.
        let result = Box::pin(self.make_answer(query)).await;
        measures::ended(&result);
        result
    }

    async fn make_answer(&self, query: &AcceptedQuery<'_>) -> Result<Answer, HubError> {
        let AcceptedQuery {
            query_id, created_at, ..
        } = *query;
        query.sink.emit(Event::Created { query_id, created_at });
        // Boxed: a call of a model is a large future.
        let ReadQuestion { ask, stage, attempts } = Box::pin(self.read(query)).await;
        let asked = &ask.unwrap_or_else(|| query.ask.clone());
        let read = asked.as_read();
        let query = &AcceptedQuery { ask: &read, ..*query };
        let plan = self.plan(query.ask);
        let mut lookup = self.look_up(query).await;
        if let Some(cached) = lookup.answer.take() {
            let read = Answer {
                stages: stage.into_iter().chain(lookup.stage).collect(),
                usage: usage(&attempts),
                attempts,
                ..pending(asked, query_id, created_at, plan.shown)
            };
            return self.record(query, from_cache(query, read, cached)).await;
        }
        let gathered = self.gather(query, &plan).await;
        let (mut retrieved, entities, mut stages) = Self::fuse(query, gathered)?;
        // Boxed, as the search in it is: large futures.
        let corrected = correct(
            &self.retrieval,
            query.ask,
            query.deadline,
            &mut retrieved,
            &mut stages,
        );
        let corrected = Box::pin(corrected).await;
        let (ask, corrections) = corrected.unwrap_or_else(|| (query.ask.clone(), Vec::new()));
        let query = &AcceptedQuery { ask: &ask, ..*query };
        let reading = Reading::new(&query.ask.question, &retrieved);
        let sources = citation::sources(&retrieved.passages, reading.snippets());
        emit_stages(query.sink, &stages);
        emit_sources(query.sink, &sources);
        let conflicts = synthesis::conflicts(query.ask, &retrieved);
        let written = self.write(query, &plan.write, (&retrieved, &reading), &conflicts);
        let written = Box::pin(written).await?;
        let Verified {
            written,
            confidence,
            certainty,
            abstained,
        } = verify(query.ask, &retrieved, &reading, written, query.sink);
        emit_stages(query.sink, &written.stages);
        stages.extend(written.stages);
        let attempts = [attempts, written.attempts].concat();
        let mut answer = Answer {
            corrected: corrections,
            status: status(written.interruption),
            answer: written.text,
            certainty,
            abstained,
            confidence,
            claims: written.claims,
            sources,
            disagreements: conflicts
                .into_iter()
                .map(|conflict| conflict.disagreement)
                .collect(),
            entities,
            degraded: Retrieved::degraded(&stages),
            stages: stage
                .into_iter()
                .chain(lookup.stage.clone())
                .chain(stages)
                .collect(),
            usage: usage(&attempts),
            attempts,
            provider: written.provider,
            model: written.model,
            took_ms: query.deadline.elapsed().as_millis() as u64,
            ..pending(asked, query_id, created_at, plan.shown)
        };
        if query.ask.comprehensive {
            comprehensive::add_to(&mut answer, query.ask, &retrieved, &reading);
        }
        if !written.was_streamed {
            emit_text(query.sink, &answer);
        }
        let answer = self.record(query, answer).await?;
        if let (Some(cache), Some(key)) = (&self.cache, lookup.key_for(&answer)) {
            cache.put(query.user, key, answer.query_id).await;
        }
        Ok(answer)
    }

    /// **Plan**: decides by rules over the words of the question what is searched and which models may write.
    fn plan(&self, ask: &Ask) -> QueryPlan {
        let Pattern { name, parts } = pattern(&ask.question);
        let write = self.synthesis.plan(ask);
        QueryPlan {
            shown: Plan {
                pattern: name.to_owned(),
                parts: parts.iter().map(|part| part.as_str().to_owned()).collect(),
                lanes: ask.lanes.clone(),
                writers: write.writers(ask),
            },
            parts,
            write,
        }
    }

    /// **Read**: completes a follow-up by the question before it.
    async fn read(&self, query: &AcceptedQuery<'_>) -> ReadQuestion {
        let Some(conversations) = &self.conversations else {
            return ReadQuestion::default();
        };
        let read = conversations.read(query.user, query.ask, query.deadline).await;
        emit_stages(query.sink, read.stage.as_slice());
        read
    }

    /// Looks for the answer that this user was given to the same question.
    async fn look_up(&self, query: &AcceptedQuery<'_>) -> CacheLookup {
        let Some(cache) = &self.cache else {
            return CacheLookup::default();
        };
        let lookup = cache.get(query.user, query.ask, query.deadline).await;
        emit_stages(query.sink, lookup.stage.as_slice());
        lookup
    }

    /// **Gather**: runs entity extraction, every lane and the preparation of the first model call, all at once.
    async fn gather(&self, query: &AcceptedQuery<'_>, plan: &QueryPlan) -> Gathered {
        let AcceptedQuery { ask, deadline, .. } = *query;
        let (named, results, ()) = tokio::join!(
            // Synchronous rules over one question: no limit could interrupt them, and the branch catches their panic.
            branch("gather.entities", deadline.left(), async {
                Ok::<_, Infallible>(entities(ask.question.as_str()))
            }),
            // Boxed: the searches of several lanes and parts are a large future.
            Box::pin(search(&self.retrieval, ask, &plan.parts, deadline)),
            self.synthesis.warm(ask),
        );
        Gathered {
            results,
            entities: named.result.unwrap_or_default(),
            stage: named.stage,
        }
    }

    /// **Fuse**: one ranked list of passages, numbered for good: source `n` of the answer is `passages[n - 1]`.
    fn fuse(
        query: &AcceptedQuery<'_>,
        gathered: Gathered,
    ) -> Result<(Retrieved, Vec<Entity>, Vec<Stage>), HubError> {
        let Gathered {
            results,
            entities,
            stage,
        } = gathered;
        let mut retrieved = retrieval::fuse(results, query.ask.top_k.get(), query.deadline)?;
        let mut stages = vec![stage];
        stages.append(&mut retrieved.stages);
        Ok((retrieved, entities, stages))
    }

    /// **Write**: the first model that answers in time writes; otherwise the best sentences are quoted.
    async fn write(
        &self,
        query: &AcceptedQuery<'_>,
        plan: &WritePlan,
        (retrieved, reading): (&Retrieved, &Reading<'_>),
        conflicts: &[Conflict],
    ) -> Result<WrittenAnswer, HubError> {
        query.sink.enter(Step::Write);
        let request = WriteRequest {
            user: query.user,
            ask: query.ask,
            plan,
            retrieved,
            reading,
            conflicts,
            sink: query.sink,
            deadline: query.deadline,
        };
        let written = self.synthesis.write(&request).await?;
        Ok(surer(query.ask, retrieved, reading, written, query.sink))
    }

    /// **Record**: stores the answer, counts its usage and remembers it as the last of its conversation.
    async fn record(&self, query: &AcceptedQuery<'_>, mut answer: Answer) -> Result<Answer, HubError> {
        query.sink.enter(Step::Record);
        // The row holds its own cost, so the cost is computed before the row is written.
        answer.usage.write_units += query.recorder.write_units(query.user, &answer);
        // Before the answer is complete for others, so that a reader who resumes finds every event.
        query.sink.emit(Event::Usage(answer.usage));
        query.recorder.insert(query.user, &answer).await?;
        if let Some(conversations) = &self.conversations {
            let session_id = answer.session_id.as_deref();
            conversations
                .remember(query.user, session_id, answer.query_id)
                .await;
        }
        Ok(answer)
    }
}

/// A cached answer as the answer to this question, for which no model was paid except to read it. `read` is the question
/// with its stages and calls so far.
fn from_cache(query: &AcceptedQuery<'_>, read: Answer, cached: Answer) -> Answer {
    let answer = Answer {
        query_id: read.query_id,
        query: read.query,
        read_as: read.read_as,
        session_id: read.session_id,
        plan: read.plan,
        stages: read.stages,
        attempts: read.attempts,
        usage: read.usage,
        cache: Cache::Hit,
        created_at: read.created_at,
        took_ms: query.deadline.elapsed().as_millis() as u64,
        ..cached.with_annotations(Annotations::default())
    };
    emit_sources(query.sink, &answer.sources);
    emit_text(query.sink, &answer);
    answer
}

fn status(interruption: Option<Interruption>) -> Status {
    match interruption {
        None => Status::Completed,
        Some(Interruption::Incomplete | Interruption::OutOfTime) => Status::Partial,
        Some(Interruption::Cancelled) => Status::Cancelled,
    }
}

#[cfg(test)]
mod tests;
