//! Answers that are broken off: by the server, which is killed, and by the caller, who goes away.

use std::time::{Duration, Instant};

use shared::{
    domain::{FinishReason, Model, OnInterruption, Progress, Prompt},
    ports::{Llm, LlmError},
};
use tokio::sync::Notify;

use crate::server::{CONTEXT, Server, calls, router, write};

/// Something that the model writes about for as long as it may.
fn long(max_tokens: u32) -> Prompt {
    Prompt::new(
        "You are a storyteller.",
        "Tell a very long story about a lighthouse.",
        max_tokens,
    )
}

/// The texts that were told, each up to the moment when it was taken back.
fn told(progress: Progress, texts: &mut Vec<String>) {
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
    let generated = write(
        &router,
        &long(2_000),
        OnInterruption::Incomplete,
        &mut |progress| {
            if matches!(progress, Progress::Delta(_)) {
                server.kill();
            }
            told(progress, &mut texts);
        },
    )
    .await;
    assert_eq!(calls(&generated), [("local", "broken_off", Some(200))]);
    let [text] = texts.try_into().unwrap();
    assert!(!text.is_empty());
    assert_eq!(generated.result, Err(LlmError::Incomplete { text }));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server_starts_the_answer_over() {
    let (mut first, second) = (Server::start().await, Server::start().await);
    let router = router(&[first.entry("first", ""), second.entry("second", "")]);
    let prompt = long(40);
    let mut texts = vec![String::new()];
    let generated = write(&router, &prompt, OnInterruption::Restart, &mut |progress| {
        if matches!(progress, Progress::Delta(_)) && texts.len() == 1 {
            first.kill();
        }
        told(progress, &mut texts);
    })
    .await;
    let down = [("first", "unreachable", None), ("second", "ok", Some(200))];
    assert_eq!(
        calls(&generated),
        [[("first", "broken_off", Some(200))].as_slice(), &down].concat()
    );
    let completion = generated.result.unwrap();
    assert_eq!(
        (completion.provider.as_str(), completion.finish),
        ("second", FinishReason::Length)
    );
    let [partial, whole] = texts.try_into().unwrap();
    assert!(!partial.is_empty());
    assert_eq!(whole, completion.text);
    // Both have the same model: had the second gone on where the first one broke off, its text would not begin like it.
    assert!(whole.starts_with(&partial), "{partial:?} {whole:?}");

    // Two further failures in a row, each of two tries, and it rests.
    first.is_gone().await;
    let mut ignored = |_| {};
    for _ in 0..2 {
        let generated = write(&router, &long(4), OnInterruption::Restart, &mut ignored).await;
        assert_eq!(
            calls(&generated),
            [&down[..1], &down].concat(),
            "it is tried twice"
        );
    }
    let resting = &router.plan(&Model::Auto, 100, 4)[0];
    assert_eq!(
        resting.ineligible.as_deref(),
        Some("circuit open after: unreachable")
    );
    let generated = write(&router, &long(4), OnInterruption::Restart, &mut ignored).await;
    assert_eq!(
        calls(&generated),
        [("first", "skipped", None), ("second", "ok", Some(200))]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disconnected_caller_stops_the_server() {
    let server = Server::start().await;
    let router = router(&[server.entry("local", "")]);
    let short = Prompt::new("Be brief.", "What is the capital of France?", 2);
    let mut ignored = |_| {};

    // How long an answer takes to the end.
    let tokens = 300;
    let started = Instant::now();
    let generated = write(&router, &long(tokens), OnInterruption::Restart, &mut ignored).await;
    assert_eq!(generated.result.unwrap().finish, FinishReason::Length);
    let whole = started.elapsed();

    // One that would take several times as long is left after its first words. The server takes one at a time.
    let begun = Notify::new();
    let mut on_text = |progress| {
        if matches!(progress, Progress::Delta(_)) {
            begun.notify_one();
        }
    };
    let most = long(CONTEXT as u32 - 200);
    tokio::select! {
        generated = write(&router, &most, OnInterruption::Restart, &mut on_text) => panic!("{:?}", calls(&generated)),
        () = begun.notified() => {}
    }
    let started = Instant::now();
    let generated = write(&router, &short, OnInterruption::Restart, &mut ignored).await;
    let waited = started.elapsed();
    assert_eq!(calls(&generated), [("local", "ok", Some(200))]);
    assert!(
        waited < whole.max(Duration::from_secs(2)),
        "{waited:?} for two tokens, {whole:?} for {tokens}"
    );
}
