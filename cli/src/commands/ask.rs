//! `attest ask`: one question, the answer with its quotations.

use anstream::println;
use clap::Args;
use serde_json::{Map, Value as Json};

use super::{Target, problem_as_json};
use crate::exit::Exit;
use crate::render;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The question.
    question: String,
    /// The library to answer from; the server's own default when left out.
    #[arg(long)]
    library: Option<String>,
    /// How many passages to look at.
    #[arg(long)]
    top_k: Option<u32>,
    /// Print the server's JSON as it is.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: Target,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let mut body = Map::from_iter([("query".to_owned(), Json::from(arguments.question))]);
    body.extend(
        arguments
            .library
            .map(|library| ("library".to_owned(), library.into())),
    );
    body.extend(arguments.top_k.map(|top_k| ("top_k".to_owned(), top_k.into())));

    let result = arguments.target.server()?.post("/queries", &body.into()).await;
    let reply = problem_as_json(result, arguments.json)?;
    if arguments.json {
        println!("{}", reply.text);
    } else {
        println!("{}", render::answer(&reply.json));
    }
    Ok(if render::is_abstained(&reply.json) {
        Exit::Abstained
    } else {
        Exit::Done
    })
}
