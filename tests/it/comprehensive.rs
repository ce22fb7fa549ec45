//! Comprehensive answers (`POST /queries/comprehensive`): alternatives and quality.

use serde_json::{Value, json};
use shared::testing::{ScriptedAnswer, ScriptedProvider};

use crate::{
    models::providers_json,
    queue::wait_until_ended,
    support::{Hub, ok, problem, slice},
};

const QUESTION: &str = "When was the lighthouse of Brannock built?";
const CHRONICLE: &str = "The lighthouse of Brannock was built in 1871.";
const LETTER: &str = "The lighthouse of Brannock was built in the year 1871, by Ada Holm.";

async fn ingest(hub: &Hub) {
    let document = |id: &str, text: &str, published: &str| json!({ "id": id, "title": id, "text": text, "published_at": published });
    let documents = json!({ "documents": [
        document("chronicle", CHRONICLE, "2001-05-01T00:00:00Z"),
        document("letter", LETTER, "1999-05-01T00:00:00Z"),
    ] });
    ok(hub.post("/documents", &documents).await).await;
}

/// The comprehensive answer to the question, with more fields in the request.
async fn ask(hub: &Hub, more: Value) -> Value {
    let mut body = json!({ "query": QUESTION });
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    ok(hub.post("/queries/comprehensive", &body).await).await
}

/// Checks the offsets of each claim in its text, and of each quotation in its document.
async fn assert_quoted(hub: &Hub, sources: &Value, text: &Value, claims: &Value) {
    for claim in claims.as_array().unwrap() {
        assert_eq!(
            slice(text.as_str().unwrap(), &claim["start"], &claim["end"]),
            claim["text"].as_str().unwrap()
        );
        for citation in claim["citations"].as_array().unwrap() {
            let source = &sources[citation["source"].as_u64().unwrap() as usize - 1];
            let document = hub
                .text("default", source["document_id"].as_str().unwrap())
                .await
                .unwrap();
            let quote = slice(&document, &citation["quote_start"], &citation["quote_end"]);
            assert_eq!(quote, citation["quote"].as_str().unwrap());
        }
    }
}

/// The ids of the documents that the claims cite.
fn documents(answer: &Value, claims: &Value) -> Vec<String> {
    let citations = claims
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|claim| claim["citations"].as_array().unwrap());
    let mut documents: Vec<String> = citations
        .map(|citation| {
            let source = citation["source"].as_u64().unwrap() as usize - 1;
            answer["sources"][source]["document_id"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    documents.sort();
    documents.dedup();
    documents
}

#[tokio::test(flavor = "multi_thread")]
async fn alternatives_quote_the_sources_and_differ_from_the_answer() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.answer(ScriptedAnswer::new([CHRONICLE, " [1]"]));
    let hub = Hub::with_env(&[
        ("LLM_PROVIDERS", &providers_json(&[("work", &provider, "")])),
        ("LLM_CAPS", "{}"),
        ("SCRIPTED_KEY", ScriptedProvider::KEY),
    ])
    .await;
    ingest(&hub).await;
    let answer = ask(&hub, json!({})).await;
    assert_eq!(answer["provider"], "work");
    let cited = documents(&answer, &answer["claims"]);
    let alternatives = answer["alternatives"].as_array().unwrap();
    assert!(!alternatives.is_empty(), "{answer}");
    let mut texts = vec![answer["answer"].clone()];
    for alternative in alternatives {
        assert_quoted(
            &hub,
            &answer["sources"],
            &alternative["answer"],
            &alternative["claims"],
        )
        .await;
        assert!(
            !texts.contains(&alternative["answer"]),
            "each alternative has another text"
        );
        texts.push(alternative["answer"].clone());
        assert!(alternative["confidence"]["answer"].as_f64().unwrap() > 0.0);
        if alternative["basis"] == "other_documents" {
            assert!(
                documents(&answer, &alternative["claims"])
                    .iter()
                    .all(|one| !cited.contains(one))
            );
        }
    }
    let quality = &answer["quality"];
    assert_eq!(
        (&quality["coverage"], &quality["support"]),
        (&json!(1.0), &json!(1.0))
    );
    assert_eq!(quality["documents"], cited.len());
    assert_eq!(quality["disagreements"], 0);
    assert!(
        !quality["newest"].is_null() && !quality["oldest"].is_null(),
        "{quality}"
    );

    let path = format!("/queries/{}", answer["query_id"].as_str().unwrap());
    assert_eq!(
        ok(hub.get(&path).await).await,
        answer,
        "the stored answer is the one returned"
    );
    // An ordinary answer has its own entry in the cache.
    let ordinary = hub.ask("default", QUESTION).await;
    assert_eq!(
        (
            &ordinary["cache"],
            &ordinary["alternatives"],
            &ordinary["quality"]
        ),
        (&json!("miss"), &json!(null), &json!(null))
    );
    let hit = ask(&hub, json!({})).await;
    assert_eq!(
        (&hit["cache"], &hit["alternatives"]),
        (&json!("hit"), &answer["alternatives"])
    );
    let reprocessed = ok(hub.patch(&format!("{path}/reprocess"), None).await).await;
    assert_eq!(
        reprocessed["answer"]["quality"], answer["quality"],
        "a reprocessed answer is comprehensive as well"
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_model_or_an_answer_nothing_is_invented() {
    let hub = Hub::start().await;
    ingest(&hub).await;
    let quoted = ask(&hub, json!({})).await;
    for alternative in quoted["alternatives"].as_array().unwrap() {
        assert_eq!(alternative["basis"], "other_documents");
        assert_quoted(
            &hub,
            &quoted["sources"],
            &alternative["answer"],
            &alternative["claims"],
        )
        .await;
    }
    let declined = ask(&hub, json!({ "query": "Who painted the ceiling of the chapel?" })).await;
    assert!(!declined["abstained"].is_null());
    assert_eq!(declined["alternatives"], json!([]));
    assert_eq!(
        (&declined["quality"]["coverage"], &declined["quality"]["support"]),
        (&json!(0.0), &json!(0.0))
    );
    problem(
        hub.post("/queries/comprehensive", &json!({ "query": "" })).await,
        422,
    )
    .await;
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_judge_is_called_unless_the_caller_opts_out() {
    let provider = ScriptedProvider::start().await.unwrap();
    let claim = "Brannock got a lighthouse that Ada Holm had put up. [2]";
    let verdicts = r#"{"verdicts":[{"pair":1,"supported":true}]}"#;
    let hub = Hub::with_env(&[
        ("LLM_PROVIDERS", &providers_json(&[("work", &provider, "")])),
        ("LLM_CAPS", "{}"),
        ("SCRIPTED_KEY", ScriptedProvider::KEY),
    ])
    .await;
    ingest(&hub).await;
    for (judge, calls) in [(json!({}), 2), (json!({ "options": { "judge": false } }), 1)] {
        provider.answer_in_turn([ScriptedAnswer::new([claim]), ScriptedAnswer::new([verdicts])]);
        provider.take_requests();
        let answer = ask(&hub, judge).await;
        assert_eq!(provider.take_requests().len(), calls, "{answer}");
    }
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comprehensive_query_can_be_queued() {
    let hub = Hub::start().await;
    ingest(&hub).await;
    let queued = hub
        .queue_at("/queries/comprehensive", &json!({ "query": QUESTION }), None)
        .await;
    assert_eq!(queued.status(), 202);
    let path = queued.headers()["location"].to_str().unwrap().to_owned();
    wait_until_ended(&hub, &path).await;
    assert!(ok(hub.get(&path).await).await["quality"].is_object());
    hub.cloud.stop().await;
}
