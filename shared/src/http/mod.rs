//! The HTTP edge: requests in, JSON or problems out. The only user of `lambda_http`.

mod call;
mod cursor;
mod input;
mod problem;
mod reply;
pub mod requests;
mod strict_json;

pub use call::{Call, respond};
pub use cursor::CursorKey;
pub use lambda_http::{Body, Error, Request, Response, http::StatusCode, run, service_fn};
pub use problem::Problem;
pub use reply::{SearchReply, json, list, no_content, set_server_timing};
