//! Requests of `/queries` and the paths below it.

mod ask;
mod list;
mod options;
mod parameters;
mod reprocess;
mod verify;

#[cfg(feature = "openapi")]
pub(crate) use ask::AskBody;
pub use ask::{ask, comprehensive};
pub use list::{ListQueries, list_queries};
pub(super) use options::{Options, check_writer, parse_max_tokens, parse_model};
pub use parameters::{last_event_id, query_id, version};
pub use reprocess::{ReprocessRequest, reprocess};
pub use verify::empty_body;
