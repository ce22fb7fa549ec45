//! The synthesis agent: has a model write from the passages, and quotes the best evidence where none does.

mod draft;
pub mod extractive;
mod model;
mod verified_text;

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use crate::{
    agents::{
        judge::{Judge, JudgeOutcome},
        retrieval::Retrieved,
    },
    deadline::Deadline,
    domain::{
        Ask, Attempt, Candidate, Claim, Completion, Event, Model, OnInterruption, Progress, Stage,
        StageStatus, UserId,
    },
    event_sink::EventSink,
    evidence::{claims::findings, verifier::Finding},
    ports::{GenerateRequest, Llm, LlmError},
};
use draft::Draft;
use verified_text::VerifiedText;

/// Who writes when no model does.
pub const EXTRACTIVE: &str = "extractive";
/// Kept back from the deadline for checking what a model wrote.
const CHECKING: Duration = Duration::from_millis(250);

/// What the agent came to.
#[derive(Debug)]
pub struct Written {
    /// The answer, with only what its sources bear out; empty when there is none.
    pub text: String,
    /// Its sentences with their proof.
    pub claims: Vec<Claim>,
    /// Why there is no answer, where it is a model that has none.
    pub objection: Option<String>,
    /// The provider that wrote it.
    pub provider: String,
    /// The model.
    pub model: String,
    /// The calls of providers.
    pub attempts: Vec<Attempt>,
    /// What was done.
    pub stages: Vec<Stage>,
    /// Why it is not whole, where it is not.
    pub broken: Option<Interruption>,
    /// Whether the sink has been told of its sentences.
    pub told: bool,
}

/// Why an answer is not whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interruption {
    /// The model broke off after some of it had been shown.
    Incomplete,
    /// Nobody waits for it any more.
    Cancelled,
}

/// Writes answers.
pub struct Synthesis {
    llm: Arc<dyn Llm>,
    judge: Judge,
}

impl Synthesis {
    /// With these models.
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

    /// Makes the first call quicker, beside other work.
    pub async fn warm(&self, ask: &Ask) {
        if ask.model != Model::Extractive {
            self.llm.warm().await;
        }
    }

    /// Who would write, in order. Models that do not fit say why.
    pub fn candidates(&self, ask: &Ask) -> Vec<Candidate> {
        self.plan(ask, self.room(ask))
    }

    fn plan(&self, ask: &Ask, room: usize) -> Vec<Candidate> {
        let prompt_bytes = model::frame_bytes(ask) + room;
        self.llm.plan(&ask.model, prompt_bytes, model::max_tokens(ask))
    }

    /// The bytes of passages that the first model can be shown.
    fn room(&self, ask: &Ask) -> usize {
        let candidates = self.plan(ask, model::LEAST_PASSAGES);
        let first = candidates.iter().find(|candidate| candidate.ineligible.is_none());
        first.map_or(model::MOST_PASSAGES, |first| {
            model::room(ask, first.context_tokens)
        })
    }

    /// The names of those that would write, in order.
    pub fn writers(&self, ask: &Ask) -> Vec<String> {
        let fitting = self
            .candidates(ask)
            .into_iter()
            .filter(|candidate| candidate.ineligible.is_none());
        let names = fitting.map(|candidate| format!("{}/{}", candidate.provider, candidate.model));
        names
            .chain(ask.extractive.then(|| EXTRACTIVE.to_owned()))
            .collect()
    }

    /// Writes an answer from what was found. The sink is told of each sentence of a model as soon as it is proved; of
    /// what is quoted, and of what a judge has to look at first, it is not.
    ///
    /// # Errors
    /// When no model wrote one and quoting was refused.
    pub async fn write(
        &self,
        user: &UserId,
        ask: &Ask,
        retrieved: &Retrieved,
        sink: &EventSink,
        deadline: Deadline,
    ) -> Result<Written, LlmError> {
        let passages = &retrieved.passages;
        let mut written = Written::extractive();
        if passages.is_empty() {
            return Ok(written);
        }
        let by_model = self.by_model(user, ask, retrieved, sink, deadline, &mut written);
        match by_model.await {
            ByModel::Wrote | ByModel::Declined => return Ok(written),
            ByModel::Unproved if !ask.extractive => return Ok(written),
            ByModel::Failed(error) if !ask.extractive => return Err(error),
            ByModel::Unproved | ByModel::Failed(_) | ByModel::NotAsked => {}
        }
        let text = timed("write.extractive", &mut written.stages, || {
            extractive::quote(&ask.question, retrieved, ask.max_tokens)
        });
        written.objection = None;
        let sink = EventSink::disabled();
        let mut draft = Draft::of(passages, &sink);
        timed("verify", &mut written.stages, || {
            let text = text.unwrap_or_default();
            draft.finish(&text, text.len());
        });
        written.keep(draft.into_proved());
        Ok(written)
    }

