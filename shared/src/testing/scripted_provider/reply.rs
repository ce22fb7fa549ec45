//! What a behaviour makes of an answer: the bytes of a reply, and how it ends.

use super::{
    Behaviour, ScriptedAnswer,
    format::{Asked, Event, Failure, Wire, vector},
};

const HUGE: usize = 5 * 1024 * 1024;
const DEPTH: usize = 100_000;
const PAGE: &str = "<!doctype html><html><body><h1>Please sign in</h1></body></html>";

/// A reply to be sent.
#[derive(Debug)]
pub(super) struct Reply {
    /// `None` when nothing at all is sent.
    pub(super) head: Option<Head>,
    /// The body as it is cut.
    pub(super) chunks: Vec<Vec<u8>>,
    pub(super) ending: Ending,
}

#[derive(Debug)]
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    /// The length that is promised; without one the chunks go as those of HTTP.
    pub(super) length: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Complete,
    Reset,
    Stall,
}

/// Where a reply stops short.
#[derive(Debug, Clone, Copy)]
enum Cut {
    BeforeFirstToken,
    AfterTokens(usize),
}

impl Reply {
    pub(super) fn failure(wire: &dyn Wire, failure: Failure) -> Self {
        let (status, body) = wire.failure(failure);
        Self::whole(status, "application/json", body.to_string().into_bytes())
    }

