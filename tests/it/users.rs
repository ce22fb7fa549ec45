//! Isolation of users: queries of one user do not exist for another, and the cost of a page does not depend on the
//! number of queries or users.

use std::{collections::BTreeSet, fs};

use serde_json::{Value, json};
use shared::domain::QueryId;

use crate::{
    outage::log_until,
    rows,
    support::{Hub, root},
};

const QUERIES: usize = 10_000;
const USERS: usize = 100;
const PAGE: usize = 100;

/// The example event of a function from `events/`.
fn event(function: &str) -> Value {
    let file = root().join(format!("events/{function}.json"));
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

/// Invokes a function as this user; returns the status and the body.
async fn call(hub: &Hub, user: &str, function: &str, mut event: Value) -> (u64, Value) {
    event["requestContext"]["identity"]["userArn"] = json!(user);
    let response = hub.cloud.invoke(function, event).await.unwrap();
    let body = response["body"].as_str().unwrap_or_default();
    let body = serde_json::from_str(body).unwrap_or(Value::Null);
    (response["statusCode"].as_u64().unwrap(), body)
}

/// Asks a question as this user; returns the answer.
async fn ask(hub: &Hub, user: &str) -> Value {
    let mut event = event("ask");
    event["body"] = json!(json!({ "query": "Where does the periwinkle grow?" }).to_string());
    event["isBase64Encoded"] = json!(false);
    let (status, answer) = call(hub, user, "ask", event).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

/// The status and body of a page of a user's list, and its read units from the log.
async fn page(hub: &Hub, user: &str, cursor: Option<&str>, status: Option<&str>) -> (u64, Value, f64) {
    let limit = PAGE.to_string();
    let parameters = [
        ("limit", Some(limit.as_str())),
        ("cursor", cursor),
        ("status", status),
    ];
    let mut event = event("list-queries");
    (
        event["queryStringParameters"],
        event["multiValueQueryStringParameters"],
    ) = (json!({}), json!({}));
    for (name, value) in parameters
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    {
        event["queryStringParameters"][name] = json!(value);
        event["multiValueQueryStringParameters"][name] = json!([value]);
    }
    let request_id = QueryId::generate().to_string();
    event["requestContext"]["requestId"] = json!(request_id);
    let (status, body) = call(hub, user, "list-queries", event).await;
    let lines = log_until(hub, "list-queries", &request_id).await;
    let line = lines
        .iter()
        .rev()
        .find(|line| line.contains(&request_id) && line.contains("\"invocation\""));
    let line = line.unwrap().split_once('{').unwrap().1;
    let line: Value = serde_json::from_str(&format!("{{{line}")).unwrap();
    (status, body, line["read_units"].as_f64().unwrap())
}

/// Copies the row of an answer under new ids, up to `count` rows.
fn copy_row(hub: &Hub, user: &str, answer: &Value, count: usize) {
    let mut row = rows::all(hub, "Queries")
        .into_iter()
        .find(|row| row["status_sk"]["S"] == answer["query_id"])
        .unwrap();
    assert!(row["pk"]["S"].as_str().unwrap().contains(user), "{row}");
    let summary: Value = serde_json::from_str(row["summary"]["S"].as_str().unwrap()).unwrap();
    for _ in 1..count {
        let id = QueryId::generate().to_string();
        let mut summary = summary.clone();
        summary["query_id"] = json!(id);
        row["sk"]["S"] = json!(format!("Q#{id}"));
        row["status_sk"]["S"] = json!(id);
        row["summary"]["S"] = json!(summary.to_string());
        rows::put(hub, "Queries", &row);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_users_question_is_not_found_on_any_route() {
    let hub = Hub::start().await;
    let id = ask(&hub, "ada").await["query_id"].clone();
    let before = rows::all(&hub, "Queries");
    let mut functions = BTreeSet::new();
    for file in fs::read_dir(root().join("events")).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let function = name.strip_suffix(".json").unwrap();
        let about_one = |event: &Value| {
            event["resource"]
                .as_str()
                .is_some_and(|route| route.starts_with("/queries/{id}"))
        };
        if about_one(&event(function)) {
            functions.insert(function.to_owned());
        }
    }
    assert!(functions.len() >= 6, "{functions:?}");
    let about = |function: &str| {
        let mut event = event(function);
        event["pathParameters"]["id"] = id.clone();
        event
    };
    for function in &functions {
        let (status, body) = call(&hub, "bob", function, about(function)).await;
        assert_eq!((status, &body["title"]), (404, &json!("Not found")), "{function}");
    }
    assert_eq!(rows::all(&hub, "Queries"), before, "nothing was changed");
    // The update expects the first revision, so it goes first; the deletion goes last.
    let mut functions: Vec<String> = functions.into_iter().collect();
    functions.sort_by_key(|function| match function.as_str() {
        "update-query" => 0,
        "delete-query" => 2,
        _ => 1,
    });
    for function in &functions {
        let (status, body) = call(&hub, "ada", function, about(function)).await;
        assert!(status < 300, "{function}: {body}");
    }
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_a_long_list_among_many_users_costs_the_same() {
    let hub = Hub::start().await;
    for user in 1..USERS {
        ask(&hub, &format!("user-{user}")).await;
    }
    let answer = ask(&hub, "ada").await;
    copy_row(&hub, "ada", &answer, QUERIES);
    for status in [None, Some("completed")] {
        let (mut ids, mut costs, mut cursor) = (BTreeSet::new(), Vec::new(), None::<String>);
        loop {
            let (code, page, units) = page(&hub, "ada", cursor.as_deref(), status).await;
            assert_eq!(code, 200, "{page}");
            let items = page["queries"].as_array().unwrap();
            ids.extend(items.iter().map(|item| item["query_id"].to_string()));
            costs.push(units);
            match page["next_cursor"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => break,
            }
        }
        assert_eq!((ids.len(), costs.len()), (QUERIES, QUERIES / PAGE), "{status:?}");
        // The last page does not read the row after it that shows whether another page follows.
        let (last, others) = costs.split_last().unwrap();
        assert!(
            others.iter().all(|units| *units == others[0]),
            "{status:?}: {costs:?}"
        );
        assert!(*last <= others[0] && others[0] > 0.0, "{status:?}: {costs:?}");
    }
    let (_, first, _) = page(&hub, "ada", None, None).await;
    let cursor = first["next_cursor"].as_str();
    assert_eq!(page(&hub, "user-1", cursor, None).await.0, 400, "another user");
    assert_eq!(
        page(&hub, "ada", cursor, Some("completed")).await.0,
        400,
        "another filter"
    );
    hub.cloud.stop().await;
}
