//! The answer in what a model generates: without thoughts, template tokens and JSON around it. Pure; no I/O.

mod code;
mod envelope;
mod filter;
mod part;
mod token;

use self::{envelope::Envelope, filter::Filter};

pub(super) use self::{envelope::without_fence, part::Part};

/// Finds the answer in generated text, which may be cut anywhere.
pub(super) struct Content {
    filter: Filter,
    /// `None` when the answer is JSON.
    envelope: Option<Envelope>,
}

impl Content {
    /// Starts an answer; `is_json` when JSON was requested.
    pub(super) fn new(is_json: bool) -> Self {
        Self {
            filter: Filter::default(),
            envelope: (!is_json).then(Envelope::default),
        }
    }

    /// Reads more of the generated text and returns the parts that are known to belong to the answer.
    pub(super) fn push(&mut self, text: &str) -> Vec<Part> {
        let mut parts = Vec::new();
        self.filter.push(text, &mut parts);
        match &mut self.envelope {
            Some(envelope) => envelope.push(parts),
            None => parts,
        }
    }

    /// Ends the text and returns the rest of the answer.
    pub(super) fn end(&mut self) -> Vec<Part> {
        let mut parts = Vec::new();
        self.filter.end(&mut parts);
        match &mut self.envelope {
            Some(envelope) => envelope.end(parts),
            None => parts,
        }
    }

    /// Whether a token ended the answer.
    pub(super) fn has_ended(&self) -> bool {
        self.filter.has_ended()
    }
}

#[cfg(test)]
mod tests;
