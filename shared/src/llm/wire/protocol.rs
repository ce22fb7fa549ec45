//! The protocols behind the API formats: formats with OpenAI's API share one protocol and differ in their dialect.

use super::{format::ApiFormat, openai::Dialect};

/// A protocol, with the dialect of OpenAI's.
pub(super) enum Protocol {
    OpenAi(Dialect),
    /// OpenAI's for chat completions only.
    Bedrock(Dialect),
    Anthropic,
    Gemini,
    Ollama,
}

impl Protocol {
    /// Returns the protocol of an API format.
    pub(super) fn new(kind: ApiFormat) -> Self {
        match kind {
            ApiFormat::Openai => Self::OpenAi(Dialect::OPENAI),
            ApiFormat::Azure => Self::OpenAi(Dialect::AZURE),
            ApiFormat::Groq => Self::OpenAi(Dialect::GROQ),
            ApiFormat::Openrouter => Self::OpenAi(Dialect::OPENROUTER),
            ApiFormat::Huggingface => Self::OpenAi(Dialect::HUGGINGFACE),
            ApiFormat::Llamacpp => Self::OpenAi(Dialect::LLAMACPP),
            ApiFormat::Vllm => Self::OpenAi(Dialect::VLLM),
            ApiFormat::Bedrock => Self::Bedrock(Dialect::BEDROCK),
            ApiFormat::OpenaiCompatible => Self::OpenAi(Dialect::COMPATIBLE),
            ApiFormat::Anthropic => Self::Anthropic,
            ApiFormat::Gemini => Self::Gemini,
            ApiFormat::Ollama => Self::Ollama,
        }
    }
}
