//! The schemas of requests and responses, made from the types that are read and written.

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// Where OpenAPI keeps named schemas.
const PLACE: &str = "/components/schemas";

/// Collects the schemas that operations name.
pub(super) struct Schemas {
    read: SchemaGenerator,
    written: SchemaGenerator,
}

impl Schemas {
    pub(super) fn new() -> Self {
        let settings = || {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = PLACE.into();
                settings.meta_schema = None;
            })
        };
        Self {
            read: settings().for_deserialize().into_generator(),
            written: settings().for_serialize().into_generator(),
        }
    }

    /// What is taken as a `T`.
    pub(super) fn read<T: JsonSchema>(&mut self) -> Value {
        self.read.subschema_for::<T>().to_value()
    }

    /// What a `T` is shown as.
    pub(super) fn written<T: JsonSchema>(&mut self) -> Value {
        self.written.subschema_for::<T>().to_value()
    }

    /// All that were named, by their names.
    pub(super) fn named(mut self) -> Map<String, Value> {
        let mut named = self.read.take_definitions(true);
        named.append(&mut self.written.take_definitions(true));
        named.sort_keys();
        named
    }
}

/// A text of this kind.
pub(super) fn text(format: &str) -> Value {
    json!({ "type": "string", "format": format })
}

#[cfg(test)]
mod tests {
    use super::super::paths;
    use super::*;

    #[test]
    fn what_is_read_and_written_looks_the_same_both_ways() {
        let mut schemas = Schemas::new();
        paths(&mut schemas);
        let (read, written) = (schemas.read.definitions(), schemas.written.definitions());
        for (name, schema) in read {
            assert!(
                written.get(name).is_none_or(|other| other == schema),
                "{name} needs two names"
            );
        }
        assert!(!read.is_empty() && !written.is_empty());
    }
}
