//! The promise of the product, through all of it: a model writes true sentences and faulty ones, and no fault is shown as
//! supported, asked or streamed.

mod library;

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream};
use serde_json::{Value, json};
use shared::{
    evidence::sentences::sentences,
    testing::{ScriptedAnswer, ScriptedProvider},
};

use crate::{
    models::providers_json,
    streams::{assert_stored, stream_question},
    support::{Hub, ok},
};
use library::{Document, documents};

/// How many requests are sent at once.
const CONCURRENCY: usize = 8;
/// The least share of the true sentences of a model that must be shown, as they are or as the passage they come close to.
const MIN_SHOWN: f64 = 0.95;

/// What one model writes about one document.
struct Script<'a> {
    /// The name of its provider.
    name: String,
    document: &'a Document,
    is_faulty: bool,
    provider: ScriptedProvider,
}

impl<'a> Script<'a> {
    async fn new(number: usize, document: &'a Document, is_faulty: bool) -> Self {
        let provider = ScriptedProvider::start().await.unwrap();
        let sentences = (0..).zip(&document.sentences).map(|(place, sentence)| {
            let text = if is_faulty {
                &sentence.faulty
            } else {
                &sentence.said
            };
            // A model cites the right passage, a wrong one, or none.
            let marker = ["[1]", "[2]", ""][(number + place) % 3];
            format!("{text} {marker}")
        });
        let text = sentences.collect::<Vec<_>>().join(" ");
        provider.answer(ScriptedAnswer::new(text.split_inclusive(' ')));
        Self {
            name: format!("model-{number}-{}", if is_faulty { "faulty" } else { "true" }),
            document,
            is_faulty,
            provider,
        }
    }

    /// The answer to the question about the document: asked, or streamed and then read.
    async fn answer(&self, hub: &Hub, is_streamed: bool) -> Value {
        let title = self.document.title;
        let body = json!({
            "query": format!("What does the guide say about {}{}?", title[..1].to_lowercase(), &title[1..]),
            "model": self.name,
            "cache": false,
        });
        if is_streamed {
            let events = stream_question(hub, body).await.remaining().await;
            assert_stored(hub, &events).await
        } else {
            ok(hub.post("/queries", &body).await).await
        }
    }
}

/// A hub with the documents and all models.
async fn hub(documents: &[Document], scripts: &[Script<'_>]) -> Hub {
    let providers: Vec<_> = scripts
        .iter()
        .map(|script| (script.name.as_str(), &script.provider, ""))
        .collect();
    let hub = Hub::with_env(&[
        ("LLM_PROVIDERS", &providers_json(&providers)),
        ("LLM_CAPS", "{}"),
        ("SCRIPTED_KEY", ScriptedProvider::KEY),
    ])
    .await;
    let documents: Vec<Value> = documents
        .iter()
        .map(|document| {
            let sentences = document.sentences.iter().map(|sentence| sentence.source.as_str());
            // Some sentences continue on the next line.
            let text = sentences.collect::<Vec<_>>().join(" ").replace(" of ", "\nof ");
            json!({ "title": document.title, "text": text })
        })
        .collect();
    ok(hub.post("/documents", &json!({ "documents": documents })).await).await;
    hub
}

/// The sentences of the claims that an answer shows.
fn shown(answer: &Value) -> BTreeSet<String> {
    let mut shown = BTreeSet::new();
    for claim in answer["claims"].as_array().unwrap() {
        let text = claim["text"].as_str().unwrap();
        shown.extend(sentences(text).into_iter().map(|range| text[range].to_owned()));
        let is_repaired = claim["repaired"] == true;
        assert_eq!(is_repaired, claim["said"].is_string(), "{claim}");
        assert!(!is_repaired || claim["basis"] == "quote", "{claim}");
    }
    shown
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fault_of_a_model_is_shown_and_its_true_sentences_are() {
    let documents = documents();
    let mut scripts = Vec::new();
    for (number, document) in documents.iter().enumerate() {
        scripts.push(Script::new(number, document, false).await);
        scripts.push(Script::new(number, document, true).await);
    }
    let hub = hub(&documents, &scripts).await;
    let requests = scripts
        .iter()
        .flat_map(|script| [false, true].map(|is_streamed| (script, is_streamed)));
    let answers: Vec<(&Script<'_>, Value)> = stream::iter(requests)
        .map(async |(script, is_streamed)| (script, script.answer(&hub, is_streamed).await))
        .buffered(CONCURRENCY)
        .collect()
        .await;
    hub.cloud.stop().await;

    let allowed: BTreeSet<&str> = documents
        .iter()
        .flat_map(|document| &document.sentences)
        .flat_map(|sentence| [sentence.source.as_str(), &sentence.said])
        .collect();
    let mut faults: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let (mut lies, mut lost) = (BTreeSet::new(), Vec::new());
    let (mut kept, mut repaired, mut said) = (0, 0, 0);
    for (script, answer) in &answers {
        let shown = shown(answer);
        lies.extend(
            shown
                .iter()
                .filter(|text| !allowed.contains(text.as_str()))
                .cloned(),
        );
        for sentence in &script.document.sentences {
            if script.is_faulty {
                let count = faults.entry(format!("{:?}", sentence.fault)).or_default();
                count.0 += usize::from(shown.contains(&sentence.faulty));
                count.1 += 1;
                continue;
            }
            said += 1;
            if shown.contains(&sentence.said) {
                kept += 1;
            } else if shown.contains(&sentence.source) {
                repaired += 1;
            } else {
                lost.push(format!("{} ({})", sentence.said, answer["abstained"]));
            }
        }
    }
    println!("faults shown as supported: {faults:#?}");
    println!("true sentences: {kept} of {said} as they are, {repaired} repaired; lost: {lost:#?}");
    let share = f64::from(kept + repaired) / f64::from(said);
    assert!(share >= MIN_SHOWN, "{share:.3} of the true sentences are shown");
    assert!(lies.is_empty(), "no source says this: {lies:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repaired_claim_is_verified_and_compared_as_the_passage_that_it_quotes() {
    let documents = documents();
    let script = Script::new(0, &documents[0], true).await;
    let scripts = [script];
    let hub = hub(&documents[..1], &scripts).await;
    let answer = scripts[0].answer(&hub, false).await;
    let repaired = &answer["claims"][0];
    assert_eq!(
        (&repaired["text"], &repaired["said"]),
        (
            &json!(documents[0].sentences[0].source),
            &json!(documents[0].sentences[0].faulty)
        )
    );
    let path = format!("/queries/{}", answer["query_id"].as_str().unwrap());
    let verified = ok(hub.post(&format!("{path}/verify"), &json!({})).await).await;
    for claim in verified["claims"].as_array().unwrap() {
        assert_eq!(claim["verdict_now"], "supported", "{claim}");
    }
    let document = &documents[0].sentences[0];
    let other = document.faulty.replace("68", "26");
    scripts[0]
        .provider
        .answer(ScriptedAnswer::new([format!("{other} [1]")]));
    let again = ok(hub.patch(&format!("{path}/reprocess"), None).await).await;
    let claim = &again["answer"]["claims"][0];
    assert_eq!(
        (&claim["text"], &claim["said"]),
        (&repaired["text"], &json!(other))
    );
    let diff = &again["diff"]["claims"];
    assert_eq!(
        (&diff["unchanged"], &diff["changed"], &diff["added"]),
        (&json!(1), &json!([]), &json!([])),
        "the same passage is quoted: {diff:#}"
    );
    hub.cloud.stop().await;
}
