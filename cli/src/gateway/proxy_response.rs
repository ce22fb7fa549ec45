//! Converts API Gateway proxy responses of functions to HTTP responses.

use std::collections::HashMap;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value as Json;

use super::header_names;

/// The JSON of a proxy response.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProxyResponse {
    status_code: u16,
    #[serde(default)]
    headers: Option<HashMap<String, Json>>,
    #[serde(default)]
    multi_value_headers: Option<HashMap<String, Vec<Json>>>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: Option<bool>,
}

/// Parses a proxy response. The error says what is malformed and contains none of the response's text.
pub(super) fn parse(response: &[u8]) -> Result<Response<Body>, String> {
    let proxy: ProxyResponse = serde_json::from_slice(response).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => "a field is missing or has the wrong type".to_owned(),
        _ => "it is not JSON".to_owned(),
    })?;
    let headers = headers(&proxy)?;
    // A client would take a status below 200 for an interim response and keep waiting.
    let status = StatusCode::from_u16(proxy.status_code)
        .ok()
        .filter(|status| (200..600).contains(&status.as_u16()));
    let status = status.ok_or_else(|| format!("the status code {} is invalid", proxy.status_code))?;
    let body = proxy.body.unwrap_or_default();
    let body = if proxy.is_base64_encoded.unwrap_or_default() {
        STANDARD
            .decode(body)
            .map_err(|_not_base64| "the body is not base64".to_owned())?
            .into()
    } else {
        Bytes::from(body)
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

/// Merges both header maps. A pair that is in both appears once.
fn headers(proxy: &ProxyResponse) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    let many = proxy.multi_value_headers.iter().flatten();
    let many = many.flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
    for (name, value) in many {
        let (name, value) = header(name, value)?;
        headers.append(name, value);
    }
    for (name, value) in proxy.headers.iter().flatten() {
        let (name, value) = header(name, value)?;
        if !headers.get_all(&name).iter().any(|known| known == value) {
            headers.append(name, value);
        }
    }
    Ok(header_names::of_response(headers))
}

fn header(name: &str, value: &Json) -> Result<(HeaderName, HeaderValue), String> {
    let text = match value {
        Json::String(text) => text.clone(),
        Json::Number(number) => number.to_string(),
        Json::Bool(truth) => truth.to_string(),
        _ => return Err("a header's value is not a string, number or boolean".to_owned()),
    };
    let name = HeaderName::try_from(name).map_err(|_invalid| "a header's name is invalid".to_owned())?;
    let value = HeaderValue::try_from(text).map_err(|_invalid| "a header's value is invalid".to_owned())?;
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    async fn bytes(response: Response<Body>) -> Bytes {
        axum::body::to_bytes(response.into_body(), usize::MAX)
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn headers_of_both_kinds_are_merged() {
        let response = parse(
            json!({
                "statusCode": 201,
                "headers": {"X-One": "1", "Content-Length": "999", "Retry-After": 3},
                "multiValueHeaders": {"x-one": ["1", "2"], "set-cookie": ["a", "b"]},
                "body": "hello", "isBase64Encoded": false
            })
            .to_string()
            .as_bytes(),
        )
        .unwrap();
        assert_eq!(response.status(), 201);
        let all = |name: &str| -> Vec<_> {
            response
                .headers()
                .get_all(name)
                .iter()
                .map(|value| value.to_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(all("x-one"), ["1", "2"]);
        assert_eq!(all("set-cookie"), ["a", "b"]);
        assert_eq!(all("retry-after"), ["3"]);
        assert_eq!(all("content-length"), Vec::<String>::new());
        assert_eq!(bytes(response).await, "hello");
    }

    #[tokio::test]
    async fn a_base64_body_is_decoded_and_an_absent_one_is_empty() {
        let response = parse(br#"{"statusCode":200,"body":"/wA=","isBase64Encoded":true}"#).unwrap();
        assert_eq!(bytes(response).await, &[0xff, 0x00][..]);
        assert_eq!(bytes(parse(br#"{"statusCode":204}"#).unwrap()).await, "");
    }

    #[test]
    fn errors_of_malformed_responses_contain_none_of_their_text() {
        let reason = |response: &str| parse(response.as_bytes()).unwrap_err();
        assert_eq!(reason("secret"), "it is not JSON");
        assert_eq!(reason(r#""secret""#), "a field is missing or has the wrong type");
        assert_eq!(
            reason(r#"{"body":"secret"}"#),
            "a field is missing or has the wrong type"
        );
        assert_eq!(
            reason(r#"{"statusCode":200,"body":{"secret":1}}"#),
            "a field is missing or has the wrong type"
        );
        assert_eq!(reason(r#"{"statusCode":42}"#), "the status code 42 is invalid");
        assert_eq!(reason(r#"{"statusCode":101}"#), "the status code 101 is invalid");
        assert_eq!(
            reason(r#"{"statusCode":200,"headers":{"a b":"c"}}"#),
            "a header's name is invalid"
        );
        assert_eq!(
            reason(r#"{"statusCode":200,"body":"?","isBase64Encoded":true}"#),
            "the body is not base64"
        );
    }
}
