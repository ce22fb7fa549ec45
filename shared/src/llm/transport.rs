//! The one file that talks to providers: sends a request, reads its reply as it comes, and keeps the timeouts.

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
    catalog::{Provider, Timeouts},
    failure::{Failure, Phase},
    retry_after::retry_after,
    wire::{self, Event, Fault, Kind, ProviderRequest, StreamReader, Vectors},
};
use crate::{
    domain::{FinishReason, Tokens},
    http_client,
};

/// The longest text that is read, with all that frames it.
const MAX_TEXT: usize = 4 << 20;
/// The longest list of vectors or models that is read.
const MAX_LIST: usize = 32 << 20;
/// The longest body of a failure that is read.
const MAX_ERROR: usize = 64 << 10;

/// Holds the connections of this container.
#[derive(Default)]
pub(super) struct Transport {
    clients: Mutex<HashMap<String, reqwest::Client>>,
}

/// What came back.
pub(super) struct Reply {
    /// The text as far as it came.
    pub(super) text: String,
    /// The tokens, where the provider counts them.
    pub(super) tokens: Option<Tokens>,
    /// The HTTP status, once there was one.
    pub(super) status: Option<u16>,
    /// From the request to the first text.
    pub(super) first_text: Option<Duration>,
    /// The vectors, when these were asked for.
    pub(super) vectors: Vec<Vec<f32>>,
    /// How it ended.
    pub(super) end: Result<FinishReason, Failure>,
}

impl Reply {
    /// Nothing came.
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
    /// Makes ready what the first call of this provider needs. It takes milliseconds, once.
    pub(super) fn prepare(&self, provider: &Provider) -> Result<reqwest::Client, Failure> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&provider.name) {
            return Ok(client.clone());
        }
        let client = http_client::client(provider.timeouts.connect).map_err(|_| Failure::Tls)?;
        clients.insert(provider.name.clone(), client.clone());
        Ok(client)
    }

    /// Has a text written, telling `on_text` of each part as it comes. `limits` hold from now.
    pub(super) async fn generate(
        &self,
        provider: &Provider,
        outgoing: ProviderRequest,
        limits: Timeouts,
        on_text: &mut (dyn FnMut(&str) + Send),
    ) -> Reply {
        let mut call = Call::begin(limits, on_text);
        let end = call.run(self, provider, outgoing).await;
        let end = match (end, call.finish) {
            (Err(failure), _) => Err(failure),
            (Ok(()), None) => Err(Failure::Unfinished),
            (Ok(()), Some(FinishReason::Filtered)) => Err(Failure::Filtered),
            (Ok(()), Some(_)) if call.text.trim().is_empty() => Err(Failure::Empty),
            (Ok(()), Some(finish)) => Ok(finish),
        };
        Reply {
            text: call.text,
            tokens: call.tokens,
            status: call.status,
            first_text: call.first_text,
            vectors: Vec::new(),
            end,
        }
    }

    /// Has texts turned into that many vectors.
    pub(super) async fn embed(
        &self,
        provider: &Provider,
        outgoing: ProviderRequest,
        limits: Timeouts,
        texts: usize,
    ) -> Reply {
        let fetched = self.fetch(provider, outgoing, limits).await;
        let read = fetched.and_then(|body| Ok(wire::read_vectors(provider.kind, &body)?));
        match read {
            Ok(Vectors { vectors, tokens }) if vectors.len() == texts => Reply {
                text: String::new(),
                tokens: tokens.map(|input| Tokens { input, output: 0 }),
                status: Some(200),
                first_text: None,
                vectors,
                end: Ok(FinishReason::Stop),
            },
            Ok(_) => Reply::failed(Fault::Malformed("one vector for each text").into()),
            Err(failure) => Reply::failed(failure),
        }
    }

    /// Sends a request whose reply is read as a whole.
    ///
    /// # Errors
    /// Whatever goes wrong, a bad status too.
    pub(super) async fn fetch(
        &self,
        provider: &Provider,
        outgoing: ProviderRequest,
        limits: Timeouts,
    ) -> Result<Vec<u8>, Failure> {
        let mut no_text = |_: &str| {};
        let mut call = Call::begin(limits, &mut no_text);
        let response = call.send(self, provider, outgoing, Phase::Total).await?;
        call.body(response, MAX_LIST).await
    }
}

/// One call on its way.
struct Call<'a> {
    limits: Timeouts,
    started: Instant,
    on_text: &'a mut (dyn FnMut(&str) + Send),
    last_text: Instant,
    text: String,
    tokens: Option<Tokens>,
    finish: Option<FinishReason>,
    status: Option<u16>,
    first_text: Option<Duration>,
}

impl<'a> Call<'a> {
    fn begin(limits: Timeouts, on_text: &'a mut (dyn FnMut(&str) + Send)) -> Self {
        let started = Instant::now();
        Self {
            limits,
            started,
            on_text,
            last_text: started,
            text: String::new(),
            tokens: None,
            finish: None,
            status: None,
            first_text: None,
        }
    }

