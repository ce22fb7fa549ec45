//! The context of one request: the caller, the deadline and the request id; and the log line of its outcome.

use std::time::Duration;

use lambda_http::{
    Request, RequestExt, Response,
    aws_lambda_events::apigw::{ApiGatewayProxyRequestContext, ApiGatewayV2httpRequestContext},
    http::{HeaderValue, header::HeaderName},
    request::RequestContext as GatewayContext,
};

use crate::{
    deadline::Deadline,
    domain::UserId,
    error::{HubError, source_chain},
    meter::Used,
    telemetry,
};

/// How long after the deadline work is still awaited: recording has its own reserve.
const GRACE: Duration = Duration::from_millis(500);

/// What every endpoint needs to know about a request besides its input.
#[derive(Debug)]
pub struct RequestContext<'request> {
    /// The request itself.
    pub request: &'request Request,
    /// The caller.
    pub user: UserId,
    /// When the answer must be complete.
    pub deadline: Deadline,
    /// The id that the caller, the gateway and the log share.
    pub request_id: String,
}

impl<'request> RequestContext<'request> {
    /// Reads the request's context. `timeout` is used where the runtime sends no deadline.
    pub fn new(request: &'request Request, timeout: Duration) -> Self {
        let lambda = request.lambda_context_ref();
        let now_ms = jiff::Timestamp::now().as_millisecond().max(0) as u64;
        let deadline_ms = lambda.map_or(0, |context| context.deadline);
        let (user, request_id) = match request.request_context_ref() {
            Some(GatewayContext::ApiGatewayV1(context)) => (user(context), context.request_id.clone()),
            Some(GatewayContext::ApiGatewayV2(context)) => (signer(context), context.request_id.clone()),
            _ => (UserId::anonymous(), None),
        };
        let request_id = request_id
            .or_else(|| lambda.map(|context| context.request_id.clone()))
            .unwrap_or_default();
        Self {
            request,
            user,
            deadline: Deadline::from_lambda(deadline_ms, now_ms, timeout),
            request_id,
        }
    }

    /// A parameter of the path, such as `id`; empty when the route has none of this name.
    pub fn path(&self, name: &str) -> String {
        self.request
            .path_parameters_ref()
            .and_then(|all| all.first(name))
            .unwrap_or_default()
            .to_owned()
    }

    /// The path that was called.
    pub fn instance(&self) -> &str {
        self.request.raw_http_path()
    }

    /// A header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    }

    /// Whether the caller sent this preference, such as `respond-async`
    /// ([RFC 7240](https://www.rfc-editor.org/rfc/rfc7240)).
    pub fn prefers(&self, preference: &str) -> bool {
        let headers = self.request.headers().get_all("prefer").iter();
        let preferences = headers
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','));
        let mut names = preferences.map(|one| one.split([';', '=']).next().unwrap_or_default().trim());
        names.any(|name| name.eq_ignore_ascii_case(preference))
    }

    /// How long the work of this request may take before it is abandoned.
    pub(super) fn time_limit(&self) -> Duration {
        self.deadline.left() + GRACE
    }

    /// Names the request in a response, by the id that the log has.
    pub(super) fn set_request_id<B>(&self, response: &mut Response<B>) {
        if let Ok(id) = HeaderValue::from_str(&self.request_id) {
            let headers = response.headers_mut();
            headers.insert(HeaderName::from_static("x-request-id"), id);
        }
    }

    /// A parameter of the query string.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.request
            .query_string_parameters_ref()
            .and_then(|all| all.first(name))
    }
}

/// The authorizer's principal, else the signer of the request, else the anonymous user.
fn user(context: &ApiGatewayProxyRequestContext) -> UserId {
    let principal = context
        .authorizer
        .fields
        .get("principalId")
        .and_then(|principal| principal.as_str());
    match principal {
        Some(principal) => UserId::new(principal),
        None => UserId::new(&signer_id(context.identity.user_arn.as_deref())),
    }
}

