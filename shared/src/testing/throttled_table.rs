//! A table that takes so many write units a second, as DynamoDB counts them.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value as Json;

use super::fault_proxy::DynamoDbCall;

/// A table with a limit of write units.
#[derive(Debug)]
pub struct ThrottledTable {
    bucket: Mutex<TokenBucket>,
}

impl ThrottledTable {
    /// A table that has taken nothing in the last second.
    pub fn new(write_units_per_second: f64) -> Self {
        let bucket = TokenBucket {
            rate: write_units_per_second,
            units: write_units_per_second,
            at: Instant::now(),
            refused: 0,
        };
        Self {
            bucket: Mutex::new(bucket),
        }
    }

    /// A table of which others have used up what it takes in the next seconds.
    pub fn overdrawn(write_units_per_second: f64, seconds: f64) -> Self {
        let mut table = Self::new(write_units_per_second);
        let bucket = table.bucket.get_mut().unwrap_or_else(PoisonError::into_inner);
        bucket.units = -write_units_per_second * seconds;
        table
    }

    /// The number of calls that it has throttled.
    pub fn throttled(&self) -> u64 {
        self.bucket.lock().unwrap_or_else(PoisonError::into_inner).refused
    }

    /// Whether the table takes a call now; otherwise it throttles it. Reads are always taken.
    pub fn takes(&self, call: &DynamoDbCall) -> bool {
        let units = write_units(call);
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        bucket.take(units, Instant::now())
    }
}

/// Write units that are left: a second's worth at most.
#[derive(Debug)]
struct TokenBucket {
    /// Units a second.
    rate: f64,
    units: f64,
    at: Instant,
    refused: u64,
}

impl TokenBucket {
    /// Takes units if there are any left. A call may overdraw the bucket, as at DynamoDB, or a large one would never pass.
    fn take(&mut self, units: f64, now: Instant) -> bool {
        let earned = now.duration_since(self.at).as_secs_f64() * self.rate;
        self.units = (self.units + earned).min(self.rate);
        self.at = now;
        if units > 0.0 && self.units <= 0.0 {
            self.refused += 1;
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
    use std::time::Duration;

    use serde_json::json;

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
        let mut bucket = TokenBucket {
            rate: 4_000.0,
            units: 4_000.0,
            at: start,
            refused: 0,
        };
        assert!(bucket.take(4_400.0, start));
        assert!(!bucket.take(1.0, start) && bucket.take(0.0, start));
        assert!(!bucket.take(1.0, start + Duration::from_millis(99)));
        assert!(bucket.take(1.0, start + Duration::from_millis(101)));
    }
}
