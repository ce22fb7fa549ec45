//! Batches of which DynamoDB takes a part each time, and bounds of lists.

use serde_json::Value;
use shared::testing::{FaultProxy, Verdict};

use crate::support::{Hub, ok};

#[tokio::test(flavor = "multi_thread")]
async fn batches_of_which_half_is_processed_each_time_are_read_and_written_whole() {
    let proxy = FaultProxy::start(|_| Verdict::Part).await.unwrap();
    let hub = Hub::behind_proxy(&proxy).await;
    let sentences = (0..2_000).map(|n| format!("Heron number{n} stands in cold water."));
    let text = sentences.collect::<Vec<String>>().join("\n\n");
    let documents: Vec<(String, String)> = (0..20)
        .map(|n| (format!("d{n}"), format!("The stork{n} stands on warm roofs.")))
        .chain([("long".to_owned(), text.clone())])
        .collect();
    let documents: Vec<(&str, &str)> = documents
        .iter()
        .map(|(id, text)| (id.as_str(), text.as_str()))
        .collect();
    hub.ingest("default", &documents).await;
    assert_eq!(hub.text("default", "long").await, Some(text));
    for word in ["stork13", "number1999"] {
        let found = hub.search("default", word).await;
        let text = found["results"][0]["text"].as_str().unwrap();
        assert!(text.contains(word), "{found}");
    }
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_questions_never_asks_for_an_empty_key() {
    let proxy = FaultProxy::start(|_| Verdict::Forward).await.unwrap();
    let hub = Hub::behind_proxy(&proxy).await;
    hub.ingest("default", &[("d", "The heron stands in cold water.")])
        .await;
    hub.ask("default", "Where does the heron stand?").await;
    let count = async |parameters: &str| {
        let list: Value = ok(hub.get(&format!("/queries?{parameters}")).await).await;
        list["queries"].as_array().unwrap().len()
    };
    let (past, future) = ("2020-01-01T00:00:00Z", "2060-01-01T00:00:00Z");
    for status in ["", "status=completed&", "status=failed&"] {
        let answers = usize::from(!status.contains("failed"));
        for (interval, found) in [
            (String::new(), answers),
            (format!("from={past}"), answers),
            (format!("to={future}"), answers),
            (format!("to={past}"), 0),
            (format!("from={future}"), 0),
            (format!("from={past}&to={future}"), answers),
            (format!("from={past}&to={past}"), 0),
        ] {
            assert_eq!(
                count(&format!("{status}{interval}")).await,
                found,
                "{status}{interval}"
            );
        }
    }
    hub.cloud.stop().await;
}
