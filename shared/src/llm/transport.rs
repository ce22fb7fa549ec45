//! The HTTP transport to providers: sends requests, reads replies incrementally and enforces timeouts.

use std::{
    collections::HashMap,
    error::Error,
    io,
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue,
    header::{ACCEPT_ENCODING, CONTENT_TYPE},
};
use jiff::Timestamp;
use tokio::time::timeout_at;

use super::{
    catalog::{Key, Provider, Proxy},
    clock::{CallTimeouts, Clock},
    content_encoding::Decoder,
    failure::{Failure, Phase},
    reply::{OnReceived, ProviderReply, ReplyBuilder},
    retry_after::retry_after,
    wire::{self, ProviderRequest, ReplyError, StreamReader, Vectors},
};
use crate::{
    aws_signature::{self, Scope},
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

    /// Generates a text and passes it to `on_received` as it arrives; `is_json` when JSON was requested. `timeouts` start
    /// now.
    pub(super) async fn generate(
        &self,
        provider: &Provider,
        request: ProviderRequest,
        timeouts: CallTimeouts,
        is_json: bool,
        on_received: OnReceived<'_>,
    ) -> ProviderReply {
        let mut reply = ReplyBuilder::new(is_json, on_received);
        let mut call = ProviderCall {
            clock: Clock::start(timeouts, provider.stream),
            status: None,
        };
        let end = call.run(self, provider, request, &mut reply).await;
        reply.build(end, call.status, &mut call.clock)
    }

    /// Embeds a number of texts. A reply with another number of vectors is malformed.
    pub(super) async fn embed(
        &self,
        provider: &Provider,
        request: ProviderRequest,
        total: Duration,
        texts: usize,
    ) -> ProviderReply {
        let body = self.fetch(provider, request, total).await;
        let vectors = body.and_then(|body| Ok(wire::read_vectors(provider.kind, &body)?));
        match vectors {
            Ok(Vectors { vectors, tokens }) if vectors.len() == texts => ProviderReply {
                text: String::new(),
                generated_bytes: 0,
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

    /// Sends a request and returns the whole body, within `total`.
    ///
    /// # Errors
    /// Any failure, including an error status.
    pub(super) async fn fetch(
        &self,
        provider: &Provider,
        request: ProviderRequest,
        total: Duration,
    ) -> Result<Vec<u8>, Failure> {
        let mut call = ProviderCall {
            clock: Clock::start_total(total),
            status: None,
        };
        let response = call.send(self, provider, request).await?;
        call.read_body(response, MAX_LIST).await
    }
}

/// The state of one call.
struct ProviderCall {
    clock: Clock,
    status: Option<u16>,
}

impl ProviderCall {
    async fn send(
        &mut self,
        transport: &Transport,
        provider: &Provider,
        request: ProviderRequest,
    ) -> Result<reqwest::Response, Failure> {
        let client = transport.client(provider)?;
        let request = http_request(provider, request)?;
        let timeout = self.clock.next();
        let response = match timeout_at(timeout.at, client.execute(request)).await {
            Ok(response) => response.map_err(|error| connection_failure(&error, provider))?,
            Err(_elapsed) => return Err(timeout.failure()),
        };
        self.clock.on_sign_of_life();
        let status = response.status().as_u16();
        if !response.status().is_success() {
            let retry_after = retry_after(response.headers(), Timestamp::now());
            let code = error_type(response.headers());
            // An unreadable body still leaves the status.
            let body = self.read_body(response, MAX_ERROR).await.unwrap_or_default();
            return Err(Failure::Status {
                status,
                body: wire::read_error(provider.kind, &body).or_code(code.as_deref()),
                retry_after,
            });
        }
        Ok(response)
    }

    /// Reads a whole body within the total timeout.
    async fn read_body(&mut self, mut response: reqwest::Response, max: usize) -> Result<Vec<u8>, Failure> {
        self.clock.on_whole_reply();
        let mut decoder = Decoder::new(response.headers(), max)?;
        let mut body = Vec::new();
        while let Some(bytes) = self.next_chunk(&mut response).await? {
            body.extend(decoder.push(&bytes)?);
            if body.len() > max {
                return Err(Failure::TooLarge(max));
            }
        }
        Ok(body)
    }

    /// Returns the next bytes of a body; `None` at its end.
    async fn next_chunk(&mut self, response: &mut reqwest::Response) -> Result<Option<Bytes>, Failure> {
        let timeout = self.clock.next();
        match timeout_at(timeout.at, response.chunk()).await {
            Ok(Ok(bytes)) => {
                self.clock.on_sign_of_life();
                Ok(bytes)
            }
            Ok(Err(_)) => Err(Failure::ConnectionLost),
            Err(_elapsed) => Err(timeout.failure()),
        }
    }

    async fn run(
        &mut self,
        transport: &Transport,
        provider: &Provider,
        request: ProviderRequest,
        reply: &mut ReplyBuilder<'_>,
    ) -> Result<(), Failure> {
        let response = self.send(transport, provider, request).await;
        self.status = match &response {
            Ok(response) => Some(response.status().as_u16()),
            Err(failure) => failure.status(),
        };
        let mut response = response?;
        let content_type = response.headers().get(CONTENT_TYPE);
        if content_type.is_some_and(|value| value.as_bytes().starts_with(b"text/html")) {
            return Err(ReplyError::Malformed("an answer of a model but a page").into());
        }
        let mut decoder = Decoder::new(response.headers(), MAX_TEXT)?;
        let mut reader = StreamReader::new(provider.kind, provider.stream);
        let mut size = 0;
        loop {
            let chunk = match self.next_chunk(&mut response).await {
                Ok(Some(chunk)) => chunk,
                Ok(None) => break,
                // After the finish reason the reply is complete, however the connection ends.
                Err(_) if reply.has_finished() => return Ok(()),
                Err(failure) => return Err(failure),
            };
            let bytes = decoder.push(&chunk)?;
            size += bytes.len();
            if size > MAX_TEXT {
                return Err(Failure::TooLarge(MAX_TEXT));
            }
            let events = reader.push(&bytes)?;
            reply.apply(events, &mut self.clock);
            // The reader returns an error only after the events before it: an empty push reveals it.
            reader.push(&[])?;
            if reader.is_whole() {
                self.clock.on_whole_reply();
            }
        }
        let events = reader.end()?;
        reply.apply(events, &mut self.clock);
        Ok(())
    }
}

/// Creates the HTTP request, signed if the provider is called with an AWS role.
fn http_request(provider: &Provider, request: ProviderRequest) -> Result<reqwest::Request, Failure> {
    let ProviderRequest {
        method,
        url,
        mut headers,
        body,
    } = request;
    let json = HeaderValue::from_static("application/json");
    headers.extend((!body.is_empty()).then_some((CONTENT_TYPE, json)));
    if let Key::Role(role) = &provider.key {
        let mut signed = http::Request::new(&body);
        *signed.method_mut() = method.clone();
        *signed.uri_mut() = url.as_str().parse().map_err(|_| Failure::Unsigned)?;
        *signed.headers_mut() = headers;
        let scope = Scope {
            region: &role.region,
            service: wire::signing_name(&provider.base_url),
        };
        aws_signature::sign_request(&mut signed, scope, role.credentials(), SystemTime::now())
            .map_err(|_| Failure::Unsigned)?;
        headers = std::mem::take(signed.headers_mut());
    }
    // Proxies may change this header, so it is not signed.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    let mut http_request = reqwest::Request::new(method, url);
    *http_request.headers_mut() = headers;
    *http_request.body_mut() = (!body.is_empty()).then(|| body.into());
    Ok(http_request)
}

/// Returns the error type in the header of AWS, such as `AccessDeniedException:http://...`.
fn error_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("x-amzn-errortype")?.to_str().ok()?;
    let name = value.split(':').next()?;
    Some(name.rsplit('#').next()?.to_owned())
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
