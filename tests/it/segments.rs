//! The segments of the index: any order of writes, merges and sweeps, with writers that die and responses that are lost,
//! leaves exactly what is current; concurrent readers see states that existed.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use attest::{LocalDynamoDb, Template};
use futures::{StreamExt, stream};
use proptest::{prelude::*, test_runner::Config};
use serde_json::{Value, json};
use shared::{
    deadline::Deadline,
    domain::{ContentType, Document, DocumentId, DocumentText, LibraryId, Question},
    ports::{Lane, ReadDocuments, ReadIndex},
    retrieval::{index::Indexer, keyword::KeywordLane},
    store::{Knowledge, local_client},
    testing::{FaultProxy, Verdict},
};
use tokio::runtime::Runtime;

use crate::{
    index_state::State,
    support::{Hub, root},
};

/// What happens to the writes of a writer.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    None,
    /// It dies before this write, from 1: neither it nor any later one arrives.
    Dies(usize),
    /// The response of this write is lost.
    Lost(usize),
}

/// A database in memory with a writer whose writes can fail.
struct Store {
    direct: Arc<Knowledge>,
    writer: Indexer<Knowledge>,
    fault: Arc<Mutex<Fault>>,
    _proxy: FaultProxy,
    _database: LocalDynamoDb,
}

impl Store {
    async fn start() -> Self {
        let template: PathBuf = root().join("template.yaml");
        let database = LocalDynamoDb::in_memory(&Template::load(&template).unwrap())
            .await
            .unwrap();
        let fault = Arc::new(Mutex::new(Fault::None));
        let decide = {
            let fault = fault.clone();
            move |call: &shared::testing::DynamoDbCall| {
                let mut fault = fault.lock().unwrap();
                match *fault {
                    Fault::Dies(left) if call.is_write() => {
                        *fault = Fault::Dies(left.saturating_sub(1));
                        if left <= 1 {
                            Verdict::Fail(400, "AccessDeniedException")
                        } else {
                            Verdict::Forward
                        }
                    }
                    Fault::Lost(left) if call.is_write() => {
                        *fault = if left <= 1 {
                            Fault::None
                        } else {
                            Fault::Lost(left - 1)
                        };
                        if left <= 1 {
                            Verdict::LoseResponse
                        } else {
                            Verdict::Forward
                        }
                    }
                    _ => Verdict::Forward,
                }
            }
        };
        let proxy = FaultProxy::start(decide).await.unwrap();
        proxy.forward_to(database.url());
        let knowledge = |url: &str| Arc::new(Knowledge::new(local_client(url), "Knowledge"));
        Self {
            direct: knowledge(database.url()),
            writer: Indexer::new(knowledge(proxy.url())),
            fault,
            _proxy: proxy,
            _database: database,
        }
    }

    fn set_fault(&self, fault: Fault) {
        *self.fault.lock().unwrap() = fault;
    }

    /// Sweeps writes of any age, without faults.
    async fn sweep(&self) {
        self.set_fault(Fault::None);
        Indexer::new(self.direct.clone())
            .sweep(Duration::ZERO, deadline())
            .await
            .unwrap();
    }

    /// The text of a document.
    async fn text(&self, library: &LibraryId, id: &str) -> Option<String> {
        let placed = self
            .direct
            .header(library, &DocumentId::parse(id).unwrap())
            .await
            .unwrap()?;
        Some(self.direct.text(library, &placed).await.unwrap().unwrap())
    }

    /// The ids of the documents that a search finds.
    async fn search(&self, library: &LibraryId, words: &str) -> BTreeSet<String> {
        let lane = KeywordLane::new(self.direct.clone());
        let question = Question::parse(words).unwrap();
        let found = lane.find(library, &question, 50).await.unwrap();
        let ids = found.passages.into_iter().map(|passage| passage.id.document);
        ids.map(|id| id.as_str().to_owned()).collect()
    }
}

