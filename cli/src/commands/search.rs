//! `attest search`: sends one query to `POST /search`.

use anstream::println;
use clap::Args;
use serde_json::{Map, Value as Json};

use super::target::{Target, problem_as_json};
use crate::exit::Exit;
use crate::{render, terminal};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The search query.
    query: String,
    /// The library to search. The default is the server's default library.
    #[arg(long)]
    library: Option<String>,
    /// The number of passages to return.
    #[arg(long)]
    top_k: Option<u32>,
    /// Prints the server's JSON response.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: Target,
}

/// Runs the command.
pub(super) async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let mut body = Map::from_iter([("query".to_owned(), Json::from(arguments.query.clone()))]);
    body.extend(
        arguments
            .library
            .map(|library| ("library".to_owned(), library.into())),
    );
    body.extend(arguments.top_k.map(|top_k| ("top_k".to_owned(), top_k.into())));

    let result = arguments.target.server()?.post("/search", &body.into()).await;
    let response = problem_as_json(result, arguments.json)?;
    if arguments.json {
        println!("{}", terminal::escaped_json(&response.text));
    } else {
        println!("{}", render::results(&response.json, &arguments.query));
    }
    Ok(Exit::Done)
}
