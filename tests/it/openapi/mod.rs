//! The OpenAPI document: it matches the template and the responses, and is served with its page.

mod examples;
mod statuses;

use std::collections::BTreeSet;

use attest::Template;
use serde_json::Value;

use crate::{
    contract::{DOCUMENT, matches_template, operations},
    support::{Hub, ok, root},
};

#[test]
fn the_routes_are_those_of_the_template() {
    let template = Template::load(&root().join("template.yaml")).unwrap();
    let routes = template.functions.iter().flat_map(|function| &function.routes);
    let routes: BTreeSet<(String, &str)> = routes
        .map(|route| (route.method.to_lowercase(), route.path.as_str()))
        .collect();
    let documented: BTreeSet<(String, &str)> = operations()
        .map(|(path, method, _)| {
            // The route of all agents has one operation for each.
            let route = routes.iter().find(|(_, route)| *route == path);
            let route = route.or_else(|| routes.iter().find(|(_, route)| matches_template(path, route)));
            let (_, route) = route.unwrap_or_else(|| panic!("{path} is not a route"));
            (method.to_owned(), *route)
        })
        .collect();
    assert_eq!(documented, routes);
}

#[test]
fn the_unauthenticated_operations_are_those_of_the_template() {
    let template = std::fs::read_to_string(root().join("template.yaml")).unwrap();
    let open_routes: BTreeSet<&str> = template
        .lines()
        .filter(|line| line.contains("Authorizer: NONE"))
        .map(|line| line.split("Path: ").nth(1).unwrap().split(',').next().unwrap())
        .collect();
    let open: BTreeSet<&str> = operations()
        .filter(|(.., operation)| operation["security"].as_array().is_some_and(Vec::is_empty))
        .map(|(path, ..)| path)
        .collect();
    assert_eq!(open, open_routes);
}

#[test]
fn the_error_responses_of_the_gateway_are_documented() {
    let template = std::fs::read_to_string(root().join("template.yaml")).unwrap();
    let (_, responses) = template.split_once("GatewayResponses:").unwrap();
    let (responses, _) = responses.split_once("\n\n").unwrap();
    let statuses = responses
        .lines()
        .filter_map(|line| line.trim().strip_prefix("StatusCode: "));
    let mut seen = 0;
    for status in statuses {
        // 404 is for paths without an operation; 400 is documented only where a request can be malformed.
        let is_general = !["400", "404"].contains(&status);
        for (path, method, operation) in operations().filter(|_| is_general) {
            assert!(
                operation["responses"][status].is_object(),
                "{method} {path}: {status}"
            );
        }
        seen += usize::from(is_general);
    }
    assert!(seen >= 5, "the gateway has its own error responses");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_and_the_page_are_cacheable_and_load_nothing_else() {
    let hub = Hub::start().await;
    let shown: Value = ok(hub.get("/openapi.json").await).await;
    assert_eq!(shown, *DOCUMENT);
    for (path, media_type) in [
        ("/openapi.json", "application/json"),
        ("/docs", "text/html; charset=utf-8"),
    ] {
        let first = hub.get(path).await;
        let headers = first.headers().clone();
        assert_eq!(
            (first.status().as_u16(), &headers["content-type"]),
            (200, &media_type.parse().unwrap())
        );
        assert_eq!(headers["cache-control"], "max-age=300");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        let tag = headers["etag"].to_str().unwrap();
        for cached in [tag, "*", &format!("W/{tag}"), &format!("\"other\", {tag}")] {
            let second = hub.get_with(path, "if-none-match", cached).await;
            assert_eq!(
                (second.status().as_u16(), &second.headers()["etag"]),
                (304, &headers["etag"]),
                "{cached}"
            );
        }
        assert_eq!(
            hub.get_with(path, "if-none-match", "\"other\"").await.status(),
            200
        );
    }
    let page = hub.get("/docs").await.text().await.unwrap();
    for loading in [
        "<script",
        "<img",
        "<link",
        "<iframe",
        " src=",
        " style=",
        " onclick=",
    ] {
        assert!(!page.contains(loading), "{loading}");
    }
    let anchors: BTreeSet<&str> = page.split(" id=\"").skip(1).map(until_quote).collect();
    for link in page.split(" href=\"").skip(1).map(until_quote) {
        let is_anchor = link
            .strip_prefix('#')
            .is_some_and(|anchor| anchors.contains(anchor));
        assert!(is_anchor || link == "openapi.json", "{link} leads nowhere");
    }
    for (path, method, operation) in operations() {
        let name = operation["operationId"].as_str().unwrap();
        assert!(anchors.contains(name), "{method} {path} is not on the page");
    }
    hub.cloud.stop().await;
}

/// The text before the first quotation mark.
fn until_quote(text: &str) -> &str {
    text.split('"').next().unwrap()
}
