//! Buckets: the entries of the terms of a range of hashes, in the order of the hashes. Terms are stored as their hashes, about
//! 3 bytes each. Two terms with one hash, about one pair in a library of 100,000 words, share an entry: they may add a
//! candidate, whose text then decides.

use super::{
    numbers,
    postings::{Posting, put_postings, take_postings},
};
use crate::ports::Ordinal;

/// What a bucket says about a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The hash of the term.
    pub hash: u32,
    /// Position among the entries of the bucket.
    pub number: u16,
    /// Number of chunks with the term, dead ones included.
    pub chunks: u64,
    /// Its postings.
    pub postings: Postings,
}

/// Where the postings of a term are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Postings {
    /// In the entry, ascending.
    Inline(Vec<Posting>),
    /// In blocks, best impacts first; holds the highest impact of each.
    Blocks(Vec<u8>),
}

/// Starts a bucket whose ordinals are at least `base`.
pub(super) fn start(base: Ordinal) -> Vec<u8> {
    let mut bytes = Vec::new();
    numbers::put(&mut bytes, base);
    bytes
}

/// Appends the hash of an entry, as its distance from the entry before, its number of chunks, and whether its postings are in
/// blocks.
fn put_head(bytes: &mut Vec<u8>, distance: u32, chunks: u64, has_blocks: bool) {
    numbers::put(bytes, u64::from(distance));
    numbers::put(bytes, chunks << 1 | u64::from(has_blocks));
}

/// Appends an entry with its postings.
pub(super) fn put_inline(bytes: &mut Vec<u8>, base: Ordinal, distance: u32, postings: &[Posting]) {
    put_head(bytes, distance, postings.len() as u64, false);
    put_postings(bytes, base, postings);
}

/// Appends the entry of a term with blocks.
pub(super) fn put_blocks(bytes: &mut Vec<u8>, distance: u32, chunks: u64, highest: &[u8]) {
    put_head(bytes, distance, chunks, true);
    numbers::put(bytes, highest.len() as u64);
    bytes.extend_from_slice(highest);
}

/// Reads the entries of a bucket, one after another.
pub struct Entries<'a> {
    bytes: &'a [u8],
    base: Ordinal,
    number: u16,
    /// The hash of the entry before.
    hash: u32,
}

/// A bucket that cannot be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

impl<'a> Entries<'a> {
    /// Starts at the first entry.
    ///
    /// # Errors
    /// If the bytes are not a bucket.
    pub fn new(mut bytes: &'a [u8]) -> Result<Self, Malformed> {
        let base = numbers::take(&mut bytes).ok_or(Malformed)?;
        Ok(Self {
            bytes,
            base,
            number: 0,
            hash: 0,
        })
    }

    /// Takes the next entry if `is_expected` holds for its hash; reads over it otherwise.
    fn take_if(&mut self, is_expected: impl Fn(u32) -> bool) -> Option<Option<Entry>> {
        let bytes = &mut self.bytes;
        let hash = self.hash.checked_add(numbers::take(bytes)?.try_into().ok()?)?;
        self.hash = hash;
        let head = numbers::take(bytes)?;
        let chunks = head >> 1;
        let is_expected = is_expected(hash);
        let postings = if head & 1 == 1 {
            let blocks = numbers::take(bytes)?;
            let (highest, rest) = bytes.split_at_checked(blocks as usize)?;
            *bytes = rest;
            Postings::Blocks(highest.to_vec())
        } else {
            let mut postings = Vec::new();
            take_postings(bytes, self.base, chunks, |posting| {
                if is_expected {
                    postings.push(posting);
                }
            })?;
            Postings::Inline(postings)
        };
        let number = self.number;
        self.number = number.wrapping_add(1);
        Some(is_expected.then_some(Entry {
            hash,
            number,
            chunks,
            postings,
        }))
    }
}

impl Iterator for Entries<'_> {
    type Item = Result<Entry, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.bytes.is_empty() {
            return None;
        }
        let entry = self.take_if(|_| true);
        if entry.is_none() {
            self.bytes = &[];
        }
        Some(entry.flatten().ok_or(Malformed))
    }
}

/// The entry of a term, given by its hash; `None` if the bucket has no such term.
///
/// # Errors
/// If the bytes are not a bucket.
pub fn find(bytes: &[u8], hash: u32) -> Result<Option<Entry>, Malformed> {
    let mut entries = Entries::new(bytes)?;
    while !entries.bytes.is_empty() && entries.hash <= hash {
        if let Some(entry) = entries.take_if(|other| other == hash).ok_or(Malformed)? {
            return Ok(Some(entry));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_by_hash() {
        let postings = [
            Posting {
                ordinal: 70,
                impact: 9,
            },
            Posting {
                ordinal: 900,
                impact: 255,
            },
        ];
        let mut bytes = start(64);
        put_inline(&mut bytes, 64, 1_000, &postings);
        put_blocks(&mut bytes, 500, 3_000, &[200, 90]);
        let cold = find(&bytes, 1_000).unwrap().unwrap();
        assert_eq!((cold.number, cold.chunks), (0, 2));
        assert_eq!(cold.postings, Postings::Inline(postings.to_vec()));
        let start = find(&bytes, 1_500).unwrap().unwrap();
        assert_eq!((start.number, start.chunks), (1, 3_000));
        assert_eq!(start.postings, Postings::Blocks(vec![200, 90]));
        assert_eq!(find(&bytes, 1_001).unwrap(), None);
        assert_eq!(find(&bytes, u32::MAX).unwrap(), None);
        assert_eq!(Entries::new(&bytes).unwrap().map(Result::unwrap).count(), 2);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_decode_or_fail(bytes: Vec<u8>) {
            let _ = find(&bytes, 9);
            if let Ok(entries) = Entries::new(&bytes) {
                let _ = entries.count();
            }
        }
    }
}
