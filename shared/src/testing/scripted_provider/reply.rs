//! Scripted replies: applies a behaviour to an answer.

use std::{io::Write, ops::Range};

use flate2::{Compression, write::GzEncoder};

use super::{
    answer::ScriptedAnswer,
    behaviour::Behaviour,
    content,
    protocol::{ParsedRequest, Protocol, ScriptedFailure, StreamEvent, vector},
};

/// The nesting depth of [`Behaviour::DeepNesting`].
const NESTING_DEPTH: usize = 100_000;
const HTML_PAGE: &str = "<!doctype html><html><body><h1>Please sign in</h1></body></html>";

/// A reply as bytes, and how it ends.
#[derive(Debug)]
pub(super) struct ScriptedReply {
    /// The response head; `None` when no byte is sent.
    pub(super) head: Option<Head>,
    /// The body, in the chunks to send.
    pub(super) chunks: Vec<Vec<u8>>,
    /// The chunks that are sent after a pause.
    pub(super) slow: Range<usize>,
    pub(super) ending: Ending,
}

/// The head of a response.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    /// The `content-length`; `None` for chunked transfer encoding.
    pub(super) length: Option<usize>,
}

/// How a reply ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Complete,
    Reset,
    Stall,
}

/// The point at which a reply is interrupted.
#[derive(Debug, Clone, Copy)]
enum Cut {
    BeforeFirstToken,
    AfterTokens(usize),
}

impl ScriptedReply {
    /// Creates an error reply.
    pub(super) fn failure(protocol: &dyn Protocol, failure: ScriptedFailure) -> Self {
        let (status, body) = protocol.failure(failure);
        let reply = Self::whole(status, "application/json", body.to_string().into_bytes());
        protocol
            .failure_headers(failure)
            .into_iter()
            .fold(reply, Self::with_header)
    }

    fn empty(ending: Ending) -> Self {
        Self {
            head: None,
            chunks: Vec::new(),
            slow: 0..0,
            ending,
        }
    }

    fn whole(status: u16, content_type: &str, body: Vec<u8>) -> Self {
        Self {
            head: Some(Head {
                status,
                headers: vec![("content-type", content_type.to_owned())],
                length: Some(body.len()),
            }),
            chunks: vec![body],
            slow: 0..0,
            ending: Ending::Complete,
        }
    }

