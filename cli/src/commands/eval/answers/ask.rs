//! Asks questions over HTTP (`POST /queries`), as a user does.

use anyhow::Context;
use futures::{StreamExt, TryStreamExt};
use indicatif::ProgressBar;
use serde_json::json;
use shared::agents::synthesis::EXTRACTIVE;

use super::reply::Reply;
use crate::server::Server;

const CONCURRENCY: usize = 4;

/// Asks each question of this model without the cache, several at a time of the extractive writer: a local model answers one
/// at a time. The replies are in the order of the questions. Fails if one has no reply.
pub(super) async fn ask_all(
    server: &Server,
    library: &str,
    model: &str,
    questions: &[&str],
) -> anyhow::Result<Vec<Reply>> {
    let progress = ProgressBar::new(questions.len() as u64).with_message(library.to_owned());
    let replies = questions
        .iter()
        .map(|question| ask(server, library, model, question));
    let concurrency = if model == EXTRACTIVE { CONCURRENCY } else { 1 };
    let replies = futures::stream::iter(replies).buffered(concurrency);
    let replies = replies.inspect_ok(|_| progress.inc(1)).try_collect().await;
    progress.finish_and_clear();
    replies
}

async fn ask(server: &Server, library: &str, model: &str, question: &str) -> anyhow::Result<Reply> {
    let body = json!({ "query": question, "library": library, "model": model, "cache": false });
    let response = server.post_with_retry("/queries", &body).await?;
    serde_json::from_value(response.json).with_context(|| format!("the reply to \"{question}\""))
}
