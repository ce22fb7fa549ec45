//! The optional parameters of a request: which of them a model takes, by its name, by configuration and by its refusals.

use std::borrow::Cow;

use serde::Deserialize;

use super::{
    format::ApiFormat,
    reasoning::{self, Reasoning},
};
use crate::domain::Prompt;

/// An optional parameter of a request, which some models refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameter {
    /// The temperature.
    Temperature,
    /// The name of the maximum output tokens. A request always has it, under one of its two names.
    MaxTokens,
    /// The reasoning effort.
    ReasoningEffort,
    /// The stop sequences.
    Stop,
    /// The JSON schema of the answer.
    Schema,
    /// The system prompt as a message of its own.
    System,
    /// The request for the token usage of a stream.
    Usage,
    /// Streaming.
    Stream,
}

impl Parameter {
    /// Every parameter.
    pub const ALL: [Self; 8] = [
        Self::Temperature,
        Self::MaxTokens,
        Self::ReasoningEffort,
        Self::Stop,
        Self::Schema,
        Self::System,
        Self::Usage,
        Self::Stream,
    ];

    /// Returns the name for messages: OpenAI's.
    pub fn name(self) -> &'static str {
        match self {
            Self::Temperature => "temperature",
            Self::MaxTokens => "the name of max_tokens",
            Self::ReasoningEffort => "reasoning_effort",
            Self::Stop => "stop",
            Self::Schema => "response_format",
            Self::System => "the system role",
            Self::Usage => "stream_options",
            Self::Stream => "stream",
        }
    }
}

/// OpenAI's names of the maximum output tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaxTokensName {
    /// The old name, which most compatible servers take.
    MaxTokens,
    /// The name that OpenAI's reasoning models require.
    MaxCompletionTokens,
}

impl MaxTokensName {
    /// Returns the field of the request.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::MaxTokens => "max_tokens",
            Self::MaxCompletionTokens => "max_completion_tokens",
        }
    }

    /// Returns the other name.
    pub(super) fn other(self) -> Self {
        match self {
            Self::MaxTokens => Self::MaxCompletionTokens,
            Self::MaxCompletionTokens => Self::MaxTokens,
        }
    }
}

/// The effort of a reasoning model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasoningEffort {
    /// No reasoning.
    None,
    /// The least reasoning.
    Minimal,
    /// Little reasoning.
    Low,
    /// The default of most models.
    Medium,
    /// Much reasoning.
    High,
    /// The most reasoning.
    Xhigh,
}

impl ReasoningEffort {
    /// Returns OpenAI's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Xhigh => "xhigh",
        }
    }

    /// Returns the output tokens that thoughts may take beside those of the answer.
    pub(super) fn thought_tokens(self) -> u32 {
        match self {
            Self::None => 0,
            Self::Minimal | Self::Low => 1_024,
            Self::Medium => 4_096,
            Self::High | Self::Xhigh => 8_192,
        }
    }
}

/// The optional parameters that requests to a model carry. The default is all that the format has, without an effort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parameters {
    /// The name of the maximum output tokens in OpenAI's format; `None` for the default of the dialect.
    pub max_tokens: Option<MaxTokensName>,
    /// The reasoning effort; `None` for the default of the model.
    pub reasoning_effort: Option<ReasoningEffort>,
    /// Whether the model thinks without an effort.
    thinks: bool,
    /// By [`Parameter`]: whether requests go without it. The maximum output tokens only change their name.
    omitted: [bool; Parameter::ALL.len()],
}

impl Parameters {
    /// Returns the parameters that a model takes, as far as its name tells. OpenAI's reasoning models (o-series, GPT-5 and
    /// later) take neither a temperature nor stop sequences, and the new name of the maximum output tokens
    /// (<https://developers.openai.com/api/docs/guides/reasoning>). The effort is low where the name tells that a model takes
    /// one: an answer from passages needs little reasoning.
    pub fn of_model(kind: ApiFormat, model: &str) -> Self {
        match reasoning::of_model(kind, model) {
            Reasoning::None => Self::default(),
            Reasoning::Unbounded => Self {
                thinks: true,
                ..Self::default()
            },
            Reasoning::Effort => Self {
                reasoning_effort: Some(ReasoningEffort::Low),
                ..Self::default()
            },
            Reasoning::OpenAi { takes_effort } => Self {
                max_tokens: Some(MaxTokensName::MaxCompletionTokens),
                reasoning_effort: takes_effort.then_some(ReasoningEffort::Low),
                thinks: true,
                ..Self::default()
            }
            .without(Parameter::Temperature)
            .without(Parameter::Stop),
        }
    }

    /// Returns whether requests carry a parameter.
    pub fn has(&self, parameter: Parameter) -> bool {
        !self.omitted[parameter as usize]
    }

    /// Returns the parameters without one of them.
    #[must_use]
    pub fn without(mut self, parameter: Parameter) -> Self {
        self.omitted[parameter as usize] = true;
        self
    }

    /// Returns the parameters with one of them.
    #[must_use]
    pub fn with(mut self, parameter: Parameter) -> Self {
        self.omitted[parameter as usize] = false;
        self
    }

    /// Returns whether a request for this prompt carries a parameter, under a name that was not refused yet.
    pub(super) fn is_sent(&self, parameter: Parameter, prompt: &Prompt, stream: bool) -> bool {
        let is_set = match parameter {
            Parameter::Temperature | Parameter::MaxTokens => true,
            Parameter::ReasoningEffort => self.reasoning_effort.is_some(),
            Parameter::Stop => !prompt.stop.is_empty(),
            Parameter::Schema => prompt.schema.is_some(),
            Parameter::System => !prompt.system.is_empty(),
            Parameter::Usage | Parameter::Stream => stream,
        };
        is_set && self.has(parameter)
    }

    /// Returns the effort to send.
    pub(super) fn effort(&self) -> Option<ReasoningEffort> {
        self.reasoning_effort
            .filter(|_| self.has(Parameter::ReasoningEffort))
    }

    /// Returns the output tokens that thoughts may take: providers count them with those of the answer.
    pub fn thought_tokens(&self) -> u32 {
        let effort = self.effort().or(self.thinks.then_some(ReasoningEffort::Medium));
        effort.map_or(0, ReasoningEffort::thought_tokens)
    }

    /// Returns the prompt without omitted parts. A system prompt moves before the question.
    pub(super) fn apply<'a>(&self, prompt: &'a Prompt) -> Cow<'a, Prompt> {
        let is_omitted = |parameter| !self.has(parameter);
        if ![Parameter::Stop, Parameter::Schema, Parameter::System]
            .into_iter()
            .any(is_omitted)
        {
            return Cow::Borrowed(prompt);
        }
        let mut prompt = prompt.clone();
        if is_omitted(Parameter::Stop) {
            prompt.stop.clear();
        }
        if is_omitted(Parameter::Schema) {
            prompt.schema = None;
        }
        if is_omitted(Parameter::System) && !prompt.system.is_empty() {
            prompt.user = format!("{}\n\n{}", prompt.system, prompt.user);
            prompt.system.clear();
        }
        Cow::Owned(prompt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_system_prompt_moves_before_the_question() {
        let prompt = Prompt::new("Rules.", "A question?", 5);
        let applied = Parameters::default().without(Parameter::System);
        let applied = applied.apply(&prompt);
        assert_eq!(
            (applied.system.as_str(), applied.user.as_str()),
            ("", "Rules.\n\nA question?")
        );
        assert!(matches!(Parameters::default().apply(&prompt), Cow::Borrowed(_)));
    }
}
