//! The reply of a provider while it arrives: its answer, without thoughts, and its usage.

use std::time::Duration;

use super::{
    clock::Clock,
    content::{Content, Part, without_fence},
    failure::Failure,
    wire::ReplyEvent,
};
use crate::domain::{FinishReason, Tokens};

/// The reply of a provider, complete or interrupted.
pub(super) struct ProviderReply {
    /// The answer received.
    pub(super) text: String,
    /// The size of all generated text, with thoughts, in bytes.
    pub(super) generated_bytes: usize,
    /// The token usage, if the provider reported it.
    pub(super) tokens: Option<Tokens>,
    /// The HTTP status, if a response arrived.
    pub(super) status: Option<u16>,
    /// The time from the request to the first text.
    pub(super) first_text: Option<Duration>,
    /// The vectors of an embedding call.
    pub(super) vectors: Vec<Vec<f32>>,
    /// The finish reason, or the failure.
    pub(super) end: Result<FinishReason, Failure>,
}

impl ProviderReply {
    /// Creates a reply without content.
    pub(super) fn failed(failure: Failure) -> Self {
        Self {
            text: String::new(),
            generated_bytes: 0,
            tokens: None,
            status: failure.status(),
            first_text: None,
            vectors: Vec::new(),
            end: Err(failure),
        }
    }
}

/// What a call reports while it runs.
pub(super) enum Received<'a> {
    /// The model generated this many bytes, thoughts included.
    Generated(usize),
    /// Text of the answer; never empty.
    Text(&'a str),
    /// The text so far was a thought. Returns whether the receiver discarded it; otherwise it stays.
    Retract,
}

/// Receives a reply while it arrives. The result only matters for [`Received::Retract`].
pub(super) type OnReceived<'a> = &'a mut (dyn FnMut(Received<'_>) -> bool + Send);

/// A reply that is arriving.
pub(super) struct ReplyBuilder<'a> {
    content: Content,
    is_json: bool,
    on_received: OnReceived<'a>,
    text: String,
    generated_bytes: usize,
    tokens: Option<Tokens>,
    finish_reason: Option<FinishReason>,
}

impl<'a> ReplyBuilder<'a> {
    /// Starts a reply; `is_json` when JSON was requested.
    pub(super) fn new(is_json: bool, on_received: OnReceived<'a>) -> Self {
        Self {
            content: Content::new(is_json),
            is_json,
            on_received,
            text: String::new(),
            generated_bytes: 0,
            tokens: None,
            finish_reason: None,
        }
    }

    /// Whether the provider reported the end.
    pub(super) fn has_finished(&self) -> bool {
        self.finish_reason.is_some()
    }

    /// Adds events of the reply.
    pub(super) fn apply(&mut self, events: Vec<ReplyEvent>, clock: &mut Clock) {
        for event in events {
            match event {
                ReplyEvent::Text(text) => {
                    self.count(text.len());
                    let parts = self.content.push(&text);
                    self.add(parts, clock);
                }
                ReplyEvent::Thought(bytes) => self.count(bytes),
                ReplyEvent::Tokens(tokens) => self.tokens = Some(tokens),
                ReplyEvent::Finish(reason) => self.finish_reason = Some(reason),
            }
        }
    }

    /// Ends the reply. `end` is the failure that interrupted it, if any.
    pub(super) fn build(
        mut self,
        end: Result<(), Failure>,
        status: Option<u16>,
        clock: &mut Clock,
    ) -> ProviderReply {
        if end.is_ok() {
            let parts = self.content.end();
            self.add(parts, clock);
        }
        if self.is_json {
            self.text = without_fence(&self.text).to_owned();
        }
        ProviderReply {
            end: end.and_then(|()| self.finish()),
            text: self.text,
            generated_bytes: self.generated_bytes,
            tokens: self.tokens,
            status,
            first_text: clock.first_text(),
            vectors: Vec::new(),
        }
    }

    fn finish(&self) -> Result<FinishReason, Failure> {
        let is_empty = self.text.trim().is_empty();
        match self.finish_reason {
            None => Err(Failure::Unfinished),
            Some(FinishReason::Filtered) => Err(Failure::Filtered),
            Some(FinishReason::Length) if is_empty => Err(Failure::OutOfTokens),
            Some(_) if is_empty => Err(Failure::Empty),
            // What the model wrote after the end of its turn is not part of the answer.
            Some(_) if self.content.has_ended() => Ok(FinishReason::Stop),
            Some(reason) => Ok(reason),
        }
    }

    fn count(&mut self, bytes: usize) {
        self.generated_bytes += bytes;
        (self.on_received)(Received::Generated(bytes));
    }

    fn add(&mut self, parts: Vec<Part>, clock: &mut Clock) {
        for part in parts {
            match part {
                Part::Text(text) => {
                    clock.on_text();
                    self.add_text(&text);
                }
                Part::Retract if (self.on_received)(Received::Retract) => self.text.clear(),
                Part::Retract => self.add_text("\n\n"),
            }
        }
    }

    fn add_text(&mut self, text: &str) {
        (self.on_received)(Received::Text(text));
        self.text.push_str(text);
    }
}
