//! Crash safety of the functions that write, killed before each of their writes: readers never see a partial document,
//! a repeated write completes it, and the sweep removes orphaned rows.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::json;
use shared::testing::{FaultProxy, Verdict};

use crate::{document_queue::wait_until_settled, index_state, libraries, support::Hub};

const OLD: &str = "The old heron stands in cold water.";
const NEW: &str = "A new stork stands on warm roofs.";

/// A hub whose functions reach DynamoDB through a proxy that kills one of them before a chosen write.
struct CrashingHub {
    hub: Hub,
    /// Writes left until the kill; 0 for never.
    writes_left: Arc<AtomicUsize>,
    _proxy: FaultProxy,
}

type Killer = Box<dyn Fn() -> usize + Send + Sync>;

impl CrashingHub {
    async fn start(function: &str) -> Self {
        let writes_left = Arc::new(AtomicUsize::new(0));
        let killer: Arc<OnceLock<Killer>> = Arc::default();
        let decide = {
            let (writes_left, killer) = (writes_left.clone(), killer.clone());
            move |call: &shared::testing::DynamoDbCall| {
                if !call.is_write() {
                    return Verdict::Forward;
                }
                let left =
                    writes_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
                match left {
                    // Neither the chosen write nor those in flight beside it arrive.
                    Ok(1) => {
                        killer.get().unwrap()();
                        writes_left.store(usize::MAX, Ordering::SeqCst);
                        Verdict::Fail(500, "InternalServerError")
                    }
                    Ok(left) if left > usize::MAX / 2 => Verdict::Fail(500, "InternalServerError"),
                    _ => Verdict::Forward,
                }
            }
        };
        let proxy = FaultProxy::start(decide).await.unwrap();
        let hub = Hub::behind_proxy(&proxy).await;
        assert!(killer.set(Box::new(hub.cloud.killer(function))).is_ok());
        Self {
            hub,
            writes_left,
            _proxy: proxy,
        }
    }

    /// Kills the function before its `write`-th write from now.
    fn crash_at(&self, write: usize) {
        self.writes_left.store(write, Ordering::SeqCst);
    }

    /// Whether the function was killed; resets the counter.
    fn crashed(&self) -> bool {
        self.writes_left.swap(0, Ordering::SeqCst) > usize::MAX / 2
    }
}

