//! Fields of one document in a request, parsed to an [`Upload`].

use base64::{Engine as _, prelude::BASE64_STANDARD};
use deserr::Deserr;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::super::faults::{at, collect, or_invalid};
use crate::domain::{
    AddressUpload, ContentType, Document, DocumentId, DocumentText, FileUpload, FrontMatter, InvalidInput,
    MAX_METADATA_BYTES, MAX_TITLE, MAX_URL, Upload, code_points, complete_metadata, not_blank_within,
};

/// The longest name or media type of a file, in bytes.
const MAX_NAME: usize = 500;

/// One document of a batch.
// Only the types are checked here; `parse` checks the values, so that an invalid document does not fail the batch.
#[derive(Debug, Default, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "NewDocument", deny_unknown_fields)
)]
pub(crate) struct DocumentFields {
    /// Your id for the document. Derived from the URL, or from the stored text if there is no URL, when omitted.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<DocumentId>"))]
    pub(super) id: Option<String>,
    /// The title of the document. When omitted: `title` of the front matter, else the first heading, else the first line
    /// with a letter.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = MAX_TITLE), regex(pattern = crate::domain::NOT_BLANK)))]
    pub(super) title: Option<String>,
    /// The URL of the document. Without `text` and `data`, the document is fetched from there. When omitted: `url` or `permalink`
    /// of the front matter, if it is absolute.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(length(max = MAX_URL), extend("format" = "uri"), regex(pattern = "^https?://")))]
    pub(super) url: Option<String>,
    /// The text of the document, up to 1,000,000 bytes of UTF-8. A byte order mark is dropped. YAML front matter of a
    /// Markdown text (between `---` in the first line and the next `---`) is read into the header and is not part of the
    /// stored text; a block that is not a valid YAML mapping remains text.
    /// One of `text`, `data` and `url` is required.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = crate::domain::MAX_TEXT_BYTES), regex(pattern = crate::domain::NOT_BLANK)))]
    pub(super) text: Option<String>,
    /// A file in base64 (RFC 4648), instead of `text`. It is parsed; its text is stored as Markdown. The title and the date of
    /// publication come from the file when omitted.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(length(min = 1), extend("contentEncoding" = "base64")))]
    pub(super) data: Option<String>,
    /// The media type. Of `text`: `text/markdown` (when omitted) or `text/plain`. Of `data`: that of the file; when omitted, the
    /// extension of `name` decides.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(length(max = MAX_NAME)))]
    pub(super) content_type: Option<String>,
    /// The name of the file in `data`.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(length(max = MAX_NAME)))]
    pub(super) name: Option<String>,
    /// When the document was published. When omitted: `published_at`, `published`, `date` or `last_updated` of the front
    /// matter.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(extend("format" = "date-time")))]
    pub(super) published_at: Option<String>,
    /// Your own data, up to 2,048 bytes of JSON. Stored, not interpreted. Other fields of the front matter are added, if
    /// they are scalars or lists of scalars, are not in your data, and fit the limit.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Map<String, Value>>"))]
    pub(super) metadata: Option<Value>,
}

impl DocumentFields {
    /// The upload: a document, a file or an address. What the request does not have comes from the front matter of the text or
    /// from the file, or is derived.
    ///
    /// # Errors
    /// Every fault of the values.
    pub(super) fn parse(self) -> Result<Upload, InvalidInput> {
        match (self.text.is_some(), self.data.is_some()) {
            (true, true) => Err(InvalidInput::malformed(
                "/data",
                "cannot be sent together with `text`",
            )),
            (false, false) => self.address(),
            (false, true) => {
                let bytes = decoded(self.data.as_deref().unwrap_or_default()).map_err(at("/data"));
                self.file(bytes)
            }
            (true, false) => Ok(Upload::Document(Box::new(self.document()?))),
        }
    }

    /// The upload of a file with this content.
    ///
    /// # Errors
    /// Every fault of the values.
    pub(super) fn file(mut self, bytes: Result<Vec<u8>, InvalidInput>) -> Result<Upload, InvalidInput> {
        let media_type = short(self.content_type.take()).map_err(at("/content_type"));
        let name = short(self.name.take()).map_err(at("/name"));
        let (description, (media_type, name), bytes) = self.describe(both(media_type, name), bytes)?;
        let Description {
            id,
            url,
            published_at,
            metadata,
            title,
        } = description;
        Ok(Upload::File(Box::new(FileUpload {
            id: id.unwrap_or_else(|| FileUpload::derive_id(url.as_deref(), &bytes)),
            title,
            url,
            published_at,
            metadata,
            bytes,
            media_type,
            name,
        })))
    }

