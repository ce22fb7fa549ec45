//! The bodies of the agents as JSON Schema, draft 2020-12 (<https://json-schema.org/draft/2020-12>).

use serde_json::{Value, json};

use super::{MAX_ANSWER, MAX_CLAIM, MAX_ENTITIES_TEXT, MAX_GIVEN, MAX_GIVEN_TEXT};
use crate::{
    agents::directory::Agent,
    domain::{Ask, LaneName, LibraryId, Model, NOT_BLANK, Question, TopK},
    http::requests::documents::MAX_TITLE,
};

/// What this agent's body may hold.
pub(crate) fn of(agent: Agent) -> Value {
    match agent {
        Agent::Retrieval => object(
            &["query"],
            json!({ "query": text(Question::MAX), "library": library(), "top_k": top_k(), "lanes": lanes() }),
        ),
        Agent::Entities => object(&["text"], json!({ "text": text(MAX_ENTITIES_TEXT) })),
        Agent::FactCheck => object(
            &["claim"],
            json!({
                "claim": text(MAX_CLAIM),
                "evidence": or_null(list(text(MAX_GIVEN_TEXT))),
                "library": library(),
                "top_k": top_k(),
            }),
        ),
        Agent::Synthesis => object(
            &["query"],
            json!({
                "query": text(Question::MAX),
                "passages": or_null(list(passage())),
                "library": library(),
                "model": { "type": ["string", "null"], "minLength": 1, "maxLength": Model::MAX, "pattern": NOT_BLANK, "default": "auto" },
                "max_tokens": { "type": ["integer", "null"], "minimum": 1, "maximum": u32::MAX },
                "options": or_null(object(
                    &[],
                    json!({
                        "extractive": { "type": ["boolean", "null"], "default": true },
                        "judge": { "type": ["boolean", "null"], "default": false },
                        "restart": { "type": ["boolean", "null"], "default": false },
                    }),
                )),
            }),
        ),
        Agent::Citation => object(
            &["text", "sources"],
            json!({ "text": text(MAX_ANSWER), "sources": list(passage()) }),
        ),
    }
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// A length in JSON Schema counts code points, as ours do.
fn text(most: usize) -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": most, "pattern": NOT_BLANK })
}

fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items, "minItems": 1, "maxItems": MAX_GIVEN })
}

/// What may be left out may be null, too.
fn or_null(mut schema: Value) -> Value {
    schema["type"] = json!([schema["type"], "null"]);
    schema
}

fn passage() -> Value {
    let title =
        json!({ "type": ["string", "null"], "minLength": 1, "maxLength": MAX_TITLE, "pattern": NOT_BLANK });
    object(&["text"], json!({ "text": text(MAX_GIVEN_TEXT), "title": title }))
}

fn library() -> Value {
    json!({ "type": ["string", "null"], "pattern": LibraryId::PATTERN, "default": "default" })
}

fn top_k() -> Value {
    json!({ "type": ["integer", "null"], "minimum": 1, "maximum": TopK::MAX, "default": Ask::DEFAULT_TOP_K.get() })
}

fn lanes() -> Value {
    let names = LaneName::ALL.map(LaneName::as_str);
    json!({ "type": ["array", "null"], "items": { "enum": names }, "minItems": 1, "default": names })
}
