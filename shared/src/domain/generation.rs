//! Prompts and completions of language models, independent of any provider.

use std::fmt;

use serde::Serialize;

use super::stage::{Attempt, Plan};

/// A prompt. Its `Debug` output shows sizes only: prompts hold questions and documents.
#[derive(Clone, PartialEq)]
pub struct Prompt {
    /// System message: the instructions.
    pub system: String,
    /// User message: question and passages.
    pub user: String,
    /// Maximum length of the completion, in tokens; at least 1.
    pub max_tokens: u32,
    /// Sampling temperature, 0 to 2.
    pub temperature: f32,
    /// Stop sequences; at most four.
    pub stop: Vec<String>,
    /// JSON Schema that the completion must match.
    pub schema: Option<Schema>,
}

/// A named JSON Schema. Providers require a name of `[a-zA-Z0-9_-]`, up to 64 characters.
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    /// The name.
    pub name: &'static str,
    /// The schema: an object with all properties required and no additional ones, as strict modes demand.
    pub json: serde_json::Value,
}

/// What the vectors of texts are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextUse {
    /// To be found: passages of documents.
    Document,
    /// To find: a question.
    Query,
}

impl Prompt {
    /// Creates a prompt for plain text at temperature 0.
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

    /// Size of all parts together, in bytes.
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

/// Token counts, as the provider reported them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Tokens of the prompt.
    pub input: u64,
    /// Tokens of the completion, including hidden reasoning if the provider bills it.
    pub output: u64,
}

/// Why a completion ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FinishReason {
    /// The model finished, or reached a stop sequence.
    Stop,
    /// The completion reached `max_tokens`.
    Length,
    /// A content filter of the provider withheld the rest.
    Filtered,
}

/// A completion. Its `Debug` output does not show the text.
#[derive(Clone, PartialEq)]
pub struct Completion {
    /// The text; never blank.
    pub text: String,
    /// Why the completion ended.
    pub finish: FinishReason,
    /// Name of the provider in the configuration.
    pub provider: String,
    /// Name of the model.
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

/// Progress of a generation.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    /// More text.
    Delta(String),
    /// Discard the text so far: another model starts over.
    Restart,
    /// A call of a provider ended.
    Attempt(Attempt),
}

/// What to do if a model breaks off after part of its text was shown. No other model continues its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnInterruption {
    /// End with the text so far, as incomplete.
    Incomplete,
    /// Report [`Progress::Restart`] and let the next model start over.
    Restart,
}

/// A model that may be called for a prompt.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Candidate {
    /// Name of the provider in the configuration.
    pub provider: String,
    /// Name of the model.
    pub model: String,
    /// Context window: maximum number of input and output tokens together.
    pub context_tokens: u32,
    /// Why the model cannot be called; null if it can.
    #[serde(rename = "unfit")]
    pub ineligible: Option<String>,
    /// Maximum cost of the call, in US dollars; null if the price is unknown.
    pub cost_usd: Option<f64>,
}

/// Result of a dry run.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Preview {
    /// Always true.
    pub dry_run: bool,
    /// The plan for the question.
    pub plan: Plan,
    /// Candidate models, in the order they would be tried.
    pub candidates: Vec<Candidate>,
    /// Maximum cost of the first eligible candidate, in US dollars; null if its price is unknown.
    pub cost_usd: Option<f64>,
}
