//! `POST /documents`: a batch of documents as JSON, or one document as a text body.

use std::collections::HashSet;

use deserr::Deserr;
use lambda_http::{Body, Request};

use super::{
    super::{
        faults::{collect, or_invalid},
        search,
    },
    fields::DocumentFields,
    parameters::library,
    report::PendingReport,
};
use crate::{
    domain::{ContentType, Document, DocumentId, InvalidInput, LibraryId},
    error::HubError,
    http::{input, request_context::RequestContext},
};

/// The most documents of one request.
const MAX_DOCUMENTS: usize = 100;
/// The largest body, in bytes: the limit of a Lambda invocation payload.
const MAX_BODY_BYTES: usize = 6 * 1024 * 1024;

/// Query parameters that describe a text body.
const TEXT_BODY_PARAMETERS: [&str; 4] = ["library", "id", "title", "url"];

/// The documents of a request, each parsed on its own: a document or its faults.
#[derive(Debug)]
pub struct DocumentBatch {
    /// The library to store them in.
    pub library: LibraryId,
    /// Each document with its id; `None` when the request has no valid id and none could be derived.
    pub documents: Vec<(Option<DocumentId>, Result<Document, InvalidInput>)>,
}

impl DocumentBatch {
    /// The documents to store, and the report to complete with their results. Of several documents with the same id
    /// only the first is stored.
    pub fn split(self) -> (Vec<Document>, PendingReport) {
        let mut valid = Vec::new();
        let mut ids = HashSet::new();
        let entry = |(id, document): (Option<DocumentId>, Result<Document, InvalidInput>)| match document {
            Ok(document) if ids.insert(document.id.clone()) => {
                valid.push(document);
                (id, None)
            }
            Ok(document) => {
                let duplicate =
                    InvalidInput::invalid_value("/id", "another document of this request has the same id");
                (Some(document.id), Some(duplicate))
            }
            Err(invalid) => (id, Some(invalid)),
        };
        let entries = self.documents.into_iter().map(entry).collect();
        (valid, PendingReport { entries })
    }
}

/// The JSON body of `POST /documents`.
#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "DocumentBatch", deny_unknown_fields)
)]
pub(crate) struct BatchBody {
    /// The library to store the documents in.
    #[deserr(default, try_from(Option<String>) = search::parse_library -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<LibraryId>", extend("default" = "default")))]
    library: LibraryId,
    /// The documents to store. Of several documents with the same `id` only the first is stored.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = MAX_DOCUMENTS)))]
    documents: Vec<DocumentFields>,
}

/// Parses the body: JSON is a batch, any other media type is the text of one document.
///
/// # Errors
/// Faults of the request as a whole. Faults of single documents are in [`DocumentBatch`].
pub fn documents(context: &RequestContext<'_>) -> Result<DocumentBatch, HubError> {
    if body_bytes(context.request) > MAX_BODY_BYTES {
        return Err(HubError::TooLarge {
            limit_bytes: MAX_BODY_BYTES,
        });
    }
    if input::media_type(context.request) != "application/json" {
        return text_body(context);
    }
    refuse_text_body_parameters(context)?;
    let BatchBody { library, documents } = input::json(context.request)?;
    if !(1..=MAX_DOCUMENTS).contains(&documents.len()) {
        let detail = format!("must have 1 to {MAX_DOCUMENTS} documents");
        return Err(InvalidInput::invalid_value("/documents", detail).into());
    }
    let documents = documents.into_iter().map(|fields| {
        let id = fields.id.as_deref().and_then(|id| DocumentId::parse(id).ok());
        let document = fields.parse();
        let derived = || document.as_ref().ok().map(|document| document.id.clone());
        (id.or_else(derived), document)
    });
    Ok(DocumentBatch {
        library,
        documents: documents.collect(),
    })
}

/// Refuses the parameters of a text body beside JSON: they would be ignored, because the body has fields for them.
fn refuse_text_body_parameters(context: &RequestContext<'_>) -> Result<(), InvalidInput> {
    let present = TEXT_BODY_PARAMETERS
        .into_iter()
        .filter(|name| context.query(name).is_some());
    let faults =
        present.map(|name| InvalidInput::malformed(format!("?{name}"), "must be a field of the JSON body"));
    faults.reduce(InvalidInput::and).map_or(Ok(()), Err)
}

/// One document as text, described by `?title=`, `?id=`, `?url=` and `?library=`.
fn text_body(context: &RequestContext<'_>) -> Result<DocumentBatch, HubError> {
    let media_type = input::media_type(context.request);
    if ContentType::parse(&media_type).is_err() {
        return Err(HubError::UnsupportedMediaType(
            "application/json, text/markdown or text/plain",
        ));
    }
    let owned = |name| context.query(name).map(str::to_owned);
    let fields = DocumentFields {
        id: owned("id"),
        title: owned("title"),
        url: owned("url"),
        text: input::text(context.request)?.to_owned(),
        content_type: Some(media_type),
        published_at: None,
        metadata: None,
    };
    let mut faults = None;
    let document = collect(fields.parse().map_err(point_at_parameters), &mut faults);
    let library = collect(library(context), &mut faults);
    match (document, library, faults) {
        (Some(document), Some(library), None) => Ok(DocumentBatch {
            library,
            documents: vec![(Some(document.id.clone()), Ok(document))],
        }),
        (.., faults) => Err(or_invalid(faults).into()),
    }
}

/// Points the faults of a text body's document at the body and the parameters instead of fields.
fn point_at_parameters(mut fault: InvalidInput) -> InvalidInput {
    for error in &mut fault.errors {
        error.pointer = match error.pointer.as_str() {
            "/text" => String::new(),
            field => field.replacen('/', "?", 1),
        };
        fault.malformed |= error.pointer.starts_with('?');
    }
    fault
}

fn body_bytes(request: &Request) -> usize {
    match request.body() {
        Body::Text(text) => text.len(),
        Body::Binary(bytes) => bytes.len(),
        _ => 0,
    }
}
