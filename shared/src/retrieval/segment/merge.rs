//! Merging segments: streams their entries in the order of their hash, so that memory grows with the vocabulary alone.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, VecDeque},
};

use hashbrown::HashSet;
use ulid::Ulid;

use super::{
    bucket::{Entries, Postings},
    buckets_for,
    build::SegmentWriter,
    postings::{Posting, decode_block},
    vocabulary::Vocabulary,
};
use crate::{
    domain::LibraryId,
    ports::{
        DeadChunks, Manifest, Ordinal, RowName, Segment, SegmentRow, StoreError, Unmarked, WriteDocuments,
    },
};

/// The share of the bytes of the buckets that remains when segments are merged: terms that they share are written once.
const REMAINING_SHARE: f64 = 0.85;
/// Number of rows that are written together.
const WRITTEN_ROWS: usize = 200;

/// Maximum number of segments that lose marks in a merge: the swap is one transaction of at most 100 writes.
const MAX_UNMARKED: usize = 32;

/// The other segments that mark chunks of `sources` as dead, those with the most such marks if there are too many.
pub fn unmarked(manifest: &Manifest, sources: &[&Segment]) -> Vec<Unmarked> {
    let others = manifest
        .segments
        .iter()
        .filter(|segment| sources.iter().all(|source| source.id != segment.id));
    let mut unmarked: Vec<Unmarked> = others
        .map(|segment| {
            let marks = segment.dead.iter().copied();
            Unmarked {
                left: marks.filter(|dead| !is_held(sources, dead.first)).collect(),
                segment: segment.clone(),
            }
        })
        .filter(|unmarked| unmarked.left.len() < unmarked.segment.dead.len())
        .collect();
    unmarked.sort_by_key(|unmarked| Reverse(unmarked.segment.dead.len() - unmarked.left.len()));
    unmarked.truncate(MAX_UNMARKED);
    unmarked
}

/// Writes the rows of a segment with everything current that `sources` hold, under the id `id`; returns its manifest row.
/// What `unmarked` loses is not current.
///
/// # Errors
/// When the store fails, or a row is missing or cannot be decoded.
pub async fn merge<S: WriteDocuments + ?Sized>(
    store: &S,
    library: &LibraryId,
    sources: &[&Segment],
    unmarked: &[Unmarked],
    id: Ulid,
) -> Result<Segment, StoreError> {
    let dead = dropped(sources, unmarked);
    let mut merged = manifest_row(sources, unmarked, id);
    let bytes: u64 = sources.iter().map(|source| source.bytes).sum();
    merged.buckets = buckets_for((bytes as f64 * REMAINING_SHARE) as u64);
    let base = merged.ordinals.first().map_or(0, |range| range.start);
    let mut writer = SegmentWriter::new(merged.buckets, base);
    let mut readers: Vec<SegmentReader<'_, S>> = sources
        .iter()
        .filter(|source| source.buckets > 0)
        .map(|source| SegmentReader::new(store, library, source))
        .collect();
    let mut rows = Vec::new();
    let mut hashes = HashSet::new();
    loop {
        for reader in &mut readers {
            reader.fill().await?;
        }
        let Some(hash) = readers.iter().filter_map(SegmentReader::first).min() else {
            break;
        };
        let mut postings: Vec<Posting> = readers
            .iter_mut()
            .filter_map(|reader| reader.take(hash))
            .flatten()
            .filter(|posting| !is_dead(&dead, posting.ordinal))
            .collect();
        if !postings.is_empty() {
            postings.sort_unstable();
            writer.push(hash, &postings);
            hashes.insert(hash);
        }
        rows.append(&mut writer.take_rows());
        if rows.len() >= WRITTEN_ROWS {
            store
                .put_segment_rows(library, id, std::mem::take(&mut rows))
                .await?;
        }
    }
    if hashes.is_empty() {
        merged.buckets = 0;
        return Ok(merged);
    }
    let (mut last, bytes) = writer.finish();
    rows.append(&mut last);
    let mut words = vocabulary(store, library, sources).await?;
    words.prune(merged.chunks, &hashes);
    let mut words = words.rows();
    merged.vocabulary = words.len() as u32;
    rows.append(&mut words);
    store.put_segment_rows(library, id, rows).await?;
    merged.bytes = bytes;
    Ok(merged)
}

/// The words of segments.
async fn vocabulary<S: WriteDocuments + ?Sized>(
    store: &S,
    library: &LibraryId,
    sources: &[&Segment],
) -> Result<Vocabulary, StoreError> {
    let mut vocabulary = Vocabulary::default();
    for source in sources {
        let names: Vec<(Ulid, RowName)> = (0..source.vocabulary)
            .map(|number| (source.id, RowName::Vocabulary { number }))
            .collect();
        for row in store.segment_rows(library, &names).await? {
            let row = row.ok_or_else(corrupt)?;
            vocabulary.add_row(&row).ok_or_else(corrupt)?;
        }
    }
    Ok(vocabulary)
}

