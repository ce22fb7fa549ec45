//! A real server that stands still, dies while it writes, or is behind a gateway that compresses its replies.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use shared::domain::{OnInterruption, Progress, Prompt};
use tokio::time::{interval, sleep, timeout};

use crate::{
    gzip_proxy::GzipProxy,
    hub::{assert_quoted, hub},
    server::{Server, calls, only_provider, router_of, write},
    support::{Hub, ok},
};

/// How long the server stands still before its first token: longer than a provider on the internet may take.
const STANDSTILL: Duration = Duration::from_secs(20);
/// The longest that the worker may take for a queued question.
const MAX_WAIT: Duration = Duration::from_secs(90);

/// A question about the only document of the library.
fn question(max_tokens: u32) -> Value {
    json!({
        "query": "When was the lighthouse of Brannock built?",
        "max_tokens": max_tokens,
        "cache": false,
    })
}

async fn ingest(hub: &Hub) {
    let text = "The lighthouse of Brannock was built in 1871. Its first keeper was Ada Holm.";
    hub.ingest("default", &[("brannock", text)]).await;
}

/// The answer to a queued question, once there is one.
async fn answer(hub: &Hub, id: &str) -> Value {
    let mut polls = interval(Duration::from_millis(100));
    let ended = async {
        loop {
            polls.tick().await;
            let status = ok(hub.get(&format!("/queries/{id}/status")).await).await;
            if !["pending", "processing"].contains(&status["status"].as_str().unwrap()) {
                return;
            }
        }
    };
    timeout(MAX_WAIT, ended).await.unwrap();
    ok(hub.get(&format!("/queries/{id}")).await).await
}

/// As a server does that loads its model.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stands_still_before_its_first_token_still_answers() {
    let server = Server::start().await;
    let hub = hub(&only_provider(server.url())).await;
    ingest(&hub).await;
    server.signal("STOP").await;
    let accepted: Value = hub.queue(&question(32), None).await.json().await.unwrap();
    let stopped = Instant::now();
    // The standstill is what is tested; nothing happens meanwhile that could be waited for.
    sleep(STANDSTILL).await;
    server.signal("CONT").await;
    let answer = answer(&hub, accepted["query_id"].as_str().unwrap()).await;
    assert!(stopped.elapsed() > STANDSTILL);
    let attempts = answer["attempts"].as_array().unwrap();
    assert_eq!(attempts.len(), 1, "{answer}");
    assert_eq!(attempts[0]["outcome"], "ok", "{answer}");
    assert!(attempts[0]["ms"].as_u64().unwrap() > 10_000, "{answer}");
    assert!(assert_quoted(&hub, &answer).await >= 1, "{answer}");
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ends_while_it_writes_leaves_an_honest_answer() {
    for signal in ["KILL", "TERM"] {
        let server = Server::start().await;
        let mut proxy = GzipProxy::start(server.url()).await;
        let hub = hub(&only_provider(proxy.url())).await;
        ingest(&hub).await;
        let body = question(400);
        let (response, ()) = tokio::join!(hub.post("/queries", &body), async {
            proxy.wait_until_writing().await;
            server.signal(signal).await;
        });
        let answer = ok(response).await;
        assert!(assert_quoted(&hub, &answer).await >= 1, "{signal}: {answer}");
        assert_eq!(answer["status"], "completed", "{signal}: {answer}");
        if signal == "KILL" {
            assert_ne!(answer["attempts"][0]["outcome"], "ok", "{answer}");
            assert_eq!(answer["provider"], "extractive", "{answer}");
        }
        hub.cloud.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compressed_reply_is_read_although_none_was_asked_for() {
    let server = Server::start().await;
    let proxy = GzipProxy::start(server.url()).await;
    let prompt = Prompt::new("Be brief.", "What is the capital of France?", 32);
    let mut texts = Vec::new();
    for url in [server.url(), proxy.url()] {
        let mut deltas = 0;
        let outcome = write(
            &router_of(&only_provider(url)),
            &prompt,
            OnInterruption::Restart,
            &mut |progress| deltas += usize::from(matches!(progress, Progress::Delta(_))),
        )
        .await;
        assert_eq!(calls(&outcome), [("local", "ok", Some(200))]);
        assert!(deltas > 1, "it is read while it arrives");
        texts.push(outcome.result.unwrap().text);
    }
    assert_eq!(texts[0], texts[1]);
}
