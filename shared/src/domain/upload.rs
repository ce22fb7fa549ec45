//! Uploads: documents as they are sent, as a text, a file or an address.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{
    document::{Document, hex},
    ids::DocumentId,
};

/// A document as it is sent. Serialized for rows of documents that wait.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Upload {
    /// A text.
    Document(Box<Document>),
    /// A file, which has to be parsed.
    File(Box<FileUpload>),
    /// An address, which has to be fetched.
    Address(Box<AddressUpload>),
}

impl Upload {
    /// Id of the document in its library.
    pub fn id(&self) -> &DocumentId {
        match self {
            Self::Document(document) => &document.id,
            Self::File(file) => &file.id,
            Self::Address(address) => &address.id,
        }
    }

    /// The hash of what was sent, in hexadecimal. That of a file or an address is not that of the document that it becomes.
    pub fn content_hash(&self) -> String {
        match self {
            Self::Document(document) => document.content_hash(),
            Self::File(file) => hex(&Sha256::digest(&file.bytes)),
            Self::Address(address) => hex(&Sha256::digest(&address.url)),
        }
    }
}

/// A file. What the sender does not state comes from the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileUpload {
    /// Id of the document in its library.
    pub id: DocumentId,
    /// Title.
    pub title: Option<String>,
    /// URL of the original.
    pub url: Option<String>,
    /// When the document was published.
    pub published_at: Option<Timestamp>,
    /// Arbitrary JSON of the caller.
    pub metadata: Map<String, Value>,
    /// The content.
    #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
    pub bytes: Vec<u8>,
    /// Media type as stated, with parameters such as `charset`.
    pub media_type: Option<String>,
    /// Name of the file.
    pub name: Option<String>,
}

impl FileUpload {
    /// Derives an id for a file without one: from its URL if it has one, otherwise from its content.
    pub fn derive_id(url: Option<&str>, bytes: &[u8]) -> DocumentId {
        match url {
            Some(url) => Document::derive_id(Some(url), ""),
            None => Document::derive_id(None, &hex(&Sha256::digest(bytes))),
        }
    }
}

/// An address of the web. What the sender does not state comes from the file there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AddressUpload {
    /// Id of the document in its library.
    pub id: DocumentId,
    /// Title.
    pub title: Option<String>,
    /// The address.
    pub url: String,
    /// When the document was published.
    pub published_at: Option<Timestamp>,
    /// Arbitrary JSON of the caller.
    pub metadata: Map<String, Value>,
}

impl AddressUpload {
    /// An address of which the sender states nothing. Its id follows from the address.
    pub fn new(url: String) -> Self {
        Self {
            id: Document::derive_id(Some(&url), ""),
            title: None,
            url,
            published_at: None,
            metadata: Map::new(),
        }
    }
}

fn to_base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&BASE64_STANDARD.encode(bytes))
}

fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    BASE64_STANDARD.decode(text).map_err(de::Error::custom)
}
