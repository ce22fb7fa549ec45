//! The faults of a provider, by the name that the golden file has for them.

use shared::testing::{Behaviour, RetryAfter};

/// A fault of a provider.
#[derive(Clone, Copy)]
pub(super) enum Fault {
    /// It answers with this behaviour.
    Behaves(Behaviour),
    /// It refuses connections.
    Refuses,
    /// It does not speak TLS, although its URL is https.
    SpeaksNoTls,
}

/// Every fault with its name, in the order of the golden file.
pub(super) fn faults() -> Vec<(&'static str, Fault)> {
    use Behaviour::*;
    let mut faults: Vec<(&'static str, Behaviour)> = vec![
        ("401", Status(401)),
        ("402", Status(402)),
        ("403", Status(403)),
        ("404", Status(404)),
        ("408", Status(408)),
        ("413", Status(413)),
        ("422", Status(422)),
        ("400, context length", ContextLengthExceeded),
        ("400, temperature refused", RefusesParameter("temperature")),
        ("quota used up", InsufficientQuota),
        ("429, no wait named", Status(429)),
        ("429, Retry-After 1 s", RateLimited(RetryAfter::Seconds(1))),
        ("429, Retry-After 120 s", RateLimited(RetryAfter::Seconds(120))),
        (
            "429, Retry-After a date 120 s away",
            RateLimited(RetryAfter::Date(120)),
        ),
        ("429, retry-after-ms 200", RateLimited(RetryAfter::Millis(200))),
        ("429, Retry-After absurd", RateLimited(RetryAfter::Absurd)),
        ("500", Status(500)),
        ("502", Status(502)),
        ("503", Status(503)),
        ("504", Status(504)),
        ("529", Status(529)),
        ("reset before the headers", ResetBeforeHeaders),
        ("reset before the first token", ResetBeforeFirstToken),
        ("reset after 2 tokens", ResetAfterTokens(2)),
        ("stall before the headers", StallBeforeHeaders),
        ("stall before the first token", StallBeforeFirstToken),
        ("stall after 2 tokens", StallAfterTokens(2)),
        ("in-band error first", InBandErrorFirst),
        ("in-band error after 2 tokens", InBandErrorAfterTokens(2)),
        ("end without a finish reason", EndWithoutFinish),
        ("malformed JSON", MalformedJson),
        ("HTML with 200", HtmlWith200),
        ("a line of 5 MB", HugeLine),
        ("a gzip bomb", GzipBomb),
        ("deep nesting", DeepNesting),
        ("no content", EmptyContent),
        ("UTF-8 cut across chunks", Utf8CutAcrossChunks),
        ("CR line ends", CrLineEnds),
        ("CRLF line ends", CrlfLineEnds),
        ("comments", Comments),
        ("multi-line data", MultiLineData),
        ("a BOM", Bom),
        ("thoughts for 1.5 s", ThoughtsFirst),
        ("thoughts for 1.5 s after 2 tokens", ThoughtsAfterTokens(2)),
        ("keep-alives for 1.5 s", KeepAlivesFirst),
        ("nothing but thoughts", OnlyThoughts),
        ("a think tag", ThinkTag),
        ("a think tag that stays open", OpenThinkTag),
        ("a think tag that the prompt opened", CloseThinkTag),
        ("template tokens", TemplateTokens),
        ("JSON around the text", JsonAround),
        ("finish reason COMPLETE", FinishReason("COMPLETE")),
        ("finish reason eos", FinishReason("eos")),
        ("finish reason null", NullFinish),
        ("empty data, ping and blanks", OddData),
        ("a stream as application/json", JsonContentType),
        ("no line end at the end", NoFinalLineEnd),
        ("gzip", Gzip),
    ];
    let mut all: Vec<(&str, Fault)> = faults
        .drain(..)
        .map(|(name, behaviour)| (name, Fault::Behaves(behaviour)))
        .collect();
    all.push(("connection refused", Fault::Refuses));
    all.push(("TLS failure", Fault::SpeaksNoTls));
    all
}
