//! Asks questions over HTTP (`POST /queries`), as a user does.

use anyhow::Context;
use futures::{StreamExt, TryStreamExt};
use indicatif::ProgressBar;
use serde_json::json;

use super::reply::Reply;
use crate::server::Server;

const CONCURRENCY: usize = 4;

/// Asks each question, several at a time, with the extractive writer and without the cache. The replies are in the order of
/// the questions. Fails if one has no reply.
pub(super) async fn ask_all(
    server: &Server,
    library: &str,
    questions: &[&str],
) -> anyhow::Result<Vec<Reply>> {
    let progress = ProgressBar::new(questions.len() as u64).with_message(library.to_owned());
    let replies = questions.iter().map(|question| ask(server, library, question));
    let replies = futures::stream::iter(replies).buffered(CONCURRENCY);
    let replies = replies.inspect_ok(|_| progress.inc(1)).try_collect().await;
    progress.finish_and_clear();
    replies
}

async fn ask(server: &Server, library: &str, question: &str) -> anyhow::Result<Reply> {
    let body = json!({ "query": question, "library": library, "model": "extractive", "cache": false });
    let response = server.post_with_retry("/queries", &body).await?;
    serde_json::from_value(response.json).with_context(|| format!("the reply to \"{question}\""))
}
