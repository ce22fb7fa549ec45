//! Documents: what comes in, and what is kept.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{DocumentId, InvalidInput, LibraryId};

/// The longest text of one document, in bytes of UTF-8.
pub const MAX_TEXT_BYTES: usize = 1_000_000;

/// How the text of a document is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub enum ContentType {
    /// Plain text.
    #[serde(rename = "text/plain")]
    Plain,
    /// CommonMark.
    #[serde(rename = "text/markdown")]
    Markdown,
}

impl ContentType {
    /// Reads a media type; parameters such as `charset` are ignored.
    ///
    /// # Errors
    /// When documents of this type are not taken.
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
            _ => Err(InvalidInput::impossible(
                "",
                "must be `text/plain` or `text/markdown`",
            )),
        }
    }
}

/// The text of a document: not blank, at most [`MAX_TEXT_BYTES`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentText(String);

impl DocumentText {
    /// Takes the text as it is.
    ///
    /// # Errors
    /// When it is blank or too long.
    pub fn parse(text: String) -> Result<Self, InvalidInput> {
        if text.trim().is_empty() {
            return Err(InvalidInput::impossible("/text", "must not be empty or blank"));
        }
        if text.len() > MAX_TEXT_BYTES {
            let detail = format!("has {} bytes; at most {MAX_TEXT_BYTES} are taken", text.len());
            return Err(InvalidInput::impossible("/text", detail));
        }
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A document to be stored.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its name in the library.
    pub id: DocumentId,
    /// What it is called.
    pub title: String,
    /// Where it is from.
    pub url: Option<String>,
    /// What it says.
    pub text: DocumentText,
    /// How to read it.
    pub content_type: ContentType,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// The caller's own data; stored, not interpreted.
    pub metadata: serde_json::Map<String, serde_json::Value>,
}

impl Document {
    /// SHA-256 over everything the caller gave, in hexadecimal: equal content, equal hash.
    pub fn content_hash(&self) -> String {
        let content = serde_json::json!([
            self.title,
            self.url,
            self.text.as_str(),
            self.content_type,
            self.published_at,
            self.metadata
        ]);
        hex(&Sha256::digest(content.to_string()))
    }

    /// The name for a document that came without one: from its address if it has one, else from its text, so that
    /// sending it again means the same document.
    pub fn derive_id(url: Option<&str>, text: &str) -> DocumentId {
        let (kind, of) = url.map_or(("text", text), |url| ("url", url));
        let hash = hex(&Sha256::digest(of)[..12]);
        // A hash is always a valid name.
        DocumentId::parse(&format!("{kind}-{hash}")).unwrap_or_else(|_| unreachable!("hexadecimal is a name"))
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// What is known of a stored document besides its text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct DocumentHeader {
    /// Its name in the library.
    pub id: DocumentId,
    /// The version that is shown, from 1; a failed write leaves a gap.
    pub version: u64,
    /// What it is called.
    pub title: String,
    /// Where it is from.
    pub url: Option<String>,
    /// How its text is read.
    pub content_type: ContentType,
    /// When it was published.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<String>", extend("format" = "date-time")))]
    pub published_at: Option<Timestamp>,
    /// The caller's own data.
    pub metadata: serde_json::Map<String, serde_json::Value>,
    /// How many chunks its text has.
    pub chunks: u32,
    /// How many code points its text has.
    pub characters: usize,
    /// How many terms its chunks have together.
    pub terms: u64,
    /// SHA-256 of the content, hexadecimal.
    pub content_hash: String,
    /// When this version was stored.
    #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date-time")))]
    pub updated_at: Timestamp,
}

/// A stored document with its text, put together again from its chunks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct StoredDocument {
    /// Where it is kept.
    pub library: LibraryId,
    /// All but the text.
    #[serde(flatten)]
    pub header: DocumentHeader,
    /// The text exactly as it came; offsets of quotations count its code points.
    pub text: String,
}
