//! `attest ingest`: uploads files and folders to a library.

use std::pin::pin;

use anstream::{eprintln, println};
use clap::Args;
use futures::TryStreamExt;
use indicatif::ProgressBar;
use serde_json::Value as Json;

use super::target::Target;
use crate::documents::{self, Document, UploadResult};
use crate::exit::Exit;
use crate::terminal::{escaped_json, one_line};

/// Concurrent requests.
const CONCURRENCY: usize = 2;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Files, folders, or glob patterns such as 'notes/**/*.md'. Folders are searched recursively for .md, .markdown,
    /// and .txt files.
    #[arg(required = true)]
    paths: Vec<String>,
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
    let sources = documents::find_files(&arguments.paths)?;
    // Drawn on stderr, only when it is a terminal.
    let progress = ProgressBar::new(sources.len() as u64);
    let (mut done, mut failed, mut chunks) = (0_u64, 0_u64, 0_u64);

    let readable = sources.iter().filter_map(|source| match Document::read(source) {
        Ok(document) => Some(document),
        Err(error) => {
            progress.suspend(|| eprintln!("{}", one_line(&format!("{}: {error:#}", source.id))));
            None
        }
    });
    let mut uploads = pin!(documents::upload(
        &server,
        &arguments.library,
        readable,
        CONCURRENCY
    ));
    let mut pending = Vec::new();
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
