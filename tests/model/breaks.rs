//! Interrupted answers: the server is killed, or the caller disconnects.

use std::time::{Duration, Instant};

use shared::{
    domain::{FinishReason, Model, OnInterruption, Progress, Prompt},
    ports::{Llm, LlmError},
};
use tokio::sync::Notify;

use crate::server::{CONTEXT, Server, calls, router, write};

/// A prompt whose answer uses all of its tokens.
fn long_prompt(max_tokens: u32) -> Prompt {
    Prompt::new(
        "You are a storyteller.",
        "Tell a very long story about a lighthouse.",
        max_tokens,
    )
}

/// Appends a delta to the last text; a restart begins a new text.
fn collect(progress: Progress, texts: &mut Vec<String>) {
    match progress {
        Progress::Delta(text) => texts.last_mut().unwrap().push_str(&text),
        Progress::Restart => texts.push(String::new()),
        Progress::Attempt(_) => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_in_mid_answer_leaves_an_incomplete_answer() {
    let mut server = Server::start().await;
    let router = router(&[server.entry("local", "")]);
    let mut texts = vec![String::new()];
    let outcome = write(
        &router,
        &long_prompt(2_000),
        OnInterruption::Incomplete,
        &mut |progress| {
            if matches!(progress, Progress::Delta(_)) {
                server.kill();
            }
            collect(progress, &mut texts);
        },
    )
    .await;
    assert_eq!(calls(&outcome), [("local", "broken_off", Some(200))]);
    let [text] = texts.try_into().unwrap();
    assert!(!text.is_empty());
    assert_eq!(outcome.result, Err(LlmError::Incomplete { text }));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server_starts_the_answer_over() {
    let (mut first, second) = (Server::start().await, Server::start().await);
    let router = router(&[first.entry("first", ""), second.entry("second", "")]);
    let prompt = long_prompt(40);
    let mut texts = vec![String::new()];
    let outcome = write(&router, &prompt, OnInterruption::Restart, &mut |progress| {
        if matches!(progress, Progress::Delta(_)) && texts.len() == 1 {
            first.kill();
        }
        collect(progress, &mut texts);
    })
    .await;
    let down = [("first", "unreachable", None), ("second", "ok", Some(200))];
    assert_eq!(
        calls(&outcome),
        [[("first", "broken_off", Some(200))].as_slice(), &down].concat()
    );
    let completion = outcome.result.unwrap();
    assert_eq!(
        (completion.provider.as_str(), completion.finish),
        ("second", FinishReason::Length)
    );
    let [partial, complete] = texts.try_into().unwrap();
    assert!(!partial.is_empty());
    assert_eq!(complete, completion.text);
    // Both servers have the same model. A continuation of the first answer would not begin with the same text.
    assert!(complete.starts_with(&partial), "{partial:?} {complete:?}");

    // Two more failures in a row, each of two attempts, open the circuit.
    first.wait_for_exit().await;
    let mut ignored = |_| {};
    for _ in 0..2 {
        let outcome = write(&router, &long_prompt(4), OnInterruption::Restart, &mut ignored).await;
        assert_eq!(
            calls(&outcome),
            [&down[..1], &down].concat(),
            "the first server gets two attempts"
        );
    }
    let candidate = &router.plan(&Model::Auto, 100, 4)[0];
    assert_eq!(
        candidate.ineligible.as_deref(),
        Some("circuit open after: unreachable")
    );
    let outcome = write(&router, &long_prompt(4), OnInterruption::Restart, &mut ignored).await;
    assert_eq!(
        calls(&outcome),
        [("first", "skipped", None), ("second", "ok", Some(200))]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disconnected_caller_stops_the_server() {
    let server = Server::start().await;
    let router = router(&[server.entry("local", "")]);
    let short = Prompt::new("Be brief.", "What is the capital of France?", 2);
    let mut ignored = |_| {};

    // The time of a complete answer.
    let tokens = 300;
    let started = Instant::now();
    let outcome = write(
        &router,
        &long_prompt(tokens),
        OnInterruption::Restart,
        &mut ignored,
    )
    .await;
    assert_eq!(outcome.result.unwrap().finish, FinishReason::Length);
    let complete = started.elapsed();

    // An answer that would take several times as long is abandoned after its first token. The server has one slot.
    let started_writing = Notify::new();
    let mut on_text = |progress| {
        if matches!(progress, Progress::Delta(_)) {
            started_writing.notify_one();
        }
    };
    let longest = long_prompt(CONTEXT as u32 - 200);
    tokio::select! {
        outcome = write(&router, &longest, OnInterruption::Restart, &mut on_text) => panic!("{:?}", calls(&outcome)),
        () = started_writing.notified() => {}
    }
    let started = Instant::now();
    let outcome = write(&router, &short, OnInterruption::Restart, &mut ignored).await;
    let waited = started.elapsed();
    assert_eq!(calls(&outcome), [("local", "ok", Some(200))]);
    assert!(
        waited < complete.max(Duration::from_secs(2)),
        "{waited:?} for two tokens, {complete:?} for {tokens}"
    );
}
