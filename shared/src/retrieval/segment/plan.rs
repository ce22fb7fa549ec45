//! Which segments to merge. Tiny segments, of single documents, are collected by eights. Small ones are collected until they
//! make a large one together. From [`SMALL`] chunks on, each class of sizes, a factor of [`FACTOR`] apart, has one segment at
//! most. So a library of N chunks has at most log3(N / 128) large segments, and each posting is written about once for each
//! class.

use crate::ports::{DeadChunks, Manifest, Segment};

/// Number of chunks below which a segment is tiny.
const TINY: u64 = 32;
/// Number of tiny segments that are merged.
const MAX_TINY: usize = 8;
/// Number of chunks from which on a segment is large.
const SMALL: u64 = 128;
/// Number of chunks of an index that the sweep merges into one segment.
const WHOLE: u64 = 2_048;
/// Ratio of sizes between classes.
const FACTOR: u64 = 3;
/// Number of chunks from which on a segment is not merged any more, so that no merge takes longer than a function runs.
const FULL: u64 = 1_500_000;
/// Maximum number of segments of a merge: the swap is one transaction of at most 100 writes.
const MAX_MERGED: usize = 64;
/// The share of dead chunks from which on chunks are dropped, and the least number of dead chunks for it.
const MAX_DEAD_SHARE: f64 = 0.25;
const MIN_DEAD: u64 = 512;
/// Number of dead versions of documents from which on chunks are dropped, whatever their share: a search reads the list of
/// them, 5 bytes each, and a manifest row has 400 KB at most.
const MAX_DEAD_VERSIONS: usize = 25_000;
/// Number of chunks up to which the sweep rewrites an index as a whole to drop dead chunks. A larger one is rewritten
/// segment by segment.
const MAX_REWRITTEN: u64 = 2 * FULL;
/// Maximum number of chunks that a writer merges before it responds: a second or two of writing.
pub const MAX_WRITER_CHUNKS: u64 = 12_000;

/// Who merges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merger {
    /// A writer, which merges what keeps searches and later merges cheap.
    Writer,
    /// The sweep, which also merges the small segments that writers still collect, and a small index into one segment.
    Sweep,
}

/// The class of a size: 0 for a small segment.
fn class(chunks: u64) -> u32 {
    match chunks / SMALL {
        0 => 0,
        ratio => 1 + ratio.ilog(FACTOR),
    }
}

/// The segments to merge next, in the order of their ids; empty if there is nothing to do. A single one is rewritten without
/// its dead chunks.
pub fn due(manifest: &Manifest, merger: Merger) -> Vec<&Segment> {
    let mut by_size: Vec<&Segment> = manifest.segments.iter().collect();
    by_size.sort_unstable_by_key(|segment| (segment.chunks, segment.id));
    let all = chunks(&by_size);
    let has_many_dead = has_many_dead(manifest, all);
    let max_rewritten = match merger {
        Merger::Writer => MAX_WRITER_CHUNKS,
        Merger::Sweep => MAX_REWRITTEN,
    };
    let is_small = merger == Merger::Sweep && by_size.len() > 1 && all < WHOLE;
    if merger == Merger::Sweep
        && has_many_dead
        && all > max_rewritten
        && let Some(deadest) = deadest(manifest)
    {
        return vec![deadest];
    }
    let mut merged = if is_small || has_many_dead && all <= max_rewritten {
        by_size
    } else {
        by_size.retain(|segment| segment.chunks < FULL);
        of_like_size(&by_size, merger)
    };
    merged.truncate(MAX_MERGED);
    merged.sort_unstable_by_key(|segment| segment.id);
    merged
}

/// Whether dead chunks weigh enough to drop them from an index of so many chunks, dead ones included.
fn has_many_dead(manifest: &Manifest, all: u64) -> bool {
    let dead: u64 = manifest.dead().map(|dead| u64::from(dead.count)).sum();
    let is_large_share = dead >= MIN_DEAD && dead as f64 > MAX_DEAD_SHARE * all as f64;
    is_large_share || manifest.dead().count() >= MAX_DEAD_VERSIONS
}

