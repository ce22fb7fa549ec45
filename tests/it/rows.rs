//! Reading and writing DynamoDB rows directly, and comparing the rows of two libraries.

use std::{collections::BTreeMap, env};

use serde_json::{Value, json};

use crate::support::{Hub, OTHER_VERSION};

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

/// The rows of a library without its name, version numbers and times, so that libraries with the same documents are
/// equal. The row of the library itself counts changes, so only its totals are compared. Where two versions of the
/// functions write, the blanks around each chunk are removed: the versions differ in which chunk keeps them.
pub(crate) fn of_library(hub: &Hub, library: &str) -> BTreeMap<String, Value> {
    let prefix = format!("L#{library}");
    let two_versions = env::var_os(OTHER_VERSION).is_some();
    let mut content = BTreeMap::new();
    let rows = all(hub, "Knowledge");
    let versions: BTreeMap<String, String> = rows
        .iter()
        .filter(|row| text(row, "pk") == prefix && text(row, "sk") != "!")
        .filter_map(|row| {
            Some((
                text(row, "sk").replacen("D#", "", 1),
                row["live"]["N"].as_str()?.to_owned(),
            ))
        })
        .collect();
    for mut row in rows {
        let pk = text(&row, "pk");
        let Some(suffix) = pk
            .strip_prefix(&prefix)
            .filter(|suffix| suffix.is_empty() || suffix.starts_with('#'))
        else {
            continue;
        };
        let (suffix, mut sk) = (suffix.to_owned(), text(&row, "sk"));
        let fields = row.as_object_mut().unwrap();
        for volatile in ["pk", "sk", "updated_at", "live", "last_version", "version"] {
            fields.remove(volatile);
        }
        for (document, version) in &versions {
            if suffix == format!("#D#{document}") {
                sk = sk.replacen(&format!("{version}#"), "v#", 1);
            }
            sk = sk.replace(&format!("#{document}#{version}"), &format!("#{document}#v"));
        }
        if suffix.is_empty() && sk == "!" && fields.values().all(|total| total["N"] == "0") {
            continue;
        }
        if two_versions && fields.contains_key("from") {
            trim_chunk(&mut row);
        }
        content.insert(format!("{suffix} {sk}"), row);
    }
    content
}

/// Removes leading and trailing blanks of a chunk, and moves its offsets accordingly.
fn trim_chunk(chunk: &mut Value) {
    let untrimmed = text(chunk, "text");
    let number = |name: &str| chunk[name]["N"].as_str().unwrap().parse::<usize>().unwrap();
    let count = |text: &str| text.chars().count();
    let from = number("from") + count(&untrimmed) - count(untrimmed.trim_start());
    let to = number("to") - (count(&untrimmed) - count(untrimmed.trim_end()));
    chunk["from"] = json!({ "N": from.to_string() });
    chunk["to"] = json!({ "N": to.to_string() });
    chunk["text"] = json!({ "S": untrimmed.trim() });
}

/// A string attribute of a row; empty if there is none.
fn text(row: &Value, name: &str) -> String {
    row[name]["S"].as_str().unwrap_or_default().to_owned()
}
