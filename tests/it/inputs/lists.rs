//! Parameters of lists: limits, filters, and cursors that are valid for one list of one user only.

use attest::Cloud;
use serde_json::{Value, json};

use super::cases::errors;
use crate::support::{Hub, ok, problem, root};

const NOT_A_CURSOR: &str = "?cursor: is not a cursor of this list";

#[tokio::test(flavor = "multi_thread")]
async fn the_parameters_of_a_list_get_every_error_at_once() {
    let hub = Hub::start().await;
    let limits = ["0", "101", "-1", "abc", "", "1.5", "99999999999999999999"];
    for list in ["/queries", "/documents"] {
        for limit in limits {
            let response = hub.get(&format!("{list}?limit={limit}")).await;
            let actual = errors(&problem(response, 400).await);
            assert_eq!(actual, "?limit: must be a number from 1 to 100", "{list} {limit}");
        }
        for limit in [1, 100] {
            ok(hub.get(&format!("{list}?limit={limit}")).await).await;
        }
    }
    let cases = [
        ("/queries?status=done", STATUS),
        ("/queries?status=", STATUS),
        (
            "/queries?from=yesterday",
            "?from: must be a time such as `2026-01-31T12:00:00Z` (RFC 3339)",
        ),
        (
            "/queries?to=2026-01-31",
            "?to: must be a time such as `2026-01-31T12:00:00Z` (RFC 3339)",
        ),
        (
            "/queries?from=2026-02-01T00:00:00Z&to=2026-01-31T00:00:00Z",
            "?to: must not be before `from`",
        ),
        ("/queries?limit=0&status=x&from=x&to=", ALL_OF_QUERIES),
        ("/documents?limit=0&library=a%20b", ALL_OF_DOCUMENTS),
    ];
    for (path, expected) in cases {
        assert_eq!(
            errors(&problem(hub.get(path).await, 400).await),
            expected,
            "{path}"
        );
    }
    let one_moment = "/queries?status=failed&from=2026-01-31T00:00:00Z&to=2026-01-31T00:00:00Z";
    assert_eq!(ok(hub.get(one_moment).await).await["queries"], json!([]));
    hub.cloud.stop().await;
}

const STATUS: &str =
    "?status: must be one of `pending`, `processing`, `completed`, `partial`, `failed`, `cancelled`";
const ALL_OF_QUERIES: &str = "\
?limit: must be a number from 1 to 100
?status: must be one of `pending`, `processing`, `completed`, `partial`, `failed`, `cancelled`
?from: must be a time such as `2026-01-31T12:00:00Z` (RFC 3339)
?to: must be a time such as `2026-01-31T12:00:00Z` (RFC 3339)";
const ALL_OF_DOCUMENTS: &str = "\
?limit: must be a number from 1 to 100
?library: must be 1 to 64 ASCII letters, digits, `.`, `_` or `-`";

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_is_valid_for_its_own_list_only() {
    let hub = Hub::start().await;
    hub.ingest("default", &[("a", "One."), ("b", "Two."), ("c", "Three.")])
        .await;
    for question in ["One?", "Two?", "Three?"] {
        hub.ask("default", question).await;
    }
    let queries = next_cursor(&hub, "/queries?limit=1").await;
    let completed = next_cursor(&hub, "/queries?limit=1&status=completed").await;
    let documents = next_cursor(&hub, "/documents?limit=1").await;
    for (list, own) in [
        ("/queries?", &queries),
        ("/queries?status=completed&", &completed),
    ] {
        let page = ok(hub.get(&format!("{list}cursor={own}")).await).await;
        assert_eq!(page["queries"].as_array().unwrap().len(), 2, "{list}");
    }
    let page = ok(hub.get(&format!("/documents?cursor={documents}")).await).await;
    assert_eq!(page["documents"][0]["id"], "b");

    for (list, own, others) in [
        ("/queries?", Some(&queries), vec![&completed, &documents]),
        (
            "/queries?status=completed&",
            Some(&completed),
            vec![&queries, &documents],
        ),
        (
            "/queries?status=failed&",
            None,
            vec![&queries, &completed, &documents],
        ),
        (
            "/queries?from=2026-01-31T00:00:00Z&",
            None,
            vec![&queries, &completed, &documents],
        ),
        ("/documents?", Some(&documents), vec![&queries, &completed]),
        (
            "/documents?library=other&",
            None,
            vec![&queries, &completed, &documents],
        ),
    ] {
        let invalid = own.map(|own| damaged(own)).unwrap_or_default();
        for cursor in invalid.iter().chain(others) {
            let response = hub.get(&format!("{list}cursor={cursor}")).await;
            let actual = errors(&problem(response, 400).await);
            assert_eq!(actual, NOT_A_CURSOR, "{list} {cursor}");
        }
    }
    hub.cloud.stop().await;
}