/// Checks that a library has the rows of a fresh one with the same document, or none.
async fn assert_same_rows(hub: &Hub, library: &str, text: Option<&str>, fresh: &str) {
    if let Some(text) = text {
        hub.ingest(fresh, &[("d", text)]).await;
    }
    assert_eq!(
        index_state::of_library(hub, library).await,
        index_state::of_library(hub, fresh).await,
        "{library}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ingest_killed_before_any_write_shows_no_partial_document_and_is_repaired() {
    let crashing = CrashingHub::start("ingest-documents").await;
    let hub = &crashing.hub;
    let mut kills = 0;
    for write in 1.. {
        let library = format!("ingest-{write}");
        hub.ingest(&library, &[("d", OLD)]).await;
        crashing.crash_at(write);
        let body = json!({ "library": library, "documents": [{ "id": "d", "text": NEW }] });
        let response = hub.post("/documents", &body).await;
        if !crashing.crashed() {
            assert_eq!(
                response.status(),
                200,
                "it is not killed with {write} writes left"
            );
            break;
        }
        kills += 1;
        assert_eq!(response.status(), 502);

        let text = hub.text(&library, "d").await.unwrap();
        assert!(
            [OLD, NEW].contains(&text.as_str()),
            "killed before write {write}: {text}"
        );
        let (present, absent) = if text == OLD {
            ("heron", "stork")
        } else {
            ("stork", "heron")
        };
        assert_eq!(
            hub.search(&library, present).await["results"]
                .as_array()
                .unwrap()
                .len(),
            1,
            "write {write}"
        );
        assert_eq!(
            hub.search(&library, absent).await["results"],
            json!([]),
            "write {write}"
        );

        // Every other time, the document is written again before the sweep.
        let expected = if write % 2 == 0 {
            hub.ingest(&library, &[("d", NEW)]).await;
            assert_eq!(hub.text(&library, "d").await.as_deref(), Some(NEW));
            NEW.to_owned()
        } else {
            text
        };
        hub.sweep().await;
        assert_eq!(hub.sweep().await, 0, "nothing is left to repair");
        assert_same_rows(hub, &library, Some(&expected), &format!("fresh-{write}")).await;
    }
    println!("killed before each of {kills} writes");
    assert!(kills >= 7, "a new version takes more writes than {kills}");
    crashing.hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_version_killed_before_any_write_is_complete_or_absent() {
    let crashing = CrashingHub::start("ingest-documents").await;
    let hub = &crashing.hub;
    for write in 1.. {
        let library = format!("first-{write}");
        crashing.crash_at(write);
        let body = json!({ "library": library, "documents": [{ "id": "d", "text": NEW }] });
        let response = hub.post("/documents", &body).await;
        if !crashing.crashed() {
            assert_eq!(response.status(), 200);
            assert!(write > 4, "a document takes more writes than {write}");
            break;
        }
        let text = hub.text(&library, "d").await;
        assert!(text.is_none() || text.as_deref() == Some(NEW));
        let found = hub.search(&library, "stork").await["results"]
            .as_array()
            .unwrap()
            .len();
        assert_eq!(found, usize::from(text.is_some()), "write {write}");
        hub.sweep().await;
        assert_same_rows(hub, &library, text.as_deref(), &format!("first-fresh-{write}")).await;
    }
    crashing.hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delete_killed_before_any_write_is_atomic_and_is_repaired() {
    let crashing = CrashingHub::start("delete-document").await;
    let hub = &crashing.hub;
    for write in 1.. {
        let library = format!("delete-{write}");
        hub.ingest(&library, &[("d", OLD)]).await;
        crashing.crash_at(write);
        let response = hub.delete(&format!("/documents/d?library={library}")).await;
        if !crashing.crashed() {
            assert_eq!(response.status(), 204);
            assert!(write > 2, "a deletion takes more writes than {write}");
            break;
        }
        let text = hub.text(&library, "d").await;
        assert!(text.is_none() || text.as_deref() == Some(OLD));
        let found = hub.search(&library, "heron").await["results"]
            .as_array()
            .unwrap()
            .len();
        assert_eq!(found, usize::from(text.is_some()), "write {write}");
        hub.sweep().await;
        assert_same_rows(hub, &library, text.as_deref(), &format!("delete-fresh-{write}")).await;
    }
    crashing.hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_of_a_library_killed_before_any_write_is_finished_by_the_sweep_or_a_repetition() {
    let crashing = CrashingHub::start("delete-library").await;
    let hub = &crashing.hub;
    for write in 1.. {
        let library = format!("library-{write}");
        hub.ingest(&library, &[("d", OLD), ("e", NEW)]).await;
        hub.ingest(&library, &[("d", NEW)]).await;
        let later = json!({ "library": library, "documents": [{ "id": "f", "text": OLD }] });
        hub.queue_at("/documents", &later, None).await;
        wait_until_settled(hub, &library, "f").await;
        crashing.crash_at(write);
        let path = format!("/libraries/{library}");
        let response = hub.delete(&path).await;
        if !crashing.crashed() {
            assert_eq!(response.status(), 204);
            assert!(write > 8, "a deletion takes more writes than {write}");
            break;
        }
        assert_eq!(response.status(), 502);
        // Before its first write, a deletion has not begun.
        if write % 2 == 0 || write == 1 {
            let repeated = hub.delete(&path).await.status();
            // Nobody takes over at once: the killed function could still be at work.
            assert!(repeated.is_success(), "write {write}: {repeated}");
        }
        hub.sweep().await;
        hub.sweep().await;
        assert_eq!(
            libraries::rows_of(hub, &library),
            [json!(null); 0],
            "killed before write {write}"
        );
        assert_eq!(hub.search(&library, "stork").await["results"], json!([]));
        // The next life of the library is whole.
        hub.ingest(&library, &[("d", OLD)]).await;
        hub.sweep().await;
        assert_same_rows(hub, &library, Some(OLD), &format!("library-fresh-{write}")).await;
    }
    crashing.hub.cloud.stop().await;
}
