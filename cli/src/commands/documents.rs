//! `attest documents`: lists the documents of a library.

use anstream::println;
use clap::Args;
use futures::TryStreamExt;
use serde_json::Value as Json;

use super::target::Target;
use crate::documents;
use crate::exit::Exit;
use crate::table::table;
use crate::terminal::{escaped_json, one_line};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The library to list.
    #[arg(long, default_value = "default")]
    library: String,
    /// What the ids of the documents begin with, such as 'handbook/'.
    #[arg(long, default_value = "", hide_default_value = true)]
    prefix: String,
    /// Prints the server's JSON for each document, one per line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: Target,
}

/// Runs the command.
pub(super) async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let server = arguments.target.server()?;
    let documents = documents::list(&server, &arguments.library, &arguments.prefix);
    let documents: Vec<Json> = documents.try_collect().await?;
    if arguments.json {
        for document in &documents {
            println!("{}", escaped_json(&document.to_string()));
        }
        return Ok(Exit::Done);
    }
    let rows: Vec<[String; 4]> = documents.iter().map(row).collect();
    println!("{}", table(["document", "passages", "changed", "title"], &rows));
    Ok(Exit::Done)
}

fn row(document: &Json) -> [String; 4] {
    ["id", "chunks", "updated_at", "title"].map(|name| match &document[name] {
        Json::String(text) => one_line(text),
        other => other.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_document_is_one_line() {
        let document = json!({
            "id": "a\nb.md", "chunks": 3, "updated_at": "2026-11-24T09:30:00Z", "title": "The \u{202e}lamp"
        });
        assert_eq!(
            row(&document),
            ["a b.md", "3", "2026-11-24T09:30:00Z", "The lamp"]
        );
    }
}
