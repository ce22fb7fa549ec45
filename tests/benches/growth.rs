//! How the index of a library grows to ten million chunks: `cargo bench --bench growth`.
//!
//! A model: sizes of segments alone, merged by the rules that writers and the sweep follow (`retrieval::segment::plan`).
//! Bytes and rates are constants below, measured or from AWS's documentation.

#![expect(clippy::print_stdout, reason = "a benchmark prints its results")]

use shared::{
    ports::{Manifest, Segment},
    retrieval::segment::plan,
};
use ulid::Ulid;

/// Chunks of a batch of 25 documents of 600 words.
const BATCH_CHUNKS: u64 = 60;
const BATCH_DOCUMENTS: u64 = 25;
/// Bytes of the rows of a segment for each of its chunks, by `attest eval scale`.
const CHUNK_BYTES: u64 = 220;
/// Bytes of a manifest row, and of each segment that it replaces.
const MANIFEST_BYTES: u64 = 330;
const REPLACED_BYTES: u64 = 27;
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
    for size in [10_000, 100_000, 1_000_000, 10_000_000] {
        library.grow_to(size);
        library.print();
    }
}

#[derive(Default)]
struct Library {
    segments: Vec<Segment>,
    next: u128,
    batches: u64,
    chunks: u64,
    rewritten: u64,
    live: u64,
    most: usize,
    largest: u64,
}

impl Library {
    fn grow_to(&mut self, chunks: u64) {
        while self.chunks < chunks {
            self.add(BATCH_CHUNKS, Vec::new());
            self.chunks += BATCH_CHUNKS;
            self.batches += 1;
            self.merge();
            self.live += self.segments.len() as u64;
            self.most = self.most.max(self.segments.len());
        }
    }

    fn add(&mut self, chunks: u64, replaces: Vec<Ulid>) {
        self.next += 1;
        self.segments.push(Segment {
            chunks,
            buckets: 1,
            replaces,
            ..Segment::empty(Ulid::from(self.next))
        });
    }

    fn merge(&mut self) {
        loop {
            let manifest = Manifest {
                segments: self.segments.clone(),
            };
            let due: Vec<(Ulid, u64)> = plan::due(&manifest, plan::Merger::Writer)
                .into_iter()
                .map(|segment| (segment.id, segment.chunks))
                .collect();
            if due.is_empty() {
                return;
            }
            let chunks = due.iter().map(|(_, chunks)| chunks).sum();
            let ids: Vec<Ulid> = due.into_iter().map(|(id, _)| id).collect();
            self.segments.retain(|segment| !ids.contains(&segment.id));
            self.rewritten += chunks;
            self.largest = self.largest.max(chunks);
            self.add(chunks, ids);
        }
    }

    fn print(&self) {
        let times = self.rewritten as f64 / self.chunks as f64;
        let bytes = |chunks: u64| chunks * CHUNK_BYTES;
        let units = 2 * bytes(self.rewritten) / 1_024 / (self.batches * BATCH_DOCUMENTS);
        let seconds = 2 * bytes(self.largest) / 1_024 / WRITE_UNITS;
        let replaced: usize = self.segments.iter().map(|segment| segment.replaces.len()).sum();
        let manifest = self.segments.len() as u64 * MANIFEST_BYTES + replaced as u64 * REPLACED_BYTES;
        let large = self
            .segments
            .iter()
            .filter(|segment| segment.chunks >= 128)
            .count() as u64;
        let note = if seconds > FUNCTION_SECONDS {
            " (too long)"
        } else {
            ""
        };
        println!(
            "| {} | {:.1} | {} | {large} | {times:.1} | {units} | {} | {seconds}{note} | {} | {} |",
            self.chunks,
            self.live as f64 / self.batches as f64,
            self.most,
            self.largest,
            manifest.div_ceil(4_096),
            TERMS * large,
        );
    }
}
