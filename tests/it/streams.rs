//! Answers as server-sent events: what is told is what is kept, wherever the reader leaves and comes back, and whatever
//! becomes of the model.

mod reader;

use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::join_all;
use serde_json::{Value, json};
use shared::testing::{Behaviour, Call, FaultProxy, ScriptedAnswer, ScriptedProvider, Verdict};

use crate::{
    models::{PRICED, providers},
    queue::ended,
    rows,
    support::{Hub, ok, problem},
};

use reader::{EncodedEvent, Reader, told};

const FACT: &str = "The lighthouse of Brannock was built in 1871.";
const KEEPER: &str = "Its keeper was Ada Holm.";
const QUESTION: &str = "When was the lighthouse of Brannock built?";
/// By when something happens that is on its way.
const SOON: Duration = Duration::from_secs(20);

/// Checks that events follow one another up to one last one, and gives the text that they tell.
fn text_of(events: &[EncodedEvent]) -> String {
    let mut text = String::new();
    for (number, event) in (1..).zip(events) {
        assert_eq!(
            (event.id, event.is_last()),
            (number, number == events.len() as u64),
            "{events:?}"
        );
        match event.name.as_str() {
            "delta" => text.push_str(event.data["text"].as_str().unwrap()),
            "restart" => text.clear(),
            _ => {}
        }
    }
    text
}

fn named<'a>(events: &'a [EncodedEvent], name: &str) -> Vec<&'a Value> {
    let named = events.iter().filter(|event| event.name == name);
    named.map(|event| &event.data).collect()
}

/// Checks a stream that has ended against the answer that is kept, which it gives.
async fn kept(hub: &Hub, events: &[EncodedEvent]) -> Value {
    let text = text_of(events);
    let answer = ok(hub.get(&path(events)).await).await;
    assert_eq!(text, answer["answer"].as_str().unwrap());
    let claims = events
        .iter()
        .rposition(|event| event.name == "restart")
        .unwrap_or(0);
    assert_eq!(json!(named(&events[claims..], "claim")), answer["claims"]);
    assert_eq!(json!(named(events, "stage")), answer["stages"]);
    assert_eq!(json!(named(events, "attempt")), answer["attempts"]);
    assert_eq!(named(events, "usage"), [&answer["usage"]]);
    let last = events.last().unwrap();
    let whole = if last.name == "completed" {
        &last.data
    } else {
        &last.data["answer"]
    };
    assert_eq!(*whole, answer);
    answer
}

fn path(events: &[EncodedEvent]) -> String {
    assert_eq!(events[0].name, "query.created");
    format!("/queries/{}", events[0].data["query_id"].as_str().unwrap())
}

async fn stream(hub: &Hub, body: Value) -> Reader {
    Reader::of(hub.post("/queries/stream", &body).await)
}

async fn resume(hub: &Hub, path: &str, after: u64) -> Vec<EncodedEvent> {
    let path = format!("{path}/events");
    let response = match after {
        0 => hub.get(&path).await,
        after => hub.get_with(&path, "last-event-id", &after.to_string()).await,
    };
    Reader::of(response).rest().await
}

fn question() -> Value {
    json!({ "query": QUESTION, "cache": false })
}

async fn ingest(hub: &Hub) {
    hub.ingest("default", &[("brannock", &format!("{FACT} {KEEPER}"))])
        .await;
}

/// A hub whose questions are answered by these providers in turn.
async fn hub_with(list: &[(&str, &ScriptedProvider, &str)]) -> Hub {
    let hub = Hub::with(&[
        ("LLM_PROVIDERS", &providers(list)),
        ("LLM_ROUTING", "ordered"),
        ("LLM_CAPS", "{}"),
        ("SCRIPTED_KEY", ScriptedProvider::KEY),
    ])
    .await;
    ingest(&hub).await;
    hub
}

