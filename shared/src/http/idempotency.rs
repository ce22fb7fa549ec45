//! `Idempotency-Key`: a request that is sent again has the response of the first, and is not carried out again.
//!
//! Only successes are kept: what failed changed nothing, and what failed in parts is worth another try, so the key is free. See
//! <https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>.

use std::{future::Future, pin::Pin, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use lambda_http::{
    Body, Response,
    http::{HeaderName, HeaderValue, Method, StatusCode},
};
use sha2::{Digest, Sha256};

use super::RequestContext;
use crate::{
    domain::{InvalidInput, QueryId},
    error::HubError,
    ports::{Idempotency, IdempotencyClaim, KeyClaim, StoredResponse},
};

/// The longest key, in characters.
const MAX_KEY: usize = 255;
/// The keys that are taken, as a regular expression.
#[cfg(feature = "openapi")]
pub(crate) const KEY_PATTERN: &str = "^[!-~]{1,255}$";
/// How long a response is kept.
const LIFE: SignedDuration = SignedDuration::from_hours(24);
/// After its deadline and this, an invocation has ended.
const GRACE: Duration = Duration::from_secs(1);
/// Says that a response is not new.
pub(super) const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Does the work of a request, or gives the response that it had. Without the header, does it. The work is passed in a box,
/// because that of some functions is a large future.
///
/// # Errors
/// Those of the work; a key that is none; one that another request has, or that this one has and is not done.
pub async fn idempotent(
    context: &RequestContext<'_>,
    keys: &dyn Idempotency,
    work: Pin<Box<impl Future<Output = Result<Response<Body>, HubError>>>>,
) -> Result<Response<Body>, HubError> {
    let Some(key) = key(context)? else {
        return work.await;
    };
    let lease = context.deadline.left() + GRACE;
    let claim = KeyClaim {
        user: &context.user,
        key,
        request: &digest(context),
        run: &QueryId::generate().to_string(),
        lease: Timestamp::now() + SignedDuration::try_from(lease).unwrap_or(LIFE),
    };
    match keys.claim(&claim, Timestamp::now()).await? {
        IdempotencyClaim::Acquired => {}
        IdempotencyClaim::InProgress => return Err(HubError::Running("request with this Idempotency-Key")),
        IdempotencyClaim::Replay(response) => return Ok(replayed(response)),
        IdempotencyClaim::KeyReused => {
            let detail = "was sent with another request before";
            return Err(InvalidInput::impossible("Idempotency-Key", detail).into());
        }
    }
    let result = work.await;
    let settled = match result.as_ref().ok().and_then(kept) {
        Some(response) => keys.complete(&claim, &response, Timestamp::now() + LIFE).await,
        None => keys.release(&claim).await,
    };
    // The work is done whether this is known later or not; after its lease the key can be taken again.
    if let Err(error) = settled {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "idempotency key not settled"
        );
    }
    result
}

fn key<'context>(context: &'context RequestContext<'_>) -> Result<Option<&'context str>, HubError> {
    let value = context.request.headers().get("idempotency-key");
    let Some(value) = value.filter(|_| context.request.method() == Method::POST) else {
        return Ok(None);
    };
    let is_key = |key: &&str| (1..=MAX_KEY).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
    match value.to_str().ok().filter(is_key) {
        Some(key) => Ok(Some(key)),
        None => {
            let detail = format!("must be 1 to {MAX_KEY} visible ASCII characters");
            Err(InvalidInput::malformed("Idempotency-Key", detail).into())
        }
    }
}

/// What makes two requests the same.
fn digest(context: &RequestContext<'_>) -> String {
    let mut digest = Sha256::new();
    let uri = context.request.uri();
    let content_type = context.header("content-type").unwrap_or_default();
    let head = (
        context.request.method().as_str(),
        context.instance(),
        uri.query(),
        content_type,
    );
    digest.update(format!("{head:?}"));
    digest.update(context.request.body());
    URL_SAFE_NO_PAD.encode(digest.finalize())
}

/// A success as it is kept; `None` for a failure, and for what is too long to be.
fn kept(response: &Response<Body>) -> Option<StoredResponse> {
    let body = match response.body() {
        Body::Text(text) if text.len() <= StoredResponse::MAX_BYTES => text.clone(),
        Body::Empty => String::new(),
        _ => return None,
    };
    let text = |(name, value): (&HeaderName, &HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    let is_whole = response.status().is_success() && response.status() != StatusCode::MULTI_STATUS;
    is_whole.then(|| StoredResponse {
        status: response.status().as_u16(),
        headers: response.headers().iter().filter_map(text).collect(),
        body,
    })
}

fn replayed(kept: StoredResponse) -> Response<Body> {
    let mut response = Response::new(Body::from(kept.body));
    *response.status_mut() = StatusCode::from_u16(kept.status).unwrap_or_default();
    for (name, value) in kept.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(&value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
        .headers_mut()
        .insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
