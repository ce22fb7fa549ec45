//! What DynamoDB refuses and the embedded one lets pass.

use std::collections::HashSet;

use serde_json::Value;

/// Attributes that are part of a key, of a table or an index.
const KEY_ATTRIBUTES: [&str; 4] = ["pk", "sk", "status_pk", "status_sk"];

/// Why DynamoDB would refuse a request; `None` if it would not.
pub(super) fn refusal(operation: &str, body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    match operation {
        "Query" => empty_condition(&body),
        "GetItem" | "UpdateItem" | "DeleteItem" => empty_key(&body["Key"]),
        "PutItem" => empty_key(&body["Item"]),
        "BatchGetItem" => in_batches(&body, |batch| {
            let keys = batch["Keys"].as_array().cloned().unwrap_or_default();
            keys.iter().find_map(empty_key).or_else(|| duplicate(&keys))
        }),
        "BatchWriteItem" => in_batches(&body, |batch| {
            let requests = batch.as_array().cloned().unwrap_or_default();
            let put = |request: &Value| request["PutRequest"].get("Item").cloned();
            let delete = |request: &Value| request["DeleteRequest"].get("Key").cloned();
            let rows = requests
                .iter()
                .filter_map(|request| put(request).or_else(|| delete(request)));
            let keys: Vec<Value> = rows.map(|row| key_of(&row)).collect();
            keys.iter().find_map(empty_key).or_else(|| duplicate(&keys))
        }),
        "TransactWriteItems" => body["TransactItems"].as_array()?.iter().find_map(|item| {
            let write = item.as_object()?.values().next()?;
            empty_key(write.get("Key").unwrap_or(&write["Item"]))
        }),
        _ => None,
    }
}

fn in_batches(body: &Value, check: impl Fn(&Value) -> Option<String>) -> Option<String> {
    body["RequestItems"].as_object()?.values().find_map(check)
}

fn key_of(row: &Value) -> Value {
    serde_json::json!({ "pk": row["pk"], "sk": row["sk"] })
}

fn empty_key(row: &Value) -> Option<String> {
    let name = KEY_ATTRIBUTES.iter().find(|name| row[**name]["S"] == "")?;
    Some(format!("an attribute of a key is empty: {name}"))
}

/// An empty value in the condition of a query: with equality, `BETWEEN` or `begins_with`.
fn empty_condition(body: &Value) -> Option<String> {
    let condition = body["KeyConditionExpression"].as_str()?;
    let words: HashSet<&str> = condition
        .split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, ':' | '_')))
        .collect();
    let values = body["ExpressionAttributeValues"].as_object()?;
    let (name, _) = values
        .iter()
        .find(|(name, value)| value["S"] == "" && words.contains(name.as_str()))?;
    Some(format!("a value of the key condition is empty: {name}"))
}

fn duplicate(keys: &[Value]) -> Option<String> {
    let mut seen = HashSet::new();
    let is_new = |key: &Value| seen.insert(key_of(key).to_string());
    (!keys.iter().all(is_new)).then(|| "the keys of the batch contain duplicates".to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn empty_and_duplicate_keys_are_refused() {
        let key = |pk: &str, sk: &str| json!({ "pk": { "S": pk }, "sk": { "S": sk } });
        let query = |condition: &str, value: &str| {
            let values = json!({ ":pk": { "S": "a" }, ":v": { "S": value }, ":w": { "S": "" } });
            json!({ "KeyConditionExpression": condition, "ExpressionAttributeValues": values })
        };
        let get = |keys: Value| json!({ "RequestItems": { "T": { "Keys": keys } } });
        let write = |key: Value| json!({ "DeleteRequest": { "Key": key } });
        let batch = |requests: Value| json!({ "RequestItems": { "T": requests } });
        for (operation, body, is_refused) in [
            ("Query", query("pk = :pk AND sk BETWEEN :v AND :pk", ""), true),
            ("Query", query("pk = :pk AND begins_with(sk, :v)", ""), true),
            ("Query", query("pk = :v", ""), true),
            ("Query", query("pk = :pk AND sk = :v", "x"), false),
            ("GetItem", json!({ "Key": key("a", "") }), true),
            ("GetItem", json!({ "Key": key("a", "b") }), false),
            (
                "PutItem",
                json!({ "Item": { "pk": { "S": "a" }, "status_pk": { "S": "" } } }),
                true,
            ),
            (
                "PutItem",
                json!({ "Item": { "pk": { "S": "a" }, "text": { "S": "" } } }),
                false,
            ),
            (
                "TransactWriteItems",
                json!({ "TransactItems": [{ "Put": { "Item": key("", "b") } }] }),
                true,
            ),
            (
                "TransactWriteItems",
                json!({ "TransactItems": [{ "Delete": { "Key": key("a", "b") } }] }),
                false,
            ),
            ("BatchGetItem", get(json!([key("a", "b"), key("a", "b")])), true),
            ("BatchGetItem", get(json!([key("a", "b"), key("a", "c")])), false),
            (
                "BatchWriteItem",
                batch(json!([write(key("a", "b")), write(key("a", "b"))])),
                true,
            ),
            (
                "BatchWriteItem",
                batch(json!([write(key("a", "b")), write(key("b", "b"))])),
                false,
            ),
        ] {
            let refusal = refusal(operation, body.to_string().as_bytes());
            assert_eq!(refusal.is_some(), is_refused, "{operation} {body}: {refusal:?}");
        }
    }
}
