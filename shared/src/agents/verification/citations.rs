//! The citations of an answer, grouped by document.

use std::collections::BTreeMap;

use crate::{
    domain::{Answer, Citation, Claim, DocumentId},
    ports::StoreError,
};

/// Citations of each document, with the claims they belong to.
pub(super) type CitationsByDocument<'a> = BTreeMap<&'a DocumentId, Vec<(&'a Claim, &'a Citation)>>;

/// Groups the citations of an answer by document.
///
/// # Errors
/// [`StoreError::Corrupt`] if a citation refers to a source that the answer does not have.
pub(super) fn citations_by_document(answer: &Answer) -> Result<CitationsByDocument<'_>, StoreError> {
    let mut citations = CitationsByDocument::new();
    for claim in &answer.claims {
        for citation in &claim.citations {
            let id = document_of(answer, citation).ok_or_else(|| StoreError::Corrupt {
                row: "answer",
                reason: format!("it cites source {}, which it does not have", citation.source),
            })?;
            citations.entry(id).or_default().push((claim, citation));
        }
    }
    Ok(citations)
}

/// Returns the document that a citation refers to.
pub(super) fn document_of<'a>(answer: &'a Answer, citation: &Citation) -> Option<&'a DocumentId> {
    let mut sources = answer.sources.iter();
    let source = sources.find(|source| source.number == citation.source)?;
    Some(&source.document_id)
}