    /// Has a model write; `written` keeps its text only as far as the passages bear it out.
    async fn by_model(
        &self,
        user: &UserId,
        ask: &Ask,
        retrieved: &Retrieved,
        sink: &EventSink,
        deadline: Deadline,
        written: &mut Written,
    ) -> ByModel {
        if ask.model == Model::Extractive {
            return ByModel::NotAsked;
        }
        let started = Instant::now();
        let prompt = model::prompt(ask, retrieved, self.room(ask));
        let request = GenerateRequest {
            user,
            model: &ask.model,
            prompt: &prompt,
            deadline: deadline.earlier(CHECKING),
            on_interruption: if ask.restart {
                OnInterruption::Restart
            } else {
                OnInterruption::Incomplete
            },
            cancellation: sink.cancellation(),
        };
        let mut draft = Draft::of(&retrieved.passages, sink);
        let mut progress = |progress: Progress| {
            match progress {
                // The judge sees all sentences before any of them is shown.
                Progress::Delta(text) if !ask.judge => draft.push(&text),
                Progress::Delta(_) => {}
                Progress::Restart => draft.restart(),
                Progress::Attempt(attempt) => sink.emit(Event::Attempt(attempt)),
            }
            draft.has_shown()
        };
        let generated = self.llm.generate(request, &mut progress).await;
        written.attempts = generated.attempts;
        let (status, reason) = match &generated.result {
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
        let completion = match generated.result {
            Ok(completion) => completion,
            Err(LlmError::Cancelled) => return written.break_off(Interruption::Cancelled, draft),
            Err(LlmError::Incomplete { .. }) => return written.break_off(Interruption::Incomplete, draft),
            Err(error) => return ByModel::Failed(error),
        };
        let Some(text) = model::answer(&completion) else {
            written.objection = Some("the model found no answer in the passages".to_owned());
            (written.provider, written.model) = (completion.provider, completion.model);
            return ByModel::Declined;
        };
        if ask.judge {
            draft = self
                .judged(user, ask, text, retrieved, sink, deadline, written)
                .await;
        } else {
            written.told = sink.is_enabled();
            let before = completion.text.len() - completion.text.trim_start().len();
            timed("verify", &mut written.stages, || {
                draft.finish(&completion.text, before + text.len());
            });
        }
        written.check(draft, completion)
    }

    /// What the passages bear out of a text by the rules and by a judge.
    #[expect(clippy::too_many_arguments, reason = "each is a thing of its own")]
    async fn judged<'a>(
        &self,
        user: &UserId,
        ask: &Ask,
        text: &str,
        retrieved: &'a Retrieved,
        sink: &'a EventSink,
        deadline: Deadline,
        written: &mut Written,
    ) -> Draft<'a> {
        let mut found = timed("verify", &mut written.stages, || {
            findings(text, &retrieved.passages)
        });
        let mut claims: Vec<(&str, &mut Finding)> = found
            .iter_mut()
            .map(|(sentence, finding)| (sentence.text.as_str(), finding))
            .collect();
        let deadline = deadline.earlier(CHECKING);
        let judging = self
            .judge
            .judge(user, &ask.model, &mut claims, deadline, sink.cancellation());
        if let Some(JudgeOutcome { attempts, stage }) = judging.await {
            let told = attempts.iter().cloned().map(Event::Attempt);
            told.for_each(|attempt| sink.emit(attempt));
            written.attempts.extend(attempts);
            written.stages.push(stage);
        }
        written.told = sink.is_enabled();
        let mut draft = Draft::of(&retrieved.passages, sink);
        for (sentence, finding) in found {
            draft.add(&sentence, finding);
        }
        draft
    }
}

impl Written {
    /// Nothing yet.
    fn extractive() -> Self {
        Self {
            text: String::new(),
            claims: Vec::new(),
            objection: None,
            provider: EXTRACTIVE.to_owned(),
            model: EXTRACTIVE.to_owned(),
            attempts: Vec::new(),
            stages: Vec::new(),
            broken: None,
            told: false,
        }
    }

    fn keep(&mut self, proved: VerifiedText) {
        (self.text, self.claims) = (proved.text, proved.claims);
    }

    /// Keeps what a model wrote, if the passages bear any of it out.
    fn check(&mut self, draft: Draft<'_>, completion: Completion) -> ByModel {
        let proved = draft.into_proved();
        let verify = self.stages.iter_mut().rfind(|stage| stage.name == "verify");
        if let Some(verify) = verify {
            verify.reason = proved.removed();
        }
        if proved.text.is_empty() {
            self.objection = Some("nothing of what the model wrote stands in the passages".to_owned());
            return ByModel::Unproved;
        }
        self.keep(proved);
        (self.provider, self.model) = (completion.provider, completion.model);
        ByModel::Wrote
    }

    /// Keeps what has been shown of a text that will not be whole.
    fn break_off(&mut self, broken: Interruption, draft: Draft<'_>) -> ByModel {
        self.keep(draft.into_proved());
        self.broken = Some(broken);
        self.told = true;
        if let Some(last) = self.attempts.iter().rfind(|attempt| attempt.input_tokens > 0) {
            (self.provider, self.model) = (last.provider.clone(), last.model.clone());
        }
        ByModel::Wrote
    }
}

/// What can be quoted to answer a question.
pub fn quoted(ask: &Ask, retrieved: &Retrieved) -> Written {
    let sink = EventSink::disabled();
    let mut written = Written::extractive();
    let mut draft = Draft::of(&retrieved.passages, &sink);
    let text = extractive::quote(&ask.question, retrieved, ask.max_tokens).unwrap_or_default();
    draft.finish(&text, text.len());
    written.keep(draft.into_proved());
    written
}

/// What came of asking a model.
enum ByModel {
    /// An answer that the passages bear out, at least in part.
    Wrote,
    /// It says that the passages do not answer.
    Declined,
    /// A text that they do not bear out.
    Unproved,
    /// No text.
    Failed(LlmError),
    /// None was to be asked.
    NotAsked,
}

/// Runs a step that does not wait, and notes how long it took.
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
