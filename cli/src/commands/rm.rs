//! `attest rm`: deletes documents, or a library.

use std::pin::pin;

use anstream::eprintln;
use clap::Args;
use futures::TryStreamExt;

use super::target::Target;
use crate::documents;
use crate::exit::Exit;
use crate::prompt;
use crate::server::Server;
use crate::terminal::one_line;

/// Ids that are printed before they are deleted.
const SHOWN: usize = 20;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The ids of documents.
    #[arg(required_unless_present_any = ["prefix", "all"])]
    ids: Vec<String>,
    /// Deletes the documents whose ids begin with this, such as 'handbook/'. Can be repeated.
    #[arg(long)]
    prefix: Vec<String>,
    /// The library of the documents.
    #[arg(long, default_value = "default")]
    library: String,
    /// Deletes the library with everything in it: documents, those that wait, and crawls.
    #[arg(long, conflicts_with_all = ["ids", "prefix"])]
    all: bool,
    /// Deletes without a question.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    target: Target,
}

/// Runs the command.
pub(super) async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let server = arguments.target.server()?;
    let library = &arguments.library;
    if arguments.all {
        return delete_library(&server, library, arguments.yes).await;
    }
    let mut ids = arguments.ids;
    for id in &ids {
        if !documents::exists(&server, library, id).await? {
            anyhow::bail!("the library `{library}` has no document `{id}`; nothing is deleted");
        }
    }
    for prefix in &arguments.prefix {
        let mut listed = pin!(documents::list(&server, library, prefix));
        while let Some(document) = listed.try_next().await? {
            ids.extend(document["id"].as_str().map(str::to_owned));
        }
    }
    ids.sort();
    ids.dedup();
    if ids.is_empty() {
        eprintln!("the library `{}` has no such document", one_line(library));
        return Ok(Exit::Failed);
    }
    confirm_and_delete(&server, library, ids, arguments.yes).await
}

async fn delete_library(server: &Server, library: &str, is_confirmed: bool) -> anyhow::Result<Exit> {
    let what = format!("the library `{}` with everything in it", one_line(library));
    if !is_confirmed && !agrees(&what).await? {
        return Ok(Exit::Failed);
    }
    if documents::delete_library(server, library).await? {
        eprintln!("deleted {what}");
        return Ok(Exit::Done);
    }
    eprintln!("there is no library `{}`", one_line(library));
    Ok(Exit::Failed)
}

/// Deletes documents, if somebody at the terminal agrees or `is_confirmed`.
pub(super) async fn confirm_and_delete(
    server: &Server,
    library: &str,
    ids: Vec<String>,
    is_confirmed: bool,
) -> anyhow::Result<Exit> {
    let count = counted(ids.len());
    if !is_confirmed {
        for id in ids.iter().take(SHOWN) {
            eprintln!("{}", one_line(id));
        }
        if let Some(more) = ids.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            eprintln!("and {more} more");
        }
        if !agrees(&format!("{count} from the library `{}`", one_line(library))).await? {
            return Ok(Exit::Failed);
        }
    }
    let (mut deleted, mut exit) = (0, Exit::Done);
    let mut deletions = pin!(documents::delete(server, library, ids));
    while let Some((id, failure)) = deletions.try_next().await? {
        match failure {
            None => deleted += 1,
            Some(reason) => {
                exit = Exit::Failed;
                eprintln!("{}", one_line(&format!("{id}: {reason}")));
            }
        }
    }
    eprintln!("deleted {} from the library `{library}`", counted(deleted));
    Ok(exit)
}

fn counted(documents: usize) -> String {
    match documents {
        1 => "1 document".to_owned(),
        documents => format!("{documents} documents"),
    }
}

/// Asks whether to delete this.
///
/// Fails without a terminal.
async fn agrees(what: &str) -> anyhow::Result<bool> {
    if !prompt::is_interactive() {
        anyhow::bail!("{what} would be deleted; confirm it with --yes");
    }
    let agrees = prompt::confirm(&format!("Delete {what}?")).await;
    if !agrees {
        eprintln!("nothing is deleted");
    }
    Ok(agrees)
}
