//! Ingesting documents: a group of them is one segment and one publication.

use std::{
    borrow::Borrow,
    collections::{BTreeSet, HashMap},
};

use futures::future::try_join3;
use jiff::Timestamp;
use tokio::time::timeout;
use ulid::Ulid;

use super::indexer::Indexer;
use crate::{
    deadline::Deadline,
    domain::{Document, DocumentHeader, DocumentId, Language, LibraryId},
    error::HubError,
    ports::{
        Chunk, Garbage, JournalEntry, NewDocument, Ordinal, PlacedHeader, Publication, Published, Segment,
        StoreError, WriteDocuments,
    },
    retrieval::{
        chunker,
        segment::build::{BuiltSegment, build},
    },
};

/// Maximum number of documents in a group, and maximum size of the texts of a group of several, in bytes.
const GROUP_DOCUMENTS: usize = Publication::MAX_DOCUMENTS;
const GROUP_BYTES: usize = 1024 * 1024;

/// The result of ingesting one document.
#[derive(Debug, Clone)]
pub struct IndexedDocument {
    /// The current header of the document.
    pub header: DocumentHeader,
    /// Whether the library had the same content already, so that nothing was written.
    pub unchanged: bool,
}

type Outcome = Result<IndexedDocument, HubError>;

/// A document that is written but not published yet.
struct Written {
    place: usize,
    placed: PlacedHeader,
    previous: Option<PlacedHeader>,
    language: Language,
    chunks: Vec<Chunk>,
}

impl<S: WriteDocuments + ?Sized> Indexer<S> {
    /// Stores the documents, in groups, until `deadline`; those that are not stored by then get
    /// [`HubError::DeadlineExceeded`]. One that fails does not fail the others. The result has the order of the input. A caller
    /// that still needs the documents lends them: `Vec<&Document>`.
    pub async fn ingest<D: Borrow<Document>>(
        &self,
        library: &LibraryId,
        documents: Vec<D>,
        deadline: Deadline,
    ) -> Vec<Outcome> {
        let mut results: Vec<Option<Outcome>> = documents.iter().map(|_| None).collect();
        let mut has_published = false;
        for group in groups(documents.iter().map(Borrow::borrow)) {
            if deadline.left().is_zero() {
                break;
            }
            let places: Vec<usize> = group.iter().map(|(place, _)| *place).collect();
            // A group that does not end in time is like one whose writer died.
            let ingesting = Box::pin(self.ingest_group(library, group));
            let Ok(ingested) = timeout(deadline.left(), ingesting).await else {
                break;
            };
            match ingested {
                Ok(outcomes) => {
                    for (place, outcome) in outcomes {
                        has_published |= matches!(&outcome, Ok(document) if !document.unchanged);
                        results[place] = Some(outcome);
                    }
                }
                Err(error) => {
                    for &place in &places[1..] {
                        results[place] = Some(Err(error.copy().into()));
                    }
                    results[places[0]] = Some(Err(error.into()));
                }
            }
        }
        if has_published {
            self.merge_small(library, deadline).await;
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
        group: Vec<(usize, &Document)>,
    ) -> Result<Vec<(usize, Outcome)>, StoreError> {
        let ids: Vec<DocumentId> = group.iter().map(|(_, document)| document.id.clone()).collect();
        let current = self.store.headers(library, &ids).await?;
        let mut current: HashMap<DocumentId, PlacedHeader> = current
            .into_iter()
            .map(|placed| (placed.header.id.clone(), placed))
            .collect();
        let mut outcomes = Vec::new();
        let mut written = Vec::new();
        let now = Timestamp::now();
        for (place, document) in group {
            let content_hash = document.content_hash();
            let previous = current.remove(&document.id);
            match previous {
                Some(PlacedHeader { header, .. }) if header.content_hash == content_hash => {
                    outcomes.push((
                        place,
                        Ok(IndexedDocument {
                            header,
                            unchanged: true,
                        }),
                    ));
                }
                previous => {
                    let (language, chunks) = chunker::cut(document);
                    let version = previous.as_ref().map_or(1, |placed| placed.header.version + 1);
                    written.push(Written {
                        place,
                        placed: PlacedHeader {
                            header: header(document, version, &chunks, content_hash, now),
                            first: 0,
                        },
                        previous,
                        language,
                        chunks,
                    });
                }
            }
        }
        if !written.is_empty() {
            outcomes.extend(self.write(library, written).await?);
        }
        Ok(outcomes)
    }

    /// Writes and publishes a segment with these documents.
    async fn write(
        &self,
        library: &LibraryId,
        mut written: Vec<Written>,
    ) -> Result<Vec<(usize, Outcome)>, StoreError> {
        let count: usize = written.iter().map(|document| document.chunks.len()).sum();
        let reserved = self.store.reserve_ordinals(library, count as u64).await?;
        let first = reserved.first;
        let mut next = first;
        for document in &mut written {
            document.placed.first = next;
            next += document.chunks.len() as u64;
        }
        let built = build(
            written
                .iter()
                .flat_map(|document| (document.placed.first..).zip(&document.chunks)),
        );
        let id = Ulid::generate();
        let segment = segment(id, &built, first..next, &written);
        let entry = JournalEntry {
            id,
            library: library.clone(),
            garbage: Garbage {
                segments: vec![(id, built.buckets)],
                chunks: segment.ordinals.clone(),
            },
        };
        self.store.begin(&entry).await?;
        let chunks: Vec<(&PlacedHeader, Language, &[Chunk])> = written
            .iter()
            .map(|document| (&document.placed, document.language, document.chunks.as_slice()))
            .collect();
        // A deletion of the library has claimed the journal entry, or is seen here.
        try_join3(
            self.store.check_reserved(library, reserved),
            self.store.put_chunks(library, &chunks),
            self.store.put_segment_rows(library, id, built.rows),
        )
        .await?;
        self.publish(library, segment, written).await
    }

    /// Publishes the documents. One that another writer changed meanwhile is left out.
    async fn publish(
        &self,
        library: &LibraryId,
        mut segment: Segment,
        mut written: Vec<Written>,
    ) -> Result<Vec<(usize, Outcome)>, StoreError> {
        let mut outcomes = Vec::new();
        let own_dead = |documents: &[Written], segment: &mut Segment| {
            segment
                .dead
                .extend(documents.iter().map(|document| document.placed.as_dead()));
        };
        loop {
            let mut publication = Publication {
                segment: segment.clone(),
                documents: written.iter().map(Written::as_new).collect(),
                deleted: None,
                garbage: Garbage::default(),
            };
            let new = written.iter().filter(|document| document.previous.is_none());
            publication.segment.documents = i64::try_from(new.count()).ok();
            publication.segment.changed_at = Some(Timestamp::now());
            let replaced = written.iter().filter_map(|document| document.previous.as_ref());
            publication
                .segment
                .dead
                .extend(replaced.map(PlacedHeader::as_dead));
            publication.garbage.chunks = publication
                .segment
                .dead
                .iter()
                .map(|dead| dead.ordinals())
                .collect();
            match self.store.publish(library, &publication).await? {
                Published::Done => {
                    self.clean_up(library, segment.id, &publication.garbage).await;
                    outcomes.extend(written.into_iter().map(Written::into_outcome));
                    return Ok(outcomes);
                }
                Published::Changed(places) => {
                    let mut changed = Vec::new();
                    for place in places.into_iter().rev() {
                        changed.push(written.remove(place));
                    }
                    own_dead(&changed, &mut segment);
                    let conflict = |document: Written| (document.place, Err(HubError::Conflict("document")));
                    outcomes.extend(changed.into_iter().map(conflict));
                }
                Published::Superseded => return Err(StoreError::Conflict),
            }
            if written.is_empty() {
                // Nothing of the segment is current: it goes instead of being published.
                let garbage = Garbage {
                    segments: vec![(segment.id, segment.buckets)],
                    chunks: segment.ordinals.clone(),
                };
                self.clean_up(library, segment.id, &garbage).await;
                return Ok(outcomes);
            }
        }
    }
}

impl Written {
    fn as_new(&self) -> NewDocument {
        NewDocument {
            placed: self.placed.clone(),
            previous: self.previous.as_ref().map(|placed| placed.header.version),
        }
    }

