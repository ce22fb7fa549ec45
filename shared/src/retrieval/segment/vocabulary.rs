//! The words of a segment as they are spelt, each with its term, in rows by the hash of the first letter. A misspelt word is
//! compared with those that begin with its first or its second letter.

use std::collections::BTreeMap;

use hashbrown::HashSet;

use super::{hash, numbers};
use crate::ports::{RowName, SegmentRow};

/// Bytes of a row that are aimed at.
const ROW_BYTES: usize = 3_000;
/// In a segment with more chunks than this, words of a single chunk are left out: most are misspelt themselves, or names.
const LARGE: u64 = 4_096;

/// The words of a segment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocabulary(BTreeMap<String, Word>);

/// A word.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    /// Its term.
    term: String,
    /// Number of chunks that have it.
    chunks: u64,
}

impl Vocabulary {
    /// Adds the words of a chunk, or those of another segment.
    pub fn add(&mut self, word: &str, term: &str, chunks: u64) {
        match self.0.get_mut(word) {
            Some(known) => known.chunks += chunks,
            None => {
                let term = term.to_owned();
                self.0.insert(word.to_owned(), Word { term, chunks });
            }
        }
    }

    /// Leaves out what a segment of so many chunks does not keep, and words whose term it does not have any more.
    pub fn prune(&mut self, chunks: u64, hashes: &HashSet<u32>) {
        self.0
            .retain(|_, word| (chunks <= LARGE || word.chunks > 1) && hashes.contains(&hash(&word.term)));
    }

    /// The rows; their number is that of [`parts`].
    pub fn rows(&self) -> Vec<SegmentRow> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let bytes: usize = self.0.keys().map(|word| word.len() + 3).sum();
        let parts = bytes.div_ceil(ROW_BYTES).min(MAX_ROWS) as u32;
        let mut rows: Vec<(Vec<u8>, String)> = vec![Default::default(); parts as usize];
        for (word, Word { term, chunks }) in &self.0 {
            let (bytes, before) = &mut rows[part(word, parts) as usize];
            put_suffix(bytes, before, word);
            put_suffix(bytes, word, term);
            numbers::put(bytes, *chunks);
            before.clone_from(word);
        }
        (0..)
            .zip(rows)
            .map(|(number, (bytes, _))| SegmentRow {
                name: RowName::Vocabulary { number },
                bytes,
            })
            .collect()
    }

    /// Adds the words of a row; `None` if it cannot be decoded.
    pub fn add_row(&mut self, bytes: &[u8]) -> Option<()> {
        read(bytes, |word, term, chunks| self.add(word, term, chunks))
    }
}

/// Number of first letters that are told apart, at most.
const MAX_ROWS: usize = 64;

/// The row, of `rows`, with the words that begin like this one.
fn part(word: &str, rows: u32) -> u32 {
    let first = word.chars().next().map(String::from).unwrap_or_default();
    hash(&first) % rows.max(1)
}

/// The rows, of `rows`, in which words spelt like this one may be: of its first and of its second letter.
pub fn parts(word: &str, rows: u32) -> Vec<RowName> {
    let folded = word.to_lowercase();
    let second = folded.char_indices().nth(1).map_or("", |(at, _)| &folded[at..]);
    let mut parts = vec![part(&folded, rows), part(second, rows)];
    parts.dedup();
    let name = |number| RowName::Vocabulary { number };
    parts.into_iter().map(name).collect()
}

/// Hands over each word of a row with its term and the number of chunks; `None` if it cannot be decoded.
pub fn read(mut bytes: &[u8], mut each: impl FnMut(&str, &str, u64)) -> Option<()> {
    let mut word = String::new();
    while !bytes.is_empty() {
        word = take_suffix(&mut bytes, &word)?;
        let term = take_suffix(&mut bytes, &word)?;
        each(&word, &term, numbers::take(&mut bytes)?);
    }
    Some(())
}

/// Appends a text as what it shares with the beginning of another one, and the rest.
fn put_suffix(bytes: &mut Vec<u8>, before: &str, text: &str) {
    let shared = before
        .bytes()
        .zip(text.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    let shared = text.floor_char_boundary(shared.min(before.floor_char_boundary(shared)));
    numbers::put(bytes, shared as u64);
    numbers::put(bytes, (text.len() - shared) as u64);
    bytes.extend_from_slice(&text.as_bytes()[shared..]);
}

fn take_suffix(bytes: &mut &[u8], before: &str) -> Option<String> {
    let shared = before.get(..numbers::take(bytes)? as usize)?;
    let length = numbers::take(bytes)? as usize;
    let (rest, after) = bytes.split_at_checked(length)?;
    *bytes = after;
    Some(format!("{shared}{}", std::str::from_utf8(rest).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_vocabulary_round_trips(words in proptest::collection::btree_map("\\PC{1,12}", ("\\PC{1,8}", 1_u64..9), 0..60)) {
            let mut vocabulary = Vocabulary::default();
            for (word, (term, chunks)) in &words {
                vocabulary.add(word, term, *chunks);
            }
            let mut read_again = Vocabulary::default();
            for row in vocabulary.rows() {
                read_again.add_row(&row.bytes).unwrap();
            }
            proptest::prop_assert_eq!(read_again, vocabulary);
        }

        #[test]
        fn any_bytes_decode_or_fail(bytes: Vec<u8>) {
            let _ = read(&bytes, |_, _, _| {});
        }
    }

    #[test]
    fn words_spelt_alike_are_in_the_rows_that_are_read() {
        let mut vocabulary = Vocabulary::default();
        for word in 0..2_000 {
            vocabulary.add(
                &format!("{}word{word}", char::from(b'a' + (word % 26) as u8)),
                "w",
                2,
            );
        }
        vocabulary.add("retention", "retent", 3);
        let rows = vocabulary.rows();
        assert!(rows.len() > 1);
        for misspelt in ["retension", "ertention", "Retentoin"] {
            let names = parts(misspelt, rows.len() as u32);
            let mut found = false;
            for row in rows.iter().filter(|row| names.contains(&row.name)) {
                read(&row.bytes, |word, term, chunks| {
                    found |= (word, term, chunks) == ("retention", "retent", 3)
                });
            }
            assert!(found, "{misspelt}");
        }
    }

    #[test]
    fn words_without_a_term_and_rare_words_of_large_segments_go() {
        let mut vocabulary = Vocabulary::default();
        vocabulary.add("ferry", "ferri", 1);
        vocabulary.add("train", "train", 5);
        let of = |terms: &[&str]| terms.iter().map(|term| hash(term)).collect();
        let mut small = vocabulary.clone();
        small.prune(10, &of(&["ferri"]));
        assert_eq!(small.0.keys().collect::<Vec<_>>(), ["ferry"]);
        vocabulary.prune(10_000, &of(&["ferri", "train"]));
        assert_eq!(vocabulary.0.keys().collect::<Vec<_>>(), ["train"]);
    }
}