/// Two sentences in ten tokens, the first of which is whole with the seventh.
async fn provider() -> ScriptedProvider {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.answer(ScriptedAnswer::new([
        "The lighthouse",
        " of",
        " Brannock",
        " was built",
        " in 1871.",
        " [1]",
        " Its",
        " keeper",
        " was Ada Holm.",
        " [1]",
    ]));
    provider
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_is_what_is_kept() {
    let hub = Hub::start().await;
    ingest(&hub).await;
    let events = stream(&hub, question()).await.rest().await;
    let answer = kept(&hub, &events).await;
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
    // The second time it is remembered, and told all the same.
    for cache in ["miss", "hit"] {
        let events = stream(&hub, json!({ "query": QUESTION })).await.rest().await;
        assert_eq!(kept(&hub, &events).await["cache"], cache);
    }
    assert_eq!(ok(hub.get("/usage").await).await["total"]["answers"], 4);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_said_with_a_status_is() {
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
    let path = path(&stream(&hub, question()).await.rest().await);
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
async fn an_answer_that_is_not_to_be_is_withdrawn() {
    let provider = provider().await;
    let hub = hub_with(&[("work", &provider, "")]).await;
    let sure = json!({ "query": QUESTION, "cache": false, "confidence_threshold": 1.0 });
    let events = stream(&hub, sure).await.rest().await;
    let answer = kept(&hub, &events).await;
    assert!(!answer["abstained"].is_null());
    assert!(!named(&events, "restart").is_empty(), "{events:?}");
    assert_eq!(text_of(&events), "");
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_the_last_event() {
    let hub = Hub::start().await;
    ingest(&hub).await;
    let refusing = json!({ "query": QUESTION, "options": { "extractive": false } });
    let events = stream(&hub, refusing).await.rest().await;
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
    let hold = Arc::new(AtomicBool::new(false));
    let judge = {
        let hold = hold.clone();
        move |call: &Call| {
            let began = Instant::now();
            if call.operation == "BatchGetItem" {
                tokio::task::block_in_place(|| {
                    while hold.load(Ordering::SeqCst) && began.elapsed() < SOON {
                        std::thread::yield_now();
                    }
                });
            }
            Verdict::Forward
        }
    };
    let proxy = FaultProxy::start(judge).await.unwrap();
    let hub = Hub::behind(&proxy).await;
    ingest(&hub).await;
    hold.store(true, Ordering::SeqCst);
    let mut reader = stream(&hub, question()).await;
    let first = reader.next().await.unwrap();
    assert!(hold.swap(false, Ordering::SeqCst), "the lane is still held");
    let mut events = vec![first];
    events.extend(reader.rest().await);
    kept(&hub, &events).await;
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sentence_is_told_before_the_model_has_ended_and_the_model_ends_with_its_reader() {
    let provider = provider().await;
    provider.behave([Behaviour::StallAfterTokens(8)]);
    let hub = hub_with(&[("work", &provider, PRICED)]).await;
    let mut reader = stream(&hub, question()).await;
    let told = reader.until("claim").await;
    assert_eq!(named(&told, "delta"), [&json!({ "text": format!("{FACT} [1]") })]);
    let path = path(&told);
    let query_status = ok(hub.get(&format!("{path}/status")).await).await;
    assert_eq!(query_status["status"], "processing");
    assert_eq!(hub.delete(&path).await.status(), 409);

    drop(reader);
    let query_status = ended(&hub, &path).await;
    assert_eq!(query_status["status"], "cancelled");
    let mut events = told.clone();
    events.extend(resume(&hub, &path, told.len() as u64).await);
    let answer = kept(&hub, &events).await;
    assert_eq!(
        (&answer["status"], &answer["answer"]),
        (&json!("cancelled"), &json!(format!("{FACT} [1]")))
    );
    assert_eq!(events.last().unwrap().name, "incomplete");
    assert_eq!(answer["attempts"][0]["outcome"], "cancelled");
    let usage = ok(hub.get("/usage").await).await;
    assert!(usage["total"]["output_tokens"].as_u64().unwrap() > 0, "{usage}");
    assert_eq!(usage["total"]["cost_usd"], answer["usage"]["cost_usd"]);
    // Nothing is held for it any more.
    for row in rows::all(&hub, "Access") {
        assert!(!row.to_string().contains("reserved_until"), "{row}");
    }
    // The instance serves the next one.
    provider.behave([Behaviour::Fine]);
    let events = stream(&hub, question()).await.rest().await;
    assert_eq!(kept(&hub, &events).await["status"], "completed");
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_breaks_off_is_replaced_until_something_of_it_was_shown() {
    let (breaking, other) = (provider().await, provider().await);
    let whole = format!("{FACT} [1] {KEEPER} [1]");
    let ask = async |behaviour, restart: bool| {
        breaking.behave([behaviour]);
        // Each time anew: a provider that broke off again and again rests.
        let hub = hub_with(&[("first", &breaking, ""), ("second", &other, "")]).await;
        let body = json!({ "query": QUESTION, "cache": false, "options": { "restart": restart } });
        let events = stream(&hub, body).await.rest().await;
        let answer = kept(&hub, &events).await;
        hub.cloud.stop().await;
        (events, answer)
    };
    for behaviour in [Behaviour::ResetBeforeFirstToken, Behaviour::ResetAfterTokens(3)] {
        let (events, answer) = ask(behaviour, false).await;
        assert_eq!(
            (&answer["status"], &answer["provider"]),
            (&json!("completed"), &json!("second"))
        );
        assert_eq!(answer["answer"], whole);
        assert!(
            named(&events, "restart").is_empty(),
            "nothing was shown: {behaviour:?}"
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
    assert_eq!(answer["answer"], whole);
    assert!(!named(&events, "restart").is_empty(), "what was shown is void");

    let (_, answer) = ask(Behaviour::Fine, false).await;
    assert_eq!(
        (&answer["status"], &answer["provider"]),
        (&json!("completed"), &json!("first"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leaves_anywhere_and_comes_back_has_read_the_answer_that_is_kept() {
    let provider = provider().await;
    let hub = hub_with(&[("work", &provider, "")]).await;
    let mut statuses = BTreeSet::new();
    for leaves in 1.. {
        let mut reader = stream(&hub, question()).await;
        let mut events = Vec::new();
        while events.len() < leaves {
            let Some(event) = reader.next().await else { break };
            events.push(event);
        }
        let is_whole = events.last().unwrap().is_last();
        drop(reader);
        let path = path(&events);
        ended(&hub, &path).await;
        events.extend(resume(&hub, &path, events.len() as u64).await);
        let answer = kept(&hub, &events).await;
        statuses.insert(answer["status"].as_str().unwrap().to_owned());
        for after in 0..events.len() {
            assert_eq!(
                resume(&hub, &path, after as u64).await,
                events[after..],
                "after {after}"
            );
        }
        if is_whole {
            break;
        }
    }
    assert!(statuses.contains("completed"), "{statuses:?}");
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_of_one_byte_at_a_time_reads_the_same() {
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
    let (mut text, mut rest) = (String::new(), chunks);
    loop {
        let (length, after) = rest.split_once("\r\n").unwrap();
        let length = usize::from_str_radix(length, 16).unwrap();
        if length == 0 {
            break;
        }
        text.push_str(&after[..length]);
        rest = &after[length + 2..];
    }
    let events: Vec<EncodedEvent> = text.split_terminator("\n\n").filter_map(told).collect();
    kept(&hub, &events).await;
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_dies_cuts_the_connection_and_what_it_left_has_failed() {
    let provider = provider().await;
    provider.behave([Behaviour::StallAfterTokens(8)]);
    let hub = hub_with(&[("work", &provider, "")]).await;
    let mut reader = stream(&hub, question()).await;
    let told = reader.until("claim").await;
    assert_eq!(hub.cloud.kill("ask-stream"), 1);
    let cut = loop {
        match reader.response.chunk().await {
            Ok(Some(_)) => {}
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    assert!(cut, "it must not look whole");

    let path = path(&told);
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
    assert_eq!(again["answer"]["status"], "completed", "it can be asked again");
    assert_eq!(hub.delete(&path).await.status(), 204);
    assert!(
        rows::all(&hub, "Queries")
            .iter()
            .all(|row| !row.to_string().contains(&key[2..]))
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_waits_can_be_followed_to_its_end() {
    let hub = Hub::start().await;
    ingest(&hub).await;
    let queued = hub.queue(&question(), None).await;
    let path = queued.headers()["location"].to_str().unwrap().to_owned();
    let events = resume(&hub, &path, 0).await;
    let [last] = events.as_slice() else {
        panic!("only its end is told: {events:?}")
    };
    assert_eq!(
        (last.name.as_str(), &last.data),
        ("completed", &ok(hub.get(&path).await).await)
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_with_one_key_one_is_answered_and_all_are_told() {
    let hub = Hub::start().await;
    ingest(&hub).await;
    let body = question();
    let all = (0..20).map(|_| async {
        let response = hub.post_once("/queries/stream", &body, "one").await;
        let replayed = response.headers().contains_key("idempotency-replayed");
        match response.status().as_u16() {
            // It is just being accepted.
            409 => None,
            _ => Some((replayed, Reader::of(response).rest().await)),
        }
    });
    let told: Vec<(bool, Vec<EncodedEvent>)> = join_all(all).await.into_iter().flatten().collect();
    assert_eq!(told.iter().filter(|(replayed, _)| !replayed).count(), 1);
    let (_, events) = &told[0];
    kept(&hub, events).await;
    for (_, others) in &told {
        // Who comes between the end and the keeping of what led to it is told the end alone.
        match others.as_slice() {
            [end] => assert_eq!(end.data, events.last().unwrap().data),
            _ => assert_eq!(others, events),
        }
    }
    assert_eq!(ok(hub.get("/usage").await).await["total"]["answers"], 1);
    hub.cloud.stop().await;
}
