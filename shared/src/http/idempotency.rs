//! `Idempotency-Key`: a repeated request gets the response of the first one and is not carried out again.
//!
//! Only successes are stored. A request that failed changed nothing, and one that failed in part is worth another try, so
//! their keys are released. If a failed request may have stored something, its key is held until its lease ends. See <https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>.

use std::{future::Future, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use lambda_http::{
    Body, Response,
    http::{HeaderName, HeaderValue, Method, StatusCode},
};
use sha2::{Digest, Sha256};

use super::request_context::RequestContext;
use crate::{
    domain::{InvalidInput, QueryId},
    error::HubError,
    ports::{Idempotency, IdempotencyClaim, KeyClaim, StoredResponse},
};

/// The longest key, in characters.
const MAX_KEY: usize = 255;
/// The keys that are accepted, as a regular expression.
#[cfg(feature = "openapi")]
pub(crate) const KEY_PATTERN: &str = "^[!-~]{1,255}$";
/// How long a response is stored.
const TTL: SignedDuration = SignedDuration::from_hours(24);
/// After its deadline and this, an invocation has ended.
const GRACE: Duration = Duration::from_secs(1);
/// Marks a stored response.
pub(super) const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Runs the work of a request unless its `Idempotency-Key` has a stored response, which is then returned. Without the header
/// or without `keys`, runs the work.
///
/// # Errors
/// Those of the work; a malformed key; a key of another request, or of a request that is still running.
pub async fn idempotent(
    context: &RequestContext<'_>,
    keys: Option<&dyn Idempotency>,
    work: impl Future<Output = Result<Response<Body>, HubError>>,
) -> Result<Response<Body>, HubError> {
    let Some(keys) = keys else {
        return work.await;
    };
    let Some(key) = key(context)? else {
        return work.await;
    };
    let lease = context.deadline.left() + GRACE;
    let claim = KeyClaim {
        user: &context.user,
        key,
        request: &digest(context),
        run: &QueryId::generate().to_string(),
        lease: Timestamp::now() + SignedDuration::try_from(lease).unwrap_or(TTL),
    };
    match keys.claim(&claim, Timestamp::now()).await? {
        IdempotencyClaim::Acquired => {}
        IdempotencyClaim::InProgress => {
            return Err(HubError::StillRunning("request with this Idempotency-Key"));
        }
        IdempotencyClaim::Replay(response) => return Ok(replayed(response)),
        IdempotencyClaim::KeyReused => {
            let detail = "was sent with another request before";
            return Err(InvalidInput::invalid_value("Idempotency-Key", detail).into());
        }
    }
    let result = work.await;
    let settled = match &result {
        Ok(response) => match kept(response) {
            Some(response) => keys.complete(&claim, &response, Timestamp::now() + TTL).await,
            None => keys.release(&claim).await,
        },
        Err(HubError::Store(error)) if error.may_be_applied() => Ok(()),
        Err(_) => keys.release(&claim).await,
    };
    // The work is done either way. The key can be claimed again when its lease has expired.
    if let Err(error) = settled {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "idempotency key not completed"
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

/// A digest of what makes two requests the same.
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

/// A success as it is stored; `None` for failures, partial failures and bodies that are too long.
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
