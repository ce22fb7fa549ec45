//! The result of verifying one claim.

use crate::domain::{Citation, ClaimBasis, Verdict};

/// How the sources match a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Verbatim.
    Exact,
    /// One or two sentences cover it in other words.
    Aligned,
    /// Another source than the cited one matches; the number is corrected.
    Misattributed,
    /// Its clauses match in different places, each of which is cited.
    Stitched,
    /// Nothing matches.
    NotFound,
}

/// The result of verifying one claim.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// How the sources match it.
    pub outcome: Outcome,
    /// The verdict.
    pub verdict: Verdict,
    /// Quotations for it, or against it.
    pub citations: Vec<Citation>,
    /// The reason, where the verdict needs one.
    pub reason: Option<String>,
    /// For a claim that was not found, the closest span that does not contradict it, as input for a model judge.
    pub closest: Option<Citation>,
    /// For a claim that no source supports, the whole unit that lies closest to it, even if it contradicts the claim; `None`
    /// if none is close.
    pub nearest: Option<Citation>,
    /// What the verdict rests on; `None` if the claim is neither supported nor disputed.
    pub basis: Option<ClaimBasis>,
}

impl Finding {
    /// Whether a source supports the claim, even if another one contradicts it.
    pub fn is_supported(&self) -> bool {
        matches!(self.verdict, Verdict::Supported | Verdict::Disputed)
    }
}

/// The finding for a claim that no source supports or contradicts.
pub(super) fn not_found(reason: String) -> Finding {
    Finding {
        outcome: Outcome::NotFound,
        verdict: Verdict::Unverified,
        citations: Vec::new(),
        reason: Some(reason),
        closest: None,
        nearest: None,
        basis: None,
    }
}
