//! What happens while an answer is made, as streams tell it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};

use super::{Answer, Attempt, Claim, QueryId, Source, Stage, Status, Usage};

/// One step of an answer. The last one is `Completed`, `Incomplete` or `Failed`, and there is one of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "event", content = "data", rename_all = "snake_case")]
pub enum Event {
    /// The question was accepted.
    #[serde(rename = "query.created")]
    Created {
        /// Its id.
        query_id: QueryId,
        /// When.
        #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date-time")))]
        created_at: Timestamp,
    },
    /// A step of the work has ended.
    Stage(Stage),
    /// What the answer will rest on.
    Sources {
        /// Numbered for good.
        sources: Vec<Source>,
    },
    /// A call of a model provider has ended, or was not made.
    Attempt(Attempt),
    /// More of the answer, to be put behind what came before.
    Delta {
        /// A sentence with its markers, and what parts it from the one before.
        text: String,
    },
    /// What came before of the answer is void.
    Restart {},
    /// The proof of the sentence that came last.
    Claim(Claim),
    /// What it cost.
    Usage(Usage),
    /// The whole answer.
    Completed(Box<Answer>),
    /// It ended before it was whole.
    Incomplete {
        /// Why.
        reason: String,
        /// As far as it came.
        answer: Box<Answer>,
    },
    /// There is no answer.
    Failed {
        /// Why, as RFC 9457 has it.
        #[cfg_attr(feature = "openapi", schemars(extend("$ref" = "#/components/schemas/Problem")))]
        problem: Value,
    },
}

impl Event {
    /// The last event of an answer that has ended and did not fail.
    pub fn end_of(answer: Answer) -> Self {
        let reason = match answer.status {
            Status::Partial => "the model broke off in the middle of its answer",
            Status::Cancelled => "the caller left before it was whole",
            _ => return Self::Completed(Box::new(answer)),
        };
        Self::Incomplete {
            reason: reason.to_owned(),
            answer: Box::new(answer),
        }
    }
}

/// An event as it is told and kept. What is kept is told again by functions of any version, whatever they know of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct EncodedEvent {
    /// Its name.
    #[serde(rename = "event")]
    pub name: String,
    /// What there is to tell: JSON without line breaks.
    pub data: Box<RawValue>,
}

impl EncodedEvent {
    /// Whether nothing follows.
    pub fn is_last(&self) -> bool {
        matches!(self.name.as_str(), "completed" | "incomplete" | "failed")
    }
}

impl From<Event> for EncodedEvent {
    fn from(event: Event) -> Self {
        let written = serde_json::to_string(&event);
        // Every event can be written, and has a name and data.
        written
            .and_then(|json| serde_json::from_str(&json))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_told_as_it_is_written_and_one_of_another_version_as_it_was() {
        let told = EncodedEvent::from(Event::Delta {
            text: "One\nline".to_owned(),
        });
        assert_eq!(
            (told.name.as_str(), told.data.get()),
            ("delta", r#"{"text":"One\nline"}"#)
        );
        let later = r#"{"event":"later.kind","data":{"z":1,"a":[1.50]}}"#;
        let told: EncodedEvent = serde_json::from_str(later).unwrap();
        assert_eq!(serde_json::to_string(&told).unwrap(), later);
        assert!(!told.is_last());
    }
}
