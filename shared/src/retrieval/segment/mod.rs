//! Segments of the keyword index: immutable rows with the postings of many chunks, and how segments are merged.
//!
//! A posting is the ordinal of a chunk and the term's impact in it, about 2 to 3 bytes. Terms are spread over buckets of
//! about 3.5 KB by a hash, so that a reader knows the key of every row without a directory. The postings of a frequent term
//! are blocks of their own, best impacts first; its entry in the bucket has the highest impact of each block, so that a
//! reader can choose the blocks that matter (block-max: Ding and Suel, "Faster Top-k Document Retrieval Using Block-Max
//! Indexes", SIGIR 2011).

pub mod bucket;
pub mod build;
pub mod merge;
pub mod numbers;
pub mod plan;
pub mod postings;
pub mod vocabulary;

/// Bytes of a bucket that are aimed at: with its keys and the spread of hashes, mostly below the 4 KB of a read unit.
const BUCKET_BYTES: u64 = 3_500;

/// The hash that places a term: FNV-1a with the finalizer of `MurmurHash3`, because FNV alone leaves the high bits of short
/// words alike.
pub fn hash(term: &str) -> u32 {
    let mut hash = term.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 16)
}

/// Number of buckets for this many bytes of entries, at least 1.
pub fn buckets_for(bytes: u64) -> u32 {
    bytes.div_ceil(BUCKET_BYTES).clamp(1, u64::from(u32::MAX)) as u32
}

/// The number of the bucket, of `buckets`, that holds a hash.
fn bucket_number(hash: u32, buckets: u32) -> u32 {
    ((u64::from(hash) * u64::from(buckets.max(1))) >> 32) as u32
}

/// The lowest hash of a bucket.
fn first_hash(number: u32, buckets: u32) -> u32 {
    (u64::from(number) << 32).div_ceil(u64::from(buckets.max(1))) as u32
}

/// The lowest hash of the bucket, of `buckets`, that holds a hash.
pub fn bucket_start(hash: u32, buckets: u32) -> u32 {
    first_hash(bucket_number(hash, buckets), buckets)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn every_hash_is_in_the_bucket_that_starts_below_it(hash: u32, other: u32, buckets in 1_u32..100_000) {
            let start = bucket_start(hash, buckets);
            proptest::prop_assert!(start <= hash);
            proptest::prop_assert_eq!(bucket_start(start, buckets), start);
            // Buckets are ranges of hashes.
            if start <= other && other <= hash {
                proptest::prop_assert_eq!(bucket_start(other, buckets), start);
            }
        }
    }

    #[test]
    fn words_spread_evenly() {
        let mut sizes = [0_u32; 16];
        for word in 0..16_000 {
            sizes[(hash(&format!("word{word}")) >> 28) as usize] += 1;
        }
        assert!(sizes.iter().all(|size| (850..1_150).contains(size)), "{sizes:?}");
    }
}