    /// The upload of what is at the URL.
    fn address(mut self) -> Result<Upload, InvalidInput> {
        let url = match self.url.clone() {
            Some(url) => self::url(url).map_err(at("/url")),
            None => Err(InvalidInput::malformed(
                "/text",
                "is required, or `data`, or `url`",
            )),
        };
        // Faults of the URL are reported once, as those of the content.
        self.url = None;
        let of_content = |field: &str, value: &Option<String>| match value {
            None => Ok(()),
            Some(_) => Err(InvalidInput::malformed(
                field,
                "is only taken together with `text` or `data`",
            )),
        };
        let none = both(
            of_content("/content_type", &self.content_type),
            of_content("/name", &self.name),
        );
        let (description, _none, url) = self.describe(none, url)?;
        let Description {
            id,
            url: _,
            published_at,
            metadata,
            title,
        } = description;
        let address = AddressUpload::new(url);
        Ok(Upload::Address(Box::new(AddressUpload {
            id: id.unwrap_or_else(|| address.id.clone()),
            title,
            published_at,
            metadata,
            ..address
        })))
    }

    fn document(mut self) -> Result<Document, InvalidInput> {
        let unnamed = match self.name.take() {
            None => Ok(()),
            Some(_) => Err(InvalidInput::malformed(
                "/name",
                "is the name of a file in `data`",
            )),
        };
        let stated = self.content_type.take();
        let content_type = stated
            .as_deref()
            .map_or(Ok(ContentType::Markdown), ContentType::parse);
        let content_type = both(unnamed, content_type.map_err(at("/content_type")));
        let text = DocumentText::parse(self.text.take().unwrap_or_default());
        let (description, ((), content_type), text) = self.describe(content_type, text)?;
        let Description {
            id,
            url,
            published_at,
            metadata,
            title,
        } = description;
        let (front_matter, text) = match content_type {
            ContentType::Markdown => text.split_front_matter(),
            ContentType::Plain => (FrontMatter::default(), text),
        };
        // Fields of the front matter that are too long are left out, never a fault.
        let url = url.or_else(|| self::url(front_matter.url?).ok());
        let title = title.or_else(|| self::title(front_matter.title?).ok());
        Ok(Document {
            id: id.unwrap_or_else(|| Document::derive_id(url.as_deref(), text.as_str())),
            title: title.unwrap_or_else(|| Document::derive_title(text.as_str(), content_type)),
            url,
            text,
            content_type,
            published_at: published_at.or(front_matter.published_at),
            metadata: complete_metadata(metadata, front_matter.metadata),
            origin: None,
            locations: Vec::new(),
        })
    }

    /// Parses the description. Faults of the media type and of the content are reported in the order of the fields.
    fn describe<T, C>(
        self,
        media_type: Result<T, InvalidInput>,
        content: Result<C, InvalidInput>,
    ) -> Result<(Description, T, C), InvalidInput> {
        let mut faults = None;
        let id = self.id.as_deref().map(DocumentId::parse_own).transpose();
        let id = collect(id.map_err(at("/id")), &mut faults);
        let media_type = collect(media_type, &mut faults);
        let url = collect(self.url.map(url).transpose().map_err(at("/url")), &mut faults);
        let content = collect(content, &mut faults);
        let published_at = self.published_at.as_deref().map(time).transpose();
        let published_at = collect(published_at.map_err(at("/published_at")), &mut faults);
        let metadata = collect(metadata(self.metadata).map_err(at("/metadata")), &mut faults);
        let title = self.title.map(title).transpose();
        let title = collect(title.map_err(at("/title")), &mut faults);
        match (id, media_type, url, content, published_at, metadata, title) {
            (
                Some(id),
                Some(media_type),
                Some(url),
                Some(content),
                Some(published_at),
                Some(metadata),
                Some(title),
            ) => {
                let description = Description {
                    id,
                    url,
                    published_at,
                    metadata,
                    title,
                };
                Ok((description, media_type, content))
            }
            _ => Err(or_invalid(faults)),
        }
    }
}

/// What a request says of a document, whatever its content is.
struct Description {
    id: Option<DocumentId>,
    url: Option<String>,
    published_at: Option<Timestamp>,
    metadata: Map<String, Value>,
    title: Option<String>,
}

/// Both values, or the faults of both.
fn both<A, B>(one: Result<A, InvalidInput>, other: Result<B, InvalidInput>) -> Result<(A, B), InvalidInput> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(one), Err(other)) => Err(one.and(other)),
        (Err(fault), Ok(_)) | (Ok(_), Err(fault)) => Err(fault),
    }
}

/// A title without surrounding blanks.
///
/// # Errors
/// When it is blank or longer than [`MAX_TITLE`].
pub(in super::super) fn title(title: String) -> Result<String, InvalidInput> {
    not_blank_within(&title, MAX_TITLE)?;
    Ok(title.trim().to_owned())
}

