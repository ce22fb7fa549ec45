//! Checks the requests and responses of the tests against the OpenAPI document.

use std::{
    collections::{BTreeSet, HashMap},
    env,
    sync::{Arc, LazyLock, Mutex},
};

use jsonschema::{Registry, Validator};
use reqwest::{
    Request, Response, ResponseBuilderExt, StatusCode,
    header::{CONTENT_TYPE, HeaderMap},
};
use serde_json::{Value, json};
use shared::openapi;

use crate::support::OTHER_VERSION;

/// The OpenAPI document.
pub(crate) static DOCUMENT: LazyLock<Value> = LazyLock::new(openapi::document);

/// The URI under which schemas refer to the document.
const DOCUMENT_URI: &str = "urn:attest:openapi";
/// Response headers that the document must list when they are sent.
const CHECKED_HEADERS: [&str; 8] = [
    "cache-control",
    "etag",
    "idempotency-replayed",
    "location",
    "preference-applied",
    "retry-after",
    "server-timing",
    "x-request-id",
];

/// Properties of responses that the other version of [`OTHER_VERSION`] does not have yet.
const ADDED: [&str; 3] = ["location", "origin", "page"];

/// Every operation: path, method and description.
pub(crate) fn operations() -> impl Iterator<Item = (&'static str, &'static str, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().unwrap().iter();
    paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

/// Whether a path matches this path template; a part in braces matches any text without a slash.
pub(crate) fn matches_template(path: &str, template: &str) -> bool {
    let (mut parts, mut templates) = (path.split('/'), template.split('/'));
    loop {
        match (parts.next(), templates.next()) {
            (None, None) => return true,
            (Some(part), Some(template)) if part == template || template.starts_with('{') => {}
            _ => return false,
        }
    }
}

/// A request that was sent.
pub(crate) struct SentRequest {
    method: String,
    path: String,
    media_type: String,
    body: Vec<u8>,
}

impl SentRequest {
    /// Copies what the checks need.
    pub(crate) fn new(request: &Request) -> Self {
        Self {
            method: request.method().as_str().to_lowercase(),
            path: request.url().path().to_owned(),
            media_type: media_type(request.headers()),
            body: request
                .body()
                .and_then(reqwest::Body::as_bytes)
                .unwrap_or_default()
                .to_owned(),
        }
    }

    /// The operation with its JSON pointer; literal paths take precedence over path templates.
    fn operation(&self) -> Option<(String, &'static Value)> {
        let mut matching: Vec<_> = operations()
            .filter(|(path, method, _)| *method == self.method && matches_template(&self.path, path))
            .collect();
        matching.sort_by_key(|(path, ..)| path.contains('{'));
        let (path, method, operation) = *matching.first()?;
        let path = path.replace('~', "~0").replace('/', "~1");
        Some((format!("/paths/{path}/{method}"), operation))
    }

    /// Checks the response; returns the operation id and the response. The events of a stream are checked as they are
    /// read, by [`check_event`].
    pub(crate) async fn check(self, response: Response) -> (Option<String>, Response) {
        let (status, headers) = (response.status(), response.headers().clone());
        let Some((pointer, operation)) = self.operation() else {
            assert!(
                status.is_client_error() || status.is_server_error(),
                "{} {} is not in the document and returns {status}",
                self.method,
                self.path
            );
            return (None, response);
        };
        let name = operation["operationId"].as_str().unwrap().to_owned();
        let documented = &operation["responses"][status.as_str()];
        let (response_pointer, documented) = match documented["$ref"].as_str() {
            Some(reference) => {
                let pointer = reference.trim_start_matches('#').to_owned();
                let documented = DOCUMENT.pointer(&pointer).unwrap();
                (pointer, documented)
            }
            None => (format!("{pointer}/responses/{}", status.as_str()), documented),
        };
        assert!(
            documented.is_object(),
            "{name} returns {status}, which the document does not list"
        );
        let documented_headers: BTreeSet<String> = documented["headers"]
            .as_object()
            .into_iter()
            .flat_map(|headers| headers.keys().map(|header| header.to_lowercase()))
            .collect();
        for header in CHECKED_HEADERS
            .into_iter()
            .filter(|header| headers.contains_key(*header))
        {
            assert!(
                documented_headers.contains(header),
                "{name} returns {status} with `{header}`, which the document does not list"
            );
        }
        // In a batch, some documents may have been refused.
        let is_accepted = status.is_success() && status != StatusCode::MULTI_STATUS;
        if is_accepted && self.media_type == "application/json" && !self.body.trim_ascii().is_empty() {
            let schema = format!("{pointer}/requestBody/content/application~1json/schema");
            assert_conforms(&name, &schema, &serde_json::from_slice(&self.body).unwrap());
        }
        let media_type = media_type(&headers);
        if media_type == "text/event-stream" {
            assert!(
                documented["content"][&media_type].is_object(),
                "{name} is a stream"
            );
            return (Some(name), response);
        }
        let url = response.url().clone();
        let body = response.bytes().await.unwrap();
        if body.is_empty() {
            assert!(
                matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED),
                "{name}: {status} has no body"
            );
        } else {
            let content = &documented["content"][&media_type];
            assert!(content.is_object(), "{name} returns {status} with `{media_type}`");
            if media_type.ends_with("json") {
                let media_type = media_type.replace('/', "~1");
                let schema = format!("{response_pointer}/content/{media_type}/schema");
                assert_conforms(&name, &schema, &serde_json::from_slice(&body).unwrap());
            }
        }
        let body = match media_type.ends_with("json") {
            true => comparable(std::str::from_utf8(&body).unwrap()).into(),
            false => body,
        };
        let mut rebuilt = http::Response::builder().status(status).url(url);
        *rebuilt.headers_mut().unwrap() = headers;
        (Some(name), rebuilt.body(body).unwrap().into())
    }
}