/// The segment that costs the least to rewrite for each dead version in it; none if no segment has a dead one.
fn deadest(manifest: &Manifest) -> Option<&Segment> {
    let mut dead: Vec<DeadChunks> = manifest.dead().copied().collect();
    dead.sort_unstable();
    let versions_in = |segment: &Segment| -> usize {
        let before = |ordinal| dead.partition_point(|dead| dead.first < ordinal);
        let ranges = segment.ordinals.iter();
        ranges.map(|range| before(range.end) - before(range.start)).sum()
    };
    let segments = manifest.segments.iter();
    let shares = segments.filter_map(|segment| {
        let share = versions_in(segment) as f64 / segment.chunks.max(1) as f64;
        (share > 0.0).then_some((segment, share))
    });
    let deadest = shares.max_by(|a, b| a.1.total_cmp(&b.1));
    deadest.map(|(segment, _share)| segment)
}

fn chunks(segments: &[&Segment]) -> u64 {
    segments.iter().map(|segment| segment.chunks).sum()
}

/// The smallest segments, up to the class in which the merged one is alone.
fn of_like_size<'a>(by_size: &[&'a Segment], merger: Merger) -> Vec<&'a Segment> {
    let below = |chunks| by_size.partition_point(|segment| segment.chunks < chunks);
    let (tiny, small) = (below(TINY), below(SMALL));
    let mut size = chunks(&by_size[..small]);
    let is_enough = size >= SMALL || merger == Merger::Sweep;
    let mut end = 0;
    if small > 1 && is_enough {
        end = small;
    } else if tiny >= MAX_TINY {
        return by_size[..tiny].to_vec();
    } else {
        size = 0;
    }
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
            size += chunks(&by_size[at..next]);
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
    use crate::{ports::Unmarked, retrieval::segment::merge};

    fn segment(id: u128, chunks: u64) -> Segment {
        Segment {
            chunks,
            buckets: 1,
            ..Segment::empty(Ulid::from(id))
        }
    }

    fn due_sizes(sizes: &[u64], merger: Merger) -> Vec<u64> {
        let segments = (1..)
            .zip(sizes)
            .map(|(id, &chunks)| segment(id, chunks))
            .collect();
        let manifest = Manifest::new(segments);
        let due = due(&manifest, merger).into_iter();
        due.map(|segment| segment.chunks).collect()
    }

    #[test]
    fn segments_of_like_size_are_merged() {
        let due = |sizes: &[u64]| due_sizes(sizes, Merger::Writer);
        assert_eq!(due(&[]), [] as [u64; 0]);
        assert_eq!(due(&[40, 40, 40]), [] as [u64; 0]);
        assert_eq!(due(&[40, 40, 40, 5, 5]), [40, 40, 40, 5, 5]);
        assert_eq!(due(&[1; 7]), [] as [u64; 0]);
        assert_eq!(due(&[1; 8]), [1; 8]);
        assert_eq!(due(&[40, 1, 1, 1, 1, 1, 1, 1, 1, 50]), [1; 8], "tiny ones only");
        assert_eq!(due(&[300, 100, 50]), [300, 100, 50]);
        assert_eq!(due(&[500, 100, 50]), [100, 50]);
        assert_eq!(due(&[5_000, 100, 50]), [100, 50], "the next class is left alone");
        assert_eq!(due(&[500, 300, 100, 50]), [500, 300, 100, 50], "classes cascade");
        assert_eq!(due(&[300, 350]), [300, 350]);
        assert_eq!(due(&[60_000, 3_000, 2_900, 10]), [3_000, 2_900]);
        assert_eq!(due(&[60_000, 3_000, 300, 10]), [] as [u64; 0]);
        assert_eq!(due(&[FULL, FULL, 3_000]), [] as [u64; 0]);
        assert_eq!(due(&[FULL, FULL - 1, FULL - 2]), [FULL - 1, FULL - 2]);
    }

    #[test]
    fn the_sweep_merges_small_segments() {
        let due = |sizes: &[u64]| due_sizes(sizes, Merger::Sweep);
        assert_eq!(due(&[1_500, 500, 40]), [1_500, 500, 40]);
        assert_eq!(due(&[1_500]), [] as [u64; 0]);
        assert_eq!(due(&[5_000, 40, 1, 1]), [40, 1, 1]);
        assert_eq!(due(&[5_000, 40]), [] as [u64; 0]);
        assert_eq!(due(&[5_000, 300, 90, 40]), [300, 90, 40]);
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
        assert_eq!(due(&manifest, Merger::Writer).len(), 2);
    }

    /// Merges all that is due; returns the number of chunks that were rewritten.
    fn merge_all(sizes: &mut Vec<u64>, merger: Merger) -> u64 {
        let mut rewritten = 0;
        loop {
            let merged = due_sizes(sizes, merger);
            if merged.is_empty() {
                return rewritten;
            }
            for size in &merged {
                let at = sizes.iter().position(|other| other == size).unwrap();
                sizes.remove(at);
            }
            rewritten += merged.iter().sum::<u64>();
            sizes.push(merged.iter().sum());
        }
    }

    #[test]
    fn whatever_is_written_few_segments_remain() {
        for most in [1, 10, 110] {
            let mut sizes: Vec<u64> = Vec::new();
            let (mut written, mut rewritten) = (0, 0);
            for batch in 0..2_000_u64 {
                let chunks = 1 + batch * 37 % most;
                written += chunks;
                sizes.push(chunks);
                rewritten += merge_all(&mut sizes, Merger::Writer);
                assert!(sizes.len() <= 17, "{sizes:?}");
            }
            let times = rewritten as f64 / written as f64;
            assert!(times < 9.0, "each posting is rewritten {times} times");
            merge_all(&mut sizes, Merger::Sweep);
            assert!(sizes.len() <= 8, "{sizes:?}");
        }
    }

    /// A library of documents of [`Self::VERSION`] chunks, in whose place in the list the first ordinal of the current version
    /// stands.
    #[derive(Default)]
    struct Library {
        manifest: Manifest,
        documents: Vec<u64>,
        next: u64,
        rewritten: u64,
        largest: u64,
    }

    impl Library {
        const VERSION: u64 = 1_000;

        fn id(&mut self) -> Ulid {
            self.next += 1;
            Ulid::from(u128::from(self.next))
        }

        /// Publishes versions of documents, new or not, in one segment.
        fn publish(&mut self, documents: impl Iterator<Item = usize>) {
            let mut added = segment(u128::from(self.id()), 0);
            let first = self.next * 1_000_000;
            let mut end = first;
            for document in documents {
                if let Some(before) = self.documents.get_mut(document) {
                    let first = std::mem::replace(before, end);
                    added.dead.push(DeadChunks {
                        first,
                        count: Self::VERSION as u32,
                        terms: 1,
                    });
                } else {
                    self.documents.push(end);
                }
                end += Self::VERSION;
            }
            added.dead.sort_unstable();
            added.ordinals = std::iter::once(first..end).collect();
            added.chunks = end - first;
            added.terms = added.chunks;
            self.manifest.segments.push(added);
        }

        fn sweep(&mut self) {
            loop {
                let sources: Vec<Segment> = due(&self.manifest, Merger::Sweep).into_iter().cloned().collect();
                if sources.is_empty() {
                    return;
                }
                let sources: Vec<&Segment> = sources.iter().collect();
                let unmarked = merge::unmarked(&self.manifest, &sources);
                let id = self.id();
                let merged = merge::manifest_row(&sources, &unmarked, id);
                self.rewritten += chunks(&sources);
                self.largest = self.largest.max(chunks(&sources));
                let segments = &mut self.manifest.segments;
                for Unmarked { segment, left } in unmarked {
                    let marker = segments.iter_mut().find(|other| other.id == segment.id);
                    marker.unwrap().dead = left;
                }
                segments.retain(|segment| !merged.replaces.contains(&segment.id));
                segments.push(merged);
            }
        }
    }

    #[test]
    fn no_merge_of_a_large_index_outlasts_a_function_whatever_is_replaced() {
        for spread in [1, 37, 401] {
            let mut library = Library::default();
            for batch in 0..120 {
                library.publish(batch * 50..(batch + 1) * 50);
                library.sweep();
            }
            let (filled, documents) = (library.rewritten, library.documents.len());
            let replaced = 300 * 60;
            for at in (0..replaced).step_by(60) {
                library.publish((at..at + 60).map(|number| number * spread % documents));
                library.sweep();
                let manifest = &library.manifest;
                assert_eq!(manifest.chunks(), 6_000_000);
                let dead: u64 = manifest.dead().map(|dead| u64::from(dead.count)).sum();
                assert!(dead <= 2_100_000, "{dead}");
                assert!(manifest.segments.len() <= 14, "{}", manifest.segments.len());
            }
            assert!(library.largest <= MAX_REWRITTEN, "{}", library.largest);
            let times = (library.rewritten - filled) as f64 / (replaced as u64 * Library::VERSION) as f64;
            assert!(times < 7.0, "each new version is written {times} times");
        }
    }
}