    fn nothing(ending: Ending) -> Self {
        Self {
            head: None,
            chunks: Vec::new(),
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

/// The reply to what is asked, as the behaviour wants it.
pub(super) fn make(
    behaviour: Behaviour,
    wire: &dyn Wire,
    asked: &Asked,
    answer: &ScriptedAnswer,
    models: &[String],
) -> Reply {
    match behaviour {
        Behaviour::Status(status) => Reply::failure(wire, Failure::Status(status)),
        Behaviour::RateLimited(wait) => Reply::failure(wire, Failure::Status(429)).with_header(wait.header()),
        Behaviour::InsufficientQuota => Reply::failure(wire, Failure::InsufficientQuota),
        Behaviour::ContextLengthExceeded => Reply::failure(wire, Failure::ContextLengthExceeded),
        Behaviour::ResetBeforeHeaders => Reply::nothing(Ending::Reset),
        Behaviour::StallBeforeHeaders => Reply::nothing(Ending::Stall),
        Behaviour::HtmlWith200 => Reply::whole(200, "text/html", PAGE.into()),
        Behaviour::GzipBomb => Reply::whole(200, "application/json", gzip_bomb())
            .with_header(("content-encoding", "gzip".to_owned())),
        _ => say(behaviour, wire, asked, answer, models),
    }
}

fn say(
    behaviour: Behaviour,
    wire: &dyn Wire,
    asked: &Asked,
    answer: &ScriptedAnswer,
    models: &[String],
) -> Reply {
    let mut answer = answer.clone();
    match behaviour {
        Behaviour::EmptyContent => answer.pieces.clear(),
        Behaviour::HugeLine => answer.pieces = vec!["x".repeat(HUGE)],
        _ => {}
    }
    let body = match asked {
        Asked::GenerateRequest {
            model,
            streamed: Some(streamed),
        } => return stream(behaviour, wire, model, &answer, streamed.with_usage),
        Asked::GenerateRequest {
            model,
            streamed: None,
        } => wire.whole(model, &answer, behaviour != Behaviour::EndWithoutFinish),
        Asked::Embed {
            model,
            texts,
            dimensions,
        } => {
            let vectors: Vec<_> = texts.iter().map(|text| vector(text, *dimensions)).collect();
            let words = texts.iter().map(|text| text.split_whitespace().count()).sum();
            wire.vectors(model, &vectors, words)
        }
        Asked::Models => wire.models(models),
    };
    whole(behaviour, wire, body.to_string())
}

fn whole(behaviour: Behaviour, wire: &dyn Wire, body: String) -> Reply {
    let body = match behaviour {
        Behaviour::InBandErrorFirst | Behaviour::InBandErrorAfterTokens(_) => wire.failure_event().data,
        Behaviour::MalformedJson => half(body),
        Behaviour::DeepNesting => deep(wire),
        _ => body,
    };
    let mut reply = Reply::whole(200, "application/json", body.into_bytes());
    if let Some((cut, ending)) = cut_of(behaviour) {
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

fn stream(
    behaviour: Behaviour,
    wire: &dyn Wire,
    model: &str,
    answer: &ScriptedAnswer,
    with_usage: bool,
) -> Reply {
    let stream = wire.stream(model, answer, with_usage);
    let (mut events, mut tokens, mut after) = (stream.before, stream.tokens, stream.after);
    let mut ending = Ending::Complete;
    if let Some((cut, cut_ending)) = cut_of(behaviour) {
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
            after = vec![wire.failure_event()];
        }
        Behaviour::InBandErrorAfterTokens(count) => {
            tokens.truncate(count);
            after = vec![wire.failure_event()];
        }
        Behaviour::EndWithoutFinish => after.clear(),
        Behaviour::MalformedJson => {
            if let Some(first) = tokens.first_mut() {
                first.data = half(std::mem::take(&mut first.data));
            }
        }
        Behaviour::DeepNesting => {
            tokens.truncate(1);
            tokens.iter_mut().for_each(|token| token.data = deep(wire));
        }
        _ => {}
    }
    events.append(&mut tokens);
    events.append(&mut after);
    let mut chunks: Vec<Vec<u8>> = events
        .iter()
        .map(|event| frame(behaviour, wire, event).into_bytes())
        .collect();
    match behaviour {
        Behaviour::Bom => chunks.insert(0, "\u{feff}".into()),
        Behaviour::Utf8CutAcrossChunks => chunks = cut_characters(&chunks.concat()),
        _ => {}
    }
    let content_type = if wire.streams_lines() {
        "application/x-ndjson"
    } else {
        "text/event-stream"
    };
    Reply {
        head: Some(Head {
            status: 200,
            headers: vec![("content-type", content_type.to_owned())],
            length: None,
        }),
        chunks,
        ending,
    }
}

fn cut_of(behaviour: Behaviour) -> Option<(Cut, Ending)> {
    match behaviour {
        Behaviour::ResetBeforeFirstToken => Some((Cut::BeforeFirstToken, Ending::Reset)),
        Behaviour::ResetAfterTokens(tokens) => Some((Cut::AfterTokens(tokens), Ending::Reset)),
        Behaviour::StallBeforeFirstToken => Some((Cut::BeforeFirstToken, Ending::Stall)),
        Behaviour::StallAfterTokens(tokens) => Some((Cut::AfterTokens(tokens), Ending::Stall)),
        _ => None,
    }
}

/// One event of a stream, as lines of JSON or as the WHATWG's event stream.
fn frame(behaviour: Behaviour, wire: &dyn Wire, event: &Event) -> String {
    let is_line = wire.streams_lines();
    let line_end = match behaviour {
        Behaviour::CrLineEnds if !is_line => "\r",
        Behaviour::CrLineEnds | Behaviour::CrlfLineEnds => "\r\n",
        _ => "\n",
    };
    let mut lines = Vec::new();
    if behaviour == Behaviour::Comments {
        lines.push(if is_line {
            String::new()
        } else {
            ": a comment".to_owned()
        });
    }
    if is_line {
        lines.push(event.data.clone());
    } else {
        let data = match behaviour {
            Behaviour::MultiLineData => pretty(&event.data),
            _ => event.data.clone(),
        };
        lines.extend(event.name.map(|name| format!("event: {name}")));
        lines.extend(data.lines().map(|line| format!("data: {line}")));
        lines.push(String::new());
    }
    lines.iter().flat_map(|line| [line.as_str(), line_end]).collect()
}

/// JSON over several lines. What is none stays as it is.
fn pretty(data: &str) -> String {
    serde_json::from_str::<serde_json::Value>(data)
        .map_or_else(|_| data.to_owned(), |json| format!("{json:#}"))
}

fn half(mut json: String) -> String {
    json.truncate(json.floor_char_boundary(json.len() / 2));
    json
}

fn deep(wire: &dyn Wire) -> String {
    let (open, close) = ("[".repeat(DEPTH), "]".repeat(DEPTH));
    format!(r#"{{"{}":{open}{close}}}"#, wire.content_field())
}

/// Cuts after the first byte of each character of more than one.
fn cut_characters(text: &[u8]) -> Vec<Vec<u8>> {
    text.chunk_by(|byte, _| *byte < 0xc0)
        .map(<[u8]>::to_vec)
        .collect()
}

/// 103,201,096 spaces as one member of gzip (RFC 1952). In its one block of DEFLATE (RFC 1951) a match of 258 spaces
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
