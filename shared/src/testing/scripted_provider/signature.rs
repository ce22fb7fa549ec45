//! The server's side of AWS Signature Version 4, written from its description and not with the crate that signs:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>.

use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use super::request::ReceivedRequest;

/// The access key id and the secret access key.
pub(super) const ROLE: (&str, &str) = ("AKIASCRIPTED", "scripted-secret-access-key");
/// The region.
pub(super) const REGION: &str = "us-west-2";

/// What a canonical path keeps.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// Returns whether the role has signed the request for this service. Requests with a query are not supported.
pub(super) fn is_valid(request: &ReceivedRequest, service: &str) -> bool {
    expected(request, service).is_some_and(|expected| header(request, "authorization") == Some(&expected))
}

/// Returns the header that the request should have, with the headers that it says are signed.
fn expected(request: &ReceivedRequest, service: &str) -> Option<String> {
    let (_, rest) = header(request, "authorization")?.split_once("SignedHeaders=")?;
    let (names, _) = rest.split_once(',')?;
    let has = |name: &str| names.split(';').any(|signed| signed == name);
    let date = header(request, "x-amz-date")?;
    let day = date.get(..8)?;
    // These must be signed if they are there.
    let required = ["host", "x-amz-date", "x-amz-security-token", "content-type"];
    if !required
        .into_iter()
        .all(|name| has(name) || header(request, name).is_none())
    {
        return None;
    }
    let mut canonical = format!(
        "{}\n{}\n\n",
        request.method,
        utf8_percent_encode(&request.path, PATH)
    );
    for name in names.split(';') {
        canonical.push_str(&format!("{name}:{}\n", header(request, name)?.trim()));
    }
    canonical.push_str(&format!("\n{names}\n{}", hex(&Sha256::digest(&request.raw_body))));
    let scope = format!("{day}/{REGION}/{service}/aws4_request");
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{date}\n{scope}\n{}",
        hex(&Sha256::digest(canonical))
    );
    let (access_key_id, secret) = ROLE;
    let mut key = format!("AWS4{secret}").into_bytes();
    for part in [day, REGION, service, "aws4_request", &to_sign] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
        mac.update(part.as_bytes());
        key = mac.finalize().into_bytes().to_vec();
    }
    Some(format!(
        "AWS4-HMAC-SHA256 Credential={access_key_id}/{scope}, SignedHeaders={names}, Signature={}",
        hex(&key)
    ))
}

fn header<'a>(request: &'a ReceivedRequest, name: &str) -> Option<&'a str> {
    request.headers.get(name)?.to_str().ok()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
