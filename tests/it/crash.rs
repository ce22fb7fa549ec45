//! The functions that write are killed before each of their writes: readers never see half a document, writing again
//! makes it whole, and the sweep removes what was left.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::json;
use shared::testing::{FaultProxy, Verdict};

use crate::{rows, support::Hub};

const OLD: &str = "The old heron stands in cold water.";
const NEW: &str = "A new stork stands on warm roofs.";

/// A hub whose functions reach DynamoDB through a proxy that kills one of them before its `fatal`-th write.
struct Mortal {
    hub: Hub,
    /// Writes until the kill; 0 is never.
    fatal: Arc<AtomicUsize>,
    _proxy: FaultProxy,
}

type Killer = Box<dyn Fn() -> usize + Send + Sync>;

impl Mortal {
    async fn start(function: &str) -> Self {
        let fatal = Arc::new(AtomicUsize::new(0));
        let killer: Arc<OnceLock<Killer>> = Arc::default();
        let judge = {
            let (fatal, killer) = (fatal.clone(), killer.clone());
            move |call: &shared::testing::Call| {
                if !call.is_write() {
                    return Verdict::Forward;
                }
                let left = fatal.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
                match left {
                    // The write that is fatal, and those that were on their way beside it, do not arrive.
                    Ok(1) => {
                        killer.get().unwrap()();
                        fatal.store(usize::MAX, Ordering::SeqCst);
                        Verdict::Fail(500, "InternalServerError")
                    }
                    Ok(left) if left > usize::MAX / 2 => Verdict::Fail(500, "InternalServerError"),
                    _ => Verdict::Forward,
                }
            }
        };
        let proxy = FaultProxy::start(judge).await.unwrap();
        let hub = Hub::behind(&proxy).await;
        assert!(killer.set(Box::new(hub.cloud.killer(function))).is_ok());
        Self {
            hub,
            fatal,
            _proxy: proxy,
        }
    }

    /// Lets the function die before its `write`-th write from now.
    fn arm(&self, write: usize) {
        self.fatal.store(write, Ordering::SeqCst);
    }

    /// Whether the kill came; disarms.
    fn struck(&self) -> bool {
        self.fatal.swap(0, Ordering::SeqCst) > usize::MAX / 2
    }
}

async fn rows_are_those_of(hub: &Hub, library: &str, text: Option<&str>, fresh: &str) {
    if let Some(text) = text {
        hub.ingest(fresh, &[("d", text)]).await;
    }
    assert_eq!(
        rows::of_library(hub, library),
        rows::of_library(hub, fresh),
        "{library}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ingest_killed_before_any_write_shows_no_half_document_and_is_mended() {
    let mortal = Mortal::start("ingest-documents").await;
    let hub = &mortal.hub;
    let mut deaths = 0;
    for write in 1.. {
        let library = format!("ingest-{write}");
        hub.ingest(&library, &[("d", OLD)]).await;
        mortal.arm(write);
        let body = json!({ "library": library, "documents": [{ "id": "d", "text": NEW }] });
        let response = hub.post("/documents", &body).await;
        if !mortal.struck() {
            assert_eq!(
                response.status(),
                200,
                "with {write} writes to go it is never killed"
            );
            break;
        }
        deaths += 1;
        assert_eq!(response.status(), 502);

        let text = hub.text(&library, "d").await.unwrap();
        assert!(
            [OLD, NEW].contains(&text.as_str()),
            "killed before write {write}: {text}"
        );
        let (there, gone) = if text == OLD {
            ("heron", "stork")
        } else {
            ("stork", "heron")
        };
        assert_eq!(
            hub.search(&library, there).await["results"]
                .as_array()
                .unwrap()
                .len(),
            1,
            "write {write}"
        );
        assert_eq!(
            hub.search(&library, gone).await["results"],
            json!([]),
            "write {write}"
        );

        // Half of the times somebody writes again before the sweep comes, half of the times not.
        let expected = if write % 2 == 0 {
            hub.ingest(&library, &[("d", NEW)]).await;
            assert_eq!(hub.text(&library, "d").await.as_deref(), Some(NEW));
            NEW.to_owned()
        } else {
            text
        };
        hub.sweep().await;
        assert_eq!(hub.sweep().await, 0, "nothing is left to mend");
        rows_are_those_of(hub, &library, Some(&expected), &format!("fresh-{write}")).await;
    }
    println!("killed before each of {deaths} writes");
    assert!(deaths > 20, "a new version takes more writes than {deaths}");
    mortal.hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_version_killed_before_any_write_is_whole_or_not_there() {
    let mortal = Mortal::start("ingest-documents").await;
    let hub = &mortal.hub;
    for write in 1.. {
        let library = format!("first-{write}");
        mortal.arm(write);
        let body = json!({ "library": library, "documents": [{ "id": "d", "text": NEW }] });
        let response = hub.post("/documents", &body).await;
        if !mortal.struck() {
            assert_eq!(response.status(), 200);
            assert!(write > 8, "a document takes more writes than {write}");
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
        rows_are_those_of(hub, &library, text.as_deref(), &format!("first-fresh-{write}")).await;
    }
    mortal.hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn delete_killed_before_any_write_is_done_or_not_and_is_mended() {
    let mortal = Mortal::start("delete-document").await;
    let hub = &mortal.hub;
    for write in 1.. {
        let library = format!("delete-{write}");
        hub.ingest(&library, &[("d", OLD)]).await;
        mortal.arm(write);
        let response = hub.delete(&format!("/documents/d?library={library}")).await;
        if !mortal.struck() {
            assert_eq!(response.status(), 204);
            assert!(write > 8, "a deletion takes more writes than {write}");
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
        rows_are_those_of(hub, &library, text.as_deref(), &format!("delete-fresh-{write}")).await;
    }
    mortal.hub.cloud.stop().await;
}
