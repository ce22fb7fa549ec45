//! Static pages: responses that change only with a deployment, with caching by `ETag`.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use lambda_http::{
    Body, Response,
    http::{
        StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, HeaderValue,
            IF_NONE_MATCH, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
        },
    },
};
use sha2::{Digest, Sha256};

use super::{etag, request_context::RequestContext};

/// A text that clients may cache for five minutes and revalidate with `If-None-Match`.
#[derive(Debug)]
pub struct StaticPage {
    body: String,
    tag: String,
    headers: [(HeaderName, HeaderValue); 3],
}

impl StaticPage {
    /// A page with its media type and its Content Security Policy (<https://www.w3.org/TR/CSP3/>).
    pub fn new(media_type: &'static str, policy: HeaderValue, body: String) -> Self {
        let digest = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&body));
        Self {
            tag: format!("\"{digest}\""),
            body,
            headers: [
                (CONTENT_TYPE, HeaderValue::from_static(media_type)),
                (CONTENT_SECURITY_POLICY, policy),
                (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            ],
        }
    }

    /// The page, or 304 Not Modified when `If-None-Match` has its tag.
    pub fn response(&self, context: &RequestContext<'_>) -> Response<Body> {
        let mut response = Response::new(Body::Empty);
        let is_cached = context
            .header(IF_NONE_MATCH.as_str())
            // `If-None-Match` uses weak comparison (RFC 9110, 13.1.2).
            .is_some_and(|tags| etag::matches(&tags.replace("W/", ""), &self.tag));
        if is_cached {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        } else {
            *response.body_mut() = Body::from(self.body.as_str());
            response.headers_mut().extend(self.headers.clone());
        }
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("max-age=300"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        if let Ok(tag) = HeaderValue::from_str(&self.tag) {
            headers.insert(ETAG, tag);
        }
        response
    }
}
