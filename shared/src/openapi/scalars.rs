//! JSON Schemas of scalar domain types, with the bounds that their parsers use.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::domain::{DocumentId, LibraryId, Model, NOT_BLANK, QueryId, Question, Rating, TopK};

/// Implements [`JsonSchema`] with inline schemas, which do not become named components.
macro_rules! inline_schemas {
    ($($type:ident: $schema:tt;)+) => {$(
        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )+};
}

inline_schemas! {
    Question: { "type": "string", "minLength": 1, "maxLength": Question::MAX, "pattern": NOT_BLANK };
    Model: { "type": "string", "minLength": 1, "maxLength": Model::MAX, "pattern": NOT_BLANK };
    LibraryId: { "type": "string", "pattern": LibraryId::PATTERN };
    // The limit is in bytes, which JSON Schema cannot express: fewer characters fit outside ASCII.
    DocumentId: { "type": "string", "minLength": 1, "maxLength": DocumentId::MAX_BYTES, "pattern": DocumentId::PATTERN };
    QueryId: { "type": "string", "pattern": QueryId::PATTERN };
    TopK: { "type": "integer", "minimum": 1, "maximum": TopK::MAX };
    Rating: { "type": "integer", "minimum": Rating::MIN, "maximum": Rating::MAX };
}
