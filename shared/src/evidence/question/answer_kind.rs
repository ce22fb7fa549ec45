//! The kind of answer that a question expects.

/// The kind of answer that a question expects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AnswerKind {
    /// Somebody: "who".
    Person,
    /// Somewhere: "where", "which country".
    Place,
    /// A date or a part of one: "when".
    Date,
    /// A year.
    Year,
    /// A number of things: "how many".
    Count,
    /// A time that passes: "how long".
    Duration,
    /// A price.
    Money,
    /// Any other quantity: "how tall".
    Measure,
    /// What something is: "what is X".
    Definition,
    /// A reason: "why".
    Reason,
    /// A kind that the form of the question does not show.
    #[default]
    Anything,
}
