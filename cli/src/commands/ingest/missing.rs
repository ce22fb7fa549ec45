//! `attest ingest --delete-missing`: deletes documents whose files have gone from a folder.

use std::pin::pin;

use anstream::eprintln;
use futures::TryStreamExt;

use super::Arguments;
use crate::{
    documents::{self, Folder},
    exit::Exit,
    prompt,
    server::Server,
    terminal::one_line,
};

/// Ids that are printed before they are deleted.
const SHOWN: usize = 20;

/// Deletes what has gone from the folders, after a confirmation.
pub(super) async fn delete(
    server: &Server,
    arguments: &Arguments,
    folders: &[Folder],
) -> anyhow::Result<Exit> {
    let library = &arguments.library;
    let mut missing = Vec::new();
    for folder in folders {
        if folder.is_empty {
            eprintln!("nothing is deleted: a folder without documents may be the wrong one");
            return Ok(Exit::Failed);
        }
        missing.extend(documents::missing(server, library, folder).await?);
    }
    missing.sort();
    missing.dedup();
    if missing.is_empty() {
        eprintln!("no file of the library `{library}` has gone");
        return Ok(Exit::Done);
    }
    confirm_and_delete(server, library, missing, arguments.yes).await
}

/// Deletes documents, if somebody at the terminal agrees or `is_confirmed`.
async fn confirm_and_delete(
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
        if !prompt::is_interactive() {
            anyhow::bail!("{count} would be deleted from the library `{library}`; confirm it with --yes");
        }
        let question = format!("Delete {count} from the library `{}`?", one_line(library));
        if !prompt::confirm(&question).await {
            eprintln!("nothing is deleted");
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