    fn with_header(mut self, header: (&'static str, String)) -> Self {
        if let Some(head) = &mut self.head {
            head.headers.push(header);
        }
        self
    }
}

/// Builds the reply to a request.
pub(super) fn build(
    behaviour: Behaviour,
    protocol: &dyn Protocol,
    parsed: &ParsedRequest,
    answer: &ScriptedAnswer,
    models: &[String],
) -> ScriptedReply {
    match behaviour {
        Behaviour::Status(status) => ScriptedReply::failure(protocol, ScriptedFailure::Status(status)),
        Behaviour::RateLimited(wait) => {
            ScriptedReply::failure(protocol, ScriptedFailure::Status(429)).with_header(wait.header())
        }
        Behaviour::InsufficientQuota => ScriptedReply::failure(protocol, ScriptedFailure::InsufficientQuota),
        Behaviour::ContextLengthExceeded => {
            ScriptedReply::failure(protocol, ScriptedFailure::ContextLengthExceeded)
        }
        Behaviour::RefusesParameter(name) => {
            ScriptedReply::failure(protocol, ScriptedFailure::ParameterRefused(name))
        }
        Behaviour::ResetBeforeHeaders => ScriptedReply::empty(Ending::Reset),
        Behaviour::StallBeforeHeaders => ScriptedReply::empty(Ending::Stall),
        Behaviour::HtmlWith200 => ScriptedReply::whole(200, "text/html", HTML_PAGE.into()),
        Behaviour::GzipBomb => ScriptedReply::whole(200, "application/json", gzip_bomb())
            .with_header(("content-encoding", "gzip".to_owned())),
        _ => succeed(behaviour, protocol, parsed, answer, models),
    }
}

/// Builds a reply with a success status.
fn succeed(
    behaviour: Behaviour,
    protocol: &dyn Protocol,
    parsed: &ParsedRequest,
    answer: &ScriptedAnswer,
    models: &[String],
) -> ScriptedReply {
    let mut answer = answer.clone();
    content::apply(behaviour, &mut answer);
    let body = match parsed {
        ParsedRequest::Generate {
            model,
            stream: Some(options),
        } => return stream(behaviour, protocol, model, &answer, options.with_usage),
        ParsedRequest::Generate { model, stream: None } => {
            protocol.whole(model, &answer, behaviour != Behaviour::EndWithoutFinish)
        }
        ParsedRequest::Embed {
            model,
            texts,
            dimensions,
        } => {
            let vectors: Vec<_> = texts.iter().map(|text| vector(text, *dimensions)).collect();
            let words = texts.iter().map(|text| text.split_whitespace().count()).sum();
            protocol.vectors(model, &vectors, words)
        }
        ParsedRequest::ListModels => protocol.models(models),
    };
    whole(behaviour, protocol, body.to_string())
}

/// Builds a whole reply.
fn whole(behaviour: Behaviour, protocol: &dyn Protocol, body: String) -> ScriptedReply {
    let mut body = match behaviour {
        Behaviour::InBandErrorFirst | Behaviour::InBandErrorAfterTokens(_) => protocol.failure_event().data,
        Behaviour::MalformedJson => half(body),
        Behaviour::DeepNesting => deep(protocol),
        _ => body,
    };
    content::apply_to_end(behaviour, &mut body);
    let mut reply = ScriptedReply::whole(200, "application/json", body.into_bytes());
    if behaviour == Behaviour::Gzip {
        return compressed(reply);
    }
    if let Some((cut, ending)) = interruption(behaviour) {
        reply.ending = ending;
        match cut {
            Cut::BeforeFirstToken => reply.chunks.clear(),
            Cut::AfterTokens(_) => reply
                .chunks
                .iter_mut()
                .for_each(|body| body.truncate(body.len() / 2)),
        }
    }
    if let (Behaviour::Utf8CutAcrossChunks, Some(head)) = (behaviour, &mut reply.head) {
        head.length = None;
        reply.chunks = cut_characters(&reply.chunks.concat());
    }
    reply
}

/// Builds a streamed reply.
fn stream(
    behaviour: Behaviour,
    protocol: &dyn Protocol,
    model: &str,
    answer: &ScriptedAnswer,
    with_usage: bool,
) -> ScriptedReply {
    let stream = protocol.stream(model, answer, with_usage);
    let (mut events, mut thoughts) = (stream.before, stream.thoughts);
    let (mut tokens, mut after) = (stream.tokens, stream.after);
    let mut ending = Ending::Complete;
    if let Some((cut, cut_ending)) = interruption(behaviour) {
        ending = cut_ending;
        after.clear();
        tokens.truncate(match cut {
            Cut::BeforeFirstToken => 0,
            Cut::AfterTokens(tokens) => tokens,
        });
    }
    match behaviour {
        Behaviour::InBandErrorFirst => {
            events.clear();
            tokens.clear();
            after = vec![protocol.failure_event()];
        }
        Behaviour::InBandErrorAfterTokens(count) => {
            tokens.truncate(count);
            after = vec![protocol.failure_event()];
        }
        Behaviour::EndWithoutFinish => after.clear(),
        Behaviour::NullFinish if !protocol.streams_ndjson() => after.push(content::done()),
        Behaviour::ThoughtsAfterTokens(count) => {
            events.extend(tokens.drain(..count.min(tokens.len())));
        }
        Behaviour::MalformedJson => {
            if let Some(first) = tokens.first_mut() {
                first.data = half(std::mem::take(&mut first.data));
            }
        }
        Behaviour::DeepNesting => {
            tokens.truncate(1);
            tokens.iter_mut().for_each(|token| token.data = deep(protocol));
        }
        _ => {}
    }
    let start = events.len();
    let mut slow = match behaviour {
        Behaviour::ThoughtsFirst | Behaviour::ThoughtsAfterTokens(_) => start..start + thoughts.len(),
        _ => 0..0,
    };
    events.append(&mut thoughts);
    events.append(&mut tokens);
    events.append(&mut after);
    events
        .iter_mut()
        .for_each(|event| content::apply_to_end(behaviour, &mut event.data));
    let mut chunks: Vec<Vec<u8>> = events
        .iter()
        .map(|event| frame(behaviour, protocol, event).into_bytes())
        .collect();
    match behaviour {
        Behaviour::KeepAlivesFirst => {
            let line = if protocol.streams_ndjson() {
                "\n"
            } else {
                ": working\n\n"
            };
            slow = 0..5;
            chunks.splice(0..0, slow.clone().map(|_| line.into()));
        }
        Behaviour::NoFinalLineEnd => {
            if let Some(last) = chunks.last_mut() {
                last.truncate(last.trim_ascii_end().len());
            }
        }
        Behaviour::Bom => chunks.insert(0, "\u{feff}".into()),
        Behaviour::Utf8CutAcrossChunks => chunks = cut_characters(&chunks.concat()),
        _ => {}
    }
    let content_type = if behaviour == Behaviour::JsonContentType {
        "application/json"
    } else if protocol.streams_ndjson() {
        "application/x-ndjson"
    } else {
        "text/event-stream"
    };
    let reply = ScriptedReply {
        head: Some(Head {
            status: 200,
            headers: vec![("content-type", content_type.to_owned())],
            length: None,
        }),
        chunks,
        slow,
        ending,
    };
    if behaviour == Behaviour::Gzip {
        return compressed(reply);
    }
    reply
}

/// Compresses the body. Each chunk is complete for itself.
fn compressed(mut reply: ScriptedReply) -> ScriptedReply {
    for chunk in &mut reply.chunks {
        // A vector accepts every write.
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        let _ = encoder.write_all(chunk);
        *chunk = encoder.finish().unwrap_or_default();
    }
    if let Some(head) = &mut reply.head {
        head.length = None;
    }
    reply.with_header(("content-encoding", "gzip".to_owned()))
}

/// Returns where and how a behaviour interrupts a reply.
fn interruption(behaviour: Behaviour) -> Option<(Cut, Ending)> {
    match behaviour {
        Behaviour::ResetBeforeFirstToken => Some((Cut::BeforeFirstToken, Ending::Reset)),
        Behaviour::ResetAfterTokens(tokens) => Some((Cut::AfterTokens(tokens), Ending::Reset)),
        Behaviour::StallBeforeFirstToken => Some((Cut::BeforeFirstToken, Ending::Stall)),
        Behaviour::StallAfterTokens(tokens) => Some((Cut::AfterTokens(tokens), Ending::Stall)),
        _ => None,
    }
}

/// Encodes one event as newline-delimited JSON or as a server-sent event.
fn frame(behaviour: Behaviour, protocol: &dyn Protocol, event: &StreamEvent) -> String {
    let is_ndjson = protocol.streams_ndjson();
    let line_end = match behaviour {
        Behaviour::CrLineEnds if !is_ndjson => "\r",
        Behaviour::CrLineEnds | Behaviour::CrlfLineEnds => "\r\n",
        _ => "\n",
    };
    let mut lines = Vec::new();
    if behaviour == Behaviour::Comments {
        lines.push(if is_ndjson {
            String::new()
        } else {
            ": a comment".to_owned()
        });
    }
    if behaviour == Behaviour::OddData && is_ndjson {
        lines.push("  ".to_owned());
    } else if behaviour == Behaviour::OddData {
        lines.extend(["data:", "", "data: ping", ""].map(str::to_owned));
    }
    if is_ndjson {
        lines.push(event.data.clone());
    } else {
        let data = match behaviour {
            Behaviour::MultiLineData => pretty(&event.data),
            Behaviour::OddData => format!("  {}  ", event.data),
            _ => event.data.clone(),
        };
        lines.extend(event.name.map(|name| format!("event: {name}")));
        lines.extend(data.lines().map(|line| format!("data: {line}")));
        lines.push(String::new());
    }
    lines.iter().flat_map(|line| [line.as_str(), line_end]).collect()
}

/// Formats JSON over several lines; returns other text unchanged.
fn pretty(data: &str) -> String {
    serde_json::from_str::<serde_json::Value>(data)
        .map_or_else(|_| data.to_owned(), |json| format!("{json:#}"))
}

/// Returns the first half of a text.
fn half(mut json: String) -> String {
    json.truncate(json.floor_char_boundary(json.len() / 2));
    json
}

/// Returns a reply whose text field is a deeply nested array.
fn deep(protocol: &dyn Protocol) -> String {
    let (open, close) = ("[".repeat(NESTING_DEPTH), "]".repeat(NESTING_DEPTH));
    format!(r#"{{"{}":{open}{close}}}"#, protocol.content_field())
}

/// Cuts a text after the first byte of each multi-byte character.
fn cut_characters(text: &[u8]) -> Vec<Vec<u8>> {
    text.chunk_by(|byte, _| *byte < 0xc0)
        .map(<[u8]>::to_vec)
        .collect()
}

/// Returns 103,201,096 spaces as one gzip member (RFC 1952). In its only DEFLATE block (RFC 1951), a match of 258 spaces
/// takes two bits, both zero.
pub(super) fn gzip_bomb() -> Vec<u8> {
    const HEADER: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\xff";
    const CODES_AND_FIRST_SPACES: &[u8] = b"\xed\xc1\x31\x01\0\0\0\xc2\xa0\x2a\xeb\x9f\xd2\x10\xbe\x40\x01";
    const MATCHES: &[u8] = &[0; 100_000];
    const LAST_MATCHES: &[u8] = b"\x7c\x06";
    const CHECKSUM_AND_LENGTH: &[u8] = b"\x50\x4f\x75\x95\x48\xb9\x26\x06";
    [
        HEADER,
        CODES_AND_FIRST_SPACES,
        MATCHES,
        LAST_MATCHES,
        CHECKSUM_AND_LENGTH,
    ]
    .concat()
}
