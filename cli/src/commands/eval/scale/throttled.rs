//! One document of 1 MB of distinct words, while DynamoDB is slow and throttles writes.

use std::time::{Duration, Instant};

use anyhow::Context;
use attest::Profile;
use serde_json::json;
use shared::{
    domain::MAX_TEXT_BYTES,
    testing::{ThrottledTable, Verdict},
};

use super::{
    super::table::{Goal, Row},
    Options,
    hub::Hub,
};
use crate::server::{Server, ServerError};

/// The duration of each call of DynamoDB.
const CALL_DURATION: Duration = Duration::from_millis(5);
/// What the table takes: a new on-demand table's write units a second.
const WRITE_UNITS_PER_SECOND: f64 = 4_000.0;
/// How long a document that was accepted may take until it can be read.
const ACCEPTED_TIMEOUT: Duration = Duration::from_secs(300);
const POLL_INTERVAL: Duration = Duration::from_secs(1);
const LIBRARY: &str = "scale-throttled";
const DOCUMENT: &str = "distinct";

/// Sends the document to a server of its own in memory. It is stored within the request, or accepted and stored later.
pub(in super::super) async fn measure(options: &Options) -> anyhow::Result<Vec<Row>> {
    let profile: Profile = options.profile();
    let table = ThrottledTable::new(WRITE_UNITS_PER_SECOND);
    let hub = Hub::in_memory_with(profile, move |call| match table.takes(call) {
        true => Verdict::ForwardAfter(CALL_DURATION),
        false => Verdict::Fail(400, "ThrottlingException"),
    })
    .await?;
    let text = distinct_words(MAX_TEXT_BYTES);
    let words = text.split(' ').count();
    let started = Instant::now();
    let stored = is_stored(&hub.server, text).await?;
    let seconds = started.elapsed().as_secs_f64();
    hub.stop().await;
    let row = |measure, value, goal| Row {
        set: "scale-throttled",
        measure,
        part: "1 MB".into(),
        examples: words,
        value,
        count: None,
        refuted: None,
        floor: None,
        goal,
    };
    Ok(vec![
        row(
            "distinct words, stored",
            f64::from(stored),
            Some(Goal::AtLeast(1.0)),
        ),
        row("distinct words, seconds", seconds, None),
    ])
}

/// Sends the text once, and waits for it if it is accepted.
async fn is_stored(server: &Server, text: String) -> anyhow::Result<bool> {
    let body = json!({ "library": LIBRARY, "documents": [{ "id": DOCUMENT, "text": text }] });
    let reply = match server.post("/documents", &body).await {
        Ok(reply) => reply.json,
        Err(ServerError::Problem { .. }) => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    let document = &reply["documents"][0];
    match document["status"]
        .as_str()
        .context("a document has no `status`")?
    {
        "ready" => return Ok(true),
        "failed" => return Ok(false),
        _accepted => {}
    }
    let path = format!("/documents/{DOCUMENT}?library={LIBRARY}");
    let started = Instant::now();
    while started.elapsed() < ACCEPTED_TIMEOUT {
        if server.get(&path).await.is_ok() {
            return Ok(true);
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
    Ok(false)
}

/// Different words, separated by blanks, of at most so many bytes together.
fn distinct_words(bytes: usize) -> String {
    let mut text = String::with_capacity(bytes);
    for number in 0_usize.. {
        let mut word = String::new();
        let mut rest = number;
        // Three syllables give 85,184 words; further ones get a fourth.
        while rest > 0 || word.len() < 6 {
            word.push(char::from(b"bdfgklmnprt"[rest % 11]));
            word.push(char::from(b"aiou"[rest / 11 % 4]));
            rest /= 44;
        }
        // No stemmer shortens it.
        word.push('k');
        if text.len() + word.len() + 1 > bytes {
            break;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&word);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn all_words_differ_and_fill_the_text() {
        let text = distinct_words(MAX_TEXT_BYTES);
        let words: Vec<&str> = text.split(' ').collect();
        assert_eq!(words.iter().collect::<HashSet<_>>().len(), words.len());
        assert!(words.len() > 100_000);
        assert!((MAX_TEXT_BYTES - 20..=MAX_TEXT_BYTES).contains(&text.len()));
    }
}
