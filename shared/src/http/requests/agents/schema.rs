//! JSON Schemas of the bodies of agents, draft 2020-12 (<https://json-schema.org/draft/2020-12>).

use serde_json::{Value, json};

use super::super::crawls::{
    DEFAULT_DELAY, DEFAULT_DEPTH, DEFAULT_PAGES, MAX_DELAY, MAX_DEPTH, MAX_PAGES, MAX_PATTERN, MAX_PATTERNS,
    MIN_DELAY,
};
use super::limits::{MAX_CITATION_TEXT, MAX_CLAIM, MAX_ENTITIES_TEXT, MAX_SUPPLIED_TEXT, MAX_SUPPLIED_TEXTS};
use crate::{
    agents::directory::Agent,
    domain::{Ask, LaneName, LibraryId, MAX_TITLE, MAX_URL, Model, NOT_BLANK, Question, TopK},
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
        Agent::Browser => object(&["url"], json!({ "url": url() })),
        Agent::Pdf => {
            let data = json!({ "type": "string", "minLength": 1, "contentEncoding": "base64" });
            let mut body = object(&[], json!({ "url": url(), "data": data }));
            body["oneOf"] = json!([{ "required": ["url"] }, { "required": ["data"] }]);
            body
        }
        Agent::Crawler => object(
            &["url"],
            json!({
                "url": url(),
                "library": library(),
                "include": patterns(),
                "exclude": patterns(),
                "max_pages": number(1, MAX_PAGES, DEFAULT_PAGES),
                "max_depth": number(0, MAX_DEPTH, DEFAULT_DEPTH),
                "delay_ms": number(MIN_DELAY, MAX_DELAY, DEFAULT_DELAY),
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

fn url() -> Value {
    json!({ "type": "string", "pattern": "^https?://", "maxLength": MAX_URL })
}

/// Patterns of paths: `*` stands for any characters but a slash, `**` for any.
fn patterns() -> Value {
    let pattern = json!({ "type": "string", "minLength": 1, "maxLength": MAX_PATTERN });
    json!({ "type": ["array", "null"], "items": pattern, "maxItems": MAX_PATTERNS })
}

fn number(minimum: u64, maximum: u64, default: u64) -> Value {
    json!({ "type": ["integer", "null"], "minimum": minimum, "maximum": maximum, "default": default })
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
    json!({ "type": ["array", "null"], "items": { "enum": names }, "minItems": 1, "default": LaneName::LIBRARY })
}