/// An address of the web.
///
/// # Errors
/// When it is not absolute, not http or https, or longer than [`MAX_URL`].
pub(in super::super) fn url(text: String) -> Result<String, InvalidInput> {
    let parsed = url::Url::parse(&text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"));
    match parsed {
        Some(_) if code_points(&text) <= MAX_URL => Ok(text),
        _ => {
            let detail = format!("must be an http or https address of at most {MAX_URL} characters");
            Err(InvalidInput::invalid_value("", detail))
        }
    }
}

/// The bytes of a file.
///
/// # Errors
/// When there are none, or the text is not base64.
pub(in super::super) fn decoded(data: &str) -> Result<Vec<u8>, InvalidInput> {
    match BASE64_STANDARD.decode(data) {
        Ok(bytes) if !bytes.is_empty() => Ok(bytes),
        Ok(_empty) => Err(InvalidInput::invalid_value("", "must not be empty")),
        Err(error) => Err(InvalidInput::invalid_value(
            "",
            format!("must be base64: {error}"),
        )),
    }
}

/// A name or media type, if it is not too long.
fn short(text: Option<String>) -> Result<Option<String>, InvalidInput> {
    match text {
        Some(text) if text.len() > MAX_NAME => {
            let detail = format!("has more than {MAX_NAME} bytes");
            Err(InvalidInput::invalid_value("", detail))
        }
        text => Ok(text),
    }
}

fn time(text: &str) -> Result<Timestamp, InvalidInput> {
    text.parse().map_err(|_| {
        InvalidInput::invalid_value("", "must be a time such as `2026-01-31T12:00:00Z` (RFC 3339)")
    })
}

fn metadata(value: Option<Value>) -> Result<Map<String, Value>, InvalidInput> {
    match value {
        None => Ok(Map::new()),
        Some(Value::Object(metadata))
            if serde_json::to_string(&metadata).is_ok_and(|json| json.len() <= MAX_METADATA_BYTES) =>
        {
            Ok(metadata)
        }
        Some(_) => {
            let detail = format!("must be an object of at most {MAX_METADATA_BYTES} bytes of JSON");
            Err(InvalidInput::invalid_value("", detail))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(document: &Value) -> Document {
        let parsed: Result<DocumentFields, InvalidInput> = deserr::deserialize(document.clone());
        match parsed.unwrap().parse().unwrap() {
            Upload::Document(document) => *document,
            upload => panic!("{upload:?}"),
        }
    }

    #[test]
    fn a_request_goes_before_front_matter() {
        let text = "\u{feff}---\ntitle: Front\nurl: https://a.example/front\ndate: 2026-01-31\ntags: [a]\n---\n\n# Heading\nbody";
        let read = parse(&json!({ "text": text }));
        assert_eq!(read.title, "Front");
        assert_eq!(read.url.as_deref(), Some("https://a.example/front"));
        assert_eq!(read.published_at, Some("2026-01-31T00:00:00Z".parse().unwrap()));
        assert_eq!(Value::from(read.metadata.clone()), json!({ "tags": ["a"] }));
        assert_eq!(read.text.as_str(), "# Heading\nbody");

        let sent = parse(&json!({
            "text": text, "title": "Sent", "url": "https://a.example/sent", "published_at": "2025-01-01T00:00:00Z",
            "metadata": { "tags": [], "own": 1 }
        }));
        assert_eq!(sent.title, "Sent");
        assert_eq!(sent.url.as_deref(), Some("https://a.example/sent"));
        assert_eq!(sent.published_at, Some("2025-01-01T00:00:00Z".parse().unwrap()));
        assert_eq!(Value::from(sent.metadata), json!({ "tags": [], "own": 1 }));

        let stored = parse(&json!({
            "text": read.text.as_str(), "title": read.title, "url": read.url, "metadata": read.metadata,
            "published_at": read.published_at
        }));
        assert_eq!(
            stored.content_hash(),
            parse(&json!({ "text": text })).content_hash(),
            "what is stored can be sent again"
        );
    }

    #[test]
    fn plain_text_has_no_front_matter() {
        let text = "---\ntitle: Front\n---\nbody";
        let plain = parse(&json!({ "text": text, "content_type": "text/plain" }));
        assert_eq!(
            (plain.title.as_str(), plain.text.as_str()),
            ("title: Front", text)
        );
    }

    #[test]
    fn what_does_not_fit_is_left_out() {
        let long = "x".repeat(1_990);
        let text = format!(
            "---\ntitle: {long}\nurl: https://a.example/{long}\nlong: {long}\nlonger: {long}\nshort: 1\n---\n# Heading"
        );
        let document = parse(&json!({ "text": text, "metadata": { "own": true } }));
        assert_eq!((document.title.as_str(), document.url), ("Heading", None));
        let names: Vec<&str> = document.metadata.keys().map(String::as_str).collect();
        assert_eq!(names, ["own", "long", "short"]);
        assert!(metadata(Some(document.metadata.into())).is_ok());
    }
}
