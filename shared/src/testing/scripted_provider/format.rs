//! The wire formats, and parsing of requests.

use super::{
    anthropic::Anthropic,
    bedrock::Bedrock,
    gemini::Gemini,
    ollama::Ollama,
    openai::OpenAi,
    protocol::{ParsedRequest, Protocol, ScriptedFailure},
    reply::ScriptedReply,
    request::ReceivedRequest,
};

/// A wire format. Each has its own base URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WireFormat {
    /// OpenAI: chat completions, embeddings, models. Accepts the key headers of OpenAI and Azure.
    OpenAi,
    /// Anthropic: messages, models.
    Anthropic,
    /// Google Gemini: content, embeddings, models.
    Gemini,
    /// The native API of Ollama: chat, embeddings, models.
    Ollama,
    /// Amazon Bedrock: chat completions of OpenAI, embeddings of Titan and Cohere, models. Requires a signature or a key.
    Bedrock,
}

impl WireFormat {
    /// Every format of text. Bedrock has that of OpenAI.
    pub const ALL: [Self; 4] = [Self::OpenAi, Self::Anthropic, Self::Gemini, Self::Ollama];

    /// Returns the path of the base URL.
    pub(super) fn base_path(self) -> &'static str {
        match self {
            Self::OpenAi => "/openai/v1",
            Self::Anthropic => "/anthropic/v1",
            Self::Gemini => "/gemini/v1beta",
            Self::Ollama => "/ollama",
            Self::Bedrock => "/bedrock",
        }
    }

    /// Returns the rest of the base URL, which not all paths of the format have.
    pub(super) fn version(self) -> &'static str {
        match self {
            Self::Bedrock => "/openai/v1",
            _ => "",
        }
    }

    fn protocol(self) -> &'static dyn Protocol {
        match self {
            Self::OpenAi => &OpenAi,
            Self::Anthropic => &Anthropic,
            Self::Gemini => &Gemini,
            Self::Ollama => &Ollama,
            Self::Bedrock => &Bedrock,
        }
    }
}

/// Parses a request.
///
/// # Errors
/// The rejection, in the wire format of the path: 401 for a wrong key, 404 for an unknown path or model, 400 for a malformed
/// request.
pub(super) fn parse(
    request: &ReceivedRequest,
    models: &[String],
) -> Result<(&'static dyn Protocol, ParsedRequest), ScriptedReply> {
    let path = request.path.split('?').next().unwrap_or_default();
    let formats = WireFormat::ALL.into_iter().chain([WireFormat::Bedrock]);
    let found = formats.into_iter().find_map(|format| {
        let path = path.strip_prefix(format.base_path())?.strip_prefix('/')?;
        Some((format.protocol(), path))
    });
    let Some((protocol, path)) = found else {
        return Err(ScriptedReply::failure(
            WireFormat::OpenAi.protocol(),
            ScriptedFailure::Status(404),
        ));
    };
    let reject = |status| ScriptedReply::failure(protocol, ScriptedFailure::Status(status));
    if !protocol.is_authorized(request) {
        return Err(reject(401));
    }
    let parsed = protocol
        .parse(path, request)
        .unwrap_or(Err(404))
        .map_err(reject)?;
    match &parsed {
        ParsedRequest::Generate { model, .. } | ParsedRequest::Embed { model, .. }
            if !models.contains(model) =>
        {
            Err(reject(404))
        }
        _ => Ok((protocol, parsed)),
    }
}
