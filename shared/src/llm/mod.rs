//! The client of LLM providers. No other module calls a model.
//!
//! `wire` creates requests and parses replies as pure functions, `content` finds the answer in them, `transport` does the
//! I/O, `router` selects models, retries and falls back.

mod breaker;
pub mod budget;
pub mod catalog;
mod clock;
mod content;
mod content_encoding;
mod failure;
mod keys;
mod reply;
mod retry_after;
mod router;
pub mod routing;
mod run;
mod settings;
mod standalone;
mod transport;
pub mod wire;

pub use failure::{Cooldown, Failure, Phase};
pub use router::{Router, check::ProviderCheck};
pub use settings::Settings;
pub use standalone::Standalone;
