//! Invalid feedback, annotations and usage periods.

use serde_json::json;

use super::cases::{Case, all_rows, assert_refused, case, errors};
use crate::support::{Hub, problem};

#[tokio::test(flavor = "multi_thread")]
async fn feedback_and_annotations_get_every_error_at_once() {
    let hub = Hub::start().await;
    let answer = hub.ask("default", "What is a heron?").await;
    let path = format!("/queries/{}", answer["query_id"].as_str().unwrap());
    let before = all_rows(&hub);
    let rating = |rating: &str| format!(r#"{{"rating": {rating}}}"#);
    let long = "x".repeat(4_001);
    let feedback: Vec<Case> = vec![
        case("no fields", "{}", 400, "/rating: is required"),
        case("0", rating("0"), 422, "/rating: must be 1 to 5"),
        case("6", rating("6"), 422, "/rating: must be 1 to 5"),
        case(
            "a fraction",
            rating("4.5"),
            400,
            "/rating: must be a whole number, not a fraction or one too large",
        ),
        case(
            "all errors",
            json!({ "rating": 9, "comment": long, "stars": 1 }),
            400,
            "/rating: must be 1 to 5\n/comment: has 4001 characters; at most 4000 are taken\n\
             /stars: is not a known field; the fields are `rating`, `comment`",
        ),
        case(
            "blank",
            json!({ "rating": 1, "comment": " " }),
            422,
            "/comment: must not be empty or blank",
        ),
    ];
    assert_refused(&hub, &format!("{path}/feedback"), feedback).await;

    let many: Vec<String> = (0..51).map(|number| number.to_string()).collect();
    let annotations = [
        (
            json!({ "tags": "sea" }),
            400,
            "/tags: must be an array, not a string",
        ),
        (json!({ "metadata": [] }), 400, "/metadata: must be an object"),
        (
            json!({ "tags": ["sea", " ", "x".repeat(65)] }),
            422,
            "/tags/1: must not be empty or blank\n/tags/2: has 65 characters; at most 64 are taken",
        ),
        (json!({ "tags": many }), 422, "/tags: must have at most 50 tags"),
        (
            json!({ "notes": "x".repeat(16_384) }),
            422,
            ": has 16420 bytes of JSON; at most 16384 are taken",
        ),
        (
            json!({ "answer": "mine" }),
            400,
            "/answer: is not a known field; the fields are `tags`, `notes`, `metadata`",
        ),
    ];
    for (body, status, expected) in annotations {
        let refused = problem(hub.put(&path, &body, None).await, status).await;
        assert_eq!(errors(&refused), expected);
    }
    assert_eq!(all_rows(&hub), before);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_usage_period_is_two_dates_in_order() {
    let hub = Hub::start().await;
    let day = "must be a day such as `2026-01-31`";
    for (parameters, expected) in [
        ("from=yesterday&to=2026-1-31", format!("?from: {day}\n?to: {day}")),
        ("from=2026-01-31T12:00:00Z", format!("?from: {day}")),
        ("from=2026-02-30", format!("?from: {day}")),
        (
            "from=2026-02-02&to=2026-02-01",
            "?to: must not be before `from`".to_owned(),
        ),
        (
            "from=2024-01-01&to=2026-02-01",
            "?from: must be at most 366 days before `to`".to_owned(),
        ),
    ] {
        let response = hub.get(&format!("/usage?{parameters}")).await;
        assert_eq!(errors(&problem(response, 400).await), expected, "{parameters}");
    }
    hub.cloud.stop().await;
}
