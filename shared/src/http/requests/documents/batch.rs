//! `POST /documents`: a batch of documents as JSON or a form, or one document as a text or a file in the body.

use deserr::Deserr;
use lambda_http::{Request, http::header::CONTENT_TYPE};

use super::{
    super::{
        faults::{collect, or_invalid},
        search,
    },
    document_batch::{DocumentBatch, MAX_DOCUMENTS, entry},
    fields::DocumentFields,
    form,
    parameters::library,
};
use crate::{
    domain::{ContentType, InvalidInput, LibraryId},
    error::HubError,
    http::{input, request_context::RequestContext},
};

/// The largest body, in bytes: the limit of a Lambda invocation payload.
const MAX_BODY_BYTES: usize = 6 * 1024 * 1024;

/// Query parameters that describe a document in the body.
const SINGLE_BODY_PARAMETERS: [&str; 5] = ["library", "id", "title", "url", "name"];

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

/// Parses the body: JSON and forms are batches, any other media type is one document.
///
/// # Errors
/// Faults of the request as a whole. Faults of single documents are in [`DocumentBatch`].
pub async fn documents(context: &RequestContext<'_>) -> Result<DocumentBatch, HubError> {
    if input::bytes(context.request).len() > MAX_BODY_BYTES {
        return Err(HubError::TooLarge {
            limit_bytes: MAX_BODY_BYTES,
        });
    }
    match input::media_type(context.request).as_str() {
        "application/json" => refuse_parameters_of_a_single_body(context)?,
        "multipart/form-data" => {
            refuse_parameters_of_a_single_body(context)?;
            return Ok(form::documents(context).await?);
        }
        _ => return single_body(context),
    }
    let BatchBody { library, documents } = input::json(context.request)?;
    if !(1..=MAX_DOCUMENTS).contains(&documents.len()) {
        let detail = format!("must have 1 to {MAX_DOCUMENTS} documents");
        return Err(InvalidInput::invalid_value("/documents", detail).into());
    }
    let documents = documents
        .into_iter()
        .map(|fields| entry(fields.id.clone(), fields.parse()));
    Ok(DocumentBatch {
        library,
        documents: documents.collect(),
        is_single: false,
    })
}

/// Refuses the parameters of a single document beside a batch: they would be ignored, because the body has fields for them.
fn refuse_parameters_of_a_single_body(context: &RequestContext<'_>) -> Result<(), InvalidInput> {
    let present = SINGLE_BODY_PARAMETERS
        .into_iter()
        .filter(|name| context.query(name).is_some());
    let faults =
        present.map(|name| InvalidInput::malformed(format!("?{name}"), "must be a field of the body"));
    faults.reduce(InvalidInput::and).map_or(Ok(()), Err)
}

/// One document as the body, a text or a file, described by `?title=`, `?id=`, `?url=`, `?name=` and `?library=`.
fn single_body(context: &RequestContext<'_>) -> Result<DocumentBatch, HubError> {
    let media_type = input::media_type(context.request);
    if media_type.is_empty() {
        return Err(HubError::UnsupportedMediaType(
            "application/json, text/markdown, text/plain or that of a file",
        ));
    }
    let owned = |name| context.query(name).map(str::to_owned);
    let mut fields = DocumentFields {
        id: owned("id"),
        title: owned("title"),
        url: owned("url"),
        name: owned("name"),
        ..DocumentFields::default()
    };
    let upload = match ContentType::parse(&media_type) {
        // A body with the name of a file is one: its extension may say more than `text/plain`, and its encoding is detected.
        Ok(_of_text) if fields.name.is_none() => {
            fields.text = Some(input::text(context.request)?.to_owned());
            fields.content_type = Some(media_type);
            fields.parse()
        }
        _of_file => {
            let stated = context.request.headers().get(CONTENT_TYPE);
            fields.content_type = stated.and_then(|stated| Some(stated.to_str().ok()?.to_owned()));
            fields.file(file(context.request))
        }
    };
    let mut faults = None;
    let upload = collect(upload.map_err(point_at_parameters), &mut faults);
    let library = collect(library(context), &mut faults);
    match (upload, library, faults) {
        (Some(upload), Some(library), None) => Ok(DocumentBatch {
            library,
            documents: vec![(Some(upload.id().clone()), Ok(upload))],
            is_single: true,
        }),
        (.., faults) => Err(or_invalid(faults).into()),
    }
}

/// The body as a file.
///
/// # Errors
/// When it is empty.
fn file(request: &Request) -> Result<Vec<u8>, InvalidInput> {
    match input::bytes(request) {
        [] => Err(InvalidInput::invalid_value("/text", "must not be empty")),
        bytes => Ok(bytes.to_vec()),
    }
}

/// Points the faults of a single document at the body and the parameters instead of fields.
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
