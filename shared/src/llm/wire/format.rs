//! The API formats.

use serde::Deserialize;

/// The API format of a provider. Several providers use OpenAI's, each with its own dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiFormat {
    /// OpenAI chat completions.
    Openai,
    /// Azure OpenAI, API version 1 (`https://NAME.openai.azure.com/openai/v1`).
    Azure,
    /// Groq.
    Groq,
    /// OpenRouter.
    Openrouter,
    /// Hugging Face Inference Providers.
    Huggingface,
    /// The servers of llama.cpp and llama-cpp-python.
    Llamacpp,
    /// vLLM.
    Vllm,
    /// Amazon Bedrock: OpenAI chat completions, and embeddings by `InvokeModel`.
    Bedrock,
    /// Any other server with an OpenAI-compatible API, such as Ollama under `/v1`.
    OpenaiCompatible,
    /// Anthropic messages.
    Anthropic,
    /// Google Gemini.
    Gemini,
    /// Ollama's native API.
    Ollama,
}

impl ApiFormat {
    /// Every format.
    pub const ALL: [Self; 12] = [
        Self::Openai,
        Self::Azure,
        Self::Groq,
        Self::Openrouter,
        Self::Huggingface,
        Self::Llamacpp,
        Self::Vllm,
        Self::Bedrock,
        Self::OpenaiCompatible,
        Self::Anthropic,
        Self::Gemini,
        Self::Ollama,
    ];

    /// Returns the default base URL; `None` when the format has none.
    pub fn default_base_url(self) -> Option<&'static str> {
        match self {
            Self::Openai => Some("https://api.openai.com/v1"),
            Self::Groq => Some("https://api.groq.com/openai/v1"),
            Self::Openrouter => Some("https://openrouter.ai/api/v1"),
            Self::Huggingface => Some("https://router.huggingface.co/v1"),
            Self::Llamacpp => Some("http://127.0.0.1:8080/v1"),
            Self::Vllm => Some("http://127.0.0.1:8000/v1"),
            Self::Anthropic => Some("https://api.anthropic.com/v1"),
            Self::Gemini => Some("https://generativelanguage.googleapis.com/v1beta"),
            Self::Ollama => Some("http://127.0.0.1:11434"),
            Self::Azure | Self::Bedrock | Self::OpenaiCompatible => None,
        }
    }
}