/// A response as both versions make it: without properties that one of them does not have, where they are null.
pub(crate) fn comparable(response: &str) -> String {
    if env::var_os(OTHER_VERSION).is_none() {
        return response.to_owned();
    }
    let nulls = ADDED.map(|name| format!(",\"{name}\":null"));
    nulls
        .iter()
        .fold(response.to_owned(), |text, null| text.replace(null, ""))
}

/// Checks one event of a stream against its schema.
pub(crate) fn check_event(name: &str, data: &Value) {
    assert_conforms(
        name,
        "/components/schemas/Event",
        &json!({ "event": name, "data": data }),
    );
}

/// Checks a value against the schema at this JSON pointer of the document.
fn assert_conforms(what: &str, pointer: &str, value: &Value) {
    if let Err(error) = validator(pointer).validate(value) {
        panic!(
            "{what}: {error} at {}, against {pointer}: {value}",
            error.instance_path()
        );
    }
}

/// Makes properties optional in every schema.
fn allow_missing(names: &[&str], schema: &mut Value) {
    match schema {
        Value::Array(schemas) => schemas.iter_mut().for_each(|schema| allow_missing(names, schema)),
        Value::Object(keywords) => {
            if let Some(Value::Array(required)) = keywords.get_mut("required") {
                required.retain(|name| !names.iter().any(|optional| name == optional));
            }
            keywords
                .values_mut()
                .for_each(|schema| allow_missing(names, schema));
        }
        _ => {}
    }
}

/// The validator of the schema at this JSON pointer; each is built once.
fn validator(pointer: &str) -> Arc<Validator> {
    static CACHE: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let mut cache = CACHE.lock().unwrap();
    if let Some(validator) = cache.get(pointer) {
        return validator.clone();
    }
    static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
        let mut document = DOCUMENT.clone();
        if env::var_os(OTHER_VERSION).is_some() {
            allow_missing(&ADDED, &mut document);
        }
        let registry = Registry::new().add(DOCUMENT_URI, document).unwrap();
        registry.prepare().unwrap()
    });
    let fragment = pointer.replace('{', "%7B").replace('}', "%7D");
    let schema = json!({ "$ref": format!("{DOCUMENT_URI}#{fragment}") });
    let options = jsonschema::draft202012::options().should_validate_formats(true);
    let validator = Arc::new(options.with_registry(&REGISTRY).build(&schema).unwrap());
    cache.insert(pointer.to_owned(), validator.clone());
    validator
}

fn media_type(headers: &HeaderMap) -> String {
    let header = headers.get(CONTENT_TYPE).map(|value| value.to_str().unwrap());
    let essence = header.and_then(|value| value.split(';').next());
    essence.unwrap_or_default().trim().to_owned()
}
