//! `POST /documents`, `GET /documents`, and the path of one document.

use std::collections::HashSet;

use deserr::Deserr;
use jiff::Timestamp;
use lambda_http::{Body, Request};
use serde::{Deserialize, Serialize};

use super::{
    super::{Problem, RequestContext, input},
    at, parameter, search,
};
use crate::{
    domain::{
        ContentType, Document, DocumentId, DocumentText, InvalidInput, LibraryId, code_points,
        not_blank_within,
    },
    error::HubError,
    retrieval::{chunker, index::IndexedDocument},
    telemetry,
};

/// The most documents of one request.
const MAX_DOCUMENTS: usize = 100;
/// The largest body, in bytes: what Lambda takes as one event.
const MAX_BODY_BYTES: usize = 6 * 1024 * 1024;
/// The longest title, in code points.
pub(crate) const MAX_TITLE: usize = 1_000;
/// The longest address, in code points.
pub(crate) const MAX_URL: usize = 2_000;
/// The most bytes of a document's `metadata`, as JSON: it is stored in the header, which every search reads.
const MAX_METADATA_BYTES: usize = 2_048;

/// What a raw body is described by.
const RAW_PARAMETERS: [&str; 4] = ["library", "id", "title", "url"];

/// Documents as they came: where they go, and each either valid or with its own faults.
#[derive(Debug)]
pub struct Incoming {
    /// Where they go.
    pub library: LibraryId,
    /// Each with the name it was sent under, if it had one that can be a name.
    pub documents: Vec<(Option<DocumentId>, Result<Document, InvalidInput>)>,
}

impl Incoming {
    /// The documents that can be stored, and what is to be reported of the others. Of several documents with one name
    /// only the first is stored.
    pub fn split(self) -> (Vec<Document>, Reports) {
        let mut valid = Vec::new();
        let mut names = HashSet::new();
        let entry = |(id, document): (Option<DocumentId>, Result<Document, InvalidInput>)| match document {
            Ok(document) if names.insert(document.id.clone()) => {
                valid.push(document);
                (id, None)
            }
            Ok(document) => {
                let twice =
                    InvalidInput::impossible("/id", "another document of this request has the same id");
                (Some(document.id), Some(twice))
            }
            Err(invalid) => (id, Some(invalid)),
        };
        let entries = self.documents.into_iter().map(entry).collect();
        (valid, Reports { entries })
    }
}

/// What is to be reported, in the order of the request: a fault, or the place of what became of the document.
#[derive(Debug)]
pub struct Reports {
    entries: Vec<(Option<DocumentId>, Option<InvalidInput>)>,
}

/// The answer to `POST /documents`.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "IngestReport")
)]
pub struct Report {
    /// One for each document of the request, in its order.
    pub documents: Vec<DocumentReport>,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

/// What became of one document.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct DocumentReport {
    /// Its name; null when it has none, because what came could not be a document.
    pub id: Option<DocumentId>,
    /// The version that is shown now.
    pub version: Option<u64>,
    /// How many chunks that has.
    pub chunks: Option<u32>,
    /// `ready` or `failed`.
    pub status: String,
    /// Whether the same content was there already, so that nothing was written.
    pub unchanged: bool,
    /// Why it failed.
    pub problem: Option<Problem>,
}

impl Reports {
    /// Joins faults and results to one report.
    ///
    /// # Errors
    /// When nothing could be stored because the store is away: then the whole request is worth sending again.
    pub fn report(
        self,
        stored: Vec<Result<IndexedDocument, HubError>>,
        context: &RequestContext<'_>,
    ) -> Result<Report, HubError> {
        let nothing_stored = !stored.is_empty()
            && stored
                .iter()
                .all(|result| result.as_ref().is_err_and(HubError::is_store));
        let mut stored = stored.into_iter();
        if nothing_stored && let Some(Err(error)) = stored.next() {
            return Err(error);
        }
        let documents = self.entries.into_iter().filter_map(|(id, fault)| {
            let result = match fault {
                Some(fault) => Err(HubError::Invalid(fault)),
                None => stored.next()?,
            };
            Some(DocumentReport::new(id, result, context))
        });
        Ok(Report {
            documents: documents.collect(),
            took_ms: context.deadline.elapsed().as_millis() as u64,
        })
    }
}

impl Report {
    /// Whether no document failed.
    pub fn all_ready(&self) -> bool {
        self.documents.iter().all(|document| document.problem.is_none())
    }
}

impl DocumentReport {
    fn new(
        id: Option<DocumentId>,
        result: Result<IndexedDocument, HubError>,
        context: &RequestContext<'_>,
    ) -> Self {
        match result {
            Ok(IndexedDocument { header, unchanged }) => Self {
                id: Some(header.id),
                version: Some(header.version),
                chunks: Some(header.chunks),
                status: "ready".to_owned(),
                unchanged,
                problem: None,
            },
            Err(error) => {
                if !matches!(error, HubError::Invalid(_)) {
                    tracing::warn!(error = telemetry::source_chain(&error), "document not stored");
                }
                let problem = Some(Problem::new(&error, context.instance(), &context.request_id));
                Self {
                    id,
                    version: None,
                    chunks: None,
                    status: "failed".to_owned(),
                    unchanged: false,
                    problem,
                }
            }
        }
    }
}

