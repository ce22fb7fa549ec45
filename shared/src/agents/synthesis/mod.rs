//! The synthesis agent: has a model write from the passages, and quotes the best evidence where none does.

mod extractive;
mod model;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use tokio::time::Instant;

use crate::{
    agents::retrieval::Retrieved,
    deadline::Deadline,
    domain::{Ask, Attempt, Candidate, Claim, Model, OnBreak, Passage, Stage, StageStatus, UserId, Verdict},
    evidence::claims,
    ports::{Generate, Llm, LlmError},
};

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
}

impl Synthesis {
    /// With these models.
    pub fn new(llm: Arc<dyn Llm>) -> Self {
        Self { llm }
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
        written.text = text.unwrap_or_default();
        written.objection = None;
        written.claims = timed("verify", &mut written.stages, || {
            claims::verify(&written.text, passages)
        });
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
        let proved = timed("verify", &mut written.stages, || prove(text, &retrieved.passages));
        if let Some(stage) = written.stages.last_mut() {
            stage.reason = proved.removed;
        }
        if proved.text.is_empty() {
            written.objection = Some("nothing of what the model wrote stands in the passages".to_owned());
            return ByModel::Unproved;
        }
        (written.text, written.claims) = (proved.text, proved.claims);
        (written.provider, written.model) = (completion.provider, completion.model);
        ByModel::Wrote
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

/// What the passages bear out of a text.
struct Proved {
    text: String,
    claims: Vec<Claim>,
    /// What was taken out, in words.
    removed: Option<String>,
}

/// Takes out what no source bears out, and gives each sentence that stays the numbers of the sources that do; where
/// sources differ, of both sides.
fn prove(text: &str, passages: &[Passage]) -> Proved {
    let all = claims::verify(text, passages);
    let is_kept = |claim: &&Claim| matches!(claim.verdict, Verdict::Supported | Verdict::Disputed);
    let kept = all.iter().filter(is_kept);
    let text = kept.clone().map(marked).collect::<String>();
    let text = text.trim_end();
    let (kept, all) = (kept.count(), all.len());
    let removed = all - kept;
    Proved {
        claims: claims::verify(text, passages),
        text: text.to_owned(),
        removed: (removed > 0)
            .then(|| format!("{removed} of {all} sentences were removed: no source bears them out")),
    }
}

/// A sentence on one line with the numbers of its sources, and what parts it from the next one: a line that does not end
/// as a sentence does would run into it.
fn marked(claim: &Claim) -> String {
    let mut sentence = claim.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_ended = sentence.ends_with(['.', '!', '?', '"', ')', '。', '！', '？', '…']);
    let sources: BTreeSet<usize> = claim.citations.iter().map(|citation| citation.source).collect();
    for source in sources {
        sentence.push_str(&format!(" [{source}]"));
    }
    sentence.push_str(if is_ended { " " } else { "\n\n" });
    sentence
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
