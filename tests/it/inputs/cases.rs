//! Invalid requests and the checks of their responses, shared by the tests of all routes.

use std::collections::BTreeSet;

use reqwest::{Method, Response, Url, header::CONTENT_TYPE};
use serde_json::Value;

use crate::{
    rows,
    support::{Hub, problem},
};

/// A description, a body, and the expected status and errors, in the format of [`errors`].
pub(super) type Case = (&'static str, Vec<u8>, u16, &'static str);

/// A case with a body of text or JSON.
pub(super) fn case(what: &'static str, body: impl ToString, status: u16, errors: &'static str) -> Case {
    (what, body.to_string().into_bytes(), status, errors)
}

/// Sends each case as JSON and checks the status and the errors.
pub(super) async fn assert_refused(hub: &Hub, path: &str, cases: Vec<Case>) {
    for (what, body, status, expected) in cases {
        let response = hub.post_raw(path, "application/json", body).await;
        assert_eq!(response.status(), status, "{path}: {what}");
        let actual = errors(&problem(response, status).await);
        assert_eq!(actual, expected, "{path}: {what}");
    }
}

/// The errors of a problem in their order, one on a line: place, colon, text.
pub(super) fn errors(problem: &Value) -> String {
    let errors = problem["errors"].as_array().unwrap().iter();
    let line = |error: &Value| {
        let (place, text) = (
            error["pointer"].as_str().unwrap(),
            error["detail"].as_str().unwrap(),
        );
        format!("{place}: {text}")
    };
    errors.map(line).collect::<Vec<_>>().join("\n")
}

/// Every row of every table, with its attributes sorted.
pub(super) fn all_rows(hub: &Hub) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for table in &hub.cloud.template().tables {
        for mut row in rows::all(hub, &table.name) {
            row.sort_all_objects();
            all.insert(format!("{} {row}", table.name));
        }
    }
    all
}

/// The URL of a path.
pub(super) fn url(hub: &Hub, path: &str) -> Url {
    format!("{}{path}", hub.cloud.url()).parse().unwrap()
}

/// Sends a request without a content type.
pub(super) async fn send(method: Method, url: Url, body: impl Into<reqwest::Body>) -> Response {
    let client = shared::http_client::builder()
        .unwrap()
        .no_proxy()
        .build()
        .unwrap();
    let request = client.request(method, url).body(body).build().unwrap();
    assert!(!request.headers().contains_key(CONTENT_TYPE));
    client.execute(request).await.unwrap()
}
