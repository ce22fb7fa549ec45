//! Hubs, questions and checks that the tests of streams share.

use serde_json::{Value, json};
use shared::testing::{ScriptedAnswer, ScriptedProvider};

use super::reader::{EncodedEvent, Reader};
use crate::{
    models::providers_json,
    support::{Hub, ok},
};

/// The sentence of the document that answers [`QUESTION`].
pub(super) const FACT: &str = "The lighthouse of Brannock was built in 1871.";
/// The second sentence of the document.
pub(super) const KEEPER: &str = "Its keeper was Ada Holm.";
/// The question of most tests.
pub(super) const QUESTION: &str = "When was the lighthouse of Brannock built?";

/// Checks that the events are numbered from 1 and end with the only final one; returns their text.
pub(super) fn text_of(events: &[EncodedEvent]) -> String {
    let mut text = String::new();
    for (number, event) in (1..).zip(events) {
        assert_eq!(
            (event.id, event.is_last()),
            (number, number == events.len() as u64),
            "{events:?}"
        );
        match event.name.as_str() {
            "delta" => text.push_str(event.data["text"].as_str().unwrap()),
            "restart" => text.clear(),
            _ => {}
        }
    }
    text
}

/// The data of the events of this name.
pub(super) fn named<'a>(events: &'a [EncodedEvent], name: &str) -> Vec<&'a Value> {
    let named = events.iter().filter(|event| event.name == name);
    named.map(|event| &event.data).collect()
}

/// Checks a complete stream against the stored answer, and returns that answer.
pub(crate) async fn assert_stored(hub: &Hub, events: &[EncodedEvent]) -> Value {
    let text = text_of(events);
    let answer = ok(hub.get(&path(events)).await).await;
    assert_eq!(text, answer["answer"].as_str().unwrap());
    let last_restart = events
        .iter()
        .rposition(|event| event.name == "restart")
        .unwrap_or(0);
    assert_eq!(json!(named(&events[last_restart..], "claim")), answer["claims"]);
    assert_eq!(json!(named(events, "stage")), answer["stages"]);
    assert_eq!(json!(named(events, "attempt")), answer["attempts"]);
    assert_eq!(named(events, "usage"), [&answer["usage"]]);
    let last = events.last().unwrap();
    let streamed = if last.name == "completed" {
        &last.data
    } else {
        &last.data["answer"]
    };
    assert_eq!(*streamed, answer);
    answer
}

/// The path of the query that the events belong to.
pub(super) fn path(events: &[EncodedEvent]) -> String {
    assert_eq!(events[0].name, "query.created");
    format!("/queries/{}", events[0].data["query_id"].as_str().unwrap())
}

/// Asks a question as a stream.
pub(crate) async fn stream(hub: &Hub, body: Value) -> Reader {
    Reader::new(hub.post("/queries/stream", &body).await)
}

/// The events after this id; all of them after 0.
pub(super) async fn resume(hub: &Hub, path: &str, after: u64) -> Vec<EncodedEvent> {
    let path = format!("{path}/events");
    let response = match after {
        0 => hub.get(&path).await,
        after => hub.get_with(&path, "last-event-id", &after.to_string()).await,
    };
    Reader::new(response).remaining().await
}

/// A question that bypasses the cache.
pub(super) fn question() -> Value {
    json!({ "query": QUESTION, "cache": false })
}

/// Stores the document that answers the question.
pub(super) async fn ingest(hub: &Hub) {
    hub.ingest("default", &[("brannock", &format!("{FACT} {KEEPER}"))])
        .await;
}

/// A hub with these providers, tried in this order.
pub(super) async fn hub_with(list: &[(&str, &ScriptedProvider, &str)]) -> Hub {
    hub_with_caps(list, "{}").await
}

/// The same with caps of spending.
pub(super) async fn hub_with_caps(list: &[(&str, &ScriptedProvider, &str)], caps: &str) -> Hub {
    let hub = Hub::with_env(&[
        ("LLM_PROVIDERS", &providers_json(list)),
        ("LLM_ROUTING", "ordered"),
        ("LLM_CAPS", caps),
        ("SCRIPTED_KEY", ScriptedProvider::KEY),
    ])
    .await;
    ingest(&hub).await;
    hub
}

/// A provider that answers with two sentences in ten tokens; the first is complete with the seventh.
pub(super) async fn provider() -> ScriptedProvider {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.answer(ScriptedAnswer::new([
        "The lighthouse",
        " of",
        " Brannock",
        " was built",
        " in 1871.",
        " [1]",
        " Its",
        " keeper",
        " was Ada Holm.",
        " [1]",
    ]));
    provider
}
