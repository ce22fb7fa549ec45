//! Claims of an answer with their citations, and contradictions between sources.

use serde::{Deserialize, Serialize};

/// One assertion of the answer, usually a sentence, with its verdict and citations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Claim {
    /// Id within the answer: `c1`, `c2` and so on.
    pub id: String,
    /// The sentence, without markers.
    pub text: String,
    /// Start in `answer`, in code points.
    pub start: usize,
    /// End in `answer`, exclusive, in code points.
    pub end: usize,
    /// Whether the sources support the claim.
    pub verdict: Verdict,
    /// Quotations that support or contradict the claim.
    pub citations: Vec<Citation>,
    /// Explanation of the verdict; null if the citations speak for themselves.
    pub reason: Option<String>,
    /// What the verdict rests on; null if the claim is neither supported nor disputed.
    #[serde(default)]
    pub basis: Option<ClaimBasis>,
    /// Whether `text` is a passage of a source, quoted in place of a sentence that no source supports.
    #[serde(default)]
    pub repaired: bool,
    /// The sentence that the model wrote, if the claim is repaired; else null.
    #[serde(default)]
    pub said: Option<String>,
}

/// What the verdict on a claim rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClaimBasis {
    /// The quotations: rules matched the claim with their words.
    Quote,
    /// A model that judged whether the quotation supports the claim.
    Judge,
}

/// Whether the sources support a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// A source supports the claim.
    Supported,
    /// A source contradicts the claim.
    Refuted,
    /// Some sources support the claim and others contradict it.
    Disputed,
    /// No source supports or contradicts the claim.
    Unverified,
}

/// A verbatim quotation from a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Citation {
    /// Number of the source, from 1.
    pub source: usize,
    /// The quotation, exactly as in the document.
    pub quote: String,
    /// Start in the text of the document, in code points.
    pub quote_start: usize,
    /// End in the text of the document, exclusive, in code points.
    pub quote_end: usize,
    /// The page of a PDF on which the quotation begins; null for other documents.
    #[serde(default)]
    pub page: Option<u32>,
    /// Where the quotation is in the document: `page 3`, `slide 2`, `Prices!B7`, or else the headings over it, joined by
    /// ` > `; null if there are none.
    #[serde(default)]
    pub location: Option<String>,
}

/// A contradiction between sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Disagreement {
    /// What the sources disagree about.
    pub subject: String,
    /// Quotations from both sides.
    pub citations: Vec<Citation>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_claim_of_an_earlier_release_is_read() {
        let earlier = json!({
            "id": "c1", "text": "The lamp was lit.", "start": 0, "end": 17, "verdict": "supported", "citations": [],
            "reason": null
        });
        let claim: Claim = serde_json::from_value(earlier).unwrap();
        assert_eq!((claim.basis, claim.repaired, claim.said), (None, false, None));
    }
}
