//! Events of an answer stream.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};

use super::{
    answer::Answer,
    claim::Claim,
    ids::QueryId,
    source::Source,
    stage::{Attempt, Stage},
    status::Status,
    usage::Usage,
};

/// An event of an answer stream. Every stream ends with exactly one of `completed`, `incomplete` and `failed`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "event", content = "data", rename_all = "snake_case")]
pub enum Event {
    /// The question was accepted.
    #[serde(rename = "query.created")]
    Created {
        /// Id of the question, a ULID.
        query_id: QueryId,
        /// When the question was asked.
        #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date-time")))]
        created_at: Timestamp,
    },
    /// A stage ended.
    Stage(Stage),
    /// The sources of the answer.
    Sources {
        /// The sources. Their numbers do not change.
        sources: Vec<Source>,
    },
    /// A call of a model provider ended, or was skipped.
    Attempt(Attempt),
    /// More text, to append to the answer so far.
    Delta {
        /// One verified sentence of a model with its markers, preceded by its separator from the sentence before; or the
        /// complete text of a quoted, judged or cached answer.
        text: String,
    },
    /// Discard the answer so far: another model starts over.
    Restart {},
    /// A claim of the text sent so far, with its citations.
    Claim(Claim),
    /// Cost of the answer.
    Usage(Usage),
    /// The complete answer.
    Completed(Box<Answer>),
    /// The answer ended before it was complete.
    Incomplete {
        /// Why the answer is incomplete.
        reason: String,
        /// The answer so far.
        answer: Box<Answer>,
    },
    /// The question failed without an answer.
    Failed {
        /// Problem details (RFC 9457).
        #[cfg_attr(feature = "openapi", schemars(extend("$ref" = "#/components/schemas/Problem")))]
        problem: Value,
    },
}

impl Event {
    /// Returns the final event of an answer that did not fail.
    pub fn final_event(answer: Answer) -> Self {
        let reason = match answer.status {
            Status::Partial => "the model broke off in the middle of its answer",
            Status::Cancelled => "the question was cancelled before its answer was complete",
            _ => return Self::Completed(Box::new(answer)),
        };
        Self::Incomplete {
            reason: reason.to_owned(),
            answer: Box::new(answer),
        }
    }
}

/// An encoded event, as sent and stored. Replaying it needs no knowledge of its kind, so any version of a function can
/// replay events that another one stored.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct EncodedEvent {
    /// Name of the event.
    #[serde(rename = "event")]
    pub name: String,
    /// Data of the event: JSON without line breaks.
    pub data: Box<RawValue>,
}

impl EncodedEvent {
    /// Whether this is the final event.
    pub fn is_last(&self) -> bool {
        matches!(self.name.as_str(), "completed" | "incomplete" | "failed")
    }
}

impl From<Event> for EncodedEvent {
    fn from(event: Event) -> Self {
        let json = serde_json::to_string(&event);
        // Every event serializes to an object with a name and data.
        json.and_then(|json| serde_json::from_str(&json))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoded_event_keeps_its_data_even_if_its_kind_is_unknown() {
        let encoded = EncodedEvent::from(Event::Delta {
            text: "One\nline".to_owned(),
        });
        assert_eq!(
            (encoded.name.as_str(), encoded.data.get()),
            ("delta", r#"{"text":"One\nline"}"#)
        );
        let later = r#"{"event":"later.kind","data":{"z":1,"a":[1.50]}}"#;
        let encoded: EncodedEvent = serde_json::from_str(later).unwrap();
        assert_eq!(serde_json::to_string(&encoded).unwrap(), later);
        assert!(!encoded.is_last());
    }
}