fn deadline() -> Deadline {
    Deadline::after(Duration::from_secs(120))
}

fn document(id: &str, text: &str) -> Document {
    Document {
        origin: None,
        locations: Vec::new(),
        id: DocumentId::parse(id).unwrap(),
        title: "Birds".to_owned(),
        url: None,
        text: DocumentText::parse(text.to_owned()).unwrap(),
        content_type: ContentType::Plain,
        published_at: None,
        metadata: serde_json::Map::new(),
    }
}

/// The text of a version: short, or long enough for several chunks. `heron` is in every one, `w{number}` in this one alone.
fn text(number: u8) -> String {
    let paragraph = format!("The heron stands in water and w{number} shows.\n\n");
    paragraph.repeat(if number.is_multiple_of(5) { 90 } else { 1 })
}

#[derive(Debug, Clone)]
enum Step {
    /// Ingests documents, by number, with these texts.
    Put(Vec<(u8, u8)>),
    Delete(u8),
    Sweep,
}

fn step() -> impl Strategy<Value = (Step, Fault)> {
    let step = prop_oneof![
        6 => prop::collection::vec((0_u8..6, 0_u8..20), 1..4).prop_map(Step::Put),
        2 => (0_u8..6).prop_map(Step::Delete),
        1 => Just(Step::Sweep),
    ];
    let fault = prop_oneof![
        3 => Just(Fault::None),
        2 => (1_usize..12).prop_map(Fault::Dies),
        1 => (1_usize..10).prop_map(Fault::Lost),
    ];
    (step, fault)
}

proptest! {
    #![proptest_config(Config { cases: 10, max_shrink_iters: 60, ..Config::default() })]
    #[test]
    fn whatever_happens_exactly_the_current_documents_are_indexed(
        steps in prop::collection::vec(step(), 1..26)
    ) {
        Runtime::new().unwrap().block_on(run(&steps));
    }
}

async fn run(steps: &[(Step, Fault)]) {
    let store = Store::start().await;
    let library = LibraryId::parse("birds").unwrap();
    let mut current: BTreeMap<String, String> = BTreeMap::new();
    for (step, fault) in steps {
        store.set_fault(*fault);
        match step {
            Step::Put(documents) => {
                let documents: Vec<(String, String)> = documents
                    .iter()
                    .map(|(id, number)| (format!("d{id}"), text(*number)))
                    .collect();
                let batch = documents.iter().map(|(id, text)| document(id, text)).collect();
                let results = store.writer.ingest(&library, batch, deadline()).await;
                for ((id, new), result) in documents.iter().zip(&results) {
                    let stored = store.text(&library, id).await;
                    if result.is_ok() {
                        current.insert(id.clone(), new.clone());
                    } else if stored.as_deref() == Some(new) {
                        // The writer died after the publication.
                        current.insert(id.clone(), new.clone());
                    }
                    assert!(result.is_ok() || *fault != Fault::None, "{result:?}");
                }
                for (id, _) in &documents {
                    assert_eq!(store.text(&library, id).await.as_ref(), current.get(id), "{id}");
                }
            }
            Step::Delete(id) => {
                let id = format!("d{id}");
                let parsed = DocumentId::parse(&id).unwrap();
                let deleted = store.writer.delete(&library, &parsed, deadline()).await;
                let stored = store.text(&library, &id).await;
                match deleted {
                    Ok(_) => assert_eq!(stored, None),
                    Err(_) => assert_ne!(*fault, Fault::None),
                }
                if stored.is_none() {
                    current.remove(&id);
                }
            }
            Step::Sweep => store.sweep().await,
        }
        let expected: BTreeSet<String> = current.keys().cloned().collect();
        assert_eq!(
            store.search(&library, "heron").await,
            expected,
            "after {step:?} with {fault:?}"
        );
    }
    for number in 0..20 {
        let expected = current.iter().filter(|(_, new)| **new == text(number));
        let expected: BTreeSet<String> = expected.map(|(id, _)| id.clone()).collect();
        assert_eq!(store.search(&library, &format!("w{number}")).await, expected);
    }
    store.sweep().await;
    let swept = State::read(&store.direct, "birds").await;
    let fresh = Indexer::new(store.direct.clone());
    let documents = current.iter().map(|(id, text)| document(id, text)).collect();
    let library = LibraryId::parse("fresh").unwrap();
    for result in fresh.ingest(&library, documents, deadline()).await {
        result.unwrap();
    }
    assert_eq!(swept.content, State::read(&store.direct, "fresh").await.content);
}

