//! Interrupted streams: a reader disconnects, a model breaks off, a function crashes.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use shared::testing::Behaviour;

use super::fixture::{
    FACT, KEEPER, QUESTION, assert_stored, hub_with, hub_with_caps, named, path, provider, question, resume,
    stream,
};
use crate::{models::PRICED, queue::wait_until_ended, rows, support::ok};

#[tokio::test(flavor = "multi_thread")]
async fn a_sentence_is_streamed_before_the_model_finishes_and_a_cancellation_stops_the_model() {
    let provider = provider().await;
    provider.behave([Behaviour::StallAfterTokens(8)]);
    let hub = hub_with_caps(&[("work", &provider, PRICED)], r#"{"user_day": {"usd": 100}}"#).await;
    let mut reader = stream(&hub, question()).await;
    let received = reader.until("claim").await;
    assert_eq!(
        named(&received, "delta"),
        [&json!({ "text": format!("{FACT} [1]") })]
    );
    let path = path(&received);
    let query_status = ok(hub.get(&format!("{path}/status")).await).await;
    assert_eq!(query_status["status"], "processing");
    assert_eq!(hub.delete(&path).await.status(), 409);

    let cancelled = hub.post(&format!("{path}/cancel"), &json!({})).await;
    assert_eq!(cancelled.status(), 202);
    let query_status: Value = cancelled.json().await.unwrap();
    assert_eq!(query_status["status"], "processing");
    let mut events = received.clone();
    events.extend(reader.remaining().await);
    let query_status = ok(hub.post(&format!("{path}/cancel"), &json!({})).await).await;
    assert_eq!(query_status["status"], "cancelled", "it has ended");
    assert_eq!(
        resume(&hub, &path, received.len() as u64).await,
        events[received.len()..]
    );
    let answer = assert_stored(&hub, &events).await;
    assert_eq!(
        (&answer["status"], &answer["answer"]),
        (&json!("cancelled"), &json!(format!("{FACT} [1]")))
    );
    assert_eq!(events.last().unwrap().name, "incomplete");
    assert_eq!(answer["attempts"][0]["outcome"], "cancelled");
    let usage = ok(hub.get("/usage").await).await;
    assert!(usage["total"]["output_tokens"].as_u64().unwrap() > 0, "{usage}");
    assert_eq!(usage["total"]["cost_usd"], answer["usage"]["cost_usd"]);
    // Its reservation is settled: the day holds what was spent, and no more.
    let counted: Vec<f64> = rows::all(&hub, "Access")
        .iter()
        .filter_map(|row| row["nanodollars"]["N"].as_str()?.parse().ok())
        .collect();
    let spent = usage["total"]["cost_usd"].as_f64().unwrap() * 1e9;
    assert!(
        counted.iter().sum::<f64>() == spent.round() && spent > 0.0,
        "{counted:?}, {spent}"
    );
    // The same container serves the next request.
    provider.behave([Behaviour::Fine]);
    let events = stream(&hub, question()).await.remaining().await;
    assert_eq!(assert_stored(&hub, &events).await["status"], "completed");
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_leaves_does_not_end_the_answer() {
    let provider = provider().await;
    let hub = hub_with(&[("work", &provider, PRICED)]).await;
    let reader = stream(&hub, question()).await;
    drop(reader);
    // The status of the response is sent after the question was stored.
    let listed = ok(hub.get("/queries").await).await;
    let id = listed["queries"][0]["query_id"].as_str().unwrap();
    let path = format!("/queries/{id}");
    assert_eq!(wait_until_ended(&hub, &path).await["status"], "completed");
    let events = resume(&hub, &path, 0).await;
    assert_eq!(
        assert_stored(&hub, &events).await["answer"],
        format!("{FACT} [1] {KEEPER} [1]")
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_model_is_replaced_until_its_text_was_sent() {
    let (breaking, other) = (provider().await, provider().await);
    let complete = format!("{FACT} [1] {KEEPER} [1]");
    let ask = async |behaviour, restart: bool| {
        breaking.behave([behaviour]);
        // A new hub each time: repeated failures would open the circuit of the provider.
        let hub = hub_with(&[("first", &breaking, ""), ("second", &other, "")]).await;
        let body = json!({ "query": QUESTION, "cache": false, "options": { "restart": restart } });
        let events = stream(&hub, body).await.remaining().await;
        let answer = assert_stored(&hub, &events).await;
        hub.cloud.stop().await;
        (events, answer)
    };
    for behaviour in [Behaviour::ResetBeforeFirstToken, Behaviour::ResetAfterTokens(3)] {
        let (events, answer) = ask(behaviour, false).await;
        assert_eq!(
            (&answer["status"], &answer["provider"]),
            (&json!("completed"), &json!("second"))
        );
        assert_eq!(answer["answer"], complete);
        assert!(
            named(&events, "restart").is_empty(),
            "no text was sent: {behaviour:?}"
        );
    }
    let (events, answer) = ask(Behaviour::ResetAfterTokens(8), false).await;
    assert_eq!(
        (&answer["status"], &answer["provider"]),
        (&json!("partial"), &json!("first"))
    );
    assert_eq!(answer["answer"], format!("{FACT} [1]"));
    let last = events.last().unwrap();
    assert_eq!(last.name, "incomplete");
    assert_eq!(
        last.data["reason"],
        "the model broke off in the middle of its answer"
    );

    let (events, answer) = ask(Behaviour::ResetAfterTokens(8), true).await;
    assert_eq!(
        (&answer["status"], &answer["provider"]),
        (&json!("completed"), &json!("second"))
    );
    assert_eq!(answer["answer"], complete);
    assert!(
        !named(&events, "restart").is_empty(),
        "the text that was sent is withdrawn"
    );

    let (_, answer) = ask(Behaviour::Fine, false).await;
    assert_eq!(
        (&answer["status"], &answer["provider"]),
        (&json!("completed"), &json!("first"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_reconnects_after_any_event_reads_the_stored_answer() {
    let provider = provider().await;
    let hub = hub_with(&[("work", &provider, "")]).await;
    let mut statuses = BTreeSet::new();
    for received in 1.. {
        let mut reader = stream(&hub, question()).await;
        let mut events = Vec::new();
        while events.len() < received {
            let Some(event) = reader.next().await else { break };
            events.push(event);
        }
        let is_complete = events.last().unwrap().is_last();
        drop(reader);
        let path = path(&events);
        wait_until_ended(&hub, &path).await;
        events.extend(resume(&hub, &path, events.len() as u64).await);
        let answer = assert_stored(&hub, &events).await;
        statuses.insert(answer["status"].as_str().unwrap().to_owned());
        for after in 0..events.len() {
            assert_eq!(
                resume(&hub, &path, after as u64).await,
                events[after..],
                "after {after}"
            );
        }
        if is_complete {
            break;
        }
    }
    assert!(statuses.contains("completed"), "{statuses:?}");
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crashed_function_cuts_the_connection_and_its_query_fails() {
    let provider = provider().await;
    provider.behave([Behaviour::StallAfterTokens(8)]);
    let hub = hub_with(&[("work", &provider, "")]).await;
    let mut reader = stream(&hub, question()).await;
    let received = reader.until("claim").await;
    assert_eq!(hub.cloud.kill("ask-stream"), 1);
    let cut = loop {
        match reader.response.chunk().await {
            Ok(Some(_)) => {}
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    assert!(cut, "the stream must not look complete");

    let path = path(&received);
    let key = path.replace("/queries/", "Q#");
    let mut rows = rows::all(&hub, "Queries");
    let mut row = rows.remove(rows.iter().position(|row| row["sk"]["S"] == *key).unwrap());
    assert_eq!(row["status"]["S"], "processing");
    row["lease_ms"] = json!({ "N": "1" });
    rows::put(&hub, "Queries", &row);
    let query_status = ok(hub.get(&format!("{path}/status")).await).await;
    assert_eq!(
        (&query_status["status"], &query_status["progress"]),
        (&json!("failed"), &json!(1.0))
    );
    let events = resume(&hub, &path, 0).await;
    assert_eq!(
        events.last().unwrap().data["problem"]["detail"],
        query_status["error"]
    );
    provider.behave([Behaviour::Fine]);
    let again = ok(hub.patch(&format!("{path}/reprocess"), None).await).await;
    assert_eq!(
        again["answer"]["status"], "completed",
        "the query can be reprocessed"
    );
    assert_eq!(hub.delete(&path).await.status(), 204);
    assert!(
        rows::all(&hub, "Queries")
            .iter()
            .all(|row| !row.to_string().contains(&key[2..]))
    );
    hub.cloud.stop().await;
}
