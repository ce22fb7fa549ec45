//! The synthesis agent: a model writes an answer from the passages, or the best evidence is quoted when no model does.

mod draft;
mod echo;
pub mod extractive;
mod model;
mod repair;
#[cfg(test)]
mod tests;
mod verified_text;
mod written_answer;

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{
    agents::{
        judge::{Judge, JudgeOutcome},
        retrieval::Retrieved,
    },
    deadline::Deadline,
    domain::{
        Ask, Candidate, Completion, Event, Model, OnInterruption, Progress, Prompt, Stage, StageStatus,
        UserId,
    },
    event_sink::EventSink,
    evidence::{
        claims::findings,
        disagreement::{self, Conflict},
        verifier::Finding,
    },
    ports::{GenerateOutcome, GenerateRequest, Llm, LlmError},
};
use draft::Draft;
use echo::Echo;
use extractive::Reading;
use written_answer::ModelOutcome;
pub use written_answer::{EXTRACTIVE, Interruption, WrittenAnswer};

/// Kept back from the deadline for verifying what a model wrote.
const VERIFICATION_RESERVE: Duration = Duration::from_millis(250);

/// Which models may write an answer, and how much they are shown. Made once for a question, without I/O.
#[derive(Debug, Clone)]
pub struct WritePlan {
    /// The models in order, with the reason against each that is ineligible.
    pub candidates: Vec<Candidate>,
    /// The bytes of passages that the first eligible model can read.
    passage_bytes: usize,
}

/// One answer to be written.
#[derive(Clone, Copy)]
pub struct WriteRequest<'a> {
    /// The user who pays for model calls.
    pub user: &'a UserId,
    /// The question and its options.
    pub ask: &'a Ask,
    /// The models to call.
    pub plan: &'a WritePlan,
    /// The passages to write from.
    pub retrieved: &'a Retrieved,
    /// The question and the passages, read.
    pub reading: &'a Reading<'a>,
    /// The disagreements of the passages about the question: an answer that states one side states all.
    pub conflicts: &'a [Conflict],
    /// Receives each sentence of a model as soon as it is verified.
    pub sink: &'a EventSink,
    /// When the text must be complete.
    pub deadline: Deadline,
}

/// Writes answers.
pub struct Synthesis {
    llm: Arc<dyn Llm>,
    judge: Judge,
}

impl WritePlan {
    /// The names of those that would write, in order: `provider/model`, and last `extractive` unless `ask` refuses it.
    pub fn writers(&self, ask: &Ask) -> Vec<String> {
        let eligible = self
            .candidates
            .iter()
            .filter(|candidate| candidate.ineligible.is_none());
        let models = eligible.map(|candidate| format!("{}/{}", candidate.provider, candidate.model));
        models
            .chain(ask.extractive.then(|| EXTRACTIVE.to_owned()))
            .collect()
    }
}

impl Synthesis {
    /// Writes with these models.
    pub fn new(llm: Arc<dyn Llm>) -> Self {
        Self {
            judge: Judge::new(llm.clone()),
            llm,
        }
    }

    /// Whether a request may name this model.
    pub fn serves(&self, model: &str) -> bool {
        self.llm.serves(model)
    }

    /// Decides which models may write the answer to a question. Calls none of them.
    pub fn plan(&self, ask: &Ask) -> WritePlan {
        let candidates = |passage_bytes: usize| {
            let prompt_bytes = model::frame_bytes(ask) + passage_bytes;
            self.llm.plan(&ask.model, prompt_bytes, model::max_tokens(ask))
        };
        let smallest = candidates(model::MIN_PASSAGE_BYTES);
        let first = smallest.iter().find(|candidate| candidate.ineligible.is_none());
        let passage_bytes = first.map_or(model::MAX_PASSAGE_BYTES, |first| {
            model::passage_bytes(ask, first.context_tokens)
        });
        WritePlan {
            candidates: candidates(passage_bytes),
            passage_bytes,
        }
    }

    /// Fetches what the first model call needs, such as its key, so that this runs beside other work.
    pub async fn warm(&self, ask: &Ask) {
        if ask.model != Model::Extractive {
            self.llm.warm().await;
        }
    }

