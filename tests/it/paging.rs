//! Pages of queries: with any page size, every query from before the listing is listed once, newest first, while others
//! are written.

use std::collections::HashSet;

use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, TestRunner},
};

use crate::support::{Hub, ok};

#[tokio::test(flavor = "multi_thread")]
async fn any_page_size_lists_every_query_once_newest_first_while_others_are_written() {
    let hub = Hub::start().await;
    let mut asked = Vec::new();
    for number in 0..25 {
        let answer = hub.ask("default", &format!("Question number {number}?")).await;
        asked.push(answer["query_id"].as_str().unwrap().to_owned());
    }
    asked.sort_unstable();
    asked.reverse();
    let mut runner = TestRunner::new(Config::default());
    for _case in 0..8 {
        let limit = (1_usize..40).new_tree(&mut runner).unwrap().current();
        let (mut seen, mut cursor) = (Vec::<String>::new(), String::new());
        loop {
            let page = format!("/queries?limit={limit}{cursor}");
            let (page, _written_meanwhile) = tokio::join!(
                async { ok(hub.get(&page).await).await },
                hub.ask("default", "Another one?")
            );
            let items = page["queries"].as_array().unwrap();
            assert!(items.len() <= limit);
            seen.extend(
                items
                    .iter()
                    .map(|item| item["query_id"].as_str().unwrap().to_owned()),
            );
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let distinct: HashSet<&String> = seen.iter().collect();
        assert_eq!(
            distinct.len(),
            seen.len(),
            "none is listed twice with pages of {limit}"
        );
        assert!(seen.is_sorted_by(|a, b| a > b), "newest first");
        let earlier: Vec<String> = seen.into_iter().filter(|id| asked.contains(id)).collect();
        assert_eq!(earlier, asked, "none is omitted with pages of {limit}");
    }
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_are_filtered_by_status_and_time() {
    let hub = Hub::start().await;
    let first = hub.ask("default", "The first?").await;
    let second = hub.ask("default", "The second?").await;
    let list = async |filter: &str| {
        let page = ok(hub.get(&format!("/queries?{filter}")).await).await;
        let ids = page["queries"].as_array().unwrap().iter();
        ids.map(|item| item["query"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(list("status=completed").await, ["The second?", "The first?"]);
    assert_eq!(list("status=failed").await, Vec::<String>::new());
    let (from, to) = (
        second["created_at"].as_str().unwrap(),
        first["created_at"].as_str().unwrap(),
    );
    assert_eq!(list(&format!("from={from}")).await, ["The second?"]);
    assert_eq!(list(&format!("to={from}")).await, ["The first?"]);
    assert_eq!(
        list(&format!("to={to}&status=completed")).await,
        Vec::<String>::new()
    );
    hub.cloud.stop().await;
}
