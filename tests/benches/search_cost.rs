//! Read units and latency of a search on libraries of growing size: `cargo bench --bench search_cost`.
//!
//! Generates libraries, writes them through the real indexer into an embedded DynamoDB, and searches each with the same
//! questions in a cold container, which has cached nothing, and in a warm one. Read units are those that DynamoDB
//! reports. Latencies are of the embedded database on loopback: only their ratios are meaningful.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark prints its results and panics on failure"
)]

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use attest::{LocalDynamoDb, Template};
use shared::{
    deadline::Deadline,
    domain::{ContentType, Document, DocumentId, DocumentText, LibraryId, Question},
    meter,
    ports::{Lane, ReadIndex},
    retrieval::{index::Indexer, keyword::KeywordLane},
    store::{Knowledge, local_client},
};

const CHUNKS: [u64; 3] = [1_000, 10_000, 50_000];
const QUESTIONS: usize = 200;
const VOCABULARY: u64 = 10_000;

#[tokio::main]
async fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests are inside the workspace");
    let template = Template::load(&root.join("template.yaml")).expect("the template is valid");
    let database = LocalDynamoDb::in_memory(&template)
        .await
        .expect("the database starts");
    let knowledge = Arc::new(Knowledge::new(local_client(database.url()), "Knowledge"));
    let questions: Vec<Question> = (0..QUESTIONS as u64).map(question).collect();

    println!("{QUESTIONS} questions of 4 to 12 words, top 10; read units and milliseconds\n");
    println!(
        "| chunks | indexed, s | cold units, mean | p95 | max | warm units, mean | cold ms, p50 | p95 | warm ms, p50 | p95 |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    let library = LibraryId::default();
    let (mut means, mut documents) = (Vec::new(), 0);
    for chunks in CHUNKS {
        let started = Instant::now();
        let actual = grow(&knowledge, &library, &mut documents, chunks).await;
        let indexed = started.elapsed().as_secs();
        let (cold_units, cold_ms) =
            measure(&questions, &library, || KeywordLane::new(knowledge.clone())).await;
        let warm_lane = Arc::new(KeywordLane::new(knowledge.clone()));
        measure(&questions, &library, || warm_lane.clone()).await;
        let (warm_units, warm_ms) = measure(&questions, &library, || warm_lane.clone()).await;
        means.push(mean(&cold_units));
        println!(
            "| {actual} | {indexed} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} |",
            mean(&cold_units),
            percentile(&cold_units, 95),
            percentile(&cold_units, 100),
            mean(&warm_units),
            percentile(&cold_ms, 50),
            percentile(&cold_ms, 95),
            percentile(&warm_ms, 50),
            percentile(&warm_ms, 95),
        );
    }
    println!(
        "\nfrom the smallest to the largest the mean grows by {:.1} %",
        (means[2] / means[0] - 1.0) * 100.0
    );
}

/// The read units and milliseconds of each question, asked on the lane that `lane` returns.
async fn measure<L: Lane>(
    questions: &[Question],
    library: &LibraryId,
    lane: impl Fn() -> L,
) -> (Vec<f64>, Vec<f64>) {
    let (mut units, mut times) = (Vec::new(), Vec::new());
    for question in questions {
        let lane = lane();
        let started = Instant::now();
        let (found, used) = meter::metered(lane.find(library, question, 10)).await;
        found.expect("the search succeeds");
        times.push(started.elapsed().as_secs_f64() * 1_000.0);
        units.push(used.units.read);
    }
    (units, times)
}

/// Writes documents of 1 to 20 chunks, numbered from `next`, until there are at least `chunks`; returns the number of
/// chunks.
async fn grow(knowledge: &Arc<Knowledge>, library: &LibraryId, next: &mut u64, chunks: u64) -> u64 {
    let indexer = Indexer::new(knowledge.clone());
    loop {
        let documents: Vec<Document> = (*next..*next + 25).map(document).collect();
        *next += 25;
        let deadline = Deadline::after(Duration::from_secs(600));
        for result in indexer.ingest(library, documents, deadline).await {
            result.expect("the document is stored");
        }
        let stored = knowledge
            .manifest(library)
            .await
            .expect("the manifest is there")
            .chunks();
        if stored >= chunks {
            return stored;
        }
    }
}

/// A generated document; the same for the same seed.
fn document(seed: u64) -> Document {
    let mut random = Random(seed);
    let sentences = (1 + random.below(20)) * 18;
    let mut text = String::new();
    for _ in 0..sentences {
        let words: Vec<String> = (0..12 + random.below(10)).map(|_| random.word()).collect();
        text.push_str(&words.join(" "));
        text.push_str(". ");
    }
    Document {
        origin: None,
        locations: Vec::new(),
        id: DocumentId::parse(&format!("document-{seed}")).expect("a valid name"),
        title: format!("Document {}", random.word()),
        url: None,
        text: DocumentText::parse(text).expect("a valid text"),
        content_type: ContentType::Plain,
        published_at: None,
        metadata: serde_json::Map::new(),
    }
}

/// A generated question; the same for the same seed.
fn question(seed: u64) -> Question {
    let mut random = Random(seed.wrapping_mul(7_919).wrapping_add(1));
    let words: Vec<String> = (0..4 + random.below(9)).map(|_| random.word()).collect();
    Question::parse(&words.join(" ")).expect("a valid question")
}

/// A `SplitMix64` generator: every run has the same libraries and questions.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// A generated word. Frequencies follow Zipf's law, as in real text.
    fn word(&mut self) -> String {
        let uniform = self.next() as f64 / u64::MAX as f64;
        let mut rank = (VOCABULARY as f64).powf(uniform) as u64;
        // Long words: a chunk has fewer of them, so fewer postings are written before the measurement.
        let mut word = String::new();
        while rank > 0 || word.len() < 6 {
            word.push(char::from(b"bcdfghklmnprstvz"[(rank % 16) as usize]));
            word.push(char::from(b"aeiou"[(rank % 5) as usize]));
            word.push(char::from(b"lmnr"[(rank % 4) as usize]));
            rank /= 16;
        }
        word
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[(sorted.len() * percent).div_ceil(100).clamp(1, sorted.len()) - 1]
}
