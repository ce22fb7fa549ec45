//! Requests to providers.

use http::{HeaderMap, HeaderName, Method};
use serde_json::Value;
use url::Url;

use super::{api_key::ApiKey, parameters::Parameters};

/// The recipient of a request: a model at a provider.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The URL to which the format's paths are appended.
    pub base_url: &'a Url,
    /// The API key, if the provider needs one.
    pub key: Option<&'a ApiKey>,
    /// The model.
    pub model: &'a str,
    /// The optional parameters of the request.
    pub parameters: Parameters,
}

/// An HTTP request to a provider. The API key is in a header marked as sensitive, never in the URL.
#[derive(Debug, Clone)]
pub struct ProviderRequest {
    /// The method.
    pub method: Method,
    /// The URL.
    pub url: Url,
    /// The headers, without those that the HTTP client adds.
    pub headers: HeaderMap,
    /// The JSON body; empty for a `GET`.
    pub body: Vec<u8>,
}

impl Target<'_> {
    /// Returns the base URL with a path appended, such as `chat/completions`.
    pub(super) fn url(&self, path: &str) -> Url {
        let mut url = self.base_url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path.split('/'));
        }
        url
    }

    /// Returns the API key as a header marked as sensitive.
    pub(super) fn key_header(&self, name: HeaderName, prefix: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        // Every key is valid as a header value.
        if let Some(value) = self.key.and_then(|key| key.header(prefix)) {
            headers.insert(name, value);
        }
        headers
    }
}

/// Creates a `POST` request with a JSON body.
pub(super) fn post(url: Url, headers: HeaderMap, body: &Value) -> ProviderRequest {
    ProviderRequest {
        method: Method::POST,
        url,
        headers,
        body: body.to_string().into_bytes(),
    }
}

/// Creates a `GET` request.
pub(super) fn get(url: Url, headers: HeaderMap) -> ProviderRequest {
    ProviderRequest {
        method: Method::GET,
        url,
        headers,
        body: Vec::new(),
    }
}
