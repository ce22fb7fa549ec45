//! The HTTP transport to providers: sends requests, reads replies incrementally and enforces timeouts.

use std::{
    collections::HashMap,
    error::Error,
    io,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE};
use jiff::Timestamp;
use tokio::time::{Instant, timeout_at};

use super::{
    catalog::{Provider, Proxy, Timeouts},
    failure::{Failure, Phase},
    retry_after::retry_after,
    wire::{self, ApiFormat, ProviderRequest, ReplyError, ReplyEvent, StreamReader, Vectors},
};
use crate::{
    domain::{FinishReason, Tokens},
    http_client,
};

/// The maximum size of a text reply, in bytes.
const MAX_TEXT: usize = 4 << 20;
/// The maximum size of a list of vectors or models, in bytes.
const MAX_LIST: usize = 32 << 20;
/// The maximum size of an error body, in bytes.
const MAX_ERROR: usize = 64 << 10;

/// The HTTP clients of this container, one per provider.
#[derive(Default)]
pub(super) struct Transport {
    clients: Mutex<HashMap<String, reqwest::Client>>,
}

/// The reply of a provider, complete or interrupted.
pub(super) struct ProviderReply {
    /// The text received.
    pub(super) text: String,
    /// The token usage, if the provider reported it.
    pub(super) tokens: Option<Tokens>,
    /// The HTTP status, if a response arrived.
    pub(super) status: Option<u16>,
    /// The time from the request to the first text.
    pub(super) first_text: Option<Duration>,
    /// The vectors of an embedding call.
    pub(super) vectors: Vec<Vec<f32>>,
    /// The finish reason, or the failure.
    pub(super) end: Result<FinishReason, Failure>,
}

impl ProviderReply {
    /// Creates a reply without content.
    pub(super) fn failed(failure: Failure) -> Self {
        Self {
            text: String::new(),
            tokens: None,
            status: failure.status(),
            first_text: None,
            vectors: Vec::new(),
            end: Err(failure),
        }
    }
}

impl Transport {
    /// Returns the HTTP client of a provider. Creating it takes milliseconds, once per container.
    pub(super) fn client(&self, provider: &Provider) -> Result<reqwest::Client, Failure> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&provider.name) {
            return Ok(client.clone());
        }
        let client = http_client::client_through(
            provider.timeouts.connect,
            provider.proxy.as_ref().map(Proxy::url),
            &provider.authorities,
        )
        .map_err(|_| Failure::Tls)?;
        clients.insert(provider.name.clone(), client.clone());
        Ok(client)
    }

    /// Generates a text and passes each part to `on_text`. `timeouts` start now.
    pub(super) async fn generate(
        &self,
        provider: &Provider,
        request: ProviderRequest,
        timeouts: Timeouts,
        on_text: &mut (dyn FnMut(&str) + Send),
    ) -> ProviderReply {
        let mut call = ProviderCall::new(timeouts, on_text);
        let end = call.run(self, provider, request).await;
        let end = match (end, call.finish_reason) {
            (Err(failure), _) => Err(failure),
            (Ok(()), None) => Err(Failure::Unfinished),
            (Ok(()), Some(FinishReason::Filtered)) => Err(Failure::Filtered),
            (Ok(()), Some(_)) if call.text.trim().is_empty() => Err(Failure::Empty),
            (Ok(()), Some(reason)) => Ok(reason),
        };
        ProviderReply {
            text: call.text,
            tokens: call.tokens,
            status: call.status,
            first_text: call.first_text,
            vectors: Vec::new(),
            end,
        }
    }

    /// Embeds a number of texts. A reply with another number of vectors is malformed.
    pub(super) async fn embed(
        &self,
        provider: &Provider,
        request: ProviderRequest,
        timeouts: Timeouts,
        texts: usize,
    ) -> ProviderReply {
        let body = self.fetch(provider, request, timeouts).await;
        let vectors = body.and_then(|body| Ok(wire::read_vectors(provider.kind, &body)?));
        match vectors {
            Ok(Vectors { vectors, tokens }) if vectors.len() == texts => ProviderReply {
                text: String::new(),
                tokens: tokens.map(|input| Tokens { input, output: 0 }),
                status: Some(200),
                first_text: None,
                vectors,
                end: Ok(FinishReason::Stop),
            },
            Ok(_) => ProviderReply::failed(ReplyError::Malformed("one vector for each text").into()),
            Err(failure) => ProviderReply::failed(failure),
        }
    }

    /// Sends a request and returns the whole body.
    ///
    /// # Errors
    /// Any failure, including an error status.
    pub(super) async fn fetch(
        &self,
        provider: &Provider,
        request: ProviderRequest,
        timeouts: Timeouts,
    ) -> Result<Vec<u8>, Failure> {
        let mut ignore_text = |_: &str| {};
        let mut call = ProviderCall::new(timeouts, &mut ignore_text);
        let response = call.send(self, provider, request, Phase::Total).await?;
        call.read_body(response, MAX_LIST).await
    }
}