/// Ingests seven documents one by one, so that the eighth makes a merge due.
async fn seven_segments(store: &Store, library: &LibraryId) {
    store.set_fault(Fault::None);
    for number in 0..7 {
        let batch = vec![document(&format!("d{number}"), &text(number))];
        for result in store.writer.ingest(library, batch, deadline()).await {
            result.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_killed_before_any_write_or_after_a_lost_response_changes_nothing_that_is_found() {
    let store = Store::start().await;
    let everything: BTreeSet<String> = (0..8).map(|number| format!("d{number}")).collect();
    let mut writes = 0;
    for (name, fault) in [("dies", Fault::Dies as fn(usize) -> Fault), ("lost", Fault::Lost)] {
        for write in 1.. {
            let name = format!("{name}-{write}");
            let library = LibraryId::parse(&name).unwrap();
            seven_segments(&store, &library).await;
            store.set_fault(fault(write));
            let batch = vec![document("d7", &text(7))];
            let result = store.writer.ingest(&library, batch, deadline()).await.remove(0);
            let is_over =
                matches!(*store.fault.lock().unwrap(), Fault::Dies(left) | Fault::Lost(left) if left > 1);
            store.set_fault(Fault::None);
            let found = store.search(&library, "heron").await;
            assert!(result.is_err() || found == everything, "{name}: {found:?}");
            assert_eq!(
                found.len(),
                if store.text(&library, "d7").await.is_some() {
                    8
                } else {
                    7
                },
                "{name}"
            );
            store.sweep().await;
            assert_eq!(store.search(&library, "heron").await, found, "{name}");
            State::read(&store.direct, &name).await;
            if is_over {
                let manifest = store.direct.manifest(&library).await.unwrap();
                assert_eq!(manifest.segments.len(), 1, "the merge was not killed");
                writes = write;
                break;
            }
        }
    }
    assert!(writes > 8, "a write with a merge takes more writes than {writes}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_of_misspelt_words_alone_is_corrected_by_the_words_of_the_library() {
    let hub = Hub::start().await;
    for number in 0..12 {
        let text = format!("Invoices of depot {number} are payable within thirty days.");
        hub.ingest("default", &[(&format!("depot-{number}"), &text)])
            .await;
    }
    hub.ingest(
        "default",
        &[("sea", "The lighthouse keeper of Brannock was Ada Holm.")],
    )
    .await;
    let answer = hub.ask("default", "lighthuose keper Branock").await;
    let corrected: Vec<(&str, &str)> = answer["corrected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["from"].as_str().unwrap(), one["to"].as_str().unwrap()))
        .collect();
    let expected = [
        ("lighthuose", "lighthouse"),
        ("keper", "keeper"),
        ("Branock", "brannock"),
    ];
    assert_eq!(corrected, expected, "{answer}");
    assert!(
        answer["answer"].as_str().unwrap().contains("Ada Holm"),
        "{answer}"
    );

    // The words of a deleted document go with its postings.
    assert_eq!(hub.delete("/documents/sea").await.status(), 204);
    for number in 12..24 {
        let text = format!("Invoices of depot {number} are payable within thirty days.");
        hub.ingest("default", &[(&format!("depot-{number}"), &text)])
            .await;
    }
    let answer = hub.ask("default", "lighthuose keper Branock").await;
    assert_eq!(answer["corrected"], json!([]));
    hub.cloud.stop().await;
}

const WRITERS: usize = 8;
const READERS: usize = 4;
const BATCHES: usize = 100;
const BATCH_DOCUMENTS: usize = 10;

/// The documents of a batch in one of two versions. The word of the batch is in all of them.
fn batch(number: usize, version: usize) -> Value {
    let text = |document: usize| {
        let filler = "Reeds grow along the bank where it stands. ".repeat(20);
        format!("The heron of batch{number} is number {document}, state v{version}x.\n\n{filler}")
    };
    let documents: Vec<Value> = (0..BATCH_DOCUMENTS)
        .map(|document| json!({ "id": format!("b{number}-{document}"), "text": text(document) }))
        .collect();
    json!({ "library": "reeds", "documents": documents })
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_see_states_that_existed_while_many_write() {
    let hub = Hub::start().await;
    // The lowest version that a search that starts now must see, by batch: 0 before the first was accepted.
    let accepted: Mutex<Vec<usize>> = Mutex::new(vec![0; BATCHES]);
    let is_written = tokio_util::sync::CancellationToken::new();
    let write = async |number: usize| {
        // Every fourth batch is replaced.
        for version in 1..=if number.is_multiple_of(4) { 2 } else { 1 } {
            let response = hub.post("/documents", &batch(number, version)).await;
            assert_eq!(response.status(), 200, "batch {number}");
            accepted.lock().unwrap()[number] = version;
        }
    };
    let read = async |reader: usize| {
        let mut searches = 0;
        while !is_written.is_cancelled() {
            let number = (searches * 37 + reader * 11) % BATCHES;
            let least = accepted.lock().unwrap()[number];
            let body = json!({ "library": "reeds", "query": format!("batch{number}"), "top_k": 2 * BATCH_DOCUMENTS });
            let response = hub.post("/search", &body).await;
            assert_eq!(response.status(), 200, "a search while others write");
            let results: Value = response.json().await.unwrap();
            let results = results["results"].as_array().unwrap();
            let seen: BTreeSet<(&str, bool)> = results
                .iter()
                .map(|result| {
                    (
                        result["document_id"].as_str().unwrap(),
                        result["text"].as_str().unwrap().contains("v2x"),
                    )
                })
                .collect();
            let versions: BTreeSet<bool> = seen.iter().map(|(_, is_second)| *is_second).collect();
            assert_eq!(seen.len(), results.len(), "a document appears once");
            assert!(versions.len() <= 1, "batch {number} in two states: {seen:?}");
            assert!(
                [0, BATCH_DOCUMENTS].contains(&seen.len()),
                "batch {number} in part: {seen:?}"
            );
            assert!(
                least == 0 || seen.len() == BATCH_DOCUMENTS,
                "batch {number} was accepted"
            );
            assert!(
                least < 2 || versions == BTreeSet::from([true]),
                "batch {number} was replaced"
            );
            searches += 1;
        }
        searches
    };
    let writers = async {
        stream::iter((0..BATCHES).map(write))
            .buffer_unordered(WRITERS)
            .collect::<Vec<()>>()
            .await;
        is_written.cancel();
    };
    let ((), searches) = tokio::join!(writers, futures::future::join_all((0..READERS).map(read)));
    assert!(searches.iter().all(|&searches| searches > 10), "{searches:?}");

    hub.sweep().await;
    let store = Knowledge::new(local_client(hub.cloud.dynamodb_url()), "Knowledge");
    let manifest = store.manifest(&LibraryId::parse("reeds").unwrap()).await.unwrap();
    assert!(
        manifest.segments.len() <= 8,
        "{} segments",
        manifest.segments.len()
    );
    crate::index_state::of_library(&hub, "reeds").await;
    hub.cloud.stop().await;
}
