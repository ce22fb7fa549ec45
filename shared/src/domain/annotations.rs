//! Annotations: tags, notes and metadata that callers add to their answers.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{invalid::InvalidInput, text::not_blank_within};

/// Annotations of an answer. They are stored and returned, not interpreted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Annotations {
    /// Tags, each up to 64 code points; at most 50.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Free text.
    #[serde(default)]
    pub notes: Option<String>,
    /// Arbitrary JSON.
    #[serde(default)]
    pub metadata: Map<String, Value>,
}

impl Annotations {
    /// Maximum number of tags.
    pub const MAX_TAGS: usize = 50;
    /// Maximum length of a tag, in code points.
    pub const MAX_TAG_LENGTH: usize = 64;
    /// Maximum size of all annotations as JSON, in bytes: they share a row with the answer.
    pub const MAX_BYTES: usize = 16 * 1024;

    /// Parses annotations. Blank notes count as absent.
    ///
    /// # Errors
    /// All faults: tags that are blank, too long or too many, and more than [`Annotations::MAX_BYTES`].
    pub fn parse(
        tags: Vec<String>,
        notes: Option<String>,
        metadata: Map<String, Value>,
    ) -> Result<Self, InvalidInput> {
        let mut faults: Option<InvalidInput> = None;
        let mut fault = |pointer: String, detail: String| {
            let fault = InvalidInput::invalid_value(pointer, detail);
            faults = Some(match faults.take() {
                Some(faults) => faults.and(fault),
                None => fault,
            });
        };
        if tags.len() > Self::MAX_TAGS {
            fault(
                "/tags".to_owned(),
                format!("must have at most {} tags", Self::MAX_TAGS),
            );
        }
        for (place, tag) in tags.iter().enumerate() {
            if let Err(invalid) = not_blank_within(tag, Self::MAX_TAG_LENGTH) {
                let detail = invalid.errors.into_iter().map(|error| error.detail);
                fault(format!("/tags/{place}"), detail.collect());
            }
        }
        let notes = notes.filter(|notes| !notes.trim().is_empty());
        let annotations = Self {
            tags,
            notes,
            metadata,
        };
        let bytes = serde_json::to_string(&annotations).map_or(usize::MAX, |json| json.len());
        if bytes > Self::MAX_BYTES {
            let max = Self::MAX_BYTES;
            fault(
                String::new(),
                format!("has {bytes} bytes of JSON; at most {max} are taken"),
            );
        }
        faults.map_or(Ok(annotations), Err)
    }
}
