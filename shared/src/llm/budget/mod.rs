//! The LLM budget: prices, token estimates, spending caps, and reservations against the daily caps.

mod caps;
mod price;
mod reservations;
mod usage;

pub use caps::Caps;
pub use price::{Price, dollars};
pub use reservations::{Budget, Refusal, Reservations};
pub use usage::{estimated_usage, max_usage};
