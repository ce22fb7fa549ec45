//! Sites: `attest ingest --site` starts `POST /agents/crawler` and follows the crawl to its end.

use std::time::Duration;

use anstream::{eprintln, println};
use serde_json::{Value as Json, json};

use super::{Arguments, progress::Progress};
use crate::{
    documents,
    exit::Exit,
    server::{Server, ServerError},
    terminal::{escaped_json, one_line},
};

/// The time between two requests for the state of a crawl.
const INTERVAL: Duration = Duration::from_secs(1);

/// Crawls every address, one after the other.
pub(super) async fn run(server: &Server, arguments: &Arguments) -> anyhow::Result<Exit> {
    if let Some(path) = arguments.paths.iter().find(|path| !documents::is_address(path)) {
        anyhow::bail!("{path} is not an address; --site takes addresses only");
    }
    let mut exit = Exit::Done;
    for url in &arguments.paths {
        let mut body = json!({ "url": url, "library": arguments.library });
        if let Some(max_pages) = arguments.max_pages {
            body["max_pages"] = max_pages.into();
        }
        for (name, patterns) in [("include", &arguments.include), ("exclude", &arguments.exclude)] {
            if !patterns.is_empty() {
                body[name] = patterns.clone().into();
            }
        }
        let started = server.post("/agents/crawler", &body).await?;
        let crawl = follow(server, started.json).await?;
        if arguments.json {
            println!("{}", escaped_json(&crawl.to_string()));
        }
        eprintln!("{}", one_line(&summary(url, &crawl)));
        for note in crawl["notes"].as_array().into_iter().flatten() {
            eprintln!("  {}", one_line(note.as_str().unwrap_or_default()));
        }
        if !matches!(crawl["status"].as_str(), Some("completed" | "partial")) {
            exit = Exit::Failed;
        }
    }
    Ok(exit)
}

/// Polls a crawl until it has ended, and shows how far it is.
async fn follow(server: &Server, mut crawl: Json) -> Result<Json, ServerError> {
    let path = format!("/crawls/{}", crawl["crawl_id"].as_str().unwrap_or_default());
    let line = format!("the server crawls it, with or without this command; POST {path}/cancel stops it");
    eprintln!("{}", one_line(&line));
    let progress = Progress::new(0);
    while matches!(crawl["status"].as_str(), Some("pending" | "processing")) {
        let count = |name: &str| crawl["pages"][name].as_u64().unwrap_or_default();
        let (requested, queued) = (count("requested"), count("queued"));
        progress.set(
            requested,
            requested.saturating_add(queued),
            &format!("pages, {} stored", count("stored")),
        );
        tokio::time::sleep(INTERVAL).await;
        crawl = server.get_with_retry(&path).await?.json;
    }
    progress.finish();
    Ok(crawl)
}

/// What a crawl has come to, with the counts that are not zero.
fn summary(url: &str, crawl: &Json) -> String {
    let status = crawl["status"].as_str().unwrap_or("unknown");
    let kinds = [
        ("requested", "requested"),
        ("stored", "stored"),
        ("unchanged", "unchanged"),
        ("duplicates", "with the content of another"),
        ("moved", "moved"),
        ("skipped", "skipped"),
        ("gone", "gone"),
        ("failed", "failed"),
        ("traps", "links not followed"),
    ];
    let counts = kinds.iter().filter_map(|(name, words)| {
        let count = crawl["pages"][name].as_u64().filter(|count| *count > 0)?;
        Some(format!("{count} {words}"))
    });
    let mut parts = vec![format!("{status}: pages of {url}")];
    parts.extend(counts);
    let mut summary = parts.join(", ");
    if status == "partial" {
        let left = crawl["pages"]["queued"].as_u64().unwrap_or_default();
        summary += &format!("; {left} are left: run it again, or with a higher --max-pages");
    }
    if let Some(error) = crawl["error"].as_str() {
        summary += &format!(": {error}");
    }
    summary
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_has_what_is_not_zero() {
        let pages = json!({ "requested": 12, "stored": 7, "unchanged": 0, "failed": 1, "queued": 40 });
        let summary = |status: &str, error: Option<&str>| {
            let crawl = json!({ "status": status, "pages": pages, "error": error });
            summary("https://a.example/", &crawl)
        };
        let counts = "pages of https://a.example/, 12 requested, 7 stored, 1 failed";
        assert_eq!(summary("completed", None), format!("completed: {counts}"));
        assert_eq!(summary("failed", Some("no")), format!("failed: {counts}: no"));
        assert_eq!(
            summary("partial", None),
            format!("partial: {counts}; 40 are left: run it again, or with a higher --max-pages")
        );
    }
}
