//! The values that are parsed by hand, described by the very bounds that they are parsed with.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::domain::{DocumentId, LibraryId, Model, NOT_BLANK, QueryId, Question, Rating, TopK};

/// Describes each of them where it stands: they are too small for a name of their own.
macro_rules! described {
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

described! {
    Question: { "type": "string", "minLength": 1, "maxLength": Question::MAX, "pattern": NOT_BLANK };
    Model: { "type": "string", "minLength": 1, "maxLength": Model::MAX, "pattern": NOT_BLANK };
    LibraryId: { "type": "string", "pattern": LibraryId::PATTERN };
    // The bound is in bytes, which JSON Schema cannot say: of text outside ASCII fewer characters fit.
    DocumentId: { "type": "string", "minLength": 1, "maxLength": DocumentId::MAX_BYTES, "pattern": DocumentId::PATTERN };
    QueryId: { "type": "string", "pattern": QueryId::PATTERN };
    TopK: { "type": "integer", "minimum": 1, "maximum": TopK::MAX };
    Rating: { "type": "integer", "minimum": Rating::MIN, "maximum": Rating::MAX };
}
