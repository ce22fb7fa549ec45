//! Converts HTTP requests to API Gateway REST proxy events (payload format 1.0)
//! (<https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html#apigateway-example-event>).

use std::collections::BTreeMap;

use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, USER_AGENT};
use axum::http::{HeaderMap, Method, Uri};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use crate::account::ACCOUNT_ID;

/// The client address in every event.
const SOURCE_IP: &str = "127.0.0.1";

/// The parts of a request and its route that make up an event.
pub(super) struct EventRequest<'a> {
    pub(super) method: &'a Method,
    pub(super) uri: &'a Uri,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
    /// The route's path with its `{parameters}`.
    pub(super) resource: &'a str,
    pub(super) path_parameters: &'a [(String, String)],
    pub(super) stage: &'a str,
    /// Media types of bodies that are passed on in base64.
    pub(super) binary_media_types: &'a [String],
    pub(super) request_id: &'a str,
}

/// Builds the proxy event.
pub(super) fn build(request: &EventRequest<'_>) -> Json {
    let (headers, multi_value_headers) = headers(request.headers);
    let (query, multi_value_query) = query(request.uri.query().unwrap_or_default());
    let parameters: Map<String, Json> = request
        .path_parameters
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect();
    let (body, is_base64_encoded) = body(request);
    json!({
        "resource": request.resource,
        "path": request.uri.path(),
        "httpMethod": request.method.as_str(),
        "headers": headers,
        "multiValueHeaders": multi_value_headers,
        "queryStringParameters": null_when_empty(query),
        "multiValueQueryStringParameters": null_when_empty(multi_value_query),
        "pathParameters": null_when_empty(parameters),
        "stageVariables": null,
        "requestContext": context(request),
        "body": body,
        "isBase64Encoded": is_base64_encoded,
    })
}

fn context(request: &EventRequest<'_>) -> Json {
    let now = Timestamp::now();
    let user_agent = request
        .headers
        .get(USER_AGENT)
        .and_then(|agent| agent.to_str().ok());
    json!({
        "accountId": ACCOUNT_ID,
        "apiId": "local",
        "stage": request.stage,
        "resourceId": "local",
        "resourcePath": request.resource,
        "httpMethod": request.method.as_str(),
        "path": format!("/{}{}", request.stage, request.uri.path()),
        "protocol": "HTTP/1.1",
        "requestId": request.request_id,
        "extendedRequestId": request.request_id,
        "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
        "requestTimeEpoch": now.as_millisecond(),
        "identity": {
            "sourceIp": SOURCE_IP,
            "userAgent": user_agent,
            "accessKey": null,
            "accountId": null,
            "caller": null,
            "cognitoAuthenticationProvider": null,
            "cognitoAuthenticationType": null,
            "cognitoIdentityId": null,
            "cognitoIdentityPoolId": null,
            "principalOrgId": null,
            "user": null,
            "userArn": null,
        },
    })
}

/// The headers in single-value form, with the last value of each, and in multi-value form. Like API Gateway, adds the
/// `X-Forwarded-*` headers.
fn headers(headers: &HeaderMap) -> (Map<String, Json>, Map<String, Json>) {
    let sent = headers.iter().map(|(name, value)| {
        (
            name.as_str().to_owned(),
            String::from_utf8_lossy(value.as_bytes()).into_owned(),
        )
    });
    let added = [("x-forwarded-for", SOURCE_IP), ("x-forwarded-proto", "http")];
    let added = added.into_iter().filter(|(name, _)| !headers.contains_key(*name));
    grouped(sent.chain(added.map(|(name, value)| (name.to_owned(), value.to_owned()))))
}

fn query(query: &str) -> (Map<String, Json>, Map<String, Json>) {
    grouped(url::form_urlencoded::parse(query.as_bytes()).into_owned())
}

fn grouped(pairs: impl Iterator<Item = (String, String)>) -> (Map<String, Json>, Map<String, Json>) {
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in pairs {
        values.entry(name).or_default().push(value);
    }
    let last = values
        .iter()
        .map(|(name, values)| (name.clone(), values.last().cloned().into()))
        .collect();
    (
        last,
        values
            .into_iter()
            .map(|(name, values)| (name, values.into()))
            .collect(),
    )
}

fn null_when_empty(map: Map<String, Json>) -> Json {
    if map.is_empty() { Json::Null } else { map.into() }
}

