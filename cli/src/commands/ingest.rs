//! `attest ingest`: uploads files, folders and addresses to a library.

use std::pin::pin;

use anstream::{eprintln, println};
use clap::Args;
use futures::TryStreamExt;
use indicatif::ProgressBar;
use serde_json::Value as Json;

use super::target::Target;
use crate::documents::{self, UploadResult};
use crate::exit::Exit;
use crate::terminal::{escaped_json, one_line};

/// Concurrent requests.
const CONCURRENCY: usize = 2;
/// Sources that are in memory at the same time.
const GROUP_SOURCES: usize = 40;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Files, folders, glob patterns such as 'notes/**/*.md', addresses of pages and files, or - for standard input.
    /// Folders are searched for documents: Markdown, text, HTML, PDF, Office files and so on, not source code or JSON.
    #[arg(required = true)]
    paths: Vec<String>,
    /// What the ids of files begin with, such as 'handbook/'.
    #[arg(long, default_value = "", hide_default_value = true)]
    prefix: String,
    /// The name of standard input. Its extension says what it is.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The library to ingest into.
    #[arg(long, default_value = "default")]
    library: String,
    /// Prints the server's JSON for each document, one document per line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: Target,
}

/// Runs the command.
pub(super) async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let server = arguments.target.server()?;
    let name = arguments.name.as_deref();
    let sources = documents::find_sources(&arguments.paths, name, &arguments.prefix)?;
    // Drawn on stderr, only when it is a terminal.
    let progress = ProgressBar::new(sources.len() as u64);
    let (mut done, mut failed, mut chunks) = (0_u64, 0_u64, 0_u64);

    let mut pending = Vec::new();
    for group in sources.chunks(GROUP_SOURCES) {
        let mut readable = Vec::new();
        for source in group {
            match source.read().await {
                Ok(upload) => readable.push(upload),
                Err(error) => {
                    progress.suspend(|| eprintln!("{}", one_line(&format!("{}: {error:#}", source.label()))));
                }
            }
        }
        let mut uploads = pin!(documents::upload(
            &server,
            &arguments.library,
            readable.into_iter(),
            CONCURRENCY
        ));
        while let Some(batch) = uploads.try_next().await? {
            for result in batch {
                let UploadResult {
                    id, entry, failure, ..
                } = result;
                if result.is_pending {
                    pending.push(id);
                    continue;
                }
                progress.inc(1);
                if let (true, Some(entry)) = (arguments.json, &entry) {
                    progress.suspend(|| println!("{}", escaped_json(&entry.to_string())));
                }
                chunks += entry
                    .as_ref()
                    .and_then(|entry| entry["chunks"].as_u64())
                    .unwrap_or_default();
                match failure {
                    None => done += 1,
                    Some(reason) => {
                        failed += 1;
                        progress.suspend(|| eprintln!("{}", one_line(&format!("{id}: {reason}"))));
                    }
                }
            }
        }
    }
    if !pending.is_empty() {
        let line = format!(
            "waiting for {} documents that the server stores later",
            pending.len()
        );
        progress.suspend(|| eprintln!("{line}"));
    }
    let mut waiting = pin!(documents::wait_until_stored(&server, &arguments.library, pending));
    while let Some((id, stored)) = waiting.try_next().await? {
        progress.inc(1);
        match stored {
            Ok(document) => {
                done += 1;
                chunks += document["chunks"].as_u64().unwrap_or_default();
                if arguments.json {
                    let fields = ["id", "version", "chunks", "status", "problem"];
                    let entry: Json = fields
                        .iter()
                        .map(|&name| (name, document[name].clone()))
                        .collect();
                    progress.suspend(|| println!("{}", escaped_json(&entry.to_string())));
                }
            }
            Err(reason) => {
                failed += 1;
                progress.suspend(|| eprintln!("{}", one_line(&format!("{id}: {reason}"))));
            }
        }
    }
    progress.finish_and_clear();

    let unreadable = sources.len() as u64 - done - failed;
    eprintln!(
        "ingested {done} documents ({chunks} passages) into library `{}`; {} failed",
        arguments.library,
        failed + unreadable
    );
    Ok(if failed + unreadable == 0 {
        Exit::Done
    } else {
        Exit::Failed
    })
}