    /// Writes an answer. Each sentence of a model is verified and sent to the sink as it arrives; quoted sentences, and those
    /// that a judge has to see first, are not sent.
    ///
    /// # Errors
    /// When no model wrote an answer and the request refuses quoting.
    pub async fn write(&self, request: &WriteRequest<'_>) -> Result<WrittenAnswer, LlmError> {
        let WriteRequest { ask, retrieved, .. } = *request;
        let mut written = WrittenAnswer::empty();
        if retrieved.passages.is_empty() {
            return Ok(written);
        }
        match self.write_with_model(request, &mut written).await {
            ModelOutcome::Answered | ModelOutcome::Declined => return Ok(written),
            ModelOutcome::Unsupported if !ask.extractive => return Ok(written),
            ModelOutcome::Failed(error) if !ask.extractive => return Err(error),
            ModelOutcome::Unsupported | ModelOutcome::Failed(_) | ModelOutcome::NotAsked => {}
        }
        let quotations = timed("write.extractive", &mut written.stages, || {
            let quotations = extractive::quote(request.reading, ask.max_tokens);
            extractive::with_all_sides(quotations, request.conflicts, &retrieved.passages)
        });
        // Nothing of the model's text was shown: none of its sentences was supported.
        (written.objection, written.was_streamed) = (None, false);
        let mut stages = std::mem::take(&mut written.stages);
        timed("verify", &mut stages, || {
            written.set_quotations(&quotations, request.conflicts, &retrieved.passages);
        });
        written.stages = stages;
        written.is_contested = !request.conflicts.is_empty();
        Ok(written)
    }

    /// Lets a model write; `written` receives the sentences that the passages support.
    async fn write_with_model(
        &self,
        request: &WriteRequest<'_>,
        written: &mut WrittenAnswer,
    ) -> ModelOutcome {
        let WriteRequest {
            ask, retrieved, sink, ..
        } = *request;
        if ask.model == Model::Extractive {
            return ModelOutcome::NotAsked;
        }
        let prompt = model::prompt(ask, retrieved, request.plan.passage_bytes);
        let echo = Echo::new(&prompt, &ask.question, &retrieved.passages);
        let draft = Draft::new(&retrieved.passages, sink, &echo);
        let mut draft = draft.with_repair(&ask.question, retrieved);
        let generating = self.generate(request, &prompt.prompt, &mut draft, written);
        let completion = match generating.await {
            Ok(completion) => completion,
            Err(LlmError::Cancelled) => {
                return written.set_interrupted(Interruption::Cancelled, draft.into_verified());
            }
            Err(LlmError::Incomplete { .. }) => {
                return written.set_interrupted(Interruption::Incomplete, draft.into_verified());
            }
            Err(LlmError::Deadline) if draft.has_abandoned() => {
                return written.set_interrupted(Interruption::OutOfTime, draft.into_abandoned());
            }
            Err(error) => return ModelOutcome::Failed(error),
        };
        let Some(text) = model::answer(&completion) else {
            written.objection = Some("the model found no answer in the passages".to_owned());
            (written.provider, written.model) = (completion.provider, completion.model);
            return ModelOutcome::Declined;
        };
        if ask.judge {
            draft = self.judge(request, text, &echo, written).await;
        } else {
            let before = completion.text.len() - completion.text.trim_start().len();
            timed("verify", &mut written.stages, || {
                draft.finish(&completion.text, before + text.len());
            });
        }
        draft.add_left_out(request.conflicts);
        written.is_contested = !request.conflicts.is_empty();
        written.was_streamed = sink.is_enabled();
        written.set_verified(draft, completion)
    }

