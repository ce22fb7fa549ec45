//! The encoding of postings: ordinals ascending, each as its distance from the one before, followed by the impact in
//! one byte.

use super::numbers;
use crate::ports::Ordinal;

/// The occurrence of a term in a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Posting {
    /// The chunk.
    pub ordinal: Ordinal,
    /// The weight of the term in it, see [`crate::retrieval::bm25::impact`].
    pub impact: u8,
}

/// Appends postings, which ascend from `base`.
pub(super) fn put_postings(bytes: &mut Vec<u8>, base: Ordinal, postings: &[Posting]) {
    let mut before = base;
    for posting in postings {
        numbers::put(bytes, posting.ordinal.saturating_sub(before));
        bytes.push(posting.impact);
        before = posting.ordinal;
    }
}

/// Takes `count` postings from the front and hands each over.
pub(super) fn take_postings(
    bytes: &mut &[u8],
    base: Ordinal,
    count: u64,
    mut each: impl FnMut(Posting),
) -> Option<()> {
    let mut ordinal = base;
    for _ in 0..count {
        ordinal = ordinal.checked_add(numbers::take(bytes)?)?;
        let impact = numbers::take_byte(bytes)?;
        each(Posting { ordinal, impact });
    }
    Some(())
}

/// Encodes a block: its base, its length, its postings.
pub(super) fn encode_block(base: Ordinal, postings: &[Posting]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(postings.len() * 3 + 8);
    numbers::put(&mut bytes, base);
    numbers::put(&mut bytes, postings.len() as u64);
    put_postings(&mut bytes, base, postings);
    bytes
}

/// Decodes a block; `None` if it is not one.
pub fn decode_block(mut bytes: &[u8]) -> Option<Vec<Posting>> {
    let base = numbers::take(&mut bytes)?;
    let count = numbers::take(&mut bytes)?;
    let mut postings = Vec::with_capacity(count.min(bytes.len() as u64) as usize);
    take_postings(&mut bytes, base, count, |posting| postings.push(posting))?;
    bytes.is_empty().then_some(postings)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_block_round_trips(base in 0_u64..1 << 50, gaps in proptest::collection::vec((0_u64..1 << 20, proptest::num::u8::ANY), 0..50)) {
            let mut ordinal = base;
            let postings: Vec<Posting> = gaps
                .into_iter()
                .map(|(gap, impact)| {
                    ordinal += gap;
                    Posting { ordinal, impact }
                })
                .collect();
            proptest::prop_assert_eq!(decode_block(&encode_block(base, &postings)), Some(postings));
        }

        #[test]
        fn any_bytes_decode_or_fail(bytes: Vec<u8>) {
            let _ = decode_block(&bytes);
        }
    }
}
