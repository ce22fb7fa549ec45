//! The verification agent: checks whether the current documents still support a stored answer.

mod check;
mod citations;
mod current;
mod report;
#[cfg(test)]
mod tests;

use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;

use crate::{
    deadline::Deadline,
    domain::{Answer, Citation, Claim, DocumentId},
    error::HubError,
    ports::ReadDocuments,
    retrieval::full_document::full_document,
};
use check::{CurrentDocuments, check};
use citations::citations_by_document;
use current::CurrentDocument;
pub use report::{CheckedCitation, CheckedClaim, CitationStatus, Summary, Verification};

/// Number of documents that are read concurrently. Each is held in memory, with up to 1 MB.
const READ_CONCURRENCY: usize = 8;

/// Checks the citations of an answer. Reads each cited document once, several concurrently.
///
/// # Errors
/// If the store fails to read a document: it is then unknown whether the document still exists.
pub async fn verify(
    documents: &dyn ReadDocuments,
    answer: &Answer,
    deadline: Deadline,
) -> Result<Verification, HubError> {
    let checked_at = Timestamp::now();
    let citations = citations_by_document(answer)?;
    let mut reads = Vec::new();
    for (&id, citations) in &citations {
        reads.push(read(documents, answer, id, citations));
    }
    let current: CurrentDocuments<'_> = stream::iter(reads)
        .buffer_unordered(READ_CONCURRENCY)
        .try_collect()
        .await?;
    let claims = check(answer, &citations, current);
    Ok(Verification {
        query_id: answer.query_id,
        checked_at,
        summary: Summary::new(&claims),
        claims,
        took_ms: deadline.elapsed().as_millis() as u64,
    })
}

/// Reads a document and locates its citations. Only the relevant passages are kept, so not all texts are in memory at the
/// same time.
async fn read<'a>(
    documents: &dyn ReadDocuments,
    answer: &Answer,
    id: &'a DocumentId,
    citations: &[(&Claim, &Citation)],
) -> Result<(&'a DocumentId, Option<CurrentDocument>), HubError> {
    let document = full_document(documents, &answer.library, id).await?;
    Ok((
        id,
        document.map(|document| CurrentDocument::new(document, citations)),
    ))
}
