//! `attest search`: the best passages for a query.

use anstream::println;
use clap::Args;
use serde_json::{Map, Value as Json};

use super::{Target, problem_as_json};
use crate::exit::Exit;
use crate::render;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What to look for.
    query: String,
    /// The library to look in; the server's own default when left out.
    #[arg(long)]
    library: Option<String>,
    /// How many passages to show.
    #[arg(long)]
    top_k: Option<u32>,
    /// Print the server's JSON as it is.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: Target,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let mut body = Map::from_iter([("query".to_owned(), Json::from(arguments.query))]);
    body.extend(
        arguments
            .library
            .map(|library| ("library".to_owned(), library.into())),
    );
    body.extend(arguments.top_k.map(|top_k| ("top_k".to_owned(), top_k.into())));

    let result = arguments.target.server()?.post("/search", &body.into()).await;
    let reply = problem_as_json(result, arguments.json)?;
    if arguments.json {
        println!("{}", reply.text);
    } else {
        println!("{}", render::results(&reply.json));
    }
    Ok(Exit::Done)
}
