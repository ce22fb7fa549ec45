//! Parsed replies of providers.

use std::fmt;

use super::error_body::ErrorBody;
use crate::domain::{FinishReason, Tokens};

/// A part of a reply; whole and streamed replies yield the same parts. `Debug` omits the text.
#[derive(Clone, PartialEq)]
pub enum ReplyEvent {
    /// Generated text; never empty.
    Text(String),
    /// A thought of the model beside its text, with its size in bytes.
    Thought(usize),
    /// The tokens used so far; a later count replaces an earlier one.
    Tokens(Tokens),
    /// The end of the generation, with its reason.
    Finish(FinishReason),
}

impl fmt::Debug for ReplyEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Thought(bytes) => write!(f, "Thought({bytes} bytes)"),
            Self::Tokens(tokens) => write!(f, "{tokens:?}"),
            Self::Finish(reason) => write!(f, "Finish({reason:?})"),
        }
    }
}

/// An invalid reply with a success status. Quotes nothing that the provider wrote, except a well-formed error code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// The reply cannot be parsed. Holds what was expected.
    #[error("the reply is not {0}")]
    Malformed(&'static str),
    /// The reply reports an error in its body.
    #[error("the provider reported a failure inside its reply")]
    InBand(ErrorBody),
    /// A line or an event exceeds the limit, in bytes.
    #[error("a line of the reply is longer than {0} bytes")]
    TooLong(usize),
}

/// The embeddings of a list of texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Vectors {
    /// One vector per text, in the order of the texts.
    pub vectors: Vec<Vec<f32>>,
    /// The input tokens; `None` when the provider does not report them.
    pub tokens: Option<u64>,
}