/// The body verbatim when it is text, else in base64, and whether it is encoded.
fn body(request: &EventRequest<'_>) -> (Json, bool) {
    if request.body.is_empty() {
        return (Json::Null, false);
    }
    match std::str::from_utf8(request.body) {
        Ok(text) if !is_binary(request) => (text.into(), false),
        _ => (STANDARD.encode(request.body).into(), true),
    }
}

fn is_binary(request: &EventRequest<'_>) -> bool {
    let content_type = request
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    let mut types = request.binary_media_types.iter();
    request.headers.contains_key(CONTENT_ENCODING) || types.any(|name| name.eq_ignore_ascii_case(media_type))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn event(uri: &str, headers: &[(&'static str, &'static str)], body: &[u8]) -> Json {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        build(&EventRequest {
            method: &Method::POST,
            uri: &uri.parse().unwrap(),
            headers: &map,
            body,
            resource: "/documents/{id}",
            path_parameters: &[("id".into(), "a/b".into())],
            stage: "prod",
            binary_media_types: &["application/pdf".to_owned()],
            request_id: "11111111-2222-4333-8444-555555555555",
        })
    }

    #[test]
    fn a_request_becomes_a_rest_proxy_event() {
        let mut event = event(
            "/documents/a%2Fb?tag=x&tag=y%20z&empty=&plus=a+b",
            &[
                ("content-type", "application/json"),
                ("accept", "a"),
                ("accept", "b"),
                ("user-agent", "test"),
            ],
            br#"{"query":"why"}"#,
        );
        let context = event["requestContext"].as_object_mut().unwrap();
        assert!(context.remove("requestTimeEpoch").unwrap().as_i64().unwrap() > 1_700_000_000_000);
        let time = context.remove("requestTime").unwrap();
        assert!(time.as_str().unwrap().ends_with(" +0000"), "{time}");
        let nulls = [
            "accessKey",
            "accountId",
            "caller",
            "user",
            "userArn",
            "principalOrgId",
        ];
        assert!(nulls.iter().all(|name| context["identity"][*name].is_null()));
        context["identity"]
            .as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
        assert_eq!(
            event,
            json!({
                "resource": "/documents/{id}",
                "path": "/documents/a%2Fb",
                "httpMethod": "POST",
                "headers": {"accept": "b", "content-type": "application/json", "user-agent": "test",
                    "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http"},
                "multiValueHeaders": {"accept": ["a", "b"], "content-type": ["application/json"],
                    "user-agent": ["test"], "x-forwarded-for": ["127.0.0.1"], "x-forwarded-proto": ["http"]},
                "queryStringParameters": {"tag": "y z", "empty": "", "plus": "a b"},
                "multiValueQueryStringParameters": {"tag": ["x", "y z"], "empty": [""], "plus": ["a b"]},
                "pathParameters": {"id": "a/b"},
                "stageVariables": null,
                "requestContext": {
                    "accountId": "000000000000", "apiId": "local", "stage": "prod", "resourceId": "local",
                    "resourcePath": "/documents/{id}", "httpMethod": "POST", "path": "/prod/documents/a%2Fb",
                    "protocol": "HTTP/1.1", "requestId": "11111111-2222-4333-8444-555555555555",
                    "extendedRequestId": "11111111-2222-4333-8444-555555555555",
                    "identity": {"sourceIp": "127.0.0.1", "userAgent": "test"},
                },
                "body": "{\"query\":\"why\"}",
                "isBase64Encoded": false,
            })
        );
    }

    #[test]
    fn absent_parts_are_null() {
        let event = event("/documents/a", &[], b"");
        assert_eq!(event["queryStringParameters"], Json::Null);
        assert_eq!(event["multiValueQueryStringParameters"], Json::Null);
        assert_eq!(event["body"], Json::Null);
    }

    #[test]
    fn a_binary_body_is_encoded_in_base64() {
        let invalid = event("/documents/a", &[("content-type", "text/plain")], &[0xff, 0x00]);
        assert_eq!(
            (invalid["body"].as_str(), &invalid["isBase64Encoded"]),
            (Some("/wA="), &json!(true))
        );
        let pdf = event(
            "/documents/a",
            &[("content-type", "application/PDF; x=1")],
            b"%PDF",
        );
        assert_eq!(
            (pdf["body"].as_str(), &pdf["isBase64Encoded"]),
            (Some("JVBERg=="), &json!(true))
        );
        let text = event(
            "/documents/a",
            &[("content-type", "text/markdown")],
            "é".as_bytes(),
        );
        assert_eq!(
            (text["body"].as_str(), &text["isBase64Encoded"]),
            (Some("é"), &json!(false))
        );
    }
}
