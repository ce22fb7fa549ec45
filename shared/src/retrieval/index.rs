//! Indexer: writes and deletes versioned documents. A new version is written beside the old one, published by one
//! conditional write, and only then is the old one removed. A crash at any point loses nothing and publishes no half
//! document; the sweep removes orphaned rows.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use futures::{StreamExt, future::join_all, stream};
use jiff::Timestamp;
use tracing::warn;

use super::{
    chunker,
    postings::{postings, statistics},
};
use crate::{
    deadline::Deadline,
    domain::{Document, DocumentHeader, DocumentId, LibraryId},
    error::HubError,
    ports::{
        Chunk, StatisticsChange, StoreError, SweepDocuments, VersionReservation, VersionRows, WriteDocuments,
    },
};

/// Maximum number of documents in a group. Their index is written together, so that a term they share is counted with
/// one write.
const GROUP_DOCUMENTS: usize = 25;
/// Maximum size of the text of a group of several documents, in bytes.
const GROUP_BYTES: usize = 512 * 1024;
/// Maximum number of concurrent writes.
const CONCURRENCY: usize = 8;

/// The result of ingesting one document.
#[derive(Debug, Clone)]
pub struct IndexedDocument {
    /// The current header of the document.
    pub header: DocumentHeader,
    /// Whether the library had the same content already, so that nothing was written.
    pub unchanged: bool,
}

/// Writes documents and their index.
pub struct Indexer<S: ?Sized> {
    store: Arc<S>,
}

/// A version that is written but not published yet.
struct WrittenVersion {
    place: usize,
    header: DocumentHeader,
    chunks: Vec<Chunk>,
    reservation: VersionReservation,
    previous: Option<DocumentHeader>,
}

impl<S: WriteDocuments + ?Sized> Indexer<S> {
    /// Creates an indexer over this store.
    pub fn new(store: Arc<S>) -> Self {
        Self { store }
    }

    /// Stores the documents, in groups, until `deadline`. One that fails does not fail the others. The result
    /// has the order of the input.
    pub async fn ingest(
        &self,
        library: &LibraryId,
        documents: Vec<Document>,
        deadline: Deadline,
    ) -> Vec<Result<IndexedDocument, HubError>> {
        let mut results: Vec<Option<Result<IndexedDocument, HubError>>> =
            documents.iter().map(|_| None).collect();
        for group in groups(documents) {
            if deadline.left().is_zero() {
                break;
            }
            for (place, result) in self.ingest_group(library, group).await {
                results[place] = Some(result);
            }
        }
        let late = || Err(HubError::DeadlineExceeded(deadline.elapsed()));
        results
            .into_iter()
            .map(|result| result.unwrap_or_else(late))
            .collect()
    }

    async fn ingest_group(
        &self,
        library: &LibraryId,
        group: Vec<(usize, Document)>,
    ) -> Vec<(usize, Result<IndexedDocument, HubError>)> {
        let writes = group
            .into_iter()
            .map(|(place, document)| async move { (place, self.write(library, place, document).await) });
        let written: Vec<_> = stream::iter(writes).buffer_unordered(CONCURRENCY).collect().await;

        let mut results = Vec::new();
        let mut fresh = Vec::new();
        for (place, outcome) in written {
            match outcome {
                Ok(Ok(written)) => fresh.push(written),
                Ok(Err(stored)) => results.push((place, Ok(*stored))),
                Err(error) => results.push((place, Err(error.into()))),
            }
        }
        if fresh.is_empty() {
            return results;
        }
        let mut change = StatisticsChange::default();
        fresh
            .iter()
            .for_each(|written| change.merge(statistics(&written.chunks, 1)));
        if let Err(error) = self.store.add_statistics(library, &change).await {
            // Nothing is published: the documents stay marked as unfinished, and sending them again is safe.
            warn!(
                error = &error as &dyn std::error::Error,
                "statistics of {} documents not written",
                fresh.len()
            );
            let failed = |written: WrittenVersion| (written.place, Err(HubError::Store(unavailable(&error))));
            results.extend(fresh.into_iter().map(failed));
            return results;
        }
        let published = join_all(
            fresh
                .iter()
                .map(|written| self.store.publish(library, &written.header)),
        )
        .await;
        if let Err(error) = self.store.bump_version(library).await {
            warn!(
                error = &error as &dyn std::error::Error,
                "the version of library {library} was not raised"
            );
        }
        let ends = fresh
            .into_iter()
            .zip(published)
            .map(|(written, published)| self.clean_up(library, written, published));
        results.extend(
            stream::iter(ends)
                .buffer_unordered(CONCURRENCY)
                .collect::<Vec<_>>()
                .await,
        );
        results
    }