/// The state of one call.
struct ProviderCall<'a> {
    timeouts: Timeouts,
    started: Instant,
    on_text: &'a mut (dyn FnMut(&str) + Send),
    last_text: Instant,
    text: String,
    tokens: Option<Tokens>,
    finish_reason: Option<FinishReason>,
    status: Option<u16>,
    first_text: Option<Duration>,
}

impl<'a> ProviderCall<'a> {
    fn new(timeouts: Timeouts, on_text: &'a mut (dyn FnMut(&str) + Send)) -> Self {
        let started = Instant::now();
        Self {
            timeouts,
            started,
            on_text,
            last_text: started,
            text: String::new(),
            tokens: None,
            finish_reason: None,
            status: None,
            first_text: None,
        }
    }

    /// Returns the next timeout: its instant, phase and length. For a whole reply, only the total timeout applies.
    fn next_timeout(&self, is_whole: bool) -> (Instant, Phase, Duration) {
        let total = (
            self.started + self.timeouts.total,
            Phase::Total,
            self.timeouts.total,
        );
        let next = if is_whole {
            total
        } else if self.first_text.is_none() {
            let limit = self.timeouts.first_token;
            (self.started + limit, Phase::FirstToken, limit)
        } else {
            let limit = self.timeouts.between_tokens;
            (self.last_text + limit, Phase::BetweenTokens, limit)
        };
        if next.0 <= total.0 { next } else { total }
    }

    async fn send(
        &mut self,
        transport: &Transport,
        provider: &Provider,
        request: ProviderRequest,
        phase: Phase,
    ) -> Result<reqwest::Response, Failure> {
        let client = transport.client(provider)?;
        let mut builder = client
            .request(request.method, request.url)
            .headers(request.headers)
            .header(ACCEPT_ENCODING, "identity");
        if !request.body.is_empty() {
            builder = builder
                .header(CONTENT_TYPE, "application/json")
                .body(request.body);
        }
        let (until, phase, limit) = self.next_timeout(phase == Phase::Total);
        let response = match timeout_at(until, builder.send()).await {
            Ok(response) => response.map_err(|error| connection_failure(&error, provider))?,
            Err(_elapsed) => return Err(Failure::TimedOut { phase, limit }),
        };
        let status = response.status().as_u16();
        if !response.status().is_success() {
            let retry_after = retry_after(response.headers(), Timestamp::now());
            // An unreadable body still leaves the status.
            let body = self.read_body(response, MAX_ERROR).await.unwrap_or_default();
            return Err(Failure::Status {
                status,
                body: wire::read_error(provider.kind, &body),
                retry_after,
            });
        }
        let encoding = response.headers().get(CONTENT_ENCODING);
        if encoding.is_some_and(|encoding| encoding != "identity") {
            return Err(Failure::Compressed);
        }
        Ok(response)
    }

