//! JSON helpers that the protocols share.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    error_body::{ErrorBody, normalized_code},
    finish::finish_reason,
    reply::{ReplyError, ReplyEvent, Vectors},
};
use crate::domain::{Prompt, Tokens};

/// Parses JSON. The parser limits nesting to 128 levels.
pub(super) fn json<T: DeserializeOwned>(body: &[u8], expected: &'static str) -> Result<T, ReplyError> {
    serde_json::from_slice(body).map_err(|_| ReplyError::Malformed(expected))
}

/// Parses the declared fields of a JSON object. Rejects a list, which serde would accept for a struct.
pub(super) fn fields<T: DeserializeOwned>(body: &[u8], expected: &'static str) -> Result<T, ReplyError> {
    if body.trim_ascii_start().starts_with(b"{") {
        json(body, expected)
    } else {
        Err(ReplyError::Malformed(expected))
    }
}

/// Parses a JSON object. Missing fields index as null.
pub(super) fn object(body: &[u8], expected: &'static str) -> Result<Value, ReplyError> {
    json(body, expected).and_then(|value: Value| {
        if value.is_object() {
            Ok(value)
        } else {
            Err(ReplyError::Malformed(expected))
        }
    })
}

/// Appends a text event unless the text is empty.
pub(super) fn push_text(text: &Value, events: &mut Vec<ReplyEvent>) {
    if let Some(text) = text.as_str().filter(|text| !text.is_empty()) {
        events.push(ReplyEvent::Text(text.to_owned()));
    }
}

/// Appends the size of a thought, if the reply has one.
pub(super) fn push_thought(text: &Value, events: &mut Vec<ReplyEvent>) {
    if let Some(text) = text.as_str().filter(|text| !text.is_empty()) {
        events.push(ReplyEvent::Thought(text.len()));
    }
}

/// Appends the token counts, each the sum of its fields. A missing field counts as 0. If all are missing or one is
/// malformed, appends nothing: a wrong count must not fail a good answer.
pub(super) fn push_tokens(input: &[&Value], output: &[&Value], events: &mut Vec<ReplyEvent>) {
    if input.iter().chain(output).all(|count| count.is_null()) {
        return;
    }
    if let (Some(input), Some(output)) = (sum(input), sum(output)) {
        events.push(ReplyEvent::Tokens(Tokens { input, output }));
    }
}

fn sum(counts: &[&Value]) -> Option<u64> {
    counts
        .iter()
        .filter(|count| !count.is_null())
        .try_fold(0, |sum, value| Some(sum + count(value)?))
}

/// Returns a token count; `None` above `u32::MAX`, so that sums cannot overflow.
pub(super) fn count(value: &Value) -> Option<u64> {
    value.as_u64().filter(|count| *count <= u64::from(u32::MAX))
}

/// Appends the finish reason; a missing or empty one means that the generation goes on.
pub(super) fn push_finish(reason: &Value, events: &mut Vec<ReplyEvent>) -> Result<(), ReplyError> {
    if let Some(reason) = reason.as_str().filter(|reason| !reason.is_empty()) {
        events.push(ReplyEvent::Finish(
            finish_reason(reason).ok_or_else(|| unusable(reason))?,
        ));
    }
    Ok(())
}

/// Returns vectors that can be compared: at least one, all of the same length, all finite.
pub(super) fn vectors(vectors: Vec<Vec<f32>>, tokens: &Value) -> Result<Vectors, ReplyError> {
    let dimensions = vectors.first().map_or(0, Vec::len);
    let is_comparable =
        |vector: &Vec<f32>| vector.len() == dimensions && vector.iter().all(|number| number.is_finite());
    if dimensions == 0 || !vectors.iter().all(is_comparable) {
        return Err(ReplyError::Malformed("a list of vectors"));
    }
    Ok(Vectors {
        vectors,
        tokens: count(tokens),
    })
}

/// Returns the names in a list of objects; skips objects without a name.
pub(super) fn names(list: &Value, field: &str) -> Result<Vec<String>, ReplyError> {
    let list = list.as_array().ok_or(ReplyError::Malformed("a list of models"))?;
    Ok(list
        .iter()
        .filter_map(|model| model[field].as_str())
        .map(str::to_owned)
        .collect())
}

/// Returns the prompt's temperature, at most `max`, without the digits that widening an `f32` adds.
pub(super) fn temperature(prompt: &Prompt, max: f32) -> f64 {
    (f64::from(prompt.temperature.min(max)) * 1000.0).round() / 1000.0
}

/// Returns the error of a finish reason that means no usable answer.
fn unusable(reason: &str) -> ReplyError {
    ReplyError::InBand(ErrorBody {
        code: normalized_code(reason),
        ..ErrorBody::default()
    })
}
