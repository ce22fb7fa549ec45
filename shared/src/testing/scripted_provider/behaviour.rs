//! How a scripted provider may behave.

use jiff::{SignedDuration, Timestamp};

/// How one call is met. What is about tokens means the pieces of the answer; in a reply that is not streamed, "after n
/// tokens" is after half of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// As it should be.
    Fine,

    /// A failure with this status, in the format's own words. 401, 402 and 404 are those of a wrong key, of an account
    /// without money and of an unknown model.
    Status(u16),
    /// 429 with a header that says how long to wait.
    RateLimited(RetryAfter),
    /// What an account gets whose quota is used up: 429, but 400 from Anthropic.
    InsufficientQuota,
    /// 400: the prompt is longer than the model can read.
    ContextLengthExceeded,

    /// The connection is reset (a TCP RST) once the request has been read.
    ResetBeforeHeaders,
    /// It is reset after the head of the reply and what comes before the first token.
    ResetBeforeFirstToken,
    /// It is reset after so many tokens.
    ResetAfterTokens(usize),
    /// Nothing comes, until the client goes away or the provider is dropped.
    StallBeforeHeaders,
    /// Nothing comes after the head of the reply and what comes before the first token.
    StallBeforeFirstToken,
    /// Nothing comes after so many tokens.
    StallAfterTokens(usize),

    /// The status is 200 and the first thing said is a failure.
    InBandErrorFirst,
    /// The same after so many tokens; without a stream, the body is the failure.
    InBandErrorAfterTokens(usize),
    /// The reply ends well as HTTP, but does not say why the model stopped.
    EndWithoutFinish,
    /// The first token's event, or the whole body, is half of the JSON that it should be.
    MalformedJson,
    /// A web page with status 200.
    HtmlWith200,
    /// The answer is one piece of 5 MB.
    HugeLine,
    /// 100 KB of gzip that unpack to 100 MB of spaces.
    GzipBomb,
    /// The tokens, or the body, are a JSON array 100,000 levels deep.
    DeepNesting,
    /// The model stops before its first word.
    EmptyContent,

    /// Harmless: every character of more than one byte is cut in two by the chunks of HTTP.
    Utf8CutAcrossChunks,
    /// Harmless: lines of a stream end in CR. Lines of JSON know no lone CR and end in CRLF.
    CrLineEnds,
    /// Harmless: lines of a stream end in CRLF.
    CrlfLineEnds,
    /// Harmless: comments before each event of a stream; among lines of JSON, empty lines.
    Comments,
    /// Harmless: the data of an event takes several lines. Lines of JSON cannot, and stay as they are.
    MultiLineData,
    /// Harmless: a stream begins with a byte order mark.
    Bom,
}

/// How long a client is told to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// `retry-after` in seconds.
    Seconds(u32),
    /// `retry-after` as the date that is so many seconds from now.
    Date(u32),
    /// `retry-after-ms` in milliseconds.
    Millis(u32),
    /// `retry-after` of more seconds than fit in 64 bits.
    Absurd,
}

impl RetryAfter {
    /// The header, with a date as in RFC 9110, section 5.6.7.
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