    /// By when the next thing has to come, and what is late if it does not.
    fn next(&self, whole: bool) -> (Instant, Phase, Duration) {
        let total = (self.started + self.limits.total, Phase::Total, self.limits.total);
        let waits = if whole {
            total
        } else if self.first_text.is_none() {
            let limit = self.limits.first_token;
            (self.started + limit, Phase::FirstToken, limit)
        } else {
            let limit = self.limits.between_tokens;
            (self.last_text + limit, Phase::BetweenTokens, limit)
        };
        if waits.0 <= total.0 { waits } else { total }
    }

    async fn send(
        &mut self,
        transport: &Transport,
        provider: &Provider,
        outgoing: ProviderRequest,
        phase: Phase,
    ) -> Result<reqwest::Response, Failure> {
        let client = transport.prepare(provider)?;
        let mut request = client
            .request(outgoing.method, outgoing.url)
            .headers(outgoing.headers)
            .header(ACCEPT_ENCODING, "identity");
        if !outgoing.body.is_empty() {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .body(outgoing.body);
        }
        let (until, phase, limit) = self.next(phase == Phase::Total);
        let response = match timeout_at(until, request.send()).await {
            Ok(response) => response.map_err(|error| broken(&error, provider.timeouts.connect))?,
            Err(_elapsed) => return Err(Failure::TimedOut { phase, limit }),
        };
        let status = response.status().as_u16();
        if !response.status().is_success() {
            let retry_after = retry_after(response.headers(), Timestamp::now());
            // A body that does not come changes nothing.
            let body = self.body(response, MAX_ERROR).await.unwrap_or_default();
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

    /// All of a body, by the time of the whole call.
    async fn body(&mut self, mut response: reqwest::Response, most: usize) -> Result<Vec<u8>, Failure> {
        let (until, phase, limit) = self.next(true);
        let mut body = Vec::new();
        loop {
            match timeout_at(until, response.chunk()).await {
                Ok(Ok(Some(bytes))) if body.len() + bytes.len() > most => {
                    return Err(Failure::TooLarge(most));
                }
                Ok(Ok(Some(bytes))) => body.extend_from_slice(&bytes),
                Ok(Ok(None)) => return Ok(body),
                Ok(Err(_)) => return Err(Failure::BrokenOff),
                Err(_elapsed) => return Err(Failure::TimedOut { phase, limit }),
            }
        }
    }

    async fn run(
        &mut self,
        transport: &Transport,
        provider: &Provider,
        outgoing: ProviderRequest,
    ) -> Result<(), Failure> {
        let phase = if provider.stream {
            Phase::FirstToken
        } else {
            Phase::Total
        };
        let response = self.send(transport, provider, outgoing, phase).await;
        self.status = match &response {
            Ok(response) => Some(response.status().as_u16()),
            Err(failure) => failure.status(),
        };
        let response = response?;
        let content_type = response.headers().get(CONTENT_TYPE);
        let content_type = content_type
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let is = |kind: &str| content_type.starts_with(kind);
        if is("text/html") {
            return Err(Fault::Malformed("an answer of a model but a page").into());
        }
        // Some servers answer whole although they were asked to stream.
        let streams = provider.stream && (provider.kind == Kind::Ollama || !is("application/json"));
        if streams {
            self.stream(provider.kind, response).await
        } else {
            let body = self.body(response, MAX_TEXT).await?;
            let events = wire::read_whole(provider.kind, &body)?;
            self.take(events);
            Ok(())
        }
    }

    async fn stream(&mut self, kind: Kind, mut response: reqwest::Response) -> Result<(), Failure> {
        let mut reader = StreamReader::new(kind);
        let mut size = 0;
        loop {
            let (until, phase, limit) = self.next(false);
            match timeout_at(until, response.chunk()).await {
                Ok(Ok(Some(bytes))) => {
                    size += bytes.len();
                    if size > MAX_TEXT {
                        return Err(Failure::TooLarge(MAX_TEXT));
                    }
                    let events = reader.push(&bytes)?;
                    self.take(events);
                    // What was read before a fault counts; the fault itself comes with the next push.
                    reader.push(&[])?;
                }
                Ok(Ok(None)) => {
                    let events = reader.end()?;
                    self.take(events);
                    return Ok(());
                }
                // What is whole is whole, however the connection ends.
                Ok(Err(_)) if self.finish.is_some() => return Ok(()),
                Ok(Err(_)) => return Err(Failure::BrokenOff),
                Err(_elapsed) if self.finish.is_some() => return Ok(()),
                Err(_elapsed) => return Err(Failure::TimedOut { phase, limit }),
            }
        }
    }

    fn take(&mut self, events: Vec<Event>) {
        for event in events {
            match event {
                Event::Text(text) => {
                    self.last_text = Instant::now();
                    if self.first_text.is_none() {
                        self.first_text = Some(self.started.elapsed());
                    }
                    (self.on_text)(&text);
                    self.text.push_str(&text);
                }
                Event::Tokens(tokens) => self.tokens = Some(tokens),
                Event::FinishReason(finish) => self.finish = Some(finish),
            }
        }
    }
}

/// Why a request got no reply.
fn broken(error: &reqwest::Error, connect: Duration) -> Failure {
    if !error.is_connect() {
        return Failure::BrokenOff;
    }
    if error.is_timeout() {
        return Failure::TimedOut {
            phase: Phase::Connect,
            limit: connect,
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
    Failure::Unreachable
}
