//! Entities that a text names.

use serde::{Deserialize, Serialize};

/// An entity that a text names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Entity {
    /// The entity as written in the text.
    pub name: String,
    /// Kind of entity.
    pub kind: EntityKind,
}

/// Kind of an entity, determined by rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    /// Text in quotation marks or backticks.
    Quoted,
    /// A full or partial date.
    Date,
    /// A number, with its unit if it has one.
    Number,
    /// A proper name or acronym.
    Name,
    /// A technical identifier: `snake_case`, `camelCase`, dotted or with digits.
    Identifier,
}
