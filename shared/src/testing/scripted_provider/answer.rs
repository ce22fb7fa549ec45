//! Scripted answers.

use crate::domain::{FinishReason, Tokens};

/// The answer to a successful call.
#[derive(Debug, Clone, PartialEq)]
pub struct ScriptedAnswer {
    /// The text, in the pieces that a stream sends one by one. Each piece counts as one token.
    pub pieces: Vec<String>,
    /// The model's thoughts, in the pieces that a stream sends before the text.
    pub thoughts: Vec<String>,
    /// The reported token usage.
    pub tokens: Tokens,
    /// The finish reason.
    pub finish: FinishReason,
}

impl ScriptedAnswer {
    /// Creates an answer with a usage of 7 input tokens and one output token per piece.
    pub fn new<T: Into<String>>(pieces: impl IntoIterator<Item = T>) -> Self {
        let pieces: Vec<String> = pieces.into_iter().map(Into::into).collect();
        let output = pieces.len() as u64;
        Self {
            pieces,
            thoughts: Vec::new(),
            tokens: Tokens { input: 7, output },
            finish: FinishReason::Stop,
        }
    }

    /// Returns the whole text.
    pub fn text(&self) -> String {
        self.pieces.concat()
    }
}