    fn into_outcome(self) -> (usize, Outcome) {
        let document = IndexedDocument {
            header: self.placed.header,
            unchanged: false,
        };
        (self.place, Ok(document))
    }
}

fn header(
    document: &Document,
    version: u64,
    chunks: &[Chunk],
    content_hash: String,
    updated_at: Timestamp,
) -> DocumentHeader {
    DocumentHeader {
        version,
        origin: document.origin.clone(),
        chunks: chunks.len() as u32,
        characters: chunker::characters(document),
        terms: chunks.iter().map(|chunk| u64::from(chunk.length)).sum(),
        content_hash,
        updated_at,
        id: document.id.clone(),
        title: document.title.clone(),
        url: document.url.clone(),
        content_type: document.content_type,
        published_at: document.published_at,
        metadata: document.metadata.clone(),
    }
}

fn segment(
    id: Ulid,
    built: &BuiltSegment,
    ordinals: std::ops::Range<Ordinal>,
    written: &[Written],
) -> Segment {
    Segment {
        changes: 1,
        chunks: ordinals.end - ordinals.start,
        ordinals: vec![ordinals],
        terms: written.iter().map(|document| document.placed.header.terms).sum(),
        buckets: built.buckets,
        vocabulary: built.vocabulary,
        bytes: built.bytes,
        languages: written.iter().map(|document| document.language).collect(),
        ..Segment::empty(id)
    }
}

/// Splits the input into groups that are written together, with each document's place in the input. A document occurs once
/// in a group.
fn groups<'a>(documents: impl Iterator<Item = &'a Document>) -> Vec<Vec<(usize, &'a Document)>> {
    let mut groups: Vec<Vec<(usize, &Document)>> = Vec::new();
    let mut bytes = 0;
    let mut ids: BTreeSet<&DocumentId> = BTreeSet::new();
    for (place, document) in documents.enumerate() {
        let length = document.text.as_str().len();
        let is_new = ids.insert(&document.id);
        match groups.last_mut() {
            Some(group) if is_new && group.len() < GROUP_DOCUMENTS && bytes + length <= GROUP_BYTES => {
                bytes += length;
                group.push((place, document));
            }
            _ => {
                bytes = length;
                ids = BTreeSet::from([&document.id]);
                groups.push(vec![(place, document)]);
            }
        }
    }
    groups
}
