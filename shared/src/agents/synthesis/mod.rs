//! The synthesis agent: has a model write from the passages, and quotes the best evidence where none does.

pub mod extractive;
mod model;
mod proof;

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use crate::{
    agents::{
        judge::{Judge, Judging},
        retrieval::Retrieved,
    },
    deadline::Deadline,
    domain::{Ask, Attempt, Candidate, Claim, Model, OnBreak, Stage, StageStatus, UserId},
    evidence::{claims::findings, ledger::Finding},
    ports::{Generate, Llm, LlmError},
};
use proof::{Proved, prove};

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
        let first = candidates.iter().find(|candidate| candidate.unfit.is_none());
        first.map_or(model::MOST_PASSAGES, |first| {
            model::room(ask, first.context_tokens)
        })
    }

    /// The names of those that would write, in order.
    pub fn writers(&self, ask: &Ask) -> Vec<String> {
        let fitting = self
            .candidates(ask)
            .into_iter()
            .filter(|candidate| candidate.unfit.is_none());
        let names = fitting.map(|candidate| format!("{}/{}", candidate.provider, candidate.model));
        names
            .chain(ask.extractive.then(|| EXTRACTIVE.to_owned()))
            .collect()
    }

    /// Writes an answer from what was found.
    ///
    /// # Errors
    /// When no model wrote one and quoting was refused.
    pub async fn write(
        &self,
        user: &UserId,
        ask: &Ask,
        retrieved: &Retrieved,
        deadline: Deadline,
    ) -> Result<Written, LlmError> {
        let passages = &retrieved.passages;
        let mut written = Written {
            text: String::new(),
            claims: Vec::new(),
            objection: None,
            provider: EXTRACTIVE.to_owned(),
            model: EXTRACTIVE.to_owned(),
            attempts: Vec::new(),
            stages: Vec::new(),
        };
        if passages.is_empty() {
            return Ok(written);
        }
        match self.by_model(user, ask, retrieved, deadline, &mut written).await {
            ByModel::Wrote | ByModel::Declined => return Ok(written),
            ByModel::Unproved if !ask.extractive => return Ok(written),
            ByModel::Failed(error) if !ask.extractive => return Err(error),
            ByModel::Unproved | ByModel::Failed(_) | ByModel::NotAsked => {}
        }
        let text = timed("write.extractive", &mut written.stages, || {
            extractive::quote(&ask.question, retrieved, ask.max_tokens)
        });
        written.objection = None;
        let proved = timed("verify", &mut written.stages, || {
            prove(findings(&text.unwrap_or_default(), passages), passages)
        });
        written.keep(proved);
        Ok(written)
    }

    /// Has a model write; `written` keeps its text only as far as the passages bear it out.
    async fn by_model(
        &self,
        user: &UserId,
        ask: &Ask,
        retrieved: &Retrieved,
        deadline: Deadline,
        written: &mut Written,
    ) -> ByModel {
        if ask.model == Model::Extractive {
            return ByModel::NotAsked;
        }
        let started = Instant::now();
        let prompt = model::prompt(ask, retrieved, self.room(ask));
        let request = Generate {
            user,
            model: &ask.model,
            prompt: &prompt,
            deadline: deadline.earlier(CHECKING),
            on_break: OnBreak::Restart,
        };
        let generated = self.llm.generate(request, &mut |_| {}).await;
        written.attempts = generated.attempts;
        let (status, reason) = match &generated.result {
            Ok(_) => (StageStatus::Ok, None),
            Err(error @ LlmError::NoProvider) => (StageStatus::Skipped, Some(error.to_string())),
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
            Err(error) => return ByModel::Failed(error),
        };
        let Some(text) = model::answer(&completion) else {
            written.objection = Some("the model found no answer in the passages".to_owned());
            (written.provider, written.model) = (completion.provider, completion.model);
            return ByModel::Declined;
        };
        let proved = self.verified(user, ask, text, retrieved, deadline, written).await;
        if proved.text.is_empty() {
            written.objection = Some("nothing of what the model wrote stands in the passages".to_owned());
            return ByModel::Unproved;
        }
        written.keep(proved);
        (written.provider, written.model) = (completion.provider, completion.model);
        ByModel::Wrote
    }

    /// What the passages bear out of a text, by the rules and, if asked for, by a judge.
    async fn verified(
        &self,
        user: &UserId,
        ask: &Ask,
        text: &str,
        retrieved: &Retrieved,
        deadline: Deadline,
        written: &mut Written,
    ) -> Proved {
        let mut found = timed("verify", &mut written.stages, || {
            findings(text, &retrieved.passages)
        });
        let verify = written.stages.len() - 1;
        if ask.judge {
            let mut claims: Vec<(&str, &mut Finding)> = found
                .iter_mut()
                .map(|(sentence, finding)| (sentence.text.as_str(), finding))
                .collect();
            let deadline = deadline.earlier(CHECKING);
            let judging = self.judge.judge(user, &ask.model, &mut claims, deadline).await;
            if let Some(Judging { attempts, stage }) = judging {
                written.attempts.extend(attempts);
                written.stages.push(stage);
            }
        }
        let proved = prove(found, &retrieved.passages);
        written.stages[verify].reason.clone_from(&proved.removed);
        proved
    }
}

impl Written {
    fn keep(&mut self, proved: Proved) {
        (self.text, self.claims) = (proved.text, proved.claims);
    }
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
