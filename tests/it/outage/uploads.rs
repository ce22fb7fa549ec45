//! Uploads to a table that takes few writes.

use serde_json::{Value, json};
use shared::testing::ThrottledTable;

use super::{Fault, FaultyStore};
use crate::{document_queue::wait_until_settled, support::ok};

/// What the table takes.
const WRITE_UNITS_PER_SECOND: f64 = 1_000.0;
/// For how long others have used it up. An upload alone is below the limit.
const BUSY_SECONDS: f64 = 5.0;
const UPLOADS: usize = 3;
const DOCUMENTS: usize = 25;
const WORDS: usize = 600;

/// Words that few documents share, as in texts of people: each a row of its own would cost the most.
fn text(document: usize) -> String {
    let words = (0..WORDS).map(|word| format!("w{}", (document * 131 + word * word) % 9_973));
    words.collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_to_a_throttled_table_are_stored_or_accepted() {
    let faulty = FaultyStore::start().await;
    let hub = &faulty.hub;
    let table = ThrottledTable::overdrawn(WRITE_UNITS_PER_SECOND, BUSY_SECONDS);
    faulty.set_fault(Fault::Limited(table));
    for upload in 0..UPLOADS {
        let library = format!("l{upload}");
        let documents: Vec<Value> = (0..DOCUMENTS)
            .map(|number| json!({ "id": format!("d{number}"), "text": text(upload * DOCUMENTS + number) }))
            .collect();
        let body = json!({ "library": library, "documents": documents });
        let response = hub.post("/documents", &body).await;
        let status = response.status().as_u16();
        let report: Value = response.json().await.unwrap();
        assert!(matches!(status, 200 | 202), "{status} {report}");
        for document in report["documents"].as_array().unwrap() {
            let id = document["id"].as_str().unwrap();
            let settled = wait_until_settled(hub, &library, id).await;
            assert_eq!(settled["status"], "ready", "{settled}");
        }
        let listed = ok(hub.get(&format!("/documents?library={library}&limit=100")).await).await;
        assert_eq!(listed["documents"].as_array().unwrap().len(), DOCUMENTS);
    }
    let Fault::Limited(table) = faulty.set_fault(Fault::Never) else {
        unreachable!("it was set above")
    };
    assert!(table.throttled() > 0, "the table takes all of it at once");
    faulty.stop().await;
}
