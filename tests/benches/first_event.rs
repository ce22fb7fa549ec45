//! Latency of the first and the last event of a stream while every read of the library takes a second:
//! `cargo bench --bench first_event`.
//!
//! Measured end to end: the gateway, the function as a process, DynamoDB behind a proxy that delays reads. The
//! functions are debug binaries, so they are slower than deployed ones.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark prints its results and panics on failure"
)]

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use attest::{Cloud, CloudOptions};
use serde_json::json;
use shared::testing::{DynamoDbCall, FaultProxy, Verdict};

/// Added to every read of the library.
const READ_DELAY: Duration = Duration::from_secs(1);
const QUESTIONS: usize = 30;

#[tokio::main]
async fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests are inside the workspace");
    let slow = Arc::new(AtomicBool::new(false));
    let is_slow = slow.clone();
    let proxy = FaultProxy::start(move |call: &DynamoDbCall| {
        let is_read = ["Query", "BatchGetItem"].contains(&call.operation.as_str());
        let is_of_library = call.body.windows(9).any(|bytes| bytes == b"Knowledge");
        match is_slow.load(Ordering::SeqCst) && is_read && is_of_library {
            true => Verdict::ForwardAfter(READ_DELAY),
            false => Verdict::Forward,
        }
    })
    .await
    .expect("the proxy starts");
    let options = CloudOptions::memory(root);
    let via_proxy = |embedded: &str| {
        proxy.forward_to(embedded);
        Some(proxy.url().to_owned())
    };
    let cloud = Cloud::start_with(options, via_proxy)
        .await
        .expect("the cloud starts");
    let client = shared::http_client::builder()
        .expect("TLS")
        .no_proxy()
        .build()
        .expect("a client");
    let text = "The lamp of Brannock was lit in 1871. Its keeper was Ada Holm.";
    let stored = client
        .post(format!("{}/documents", cloud.url()))
        .json(&json!({ "documents": [{ "id": "lamp", "text": text }] }));
    let stored = stored.send().await.expect("an answer");
    assert!(stored.status().is_success(), "the document is stored");
    slow.store(true, Ordering::SeqCst);

    let (mut firsts, mut lasts) = (Vec::new(), Vec::new());
    for number in 0..=QUESTIONS {
        let question = json!({ "query": format!("Who kept the lamp {number}?"), "cache": false });
        let request = client
            .post(format!("{}/queries/stream", cloud.url()))
            .json(&question);
        let began = Instant::now();
        let mut response = request.send().await.expect("a stream");
        let mut read = Vec::new();
        let mut first = None;
        while let Some(bytes) = response.chunk().await.expect("more of it") {
            read.extend_from_slice(&bytes);
            if read.windows(2).any(|bytes| bytes == b"\n\n") {
                first.get_or_insert_with(|| began.elapsed());
            }
        }
        // The first question starts the function.
        if number > 0 {
            firsts.push(first.expect("an event"));
            lasts.push(began.elapsed());
        }
    }
    cloud.stop().await;
    println!("{QUESTIONS} questions, one after another; reads of the library take {READ_DELAY:?}\n");
    println!("| event | ms, p50 | p95 | max |\n|---|---|---|---|");
    for (name, times) in [("first", &mut firsts), ("last", &mut lasts)] {
        times.sort();
        let ms = |percent: usize| times[(QUESTIONS - 1) * percent / 100].as_secs_f64() * 1_000.0;
        println!("| {name} | {:.1} | {:.1} | {:.1} |", ms(50), ms(95), ms(100));
    }
    let half = QUESTIONS / 2;
    println!(
        "\nlast over first: {:.0}",
        lasts[half].as_secs_f64() / firsts[half].as_secs_f64()
    );
}