/// The manifest row of the merged segment, without what its rows decide. Dead chunks of the sources are dropped; marks of
/// chunks of other segments are kept.
pub fn manifest_row(sources: &[&Segment], unmarked: &[Unmarked], id: Ulid) -> Segment {
    let dropped = dropped(sources, unmarked);
    let sum = |of: fn(&Segment) -> u64| sources.iter().map(|source| of(source)).sum::<u64>();
    let kept = sources.iter().flat_map(|source| &source.dead).copied();
    let mut dead: Vec<DeadChunks> = kept.filter(|dead| !is_dead(&dropped, dead.first)).collect();
    dead.sort_unstable();
    let mut ordinals: Vec<_> = sources
        .iter()
        .flat_map(|source| source.ordinals.clone())
        .collect();
    ordinals.sort_unstable_by_key(|range| range.start);
    ordinals.dedup_by(|next, range| {
        let is_adjacent = range.end >= next.start;
        if is_adjacent {
            range.end = range.end.max(next.end);
        }
        is_adjacent
    });
    Segment {
        id,
        changes: sum(|source| source.changes),
        ordinals,
        chunks: sum(|source| source.chunks) - dropped.iter().map(|dead| u64::from(dead.count)).sum::<u64>(),
        terms: sum(|source| source.terms) - dropped.iter().map(|dead| dead.terms).sum::<u64>(),
        buckets: 0,
        vocabulary: 0,
        bytes: 0,
        languages: sources
            .iter()
            .flat_map(|source| source.languages.clone())
            .collect(),
        dead,
        documents: sources.iter().map(|source| source.documents).sum(),
        changed_at: sources.iter().filter_map(|source| source.changed_at).max(),
        replaces: sources.iter().map(|source| source.id).collect(),
    }
}

/// The dead chunks of the sources that one of them marks, or that `unmarked` loses, ascending.
fn dropped(sources: &[&Segment], unmarked: &[Unmarked]) -> Vec<DeadChunks> {
    let marked = sources.iter().flat_map(|source| &source.dead);
    let lost = unmarked.iter().flat_map(|unmarked| &unmarked.segment.dead);
    let dead: BTreeSet<DeadChunks> = marked
        .chain(lost)
        .copied()
        .filter(|dead| is_held(sources, dead.first))
        .collect();
    dead.into_iter().collect()
}

/// Whether one of the sources holds a chunk.
fn is_held(sources: &[&Segment], ordinal: Ordinal) -> bool {
    sources.iter().any(|source| {
        let after = source.ordinals.partition_point(|range| range.start <= ordinal);
        after > 0 && source.ordinals[after - 1].contains(&ordinal)
    })
}

/// Whether a chunk is among dead ones, which ascend.
pub fn is_dead(dead: &[DeadChunks], ordinal: Ordinal) -> bool {
    let after = dead.partition_point(|dead| dead.first <= ordinal);
    after > 0 && dead[after - 1].ordinals().contains(&ordinal)
}

/// Reads the terms of a segment in order, a bucket with its blocks at a time.
struct SegmentReader<'a, S: ?Sized> {
    store: &'a S,
    library: &'a LibraryId,
    segment: &'a Segment,
    rows: VecDeque<SegmentRow>,
    after: Option<RowName>,
    has_more: bool,
    terms: VecDeque<(u32, Vec<Posting>)>,
}

impl<'a, S: WriteDocuments + ?Sized> SegmentReader<'a, S> {
    fn new(store: &'a S, library: &'a LibraryId, segment: &'a Segment) -> Self {
        Self {
            store,
            library,
            segment,
            rows: VecDeque::new(),
            after: None,
            has_more: true,
            terms: VecDeque::new(),
        }
    }

    /// The hash of the next term.
    fn first(&self) -> Option<u32> {
        self.terms.front().map(|(hash, _)| *hash)
    }

    /// Takes the postings of the next term, if it is this one.
    fn take(&mut self, hash: u32) -> Option<Vec<Posting>> {
        self.terms
            .pop_front_if(|(next, _)| *next == hash)
            .map(|(_, postings)| postings)
    }

    /// Reads the next bucket if no term is left.
    async fn fill(&mut self) -> Result<(), StoreError> {
        while self.terms.is_empty() {
            let Some(bucket) = self.next_row().await? else {
                return Ok(());
            };
            let mut blocks: VecDeque<SegmentRow> = VecDeque::new();
            while let Some(RowName::Block { .. }) = self.peek_row().await? {
                blocks.extend(self.rows.pop_front());
            }
            for entry in Entries::new(&bucket.bytes).map_err(|_| corrupt())? {
                let entry = entry.map_err(|_| corrupt())?;
                let postings = match entry.postings {
                    Postings::Inline(postings) => postings,
                    Postings::Blocks(highest) => {
                        let mut postings = Vec::with_capacity(entry.chunks as usize);
                        for _ in highest {
                            let block = blocks.pop_front().ok_or_else(corrupt)?;
                            postings.extend(decode_block(&block.bytes).ok_or_else(corrupt)?);
                        }
                        postings
                    }
                };
                self.terms.push_back((entry.hash, postings));
            }
            if !blocks.is_empty() {
                return Err(corrupt());
            }
        }
        Ok(())
    }

    async fn peek_row(&mut self) -> Result<Option<RowName>, StoreError> {
        while self.rows.is_empty() && self.has_more {
            let (rows, has_more) = self
                .store
                .scan_segment(self.library, self.segment, self.after)
                .await?;
            self.after = rows.last().map(|row| row.name).or(self.after);
            self.has_more = has_more;
            self.rows = rows.into();
        }
        Ok(self.rows.front().map(|row| row.name))
    }

    async fn next_row(&mut self) -> Result<Option<SegmentRow>, StoreError> {
        self.peek_row().await?;
        Ok(self.rows.pop_front())
    }
}

/// A row of a segment that is missing or cannot be decoded.
fn corrupt() -> StoreError {
    StoreError::Corrupt {
        row: "segment",
        reason: "a row is missing or does not parse".into(),
    }
}
