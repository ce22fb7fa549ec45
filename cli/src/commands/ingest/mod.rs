//! `attest ingest`: uploads files, folders and addresses to a library.

mod missing;
mod progress;
mod site;
mod tally;

use std::pin::pin;

use anstream::{eprintln, println};
use clap::Args;
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::Value as Json;

use super::target::Target;
use crate::documents::{self, Source, Upload, UploadResult};
use crate::exit::Exit;
use crate::server::{Server, ServerError};
use crate::terminal::{escaped_json, one_line};
use progress::Progress;
use tally::Tally;

/// Concurrent uploads.
const CONCURRENCY: usize = 2;
/// Concurrent checks of what the library has.
const CHECKS: usize = 8;
/// Sources that are in memory at the same time.
const GROUP_SOURCES: usize = 40;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Files, folders, glob patterns such as 'notes/**/*.md', addresses of pages and files, or - for standard input.
    /// Folders are searched for documents: Markdown, text, HTML, PDF, Office files and so on, not source code or JSON.
    ///
    /// The id of a file is its path in the git repository that contains the argument, else its path below the argument. A
    /// document of another place that has the id is not replaced.
    #[arg(required = true)]
    paths: Vec<String>,
    /// What the ids of files begin with, such as 'handbook/'. The rest is the path below the argument.
    #[arg(long)]
    prefix: Option<String>,
    /// The name of standard input. Its extension says what it is.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The library to ingest into.
    #[arg(long, default_value = "default")]
    library: String,
    /// Replaces documents that have the same ids, even if they come from another place.
    #[arg(long)]
    replace: bool,
    /// Afterwards deletes the documents of the folders whose files do not exist any more. Deletes nothing if a file failed.
    #[arg(long)]
    delete_missing: bool,
    /// Deletes without a question.
    #[arg(long, requires = "delete_missing")]
    yes: bool,
    /// The addresses are sites: the server stores the pages of their hosts.
    #[arg(long, conflicts_with_all = ["prefix", "name", "replace", "delete_missing"])]
    site: bool,
    /// The most requests for pages of a site; 500 if it is omitted.
    #[arg(long, requires = "site")]
    max_pages: Option<u32>,
    /// Which paths of a site to store, such as '/docs/**'. Can be repeated.
    #[arg(long, requires = "site", value_name = "PATTERN")]
    include: Vec<String>,
    /// Which paths of a site not to store. Can be repeated.
    #[arg(long, requires = "site", value_name = "PATTERN")]
    exclude: Vec<String>,
    /// Prints the server's JSON for each document or site, one per line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: Target,
}

/// Runs the command.
pub(super) async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let server = arguments.target.server()?;
    if arguments.site {
        return site::run(&server, &arguments).await;
    }
    let name = arguments.name.as_deref();
    let found = documents::find_sources(&arguments.paths, name, arguments.prefix.as_deref())?;
    if arguments.delete_missing && found.folders.len() != arguments.paths.len() {
        anyhow::bail!("--delete-missing takes folders only");
    }
    let ingestion = Ingestion {
        server: &server,
        arguments: &arguments,
        progress: Progress::new(found.sources.len()),
    };
    let tally = ingestion.run(&found.sources, &found.unreadable).await?;
    eprintln!("{}", tally.summary(&arguments.library));
    if let Some(line) = tally::not_taken(&found.not_taken) {
        eprintln!("{}", one_line(&line));
    }
    if tally.failed > 0 {
        if arguments.delete_missing {
            eprintln!("nothing is deleted, because something failed");
        }
        return Ok(Exit::Failed);
    }
    match arguments.delete_missing {
        true => missing::delete(&server, &arguments, &found.folders).await,
        false => Ok(Exit::Done),
    }
}

/// The upload of all sources.
struct Ingestion<'a> {
    server: &'a Server,
    arguments: &'a Arguments,
    progress: Progress,
}