    /// Calls the models until one has written a text. Without a judge, `draft` verifies its sentences as they arrive.
    async fn generate(
        &self,
        request: &WriteRequest<'_>,
        prompt: &Prompt,
        draft: &mut Draft<'_>,
        written: &mut WrittenAnswer,
    ) -> Result<Completion, LlmError> {
        let WriteRequest {
            user,
            ask,
            sink,
            deadline,
            ..
        } = *request;
        let started = Instant::now();
        let enough = CancellationToken::new();
        let generate = GenerateRequest {
            user,
            model: &ask.model,
            prompt,
            deadline: deadline.earlier(VERIFICATION_RESERVE),
            on_interruption: if ask.restart {
                OnInterruption::Restart
            } else {
                OnInterruption::Incomplete
            },
            cancellation: sink.cancellation(),
            enough: &enough,
        };
        let mut progress = |progress: Progress| {
            match progress {
                // The judge sees all sentences before any of them is shown.
                Progress::Delta(text) if !ask.judge => {
                    draft.push(&text);
                    if draft.is_full() {
                        enough.cancel();
                    }
                }
                Progress::Delta(_) => {}
                Progress::Restart => draft.restart(),
                Progress::Attempt(attempt) => sink.emit(Event::Attempt(attempt)),
            }
            draft.has_shown()
        };
        let GenerateOutcome { attempts, result } = self.llm.generate(generate, &mut progress).await;
        written.attempts = attempts;
        let (status, reason) = match &result {
            Ok(_) => (StageStatus::Ok, None),
            Err(error @ (LlmError::NoProvider | LlmError::Cancelled)) => {
                (StageStatus::Skipped, Some(error.to_string()))
            }
            Err(error @ LlmError::Deadline) => (StageStatus::TimedOut, Some(error.to_string())),
            Err(error) => (StageStatus::Failed, Some(error.to_string())),
        };
        written.stages.push(Stage {
            name: "write.model".to_owned(),
            status,
            ms: started.elapsed().as_millis() as u64,
            reason,
        });
        result
    }

    /// Verifies a model's text by the rules, and has a judge decide about the sentences that they leave open.
    async fn judge<'a>(
        &self,
        request: &WriteRequest<'a>,
        text: &str,
        echo: &'a Echo,
        written: &mut WrittenAnswer,
    ) -> Draft<'a> {
        let WriteRequest {
            user,
            ask,
            retrieved,
            sink,
            deadline,
            ..
        } = *request;
        let mut found = timed("verify", &mut written.stages, || {
            findings(&echo.without_frame(text), &retrieved.passages)
        });
        let mut claims: Vec<(&str, &mut Finding)> = found
            .iter_mut()
            .map(|(sentence, finding)| (sentence.text.as_str(), finding))
            .collect();
        let deadline = deadline.earlier(VERIFICATION_RESERVE);
        let judged = self
            .judge
            .judge(user, &ask.model, &mut claims, deadline, sink.cancellation());
        if let Some(JudgeOutcome { attempts, stage }) = judged.await {
            for attempt in &attempts {
                sink.emit(Event::Attempt(attempt.clone()));
            }
            written.attempts.extend(attempts);
            written.stages.push(stage);
        }
        let draft = Draft::new(&retrieved.passages, sink, echo);
        let mut draft = draft.with_repair(&ask.question, retrieved);
        for (sentence, finding) in found {
            draft.add(&sentence, finding);
        }
        draft
    }
}

/// The disagreements of the passages about a question and its parts.
pub fn conflicts(ask: &Ask, retrieved: &Retrieved) -> Vec<Conflict> {
    let parts = retrieved.parts.iter().map(|part| part.question.as_str());
    disagreement::conflicts(
        [ask.question.as_str()].into_iter().chain(parts),
        &retrieved.passages,
    )
}

/// The extractive answer to a question.
pub fn quoted(ask: &Ask, retrieved: &Retrieved, reading: &Reading<'_>) -> WrittenAnswer {
    let mut written = WrittenAnswer::empty();
    let conflicts = conflicts(ask, retrieved);
    let quotations = extractive::quote(reading, ask.max_tokens);
    let quotations = extractive::with_all_sides(quotations, &conflicts, &retrieved.passages);
    written.set_quotations(&quotations, &conflicts, &retrieved.passages);
    written.is_contested = !conflicts.is_empty();
    written
}

/// Runs a synchronous step and records how long it took.
fn timed<T>(name: &str, stages: &mut Vec<Stage>, step: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let result = step();
    stages.push(Stage {
        name: name.to_owned(),
        status: StageStatus::Ok,
        ms: started.elapsed().as_millis() as u64,
        reason: None,
    });
    result
}