/// Invalid variants of a cursor: empty, made up, truncated, repeated, or with one character changed.
fn damaged(cursor: &str) -> Vec<String> {
    let short = &cursor[..cursor.len() - 4];
    let mut damaged: Vec<String> = ["", "!", "AAAA", short].map(str::to_owned).into();
    damaged.extend([cursor.repeat(2), cursor.repeat(40)]);
    for at in [0, cursor.len() / 2, cursor.len() - 2] {
        let other = if cursor.as_bytes()[at] == b'A' { "B" } else { "A" };
        damaged.push(format!("{}{other}{}", &cursor[..at], &cursor[at + 1..]));
    }
    damaged
}

/// The cursor of the next page.
async fn next_cursor(hub: &Hub, path: &str) -> String {
    let page = ok(hub.get(path).await).await;
    page["next_cursor"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_the_questions_of_another_caller() {
    let hub = Hub::start().await;
    let cloud = &hub.cloud;
    for question in ["One?", "Two?"] {
        let body = json!({ "query": question }).to_string();
        assert_eq!(call(cloud, "ask", "alice", ("body", &body)).await.0, 200);
    }
    let (status, page) = call(cloud, "list-queries", "alice", ("limit", "1")).await;
    assert_eq!((status, &page["queries"][0]["query"]), (200, &json!("Two?")));
    let cursor = page["next_cursor"].as_str().unwrap();
    let id = page["queries"][0]["query_id"].as_str().unwrap();
    let (status, second) = call(cloud, "list-queries", "alice", ("cursor", cursor)).await;
    assert_eq!((status, &second["queries"][0]["query"]), (200, &json!("One?")));
    let mine = call(cloud, "get-query", "alice", ("id", id)).await;
    assert_eq!(mine.0, 200);

    // Some of these ids collide with hers if keys are joined without escaping; the empty id is the anonymous user.
    for other in ["bob", "alice#", "ALICE", "alice#completed", ""] {
        let (status, refused) = call(cloud, "list-queries", other, ("cursor", cursor)).await;
        assert_eq!(
            (status, errors(&refused).as_str()),
            (400, NOT_A_CURSOR),
            "{other}"
        );
        for function in of_one_query(cloud) {
            let (status, missing) = call(cloud, &function, other, ("id", id)).await;
            assert_eq!(
                (status, &missing["detail"]),
                (404, &json!("there is no query of this id")),
                "{function} {other}"
            );
        }
        for filter in [("limit", "100"), ("status", "completed")] {
            let (status, none) = call(cloud, "list-queries", other, filter).await;
            assert_eq!((status, &none["queries"]), (200, &json!([])), "{other}");
        }
        let (status, none) = call(cloud, "usage", other, ("limit", "1")).await;
        assert_eq!((status, &none["days"]), (200, &json!([])), "{other}");
    }
    assert_eq!(call(cloud, "get-query", "alice", ("id", id)).await, mine);
    hub.cloud.stop().await;
}

/// The functions of the routes about one question.
fn of_one_query(cloud: &Cloud) -> Vec<String> {
    let functions = cloud.template().functions.iter();
    let functions = functions.filter(|function| {
        let mut routes = function.routes.iter();
        routes.any(|route| route.path.starts_with("/queries/{id}"))
    });
    functions.map(|function| function.binary.clone()).collect()
}

/// Invokes a function as a user without the gateway: its example event with the body, the id of the path or a query
/// parameter replaced. Returns the status and the body.
async fn call(cloud: &Cloud, function: &str, user: &str, (field, value): (&str, &str)) -> (u64, Value) {
    let file = root().join("events").join(format!("{function}.json"));
    let mut event: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    event["requestContext"]["authorizer"] = json!({ "principalId": user });
    event["queryStringParameters"] = json!(null);
    event["multiValueQueryStringParameters"] = json!(null);
    match field {
        "body" => event["body"] = json!(value),
        "id" => event["pathParameters"]["id"] = json!(value),
        parameter => {
            event["queryStringParameters"] = json!({ parameter: value });
            event["multiValueQueryStringParameters"] = json!({ parameter: [value] });
        }
    }
    let response = cloud.invoke(function, event).await.unwrap();
    let body = serde_json::from_str(response["body"].as_str().unwrap()).unwrap();
    (response["statusCode"].as_u64().unwrap(), body)
}
