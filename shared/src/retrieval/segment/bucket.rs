//! Buckets: the entries of the terms of a range of hashes, in the order of hash and term.

use super::{
    hash, numbers,
    postings::{Posting, put_postings, take_postings},
};
use crate::ports::Ordinal;

/// What a bucket says about a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The term.
    pub term: String,
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

/// Appends the term of an entry, and whether its postings are in blocks.
fn put_term(bytes: &mut Vec<u8>, term: &str, has_blocks: bool) {
    numbers::put(bytes, (term.len() as u64) << 1 | u64::from(has_blocks));
    bytes.extend_from_slice(term.as_bytes());
}

/// Appends an entry with its postings.
pub(super) fn put_inline(bytes: &mut Vec<u8>, base: Ordinal, term: &str, postings: &[Posting]) {
    put_term(bytes, term, false);
    numbers::put(bytes, postings.len() as u64);
    put_postings(bytes, base, postings);
}

/// Appends the entry of a term with blocks.
pub(super) fn put_blocks(bytes: &mut Vec<u8>, term: &str, chunks: u64, highest: &[u8]) {
    put_term(bytes, term, true);
    numbers::put(bytes, chunks);
    numbers::put(bytes, highest.len() as u64);
    bytes.extend_from_slice(highest);
}

/// Reads the entries of a bucket, one after another.
pub struct Entries<'a> {
    bytes: &'a [u8],
    base: Ordinal,
    number: u16,
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
        })
    }

    /// Takes the next entry if `is_expected` holds for its term; reads over it otherwise.
    fn take_if(&mut self, is_expected: impl Fn(&str) -> bool) -> Option<Option<Entry>> {
        let bytes = &mut self.bytes;
        let head = numbers::take(bytes)?;
        let (term, rest) = bytes.split_at_checked((head >> 1) as usize)?;
        *bytes = rest;
        let term = std::str::from_utf8(term).ok()?;
        let chunks = numbers::take(bytes)?;
        let is_expected = is_expected(term);
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
        Some(is_expected.then(|| Entry {
            term: term.to_owned(),
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

/// The entry of a term; `None` if the bucket has no such term.
///
/// # Errors
/// If the bytes are not a bucket.
pub fn find(bytes: &[u8], term: &str) -> Result<Option<Entry>, Malformed> {
    let mut entries = Entries::new(bytes)?;
    while !entries.bytes.is_empty() {
        if let Some(entry) = entries.take_if(|other| other == term).ok_or(Malformed)? {
            return Ok(Some(entry));
        }
    }
    Ok(None)
}

/// The order of entries.
pub(super) fn order(term: &str) -> (u32, &str) {
    (hash(term), term)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_by_term() {
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
        put_inline(&mut bytes, 64, "cold", &postings);
        put_blocks(&mut bytes, "start", 3_000, &[200, 90]);
        let cold = find(&bytes, "cold").unwrap().unwrap();
        assert_eq!((cold.number, cold.chunks), (0, 2));
        assert_eq!(cold.postings, Postings::Inline(postings.to_vec()));
        let start = find(&bytes, "start").unwrap().unwrap();
        assert_eq!((start.number, start.chunks), (1, 3_000));
        assert_eq!(start.postings, Postings::Blocks(vec![200, 90]));
        assert_eq!(find(&bytes, "col").unwrap(), None);
        assert_eq!(Entries::new(&bytes).unwrap().map(Result::unwrap).count(), 2);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_decode_or_fail(bytes: Vec<u8>) {
            let _ = find(&bytes, "a");
            if let Ok(entries) = Entries::new(&bytes) {
                let _ = entries.count();
            }
        }
    }
}
