//! Fields of one document in a request, parsed to a [`Document`].

use deserr::Deserr;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::super::faults::{at, collect};
use crate::domain::{
    ContentType, Document, DocumentId, DocumentText, InvalidInput, code_points, not_blank_within,
};

/// The longest title, in code points.
pub(crate) const MAX_TITLE: usize = 1_000;
/// The longest URL, in code points.
pub(crate) const MAX_URL: usize = 2_000;
/// The largest `metadata`, in bytes of JSON: it is stored in the document header, which every search reads.
const MAX_METADATA_BYTES: usize = 2_048;

/// One document of a batch.
// Only the types are checked here; `parse` checks the values, so that an invalid document does not fail the batch.
#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "NewDocument", deny_unknown_fields)
)]
pub(crate) struct DocumentFields {
    /// Your id for the document. Derived from the URL, or from the text if there is no URL, when omitted.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<DocumentId>"))]
    pub(super) id: Option<String>,
    /// The title of the document. The first heading or the first line of the text when omitted.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = MAX_TITLE), regex(pattern = crate::domain::NOT_BLANK)))]
    pub(super) title: Option<String>,
    /// The URL of the document.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(length(max = MAX_URL), extend("format" = "uri"), regex(pattern = "^https?://")))]
    pub(super) url: Option<String>,
    /// The text of the document, up to 1,000,000 bytes of UTF-8.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = crate::domain::MAX_TEXT_BYTES), regex(pattern = crate::domain::NOT_BLANK)))]
    pub(super) text: String,
    /// The format of the text. Markdown when omitted.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<ContentType>"))]
    pub(super) content_type: Option<String>,
    /// When the document was published.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(extend("format" = "date-time")))]
    pub(super) published_at: Option<String>,
    /// Your own data, up to 2,048 bytes of JSON. Stored, not interpreted.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Map<String, Value>>"))]
    pub(super) metadata: Option<Value>,
}

impl DocumentFields {
    /// The document, with a derived id and title where the request has none.
    ///
    /// # Errors
    /// Every fault of the values.
    pub(super) fn parse(self) -> Result<Document, InvalidInput> {
        let mut faults = None;
        let id = self.id.as_deref().map(DocumentId::parse).transpose();
        let id = collect(id.map_err(at("/id")), &mut faults);
        let content_type = self
            .content_type
            .as_deref()
            .map_or(Ok(ContentType::Markdown), ContentType::parse);
        let content_type = collect(content_type.map_err(at("/content_type")), &mut faults);
        let url = self.url.map(url).transpose();
        let url = collect(url.map_err(at("/url")), &mut faults);
        let text = collect(DocumentText::parse(self.text), &mut faults);
        let published_at = self.published_at.as_deref().map(time).transpose();
        let published_at = collect(published_at.map_err(at("/published_at")), &mut faults);
        let metadata = collect(metadata(self.metadata).map_err(at("/metadata")), &mut faults);
        let title = self.title.map(title).transpose();
        let title = collect(title.map_err(at("/title")), &mut faults);
        let (
            Some(id),
            Some(content_type),
            Some(url),
            Some(text),
            Some(published_at),
            Some(metadata),
            Some(title),
            None,
        ) = (
            id,
            content_type,
            url,
            text,
            published_at,
            metadata,
            title,
            faults.clone(),
        )
        else {
            return Err(faults.unwrap_or_else(|| InvalidInput::invalid_value("", "is not valid")));
        };
        Ok(Document {
            id: id.unwrap_or_else(|| Document::derive_id(url.as_deref(), text.as_str())),
            title: title.unwrap_or_else(|| Document::derive_title(text.as_str(), content_type)),
            url,
            text,
            content_type,
            published_at,
            metadata,
        })
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

fn url(text: String) -> Result<String, InvalidInput> {
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
