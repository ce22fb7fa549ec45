//! The optional parameters of a request: which of them a model takes, by its name, by configuration and by its refusals.

use std::borrow::Cow;

use serde::Deserialize;

use super::format::ApiFormat;
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
    fn thought_tokens(self) -> u32 {
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
    /// By [`Parameter`]: whether requests go without it. The maximum output tokens only change their name.
    omitted: [bool; Parameter::ALL.len()],
}

impl Parameters {
    /// Returns the parameters that a model takes, as far as its name tells. OpenAI's reasoning models (o-series, GPT-5 and
    /// later) take neither a temperature nor stop sequences, and the new name of the maximum output tokens
    /// (<https://developers.openai.com/api/docs/guides/reasoning>). Their effort is low: an answer from passages needs
    /// little reasoning.
    pub fn of_model(kind: ApiFormat, model: &str) -> Self {
        if matches!(kind, ApiFormat::Anthropic | ApiFormat::Gemini | ApiFormat::Ollama)
            || !is_openai_reasoning(kind, model)
        {
            return Self::default();
        }
        // These take no effort, or only a high one.
        let has_fixed_effort = ["-chat", "-pro", "o1-mini", "o1-preview"]
            .iter()
            .any(|part| model.to_ascii_lowercase().contains(part));
        Self {
            max_tokens: Some(MaxTokensName::MaxCompletionTokens),
            reasoning_effort: (!has_fixed_effort).then_some(ReasoningEffort::Low),
            ..Self::default()
        }
        .without(Parameter::Temperature)
        .without(Parameter::Stop)
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
        self.effort().map_or(0, ReasoningEffort::thought_tokens)
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

/// Returns whether a name is one of OpenAI's reasoning models: `o3-mini`, `gpt-5`, `openai/gpt-5.1`, `ft:o4-mini:me`. The
/// name of a deployment in Azure may have it anywhere, as in `prod-gpt-5-mini`.
fn is_openai_reasoning(kind: ApiFormat, model: &str) -> bool {
    let name = model.to_ascii_lowercase();
    let separates = |byte: u8| {
        matches!(byte, b'/' | b':' | b'.') || (kind == ApiFormat::Azure && matches!(byte, b'-' | b'_'))
    };
    let starts = name
        .bytes()
        .enumerate()
        .filter(|(_, byte)| separates(*byte))
        .map(|(index, _)| index + 1);
    std::iter::once(0)
        .chain(starts)
        .filter_map(|start| name.get(start..))
        .any(|part| is_o_series(part) || is_gpt_5_or_later(part))
}

fn is_o_series(name: &str) -> bool {
    let Some(rest) = name.strip_prefix('o') else {
        return false;
    };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let next = rest.as_bytes().get(digits);
    (1..=2).contains(&digits) && next.is_none_or(|byte| !byte.is_ascii_alphanumeric())
}

/// One digit only: Azure calls GPT-3.5 `gpt-35-turbo`.
fn is_gpt_5_or_later(name: &str) -> bool {
    let Some(rest) = name.strip_prefix("gpt") else {
        return false;
    };
    let mut bytes = rest.strip_prefix('-').unwrap_or(rest).bytes();
    matches!(bytes.next(), Some(b'5'..=b'9')) && !bytes.next().is_some_and(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasoning_models_are_known_by_their_names() {
        let known = |kind, model| !Parameters::of_model(kind, model).has(Parameter::Temperature);
        for model in [
            "o1",
            "o3-mini",
            "o4-mini-2025-04-16",
            "o5",
            "gpt-5",
            "GPT-5-mini",
            "gpt-5.1",
            "gpt5-nano",
            "gpt-6",
            "ft:gpt-5-mini:me::1",
            "openai/gpt-5-mini",
            "openai/o3:nitro",
            "azure/o3",
        ] {
            assert!(known(ApiFormat::OpenaiCompatible, model), "{model}");
        }
        for model in [
            "gpt-4o",
            "gpt-4.1",
            "gpt-35-turbo",
            "gpt-3.5-turbo",
            "openai/gpt-oss-20b",
            "olmo-2",
            "o",
            "oasst",
            "llama3.1:8b",
            "marco-o1",
            "qwen/qwen3-32b",
            "o200k",
            "",
        ] {
            assert!(!known(ApiFormat::Openai, model), "{model}");
        }
        assert!(known(ApiFormat::Azure, "prod-gpt-5-mini") && known(ApiFormat::Azure, "team_o3"));
        assert!(!known(ApiFormat::Azure, "my-gpt-4o-mini") && !known(ApiFormat::Azure, "gpt-35-turbo"));
        assert!(
            !known(ApiFormat::Ollama, "gpt-5"),
            "the name of another format's model"
        );
    }

    #[test]
    fn a_low_effort_is_sent_only_to_models_that_take_it() {
        let effort = |model| Parameters::of_model(ApiFormat::Openai, model).effort();
        assert_eq!(effort("gpt-5-mini"), Some(ReasoningEffort::Low));
        for model in ["gpt-5-pro", "gpt-5-chat-latest", "o1-mini", "gpt-4o"] {
            assert_eq!(effort(model), None, "{model}");
        }
    }

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
