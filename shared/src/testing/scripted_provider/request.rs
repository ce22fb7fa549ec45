//! Received requests.

use http::{HeaderMap, Method};
use serde_json::Value;

/// A request as the provider received it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceivedRequest {
    /// The method.
    pub method: Method,
    /// The path with its query.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The JSON body; null when it is empty or not JSON.
    pub body: Value,
    /// The body as it was sent.
    pub(super) raw_body: Vec<u8>,
}

impl ReceivedRequest {
    /// Returns whether the body has a field, at the top level or among the options of Gemini or Ollama.
    pub(super) fn has_field(&self, name: &str) -> bool {
        let parts = [&self.body, &self.body["generationConfig"], &self.body["options"]];
        parts.iter().any(|part| !part[name].is_null())
    }
}
