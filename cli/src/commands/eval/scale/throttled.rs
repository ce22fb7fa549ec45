//! One document of 1 MB of distinct words, while DynamoDB is slow and throttles writes.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::Context;
use attest::Profile;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value as Json, json};
use shared::{
    domain::MAX_TEXT_BYTES,
    testing::{DynamoDbCall, Verdict},
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
    let bucket = Mutex::new(TokenBucket::full(Instant::now()));
    let hub = Hub::in_memory_with(profile, move |call| {
        let units = write_units(call);
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        if bucket.take(units, Instant::now()) {
            Verdict::ForwardAfter(CALL_DURATION)
        } else {
            Verdict::Fail(400, "ThrottlingException")
        }
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

/// Write units that are left: a second's worth at most.
#[derive(Debug)]
struct TokenBucket {
    units: f64,
    at: Instant,
}

impl TokenBucket {
    fn full(now: Instant) -> Self {
        Self {
            units: WRITE_UNITS_PER_SECOND,
            at: now,
        }
    }

    /// Takes units if there are any left. A call may overdraw the bucket, as at DynamoDB, or a large one would never pass.
    fn take(&mut self, units: f64, now: Instant) -> bool {
        let earned = now.duration_since(self.at).as_secs_f64() * WRITE_UNITS_PER_SECOND;
        self.units = (self.units + earned).min(WRITE_UNITS_PER_SECOND);
        self.at = now;
        if units > 0.0 && self.units <= 0.0 {
            return false;
        }
        self.units -= units;
        true
    }
}

/// The write units of a call, by the sizes of the items in its body. An update counts as a write of what it names.
fn write_units(call: &DynamoDbCall) -> f64 {
    if !call.is_write() {
        return 0.0;
    }
    let body: Json = serde_json::from_slice(&call.body).unwrap_or_default();
    match call.operation.as_str() {
        "BatchWriteItem" => {
            let tables = body["RequestItems"].as_object();
            let requests = tables
                .into_iter()
                .flat_map(|tables| tables.values())
                .filter_map(Json::as_array)
                .flatten();
            requests.map(|request| units_of(&request["PutRequest"])).sum()
        }
        "TransactWriteItems" => {
            let actions = body["TransactItems"].as_array().into_iter().flatten();
            let actions = actions.filter_map(|action| action.as_object()?.values().next());
            // A transaction writes twice: it prepares and commits.
            2.0 * actions.map(units_of).sum::<f64>()
        }
        _ => units_of(&body),
    }
}

/// The write units of one put, update or deletion: one for each KB that begins.
fn units_of(write: &Json) -> f64 {
    let bytes = item_bytes(&write["Item"]) + item_bytes(&write["ExpressionAttributeValues"]);
    bytes.div_ceil(1_024).max(1) as f64
}

/// The size of the attributes of an item: of their names and values.
fn item_bytes(item: &Json) -> usize {
    let attributes = item.as_object().into_iter().flatten();
    attributes
        .map(|(name, value)| name.len() + attribute_bytes(value))
        .sum()
}

fn attribute_bytes(attribute: &Json) -> usize {
    let Some((kind, value)) = attribute.as_object().and_then(|typed| typed.iter().next()) else {
        return 0;
    };
    match (kind.as_str(), value) {
        ("B", Json::String(text)) => BASE64_STANDARD
            .decode(text)
            .map_or(text.len(), |bytes| bytes.len()),
        // Two digits take a byte, and one is added.
        ("N", Json::String(digits)) => digits.len().div_ceil(2) + 1,
        ("L", Json::Array(values)) => {
            3 + values
                .iter()
                .map(|value| 1 + attribute_bytes(value))
                .sum::<usize>()
        }
        ("M", map) => 3 + item_bytes(map),
        (_, Json::String(text)) => text.len(),
        (_, Json::Array(texts)) => texts.iter().filter_map(Json::as_str).map(str::len).sum(),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn call(operation: &str, body: &Json) -> DynamoDbCall {
        DynamoDbCall {
            operation: operation.to_owned(),
            body: body.to_string().into(),
        }
    }

    #[test]
    fn units_follow_the_sizes_of_the_items() {
        let item = json!({ "pk": { "S": "x".repeat(1_500) }, "n": { "N": "12345" } });
        let put = json!({ "PutRequest": { "Item": item } });
        let deletion = json!({ "DeleteRequest": { "Key": { "pk": { "S": "x" } } } });
        let batch = json!({ "RequestItems": { "Knowledge": [put, put, deletion] } });
        let transaction = json!({ "TransactItems": [{ "Put": { "Item": item } }, { "Delete": {} }] });
        for (operation, body, units) in [
            ("PutItem", json!({ "Item": item }), 2.0),
            ("BatchWriteItem", batch, 5.0),
            ("TransactWriteItems", transaction, 6.0),
            ("UpdateItem", json!({}), 1.0),
            ("Query", json!({ "Item": item }), 0.0),
        ] {
            assert!(
                (write_units(&call(operation, &body)) - units).abs() < 1e-9,
                "{operation}"
            );
        }
        let binary = json!({ "B": BASE64_STANDARD.encode([0; 300]) });
        assert_eq!(attribute_bytes(&binary), 300);
        assert_eq!(
            attribute_bytes(&json!({ "L": [{ "S": "abc" }, { "BOOL": true }] })),
            9
        );
    }

    #[test]
    fn an_empty_bucket_throttles_writes_until_it_has_refilled() {
        let start = Instant::now();
        let mut bucket = TokenBucket::full(start);
        assert!(bucket.take(WRITE_UNITS_PER_SECOND + 400.0, start));
        assert!(!bucket.take(1.0, start) && bucket.take(0.0, start));
        assert!(!bucket.take(1.0, start + Duration::from_millis(99)));
        assert!(bucket.take(1.0, start + Duration::from_millis(101)));
    }

    #[test]
    fn all_words_differ_and_fill_the_text() {
        let text = distinct_words(MAX_TEXT_BYTES);
        let words: Vec<&str> = text.split(' ').collect();
        assert_eq!(words.iter().collect::<HashSet<_>>().len(), words.len());
        assert!(words.len() > 100_000);
        assert!((MAX_TEXT_BYTES - 20..=MAX_TEXT_BYTES).contains(&text.len()));
    }
}
