//! The step that an answer is at.

/// The step of the orchestrator that an answer is at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Step {
    /// The question is read and searched.
    #[default]
    Gather,
    /// A model or the extractive writer writes, and each sentence is verified.
    Write,
    /// The answer is stored.
    Record,
}

impl Step {
    /// The name that callers see.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gather => "gather",
            Self::Write => "write",
            Self::Record => "record",
        }
    }

    /// The share of the work that is done when the step begins, 0 to 1.
    pub fn progress(self) -> f64 {
        match self {
            Self::Gather => 0.1,
            Self::Write => 0.3,
            Self::Record => 0.9,
        }
    }
}
