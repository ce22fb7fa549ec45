//! `attest ingest --delete-missing`: deletes documents whose files have gone from a folder.

use anstream::eprintln;

use super::Arguments;
use crate::{
    commands::rm::confirm_and_delete,
    documents::{self, Folder},
    exit::Exit,
    server::Server,
};

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
