//! `attest eval scale` and `scale-writes` on a small data set: what they measure and write.

use std::{env, fmt::Write as _, fs, io::Write as _};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::support::root;

/// Pages of 620 words, of which a few are in no other page; and a question about each second page.
fn data(pages: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let scale = folder.path().join("scale");
    fs::create_dir(&scale).unwrap();
    let (mut corpus, mut queries) = (String::new(), String::new());
    for id in 0..pages {
        let own = |kind: &str| format!("{kind}{}", "aeiou".repeat(id % 7 + 1)) + &"k".repeat(id / 7 + 1);
        let (ferry, harbour) = (own("ferry"), own("harbour"));
        let filler: String = (0..120)
            .map(|line| format!("It calls at pier {line}.\n"))
            .collect();
        let text = format!("# Line {id}\n\nThe {ferry} leaves from {harbour} every morning.\n\n{filler}");
        let text = format!("{text}\n{}", "tide ".repeat(20));
        writeln!(
            corpus,
            "{}",
            json!({ "id": id.to_string(), "title": format!("Line {id}"), "text": text })
        )
        .unwrap();
        if id % 2 == 0 {
            let query = format!("From where does the {ferry} leave?");
            writeln!(queries, "{}", json!({ "id": id.to_string(), "query": query })).unwrap();
        }
    }
    let file = fs::File::create(scale.join("corpus.jsonl.gz")).unwrap();
    let mut gzip = GzEncoder::new(file, Compression::fast());
    gzip.write_all(corpus.as_bytes()).unwrap();
    gzip.finish().unwrap();
    fs::write(scale.join("queries.jsonl"), queries).unwrap();
    folder
}

/// Runs the command on a data set, with a server of its own. Returns its rows.
async fn eval(set: &str, data: &TempDir, options: &[&str]) -> Vec<Value> {
    let file = data.path().join("rows.json");
    let mut command = Command::new(env!("CARGO"));
    command
        .args([
            "run",
            "--quiet",
            "--package",
            "attest",
            "--",
            "eval",
            set,
            "--data",
        ])
        .arg(data.path())
        .arg("--json")
        .arg(&file)
        .args(options)
        .env_remove("ATTEST_URL")
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

fn value(rows: &[Value], part: &str, measure: &str) -> f64 {
    let row = rows
        .iter()
        .find(|row| row["part"] == part && row["measure"] == measure);
    let row = row.unwrap_or_else(|| panic!("{part} has no {measure}: {rows:#?}"));
    row["value"].as_f64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_library_is_searched_exactly_and_its_cost_is_shown() {
    let data = data(16);
    let svg = data.path().join("scale.svg");
    let options = ["--sizes", "4,16", "--queries", "5", "--batch", "3"];
    let svg_option = ["--svg", svg.to_str().unwrap()];
    let rows = eval("scale", &data, &[&options[..], &svg_option].concat()).await;
    for (part, questions) in [("4 docs", 2), ("16 docs", 5)] {
        let value = |measure| value(&rows, part, measure);
        // Bounded reads lose nothing of so few chunks, so HTTP and the reference agree.
        for measure in [
            "hit@1, HTTP",
            "hit@1, exact",
            "hit@10, HTTP",
            "hit@10, exact",
            "overlap of the best 10 chunks",
        ] {
            assert_eq!(value(measure), 1.0, "{part}: {measure}");
        }
        assert!(value("read units, cold, mean") >= value("read units, warm, mean"));
        assert!(value("read units, warm, mean") > 0.0);
        assert!(value("DynamoDB calls, cold, mean") >= 1.0);
        // A busy machine changes these: they come from durations.
        assert!(value("round trips, cold, p50").is_finite());
        assert!(value("milliseconds, cold, p50") >= 0.0);
        assert!(value("write units of a document") > 0.0);
        assert!(value("stored bytes of a document") > 1_000.0);
        let asked = rows
            .iter()
            .find(|row| row["part"] == part && row["measure"] == "hit@1, HTTP");
        assert_eq!(asked.unwrap()["examples"], questions);
    }
    let svg = fs::read_to_string(svg).unwrap();
    assert_eq!(svg.matches("<polyline").count(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn write_units_are_those_of_each_way_to_send_documents() {
    let data = data(12);
    let rows = eval("scale-writes", &data, &["--limit", "1", "--batch", "2"]).await;
    let measures = rows.iter().map(|row| row["measure"].as_str().unwrap());
    assert_eq!(
        measures.collect::<Vec<_>>(),
        [
            "write units, in batches",
            "write units, alone",
            "write units, as a new version"
        ]
    );
    assert!(rows.iter().all(|row| row["value"].as_f64().unwrap() > 0.0));
}
