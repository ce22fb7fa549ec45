//! Web search: asks a provider for the addresses of pages about a question.
//!
//! Nothing else of a reply is used. What a provider says of a page is not in the page, and could not be verified.

mod client;
mod provider;
mod settings;

pub use client::WebSearch;
pub use provider::Provider;
pub use settings::{Key, WebSettings};
