//! `attest ask`: sends one question to `POST /queries`.

use anstream::println;
use clap::Args;
use serde_json::{Map, Value as Json, json};

use super::target::{Target, problem_as_json};
use crate::exit::Exit;
use crate::{render, terminal};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The question.
    question: String,
    /// The library to answer from. The default is the server's default library.
    #[arg(long)]
    library: Option<String>,
    /// An id of your own for a conversation. A question that refers to the one before it is read with it.
    #[arg(long)]
    session: Option<String>,
    /// Also searches the web, with the provider that the server is configured with.
    #[arg(long)]
    web: bool,
    /// The number of passages to retrieve.
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
    let mut body = Map::from_iter([("query".to_owned(), Json::from(arguments.question))]);
    body.extend(
        arguments
            .library
            .map(|library| ("library".to_owned(), library.into())),
    );
    body.extend(
        arguments
            .session
            .map(|session| ("session_id".to_owned(), session.into())),
    );
    if arguments.web {
        body.insert("lanes".to_owned(), json!(["keyword", "web"]));
    }
    body.extend(arguments.top_k.map(|top_k| ("top_k".to_owned(), top_k.into())));

    let result = arguments.target.server()?.post("/queries", &body.into()).await;
    let response = problem_as_json(result, arguments.json)?;
    if arguments.json {
        println!("{}", terminal::escaped_json(&response.text));
    } else {
        println!("{}", render::answer(&response.json));
    }
    Ok(if render::is_abstained(&response.json) {
        Exit::Abstained
    } else {
        Exit::Done
    })
}
