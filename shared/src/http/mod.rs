//! The HTTP edge: requests in, JSON or problems out. The only user of `lambda_http`.

mod answered;
mod call;
mod cursor;
mod etag;
mod input;
mod once;
mod problem;
mod reply;
pub mod requests;
pub mod stream;
mod strict_json;

pub use answered::answered;
pub use call::{Call, respond};
pub use cursor::CursorKey;
pub use etag::{IfMatch, set_etag};
pub use lambda_http::{Body, Error, Request, Response, http::StatusCode, run, service_fn};
pub use once::once;
pub use problem::Problem;
pub use reply::{
    CitationReply, EntitiesReply, FactCheckReply, SearchReply, accepted, json, list, no_content,
    set_server_timing, to_json,
};