    /// Writes the chunks and postings of a new version; `Ok(Err(_))` when the library has the same content already.
    async fn write(
        &self,
        library: &LibraryId,
        place: usize,
        document: Document,
    ) -> Result<Result<WrittenVersion, Box<IndexedDocument>>, StoreError> {
        let content_hash = document.content_hash();
        let previous = self.store.header(library, &document.id).await?;
        if let Some(header) = previous
            .as_ref()
            .filter(|header| header.content_hash == content_hash)
        {
            return Ok(Err(Box::new(IndexedDocument {
                header: header.clone(),
                unchanged: true,
            })));
        }
        let now = Timestamp::now();
        let Some(reservation) = self.store.reserve(library, &document.id, now, false).await? else {
            return Err(StoreError::Conflict);
        };
        let chunks = chunker::chunks(&document, chunker::language(&document));
        let version = reservation.version;
        self.store
            .put_chunks(library, &document.id, version, &chunks)
            .await?;
        self.store
            .put_postings(library, &postings(&document.id, version, &chunks))
            .await?;
        let header = DocumentHeader {
            version,
            chunks: chunks.len() as u32,
            characters: chunker::characters(&document),
            terms: chunks.iter().map(|chunk| u64::from(chunk.length)).sum(),
            content_hash,
            updated_at: now,
            id: document.id,
            title: document.title,
            url: document.url,
            content_type: document.content_type,
            published_at: document.published_at,
            metadata: document.metadata,
        };
        Ok(Ok(WrittenVersion {
            place,
            header,
            chunks,
            reservation,
            previous,
        }))
    }

    /// Removes the superseded version: the previous one, or this one if a later write was faster.
    async fn clean_up(
        &self,
        library: &LibraryId,
        written: WrittenVersion,
        published: Result<(), StoreError>,
    ) -> (usize, Result<IndexedDocument, HubError>) {
        let WrittenVersion {
            place,
            header,
            chunks,
            reservation,
            previous,
        } = written;
        let (id, version) = (header.id.clone(), reservation.version);
        let result = match published {
            Ok(()) => {
                let cleanup = async {
                    if let Some(previous) = previous {
                        self.remove_counted(library, &id, |rows| rows.version == previous.version)
                            .await?;
                    }
                    if !reservation.superseded {
                        self.store.finish(library, &id, version).await?;
                    }
                    Ok(())
                };
                self.log_orphans(cleanup.await);
                Ok(IndexedDocument {
                    header,
                    unchanged: false,
                })
            }
            Err(StoreError::Conflict) => {
                self.log_orphans(self.remove(library, &id, version, &chunks).await);
                Err(HubError::Conflict("document"))
            }
            Err(error) => Err(error.into()),
        };
        (place, result)
    }

    /// Logs a failed clean-up: the sweep removes the orphaned rows.
    fn log_orphans(&self, cleanup: Result<(), StoreError>) {
        if let Err(error) = cleanup {
            warn!(
                error = &error as &dyn std::error::Error,
                "orphaned rows of a document are left for the sweep"
            );
        }
    }

    /// Deletes a document; returns false when there is none.
    ///
    /// # Errors
    /// When the store fails. Once the document is marked as deleted, the sweep completes the deletion.
    pub async fn delete(&self, library: &LibraryId, id: &DocumentId) -> Result<bool, StoreError> {
        let Some(reservation) = self.store.reserve(library, id, Timestamp::now(), true).await? else {
            return Ok(false);
        };
        self.store.bump_version(library).await?;
        if !reservation.superseded {
            self.remove_counted(library, id, |rows| rows.version < reservation.version)
                .await?;
            self.store.forget(library, id, reservation.version).await?;
        }
        Ok(true)
    }

