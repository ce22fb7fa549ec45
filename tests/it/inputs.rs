//! Bad input: each is told of all its faults at once, by place, and writes nothing.

mod agents;
mod documents;
mod history;
mod lists;
mod paths;
mod questions;

use std::collections::BTreeSet;

use reqwest::{Method, Response, Url, header::CONTENT_TYPE};
use serde_json::Value;

use crate::{
    rows,
    support::{Hub, problem},
};

/// A request, its body, and what must come of it: a status and every fault, one on a line, as [`faults`] shows them.
type Case = (&'static str, Vec<u8>, u16, &'static str);

fn case(what: &'static str, body: impl ToString, status: u16, faults: &'static str) -> Case {
    (what, body.to_string().into_bytes(), status, faults)
}

/// Sends each case as JSON and checks what it is told.
async fn refuse(hub: &Hub, path: &str, cases: Vec<Case>) {
    for (what, body, status, expected) in cases {
        let response = hub.post_raw(path, "application/json", body).await;
        assert_eq!(response.status(), status, "{path}: {what}");
        let told = faults(&problem(response, status).await);
        assert_eq!(told, expected, "{path}: {what}");
    }
}

/// Every fault that a problem names, in its order, one on a line: its place, a colon, its text.
fn faults(problem: &Value) -> String {
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

/// Every row of every table, with its fields in order.
fn everything(hub: &Hub) -> BTreeSet<String> {
    let mut everything = BTreeSet::new();
    for table in &hub.cloud.template().tables {
        for mut row in rows::all(hub, &table.name) {
            row.sort_all_objects();
            everything.insert(format!("{} {row}", table.name));
        }
    }
    everything
}

fn url(hub: &Hub, path: &str) -> Url {
    format!("{}{path}", hub.cloud.url()).parse().unwrap()
}

/// A request without a content type.
async fn send(method: Method, url: Url, body: impl Into<reqwest::Body>) -> Response {
    let client = shared::http_client::builder()
        .unwrap()
        .no_proxy()
        .build()
        .unwrap();
    let request = client.request(method, url).body(body).build().unwrap();
    assert!(!request.headers().contains_key(CONTENT_TYPE));
    client.execute(request).await.unwrap()
}
