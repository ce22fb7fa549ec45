//! Questions answered by a real model through the real functions. The model is tiny and often wrong; what is shown is
//! still correct, because every claim quotes a source.

use serde_json::{Value, json};

use crate::{
    server::{MODEL, Server},
    support::{Hub, ok, root, slice},
};

/// Paragraphs of the samples: the id of the article, and words that occur only in the paragraph.
const PARAGRAPHS: [(&str, &str); 4] = [
    ("testing-async-systems", "`start_paused = true`, the clock"),
    ("prompt-injection", "gave the attack its name"),
    ("event-sourcing", "turns old versions into the newest"),
    ("queues-and-streams", "4 days by default"),
];
const QUESTIONS: [&str; 4] = [
    "What does start_paused do in a Tokio test?",
    "Who named prompt injection?",
    "What is an upcaster for?",
    "For how long does SQS hold a message by default?",
];

/// The paragraph of an article that has these words.
fn paragraph(article: &str, words: &str) -> String {
    let path = root().join("cli/samples").join(article).with_extension("md");
    let text = std::fs::read_to_string(path).unwrap();
    let mut paragraphs = text.split("\n\n");
    paragraphs
        .find(|paragraph| paragraph.contains(words))
        .unwrap()
        .trim()
        .to_owned()
}

/// A hub with these providers.
pub(crate) async fn hub(providers: &str) -> Hub {
    Hub::with_env(&[("LLM_PROVIDERS", providers), ("LLM_ROUTING", "ordered")]).await
}

/// A hub with this server as its only provider.
async fn hub_of(server: &Server) -> Hub {
    hub(&format!("[{}]", server.entry("local", ""))).await
}

/// Asks for a short answer without the cache: two or three sentences are enough for a tiny model.
async fn ask(hub: &Hub, question: &str) -> Value {
    let body = json!({ "query": question, "max_tokens": 64, "top_k": 2, "cache": false });
    let answer = ok(hub.post("/queries", &body).await).await;
    let attempt = &answer["attempts"][0];
    assert_eq!(
        (&attempt["provider"], &attempt["outcome"], &attempt["http_status"]),
        (&json!("local"), &json!("ok"), &json!(200)),
        "{answer}"
    );
    answer
}

/// Checks that each claim quotes its document at its offsets, and that nothing else is shown; returns the number of
/// claims.
pub(crate) async fn assert_quoted(hub: &Hub, answer: &Value) -> usize {
    let text = answer["answer"].as_str().unwrap();
    let claims = answer["claims"].as_array().unwrap();
    for claim in claims {
        assert!(
            claim["verdict"] == "supported" || claim["verdict"] == "disputed",
            "{answer}"
        );
        assert!(slice(text, &claim["start"], &claim["end"]).contains(claim["text"].as_str().unwrap()));
        let citations = claim["citations"].as_array().unwrap();
        assert!(!citations.is_empty(), "{claim}");
        for citation in citations {
            let number = citation["source"].as_u64().unwrap() as usize;
            let source = &answer["sources"][number - 1];
            let id = source["document_id"].as_str().unwrap();
            let document = hub.text("default", id).await.unwrap();
            let quote = slice(&document, &citation["quote_start"], &citation["quote_end"]);
            assert_eq!(quote, citation["quote"].as_str().unwrap(), "{answer}");
        }
    }
    let mut between: Vec<char> = text.chars().collect();
    for claim in claims.iter().rev() {
        let place = |end: &str| claim[end].as_u64().unwrap() as usize;
        between.drain(place("start")..place("end"));
    }
    assert!(
        !between.iter().any(|c| c.is_alphabetic()),
        "only claims and citation markers are shown: {answer}"
    );
    claims.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_claim_shown_is_quoted_from_the_documents() {
    let server = Server::start().await;
    let hub = hub_of(&server).await;
    let paragraphs = PARAGRAPHS.map(|(article, words)| (article, paragraph(article, words)));
    let documents: Vec<(&str, &str)> = paragraphs
        .iter()
        .map(|(article, text)| (*article, text.as_str()))
        .collect();
    hub.ingest("default", &documents).await;
    let (mut shown, mut by_model) = (0, 0);
    for question in QUESTIONS {
        let answer = ask(&hub, question).await;
        shown += assert_quoted(&hub, &answer).await;
        by_model += usize::from(answer["provider"] == "local");
    }
    println!(
        "{by_model} of {} answers by the model, {shown} claims",
        QUESTIONS.len()
    );
    assert!(shown >= QUESTIONS.len() / 2, "{shown} claims");
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correct_model_answer_is_shown_with_its_citation() {
    let server = Server::start().await;
    let hub = hub_of(&server).await;
    let fact = "The lighthouse of Brannock was built in 1871.";
    let document = json!({
        "id": "brannock",
        "title": "Brannock",
        "text": format!("{fact} Its first keeper was Ada Holm."),
    });
    ok(hub.post("/documents", &json!({ "documents": [document] })).await).await;
    // Each prompt contains a random delimiter, which sometimes misleads a tiny model.
    let times = 5;
    let mut correct = 0;
    for _ in 0..times {
        let answer = ask(&hub, "When was the lighthouse of Brannock built?").await;
        assert!(assert_quoted(&hub, &answer).await >= 1, "{answer}");
        let by_model = answer["provider"] == "local" && answer["model"] == MODEL;
        let quote = &answer["claims"][0]["citations"][0]["quote"];
        let text = answer["answer"].as_str().unwrap();
        correct += usize::from(by_model && quote == fact && text.starts_with(&format!("{fact} [1]")));
    }
    assert!(
        correct > times / 2,
        "the model was correct {correct} times of {times}"
    );
    hub.cloud.stop().await;
}
