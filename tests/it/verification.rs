//! Verification of stored answers (`POST /queries/{id}/verify`) against the current documents.

use serde_json::{Value, json};

use crate::{
    samples::{hub_with_samples, read},
    support::{Hub, ok, problem, slice},
};

const LAMP: &str = "The lamp of Brannock was lit in 1871. Its first keeper was Ada Holm.";

/// Verifies an answer.
async fn verify(hub: &Hub, answer: &Value) -> Value {
    let id = answer["query_id"].as_str().unwrap();
    ok(hub.post_raw(&format!("/queries/{id}/verify"), "", "").await).await
}

fn summary(still_supported: usize, changed: usize, gone: usize) -> Value {
    json!({ "still_supported": still_supported, "changed": changed, "gone": gone })
}

/// A hub with one document, and an answer that cites it once.
async fn answered() -> (Hub, Value) {
    let hub = Hub::start().await;
    hub.ingest("default", &[("lamp", LAMP)]).await;
    let answer = hub.ask("default", "When was the lamp of Brannock lit?").await;
    assert_eq!(answer["answer"], "The lamp of Brannock was lit in 1871. [1]");
    (hub, answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn with_unchanged_documents_every_citation_is_still_supported() {
    let (hub, texts) = hub_with_samples().await;
    let questions = read("questions.json");
    let mut citations = 0;
    for question in questions.as_array().unwrap().iter().step_by(4) {
        let answer = hub.ask("default", question["question"].as_str().unwrap()).await;
        let verified = verify(&hub, &answer).await;
        assert_eq!(verified["query_id"], answer["query_id"]);
        let claims = answer["claims"].as_array().unwrap();
        assert_eq!(verified["claims"].as_array().unwrap().len(), claims.len());
        let mut cited = 0;
        for (then, now) in claims.iter().zip(verified["claims"].as_array().unwrap()) {
            assert_eq!((&now["id"], &now["text"]), (&then["id"], &then["text"]));
            assert_eq!(
                (&now["verdict_then"], &now["verdict_now"]),
                (&then["verdict"], &then["verdict"]),
                "{question}: {now:#}"
            );
            let citations = now["citations"].as_array().unwrap();
            for (then, now) in then["citations"].as_array().unwrap().iter().zip(citations) {
                for field in ["source", "quote", "quote_start", "quote_end"] {
                    assert_eq!(now[field], then[field], "{question}: {now}");
                }
                let text = &texts[now["document_id"].as_str().unwrap()];
                assert_eq!(now["quote"], slice(text, &now["quote_start"], &now["quote_end"]));
                cited += 1;
            }
        }
        assert_eq!(verified["summary"], summary(cited, 0, 0), "{question}");
        citations += cited;
    }
    assert!(citations >= 25, "{citations} citations were checked");
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_document_changes_the_verdict() {
    let (hub, answer) = answered().await;
    let moved = format!("😀 A preface came before it.\n\n{LAMP}");
    let changed = "Much is new. The lamp of Brannock was lit in 1902.";
    for (text, status, verdict, quote, counts) in [
        (
            moved.as_str(),
            "still_supported",
            "supported",
            "The lamp of Brannock was lit in 1871.",
            summary(1, 0, 0),
        ),
        (
            changed,
            "changed",
            "refuted",
            "The lamp of Brannock was lit in 1902.",
            summary(0, 1, 0),
        ),
    ] {
        hub.ingest("default", &[("lamp", text)]).await;
        let verified = verify(&hub, &answer).await;
        let claim = &verified["claims"][0];
        assert_eq!(
            (&claim["verdict_then"], &claim["verdict_now"]),
            (&json!("supported"), &json!(verdict))
        );
        let citation = &claim["citations"][0];
        assert_eq!(
            (&citation["status"], &citation["document_id"]),
            (&json!(status), &json!("lamp"))
        );
        assert_eq!(citation["quote"], quote);
        assert_eq!(
            slice(text, &citation["quote_start"], &citation["quote_end"]),
            quote
        );
        assert_eq!(verified["summary"], counts);
    }
    let id = answer["query_id"].as_str().unwrap();
    let stored = ok(hub.get(&format!("/queries/{id}")).await).await;
    assert_eq!(stored, answer, "the stored answer does not change");
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn citations_of_a_deleted_document_are_gone() {
    let (hub, answer) = answered().await;
    assert!(hub.delete("/documents/lamp").await.status().is_success());
    let verified = verify(&hub, &answer).await;
    assert_eq!(verified["claims"][0]["verdict_now"], "unverified");
    let citation = &verified["claims"][0]["citations"][0];
    assert_eq!(
        *citation,
        json!({
            "source": 1, "document_id": "lamp", "status": "gone", "quote": "The lamp of Brannock was lit in 1871.",
            "quote_start": null, "quote_end": null,
        })
    );
    assert_eq!(verified["summary"], summary(0, 0, 1));

    // Another document with the same id and version number is not the cited one.
    hub.ingest("default", &[("lamp", "Bread needs flour.")]).await;
    let verified = verify(&hub, &answer).await;
    assert_eq!(verified["summary"], summary(0, 1, 0));
    assert_eq!(verified["claims"][0]["citations"][0]["quote_start"], json!(null));
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_takes_an_empty_body_and_the_id_of_a_stored_answer() {
    let (hub, answer) = answered().await;
    let path = format!("/queries/{}/verify", answer["query_id"].as_str().unwrap());
    for body in ["", " \n", "{}"] {
        ok(hub.post_raw(&path, "application/json", body).await).await;
    }
    for (body, place) in [("[]", ""), (r#"{"deep":true}"#, "/deep"), ("{", ""), ("null", "")] {
        let refused = problem(hub.post_raw(&path, "application/json", body).await, 400).await;
        assert_eq!(refused["errors"][0]["pointer"], place, "{body}");
    }
    for id in ["01ARZ3NDEKTSV4RRFFQ69G5FAV", "nonsense"] {
        let missing = problem(hub.post_raw(&format!("/queries/{id}/verify"), "", "").await, 404).await;
        assert_eq!(missing["detail"], "there is no query of this id");
    }
    let abstained = hub.ask("default", "Who sold the quantum submarine?").await;
    let verified = verify(&hub, &abstained).await;
    assert_eq!(
        (&verified["claims"], &verified["summary"]),
        (&json!([]), &summary(0, 0, 0))
    );
    hub.cloud.stop().await;
}
