//! AWS Signature Version 4 of HTTP requests (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>).

use std::{error::Error, time::SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4::SigningParams,
};

/// What a request is signed for: a service in a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scope<'a> {
    /// The region, such as `eu-central-1`.
    pub(crate) region: &'a str,
    /// The signing name of the service, such as `ssm`.
    pub(crate) service: &'a str,
}

/// Adds the headers of the signature. The path must be percent-encoded once; headers that are added later are not signed.
///
/// # Errors
/// When the request has a part that cannot be signed.
pub(crate) fn sign_request<B: AsRef<[u8]>>(
    request: &mut http::Request<B>,
    scope: Scope<'_>,
    credentials: Credentials,
    now: SystemTime,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let identity = credentials.into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(scope.region)
        .name(scope.service)
        .time(now)
        .settings(SigningSettings::default())
        .build()?
        .into();
    let uri = request.uri().to_string();
    let headers = request.headers().iter();
    let headers = headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let body = SignableBody::Bytes(request.body().as_ref());
    let signable = SignableRequest::new(request.method().as_str(), uri, headers, body)?;
    let (instructions, _signature) = sign(signable, &params)?.into_parts();
    instructions.apply_to_request_http1x(request);
    Ok(())
}

/// Returns the domain of the regional endpoints of AWS.
pub(crate) fn domain(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "amazonaws.com.cn"
    } else {
        "amazonaws.com"
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    const SCOPE: Scope<'_> = Scope {
        region: "us-east-1",
        service: "service",
    };

    /// Signs with the credentials and at the time of AWS's test suite, and returns the headers that were added.
    fn signed(request: http::request::Builder, body: &str, token: Option<&str>) -> (String, String) {
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        let credentials = Credentials::new(
            "AKIDEXAMPLE",
            secret,
            token.map(str::to_owned),
            None,
            "the test suite",
        );
        // 2015-08-30 12:36:00 UTC.
        let now = UNIX_EPOCH + Duration::from_secs(1_440_938_160);
        let mut request = request.body(body.to_owned()).unwrap();
        sign_request(&mut request, SCOPE, credentials, now).unwrap();
        let header = |name| request.headers()[name].to_str().unwrap().to_owned();
        (header("authorization"), header("x-amz-date"))
    }

    /// Vectors of the test suite that AWS publishes for implementers:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-test-suite.html>.
    #[test]
    fn signatures_are_those_of_the_test_suite() {
        let url = |path: &str| format!("https://example.amazonaws.com{path}");
        let form = "application/x-www-form-urlencoded";
        for (name, request, body, headers, signature) in [
            (
                "get-vanilla",
                http::Request::get(url("/")),
                "",
                "host;x-amz-date",
                "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            ),
            (
                "get-vanilla-query-order-key-case",
                http::Request::get(url("/?Param2=value2&Param1=value1")),
                "",
                "host;x-amz-date",
                "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
            ),
            (
                "post-vanilla",
                http::Request::post(url("/")),
                "",
                "host;x-amz-date",
                "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
            ),
            (
                "post-x-www-form-urlencoded",
                http::Request::post(url("/")).header("content-type", form),
                "Param1=value1",
                "content-type;host;x-amz-date",
                "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
            ),
        ] {
            let (authorization, date) = signed(request, body, None);
            assert_eq!(date, "20150830T123600Z");
            assert_eq!(
                authorization,
                format!(
                    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
                     SignedHeaders={headers}, Signature={signature}"
                ),
                "{name}"
            );
        }
    }

    #[test]
    fn a_session_token_is_signed() {
        let (authorization, _) = signed(
            http::Request::post("https://example.amazonaws.com/"),
            "",
            Some("token"),
        );
        assert!(authorization.contains("SignedHeaders=host;x-amz-date;x-amz-security-token,"));
    }
}
