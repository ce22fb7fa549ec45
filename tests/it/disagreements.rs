//! Disagreements between sources: an answer to a question about one quotes all sides, whoever writes it.

use serde_json::{Value, json};
use shared::testing::{ScriptedAnswer, ScriptedProvider};

use crate::{
    models::providers_json,
    support::{Hub, ok},
};

/// A question, and two statements of different documents that answer it differently.
const PAIRS: [[&str; 3]; 14] = [
    [
        "How many days of carer leave do employees of Fernhill get?",
        "Employees of Fernhill get 12 days of carer leave a year.",
        "Employees of Fernhill get 15 days of carer leave a year.",
    ],
    [
        "When was the Marlow observatory opened?",
        "The Marlow observatory was opened in 1931.",
        "The Marlow observatory was opened in 1934.",
    ],
    [
        "When does the reading room of Eastgate close?",
        "The reading room of Eastgate closes at 18:00.",
        "The reading room of Eastgate closes at 8:30 pm.",
    ],
    [
        "Who is the director of the Halden museum?",
        "The director of the Halden museum is Ida Moen.",
        "The director of the Halden museum is Jon Vik.",
    ],
    [
        "What colour is the cover of the Brightwater manual?",
        "The cover of the Brightwater manual is green.",
        "The cover of the Brightwater manual is orange.",
    ],
    [
        "Does Osprey encrypt backups?",
        "Osprey does not encrypt backups.",
        "Osprey encrypts backups every night.",
    ],
    [
        "How much does the Tarn ferry cost?",
        "The Tarn ferry costs 8 euros.",
        "The Tarn ferry costs 11 euros.",
    ],
    [
        "Where is the archive of the Lindqvist foundation?",
        "The archive of the Lindqvist foundation is in Bergen.",
        "The archive of the Lindqvist foundation is in Turku.",
    ],
    [
        "What is the maximum attachment size of Pigeonpost?",
        "The maximum attachment size of Pigeonpost is 25 MB.",
        "The maximum attachment size of Pigeonpost is 40 MB.",
    ],
    [
        "What is the default compression of Silo archives?",
        "The default compression of Silo archives is zstd.",
        "The default compression of Silo archives is gzip.",
    ],
    [
        "Where is the spare badge kept?",
        "The spare badge is kept in the top drawer.",
        "The spare badge is kept in the locker.",
    ],
    [
        "Is the swimming hall of Fernhill open on Sundays?",
        "The swimming hall of Fernhill is open on Sundays.",
        "The swimming hall of Fernhill is closed on Sundays.",
    ],
    [
        "How long does Greywall keep audit records?",
        "Greywall keeps audit records for 30 days.",
        "Greywall keeps audit records for 1 year, and nobody can delete them.",
    ],
    [
        "Can contractors use the canteen of Tamsel?",
        "Contractors can use the canteen of Tamsel.",
        "Contractors cannot use the canteen of Tamsel.",
    ],
];

/// Stores each pair as two documents: a guide and a handbook.
async fn ingest(hub: &Hub) {
    let documents: Vec<Value> = (0..)
        .zip(PAIRS)
        .flat_map(|(number, [_, one, other])| {
            let document = |title: &str, text: &str| json!({ "id": format!("{title}-{number}"), "title": title, "text": text });
            [document("Guide", one), document("Handbook", other)]
        })
        .collect();
    ok(hub.post("/documents", &json!({ "documents": documents })).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_contradiction_is_found_and_both_sides_are_quoted() {
    let hub = Hub::start().await;
    ingest(&hub).await;
    for [question, one, other] in PAIRS {
        let answer = hub.ask("default", question).await;
        let disagreements = answer["disagreements"].as_array().unwrap();
        assert_eq!(disagreements.len(), 1, "{question}: {answer:#}");
        let citations = disagreements[0]["citations"].as_array().unwrap();
        let mut quotes: Vec<&str> = citations
            .iter()
            .map(|citation| citation["quote"].as_str().unwrap())
            .collect();
        quotes.sort_unstable();
        let mut expected = [one, other];
        expected.sort_unstable();
        assert_eq!(quotes, expected, "{question}");
        for side in expected {
            assert!(
                answer["answer"].as_str().unwrap().contains(side),
                "{question}: {answer:#}"
            );
        }
    }
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_side_that_a_model_leaves_out_is_added_in_the_words_of_its_source() {
    let [question, one, other] = PAIRS[1];
    let provider = ScriptedProvider::start().await.unwrap();
    provider.answer(ScriptedAnswer::new([one]));
    let hub = Hub::with_env(&[
        ("LLM_PROVIDERS", &providers_json(&[("work", &provider, "")])),
        ("LLM_CAPS", "{}"),
        ("SCRIPTED_KEY", ScriptedProvider::KEY),
    ])
    .await;
    ingest(&hub).await;
    let answer = hub.ask("default", question).await;
    assert_eq!(answer["provider"], "work");
    let text = answer["answer"].as_str().unwrap();
    assert!(text.starts_with(one) && text.contains(other), "{text}");
    assert_eq!(answer["disagreements"].as_array().unwrap().len(), 1);
    hub.cloud.stop().await;
}
