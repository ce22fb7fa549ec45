//! Builds the rows of a segment from terms in the order of their hashes.

use std::collections::BTreeMap;

use super::{
    bucket, bucket_number, buckets_for, first_hash, hash,
    postings::{Posting, encode_block},
    vocabulary::Vocabulary,
};
use crate::{
    ports::{Chunk, Ordinal, RowName, SegmentRow},
    retrieval::bm25,
};

/// The longest postings in a bucket, in bytes: longer ones are blocks.
const MAX_INLINE_BYTES: usize = 1_200;
/// Number of postings of a block: about 3.6 KB, below the 4 KB of a read unit with the keys of the row.
const BLOCK_POSTINGS: usize = 1_600;

/// Writes the rows of a segment. Terms are given by their hashes, which must ascend.
pub struct SegmentWriter {
    base: Ordinal,
    buckets: u32,
    /// Number of the current bucket.
    number: u32,
    entries: u16,
    /// Hash of the last entry of the bucket.
    last: u32,
    bucket: Vec<u8>,
    blocks: Vec<SegmentRow>,
    rows: Vec<SegmentRow>,
    bucket_bytes: u64,
}

impl SegmentWriter {
    /// A segment of so many buckets, whose ordinals are at least `base`.
    pub fn new(buckets: u32, base: Ordinal) -> Self {
        Self {
            base,
            buckets,
            number: 0,
            entries: 0,
            last: 0,
            bucket: bucket::start(base),
            blocks: Vec::new(),
            rows: Vec::new(),
            bucket_bytes: 0,
        }
    }

    /// Adds a term with its postings, which ascend.
    pub fn push(&mut self, hash: u32, postings: &[Posting]) {
        while self.number < bucket_number(hash, self.buckets) {
            self.end_bucket();
        }
        let before = self.bucket.len();
        let distance = hash.saturating_sub(self.last);
        bucket::put_inline(&mut self.bucket, self.base, distance, postings);
        if self.bucket.len() - before > MAX_INLINE_BYTES {
            self.bucket.truncate(before);
            self.push_blocks(distance, postings);
        }
        self.last = hash;
        self.entries = self.entries.wrapping_add(1);
    }

    fn push_blocks(&mut self, distance: u32, postings: &[Posting]) {
        let mut by_impact = postings.to_vec();
        by_impact.sort_unstable_by_key(|posting| (std::cmp::Reverse(posting.impact), posting.ordinal));
        let mut highest = Vec::new();
        for (number, block) in (0..).zip(by_impact.chunks_mut(BLOCK_POSTINGS)) {
            highest.push(block.first().map_or(0, |posting| posting.impact));
            block.sort_unstable_by_key(|posting| posting.ordinal);
            self.blocks.push(SegmentRow {
                name: RowName::Block {
                    bucket: first_hash(self.number, self.buckets),
                    entry: self.entries,
                    number,
                },
                bytes: encode_block(self.base, block),
            });
        }
        bucket::put_blocks(&mut self.bucket, distance, postings.len() as u64, &highest);
    }

    /// Ends the current bucket. An empty one is written, too, so that a missing row always means a change.
    fn end_bucket(&mut self) {
        let bytes = std::mem::replace(&mut self.bucket, bucket::start(self.base));
        self.bucket_bytes += bytes.len() as u64;
        self.rows.push(SegmentRow {
            name: RowName::Bucket {
                start: first_hash(self.number, self.buckets),
            },
            bytes,
        });
        self.rows.append(&mut self.blocks);
        self.entries = 0;
        self.last = 0;
        self.number += 1;
    }

    /// Takes the rows that are complete.
    pub fn take_rows(&mut self) -> Vec<SegmentRow> {
        std::mem::take(&mut self.rows)
    }

    /// Ends the segment; returns the remaining rows and the bytes of all its buckets.
    pub fn finish(mut self) -> (Vec<SegmentRow>, u64) {
        while self.number < self.buckets {
            self.end_bucket();
        }
        (self.rows, self.bucket_bytes)
    }
}

/// The rows of a segment, with their numbers and the bytes of the buckets.
pub struct BuiltSegment {
    /// The rows.
    pub rows: Vec<SegmentRow>,
    /// Number of buckets.
    pub buckets: u32,
    /// Number of vocabulary rows.
    pub vocabulary: u32,
    /// Bytes of the buckets.
    pub bytes: u64,
}

