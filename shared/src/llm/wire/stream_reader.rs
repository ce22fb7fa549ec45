//! The incremental parser of streamed replies.

use std::mem::replace;

use super::{
    anthropic,
    format::ApiFormat,
    gemini,
    lines::NdjsonDecoder,
    ollama, openai,
    protocol::Protocol,
    reply::{ReplyError, ReplyEvent},
    sse::{SseDecoder, SseEvent},
};
use crate::domain::{FinishReason, Tokens};

/// An incremental parser of a reply, which may be cut at any byte. Whether the reply is a stream shows in its first byte:
/// some servers send a whole reply although a stream was requested, or the reverse, whatever their `content-type` says.
///
/// Events before an error are returned first, wherever the bytes were cut; the next call returns the error.
pub struct StreamReader {
    kind: ApiFormat,
    is_streamed: bool,
    framing: Framing,
    error: Option<ReplyError>,
    tokens: Tokens,
    has_finished: bool,
}

enum Framing {
    /// Nothing but blanks so far.
    Unknown,
    Sse(SseDecoder),
    Lines(NdjsonDecoder),
    Whole(Vec<u8>),
}

impl StreamReader {
    /// Creates a reader of replies in this format; `is_streamed` when a stream was requested.
    pub fn new(kind: ApiFormat, is_streamed: bool) -> Self {
        Self {
            kind,
            is_streamed,
            framing: Framing::Unknown,
            error: None,
            tokens: Tokens::default(),
            has_finished: false,
        }
    }

    /// Whether the reply is known not to be a stream.
    pub fn is_whole(&self) -> bool {
        matches!(self.framing, Framing::Whole(_))
    }

    /// Parses more bytes and returns the completed events.
    ///
    /// # Errors
    /// When the bytes violate the format; every later call returns the same error.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<Vec<ReplyEvent>, ReplyError> {
        if matches!(self.framing, Framing::Unknown) {
            // Bytes of a byte order mark are no start either.
            let is_blank = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, 0xef | 0xbb | 0xbf);
            bytes = &bytes[bytes.iter().take_while(|byte| is_blank(byte)).count()..];
            let Some(first) = bytes.first() else {
                return Ok(Vec::new());
            };
            self.framing = match first {
                // A comment, or the field `data`, `event`, `id` or `retry`.
                b':' | b'd' | b'e' | b'i' | b'r' => Framing::Sse(SseDecoder::default()),
                _ if self.is_streamed && self.kind == ApiFormat::Ollama => {
                    Framing::Lines(NdjsonDecoder::default())
                }
                _ => Framing::Whole(Vec::new()),
            };
        }
        self.read_with(|kind, framing, events| match framing {
            Framing::Sse(decoder) => decoder.push(bytes, |event| read_event(kind, event, events)),
            Framing::Lines(decoder) => decoder.push(bytes, |line| ollama::read_line(line, events)),
            Framing::Whole(body) => {
                body.extend_from_slice(bytes);
                Ok(())
            }
            Framing::Unknown => Ok(()),
        })
    }

    /// Parses the rest of an ended reply. The last line needs no line break.
    ///
    /// # Errors
    /// When the rest violates the format.
    pub fn end(&mut self) -> Result<Vec<ReplyEvent>, ReplyError> {
        self.read_with(|kind, framing, events| match framing {
            // An event that was cut off is dropped: the reply then ends without a finish reason.
            Framing::Sse(decoder) => match decoder.end(|event| read_event(kind, event, events)) {
                Err(ReplyError::Malformed(_)) => Ok(()),
                result => result,
            },
            Framing::Lines(decoder) => decoder.end(|line| ollama::read_line(line, events)),
            Framing::Whole(body) => {
                events.extend(read_whole(kind, body)?);
                Ok(())
            }
            Framing::Unknown => Ok(()),
        })
    }

    fn read_with(
        &mut self,
        read: impl FnOnce(ApiFormat, &mut Framing, &mut Vec<ReplyEvent>) -> Result<(), ReplyError>,
    ) -> Result<Vec<ReplyEvent>, ReplyError> {
        if let Some(error) = &self.error {
            return Err(error.clone());
        }
        let mut events = Vec::new();
        self.error = read(self.kind, &mut self.framing, &mut events).err();
        events.retain_mut(|event| self.merge(event));
        match &self.error {
            Some(error) if events.is_empty() => Err(error.clone()),
            _ => Ok(events),
        }
    }

    /// Merges an event into the state; returns whether to emit it. Token counts only grow, because the last count may omit
    /// fields of the first. Only the first finish reason counts, because a refusal is followed by an ordinary stop.
    fn merge(&mut self, event: &mut ReplyEvent) -> bool {
        match event {
            ReplyEvent::Text(_) | ReplyEvent::Thought(_) => true,
            ReplyEvent::Tokens(tokens) => {
                tokens.input = tokens.input.max(self.tokens.input);
                tokens.output = tokens.output.max(self.tokens.output);
                self.tokens = *tokens;
                true
            }
            ReplyEvent::Finish(_) => !replace(&mut self.has_finished, true),
        }
    }
}

/// Parses a whole reply to a request to generate.
///
/// # Errors
/// When the body violates the format or reports an error.
pub fn read_whole(kind: ApiFormat, body: &[u8]) -> Result<Vec<ReplyEvent>, ReplyError> {
    match Protocol::new(kind) {
        Protocol::OpenAi(_) | Protocol::Bedrock(_) => openai::read_whole(body),
        Protocol::Anthropic => anthropic::read_whole(body),
        Protocol::Gemini => gemini::read_whole(body),
        Protocol::Ollama => ollama::read_whole(body),
    }
}

/// Parses the data of an event. What is no JSON keeps the connection alive (`ping`, nothing at all), or ends the stream.
fn read_event(kind: ApiFormat, event: &SseEvent, events: &mut Vec<ReplyEvent>) -> Result<(), ReplyError> {
    let data = event.data.trim();
    if data == "[DONE]" {
        events.push(ReplyEvent::Finish(FinishReason::Stop));
        return Ok(());
    }
    if !data.starts_with(['{', '[', '<']) {
        return Ok(());
    }
    match Protocol::new(kind) {
        Protocol::OpenAi(_) | Protocol::Bedrock(_) => openai::read_event(data, events),
        Protocol::Anthropic => anthropic::read_event(&event.name, data, events),
        Protocol::Gemini => gemini::read_event(data, events),
        Protocol::Ollama => ollama::read_line(data.as_bytes(), events),
    }
}
