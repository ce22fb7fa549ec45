//! JSON Schemas of requests and responses, generated from their Rust types.

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// Where an OpenAPI document has its named schemas.
const DEFINITIONS: &str = "/components/schemas";

/// Collects the schemas that operations refer to.
pub(super) struct Schemas {
    pub(super) requests: SchemaGenerator,
    pub(super) responses: SchemaGenerator,
}

impl Schemas {
    /// An empty collection.
    pub(super) fn new() -> Self {
        let settings = || {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = DEFINITIONS.into();
                settings.meta_schema = None;
            })
        };
        Self {
            requests: settings().for_deserialize().into_generator(),
            responses: settings().for_serialize().into_generator(),
        }
    }

    /// The schema of a `T` in requests.
    pub(super) fn request<T: JsonSchema>(&mut self) -> Value {
        self.requests.subschema_for::<T>().to_value()
    }

    /// The schema of a `T` in responses.
    pub(super) fn response<T: JsonSchema>(&mut self) -> Value {
        self.responses.subschema_for::<T>().to_value()
    }

    /// The named schemas, sorted by name.
    pub(super) fn named(mut self) -> Map<String, Value> {
        let mut named = self.requests.take_definitions(true);
        named.append(&mut self.responses.take_definitions(true));
        named.sort_keys();
        named
    }
}

/// The schema of a string with a format, such as `date-time`.
pub(super) fn text(format: &str) -> Value {
    json!({ "type": "string", "format": format })
}
