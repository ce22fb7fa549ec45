//! The behaviours of a scripted provider.

use jiff::{SignedDuration, Timestamp};

/// The behaviour of one call. A token is a piece of the answer. In a whole reply, "after n tokens" means after half of the
/// body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// A correct reply.
    Fine,

    /// An error with this status, in the wire format. 401, 402 and 404 mean a wrong key, no credit and an unknown model.
    Status(u16),
    /// Status 429 with a wait header.
    RateLimited(RetryAfter),
    /// An exhausted quota: status 429, but 400 from Anthropic.
    InsufficientQuota,
    /// Status 400: the prompt exceeds the context window.
    ContextLengthExceeded,
    /// Status 400 to requests with this field, at the top level or among the format's options; others succeed.
    RefusesParameter(&'static str),

    /// The connection is reset (TCP RST) after the request.
    ResetBeforeHeaders,
    /// The connection is reset after the response head and the events before the first token.
    ResetBeforeFirstToken,
    /// The connection is reset after this many tokens.
    ResetAfterTokens(usize),
    /// No byte is sent until the client closes the connection or the provider is dropped.
    StallBeforeHeaders,
    /// The reply stalls after the response head and the events before the first token.
    StallBeforeFirstToken,
    /// The reply stalls after this many tokens.
    StallAfterTokens(usize),

    /// Status 200, and an error as the first event.
    InBandErrorFirst,
    /// Status 200, and an error after this many tokens; a whole reply is the error.
    InBandErrorAfterTokens(usize),
    /// A complete HTTP response without a finish reason.
    EndWithoutFinish,
    /// The first token's event, or the whole body, is cut in the middle of its JSON.
    MalformedJson,
    /// An HTML page with status 200.
    HtmlWith200,
    /// The answer is one piece of 5 MiB.
    HugeLine,
    /// 100 KB of gzip that decompress to 100 MB of spaces.
    GzipBomb,
    /// The text field is a JSON array 100,000 levels deep.
    DeepNesting,
    /// The model stops before its first token.
    EmptyContent,
    /// The model spends all its tokens on thoughts.
    OnlyThoughts,
    /// The model spends all its tokens on thoughts inside its text: `<think>` without an end.
    OpenThinkTag,

    /// Valid: HTTP chunks cut every multi-byte character in two.
    Utf8CutAcrossChunks,
    /// Valid: lines of a stream end in CR. Newline-delimited JSON has no lone CR, so its lines end in CRLF.
    CrLineEnds,
    /// Valid: lines of a stream end in CRLF.
    CrlfLineEnds,
    /// Valid: a comment before each event; in newline-delimited JSON, an empty line.
    Comments,
    /// Valid: the data of an event spans several lines. Newline-delimited JSON is unchanged.
    MultiLineData,
    /// Valid: a stream starts with a byte order mark.
    Bom,
    /// Valid: for 1.5 seconds, thoughts arrive before the text, 0.3 seconds apart. In a whole reply, at once.
    ThoughtsFirst,
    /// Valid: for 1.5 seconds, thoughts arrive after this many tokens.
    ThoughtsAfterTokens(usize),
    /// Valid: for 1.5 seconds, comments arrive before the text; in newline-delimited JSON, empty lines.
    KeepAlivesFirst,
    /// Valid: the text starts with `<think>..</think>`, cut across tokens.
    ThinkTag,
    /// Valid: the text starts with a thought that the prompt's template opened: only `</think>` shows it.
    CloseThinkTag,
    /// Valid: an end token of the model's template follows the text, cut across tokens, and another turn.
    TemplateTokens,
    /// Valid: the text is the field of a JSON object.
    JsonAround,
    /// Valid: this finish reason of another format stands for `stop`.
    FinishReason(&'static str),
    /// Valid: a stream ends as its format says, but without a finish reason.
    NullFinish,
    /// Valid: events without data, with the data `ping`, and with blanks around it.
    OddData,
    /// Valid: a stream has the content type of JSON.
    JsonContentType,
    /// Valid: a stream has no line ends after its last event.
    NoFinalLineEnd,
    /// Valid: the body is compressed, although nobody asked for it.
    Gzip,
}

/// The wait that a rate limit requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// `retry-after` in seconds.
    Seconds(u32),
    /// `retry-after` as a date this many seconds from now.
    Date(u32),
    /// `retry-after-ms` in milliseconds.
    Millis(u32),
    /// `retry-after` of more seconds than fit in 64 bits.
    Absurd,
}

impl RetryAfter {
    /// Returns the header's name and value. Dates follow RFC 9110, section 5.6.7.
    pub(super) fn header(self) -> (&'static str, String) {
        match self {
            Self::Seconds(seconds) => ("retry-after", seconds.to_string()),
            Self::Date(seconds) => {
                let then = Timestamp::now()
                    .checked_add(SignedDuration::from_secs(seconds.into()))
                    .unwrap_or(Timestamp::MAX);
                let date = then.strftime("%a, %d %b %Y %H:%M:%S GMT");
                ("retry-after", date.to_string())
            }
            Self::Millis(millis) => ("retry-after-ms", millis.to_string()),
            Self::Absurd => ("retry-after", "99999999999999999999999".to_owned()),
        }
    }
}
