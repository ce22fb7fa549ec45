//! Documents, as ingested and as stored.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    front_matter::FrontMatter,
    ids::{DocumentId, LibraryId},
    invalid::InvalidInput,
    location::Location,
    text::without_byte_order_mark,
};

/// Maximum length of a document's text, in bytes of UTF-8.
pub const MAX_TEXT_BYTES: usize = 1_000_000;

/// The longest title, in code points.
pub const MAX_TITLE: usize = 1_000;
/// The longest URL, in code points.
pub const MAX_URL: usize = 2_000;

/// Media type of a document's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub enum ContentType {
    /// Plain text.
    #[serde(rename = "text/plain")]
    Plain,
    /// Markdown (CommonMark).
    #[serde(rename = "text/markdown")]
    Markdown,
}

impl ContentType {
    /// Parses a media type. Parameters such as `charset` are ignored.
    ///
    /// # Errors
    /// If the type is not supported.
    pub fn parse(media_type: &str) -> Result<Self, InvalidInput> {
        match media_type
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
            .as_str()
        {
            "text/plain" => Ok(Self::Plain),
            "text/markdown" => Ok(Self::Markdown),
            _ => Err(InvalidInput::invalid_value(
                "",
                "must be `text/plain` or `text/markdown`",
            )),
        }
    }
}

/// Text of a document: not blank, at most [`MAX_TEXT_BYTES`]. Serialized for rows, without another check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DocumentText(String);

impl DocumentText {
    /// Parses a text. It is kept as is, but for byte order marks at its start.
    ///
    /// # Errors
    /// If it is blank or too long.
    pub fn parse(mut text: String) -> Result<Self, InvalidInput> {
        let marks = text.len() - without_byte_order_mark(&text).len();
        text.drain(..marks);
        if text.trim().is_empty() {
            return Err(InvalidInput::invalid_value("/text", "must not be empty or blank"));
        }
        if text.len() > MAX_TEXT_BYTES {
            let detail = format!("has {} bytes; at most {MAX_TEXT_BYTES} are taken", text.len());
            return Err(InvalidInput::invalid_value("/text", detail));
        }
        Ok(Self(text))
    }

    /// Cuts off the front matter of a Markdown text. A text that is nothing else keeps it.
    pub fn split_front_matter(mut self) -> (FrontMatter, Self) {
        let (front_matter, rest) = FrontMatter::split(&self.0);
        let cut = self.0.len() - rest.len();
        self.0.drain(..cut);
        (front_matter, self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// A document to ingest. Serialized for rows of documents that wait.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Id of the document in its library.
    pub id: DocumentId,
    /// Title.
    pub title: String,
    /// URL of the original.
    pub url: Option<String>,
    /// Text.
    pub text: DocumentText,
    /// Media type of the text.
    pub content_type: ContentType,
    /// When the document was published.
    pub published_at: Option<Timestamp>,
    /// Arbitrary JSON of the caller and fields of the front matter; stored, not interpreted.
    pub metadata: serde_json::Map<String, serde_json::Value>,
    /// The file that the text was parsed from, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Where parts of the text come from in that file, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locations: Vec<Location>,
}

/// The file that a text was parsed from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Origin {
    /// Media type of the file.
    pub media_type: String,
    /// Size of the file, in bytes.
    pub bytes: u64,
    /// Name of the file, as sent.
    pub name: Option<String>,
    /// When the file was fetched from its URL; null if it was sent.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<String>", extend("format" = "date-time")))]
    pub fetched_at: Option<Timestamp>,
    /// What was left out, in English, such as pages without text.
    pub notes: Vec<String>,
}

impl Document {
    /// Computes the SHA-256 hash of everything that is stored of it, in hexadecimal.
    pub fn content_hash(&self) -> String {
        let mut content = serde_json::json!([
            self.title,
            self.url,
            self.text.as_str(),
            self.content_type,
            self.published_at,
            self.metadata
        ]);
        // When the file was fetched is not content. A text that was sent has the hash of earlier releases.
        if let (Some(origin), Some(content)) = (&self.origin, content.as_array_mut()) {
            content.push(serde_json::json!([
                origin.media_type,
                origin.notes,
                self.locations
            ]));
        }
        hex(&Sha256::digest(content.to_string()))
    }

    /// Derives an id for a document without one: from its URL if it has one, otherwise from its text. Ingesting the same
    /// document again therefore yields the same id.
    pub fn derive_id(url: Option<&str>, text: &str) -> DocumentId {
        let (kind, input) = url.map_or(("text", text), |url| ("url", url));
        let hash = hex(&Sha256::digest(input)[..12]);
        // A hash is always a valid id.
        DocumentId::parse(&format!("{kind}-{hash}"))
            .unwrap_or_else(|_| unreachable!("hexadecimal is a valid id"))
    }
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// A stored document without its text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct DocumentHeader {
    /// Id of the document in its library.
    pub id: DocumentId,
    /// Current version, from 1. Failed writes leave gaps in the numbering.
    pub version: u64,
    /// Title.
    pub title: String,
    /// URL of the original.
    pub url: Option<String>,
    /// Media type of the text.
    pub content_type: ContentType,
    /// When the document was published.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<String>", extend("format" = "date-time")))]
    pub published_at: Option<Timestamp>,
    /// Arbitrary JSON of the caller, and fields of the front matter.
    pub metadata: serde_json::Map<String, serde_json::Value>,
    /// Number of chunks.
    pub chunks: u32,
    /// The file that the text was parsed from; null if the text was sent.
    #[serde(default)]
    pub origin: Option<Origin>,
    /// Length of the text, in code points.
    pub characters: usize,
    /// Number of terms in all chunks together.
    pub terms: u64,
    /// SHA-256 hash of the content, in hexadecimal.
    pub content_hash: String,
    /// When this version was stored, or accepted to be stored later.
    #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date-time")))]
    pub updated_at: Timestamp,
}

/// A stored document with its text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct StoredDocument {
    /// Library of the document.
    pub library: LibraryId,
    /// Everything but the text.
    #[serde(flatten)]
    pub header: DocumentHeader,
    /// The text exactly as ingested, without front matter and byte order mark. Offsets of quotations count its code points.
    pub text: String,
}
