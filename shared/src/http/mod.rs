//! The HTTP edge: requests in, JSON or problems out. The only user of `lambda_http`.

mod ask;
mod cursor;
mod document_reply;
mod endpoint;
mod etag;
mod idempotency;
mod input;
mod problem;
mod read_reply;
mod request_context;
pub mod requests;
mod responses;
mod static_page;
pub mod stream;
mod strict_json;

pub use ask::Ask;
pub use cursor::CursorKey;
pub use document_reply::DocumentReply;
pub use endpoint::{Endpoint, serve};
pub use etag::{IfMatch, set_etag};
#[cfg(feature = "openapi")]
pub(crate) use idempotency::KEY_PATTERN as IDEMPOTENCY_KEY_PATTERN;
pub use idempotency::idempotent;
pub use lambda_http::{Body, Error, Request, Response, http::StatusCode};
pub use problem::Problem;
pub use read_reply::{BrowserReply, PdfPage, PdfReply};
pub use request_context::RequestContext;
pub use responses::{
    CitationReply, ClosedLibrary, DocumentPage, EntitiesReply, FactCheckReply, LibraryPage, QueryPage,
    Reprocessed, SearchReply, accepted, json, no_content, set_respond_async_applied, set_server_timing,
    to_json,
};
pub use static_page::StaticPage;
