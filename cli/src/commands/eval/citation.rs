//! The citation agent over HTTP (`POST /agents/citation`): the verdicts that a user gets for a text and its sources.

use futures::{StreamExt, TryStreamExt};
use indicatif::ProgressBar;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::server::Server;

const CONCURRENCY: usize = 4;

/// A text to verify, and what it is verified against.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) text: String,
    pub(super) source: Source,
}

/// A source of a request.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Source {
    /// Blank if it has none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) title: String,
    pub(super) text: String,
}

/// The claims of a text, with their verdicts.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Reply {
    pub(super) claims: Vec<Claim>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Claim {
    pub(super) verdict: String,
    #[serde(default)]
    pub(super) reason: Option<String>,
}

impl Reply {
    /// Whether the text is shown as supported: it has claims, and all of them are.
    pub(super) fn is_supported(&self) -> bool {
        !self.claims.is_empty() && self.claims.iter().all(|claim| claim.verdict == "supported")
    }

    /// Whether any claim of the text is refuted.
    pub(super) fn is_refuted(&self) -> bool {
        self.claims.iter().any(|claim| claim.verdict == "refuted")
    }
}

/// Verifies texts, several at a time. The replies are in the order of the requests. A blank text has no claims.
pub(super) async fn verify_all(
    name: &'static str,
    server: &Server,
    requests: Vec<Request>,
) -> anyhow::Result<Vec<Reply>> {
    let progress = ProgressBar::new(requests.len() as u64).with_message(name);
    let replies = requests.into_iter().map(|request| verify(server, request));
    let replies = futures::stream::iter(replies).buffered(CONCURRENCY);
    let replies = replies.inspect_ok(|_| progress.inc(1)).try_collect().await;
    progress.finish_and_clear();
    replies
}

async fn verify(server: &Server, request: Request) -> anyhow::Result<Reply> {
    if request.text.trim().is_empty() || request.source.text.trim().is_empty() {
        return Ok(Reply::default());
    }
    let body = json!({ "text": request.text, "sources": [request.source] });
    let response = server.post_with_retry("/agents/citation", &body).await?;
    Ok(serde_json::from_value(response.json)?)
}

/// The share of replies whose text is supported.
pub(super) fn share_supported<'a>(replies: impl IntoIterator<Item = &'a Reply>) -> f64 {
    share(replies, Reply::is_supported)
}

/// The share of replies with a refuted claim.
pub(super) fn share_refuted<'a>(replies: impl IntoIterator<Item = &'a Reply>) -> f64 {
    share(replies, Reply::is_refuted)
}

fn share<'a>(replies: impl IntoIterator<Item = &'a Reply>, is: impl Fn(&Reply) -> bool) -> f64 {
    let replies: Vec<bool> = replies.into_iter().map(is).collect();
    let count = replies.iter().filter(|is| **is).count();
    count as f64 / replies.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(verdicts: &[&str]) -> Reply {
        let claim = |verdict: &&str| Claim {
            verdict: (*verdict).to_owned(),
            reason: None,
        };
        Reply {
            claims: verdicts.iter().map(claim).collect(),
        }
    }

    #[test]
    fn a_text_is_supported_if_all_its_claims_are() {
        assert!(reply(&["supported", "supported"]).is_supported());
        assert!(!reply(&["supported", "unverified"]).is_supported());
        assert!(!reply(&[]).is_supported());
        assert!(reply(&["supported", "refuted"]).is_refuted());
        assert!(!reply(&["unverified"]).is_refuted());
    }
}