/// The ARN of a signer, without the session of an assumed role: each caller names its session as it likes, and a new name
/// would have a new history and a new budget
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns>).
fn signer_id(arn: Option<&str>) -> String {
    let arn = arn.unwrap_or_default();
    match arn.split_once(":assumed-role/") {
        Some((account, role)) => {
            let role = role.split('/').next().unwrap_or_default();
            format!("{account}:assumed-role/{role}")
        }
        None => arn.to_owned(),
    }
}

/// The signer of a request to a function URL, else the anonymous user.
fn signer(context: &ApiGatewayV2httpRequestContext) -> UserId {
    let authorizer = context.authorizer.as_ref();
    let iam = authorizer.and_then(|authorizer| authorizer.iam.as_ref());
    UserId::new(&signer_id(iam.and_then(|iam| iam.user_arn.as_deref())))
}

/// The log line of a request, written when it has ended.
pub(super) struct LogLine {
    request_id: String,
    trace_id: Option<String>,
    method: String,
    pub(super) deadline: Deadline,
    used: Used,
}

impl LogLine {
    pub(super) fn new(context: &RequestContext<'_>, used: Used) -> Self {
        Self {
            request_id: context.request_id.clone(),
            trace_id: context
                .header("traceparent")
                .and_then(telemetry::trace_id)
                .map(str::to_owned),
            method: context.request.method().as_str().to_owned(),
            deadline: context.deadline,
            used,
        }
    }

    /// Writes the line; `more` is what was used since.
    pub(super) fn write(self, status: u16, more: Used, error: Option<&str>) {
        let used = self.used.and(more);
        telemetry::log_invocation(&telemetry::Invocation {
            request_id: &self.request_id,
            trace_id: self.trace_id.as_deref(),
            method: &self.method,
            status,
            took: self.deadline.elapsed(),
            used: &used,
            error,
        });
    }
}

/// A failure as the log shows it. Paths of input faults are left out, because an unknown field can hold any text.
pub(super) fn for_the_log(error: &HubError) -> String {
    match error {
        HubError::Invalid(input) => {
            let first = input.errors.first().map_or("", |fault| fault.detail.as_str());
            format!("{} fault(s) of the input; the first {first}", input.errors.len())
        }
        other => source_chain(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn caller(event: &Json) -> (String, String) {
        let request = lambda_http::request::from_str(&event.to_string()).unwrap();
        let context = RequestContext::new(&request, Duration::from_secs(1));
        (context.user.as_str().to_owned(), context.request_id)
    }

    #[test]
    fn the_caller_is_whom_the_gateway_or_the_function_url_has_checked() {
        let rest = |authorizer: Json, identity: Json| {
            json!({
                "resource": "/usage", "path": "/usage", "httpMethod": "GET", "headers": {},
                "multiValueHeaders": {}, "requestContext": {
                    "requestId": "r-1", "httpMethod": "GET", "authorizer": authorizer, "identity": identity,
                },
            })
        };
        let url = |authorizer: Json| {
            json!({
                "version": "2.0", "routeKey": "$default", "rawPath": "/usage", "rawQueryString": "", "headers": {},
                "isBase64Encoded": false, "requestContext": {
                    "requestId": "r-1", "authorizer": authorizer, "routeKey": "$default", "stage": "$default",
                    "time": "27/Nov/2026:00:00:00 +0000", "timeEpoch": 0,
                    "http": { "method": "GET", "path": "/usage" },
                },
            })
        };
        let signed = json!({ "userArn": "arn:ada" });
        for (event, user) in [
            (rest(json!({}), json!({})), "anonymous"),
            (rest(json!({}), signed.clone()), "arn:ada"),
            (
                rest(
                    json!({}),
                    json!({ "userArn": "arn:aws:sts::1:assumed-role/Reader/any-session" }),
                ),
                "arn:aws:sts::1:assumed-role/Reader",
            ),
            (rest(json!({ "principalId": "ada" }), signed.clone()), "ada"),
            (url(Json::Null), "anonymous"),
            (url(json!({ "iam": signed })), "arn:ada"),
        ] {
            assert_eq!(caller(&event), (user.to_owned(), "r-1".to_owned()), "{event}");
        }
    }
}
