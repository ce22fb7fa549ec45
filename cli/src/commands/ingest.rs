//! `attest ingest`: files and folders into a library.

use std::pin::pin;

use anstream::{eprintln, println};
use clap::Args;
use futures::TryStreamExt;
use indicatif::ProgressBar;

use super::Target;
use crate::documents::{self, Document, Outcome};
use crate::exit::Exit;

/// Requests at the same time.
const AT_ONCE: usize = 2;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Files, folders (searched for .md, .markdown and .txt) and patterns like 'notes/**/*.md'.
    #[arg(required = true)]
    paths: Vec<String>,
    /// The library to put them into.
    #[arg(long, default_value = "default")]
    library: String,
    /// Print the server's JSON for each document, one a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: Target,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let server = arguments.target.server()?;
    let sources = documents::find(&arguments.paths)?;
    // Drawn on stderr, and only if that is a terminal.
    let progress = ProgressBar::new(sources.len() as u64);
    let (mut done, mut failed, mut chunks) = (0_u64, 0_u64, 0_u64);

    let readable = sources.iter().filter_map(|source| match Document::read(source) {
        Ok(document) => Some(document),
        Err(error) => {
            progress.suspend(|| eprintln!("{}: {error:#}", source.id));
            None
        }
    });
    let mut outcomes = pin!(documents::send(&server, &arguments.library, readable, AT_ONCE));
    while let Some(batch) = outcomes.try_next().await? {
        for Outcome { id, reply, failure } in batch {
            progress.inc(1);
            if let (true, Some(reply)) = (arguments.json, &reply) {
                progress.suspend(|| println!("{reply}"));
            }
            chunks += reply
                .as_ref()
                .and_then(|reply| reply["chunks"].as_u64())
                .unwrap_or_default();
            match failure {
                None => done += 1,
                Some(reason) => {
                    failed += 1;
                    progress.suspend(|| eprintln!("{id}: {reason}"));
                }
            }
        }
    }
    progress.finish_and_clear();

    let unreadable = sources.len() as u64 - done - failed;
    eprintln!(
        "{done} documents ready ({chunks} passages) in library `{}`, {} failed",
        arguments.library,
        failed + unreadable
    );
    Ok(if failed + unreadable == 0 {
        Exit::Done
    } else {
        Exit::Failed
    })
}
