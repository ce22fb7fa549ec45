//! Unknown paths, ids and methods.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::json;

use super::cases::{all_rows, errors, send, url};
use crate::support::{Hub, problem};

#[tokio::test(flavor = "multi_thread")]
async fn unknown_paths_and_ids_are_not_found() {
    let hub = Hub::start().await;
    hub.ingest("default", &[("guide", "The heron stands in the water.")])
        .await;
    let answer = hub.ask("default", "What stands in the water?").await;
    let lowercase = answer["query_id"].as_str().unwrap().to_lowercase();
    let before = all_rows(&hub);
    for path in [
        "/",
        "/nothing",
        "/queries/x/y",
        "/queries/",
        "/documents/",
        "/Queries",
        "/health/dead",
    ] {
        problem(hub.get(path).await, 404).await;
    }
    for id in [
        "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "nonsense",
        "%00",
        "%FF",
        &lowercase,
        &"0".repeat(5_000),
    ] {
        let path = format!("/queries/{id}");
        for response in [
            hub.get(&path).await,
            hub.get(&format!("{path}/status")).await,
            hub.delete(&path).await,
            hub.put(&path, &json!({}), None).await,
            hub.post(&format!("{path}/feedback"), &json!({ "rating": 1 }))
                .await,
        ] {
            let missing = problem(response, 404).await;
            assert_eq!(missing["detail"], "there is no query of this id");
        }
    }
    for path in [
        "/documents/none",
        "/documents/%00",
        "/documents/%20",
        "/documents/guide?library=other",
    ] {
        for response in [hub.get(path).await, hub.delete(path).await] {
            let missing = problem(response, 404).await;
            assert_eq!(missing["detail"], "there is no document of this id", "{path}");
        }
    }
    for path in ["/documents/guide?library=", "/documents/guide?library=a%20b"] {
        for response in [hub.get(path).await, hub.delete(path).await] {
            let actual = errors(&problem(response, 400).await);
            assert_eq!(
                actual,
                "?library: must be 1 to 64 ASCII letters, digits, `.`, `_` or `-`"
            );
        }
    }
    assert_eq!(all_rows(&hub), before);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_method_is_refused_with_the_allowed_ones() {
    let hub = Hub::start().await;
    let before = all_rows(&hub);
    let cases = [
        (Method::PUT, "/queries", "GET POST"),
        (Method::GET, "/search", "POST"),
        (Method::PATCH, "/documents", "GET POST"),
        (Method::POST, "/documents/guide", "DELETE GET"),
        (
            Method::PATCH,
            "/queries/01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "DELETE GET PUT",
        ),
        (Method::POST, "/health", "GET"),
    ];
    for (method, path, methods) in cases {
        let response = send(method, url(&hub, path), "").await;
        let allow = response.headers()["allow"].to_str().unwrap().to_owned();
        let allowed: BTreeSet<&str> = allow.split(", ").collect();
        assert_eq!(allowed, methods.split(' ').collect(), "{path}");
        problem(response, 405).await;
    }
    assert_eq!(all_rows(&hub), before);
    hub.cloud.stop().await;
}
