//! Bodies of the agents that read documents without storing them: `browser` and `pdf`.

use deserr::Deserr;
use lambda_http::Request;
use serde_json::Map;

use super::super::{documents, faults::at};
use crate::{
    domain::{AddressUpload, FileUpload, InvalidInput, Upload},
    error::HubError,
    http::input,
};

#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
struct BrowserBody {
    #[deserr(try_from(String) = documents::url -> InvalidInput)]
    url: String,
}

/// Parses the address of the browser agent.
///
/// # Errors
/// Every fault of the body.
pub fn browser(request: &Request) -> Result<Upload, HubError> {
    let BrowserBody { url } = input::json(request)?;
    Ok(address(url))
}

#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
struct PdfBody {
    #[deserr(default)]
    url: Option<String>,
    #[deserr(default)]
    data: Option<String>,
}

/// Parses the address or the file of the pdf agent.
///
/// # Errors
/// Every fault of the body.
pub fn pdf(request: &Request) -> Result<Upload, HubError> {
    match input::json(request)? {
        PdfBody {
            url: Some(url),
            data: None,
        } => Ok(address(documents::url(url).map_err(at("/url"))?)),
        PdfBody {
            url: None,
            data: Some(data),
        } => {
            let bytes = documents::decoded(&data).map_err(at("/data"))?;
            Ok(Upload::File(Box::new(FileUpload {
                id: FileUpload::derive_id(None, &bytes),
                title: None,
                url: None,
                published_at: None,
                metadata: Map::new(),
                bytes,
                media_type: Some("application/pdf".to_owned()),
                name: None,
            })))
        }
        PdfBody { .. } => Err(InvalidInput::malformed("/url", "is required, or `data`, but not both").into()),
    }
}

fn address(url: String) -> Upload {
    Upload::Address(Box::new(AddressUpload::new(url)))
}
