//! The answer cache: hits, invalidation, expiry and bypass.

use serde_json::{Value, json};
use shared::testing::{Behaviour, ScriptedAnswer, ScriptedProvider};

use crate::{
    models::{PRICED, outcomes, providers_json},
    rows,
    support::{Hub, ok},
};

const QUESTION: &str = "When was the lamp of Brannock lit?";
const LAMP: &str = "The lamp of Brannock was lit in 1871.";

/// The answer to the question, with more fields in the request.
async fn ask(hub: &Hub, more: Value) -> Value {
    let mut body = json!({ "query": QUESTION });
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    ok(hub.post("/queries", &body).await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_question_gets_the_cached_answer_under_a_new_id() {
    let hub = Hub::start().await;
    hub.ingest("default", &[("lamp", LAMP)]).await;
    let first = ask(&hub, json!({})).await;
    let again = ask(&hub, json!({ "session_id": "mine" })).await;
    assert_eq!(
        (&first["cache"], &again["cache"]),
        (&json!("miss"), &json!("hit"))
    );
    for field in [
        "answer",
        "claims",
        "sources",
        "confidence",
        "provider",
        "model",
        "plan",
    ] {
        assert_eq!(first[field], again[field], "{field}");
    }
    assert_ne!(first["query_id"], again["query_id"]);
    assert_eq!(again["session_id"], "mine");
    let reads = |answer: &Value| answer["usage"]["read_units"].as_f64().unwrap();
    assert!(reads(&again) < reads(&first), "{again}");
    let path = format!("/queries/{}", again["query_id"].as_str().unwrap());
    assert_eq!(ok(hub.get(&path).await).await, again);
    let listed = ok(hub.get("/queries").await).await;
    assert_eq!(listed["queries"].as_array().unwrap().len(), 2);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_bypasses_the_cache_neither_reads_nor_writes_it() {
    let hub = Hub::start().await;
    hub.ingest("default", &[("lamp", LAMP)]).await;
    for _ in 0..2 {
        assert_eq!(ask(&hub, json!({ "cache": false })).await["cache"], "bypass");
    }
    assert_eq!(ask(&hub, json!({})).await["cache"], "miss");
    assert_eq!(ask(&hub, json!({ "cache": false })).await["cache"], "bypass");
    assert_eq!(ask(&hub, json!({ "top_k": 3 })).await["cache"], "miss");
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_library_invalidates_its_cached_answers() {
    let hub = Hub::start().await;
    hub.ingest("default", &[("lamp", LAMP)]).await;
    ask(&hub, json!({})).await;
    hub.ingest("default", &[("lamp", "The lamp of Brannock was lit in 1875.")])
        .await;
    let renewed = ask(&hub, json!({})).await;
    assert_eq!(renewed["cache"], "miss");
    assert!(renewed["answer"].as_str().unwrap().contains("1875"), "{renewed}");
    assert_eq!(hub.delete("/documents/lamp").await.status(), 204);
    let without = ask(&hub, json!({})).await;
    assert_eq!(
        (&without["cache"], &without["abstained"]["reason"]),
        (&json!("miss"), &json!("no_sources"))
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deleted_and_expired_answers_are_not_served_again() {
    let hub = Hub::start().await;
    hub.ingest("default", &[("lamp", LAMP)]).await;
    let first = ask(&hub, json!({})).await;
    let path = format!("/queries/{}", first["query_id"].as_str().unwrap());
    assert_eq!(hub.delete(&path).await.status(), 204);
    assert_eq!(ask(&hub, json!({})).await["cache"], "miss");
    assert_eq!(ask(&hub, json!({})).await["cache"], "hit");
    let mut cached = rows::all(&hub, "Queries");
    cached.retain(|row| row["pk"]["S"].as_str().unwrap().starts_with("CACHE#"));
    assert_eq!(cached.len(), 1);
    cached[0]["expires_at"] = json!({ "N": "1" });
    rows::put(&hub, "Queries", &cached[0]);
    assert_eq!(ask(&hub, json!({})).await["cache"], "miss");
    hub.cloud.stop().await;
}

/// A hub with this provider and one document.
async fn hub_with(provider: &ScriptedProvider) -> Hub {
    let hub = Hub::with_env(&[
        ("LLM_PROVIDERS", &providers_json(&[("work", provider, PRICED)])),
        ("LLM_ROUTING", "ordered"),
        ("LLM_CAPS", "{}"),
        ("SCRIPTED_KEY", ScriptedProvider::KEY),
    ])
    .await;
    hub.ingest("default", &[("lamp", LAMP)]).await;
    hub
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cached_answer_costs_no_model_call() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.answer(ScriptedAnswer::new([LAMP, " [1]"]));
    let hub = hub_with(&provider).await;
    let paid = ask(&hub, json!({})).await;
    assert_eq!(outcomes(&paid), [("work", "ok")]);
    let calls = provider.requests().len();
    let again = ask(&hub, json!({})).await;
    assert_eq!(
        (&again["cache"], &again["answer"]),
        (&json!("hit"), &paid["answer"])
    );
    assert_eq!(provider.requests().len(), calls);
    assert_eq!(again["attempts"], json!([]));
    assert_eq!(again["usage"]["cost_usd"].as_f64().unwrap(), 0.0);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_degraded_answer_is_not_cached() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.behave([Behaviour::Status(400)]);
    let hub = hub_with(&provider).await;
    for _ in 0..2 {
        let degraded = ask(&hub, json!({})).await;
        assert_eq!(degraded["cache"], "miss");
        assert_ne!(degraded["degraded"], json!([]));
    }
    hub.cloud.stop().await;
}
