//! How the index of a library grows to ten million chunks: `cargo bench --bench growth`.
//!
//! A model: sizes of segments alone, merged by the rules that writers and the sweep follow (`retrieval::segment::plan`).
//! Bytes and rates are constants below, measured or from AWS's documentation.

#![expect(clippy::print_stdout, reason = "a benchmark prints its results")]

use shared::{
    ports::{DeadChunks, Manifest, Ordinal, Segment, Unmarked},
    retrieval::segment::{
        merge,
        plan::{self, Merger},
    },
};
use ulid::Ulid;

/// Numbers of chunks.
const SIZES: [u64; 4] = [10_000, 100_000, 1_000_000, 10_000_000];
/// Documents of a batch, of 600 words: 60 chunks.
const BATCH_DOCUMENTS: usize = 25;
/// Batches between two sweeps.
const SWEEP_BATCHES: usize = 100;
/// Bytes of the rows of a segment for each of its chunks, by `attest eval scale`.
const CHUNK_BYTES: u64 = 220;
/// Bytes of a manifest row, and of each segment that it replaces.
const MANIFEST_BYTES: u64 = 330;
const REPLACED_BYTES: u64 = 27;
/// Bytes of a dead version in a manifest row.
const DEAD_BYTES: u64 = 5;
/// Write units that a new on-demand table takes in a second. A merge writes its bytes and deletes as many.
const WRITE_UNITS: u64 = 4_000;
/// The longest that a function runs, in seconds.
const FUNCTION_SECONDS: u64 = 900;
/// Terms of a question that are looked up: the mean of the questions of `attest eval scale`.
const TERMS: u64 = 12;

fn main() {
    println!(
        "| chunks | live segments, mean | most | large ones | times written | write units of merges per document | \
         largest merge, chunks | its seconds | manifest, read units | buckets of a question |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    let mut library = Library::default();
    for size in SIZES {
        library.grow_to(size);
        library.print();
    }
    println!();
    println!(
        "| chunks | write units of merges per replaced document | most dead documents | manifest, most read units | \
         largest merge, chunks | its seconds |"
    );
    println!("|---|---|---|---|---|---|");
    for size in SIZES {
        let mut library = Library::default();
        library.grow_to(size);
        library.replace_all();
    }
}

#[derive(Default)]
struct Library {
    manifest: Manifest,
    /// The first chunk of the current version of each document.
    documents: Vec<Ordinal>,
    next: u128,
    batches: u64,
    /// Number of chunks that have been written, replaced ones included.
    chunks: u64,
    rewritten: u64,
    live: u64,
    most: usize,
    largest: u64,
}

impl Library {
    fn grow_to(&mut self, chunks: u64) {
        while self.chunks < chunks {
            let first = self.documents.len();
            self.publish(first..first + BATCH_DOCUMENTS);
            self.merge(Merger::Writer);
            self.live += self.manifest.segments.len() as u64;
            self.most = self.most.max(self.manifest.segments.len());
        }
    }

    /// Replaces as many documents as there are, far from each other in each batch, with a sweep now and then.
    fn replace_all(&mut self) {
        (self.rewritten, self.largest) = (0, 0);
        let (mut most_dead, mut most_units) = (0, 0);
        let documents = self.documents.len();
        let batches = documents / BATCH_DOCUMENTS;
        for batch in 0..batches {
            self.publish((0..BATCH_DOCUMENTS).map(|place| place * batches + batch));
            self.merge(Merger::Writer);
            most_dead = most_dead.max(self.manifest.dead().count());
            most_units = most_units.max(self.manifest_units());
            if (batch + 1).is_multiple_of(SWEEP_BATCHES) {
                self.merge(Merger::Sweep);
            }
        }
        println!(
            "| {} | {} | {most_dead} | {most_units} | {} | {} |",
            self.chunks / 2,
            units(self.rewritten) / documents as u64,
            self.largest,
            seconds(self.largest),
        );
    }

    /// Publishes versions of documents, new or not, in one segment.
    fn publish(&mut self, documents: impl Iterator<Item = usize>) {
        self.next += 1;
        self.batches += 1;
        let mut added = Segment {
            buckets: 1,
            ..Segment::empty(Ulid::from(self.next))
        };
        let first = self.chunks;
        for document in documents {
            // 60 chunks in 25 documents.
            let count = if document % 5 < 2 { 3 } else { 2 };
            if let Some(current) = self.documents.get_mut(document) {
                added.dead.push(DeadChunks {
                    first: std::mem::replace(current, self.chunks),
                    count,
                    terms: 0,
                });
            } else {
                self.documents.push(self.chunks);
            }
            self.chunks += u64::from(count);
        }
        added.dead.sort_unstable();
        added.ordinals.push(first..self.chunks);
        added.chunks = self.chunks - first;
        self.manifest.segments.push(added);
    }

    fn merge(&mut self, merger: Merger) {
        loop {
            let due = plan::due(&self.manifest, merger);
            if due.is_empty() {
                return;
            }
            let unmarked = merge::unmarked(&self.manifest, &due);
            self.next += 1;
            let merged = merge::manifest_row(&due, &unmarked, Ulid::from(self.next));
            let chunks = due.iter().map(|segment| segment.chunks).sum();
            self.rewritten += chunks;
            self.largest = self.largest.max(chunks);
            let segments = &mut self.manifest.segments;
            for Unmarked { segment, left } in unmarked {
                if let Some(other) = segments.iter_mut().find(|other| other.id == segment.id) {
                    other.dead = left;
                }
            }
            segments.retain(|segment| !merged.replaces.contains(&segment.id));
            segments.push(Segment { buckets: 1, ..merged });
        }
    }

    fn manifest_units(&self) -> u64 {
        let segments = &self.manifest.segments;
        let replaced: usize = segments.iter().map(|segment| segment.replaces.len()).sum();
        let dead = self.manifest.dead().count() as u64;
        let bytes =
            segments.len() as u64 * MANIFEST_BYTES + replaced as u64 * REPLACED_BYTES + dead * DEAD_BYTES;
        bytes.div_ceil(4_096)
    }

    fn print(&self) {
        let times = self.rewritten as f64 / self.chunks as f64;
        let large = self.manifest.segments.iter();
        let large = large.filter(|segment| segment.chunks >= 128).count() as u64;
        println!(
            "| {} | {:.1} | {} | {large} | {times:.1} | {} | {} | {} | {} | {} |",
            self.chunks,
            self.live as f64 / self.batches as f64,
            self.most,
            units(self.rewritten) / self.documents.len() as u64,
            self.largest,
            seconds(self.largest),
            self.manifest_units(),
            TERMS * large,
        );
    }
}

/// The write units of merges of so many chunks.
fn units(chunks: u64) -> u64 {
    2 * chunks * CHUNK_BYTES / 1_024
}

/// The seconds that a merge of so many chunks takes.
fn seconds(chunks: u64) -> String {
    let seconds = units(chunks) / WRITE_UNITS;
    let note = if seconds > FUNCTION_SECONDS {
        " (too long)"
    } else {
        ""
    };
    format!("{seconds}{note}")
}
