//! The adapter of stored answers over the embedded DynamoDB: insert, get, list and write units.

use attest::{LocalDynamoDb, Template};
use serde_json::{Value, json};
use shared::{
    domain::{Answer, QueryId, UserId},
    meter,
    ports::{AnswerFilter, ListAnswers, ReadAnswers, RecordAnswers, StoreError},
    store::{Answers, local_client},
};

use crate::support::root;

fn answer(text: String) -> Answer {
    let answer: Value = json!({
        "query_id": QueryId::generate().to_string(), "status": "completed", "query": "Why?", "library": "default",
        "session_id": null, "answer": text, "abstained": null,
        "confidence": { "retrieval": 1.0, "answer": 0.5, "reasons": [] },
        "claims": [], "sources": [], "disagreements": [], "entities": [],
        "plan": { "pattern": "pipeline", "lanes": ["keyword"], "writers": ["extractive"] },
        "stages": [], "degraded": [], "attempts": [],
        "usage": { "input_tokens": 0, "output_tokens": 0, "cost_usd": 0.0, "read_units": 1.5, "write_units": 4.0 },
        "provider": "extractive", "model": "extractive", "cache": "miss",
        "created_at": "2026-01-31T12:00:00Z", "took_ms": 12,
    });
    serde_json::from_value(answer).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_any_length_is_read_back_and_costs_the_predicted_units() {
    let template = Template::load(&root().join("template.yaml")).unwrap();
    let database = LocalDynamoDb::in_memory(&template).await.unwrap();
    let answers = Answers::new(local_client(database.url()), "Queries");
    let user = UserId::new("a#b");
    let mut stored = Vec::new();
    for text in ["short".to_owned(), "漢".repeat(50_000), "😀\"".repeat(200_000)] {
        let answer = answer(text);
        let (inserted, used) = meter::metered(answers.insert(&user, &answer)).await;
        inserted.unwrap();
        assert_eq!(used.units.write, answers.write_units(&user, &answer));
        let stored_answer = answers.get(&user, answer.query_id).await.unwrap().unwrap();
        assert_eq!(stored_answer.answer, answer);
        assert!(matches!(
            answers.insert(&user, &answer).await,
            Err(StoreError::Conflict)
        ));
        assert_eq!(
            answers.get(&UserId::new("a"), answer.query_id).await.unwrap(),
            None
        );
        stored.push(answer.query_id);
    }
    stored.reverse();
    let page = answers
        .list(&user, AnswerFilter::default(), None, 10)
        .await
        .unwrap();
    let listed: Vec<QueryId> = page.items.iter().map(|summary| summary.query_id).collect();
    assert_eq!(listed, stored, "the extra rows of long answers are not listed");
}
