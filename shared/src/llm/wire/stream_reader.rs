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
    sse::SseDecoder,
};
use crate::domain::Tokens;

/// An incremental parser of a streamed reply, which may be cut at any byte.
///
/// Events before an error are returned first, wherever the bytes were cut; the next call returns the error.
pub struct StreamReader {
    kind: ApiFormat,
    framing: Framing,
    error: Option<ReplyError>,
    tokens: Tokens,
    has_finished: bool,
}

enum Framing {
    Sse(SseDecoder),
    Lines(NdjsonDecoder),
}

impl StreamReader {
    /// Creates a reader of replies in this format.
    pub fn new(kind: ApiFormat) -> Self {
        let framing = match Protocol::new(kind) {
            Protocol::Ollama => Framing::Lines(NdjsonDecoder::default()),
            _ => Framing::Sse(SseDecoder::default()),
        };
        Self {
            kind,
            framing,
            error: None,
            tokens: Tokens::default(),
            has_finished: false,
        }
    }

    /// Parses more bytes and returns the completed events.
    ///
    /// # Errors
    /// When the bytes violate the format; every later call returns the same error.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<ReplyEvent>, ReplyError> {
        self.read_with(|kind, framing, events| match framing {
            Framing::Sse(decoder) => {
                decoder.push(bytes, |event| read_event(kind, &event.name, &event.data, events))
            }
            Framing::Lines(decoder) => decoder.push(bytes, |line| ollama::read_line(line, events)),
        })
    }

    /// Parses the rest of an ended reply. The last line needs no line break.
    ///
    /// # Errors
    /// When the rest violates the format.
    pub fn end(&mut self) -> Result<Vec<ReplyEvent>, ReplyError> {
        self.read_with(|_, framing, events| match framing {
            Framing::Sse(_) => Ok(()),
            Framing::Lines(decoder) => decoder.end(|line| ollama::read_line(line, events)),
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
            ReplyEvent::Text(_) => true,
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

fn read_event(
    kind: ApiFormat,
    name: &str,
    data: &str,
    events: &mut Vec<ReplyEvent>,
) -> Result<(), ReplyError> {
    match Protocol::new(kind) {
        Protocol::OpenAi(_) => openai::read_event(data, events),
        Protocol::Anthropic => anthropic::read_event(name, data, events),
        Protocol::Gemini => gemini::read_event(data, events),
        Protocol::Ollama => Ok(()),
    }
}
