//! Stream records of the embedded `DynamoDB` that no event source would deliver are dropped as they are written.
//!
//! The embedded database keeps every record for ever, and looks through all of them at each write and each poll. A table with
//! many rows, such as that of the index, would become slower with each of them.

use std::collections::BTreeMap;

use anyhow::Context;
use rusqlite::Connection;
use serde_json::Value as Json;

use crate::template::Trigger;

/// Keeps only the records that match a filter of their table's event sources.
pub(crate) fn keep_only_matching<'a>(
    sqlite: &str,
    triggers: impl Iterator<Item = &'a Trigger>,
) -> anyhow::Result<()> {
    let mut filters: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for trigger in triggers {
        let filters = filters.entry(&trigger.table).or_default();
        match trigger.patterns.as_slice() {
            [] => filters.push("1".to_owned()),
            patterns => filters.extend(
                patterns
                    .iter()
                    .map(|pattern| format!("({})", condition(pattern, &[]))),
            ),
        }
    }
    let connection = Connection::open(sqlite).context("the records of streams")?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    for (table, filters) in filters {
        let name = quoted(&format!("unmatched_{table}"), '"');
        let (table, filter) = (quoted(table, '\''), filters.join(" OR "));
        connection.execute_batch(&format!(
            "DROP TRIGGER IF EXISTS {name};
             CREATE TRIGGER {name} AFTER INSERT ON _stream_records
             WHEN new.table_name = {table} AND NOT coalesce({filter}, 0)
             BEGIN DELETE FROM _stream_records WHERE id = new.id; END;"
        ))?;
    }
    Ok(())
}

/// A filter pattern as a condition of SQL. A path that has no column matches.
fn condition(pattern: &Json, path: &[&str]) -> String {
    let conditions: Vec<String> = match pattern {
        Json::Object(parts) => parts
            .iter()
            .map(|(name, part)| condition(part, &[path, &[name.as_str()]].concat()))
            .collect(),
        Json::Array(values) => {
            let column = match path {
                ["eventName"] => Some("new.event_name".to_owned()),
                ["dynamodb", "NewImage", field @ ..] => Some(field_of("new_image", field)),
                ["dynamodb", "Keys", field @ ..] => Some(field_of("keys_json", field)),
                _ => None,
            };
            let values: Vec<String> = values
                .iter()
                .map(|value| quoted(value.as_str().unwrap_or_default(), '\''))
                .collect();
            column
                .map(|column| format!("{column} IN ({})", values.join(", ")))
                .into_iter()
                .collect()
        }
        _ => Vec::new(),
    };
    match conditions.as_slice() {
        [] => "1".to_owned(),
        all => all.join(" AND "),
    }
}

/// A field of a JSON column.
fn field_of(column: &str, field: &[&str]) -> String {
    let names = field.iter().map(|name| format!(".{}", quoted(name, '"')));
    let path = format!("${}", names.collect::<String>());
    format!("json_extract(new.{column}, {})", quoted(&path, '\''))
}

/// A text between these quotation marks.
fn quoted(text: &str, mark: char) -> String {
    let doubled = text.replace(mark, &format!("{mark}{mark}"));
    format!("{mark}{doubled}{mark}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pattern_is_a_condition() {
        let pattern = json!({
            "eventName": ["INSERT", "MODIFY"],
            "dynamodb": { "NewImage": { "status": { "S": ["it's"] } } },
            "userIdentity": ["any"],
        });
        assert_eq!(
            condition(&pattern, &[]),
            "new.event_name IN ('INSERT', 'MODIFY') AND json_extract(new.new_image, '$.\"status\".\"S\"') IN ('it''s') AND 1"
        );
    }
}
