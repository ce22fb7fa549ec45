//! Operations on an answered question: status, annotations, feedback, deletion and usage.

use futures::future::join_all;
use reqwest::Response;
use serde_json::{Value, json};

use crate::{
    outage::{Fault, FaultyStore},
    rows,
    support::{Hub, ok, problem},
};

const LAMP: &str = "The lamp of Brannock was lit in 1871.";

/// Asks a question; returns the answer and its path.
async fn answered(hub: &Hub) -> (Value, String) {
    hub.ingest("default", &[("lamp", LAMP)]).await;
    let answer = hub.ask("default", "When was the lamp of Brannock lit?").await;
    let path = format!("/queries/{}", answer["query_id"].as_str().unwrap());
    (answer, path)
}

/// The entity tag of a response.
fn etag(response: &Response) -> String {
    response.headers()["etag"].to_str().unwrap().to_owned()
}

/// The rows of the queries table that belong to a question.
fn rows_of(hub: &Hub, answer: &Value) -> Vec<Value> {
    let key = format!("Q#{}", answer["query_id"].as_str().unwrap());
    let mut rows = rows::all(hub, "Queries");
    rows.retain(|row| row["sk"]["S"].as_str().unwrap().starts_with(&key));
    rows
}

/// Sets the row of a question back to a status before its answer.
fn set_status(hub: &Hub, answer: &Value, status: &str) {
    let mut row = rows_of(hub, answer).remove(0);
    row["status"] = json!({ "S": status });
    row["progress"] = json!({ "N": "0.4" });
    row["current_step"] = json!({ "S": "write.model" });
    rows::put(hub, "Queries", &row);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_reports_the_progress_of_a_question() {
    let hub = Hub::start().await;
    let (answer, path) = answered(&hub).await;
    let query_status = async || ok(hub.get(&format!("{path}/status")).await).await;
    let id = &answer["query_id"];
    assert_eq!(
        query_status().await,
        json!({ "query_id": id, "status": "completed", "progress": 1.0, "current_step": null, "error": null })
    );
    set_status(&hub, &answer, "processing");
    assert_eq!(
        query_status().await,
        json!({ "query_id": id, "status": "processing", "progress": 0.4, "current_step": "write.model", "error": null })
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn new_annotations_replace_the_old_ones_and_leave_the_answer_unchanged() {
    let hub = Hub::start().await;
    let (answer, path) = answered(&hub).await;
    assert_eq!((&answer["tags"], &answer["notes"]), (&json!([]), &json!(null)));
    let first = etag(&hub.get(&path).await);
    let body = json!({ "tags": ["sea", "light"], "notes": "Ask Ada.", "metadata": { "b": 1, "a": [null] } });
    let put = hub.put(&path, &body, Some(&first)).await;
    let second = etag(&put);
    assert_ne!(second, first);
    let put = ok(put).await;
    let mut expected = answer.clone();
    for (field, value) in body.as_object().unwrap() {
        expected[field] = value.clone();
    }
    assert_eq!(put, expected);
    let shown = hub.get(&path).await;
    assert_eq!(etag(&shown), second);
    assert_eq!(ok(shown).await, expected);

    let outdated = problem(hub.put(&path, &json!({}), Some(&first)).await, 412).await;
    assert_eq!(outdated["type"], "urn:attest:problem:outdated");
    assert_eq!(
        ok(hub.get(&path).await).await,
        expected,
        "a refused update changes nothing"
    );

    let replaced = hub.put(&path, &json!({ "tags": ["tower"] }), None).await;
    let (third, replaced) = (etag(&replaced), ok(replaced).await);
    assert_eq!(
        (&replaced["tags"], &replaced["notes"], &replaced["metadata"]),
        (&json!(["tower"]), &json!(null), &json!({}))
    );
    for (tag, status) in [("*", 200), (third.as_str(), 412), ("nonsense", 412)] {
        let status_now = hub.put(&path, &json!({}), Some(tag)).await.status();
        assert_eq!(status_now, status, "{tag}");
    }
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_concurrent_updates_to_one_revision_one_wins() {
    let hub = Hub::start().await;
    let (_, path) = answered(&hub).await;
    let tag = etag(&hub.get(&path).await);
    let bodies: Vec<Value> = (0..8)
        .map(|number| json!({ "tags": [number.to_string()] }))
        .collect();
    let responses = join_all(bodies.iter().map(|body| hub.put(&path, body, Some(&tag)))).await;
    let mut won = Vec::new();
    for response in responses {
        match response.status().as_u16() {
            200 => won.push(ok(response).await["tags"].clone()),
            _ => assert_eq!(
                problem(response, 412).await["type"],
                "urn:attest:problem:outdated"
            ),
        }
    }
    assert_eq!(won, [ok(hub.get(&path).await).await["tags"].clone()]);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_feedback_counts() {
    let hub = Hub::start().await;
    let (answer, path) = answered(&hub).await;
    let path = format!("{path}/feedback");
    let first = json!({ "rating": 2, "comment": "Too short for what I wanted." });
    ok(hub.post(&path, &first).await).await;
    let stored = ok(hub.post(&path, &json!({ "rating": 5 })).await).await;
    assert_eq!(
        (&stored["query_id"], &stored["rating"], &stored["comment"]),
        (&answer["query_id"], &json!(5), &json!(null))
    );
    let rows = rows_of(&hub, &answer);
    assert_eq!(rows.len(), 2, "the answer and the last feedback");
    assert_eq!(
        (&rows[1]["rating"], &rows[1]["comment"]),
        (&json!({ "N": "5" }), &json!(null))
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_a_question_removes_all_its_rows() {
    let hub = Hub::start().await;
    let (answer, path) = answered(&hub).await;
    ok(hub
        .post(&format!("{path}/feedback"), &json!({ "rating": 1 }))
        .await)
    .await;
    let mut event = rows_of(&hub, &answer).remove(0);
    for suffix in ["#E#0001", "#P#0001#001"] {
        let sk = format!("Q#{}{suffix}", answer["query_id"].as_str().unwrap());
        event["sk"] = json!({ "S": sk });
        event.as_object_mut().unwrap().remove("status");
        rows::put(&hub, "Queries", &event);
    }
    assert_eq!(rows_of(&hub, &answer).len(), 4);
    for running in ["pending", "processing"] {
        set_status(&hub, &answer, running);
        let refused = problem(hub.delete(&path).await, 409).await;
        assert_eq!(refused["type"], "urn:attest:problem:running");
        assert_eq!(rows_of(&hub, &answer).len(), 4, "{running}");
    }
    set_status(&hub, &answer, "cancelled");
    assert_eq!(hub.delete(&path).await.status(), 204);
    assert_eq!(rows_of(&hub, &answer), Vec::<Value>::new());
    problem(hub.get(&path).await, 404).await;
    problem(hub.delete(&path).await, 404).await;
    assert_eq!(ok(hub.get("/queries").await).await["queries"], json!([]));
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_deletion_hides_the_question_and_can_be_repeated() {
    let faulty = FaultyStore::start().await;
    let hub = &faulty.hub;
    for operation in ["BatchWriteItem", "DeleteItem"] {
        let (answer, path) = answered(hub).await;
        let feedback = json!({ "rating": 3, "comment": "Not what I had in mind." });
        ok(hub.post(&format!("{path}/feedback"), &feedback).await).await;
        faulty.set_fault(Fault::Operation(operation));
        problem(hub.delete(&path).await, 500).await;
        faulty.set_fault(Fault::Never);
        for hidden in [path.clone(), format!("{path}/status")] {
            problem(hub.get(&hidden).await, 404).await;
        }
        problem(hub.put(&path, &json!({}), None).await, 404).await;
        assert_eq!(ok(hub.get("/queries").await).await["queries"], json!([]));
        let filtered = ok(hub.get("/queries?status=completed").await).await;
        assert_eq!(filtered["queries"], json!([]));
        let left = json!(rows_of(hub, &answer)).to_string();
        assert!(!left.contains("Brannock"), "{left}");
        assert_eq!(hub.delete(&path).await.status(), 204, "{operation}");
        assert_eq!(rows_of(hub, &answer), Vec::<Value>::new());
    }
    faulty.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_is_the_sum_of_what_the_answers_report() {
    let hub = Hub::start().await;
    assert_eq!(ok(hub.get("/usage").await).await["days"], json!([]));
    let (first, _) = answered(&hub).await;
    let second = hub.ask("default", "Who lit the lamp?").await;
    let usage = ok(hub.get("/usage").await).await;
    let sum = |field: &str| {
        [&first, &second]
            .map(|answer| answer["usage"][field].as_f64().unwrap())
            .iter()
            .sum::<f64>()
    };
    let total = &usage["total"];
    assert_eq!(total["answers"], 2);
    for field in [
        "input_tokens",
        "output_tokens",
        "cost_usd",
        "read_units",
        "write_units",
    ] {
        assert_eq!(total[field].as_f64().unwrap(), sum(field), "{field}");
    }
    let days = usage["days"].as_array().unwrap();
    let of_days: u64 = days.iter().map(|day| day["answers"].as_u64().unwrap()).sum();
    assert_eq!(of_days, 2, "one day, or two around midnight");
    let today = days.last().unwrap()["date"].as_str().unwrap();
    assert_eq!(usage["to"], today);
    let before = ok(hub.get("/usage?from=2026-01-01&to=2026-01-31").await).await;
    assert_eq!(
        before,
        json!({ "from": "2026-01-01", "to": "2026-01-31", "days": [],
                "total": { "answers": 0, "input_tokens": 0, "output_tokens": 0, "cost_usd": 0.0,
                           "read_units": 0.0, "write_units": 0.0 } })
    );
    hub.cloud.stop().await;
}
