//! The lifecycle of documents: after any order of writes and deletions, exactly the ready documents are stored.

use std::collections::BTreeMap;

use proptest::{
    prelude::{Strategy, any},
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};

use crate::{
    index_state,
    support::{Hub, ok},
};

const CASES: u32 = 12;

/// Texts that share terms and differ in length; the last one has several chunks.
fn texts() -> Vec<String> {
    let long: String = (0..160)
        .map(|n| format!("Paragraph {n} tells of herons and of number {n}.\n\n"))
        .collect();
    vec![
        "The heron stands in the water.".to_owned(),
        "The stork stands on the roof, and the heron in the water. 漢字".to_owned(),
        "# Birds\n\nThe heron, the stork; the heron again.\n\n## Roofs\n\nStorks on roofs.".to_owned(),
        long,
    ]
}

#[derive(Debug, Clone)]
enum Step {
    Put(u8, usize),
    Delete(u8),
}

fn step() -> impl Strategy<Value = Step> {
    (any::<bool>(), 0_u8..3, 0_usize..4).prop_map(|(put, document, text)| {
        if put {
            Step::Put(document, text)
        } else {
            Step::Delete(document)
        }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn any_order_of_writes_leaves_exactly_the_ready_documents() {
    let hub = Hub::start().await;
    let texts = texts();
    let mut runner = TestRunner::new(Config {
        cases: CASES,
        ..Config::default()
    });
    for case in 0..CASES {
        let steps = proptest::collection::vec(step(), 1..8)
            .new_tree(&mut runner)
            .unwrap()
            .current();
        let (library, fresh) = (format!("case-{case}"), format!("fresh-{case}"));
        let mut ready: BTreeMap<String, usize> = BTreeMap::new();
        for step in &steps {
            match step {
                Step::Put(document, text) => {
                    let id = format!("doc#{document}");
                    hub.ingest(&library, &[(&id, &texts[*text])]).await;
                    ready.insert(id, *text);
                }
                Step::Delete(document) => {
                    let response = hub
                        .delete(&format!("/documents/doc%23{document}?library={library}"))
                        .await;
                    let existed = ready.remove(&format!("doc#{document}")).is_some();
                    assert_eq!(response.status().as_u16(), if existed { 204 } else { 404 });
                }
            }
        }
        let documents: Vec<(&str, &str)> = ready
            .iter()
            .map(|(id, text)| (id.as_str(), texts[*text].as_str()))
            .collect();
        if !documents.is_empty() {
            hub.ingest(&fresh, &documents).await;
        }
        assert_eq!(
            index_state::of_library(&hub, &library).await,
            index_state::of_library(&hub, &fresh).await,
            "after {steps:?}"
        );
        assert_eq!(
            hub.search(&library, "heron").await["results"]
                .as_array()
                .unwrap()
                .is_empty(),
            ready.is_empty()
        );
    }
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_listed_once_each_in_the_order_of_their_ids() {
    let hub = Hub::start().await;
    let ids: Vec<String> = (0..23).map(|n| format!("{n:02} 😀/#{n}")).collect();
    let documents: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), "A text.")).collect();
    hub.ingest("default", &documents).await;
    for limit in [1, 7, 22, 23, 100] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = ok(hub.get(&format!("/documents?limit={limit}{cursor}")).await).await;
            let items = page["documents"].as_array().unwrap();
            assert!(items.len() <= limit);
            seen.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, ids, "with pages of {limit}");
    }
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_writers_of_one_document_do_not_mix() {
    let hub = Hub::start().await;
    let texts = texts();
    let write = async |text: &String| {
        let body = serde_json::json!({ "documents": [{ "id": "d", "text": text }] });
        hub.post("/documents", &body).await.status().as_u16()
    };
    let statuses = futures::future::join_all(texts.iter().map(write)).await;
    assert!(
        statuses.iter().all(|status| matches!(status, 200 | 207)),
        "{statuses:?}"
    );
    assert!(statuses.contains(&200), "the last of them succeeds: {statuses:?}");
    let text = hub.text("default", "d").await.unwrap();
    assert!(texts.contains(&text));
    hub.sweep().await;
    hub.ingest("fresh", &[("d", &text)]).await;
    assert_eq!(
        index_state::of_library(&hub, "default").await,
        index_state::of_library(&hub, "fresh").await
    );
    hub.cloud.stop().await;
}
