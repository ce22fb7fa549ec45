//! Reading and writing DynamoDB rows directly.

use serde_json::{Value, json};

use crate::support::Hub;

/// Every row of a table, as DynamoDB JSON.
pub(crate) fn all(hub: &Hub, table: &str) -> Vec<Value> {
    let database = hub.cloud.database();
    let mut rows = Vec::new();
    let mut start_key = Value::Null;
    loop {
        let mut request = json!({ "TableName": table });
        if !start_key.is_null() {
            request["ExclusiveStartKey"] = start_key;
        }
        let response = database.scan(serde_json::from_value(request).unwrap()).unwrap();
        let response = serde_json::to_value(&response).unwrap();
        rows.extend(response["Items"].as_array().unwrap().iter().cloned());
        start_key = response["LastEvaluatedKey"].clone();
        if start_key.is_null() {
            return rows;
        }
    }
}

/// Writes a row, given as DynamoDB JSON, without going through a function.
pub(crate) fn put(hub: &Hub, table: &str, row: &Value) {
    let request = json!({ "TableName": table, "Item": row });
    let database = hub.cloud.database();
    database
        .put_item(serde_json::from_value(request).unwrap())
        .unwrap();
}

/// A string attribute of a row; empty if there is none.
pub(crate) fn text(row: &Value, name: &str) -> String {
    row[name]["S"].as_str().unwrap_or_default().to_owned()
}
