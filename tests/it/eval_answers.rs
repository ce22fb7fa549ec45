//! `attest eval answers` on a small data set: what it measures, writes and fills.

use std::{env, fs, path::Path};

use serde_json::Value;
use tokio::process::Command;

use crate::support::{Hub, root};

/// Runs the command on the data set of the tests. Returns its rows.
async fn eval_answers(hub: &Hub, options: &[&str]) -> Vec<Value> {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("eval-answers.json");
    let mut command = Command::new(env!("CARGO"));
    command
        .args(["run", "--quiet", "--package", "attest", "--", "eval", "answers"])
        .args(["--data", "tests/eval-answers", "--url", hub.cloud.url()])
        .arg("--json")
        .arg(&file)
        .args(options)
        .current_dir(root())
        .kill_on_drop(true);
    // Changed values would rerun build scripts.
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&*name);
        }
    }
    let output = command.output().await.unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

/// The count of a measure and the number of its questions.
fn count(rows: &[Value], part: &str, measure: &str) -> Option<(u64, u64)> {
    let row = rows
        .iter()
        .find(|row| row["part"] == part && row["measure"] == measure)?;
    Some((row["count"].as_u64()?, row["examples"].as_u64()?))
}

fn ingestions(hub: &Hub) -> usize {
    let log = hub.cloud.log_reader();
    log()
        .iter()
        .filter(|line| line.contains("ingest-documents") && line.contains("\"method\":\"POST\""))
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_graded_for_each_set_and_together() {
    let hub = Hub::start().await;
    let svg = Path::new(env!("CARGO_TARGET_TMPDIR")).join("eval-answers.svg");
    let rows = eval_answers(&hub, &["--svg", svg.to_str().unwrap(), "--show", "1"]).await;
    for (part, measure, expected) in [
        // One of the questions expects words that no document has.
        ("town", "complete, as answer or unsure", (2, 3)),
        ("town", "other words: complete", (1, 1)),
        ("town", "far questions as answer", (0, 1)),
        ("village", "far questions declined", (1, 1)),
        ("together", "far questions declined", (2, 2)),
    ] {
        assert_eq!(count(&rows, part, measure), Some(expected), "{part}: {measure}");
    }
    let examples = |measure| count(&rows, "town", measure).map(|(_, examples)| examples);
    assert_eq!(examples("near misses as answer"), Some(1));
    assert_eq!(examples("all near misses as answer"), Some(2));
    assert_eq!(examples("headings: section quoted"), Some(1));
    assert!(count(&rows, "factoid", "wrong, by kind").is_some_and(|(_, examples)| examples == 3));
    assert!(fs::read_to_string(svg).unwrap().contains("<polyline"));

    // The libraries are filled.
    let before = ingestions(&hub);
    assert!(before > 0);
    let rows = eval_answers(&hub, &["--set", "village"]).await;
    assert!(count(&rows, "town", "far questions declined").is_none());
    assert_eq!(count(&rows, "village", "far questions declined"), Some((1, 1)));
    assert_eq!(ingestions(&hub), before);
    hub.cloud.stop().await;
}
