//! The protocols behind the API formats: formats with OpenAI's API share one protocol and differ in their dialect.

use super::{format::Kind, openai::Dialect};

/// A protocol, with the dialect of OpenAI's.
pub(super) enum Protocol {
    OpenAi(Dialect),
    Anthropic,
    Gemini,
    Ollama,
}

impl Protocol {
    /// Returns the protocol of an API format.
    pub(super) fn new(kind: Kind) -> Self {
        match kind {
            Kind::Openai => Self::OpenAi(Dialect::OPENAI),
            Kind::Azure => Self::OpenAi(Dialect::AZURE),
            Kind::Groq => Self::OpenAi(Dialect::GROQ),
            Kind::Openrouter => Self::OpenAi(Dialect::OPENROUTER),
            Kind::Huggingface => Self::OpenAi(Dialect::HUGGINGFACE),
            Kind::Llamacpp => Self::OpenAi(Dialect::LLAMACPP),
            Kind::Vllm => Self::OpenAi(Dialect::VLLM),
            Kind::Bedrock => Self::OpenAi(Dialect::BEDROCK),
            Kind::OpenaiCompatible => Self::OpenAi(Dialect::COMPATIBLE),
            Kind::Anthropic => Self::Anthropic,
            Kind::Gemini => Self::Gemini,
            Kind::Ollama => Self::Ollama,
        }
    }
}
