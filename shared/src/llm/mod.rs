//! The async client of language models. Wire formats are pure functions (`wire`), one file does I/O (`transport`), one
//! decides who is called and what follows a failure (`router`). Nothing else in the project talks to a model.

mod breaker;
pub mod budget;
pub mod catalog;
mod failure;
mod keys;
mod retry_after;
mod router;
pub mod routing;
mod run;
mod settings;
mod standalone;
mod transport;
pub mod wire;

pub use failure::{Cooldown, Failure, Phase};
pub use router::Router;
pub use settings::Settings;
pub use standalone::Standalone;