/// A valid request for a page of documents.
#[derive(Debug)]
pub struct ListDocuments {
    /// How many.
    pub limit: usize,
    /// Of which library.
    pub library: LibraryId,
    /// The filter as text, to which cursors are bound.
    pub filter_text: String,
}

/// Reads the parameters of a list.
///
/// # Errors
/// Every fault of them.
pub fn list_documents(context: &RequestContext<'_>) -> Result<ListDocuments, InvalidInput> {
    let mut faults = None;
    let limit = super::all(super::limit(context), &mut faults);
    let library = super::all(library(context), &mut faults);
    match (limit, library, faults) {
        (Some(limit), Some(library), None) => {
            let filter_text = format!("documents {library}");
            Ok(ListDocuments {
                limit,
                library,
                filter_text,
            })
        }
        (.., faults) => Err(faults.unwrap_or_else(|| InvalidInput::malformed("", "is not valid"))),
    }
}

#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "DocumentBatch", deny_unknown_fields)
)]
pub(crate) struct Batch {
    /// Where they go.
    #[deserr(default, try_from(Option<String>) = search::library -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<LibraryId>", extend("default" = "default")))]
    library: LibraryId,
    /// What is to be stored; of several with one `id` the first.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = MAX_DOCUMENTS)))]
    documents: Vec<Fields>,
}

/// The fields of one document, right in type; their values are checked for each document on its own.
#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "NewDocument", deny_unknown_fields)
)]
pub(crate) struct Fields {
    /// Your name for it; made of its address or its text when left out.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<DocumentId>"))]
    id: Option<String>,
    /// What it is called; its first heading or its first words when left out.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = MAX_TITLE), regex(pattern = crate::domain::NOT_BLANK)))]
    title: Option<String>,
    /// Where it is from.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(length(max = MAX_URL), extend("format" = "uri"), regex(pattern = "^https?://")))]
    url: Option<String>,
    /// What it says, up to 1,000,000 bytes of UTF-8.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = crate::domain::MAX_TEXT_BYTES), regex(pattern = crate::domain::NOT_BLANK)))]
    text: String,
    /// How it is to be read; as Markdown when left out.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<ContentType>"))]
    content_type: Option<String>,
    /// When it was published.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(extend("format" = "date-time")))]
    published_at: Option<String>,
    /// Anything else, up to 2,048 bytes of JSON; stored, not interpreted.
    #[deserr(default)]
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")
    )]
    metadata: Option<serde_json::Value>,
}

/// Reads a batch of documents (JSON), or one document (any other body, described by parameters).
///
/// # Errors
/// Faults of the whole request. Those of single documents are in [`Incoming`].
pub fn documents(context: &RequestContext<'_>) -> Result<Incoming, HubError> {
    if body_bytes(context.request) > MAX_BODY_BYTES {
        return Err(HubError::TooLarge {
            limit_bytes: MAX_BODY_BYTES,
        });
    }
    if input::media_type(context.request) != "application/json" {
        return raw(context);
    }
    no_fields_in_the_address(context)?;
    let Batch { library, documents } = input::json(context.request)?;
    if !(1..=MAX_DOCUMENTS).contains(&documents.len()) {
        let detail = format!("must have 1 to {MAX_DOCUMENTS} documents");
        return Err(InvalidInput::impossible("/documents", detail).into());
    }
    let documents = documents
        .into_iter()
        .map(|fields| {
            let id = fields.id.as_deref().and_then(|id| DocumentId::parse(id).ok());
            let document = fields.document();
            (
                id.or_else(|| document.as_ref().ok().map(|document| document.id.clone())),
                document,
            )
        })
        .collect();
    Ok(Incoming { library, documents })
}

/// What describes a raw body would go unread beside JSON, which has fields for it.
fn no_fields_in_the_address(context: &RequestContext<'_>) -> Result<(), InvalidInput> {
    let given = RAW_PARAMETERS
        .into_iter()
        .filter(|name| context.query(name).is_some());
    let faults =
        given.map(|name| InvalidInput::malformed(format!("?{name}"), "is a field of the body in JSON"));
    faults.reduce(InvalidInput::and).map_or(Ok(()), Err)
}

