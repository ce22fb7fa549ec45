//! Takes the answer out of a JSON object, which some models write around it: `{"answer": ".."}`, fenced or not.

use serde_json::{Map, Value};

use super::part::{Part, append};

const FENCE: &str = "```";

/// Words in the names of fields that hold thoughts.
const THOUGHTS: [&str; 4] = ["think", "thought", "reason", "analysis"];
/// Names of fields that hold the answer.
const ANSWERS: [&str; 7] = [
    "answer",
    "final_answer",
    "response",
    "text",
    "content",
    "output",
    "message",
];

/// Passes text on unless it starts as a JSON object; then it waits for the end.
#[derive(Debug, Default)]
pub(super) struct Envelope {
    held: String,
    is_open: bool,
}

impl Envelope {
    /// Returns the parts that are known to belong to the answer.
    pub(super) fn push(&mut self, parts: Vec<Part>) -> Vec<Part> {
        let mut passed = Vec::new();
        for part in parts {
            match part {
                Part::Text(text) if self.is_open => append(&mut passed, &text),
                Part::Text(text) => {
                    self.held.push_str(&text);
                    if !may_be_object(&self.held) {
                        self.is_open = true;
                        append(&mut passed, &std::mem::take(&mut self.held));
                    }
                }
                Part::Retract => {
                    *self = Self::default();
                    passed.push(Part::Retract);
                }
            }
        }
        passed
    }

    /// Returns the rest of the answer.
    pub(super) fn end(&mut self, parts: Vec<Part>) -> Vec<Part> {
        let mut passed = self.push(parts);
        let held = std::mem::take(&mut self.held);
        append(&mut passed, &unwrap(&held).unwrap_or(held));
        passed
    }
}

/// Returns the content of a fence around the whole text, or the text.
pub(in crate::llm) fn without_fence(text: &str) -> &str {
    let text = text.trim();
    let Some((_, content)) = text.strip_prefix(FENCE).and_then(|rest| rest.split_once('\n')) else {
        return text;
    };
    content.trim_end().trim_end_matches('`').trim()
}

/// Whether the text, or its start, could be a JSON object with fields.
fn may_be_object(text: &str) -> bool {
    let object = if FENCE.starts_with(text) {
        ""
    } else if let Some(fenced) = text.strip_prefix(FENCE) {
        fenced.split_once('\n').map_or("", |(_, content)| content)
    } else {
        text
    };
    let Some(fields) = object.trim_start().strip_prefix('{') else {
        return object.trim_start().is_empty();
    };
    matches!(fields.trim_start().chars().next(), None | Some('"'))
}

/// Returns the answer in a JSON object. One that was cut off is completed.
fn unwrap(text: &str) -> Option<String> {
    let text = without_fence(text);
    let parse = |text: &str| serde_json::from_str::<Map<String, Value>>(text).ok();
    let object = parse(text).or_else(|| parse(&format!("{text}\"}}")))?;
    answer(&object)
}

/// Returns the field that holds the answer: one with its name, otherwise the only one with text.
fn answer(object: &Map<String, Value>) -> Option<String> {
    if let (1, Some(Value::Object(inner))) = (object.len(), object.values().next()) {
        return answer(inner);
    }
    let texts: Vec<(String, &str)> = object
        .iter()
        .filter_map(|(name, value)| Some((name.to_lowercase(), value.as_str()?)))
        .filter(|(name, _)| !THOUGHTS.iter().any(|thought| name.contains(thought)))
        .collect();
    let named = texts.iter().find(|(name, _)| ANSWERS.contains(&name.as_str()));
    let found = match (named, texts.as_slice()) {
        (Some(named), _) => named,
        (None, [only]) => only,
        _ => return None,
    };
    Some(found.1.to_owned())
}
