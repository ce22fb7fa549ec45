//! Complete streams: their events, failures and replays.

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::join_all;
use serde_json::json;
use shared::testing::{DynamoDbCall, FaultProxy, Verdict};

use super::{
    fixture::{
        FACT, QUESTION, assert_stored, hub_with, ingest, named, path, provider, question, resume, stream,
        text_of,
    },
    reader::{EncodedEvent, Reader, parse_event},
};
use crate::support::{Hub, ok, problem};

/// The longest delay of a read of the library.
const MAX_DELAY: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn the_stored_answer_matches_the_streamed_one() {
    let hub = Hub::start().await;
    ingest(&hub).await;
    let events = stream(&hub, question()).await.remaining().await;
    let answer = assert_stored(&hub, &events).await;
    assert_eq!(events.last().unwrap().name, "completed");
    assert_eq!(
        (&answer["status"], &answer["cache"]),
        (&json!("completed"), &json!("bypass"))
    );
    assert!(answer["answer"].as_str().unwrap().starts_with(FACT));
    assert_eq!(
        named(&events, "sources"),
        [&json!({ "sources": answer["sources"] })]
    );
    let direct = ok(hub.post("/queries", &question()).await).await;
    for field in ["answer", "claims", "sources", "confidence"] {
        assert_eq!(answer[field], direct[field], "{field}");
    }
    // The second answer comes from the cache and is streamed all the same.
    for cache in ["miss", "hit"] {
        let events = stream(&hub, json!({ "query": QUESTION })).await.remaining().await;
        assert_eq!(assert_stored(&hub, &events).await["cache"], cache);
    }
    assert_eq!(ok(hub.get("/usage").await).await["total"]["answers"], 4);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_before_the_stream_has_its_own_status() {
    let hub = Hub::start().await;
    problem(hub.post("/queries/stream", &json!({ "query": " " })).await, 422).await;
    problem(
        hub.post("/queries/stream", &json!({ "query": "Who?", "colour": 1 }))
            .await,
        400,
    )
    .await;
    let preview = ok(hub
        .post("/queries/stream", &json!({ "query": "Who?", "dry_run": true }))
        .await)
    .await;
    assert_eq!(preview["dry_run"], true);
    problem(hub.get("/queries/01KARQFFWRT4N8H2C6V0B5XZ3E/events").await, 404).await;
    problem(hub.get("/queries/none/events").await, 404).await;
    ingest(&hub).await;
    let path = path(&stream(&hub, question()).await.remaining().await);
    let wrong = hub
        .get_with(&format!("{path}/events"), "last-event-id", "x")
        .await;
    problem(wrong, 400).await;
    hub.cloud.stop_dynamodb().await;
    problem(hub.post("/queries/stream", &question()).await, 503).await;
    problem(hub.get(&format!("{path}/events")).await, 503).await;
    hub.cloud.start_dynamodb().await.unwrap();
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_below_the_threshold_is_unsure() {
    let provider = provider().await;
    let hub = hub_with(&[("work", &provider, "")]).await;
    let certain = json!({ "query": QUESTION, "cache": false, "confidence_threshold": 1.0 });
    let events = stream(&hub, certain).await.remaining().await;
    let answer = assert_stored(&hub, &events).await;
    assert_eq!(
        (&answer["certainty"], &answer["abstained"]),
        (&json!("unsure"), &json!(null))
    );
    assert!(named(&events, "restart").is_empty(), "{events:?}");
    assert_eq!(text_of(&events), answer["answer"].as_str().unwrap());
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_the_last_event() {
    let hub = Hub::start().await;
    ingest(&hub).await;
    let refusing = json!({ "query": QUESTION, "options": { "extractive": false } });
    let events = stream(&hub, refusing).await.remaining().await;
    text_of(&events);
    let last = events.last().unwrap();
    assert_eq!(
        (last.name.as_str(), &last.data["problem"]["status"]),
        ("failed", &json!(502))
    );
    let query_status = ok(hub.get(&format!("{}/status", path(&events))).await).await;
    assert_eq!(
        (&query_status["status"], &query_status["error"]),
        (&json!("failed"), &last.data["problem"]["detail"])
    );
    for after in 0..events.len() {
        assert_eq!(
            resume(&hub, &path(&events), after as u64).await,
            events[after..],
            "after {after}"
        );
    }
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_event_does_not_wait_for_any_lane() {
    let delay = Arc::new(AtomicBool::new(false));
    let decide = {
        let delay = delay.clone();
        move |call: &DynamoDbCall| {
            let began = Instant::now();
            if call.operation == "BatchGetItem" {
                tokio::task::block_in_place(|| {
                    while delay.load(Ordering::SeqCst) && began.elapsed() < MAX_DELAY {
                        std::thread::yield_now();
                    }
                });
            }
            Verdict::Forward
        }
    };
    let proxy = FaultProxy::start(decide).await.unwrap();
    let hub = Hub::behind_proxy(&proxy).await;
    ingest(&hub).await;
    delay.store(true, Ordering::SeqCst);
    let mut reader = stream(&hub, question()).await;
    let first = reader.next().await.unwrap();
    assert!(delay.swap(false, Ordering::SeqCst), "the lane is still delayed");
    let mut events = vec![first];
    events.extend(reader.remaining().await);
    assert_stored(&hub, &events).await;
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_of_one_byte_at_a_time_reads_the_same_events() {
    let hub = Hub::start().await;
    ingest(&hub).await;
    let address = hub.cloud.url().trim_start_matches("http://").to_owned();
    let body = question().to_string();
    let request = format!(
        "POST /queries/stream HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let read = tokio::task::spawn_blocking(move || {
        let mut connection = TcpStream::connect(address).unwrap();
        connection.write_all(request.as_bytes()).unwrap();
        let (mut read, mut byte) = (Vec::new(), [0]);
        while connection.read(&mut byte).unwrap() == 1 {
            read.push(byte[0]);
        }
        String::from_utf8(read).unwrap()
    });
    let read = read.await.unwrap();
    let (head, chunks) = read.split_once("\r\n\r\n").unwrap();
    assert!(
        head.to_lowercase().contains("transfer-encoding: chunked"),
        "{head}"
    );
    let (mut text, mut unread) = (String::new(), chunks);
    loop {
        let (length, after) = unread.split_once("\r\n").unwrap();
        let length = usize::from_str_radix(length, 16).unwrap();
        if length == 0 {
            break;
        }
        text.push_str(&after[..length]);
        unread = &after[length + 2..];
    }
    let events: Vec<EncodedEvent> = text.split_terminator("\n\n").filter_map(parse_event).collect();
    assert_stored(&hub, &events).await;
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queued_question_can_be_followed_to_its_last_event() {
    let hub = Hub::start().await;
    ingest(&hub).await;
    let queued = hub.queue(&question(), None).await;
    let path = queued.headers()["location"].to_str().unwrap().to_owned();
    let events = resume(&hub, &path, 0).await;
    let [last] = events.as_slice() else {
        panic!("only the last event is sent: {events:?}")
    };
    assert_eq!(
        (last.name.as_str(), &last.data),
        ("completed", &ok(hub.get(&path).await).await)
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_requests_with_one_key_get_the_events_of_one_answer() {
    let hub = Hub::start().await;
    ingest(&hub).await;
    let body = question();
    let all = (0..20).map(|_| async {
        let response = hub.post_with_key("/queries/stream", &body, "one").await;
        let replayed = response.headers().contains_key("idempotency-replayed");
        match response.status().as_u16() {
            // Another one with this key is being accepted.
            409 => None,
            _ => Some((replayed, Reader::new(response).remaining().await)),
        }
    });
    let streams: Vec<(bool, Vec<EncodedEvent>)> = join_all(all).await.into_iter().flatten().collect();
    assert_eq!(streams.iter().filter(|(replayed, _)| !replayed).count(), 1);
    let (_, events) = &streams[0];
    assert_stored(&hub, events).await;
    for (_, replayed) in &streams {
        // Between the end of the answer and the storing of its events, a reader gets the last event only.
        match replayed.as_slice() {
            [last] => assert_eq!(last.data, events.last().unwrap().data),
            _ => assert_eq!(replayed, events),
        }
    }
    assert_eq!(ok(hub.get("/usage").await).await["total"]["answers"], 1);
    hub.cloud.stop().await;
}
