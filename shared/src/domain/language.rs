//! Languages of documents.

use serde::{Deserialize, Serialize};

/// The language of a document, which decides on stems and stop words. In JSON it is its ISO 639-1 code.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Language {
    /// Arabic.
    #[serde(rename = "ar")]
    Arabic,
    /// Danish.
    #[serde(rename = "da")]
    Danish,
    /// Dutch.
    #[serde(rename = "nl")]
    Dutch,
    /// English, also for texts whose language cannot be told.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Finnish.
    #[serde(rename = "fi")]
    Finnish,
    /// French.
    #[serde(rename = "fr")]
    French,
    /// German.
    #[serde(rename = "de")]
    German,
    /// Greek.
    #[serde(rename = "el")]
    Greek,
    /// Hungarian.
    #[serde(rename = "hu")]
    Hungarian,
    /// Italian.
    #[serde(rename = "it")]
    Italian,
    /// Norwegian.
    #[serde(rename = "no")]
    Norwegian,
    /// A language without a stemmer, such as Polish: words are indexed as they are. In JSON `und`.
    #[serde(rename = "und")]
    Other,
    /// Portuguese.
    #[serde(rename = "pt")]
    Portuguese,
    /// Romanian.
    #[serde(rename = "ro")]
    Romanian,
    /// Russian.
    #[serde(rename = "ru")]
    Russian,
    /// Spanish.
    #[serde(rename = "es")]
    Spanish,
    /// Swedish.
    #[serde(rename = "sv")]
    Swedish,
    /// Tamil.
    #[serde(rename = "ta")]
    Tamil,
    /// Turkish.
    #[serde(rename = "tr")]
    Turkish,
}
