//! The bodies of the agents as JSON Schema, draft 2020-12 (<https://json-schema.org/draft/2020-12>).

use serde_json::{Value, json};

use super::{MAX_ANSWER, MAX_CLAIM, MAX_ENTITIES_TEXT, MAX_GIVEN, MAX_GIVEN_TEXT};
use crate::{
    agents::directory::Agent,
    domain::{Ask, LaneName, Question, TopK},
};

/// What this agent's body may hold.
pub(super) fn of(agent: Agent) -> Value {
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
                "evidence": list(text(MAX_GIVEN_TEXT)),
                "library": library(),
                "top_k": top_k(),
            }),
        ),
        Agent::Synthesis => object(
            &["query"],
            json!({
                "query": text(Question::MAX),
                "passages": list(passage()),
                "library": library(),
                "model": { "type": "string", "minLength": 1, "maxLength": 300, "default": "auto" },
                "max_tokens": { "type": "integer", "minimum": 1, "maximum": u32::MAX },
                "options": object(
                    &[],
                    json!({
                        "extractive": { "type": "boolean", "default": true },
                        "judge": { "type": "boolean", "default": false },
                    }),
                ),
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
    json!({ "type": "string", "minLength": 1, "maxLength": most, "pattern": "\\S" })
}

fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items, "minItems": 1, "maxItems": MAX_GIVEN })
}

fn passage() -> Value {
    let title = json!({ "type": "string", "minLength": 1, "maxLength": 1_000, "pattern": "\\S" });
    object(&["text"], json!({ "text": text(MAX_GIVEN_TEXT), "title": title }))
}

fn library() -> Value {
    json!({ "type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$", "default": "default" })
}

fn top_k() -> Value {
    json!({ "type": "integer", "minimum": 1, "maximum": TopK::MAX, "default": Ask::DEFAULT_TOP_K.get() })
}

fn lanes() -> Value {
    let names = LaneName::ALL.map(LaneName::as_str);
    json!({ "type": "array", "items": { "enum": names }, "minItems": 1, "default": names })
}