    /// Reads a whole body within the total timeout.
    async fn read_body(&mut self, mut response: reqwest::Response, max: usize) -> Result<Vec<u8>, Failure> {
        let (until, phase, limit) = self.next_timeout(true);
        let mut body = Vec::new();
        loop {
            match timeout_at(until, response.chunk()).await {
                Ok(Ok(Some(bytes))) if body.len() + bytes.len() > max => {
                    return Err(Failure::TooLarge(max));
                }
                Ok(Ok(Some(bytes))) => body.extend_from_slice(&bytes),
                Ok(Ok(None)) => return Ok(body),
                Ok(Err(_)) => return Err(Failure::ConnectionLost),
                Err(_elapsed) => return Err(Failure::TimedOut { phase, limit }),
            }
        }
    }

    async fn run(
        &mut self,
        transport: &Transport,
        provider: &Provider,
        request: ProviderRequest,
    ) -> Result<(), Failure> {
        let phase = if provider.stream {
            Phase::FirstToken
        } else {
            Phase::Total
        };
        let response = self.send(transport, provider, request, phase).await;
        self.status = match &response {
            Ok(response) => Some(response.status().as_u16()),
            Err(failure) => failure.status(),
        };
        let response = response?;
        let content_type = response.headers().get(CONTENT_TYPE);
        let content_type = content_type
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let is = |media_type: &str| content_type.starts_with(media_type);
        if is("text/html") {
            return Err(ReplyError::Malformed("an answer of a model but a page").into());
        }
        // Some servers send a whole reply although a stream was requested.
        let is_stream = provider.stream && (provider.kind == ApiFormat::Ollama || !is("application/json"));
        if is_stream {
            self.read_stream(provider.kind, response).await
        } else {
            let body = self.read_body(response, MAX_TEXT).await?;
            let events = wire::read_whole(provider.kind, &body)?;
            self.apply(events);
            Ok(())
        }
    }

    async fn read_stream(&mut self, kind: ApiFormat, mut response: reqwest::Response) -> Result<(), Failure> {
        let mut reader = StreamReader::new(kind);
        let mut size = 0;
        loop {
            let (until, phase, limit) = self.next_timeout(false);
            match timeout_at(until, response.chunk()).await {
                Ok(Ok(Some(bytes))) => {
                    size += bytes.len();
                    if size > MAX_TEXT {
                        return Err(Failure::TooLarge(MAX_TEXT));
                    }
                    let events = reader.push(&bytes)?;
                    self.apply(events);
                    // The reader returns an error only after the events before it: an empty push reveals it.
                    reader.push(&[])?;
                }
                Ok(Ok(None)) => {
                    let events = reader.end()?;
                    self.apply(events);
                    return Ok(());
                }
                // After the finish reason the reply is complete, however the connection ends.
                Ok(Err(_)) if self.finish_reason.is_some() => return Ok(()),
                Ok(Err(_)) => return Err(Failure::ConnectionLost),
                Err(_elapsed) if self.finish_reason.is_some() => return Ok(()),
                Err(_elapsed) => return Err(Failure::TimedOut { phase, limit }),
            }
        }
    }

    fn apply(&mut self, events: Vec<ReplyEvent>) {
        for event in events {
            match event {
                ReplyEvent::Text(text) => {
                    self.last_text = Instant::now();
                    if self.first_text.is_none() {
                        self.first_text = Some(self.started.elapsed());
                    }
                    (self.on_text)(&text);
                    self.text.push_str(&text);
                }
                ReplyEvent::Tokens(tokens) => self.tokens = Some(tokens),
                ReplyEvent::Finish(reason) => self.finish_reason = Some(reason),
            }
        }
    }
}

/// Returns the failure of a request without a response.
fn connection_failure(error: &reqwest::Error, provider: &Provider) -> Failure {
    if !error.is_connect() {
        return Failure::ConnectionLost;
    }
    if error.is_timeout() {
        return Failure::TimedOut {
            phase: Phase::Connect,
            limit: provider.timeouts.connect,
        };
    }
    // rustls reports its failures as invalid data.
    let mut cause = error.source();
    while let Some(inner) = cause {
        let io = inner.downcast_ref::<io::Error>();
        if io.is_some_and(|io| {
            matches!(
                io.kind(),
                io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput
            )
        }) {
            return Failure::Tls;
        }
        cause = inner.source();
    }
    if provider.proxy.is_some() {
        return Failure::Proxy;
    }
    Failure::Unreachable
}
