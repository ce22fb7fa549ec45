//! JSON Schemas of the bodies of agents, draft 2020-12 (<https://json-schema.org/draft/2020-12>).

use serde_json::{Value, json};

use super::limits::{MAX_CITATION_TEXT, MAX_CLAIM, MAX_ENTITIES_TEXT, MAX_SUPPLIED_TEXT, MAX_SUPPLIED_TEXTS};
use crate::{
    agents::directory::Agent,
    domain::{Ask, LaneName, LibraryId, MAX_TITLE, Model, NOT_BLANK, Question, TopK},
};

/// The JSON Schema of an agent's body.
pub(crate) fn agent_body(agent: Agent) -> Value {
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
                "evidence": nullable(list(text(MAX_SUPPLIED_TEXT))),
                "library": library(),
                "top_k": top_k(),
            }),
        ),
        Agent::Synthesis => object(
            &["query"],
            json!({
                "query": text(Question::MAX),
                "passages": nullable(list(passage())),
                "library": library(),
                "model": { "type": ["string", "null"], "minLength": 1, "maxLength": Model::MAX, "pattern": NOT_BLANK, "default": "auto" },
                "max_tokens": { "type": ["integer", "null"], "minimum": 1, "maximum": u32::MAX },
                "options": nullable(object(
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
            json!({ "text": text(MAX_CITATION_TEXT), "sources": list(passage()) }),
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

/// A text that is not blank. JSON Schema counts code points, as the parsers do.
fn text(max_length: usize) -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": max_length, "pattern": NOT_BLANK })
}

fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items, "minItems": 1, "maxItems": MAX_SUPPLIED_TEXTS })
}

/// The schema of an optional field: omitted and null mean the same.
fn nullable(mut schema: Value) -> Value {
    schema["type"] = json!([schema["type"], "null"]);
    schema
}

fn passage() -> Value {
    let title =
        json!({ "type": ["string", "null"], "minLength": 1, "maxLength": MAX_TITLE, "pattern": NOT_BLANK });
    object(
        &["text"],
        json!({ "text": text(MAX_SUPPLIED_TEXT), "title": title }),
    )
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
