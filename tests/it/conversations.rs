//! Conversations: follow-ups are read with the question before them, by rules or by a model.

use serde_json::{Value, json};
use shared::testing::{Behaviour, ScriptedAnswer, ScriptedProvider};

use crate::{
    models::{PRICED, outcomes, providers_json},
    support::{Hub, ok},
};

const BRANNOCK: &str = "The lighthouse of Brannock was built in 1871. The lighthouse of Brannock is 34 metres tall. \
                        Its keeper was Ada Holm. Ada Holm was born in 1840.";
const FARLEY: &str =
    "The lighthouse of Farley was built in 1902. The lighthouse of Farley is 51 metres tall.";

async fn ingest(hub: &Hub) {
    hub.ingest("default", &[("brannock", BRANNOCK), ("farley", FARLEY)])
        .await;
}

async fn ask(hub: &Hub, session_id: &str, question: &str) -> Value {
    let body = json!({"query": question, "session_id": session_id});
    ok(hub.post("/queries", &body).await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn follow_ups_are_read_by_rules_within_their_conversation() {
    let hub = Hub::start().await;
    ingest(&hub).await;
    let first = ask(&hub, "one", "When was the lighthouse of Brannock built?").await;
    assert_eq!(first["read_as"], Value::Null);
    for (question, read_as, answer) in [
        (
            "How tall is it?",
            "How tall is the lighthouse of Brannock?",
            "34 metres",
        ),
        (
            "And the lighthouse of Farley?",
            "How tall is the lighthouse of Farley?",
            "51 metres",
        ),
        (
            "When was it built?",
            "When was the lighthouse of Farley built?",
            "1902",
        ),
    ] {
        let answered = ask(&hub, "one", question).await;
        assert_eq!(answered["query"], question);
        assert_eq!(answered["read_as"], read_as, "{answered}");
        assert!(
            answered["answer"].as_str().unwrap().contains(answer),
            "{question}: {answered}"
        );
        assert_eq!(answered["stages"][0]["name"], "follow_up");
    }
    // A question that stands for itself reads nothing of the conversation.
    let own = ask(&hub, "one", "When was the lighthouse of Brannock built?").await;
    assert_eq!((&own["read_as"], &own["cache"]), (&Value::Null, &json!("hit")));
    // Another conversation knows nothing of this one.
    let other = ask(&hub, "two", "How tall is it?").await;
    assert_eq!(other["read_as"], Value::Null);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_answer_is_forgotten_and_a_new_answer_keeps_how_it_was_read() {
    let hub = Hub::start().await;
    ingest(&hub).await;
    ask(&hub, "s", "When was the lighthouse of Brannock built?").await;
    let follow_up = ask(&hub, "s", "How tall is it?").await;
    ask(&hub, "s", "When was the lighthouse of Farley built?").await;
    let path = format!("/queries/{}", follow_up["query_id"].as_str().unwrap());
    let again = ok(hub.patch(&format!("{path}/reprocess"), None).await).await;
    assert_eq!(
        again["answer"]["read_as"],
        "How tall is the lighthouse of Brannock?"
    );
    assert_eq!(again["answer"]["query"], "How tall is it?");

    let last = ask(&hub, "s", "How tall is it?").await;
    assert_eq!(last["read_as"], "How tall is the lighthouse of Farley?");
    let path = format!("/queries/{}", last["query_id"].as_str().unwrap());
    assert_eq!(hub.delete(&path).await.status(), 204);
    let forgotten = ask(&hub, "s", "How tall is it?").await;
    assert_eq!(forgotten["read_as"], Value::Null, "{forgotten}");
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_completes_a_follow_up_if_it_adds_nothing() {
    let provider = ScriptedProvider::start().await.unwrap();
    let hub = Hub::with_env(&[
        ("LLM_PROVIDERS", &providers_json(&[("work", &provider, PRICED)])),
        ("LLM_CAPS", "{}"),
        ("SCRIPTED_KEY", ScriptedProvider::KEY),
    ])
    .await;
    ingest(&hub).await;
    let built = "The lighthouse of Brannock was built in 1871. [1]";
    let tall = "The lighthouse of Brannock is 34 metres tall. [1]";
    provider.answer(ScriptedAnswer::new([built]));
    ask(&hub, "s", "When was the lighthouse of Brannock built?").await;

    let by_model = "How tall is the lighthouse of Brannock that was built in 1871?";
    provider.answer_in_turn([ScriptedAnswer::new([by_model]), ScriptedAnswer::new([tall])]);
    let answered = ask(&hub, "s", "How tall is it?").await;
    assert_eq!(answered["read_as"], by_model);
    assert_eq!(answered["answer"], tall);
    assert_eq!(outcomes(&answered), [("work", "ok"), ("work", "ok")]);
    assert!(answered["usage"]["cost_usd"].as_f64() > Some(0.0));
    let requests = provider.take_requests();
    let prompt = requests[requests.len() - 2].body["messages"][1]["content"].to_string();
    assert!(prompt.contains("Last question: How tall is it?"), "{prompt}");

    // What a model makes up, and a model that fails, leave it to the rules.
    provider.answer_in_turn([
        ScriptedAnswer::new(["How tall is the famous tower of Paris?"]),
        ScriptedAnswer::new([tall]),
    ]);
    let made_up = ask(&hub, "s", "And how tall is it?").await;
    assert!(
        made_up["read_as"].as_str().unwrap().contains("Brannock"),
        "{made_up}"
    );
    provider.behave([Behaviour::Status(400), Behaviour::Fine]);
    provider.answer(ScriptedAnswer::new([tall]));
    let failed = ask(&hub, "s", "So how tall is it?").await;
    assert!(
        failed["read_as"].as_str().unwrap().contains("Brannock"),
        "{failed}"
    );
    assert_eq!(outcomes(&failed)[0], ("work", "rejected"));
    hub.cloud.stop().await;
}