/// One raw body: `?title=`, `?id=`, `?url=`, `?library=`.
fn raw(context: &RequestContext<'_>) -> Result<Incoming, HubError> {
    let media_type = input::media_type(context.request);
    if ContentType::parse(&media_type).is_err() {
        return Err(HubError::UnsupportedMediaType(
            "application/json, text/markdown or text/plain",
        ));
    }
    let owned = |name| context.query(name).map(str::to_owned);
    let fields = Fields {
        id: owned("id"),
        title: owned("title"),
        url: owned("url"),
        text: input::text(context.request)?.to_owned(),
        content_type: Some(media_type),
        published_at: None,
        metadata: None,
    };
    let mut faults = None;
    let document = super::all(fields.document().map_err(of_raw), &mut faults);
    let library = super::all(library(context), &mut faults);
    match (document, library, faults) {
        (Some(document), Some(library), None) => Ok(Incoming {
            library,
            documents: vec![(Some(document.id.clone()), Ok(document))],
        }),
        (.., faults) => Err(faults
            .unwrap_or_else(|| InvalidInput::malformed("", "is not valid"))
            .into()),
    }
}

/// Faults of a document that came as a raw body: its text is the body, its other fields are parameters.
fn of_raw(mut fault: InvalidInput) -> InvalidInput {
    for error in &mut fault.errors {
        error.pointer = match error.pointer.as_str() {
            "/text" => String::new(),
            field => field.replacen('/', "?", 1),
        };
        fault.malformed |= error.pointer.starts_with('?');
    }
    fault
}

impl Fields {
    fn document(self) -> Result<Document, InvalidInput> {
        let mut faults = None;
        let given_id = super::all(
            self.id
                .as_deref()
                .map(DocumentId::parse)
                .transpose()
                .map_err(at("/id")),
            &mut faults,
        );
        let content_type = self
            .content_type
            .as_deref()
            .map_or(Ok(ContentType::Markdown), ContentType::parse);
        let content_type = super::all(content_type.map_err(at("/content_type")), &mut faults);
        let url = super::all(self.url.map(url).transpose().map_err(at("/url")), &mut faults);
        let text = super::all(DocumentText::parse(self.text), &mut faults);
        let published_at = self.published_at.as_deref().map(time).transpose();
        let published_at = super::all(published_at.map_err(at("/published_at")), &mut faults);
        let metadata = super::all(metadata(self.metadata).map_err(at("/metadata")), &mut faults);
        let title = super::all(
            self.title.map(title).transpose().map_err(at("/title")),
            &mut faults,
        );
        let (
            Some(given_id),
            Some(content_type),
            Some(url),
            Some(text),
            Some(published_at),
            Some(metadata),
            Some(title),
            None,
        ) = (
            given_id,
            content_type,
            url,
            text,
            published_at,
            metadata,
            title,
            faults.clone(),
        )
        else {
            return Err(faults.unwrap_or_else(|| InvalidInput::impossible("", "is not valid")));
        };
        Ok(Document {
            id: given_id.unwrap_or_else(|| Document::derive_id(url.as_deref(), text.as_str())),
            title: title.unwrap_or_else(|| chunker::title(text.as_str(), content_type)),
            url,
            text,
            content_type,
            published_at,
            metadata,
        })
    }
}

pub(super) fn title(title: String) -> Result<String, InvalidInput> {
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
            Err(InvalidInput::impossible("", detail))
        }
    }
}

fn time(text: &str) -> Result<Timestamp, InvalidInput> {
    text.parse()
        .map_err(|_| InvalidInput::impossible("", "must be a time such as `2026-01-31T12:00:00Z` (RFC 3339)"))
}

fn metadata(
    value: Option<serde_json::Value>,
) -> Result<serde_json::Map<String, serde_json::Value>, InvalidInput> {
    match value {
        None => Ok(serde_json::Map::new()),
        Some(serde_json::Value::Object(metadata))
            if serde_json::to_string(&metadata).is_ok_and(|json| json.len() <= MAX_METADATA_BYTES) =>
        {
            Ok(metadata)
        }
        Some(_) => {
            let detail = format!("must be an object of at most {MAX_METADATA_BYTES} bytes of JSON");
            Err(InvalidInput::impossible("", detail))
        }
    }
}

fn body_bytes(request: &Request) -> usize {
    match request.body() {
        Body::Text(text) => text.len(),
        Body::Binary(bytes) => bytes.len(),
        _ => 0,
    }
}

/// The parameter `library`.
///
/// # Errors
/// When it is not a name of a library.
pub fn library(context: &RequestContext<'_>) -> Result<LibraryId, InvalidInput> {
    parameter(
        "library",
        context
            .query("library")
            .map_or_else(|| Ok(LibraryId::default()), LibraryId::parse),
    )
}

/// Library and document of a path. An id that cannot be one names nothing.
///
/// # Errors
/// When the library's name is not one, or the id cannot be one.
pub fn document_path(context: &RequestContext<'_>) -> Result<(LibraryId, DocumentId), HubError> {
    let library = library(context)?;
    let id = DocumentId::parse(&context.path("id")).map_err(|_| HubError::NotFound("document"))?;
    Ok((library, id))
}
