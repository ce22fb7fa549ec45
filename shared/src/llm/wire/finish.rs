//! The meanings of finish reasons.
//!
//! Every format documents its own, but servers mix them: the compatible APIs return `eos`, `end_turn`, `STOP` or `COMPLETE`.
//! They are read by their words, whatever the case and the format.

use crate::domain::FinishReason;

/// A model's error or a request for a tool, which was not offered, although a word suggests an end.
const NO_ANSWER: [&str; 5] = ["error", "failed", "malformed", "tool", "function"];
/// The provider withheld the text.
const FILTERED: [&str; 17] = [
    "filter",
    "filtered",
    "safety",
    "refusal",
    "refused",
    "blocked",
    "blocklist",
    "prohibited",
    "recitation",
    "language",
    "spii",
    "armor",
    "guardrail",
    "guardrails",
    "moderation",
    "policy",
    "sensitive",
];
/// The text is cut off. A paused turn is incomplete: only server tools pause a turn, and requests offer none.
const LENGTH: [&str; 9] = [
    "length",
    "max",
    "maxtokens",
    "limit",
    "window",
    "truncated",
    "incomplete",
    "pause",
    "exhausted",
];
/// The text is complete.
const STOP: [&str; 16] = [
    "stop",
    "stopped",
    "stopsequence",
    "eos",
    "eot",
    "end",
    "endturn",
    "endoftext",
    "ended",
    "complete",
    "completed",
    "finish",
    "finished",
    "done",
    "success",
    "normal",
];

/// Returns the meaning of a finish reason; `None` for one that means no usable answer, or is unknown.
pub(super) fn finish_reason(reason: &str) -> Option<FinishReason> {
    let reason = reason.to_ascii_lowercase();
    let has = |known: &[&str]| {
        reason
            .split(|character: char| !character.is_ascii_alphanumeric())
            .any(|word| known.contains(&word))
    };
    let meanings = [
        (FILTERED.as_slice(), FinishReason::Filtered),
        (LENGTH.as_slice(), FinishReason::Length),
        (STOP.as_slice(), FinishReason::Stop),
    ];
    let (_, meaning) = meanings.into_iter().find(|(known, _)| has(known))?;
    (!has(&NO_ANSWER)).then_some(meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_of_every_format_are_read() {
        use FinishReason::{Filtered, Length, Stop};
        for (reason, meaning) in [
            ("eos", Some(Stop)),
            ("EOS_TOKEN", Some(Stop)),
            ("end_turn", Some(Stop)),
            ("endTurn", Some(Stop)),
            ("STOP", Some(Stop)),
            ("FINISH_REASON_STOP", Some(Stop)),
            ("stop_sequence", Some(Stop)),
            ("COMPLETE", Some(Stop)),
            ("end-of-text", Some(Stop)),
            ("model_length", Some(Length)),
            ("maxTokens", Some(Length)),
            ("MAX_OUTPUT_TOKENS", Some(Length)),
            ("IMAGE_SAFETY", Some(Filtered)),
            ("guardrail_intervened", Some(Filtered)),
            ("error_limit", None),
            ("tool_calls", None),
            ("abort", None),
            ("OTHER", None),
        ] {
            assert_eq!(finish_reason(reason), meaning, "{reason}");
        }
    }
}