/// Builds a segment from chunks, each with its ordinal, which ascend.
pub fn build<'a>(chunks: impl IntoIterator<Item = (Ordinal, &'a Chunk)>) -> BuiltSegment {
    let mut terms: BTreeMap<u32, Vec<Posting>> = BTreeMap::new();
    let mut base = Ordinal::MAX;
    let mut vocabulary = Vocabulary::default();
    let mut count = 0;
    for (ordinal, chunk) in chunks {
        base = base.min(ordinal);
        count += 1;
        for (word, term) in &chunk.words {
            vocabulary.add(word, term, 1);
        }
        for (term, &frequency) in &chunk.terms {
            let impact = bm25::impact(frequency, chunk.length);
            let postings = terms.entry(hash(term)).or_default();
            match postings.last_mut() {
                Some(last) if last.ordinal == ordinal => last.impact = last.impact.max(impact),
                _ => postings.push(Posting { ordinal, impact }),
            }
        }
    }
    let write = |buckets| {
        let mut writer = SegmentWriter::new(buckets, base);
        for (&hash, postings) in &terms {
            writer.push(hash, postings);
        }
        writer.finish()
    };
    // The bytes of the entries do not depend on the number of buckets, so one bucket measures them.
    let (rows, bytes) = write(1);
    let buckets = buckets_for(bytes);
    let (mut rows, bytes) = if buckets > 1 {
        write(buckets)
    } else {
        (rows, bytes)
    };
    vocabulary.prune(count, &terms.keys().copied().collect());
    let mut words = vocabulary.rows();
    let vocabulary = words.len() as u32;
    rows.append(&mut words);
    BuiltSegment {
        rows,
        buckets,
        vocabulary,
        bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retrieval::segment::{
        bucket::{Entries, Postings},
        postings::decode_block,
    };

    proptest::proptest! {
        #[test]
        fn the_rows_of_a_segment_hold_its_postings_in_order(
            frequent in 1_u64..4_000, rare in 1_usize..400, buckets in 1_u32..40
        ) {
            let posting = |ordinal: u64| Posting { ordinal: 100 + ordinal, impact: (ordinal % 251) as u8 };
            let postings = |is_frequent: bool| -> Vec<Posting> {
                if is_frequent { (0..frequent).map(posting).collect() } else { vec![posting(7)] }
            };
            let rare = (0..rare).map(|n| (hash(&format!("r{n}")), false));
            let terms: BTreeMap<u32, bool> = rare.chain((0..5).map(|n| (hash(&format!("f{n}")), true))).collect();
            let mut writer = SegmentWriter::new(buckets, 100);
            for (&hash, &is_frequent) in &terms {
                writer.push(hash, &postings(is_frequent));
            }
            let (rows, _) = writer.finish();
            let is_sorted = rows.is_sorted_by_key(|row| match row.name {
                RowName::Bucket { start } => (start, 0, 0),
                RowName::Block { bucket, entry, number } => (bucket, 1 + u32::from(entry), number),
                RowName::Vocabulary { .. } => (u32::MAX, u32::MAX, u16::MAX),
            });
            proptest::prop_assert!(is_sorted);
            let starts = rows.iter().filter(|row| matches!(row.name, RowName::Bucket { .. }));
            proptest::prop_assert_eq!(starts.count(), buckets as usize);
            let mut rows = rows.into_iter();
            let mut read = Vec::new();
            while let Some(bucket) = rows.next() {
                for entry in Entries::new(&bucket.bytes).unwrap() {
                    let entry = entry.unwrap();
                    let mut found = match entry.postings {
                        Postings::Inline(postings) => postings,
                        Postings::Blocks(highest) => highest
                            .iter()
                            .flat_map(|_| decode_block(&rows.next().unwrap().bytes).unwrap())
                            .collect(),
                    };
                    found.sort_unstable();
                    proptest::prop_assert_eq!(found, postings(terms[&entry.hash]));
                    read.push(entry.hash);
                }
            }
            proptest::prop_assert_eq!(read, terms.into_keys().collect::<Vec<u32>>());
        }
    }
}
