//! Which segments to merge. Small segments are collected; from [`SMALL`] chunks on, each class of sizes, a factor of
//! [`FACTOR`] apart, has one segment at most. So a library of N chunks has about log8(N / 256) large segments, and each
//! posting is written about 4 times for each class.

use crate::ports::{Manifest, Segment};

/// Number of chunks from which on a segment is large.
const SMALL: u64 = 256;
/// Ratio of sizes between classes.
const FACTOR: u64 = 8;
/// Number of small segments that are merged whatever their size.
const MAX_SMALL: usize = 8;
/// Number of chunks from which on a segment is not merged any more, so that no merge takes longer than a function runs.
const FULL: u64 = 1_500_000;
/// Maximum number of segments of a merge: the swap is one transaction of at most 100 writes.
const MAX_MERGED: usize = 64;
/// The share of dead chunks from which on the whole index is rewritten, and the least number of dead chunks for it.
const MAX_DEAD_SHARE: f64 = 0.25;
const MIN_DEAD: u64 = 512;

/// The class of a size: 0 for a small segment.
fn class(chunks: u64) -> u32 {
    match chunks / SMALL {
        0 => 0,
        ratio => 1 + ratio.ilog(FACTOR),
    }
}

/// The segments to merge next, in the order of their ids; empty if there is nothing to do.
pub fn due(manifest: &Manifest) -> Vec<&Segment> {
    let mut by_size: Vec<&Segment> = manifest.segments.iter().collect();
    by_size.sort_unstable_by_key(|segment| (segment.chunks, segment.id));
    let dead: u64 = manifest.dead().map(|dead| u64::from(dead.count)).sum();
    let all: u64 = by_size.iter().map(|segment| segment.chunks).sum();
    let mut merged = if dead >= MIN_DEAD && dead as f64 > MAX_DEAD_SHARE * all as f64 {
        by_size
    } else {
        by_size.retain(|segment| segment.chunks < FULL);
        of_like_size(&by_size)
    };
    merged.truncate(MAX_MERGED);
    merged.sort_unstable_by_key(|segment| segment.id);
    merged
}

/// The smallest segments, up to the class in which the merged one is alone.
fn of_like_size<'a>(by_size: &[&'a Segment]) -> Vec<&'a Segment> {
    let small = by_size.partition_point(|segment| class(segment.chunks) == 0);
    let mut size: u64 = by_size[..small].iter().map(|segment| segment.chunks).sum();
    let mut end = if small >= MAX_SMALL || (small > 1 && size >= SMALL) {
        small
    } else {
        size = 0;
        0
    };
    let mut start = 0;
    let mut at = small;
    while at < by_size.len() {
        let this = class(by_size[at].chunks);
        let next = at + by_size[at..].partition_point(|segment| class(segment.chunks) == this);
        let is_alone = next - at == 1 && (end == 0 || class(size) < this);
        if is_alone && end > 0 {
            break;
        }
        if !is_alone {
            if end == 0 {
                start = at;
            }
            size += by_size[at..next]
                .iter()
                .map(|segment| segment.chunks)
                .sum::<u64>();
            end = next;
        }
        at = next;
    }
    by_size[start.min(end)..end].to_vec()
}

#[cfg(test)]
mod tests {
    use ulid::Ulid;

    use super::*;
    use crate::ports::DeadChunks;

    fn segment(id: u128, chunks: u64) -> Segment {
        Segment {
            chunks,
            buckets: 1,
            ..Segment::empty(Ulid::from(id))
        }
    }

    fn due_sizes(sizes: &[u64]) -> Vec<u64> {
        let segments = (1..)
            .zip(sizes)
            .map(|(id, &chunks)| segment(id, chunks))
            .collect();
        let manifest = Manifest::new(segments);
        due(&manifest).into_iter().map(|segment| segment.chunks).collect()
    }

    #[test]
    fn small_segments_are_collected_and_merged_with_their_class() {
        assert_eq!(due_sizes(&[]), [] as [u64; 0]);
        assert_eq!(due_sizes(&[72, 72, 72]), [] as [u64; 0]);
        assert_eq!(due_sizes(&[72, 72, 72, 72]), [72, 72, 72, 72]);
        assert_eq!(due_sizes(&[1; 8]), [1; 8]);
        assert_eq!(due_sizes(&[500, 200, 90]), [500, 200, 90]);
        assert_eq!(
            due_sizes(&[5_000, 200, 90]),
            [200, 90],
            "the next class is left alone"
        );
        assert_eq!(
            due_sizes(&[2_500, 1_900, 200, 90]),
            [2_500, 1_900, 200, 90],
            "classes cascade"
        );
        assert_eq!(due_sizes(&[300, 400]), [300, 400]);
        assert_eq!(due_sizes(&[60_000, 3_000, 2_900, 10]), [3_000, 2_900]);
        assert_eq!(due_sizes(&[60_000, 3_000, 300, 10]), [] as [u64; 0]);
        assert_eq!(due_sizes(&[FULL, FULL, 3_000]), [] as [u64; 0]);
        assert_eq!(due_sizes(&[FULL, FULL - 1, FULL - 2]), [FULL - 1, FULL - 2]);
    }

    #[test]
    fn an_index_with_many_dead_chunks_is_rewritten() {
        let mut large = segment(1, 4_000);
        large.dead = vec![DeadChunks {
            first: 0,
            count: 900,
            terms: 1,
        }];
        let mut small = segment(2, 10);
        small.dead = vec![DeadChunks {
            first: 2_000,
            count: 200,
            terms: 1,
        }];
        let manifest = Manifest::new(vec![large, small]);
        assert_eq!(due(&manifest).len(), 2);
    }

    #[test]
    fn whatever_is_written_few_segments_remain() {
        let mut sizes: Vec<u64> = Vec::new();
        let (mut written, mut rewritten) = (0, 0);
        for batch in 0..2_000_u64 {
            let chunks = 1 + batch * 37 % 110;
            written += chunks;
            sizes.push(chunks);
            loop {
                let merged = due_sizes(&sizes);
                if merged.is_empty() {
                    break;
                }
                for size in &merged {
                    let at = sizes.iter().position(|other| other == size).unwrap();
                    sizes.remove(at);
                }
                rewritten += merged.iter().sum::<u64>();
                sizes.push(merged.iter().sum());
            }
            assert!(sizes.len() <= 12, "{sizes:?}");
        }
        let times = rewritten as f64 / written as f64;
        assert!(times < 16.0, "each posting is rewritten {times} times");
    }
}