    /// Removes the selected versions, which are counted in the statistics.
    async fn remove_counted(
        &self,
        library: &LibraryId,
        id: &DocumentId,
        which: impl Fn(&VersionRows) -> bool,
    ) -> Result<(), StoreError> {
        for rows in self.store.versions(library, id).await?.into_iter().filter(which) {
            self.remove(library, id, rows.version, &rows.chunks).await?;
        }
        Ok(())
    }

    /// Removes a version that is counted in the statistics. The chunks go last, because they identify its postings.
    async fn remove(
        &self,
        library: &LibraryId,
        id: &DocumentId,
        version: u64,
        chunks: &[Chunk],
    ) -> Result<(), StoreError> {
        self.store
            .delete_postings(library, &postings(id, version, chunks))
            .await?;
        self.store
            .add_statistics(library, &statistics(chunks, -1))
            .await?;
        self.store.delete_chunks(library, id, version, chunks).await
    }
}

impl<S: SweepDocuments + ?Sized> Indexer<S> {
    /// Removes the orphaned rows of writes that began longer ago than `older_than` and never finished; returns the
    /// number of documents repaired. Whether the orphans were counted is unknown, so their terms are recounted.
    ///
    /// # Errors
    /// When the store fails; the next sweep continues.
    pub async fn sweep(&self, older_than: Duration) -> Result<usize, StoreError> {
        let before_ms =
            (Timestamp::now().as_millisecond().max(0) as u64).saturating_sub(older_than.as_millis() as u64);
        let unfinished = self.store.unfinished(before_ms).await?;
        let mut terms: BTreeSet<(LibraryId, String)> = BTreeSet::new();
        let mut repaired = Vec::new();
        for item in &unfinished {
            let Some((published, last)) = self.store.last_versions(&item.library, &item.document).await?
            else {
                continue;
            };
            for rows in self.store.versions(&item.library, &item.document).await? {
                if rows.version > last || Some(rows.version) == published {
                    continue;
                }
                let old = postings(&item.document, rows.version, &rows.chunks);
                self.store.delete_postings(&item.library, &old).await?;
                terms.extend(old.into_iter().map(|(term, _)| (item.library.clone(), term)));
                // Chunks are deleted after the recount, because they are the only record of these terms.
                repaired.push((item, Some(rows), published, last));
            }
            repaired.push((item, None, published, last));
        }
        let recounts = terms
            .iter()
            .map(|(library, term)| self.store.recount_term(library, term));
        for recount in stream::iter(recounts)
            .buffer_unordered(CONCURRENCY)
            .collect::<Vec<_>>()
            .await
        {
            recount?;
        }
        let libraries: BTreeSet<&LibraryId> = unfinished.iter().map(|item| &item.library).collect();
        for (item, rows, published, last) in repaired {
            match (rows, published) {
                (Some(rows), _) => {
                    self.store
                        .delete_chunks(&item.library, &item.document, rows.version, &rows.chunks)
                        .await?;
                }
                (None, Some(_)) => self.store.finish(&item.library, &item.document, last).await?,
                (None, None) => self.store.forget(&item.library, &item.document, last).await?,
            }
        }
        for library in libraries {
            self.store.recount_library(library).await?;
            self.store.bump_version(library).await?;
        }
        Ok(unfinished.len())
    }
}

/// Splits the input into groups that are written together, with each document's place in the input.
fn groups(documents: Vec<Document>) -> Vec<Vec<(usize, Document)>> {
    let mut groups: Vec<Vec<(usize, Document)>> = Vec::new();
    let mut bytes = 0;
    for (place, document) in documents.into_iter().enumerate() {
        let length = document.text.as_str().len();
        match groups.last_mut() {
            Some(group) if group.len() < GROUP_DOCUMENTS && bytes + length <= GROUP_BYTES => {
                bytes += length;
                group.push((place, document));
            }
            _ => {
                bytes = length;
                groups.push(vec![(place, document)]);
            }
        }
    }
    groups
}

/// A copy of a failure, for another document of the group.
fn unavailable(error: &StoreError) -> StoreError {
    StoreError::Unavailable {
        operation: "add_statistics",
        source: error.to_string().into(),
    }
}
