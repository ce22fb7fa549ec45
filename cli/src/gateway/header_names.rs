//! What API Gateway does to the headers of REST APIs
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html>).

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// API Gateway's maximum size of the request line and all headers, in bytes
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html>).
pub(super) const MAX_BYTES: usize = 10_240;

/// Headers of requests that functions do not get.
const DROPPED_FROM_REQUESTS: [&str; 10] = [
    "connection",
    "content-md5",
    "expect",
    "max-forwards",
    "proxy-authenticate",
    "server",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];
/// Headers of responses that clients do not get.
const DROPPED_FROM_RESPONSES: [&str; 8] = [
    "content-length",
    "expect",
    "host",
    "proxy-authenticate",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];
/// Headers of responses that clients get under another name, after [`REMAPPED_PREFIX`].
const REMAPPED_IN_RESPONSES: [&str; 7] = [
    "authorization",
    "connection",
    "content-md5",
    "date",
    "max-forwards",
    "server",
    "www-authenticate",
];
const REMAPPED_PREFIX: &str = "x-amzn-remapped-";

/// Returns the headers of a request as a function gets them.
pub(super) fn of_request(headers: &HeaderMap) -> HeaderMap {
    let mut kept = headers.clone();
    for name in DROPPED_FROM_REQUESTS {
        kept.remove(name);
    }
    kept
}

/// Returns the headers of a function's response as a client gets them.
pub(super) fn of_response(headers: HeaderMap) -> HeaderMap {
    let mut sent = HeaderMap::new();
    let mut last: Option<HeaderName> = None;
    for (name, value) in headers {
        // Only the first value of a name comes with it.
        last = name.or(last);
        let Some(name) = last.clone() else { continue };
        append(&mut sent, name, value);
    }
    sent
}

fn append(sent: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    if DROPPED_FROM_RESPONSES.contains(&name.as_str()) {
        return;
    }
    if !REMAPPED_IN_RESPONSES.contains(&name.as_str()) {
        sent.append(name, value);
    } else if let Ok(name) = HeaderName::try_from(format!("{REMAPPED_PREFIX}{name}")) {
        sent.append(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn headers_of_a_connection_do_not_reach_the_function() {
        let sent = headers(&[
            ("connection", "close"),
            ("te", "trailers"),
            ("accept", "a"),
            ("accept", "b"),
        ]);
        assert_eq!(of_request(&sent), headers(&[("accept", "a"), ("accept", "b")]));
    }

    #[test]
    fn some_headers_of_a_response_have_another_name_and_some_are_dropped() {
        let response = headers(&[
            ("www-authenticate", "Bearer"),
            ("date", "then"),
            ("content-length", "9"),
            ("set-cookie", "a"),
            ("set-cookie", "b"),
        ]);
        let expected = headers(&[
            ("x-amzn-remapped-www-authenticate", "Bearer"),
            ("x-amzn-remapped-date", "then"),
            ("set-cookie", "a"),
            ("set-cookie", "b"),
        ]);
        assert_eq!(of_response(response), expected);
    }
}
