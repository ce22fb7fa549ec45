//! Forms with files (`multipart/form-data`, RFC 7578), as browsers send them.

use std::{convert::Infallible, mem};

use futures::{future::ready, stream};
use lambda_http::http::header::CONTENT_TYPE;
use multer::{Field, Multipart, bytes::Bytes, parse_boundary};
use serde_json::{Map, Value};

use super::{
    super::{
        faults::{at, collect, or_invalid},
        search,
    },
    document_batch::{DocumentBatch, MAX_DOCUMENTS, entry},
    fields::DocumentFields,
};
use crate::{
    domain::{DocumentId, InvalidInput, Upload},
    http::{input, request_context::RequestContext},
};

/// A file of a form.
struct File {
    name: Option<String>,
    media_type: Option<String>,
    bytes: Bytes,
}

/// The documents of a form: each file, or else what its fields describe. Fields have the names of those of a document, and
/// `library`; they describe one document, so they need a form with one file at most.
///
/// # Errors
/// Faults of the form as a whole. Those of its files are in [`DocumentBatch`].
pub(super) async fn documents(context: &RequestContext<'_>) -> Result<DocumentBatch, InvalidInput> {
    let (mut fields, files) = parts(context).await?;
    let mut faults = None;
    let library = fields.remove("library");
    let library = search::parse_library(library.and_then(|library| Some(library.as_str()?.to_owned())));
    let library = collect(library.map_err(at("/library")), &mut faults);
    if files.len() > MAX_DOCUMENTS {
        let detail = format!("must have at most {MAX_DOCUMENTS} files");
        collect(Err::<(), _>(InvalidInput::invalid_value("", detail)), &mut faults);
    }
    if files.len() > 1 {
        for name in mem::take(&mut fields).keys() {
            let detail = "describes one document, but there are several files";
            let fault = InvalidInput::malformed(format!("/{name}"), detail);
            collect(Err::<(), _>(fault), &mut faults);
        }
    }
    let fields: Result<DocumentFields, InvalidInput> = deserr::deserialize(Value::Object(fields));
    let fields = collect(fields, &mut faults);
    let (Some(library), Some(fields), None) = (library, fields, &faults) else {
        return Err(or_invalid(faults));
    };
    let documents = match files.is_empty() {
        true => vec![entry(fields.id.clone(), fields.parse())],
        false => of_files(fields, files),
    };
    Ok(DocumentBatch {
        library,
        documents,
        is_single: false,
    })
}

/// The text fields and the files of a form.
async fn parts(context: &RequestContext<'_>) -> Result<(Map<String, Value>, Vec<File>), InvalidInput> {
    let malformed =
        |error: multer::Error| InvalidInput::malformed("", format!("the form is malformed: {error}"));
    let stated = context.request.headers().get(CONTENT_TYPE);
    let stated = stated.and_then(|stated| stated.to_str().ok()).unwrap_or_default();
    let boundary = parse_boundary(stated).map_err(malformed)?;
    let body = Bytes::copy_from_slice(input::bytes(context.request));
    let mut form = Multipart::new(stream::once(ready(Ok::<_, Infallible>(body))), boundary);
    let (mut fields, mut files) = (Map::new(), Vec::new());
    while let Some(part) = form.next_field().await.map_err(malformed)? {
        if part.file_name().is_some() {
            files.extend(file(part).await.map_err(malformed)?);
            continue;
        }
        let name = part.name().unwrap_or_default().to_owned();
        let text = part.text().await.map_err(malformed)?;
        let value = match name.as_str() {
            "metadata" => serde_json::from_str(&text).unwrap_or(Value::String(text)),
            _ => Value::String(text),
        };
        // Browsers send fields that were left empty.
        let is_empty = value.as_str().is_some_and(str::is_empty);
        if !is_empty && fields.insert(name.clone(), value).is_some() {
            return Err(InvalidInput::malformed(format!("/{name}"), "occurs twice"));
        }
    }
    Ok((fields, files))
}

/// A file; `None` if none was chosen.
async fn file(part: Field<'_>) -> Result<Option<File>, multer::Error> {
    let name = part
        .file_name()
        .filter(|name| !name.is_empty())
        .map(str::to_owned);
    let media_type = part.content_type().map(ToString::to_string);
    let bytes = part.bytes().await?;
    Ok((name.is_some() || !bytes.is_empty()).then_some(File {
        name,
        media_type,
        bytes,
    }))
}

fn of_files(
    mut fields: DocumentFields,
    files: Vec<File>,
) -> Vec<(Option<DocumentId>, Result<Upload, InvalidInput>)> {
    let entries = files.into_iter().map(|file| {
        let mut fields = mem::take(&mut fields);
        fields.name = fields.name.or(file.name);
        fields.content_type = fields.content_type.or(file.media_type);
        let content = match file.bytes.is_empty() {
            true => Err(InvalidInput::invalid_value("/data", "must not be empty")),
            false => Ok(file.bytes.into()),
        };
        entry(fields.id.clone(), fields.file(content))
    });
    entries.collect()
}
