//! Time to verify the claims of an answer: `cargo bench --bench verifier`.
//!
//! The passages are chunks of the sample library, repeated under other ids where more are needed. The answer consists
//! of their sentences: unchanged, without some words, and with another number. Each time has its ratio to tokenizing
//! the same texts once, which any verification has to do.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark prints its results and panics on failure"
)]

use std::{collections::BTreeMap, fs, hint::black_box, path::Path, sync::Arc, time::Instant};

use shared::{
    domain::{ChunkId, ContentType, Document, DocumentId, DocumentText, Passage, PassageHeader},
    evidence::{claims, disagreement::conflicts, sentences::sentences, words::Lexicon},
    retrieval::chunker,
};

/// The question whose disagreements are looked for.
const QUESTION: &str =
    "How long did the Basel outage at Lumen Ledger last, and how many attempts does it allow per call?";
/// Runs of each measurement; the median is printed.
const RUNS: usize = 21;

fn main() {
    let library = library();
    println!("| answer, words | passages | their words | verify, ms | ratio | disagreements, ms | ratio |");
    println!("|---|---|---|---|---|---|---|");
    for (words, count) in [(200, 40), (2_000, 40), (20_000, 40), (2_000, 400)] {
        let passages = passages(&library, count);
        let answer = answer(&passages, words);
        let texts: Vec<&str> = passages
            .iter()
            .map(|passage| passage.text.as_str())
            .chain([answer.as_str()])
            .collect();
        let read = median(|| {
            let mut lexicon = Lexicon::default();
            texts
                .iter()
                .map(|text| lexicon.read(text, 0..text.len()).len())
                .sum::<usize>()
        });
        let verify = median(|| claims::verify(&answer, &passages).len());
        let disagree = median(|| conflicts([QUESTION], &passages).len());
        let passage_words: usize = passages
            .iter()
            .map(|passage| passage.text.split_whitespace().count())
            .sum();
        println!(
            "| {} | {count} | {passage_words} | {verify:.2} | {:.1} | {disagree:.2} | {:.1} |",
            answer.split_whitespace().count(),
            verify / read,
            disagree / read,
        );
    }
}

/// Chunks of the sample articles, with the titles of their documents.
fn library() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cli/samples");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the samples are there")
        .map(|entry| entry.expect("a file can be listed").path())
        .filter(|file| file.extension().is_some_and(|extension| extension == "md"))
        .collect();
    files.sort();
    let mut chunks = Vec::new();
    for file in files {
        let text = fs::read_to_string(file).expect("a sample can be read");
        let document = Document {
            origin: None,
            locations: Vec::new(),
            id: DocumentId::parse("sample").expect("the id is valid"),
            title: Document::derive_title(&text, ContentType::Markdown),
            url: None,
            text: DocumentText::parse(text).expect("the text is not blank"),
            content_type: ContentType::Markdown,
            published_at: None,
            metadata: serde_json::Map::new(),
        };
        let (_, own) = chunker::cut(&document);
        chunks.extend(own.into_iter().map(|chunk| (document.title.clone(), chunk.text)));
    }
    chunks
}

/// This many passages from the chunks of the library.
fn passages(library: &[(String, String)], count: usize) -> Vec<Passage> {
    let numbered = library.iter().cycle().take(count).enumerate();
    numbered
        .map(|(number, (title, text))| passage(number, title, text))
        .collect()
}

fn passage(number: usize, title: &str, text: &str) -> Passage {
    let id = DocumentId::parse(&format!("document-{number}")).expect("the id is valid");
    let characters = text.chars().count();
    let header = PassageHeader {
        title: title.to_owned(),
        url: None,
        content_type: ContentType::Markdown,
        published_at: None,
    };
    Passage {
        locations: Vec::new(),
        id: ChunkId {
            document: id,
            version: 1,
            number: 0,
        },
        header: Arc::new(header),
        context: String::new(),
        lead: None,
        text: text.to_owned(),
        start: 0,
        end: characters,
        score: 1.0,
        lanes: BTreeMap::new(),
    }
}

/// An answer of about this many words: sentences of the passages, each with a citation marker.
fn answer(passages: &[Passage], words: usize) -> String {
    let mut answer = String::new();
    let all: Vec<(usize, &str)> = (1..)
        .zip(passages)
        .flat_map(|(number, passage)| {
            let ranges = sentences(&passage.text);
            ranges
                .into_iter()
                .map(move |range| (number, &passage.text[range]))
        })
        .filter(|(_, sentence)| sentence.split_whitespace().count() > 5)
        .collect();
    // A step that is coprime to the number of sentences visits all of them.
    let mut written = 0;
    for turn in 0.. {
        let (number, sentence) = all[turn * 7919 % all.len()];
        let changed = match turn % 3 {
            0 => sentence.to_owned(),
            1 => sentence
                .split_whitespace()
                .enumerate()
                .filter(|(place, _)| place % 5 != 3)
                .map(|(_, word)| word)
                .collect::<Vec<_>>()
                .join(" "),
            _ => sentence.replace(['1', '2', '3'], "7"),
        };
        written += changed.split_whitespace().count();
        answer.push_str(&format!(
            "{} [{number}] ",
            changed.split_whitespace().collect::<Vec<_>>().join(" ")
        ));
        if written >= words {
            break;
        }
    }
    answer
}

/// The median time of [`RUNS`] runs, in milliseconds.
fn median(mut run: impl FnMut() -> usize) -> f64 {
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let started = Instant::now();
            black_box(run());
            started.elapsed().as_secs_f64() * 1_000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[RUNS / 2]
}
