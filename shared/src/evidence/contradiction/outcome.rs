//! The result of a contradiction rule.

/// A difference that a rule found between a claim and a source, with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contradiction {
    /// The source states something else.
    Against(String),
    /// The source does not state it.
    Missing(String),
}

impl Contradiction {
    /// Whether the source contradicts the claim.
    pub fn is_against(&self) -> bool {
        matches!(self, Self::Against(_))
    }

    /// The reason, as text for people.
    pub fn reason(&self) -> &str {
        match self {
            Self::Against(reason) | Self::Missing(reason) => reason,
        }
    }
}
