//! What callers add to an answer of theirs.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::InvalidInput;

/// A caller's own words about an answer; stored and shown, not interpreted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Annotations {
    /// Short words to find it by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Free text.
    #[serde(default)]
    pub notes: Option<String>,
    /// Anything else.
    #[serde(default)]
    pub metadata: Map<String, Value>,
}

impl Annotations {
    /// The most tags.
    pub const MAX_TAGS: usize = 50;
    /// The longest of them, in code points.
    pub const MAX_TAG: usize = 64;
    /// The most bytes of all of them together, as JSON: they share a row with the answer.
    pub const MAX_BYTES: usize = 16 * 1024;

    /// Takes them as they are, but for blank notes, which are none.
    ///
    /// # Errors
    /// Every fault: tags that are blank, too long or too many, and more bytes than are taken.
    pub fn parse(
        tags: Vec<String>,
        notes: Option<String>,
        metadata: Map<String, Value>,
    ) -> Result<Self, InvalidInput> {
        let mut faults: Option<InvalidInput> = None;
        let mut fault = |pointer: String, detail: String| {
            let fault = InvalidInput::impossible(pointer, detail);
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
            if let Err(invalid) = super::not_blank_within(tag, Self::MAX_TAG) {
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
            let most = Self::MAX_BYTES;
            fault(
                String::new(),
                format!("has {bytes} bytes of JSON; at most {most} are taken"),
            );
        }
        faults.map_or(Ok(annotations), Err)
    }
}
