//! What is asked of a language model and what comes back, in no provider's words.

use std::fmt;

use serde::Serialize;

use super::{Attempt, Plan};

/// A text to be written by a model. Its `Debug` shows sizes only: prompts hold questions and documents.
#[derive(Clone, PartialEq)]
pub struct Prompt {
    /// The rules, from us.
    pub system: String,
    /// What they are to be applied to.
    pub user: String,
    /// The most tokens to write, at least 1.
    pub max_tokens: u32,
    /// 0 for the likeliest words, up to 2 for the most varied.
    pub temperature: f32,
    /// Texts at which the model stops, without writing them; at most four.
    pub stop: Vec<String>,
    /// The shape that the text must have as JSON.
    pub schema: Option<Schema>,
}

/// A JSON Schema with the name that providers want for it (`[a-zA-Z0-9_-]`, up to 64).
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    /// The name.
    pub name: &'static str,
    /// The schema: an object whose properties are all required and that allows no others, as strict modes demand.
    pub json: serde_json::Value,
}

impl Prompt {
    /// Plain text, as likely as can be.
    pub fn new(system: impl Into<String>, user: impl Into<String>, max_tokens: u32) -> Self {
        Self {
            system: system.into(),
            user: user.into(),
            max_tokens,
            temperature: 0.0,
            stop: Vec::new(),
            schema: None,
        }
    }

    /// Its size in bytes, all parts together.
    pub fn bytes(&self) -> usize {
        let schema = self
            .schema
            .as_ref()
            .map_or(0, |schema| schema.json.to_string().len());
        self.system.len() + self.user.len() + schema
    }
}

impl fmt::Debug for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prompt")
            .field("bytes", &self.bytes())
            .field("max_tokens", &self.max_tokens)
            .finish_non_exhaustive()
    }
}

/// Tokens as the provider counted them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Read: the prompt.
    pub input: u64,
    /// Written, with hidden reasoning where the provider bills it.
    pub output: u64,
}

/// Why a model stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FinishReason {
    /// It had said everything, or met a stop text.
    Stop,
    /// It reached `max_tokens`.
    Length,
    /// The provider withheld the rest.
    Filtered,
}

/// What a model wrote, whole. Its `Debug` does not show the text.
#[derive(Clone, PartialEq)]
pub struct Completion {
    /// The text; never blank.
    pub text: String,
    /// Why it ends.
    pub finish: FinishReason,
    /// The provider's name in the configuration.
    pub provider: String,
    /// The model.
    pub model: String,
}

impl fmt::Debug for Completion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Completion")
            .field("bytes", &self.text.len())
            .field("finish", &self.finish)
            .field("provider", &self.provider)
            .field("model", &self.model)
            .finish()
    }
}

/// What happens while a model writes.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    /// More text.
    Delta(String),
    /// What came before is void: another model begins anew.
    Restart,
    /// A call of a provider has ended.
    Attempt(Attempt),
}

/// What to do when a model breaks off after its first words. Its words are never continued by another model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnInterruption {
    /// End with what there is, as incomplete.
    Incomplete,
    /// Say [`Progress::Restart`] and let the next model begin anew.
    Restart,
}

/// A model that may be called for a prompt, in the order of the plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Candidate {
    /// The provider's name in the configuration.
    pub provider: String,
    /// The model.
    pub model: String,
    /// Tokens that it can read and write together.
    pub context_tokens: u32,
    /// Why it is not to be called; `None` when it fits.
    pub ineligible: Option<String>,
    /// The most that the call can cost, in US dollars; `None` when the price is not known.
    pub cost_usd: Option<f64>,
}

/// What would be done for a question.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Preview {
    /// True: nothing was done.
    pub dry_run: bool,
    /// What would be done.
    pub plan: Plan,
    /// The models that would be tried, in order.
    pub candidates: Vec<Candidate>,
    /// The most that the first of them that fits can cost, in US dollars; null when its price is not known.
    pub cost_usd: Option<f64>,
}
