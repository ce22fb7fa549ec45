//! Holds what the tests send and are answered against the OpenAPI document.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, LazyLock, Mutex},
};

use jsonschema::{Registry, Validator};
use reqwest::{
    Request, Response, ResponseBuilderExt, StatusCode,
    header::{CONTENT_TYPE, HeaderMap},
};
use serde_json::{Value, json};
use shared::openapi;

/// The document.
pub(crate) static DOCUMENT: LazyLock<Value> = LazyLock::new(openapi::document);

/// What the document calls itself where schemas refer to it.
const NAME: &str = "urn:attest:openapi";
/// Headers of responses that mean something of ours.
const HEADERS: [&str; 8] = [
    "cache-control",
    "etag",
    "idempotency-replayed",
    "location",
    "preference-applied",
    "retry-after",
    "server-timing",
    "x-request-id",
];

/// Every operation under its path and method.
pub(crate) fn operations() -> impl Iterator<Item = (&'static str, &'static str, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().unwrap().iter();
    paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

/// Whether a path is one of this template; a part in braces is whatever has no slash.
pub(crate) fn fits(path: &str, template: &str) -> bool {
    let (mut parts, mut templates) = (path.split('/'), template.split('/'));
    loop {
        match (parts.next(), templates.next()) {
            (None, None) => return true,
            (Some(part), Some(template)) if part == template || template.starts_with('{') => {}
            _ => return false,
        }
    }
}

/// What was sent.
pub(crate) struct Sent {
    method: String,
    path: String,
    media_type: String,
    body: Vec<u8>,
}

impl Sent {
    pub(crate) fn of(request: &Request) -> Self {
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

    /// The operation with its place in the document; those of the fixed path go before those of a pattern.
    fn operation(&self) -> Option<(String, &'static Value)> {
        let mut fitting: Vec<_> = operations()
            .filter(|(path, method, _)| *method == self.method && fits(&self.path, path))
            .collect();
        fitting.sort_by_key(|(path, ..)| path.contains('{'));
        let (path, method, operation) = *fitting.first()?;
        let path = path.replace('~', "~0").replace('/', "~1");
        Some((format!("/paths/{path}/{method}"), operation))
    }

    /// Checks what it was answered, and gives the operation and the response again. Of a stream, each event is checked
    /// when it is read.
    pub(crate) async fn check(self, response: Response) -> (Option<String>, Response) {
        let (status, headers) = (response.status(), response.headers().clone());
        let Some((at, operation)) = self.operation() else {
            assert!(
                status.is_client_error() || status.is_server_error(),
                "{} {} is no operation of the document, and answers {status}",
                self.method,
                self.path
            );
            return (None, response);
        };
        let name = operation["operationId"].as_str().unwrap().to_owned();
        let documented = &operation["responses"][status.as_str()];
        let (place, documented) = match documented["$ref"].as_str() {
            Some(reference) => {
                let place = reference.trim_start_matches('#').to_owned();
                let documented = DOCUMENT.pointer(&place).unwrap();
                (place, documented)
            }
            None => (format!("{at}/responses/{}", status.as_str()), documented),
        };
        assert!(
            documented.is_object(),
            "{name} answers {status}, which the document does not say"
        );
        let documented_headers: BTreeSet<String> = documented["headers"]
            .as_object()
            .into_iter()
            .flat_map(|headers| headers.keys().map(|header| header.to_lowercase()))
            .collect();
        for header in HEADERS.into_iter().filter(|header| headers.contains_key(*header)) {
            assert!(
                documented_headers.contains(header),
                "{name} answers {status} with `{header}`, which the document does not say"
            );
        }
        // Of several things, some may have been refused.
        let is_taken = status.is_success() && status != StatusCode::MULTI_STATUS;
        if is_taken && self.media_type == "application/json" && !self.body.trim_ascii().is_empty() {
            let place = format!("{at}/requestBody/content/application~1json/schema");
            conforms(&name, &place, &serde_json::from_slice(&self.body).unwrap());
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
                "{name}: nothing comes with {status}"
            );
        } else {
            let content = &documented["content"][&media_type];
            assert!(content.is_object(), "{name} answers {status} with `{media_type}`");
            if media_type.ends_with("json") {
                let media_type = media_type.replace('/', "~1");
                let place = format!("{place}/content/{media_type}/schema");
                conforms(&name, &place, &serde_json::from_slice(&body).unwrap());
            }
        }
        let mut again = http::Response::builder().status(status).url(url);
        *again.headers_mut().unwrap() = headers;
        (Some(name), again.body(body).unwrap().into())
    }
}

/// Checks one event of a stream.
pub(crate) fn check_event(name: &str, data: &Value) {
    conforms(
        name,
        "/components/schemas/Event",
        &json!({ "event": name, "data": data }),
    );
}

fn conforms(what: &str, place: &str, value: &Value) {
    if let Err(error) = validator(place).validate(value) {
        panic!(
            "{what}: {error} at {}, against {place}: {value}",
            error.instance_path()
        );
    }
}

/// The schema at this place of the document, made once.
fn validator(place: &str) -> Arc<Validator> {
    static MADE: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let mut made = MADE.lock().unwrap();
    if let Some(validator) = made.get(place) {
        return validator.clone();
    }
    static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
        let registry = Registry::new().add(NAME, &*DOCUMENT).unwrap();
        registry.prepare().unwrap()
    });
    let fragment = place.replace('{', "%7B").replace('}', "%7D");
    let schema = json!({ "$ref": format!("{NAME}#{fragment}") });
    let options = jsonschema::draft202012::options().should_validate_formats(true);
    let validator = Arc::new(options.with_registry(&REGISTRY).build(&schema).unwrap());
    made.insert(place.to_owned(), validator.clone());
    validator
}

fn media_type(headers: &HeaderMap) -> String {
    let header = headers.get(CONTENT_TYPE).map(|value| value.to_str().unwrap());
    let essence = header.and_then(|value| value.split(';').next());
    essence.unwrap_or_default().trim().to_owned()
}
