//! JSON and JSON lines: each value with its path.

use std::fmt::Write as _;

use serde_json::{Deserializer, Value};

use crate::{
    Format, Original, Parsed, Problem,
    markdown::{Block, Markdown},
    text,
};

/// Parses JSON, or values that follow each other, such as JSON lines. Objects and arrays of the first level have headings.
/// Values are items with their path (`owner.name: Ada`); arrays of values, and objects of values in arrays, are one item.
/// Empty values are left out.
///
/// # Errors
/// [`Problem::Damaged`], [`Problem::TooLarge`] also for nesting deeper than 127, [`Problem::NoText`].
pub(crate) fn parse(original: &Original<'_>) -> Result<Parsed, Problem> {
    let text = text::decode(original)?;
    let mut markdown = Markdown::default();
    let mut stream = Deserializer::from_str(&text).into_iter::<Value>();
    let mut values = Vec::new();
    let mut end = 0;
    while let Some(value) = stream.next() {
        values.push((stream.byte_offset(), value.map_err(problem)?));
    }
    match values.as_slice() {
        [(_, value)] => write_document(value, &mut markdown)?,
        values => {
            let mut line = 1;
            for (next, value) in values {
                let rest = &text[end..*next];
                let blanks = &rest[..rest.len() - rest.trim_start().len()];
                markdown.block(&Block::Heading(
                    1,
                    format!("Line {}", line + blanks.matches('\n').count()),
                ))?;
                write(value, &mut String::new(), &mut markdown)?;
                line += rest.matches('\n').count();
                end = *next;
            }
        }
    }
    Ok(Parsed {
        title: text::file_name(original),
        ..markdown.finish(Format::Json.media_type())?
    })
}

pub(crate) fn problem(error: serde_json::Error) -> Problem {
    // The parser has no other sign for it.
    match error.to_string() {
        message if message.starts_with("recursion limit exceeded") => {
            Problem::too_large("its values are nested deeper than 127")
        }
        message => Problem::damaged(message),
    }
}

/// The only value of the file.
fn write_document(value: &Value, markdown: &mut Markdown) -> Result<(), Problem> {
    let mut path = String::new();
    for (name, value) in members(value) {
        push(&mut path, &name);
        if !is_line(value, &name) {
            markdown.block(&Block::Heading(1, path.clone()))?;
        }
        write(value, &mut path, markdown)?;
        path.clear();
    }
    match value {
        Value::Object(_) | Value::Array(_) => Ok(()),
        value => markdown.block(&Block::Paragraph(scalar(value).unwrap_or_default())),
    }
}

fn write(value: &Value, path: &mut String, markdown: &mut Markdown) -> Result<(), Problem> {
    if is_line(value, path) {
        return item(path, &line(value), markdown);
    }
    for (name, value) in members(value) {
        let length = path.len();
        push(path, &name);
        write(value, path, markdown)?;
        path.truncate(length);
    }
    Ok(())
}

fn item(path: &str, text: &str, markdown: &mut Markdown) -> Result<(), Problem> {
    if text.is_empty() {
        return Ok(());
    }
    let separator = if path.is_empty() { "" } else { ": " };
    markdown.block(&Block::Item {
        depth: 0,
        marker: "-".to_owned(),
        text: format!("{path}{separator}{text}"),
    })
}

/// Whether a value is written as one item: a scalar, an array of scalars, or an element of an array with scalars only.
fn is_line(value: &Value, path: &str) -> bool {
    let is_scalar = |value: &Value| !value.is_object() && !value.is_array();
    match value {
        Value::Array(values) => values.iter().all(is_scalar),
        Value::Object(members) => path.ends_with(']') && members.values().all(is_scalar),
        _ => true,
    }
}

fn line(value: &Value) -> String {
    match value {
        Value::Array(values) => values.iter().filter_map(scalar).collect::<Vec<_>>().join(", "),
        Value::Object(members) => {
            let members = members
                .iter()
                .filter_map(|(name, value)| Some(format!("{name}: {}", scalar(value)?)));
            members.collect::<Vec<_>>().join("; ")
        }
        value => scalar(value).unwrap_or_default(),
    }
}

/// The text of a scalar; `None` for null and blank strings.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        value => Some(value.to_string()),
    }
}

/// The members of an object, or the elements of an array with names such as `[0]`.
fn members(value: &Value) -> Box<dyn Iterator<Item = (String, &Value)> + '_> {
    match value {
        Value::Object(members) => Box::new(members.iter().map(|(name, value)| (name.clone(), value))),
        Value::Array(values) => {
            let named = values.iter().enumerate();
            Box::new(named.map(|(index, value)| (format!("[{index}]"), value)))
        }
        _ => Box::new(std::iter::empty()),
    }
}

fn push(path: &mut String, name: &str) {
    let separator = if path.is_empty() || name.starts_with('[') {
        ""
    } else {
        "."
    };
    // Writing to a string cannot fail.
    let _ = write!(path, "{separator}{name}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> Result<String, Problem> {
        let original = Original {
            bytes: json.as_bytes(),
            ..Original::default()
        };
        parse(&original).map(|parsed| parsed.text)
    }

    #[test]
    fn values_have_their_path() {
        let json = r#"{"name": "attest", "keywords": ["a", 1], "none": null, "owner": {"name": "Ada", "x": {}},
            "users": [{"id": 1, "ok": true}, {"id": 2, "tags": [{"a": ["b"]}]}]}"#;
        let expected = "- name: attest\n- keywords: a, 1\n\n# owner\n\n- owner.name: Ada\n\n# users\n\n\
            - users[0]: id: 1; ok: true\n- users[1].id: 2\n- users[1].tags[0].a: b";
        assert_eq!(text(json).unwrap(), expected);
        assert_eq!(text("\"tea\"").unwrap(), "tea");
    }

    #[test]
    fn lines_have_their_number() {
        let json = "{\"a\": 1, \"b\": {\"c\": 2}}\n\n{\"a\": 3}\n";
        assert_eq!(
            text(json).unwrap(),
            "# Line 1\n\n- a: 1\n- b.c: 2\n\n# Line 3\n\n- a: 3"
        );
    }

    #[test]
    fn faults_are_told() {
        assert!(matches!(text("{\"a\": 1"), Err(Problem::Damaged { .. })));
        assert!(matches!(
            text(&"[".repeat(100_000)),
            Err(Problem::TooLarge { .. })
        ));
        assert!(matches!(text("{}"), Err(Problem::NoText { .. })));
    }
}
