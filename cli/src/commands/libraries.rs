//! `attest libraries`: lists the libraries of a hub.

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
    /// Prints the server's JSON for each library, one per line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: Target,
}

/// Runs the command.
pub(super) async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let server = arguments.target.server()?;
    let libraries: Vec<Json> = documents::list_libraries(&server).try_collect().await?;
    if arguments.json {
        for library in &libraries {
            println!("{}", escaped_json(&library.to_string()));
        }
        return Ok(Exit::Done);
    }
    let rows: Vec<[String; 5]> = libraries.iter().map(row).collect();
    println!(
        "{}",
        table(["library", "documents", "passages", "changed", "status"], &rows)
    );
    Ok(Exit::Done)
}

fn row(library: &Json) -> [String; 5] {
    ["name", "documents", "chunks", "updated_at", "status"].map(|name| match &library[name] {
        Json::String(text) => one_line(text),
        Json::Number(number) => number.to_string(),
        _ => "?".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_server_does_not_know_is_marked() {
        let library = json!({
            "name": "docs\u{1b}", "documents": null, "chunks": 3, "updated_at": "2026-11-24T09:30:00Z", "status": "ready"
        });
        assert_eq!(row(&library), ["docs", "?", "3", "2026-11-24T09:30:00Z", "ready"]);
    }
}
