//! What the server answers to a question: the fields of the response that are graded.

use serde::{
    Deserialize,
    de::{Deserializer, IgnoredAny},
};

use shared::agents::synthesis::EXTRACTIVE;

/// How sure the product is of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Certainty {
    /// Shown as an answer.
    Answer,
    /// Shown as the closest passage.
    Unsure,
    /// Declined.
    None,
}

impl Certainty {
    /// The name of the outcome for readers.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Unsure => "unsure",
            Self::None => "declined",
        }
    }
}

/// An answer, with its quotations resolved to documents.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reply {
    /// Empty if declined.
    pub(super) answer: String,
    pub(super) certainty: Certainty,
    /// The confidence in the answer, from 0 to 1.
    pub(super) confidence: f64,
    pub(super) quotations: Vec<Quotation>,
    /// The number of disagreements between sources that are shown.
    pub(super) disagreements: usize,
    pub(super) took_ms: f64,
    pub(super) writing: Writing,
}

/// Who wrote an answer, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Writing {
    /// Whether a model wrote the answer, or declined.
    pub(super) is_by_model: bool,
    /// Whether the last model that was called could finish.
    pub(super) is_in_time: bool,
    /// The number of claims.
    pub(super) claims: usize,
    /// The number of claims that quote a passage in place of a model's sentence.
    pub(super) repaired: usize,
    /// What all models wrote.
    pub(super) output_tokens: u64,
}

/// A quotation of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Quotation {
    pub(super) document: String,
    /// The quoted range of the document, in code points.
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Reply {
    /// Whether anything is shown as an answer or as the closest passage.
    pub(super) fn is_shown(&self) -> bool {
        self.certainty != Certainty::None
    }
}

impl<'de> Deserialize<'de> for Reply {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Response::deserialize(deserializer).map(Self::from)
    }
}

#[derive(Deserialize)]
struct Response {
    answer: String,
    /// Servers before this field only answer or decline.
    certainty: Option<Certainty>,
    abstained: Option<IgnoredAny>,
    confidence: Option<Confidence>,
    #[serde(default)]
    claims: Vec<Claim>,
    #[serde(default)]
    sources: Vec<Source>,
    #[serde(default)]
    disagreements: Vec<IgnoredAny>,
    took_ms: f64,
    provider: Option<String>,
    #[serde(default)]
    attempts: Vec<Attempt>,
    #[serde(default)]
    usage: Usage,
}

#[derive(Deserialize)]
struct Attempt {
    outcome: String,
}

#[derive(Default, Deserialize)]
struct Usage {
    output_tokens: u64,
}

#[derive(Deserialize)]
struct Confidence {
    answer: f64,
}

#[derive(Deserialize)]
struct Claim {
    #[serde(default)]
    repaired: bool,
    citations: Vec<Citation>,
}

#[derive(Deserialize)]
struct Citation {
    source: usize,
    quote_start: usize,
    quote_end: usize,
}

#[derive(Deserialize)]
struct Source {
    number: usize,
    document_id: String,
}

impl From<Response> for Reply {
    fn from(response: Response) -> Self {
        let declined = if response.abstained.is_some() {
            Certainty::None
        } else {
            Certainty::Answer
        };
        let document = |number: usize| {
            let source = response.sources.iter().find(|source| source.number == number)?;
            Some(source.document_id.clone())
        };
        let citations = response.claims.iter().flat_map(|claim| &claim.citations);
        let quotations = citations.filter_map(|citation| {
            Some(Quotation {
                document: document(citation.source)?,
                start: citation.quote_start,
                end: citation.quote_end,
            })
        });
        let by_model = |provider: &String| provider != EXTRACTIVE;
        let is_ok = |attempt: &Attempt| attempt.outcome == "ok";
        Self {
            writing: Writing {
                is_by_model: response.provider.as_ref().is_some_and(by_model),
                is_in_time: response.attempts.last().is_some_and(is_ok),
                claims: response.claims.len(),
                repaired: response.claims.iter().filter(|claim| claim.repaired).count(),
                output_tokens: response.usage.output_tokens,
            },
            quotations: quotations.collect(),
            certainty: response.certainty.unwrap_or(declined),
            confidence: response.confidence.map_or(0.0, |confidence| confidence.answer),
            disagreements: response.disagreements.len(),
            took_ms: response.took_ms,
            answer: response.answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reply(certainty: Option<&str>, abstained: Option<&str>) -> Reply {
        let mut response = json!({
            "answer": "It opens at 8. [2]",
            "abstained": abstained,
            "confidence": { "retrieval": 0.9, "answer": 0.8, "reasons": [] },
            "claims": [{ "citations": [{ "source": 2, "quote": "It opens at 8.", "quote_start": 5, "quote_end": 19 }] }],
            "sources": [{ "number": 1, "document_id": "a.md" }, { "number": 2, "document_id": "b.md" }],
            "disagreements": [{}],
            "took_ms": 12,
            "provider": "work",
            "attempts": [{ "outcome": "server_error" }, { "outcome": "ok" }],
            "usage": { "output_tokens": 9 },
        });
        if let Some(certainty) = certainty {
            response["certainty"] = certainty.into();
        }
        serde_json::from_value(response).unwrap()
    }

    #[test]
    fn quotations_name_the_document_of_their_source() {
        let quotation = Quotation {
            document: "b.md".to_owned(),
            start: 5,
            end: 19,
        };
        let reply = reply(None, None);
        assert_eq!(reply.quotations, [quotation]);
        assert_eq!(reply.disagreements, 1);
        let Writing {
            is_by_model,
            is_in_time,
            claims,
            repaired,
            output_tokens,
        } = reply.writing;
        assert!(is_by_model && is_in_time);
        assert_eq!((claims, repaired, output_tokens), (1, 0, 9));
    }

    #[test]
    fn without_a_certainty_the_reason_of_a_decline_decides() {
        assert_eq!(reply(None, None).certainty, Certainty::Answer);
        assert_eq!(reply(None, Some("no_sources")).certainty, Certainty::None);
        assert_eq!(reply(Some("unsure"), None).certainty, Certainty::Unsure);
        assert_eq!(reply(Some("none"), Some("no_sources")).certainty, Certainty::None);
    }
}
