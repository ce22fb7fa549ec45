//! One call of a provider.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use reqwest::{Client, StatusCode, header};
use secrecy::SecretString;
use tokio::sync::OnceCell;

use super::settings::{Key, WebSettings};
use crate::{
    http_client,
    ports::{SearchWeb, Secrets, WebError, WebQuery},
};

/// The longest that a connection may take to open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// The longest that a search may take: the rest of the lane's time is for the pages.
const TIMEOUT: Duration = Duration::from_secs(4);
/// The largest reply that is read, in bytes.
const MAX_REPLY: usize = 2_000_000;
/// Wikimedia refuses clients that do not say what they are.
const USER_AGENT: &str = concat!("Attest/", env!("CARGO_PKG_VERSION"));

/// Searches the web with one provider. The HTTP client is created for the first search.
pub struct WebSearch {
    settings: WebSettings,
    secrets: Arc<dyn Secrets>,
    client: OnceCell<Client>,
}

impl WebSearch {
    /// Searches by these settings; a key in a parameter is read from `secrets`.
    pub fn new(settings: WebSettings, secrets: Arc<dyn Secrets>) -> Self {
        Self {
            settings,
            secrets,
            client: OnceCell::new(),
        }
    }

    async fn key(&self) -> Result<Option<SecretString>, WebError> {
        match &self.settings.key {
            None => Ok(None),
            Some(Key::Known(key)) => Ok(Some(key.clone())),
            Some(Key::Parameter(name)) => {
                let key = self.secrets.get(name).await;
                key.map(Some)
                    .map_err(|error| self.failed("has a key that cannot be read", error))
            }
        }
    }

    /// A failure of the provider. Says nothing of its reply, which could repeat the question.
    fn failed(&self, what: &str, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> WebError {
        WebError::caused(self.says(what), cause)
    }

    fn says(&self, what: &str) -> String {
        format!("the search provider {} {what}", self.settings.provider)
    }

    async fn call(&self, query: WebQuery<'_>, limit: usize) -> Result<Vec<String>, WebError> {
        let WebSettings { provider, url, .. } = &self.settings;
        let key = self.key().await?;
        let request = provider
            .request(url, key.as_ref(), query, limit)
            .ok_or_else(|| WebError::new(self.says("has a key that cannot be sent")))?;
        let client = || async { http_client::client(CONNECT_TIMEOUT) };
        let client = self.client.get_or_try_init(client).await;
        let client = client.map_err(|error| self.failed("cannot be called", error))?;
        let mut call = client
            .request(request.method, request.url)
            .header(header::ACCEPT, "application/json")
            .header(header::USER_AGENT, USER_AGENT);
        if let Some((name, value)) = request.authorization {
            call = call.header(name, value);
        }
        if let Some(json) = request.json {
            call = call.json(&json);
        }
        // The address has the question in it.
        let without_address = |error: reqwest::Error| error.without_url();
        let response = call
            .send()
            .await
            .map_err(|error| self.failed("cannot be reached", without_address(error)))?;
        let status = response.status();
        if !status.is_success() {
            return Err(WebError::new(self.says(refusal(status))));
        }
        let mut response = response;
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| self.failed("broke off its reply", without_address(error)))?
        {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_REPLY {
                return Err(WebError::new(self.says("sent a reply that is too large")));
            }
        }
        let reply = serde_json::from_slice(&body).ok();
        reply
            .and_then(|reply| provider.addresses(url, &reply, limit))
            .ok_or_else(|| WebError::new(self.says("sent a reply that is not one of its own")))
    }
}

/// What a status says of the provider.
fn refusal(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 | 403 => "refused the key, or the format JSON",
        402 | 429 | 432 | 433 => "refused the search: its limit is reached",
        400..=499 => "refused the search",
        _ => "failed",
    }
}

#[async_trait]
impl SearchWeb for WebSearch {
    async fn search(&self, query: WebQuery<'_>, limit: usize) -> Result<Vec<String>, WebError> {
        match tokio::time::timeout(TIMEOUT, self.call(query, limit)).await {
            Ok(result) => result,
            Err(_elapsed) => Err(WebError::new(self.says("took too long"))),
        }
    }
}
