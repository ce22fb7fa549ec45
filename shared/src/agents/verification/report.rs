//! The verification report, as the API returns it.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::{DocumentId, QueryId, Verdict};

/// A check of an answer's citations against the current documents.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Verification {
    /// Id of the question, a ULID.
    pub query_id: QueryId,
    /// When the documents were read.
    #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date-time")))]
    pub checked_at: Timestamp,
    /// The claims, in the order of the answer.
    pub claims: Vec<CheckedClaim>,
    /// Number of citations by status.
    pub summary: Summary,
    /// Duration in milliseconds.
    pub took_ms: u64,
}

/// A claim with its verdicts then and now.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CheckedClaim {
    /// Id of the claim in the answer.
    pub id: String,
    /// The sentence, without markers.
    pub text: String,
    /// Verdict in the stored answer.
    pub verdict_then: Verdict,
    /// Verdict from the current documents.
    pub verdict_now: Verdict,
    /// The citations, in the order of the answer.
    pub citations: Vec<CheckedCitation>,
}

/// A citation, checked against the current document.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CheckedCitation {
    /// Number of the source in the answer, from 1.
    pub source: usize,
    /// Id of the document.
    pub document_id: DocumentId,
    /// Whether the document still contains the quotation.
    pub status: CitationStatus,
    /// The quotation. With offsets, it is in the current document: the cited text or, if that changed, the closest text
    /// about the claim. Without offsets, it is the cited text, which is not in the document any more.
    pub quote: String,
    /// Start in the current text, in code points; null if the quotation was not found.
    pub quote_start: Option<usize>,
    /// End in the current text, exclusive, in code points; null if the quotation was not found.
    pub quote_end: Option<usize>,
}

/// Status of a citation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CitationStatus {
    /// The document contains the quotation verbatim.
    StillSupported,
    /// The document exists but does not contain the quotation.
    Changed,
    /// The document was deleted.
    Gone,
}

/// Number of citations by status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "VerificationSummary")
)]
pub struct Summary {
    /// Quotations that are still in their documents.
    pub still_supported: usize,
    /// Quotations that are not in their documents any more.
    pub changed: usize,
    /// Quotations from deleted documents.
    pub gone: usize,
}

impl Summary {
    /// Counts the citations of claims.
    pub(super) fn new(claims: &[CheckedClaim]) -> Self {
        let mut summary = Self::default();
        for citation in claims.iter().flat_map(|claim| &claim.citations) {
            let count = match citation.status {
                CitationStatus::StillSupported => &mut summary.still_supported,
                CitationStatus::Changed => &mut summary.changed,
                CitationStatus::Gone => &mut summary.gone,
            };
            *count += 1;
        }
        summary
    }
}