impl Ingestion<'_> {
    async fn run(&self, sources: &[Source], unreadable: &[String]) -> Result<Tally, ServerError> {
        let mut tally = Tally::default();
        for reason in unreadable {
            tally.failed += 1;
            self.note(reason);
        }
        let mut pending = Vec::new();
        for group in sources.chunks(GROUP_SOURCES) {
            let uploads = self.read(group, &mut tally).await?;
            pending.extend(self.upload(uploads, &mut tally).await?);
        }
        self.wait(pending, &mut tally).await?;
        self.progress.finish();
        Ok(tally)
    }

    /// Reads the sources that replace no document of another place.
    async fn read(&self, sources: &[Source], tally: &mut Tally) -> Result<Vec<Upload>, ServerError> {
        let checks = sources.iter().map(|source| self.conflict(source));
        let conflicts: Vec<Option<String>> = stream::iter(checks).buffered(CHECKS).try_collect().await?;
        let mut uploads = Vec::new();
        for (source, conflict) in sources.iter().zip(conflicts) {
            let read = match conflict {
                Some(conflict) => Err(anyhow::anyhow!(conflict)),
                None => source.read().await,
            };
            match read {
                Ok(Some(upload)) => {
                    uploads.push(upload);
                    continue;
                }
                Ok(None) => tally.without_text += 1,
                Err(error) => {
                    tally.failed += 1;
                    self.note(&format!("{}: {error:#}", source.label()));
                }
            }
            self.progress.advance();
        }
        Ok(uploads)
    }

    async fn conflict(&self, source: &Source) -> Result<Option<String>, ServerError> {
        let Some((id, origin)) = source.identity().filter(|_| !self.arguments.replace) else {
            return Ok(None);
        };
        match documents::conflict(self.server, &self.arguments.library, id, origin).await {
            Err(error @ ServerError::Unreachable { .. }) => Err(error),
            Err(problem) => Ok(Some(problem.to_string())),
            Ok(conflict) => Ok(conflict),
        }
    }

    /// Uploads documents; returns the ids of those that the server stores later.
    async fn upload(&self, uploads: Vec<Upload>, tally: &mut Tally) -> Result<Vec<String>, ServerError> {
        let library = &self.arguments.library;
        let mut pending = Vec::new();
        let mut batches = pin!(documents::upload(
            self.server,
            library,
            uploads.into_iter(),
            CONCURRENCY
        ));
        while let Some(batch) = batches.try_next().await? {
            for UploadResult {
                id,
                entry,
                failure,
                is_pending,
            } in batch
            {
                if is_pending {
                    pending.push(id);
                    continue;
                }
                if let (true, Some(entry)) = (self.arguments.json, &entry) {
                    self.print(entry);
                }
                match failure {
                    None => tally.add(&entry.unwrap_or_default()),
                    Some(reason) => {
                        tally.failed += 1;
                        self.note(&format!("{id}: {reason}"));
                    }
                }
                self.progress.advance();
            }
        }
        Ok(pending)
    }

    /// Waits for documents that the server stores later.
    async fn wait(&self, pending: Vec<String>, tally: &mut Tally) -> Result<(), ServerError> {
        if !pending.is_empty() {
            self.note(&format!(
                "waiting for {} documents that the server stores later",
                pending.len()
            ));
        }
        let library = &self.arguments.library;
        let mut waiting = pin!(documents::wait_until_stored(self.server, library, pending));
        while let Some((id, stored)) = waiting.try_next().await? {
            match stored {
                Ok(document) => {
                    tally.add(&document);
                    if self.arguments.json {
                        let fields = ["id", "version", "chunks", "status", "problem"];
                        let entry: Json = fields
                            .iter()
                            .map(|&name| (name, document[name].clone()))
                            .collect();
                        self.print(&entry);
                    }
                }
                Err(reason) => {
                    tally.failed += 1;
                    self.note(&format!("{id}: {reason}"));
                }
            }
            self.progress.advance();
        }
        Ok(())
    }

    fn print(&self, entry: &Json) {
        self.progress
            .suspend(|| println!("{}", escaped_json(&entry.to_string())));
    }

    fn note(&self, message: &str) {
        self.progress.suspend(|| eprintln!("{}", one_line(message)));
    }
}
