//! The HTTP edge: requests in, JSON or problems out. The only user of `lambda_http`.

mod answered;
mod call;
mod cursor;
mod etag;
mod input;
mod once;
mod page;
mod problem;
mod reply;
pub mod requests;
mod runtime;
pub mod stream;
mod strict_json;

pub use answered::answered;
pub use call::{Call, respond};
pub use cursor::CursorKey;
pub use etag::{IfMatch, set_etag};
pub use lambda_http::{Body, Error, Request, Response, http::StatusCode};
#[cfg(feature = "openapi")]
pub(crate) use once::KEY_PATTERN as IDEMPOTENCY_KEY_PATTERN;
pub use once::once;
pub use page::Page;
pub use problem::Problem;
pub use reply::{
    CitationReply, DocumentPage, EntitiesReply, FactCheckReply, QueryPage, Reprocessed, SearchReply,
    accepted, json, no_content, set_server_timing, to_json,
};
pub use runtime::run;
