//! The rows that a request leaves, without what differs between two runs: ids, times and numbers.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    rows::{self, text},
    support::Hub,
};

/// The rows that are new, changed or gone: kind and attributes, with their number; and the answers that usage counts.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Stored {
    rows: BTreeMap<String, i64>,
    counted: u64,
}

/// All rows, by table and key.
pub(super) type All = BTreeMap<(String, String, String), Value>;

impl Stored {
    /// Reads all rows.
    pub(super) fn all(hub: &Hub) -> All {
        let tables = ["Queries", "Knowledge", "Access"];
        let rows = tables.iter().flat_map(|table| {
            let rows = rows::all(hub, table).into_iter();
            rows.map(|row| (((*table).to_owned(), text(&row, "pk"), text(&row, "sk")), row))
        });
        rows.collect()
    }

    /// What is different now.
    pub(super) fn since(hub: &Hub, before: &All) -> Self {
        let now = Self::all(hub);
        let mut stored = Self::default();
        for (key, row) in &now {
            let old = before.get(key);
            if let Some(answers) = answers(&key.2, row) {
                let old = old.and_then(answers_of).unwrap_or(0);
                stored.counted += answers - old;
            } else if old != Some(row) {
                *stored.rows.entry(kind(key, row)).or_default() += 1;
            }
        }
        for (key, row) in before.iter().filter(|(key, _)| !now.contains_key(*key)) {
            *stored.rows.entry(kind(key, row)).or_default() -= 1;
        }
        // A stream writes its events once a second.
        if let Some(events) = stored.rows.get_mut("EVENTS") {
            *events = 1;
        }
        stored
    }

    pub(super) fn compared_with(&self, expected: &Self) -> String {
        let mut differences = Vec::new();
        for kind in self.rows.keys().chain(expected.rows.keys()) {
            let number = |stored: &Self| stored.rows.get(kind).copied().unwrap_or(0);
            let difference = format!("{kind} {:+}", number(self) - number(expected));
            if number(self) != number(expected) && !differences.contains(&difference) {
                differences.push(difference);
            }
        }
        let rows = match differences.is_empty() {
            true => "rows as without a fault".to_owned(),
            false => format!("rows: {}", differences.join(", ")),
        };
        match (self.counted, expected.counted) {
            (0, 0) => rows,
            (counted, _) => format!("{rows}, counted {counted}"),
        }
    }
}

/// The answers that a row of usage counts; `None` if it is another row.
fn answers(sk: &str, row: &Value) -> Option<u64> {
    sk.starts_with("USAGE#").then(|| answers_of(row).unwrap_or(0))
}

fn answers_of(row: &Value) -> Option<u64> {
    row["answers"]["N"].as_str()?.parse().ok()
}

/// The kind of a row, with its status.
fn kind((_, pk, sk): &(String, String, String), row: &Value) -> String {
    // `L#library#C#number` is a partition of a library.
    let mut pk = pk.split('#');
    let partition = pk.next().unwrap_or_default();
    let of_library = pk.nth(1).unwrap_or_default();
    let kind = match partition {
        "L" if of_library.is_empty() => sk.split('#').next().unwrap_or_default().to_owned(),
        "L" => {
            let is_part = of_library == "P" && sk != "!";
            format!("L#{of_library}{}", if is_part { " part" } else { "" })
        }
        "U" => {
            let parts: Vec<&str> = sk.split('#').collect();
            format!(
                "{}{}",
                parts[0],
                parts.get(2).map_or(String::new(), |part| format!("#{part}"))
            )
        }
        other => other.to_owned(),
    };
    match text(row, "status").as_str() {
        "" => kind,
        status => format!("{kind} {status}"),
    }
}
