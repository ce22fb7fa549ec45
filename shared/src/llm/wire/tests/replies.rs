//! Recorded replies: the same answer whole and streamed, and streams cut at every byte.

use super::super::{ApiFormat, ReplyError, ReplyEvent, read_whole};
use super::{finish_reasons, read_stream, recorded, text, tokens};
use crate::domain::{FinishReason, Tokens};

const FIRST_SENTENCE: &str = "The dam was finished in 1936 [1].";
const TEXT: &str = "The dam was finished in 1936 [1].\n\nIts height is 221 m (Größe: 221\u{202f}m) 🌊 [2].";
const TOKENS: Option<Tokens> = Some(Tokens {
    input: 311,
    output: 42,
});

/// Format and reply.
const WHOLE: [(ApiFormat, &[u8]); 5] = [
    (ApiFormat::Openai, recorded!("openai.json")),
    (ApiFormat::Llamacpp, recorded!("llamacpp.json")),
    (ApiFormat::Anthropic, recorded!("anthropic.json")),
    (ApiFormat::Gemini, recorded!("gemini.json")),
    (ApiFormat::Ollama, recorded!("ollama.json")),
];

/// Format, reply, and reported tokens.
const STREAMS: [(ApiFormat, &[u8], Option<Tokens>); 8] = [
    (ApiFormat::Openai, recorded!("openai.sse"), TOKENS),
    (ApiFormat::Azure, recorded!("azure.sse"), TOKENS),
    (ApiFormat::Groq, recorded!("groq.sse"), TOKENS),
    (ApiFormat::Openrouter, recorded!("openrouter.sse"), TOKENS),
    (ApiFormat::Llamacpp, recorded!("llamacpp.sse"), None),
    (ApiFormat::Anthropic, recorded!("anthropic.sse"), TOKENS),
    (ApiFormat::Gemini, recorded!("gemini.sse"), TOKENS),
    (ApiFormat::Ollama, recorded!("ollama.ndjson"), TOKENS),
];

/// Format, reply, and the status and code of the error that it reports after the first sentence.
type Interrupted = (ApiFormat, &'static [u8], Option<u16>, Option<&'static str>);

const INTERRUPTED: [Interrupted; 5] = [
    (
        ApiFormat::Openrouter,
        recorded!("openrouter-error.sse"),
        Some(502),
        None,
    ),
    (
        ApiFormat::Huggingface,
        recorded!("huggingface-error.sse"),
        None,
        Some("generation"),
    ),
    (
        ApiFormat::Anthropic,
        recorded!("anthropic-error.sse"),
        Some(529),
        Some("overloaded_error"),
    ),
    (
        ApiFormat::Gemini,
        recorded!("gemini-error.sse"),
        Some(503),
        Some("unavailable"),
    ),
    (ApiFormat::Ollama, recorded!("ollama-error.ndjson"), None, None),
];

#[test]
fn a_whole_reply_has_text_tokens_and_a_finish_reason() {
    for (kind, body) in WHOLE {
        let events = read_whole(kind, body).unwrap();
        assert_eq!(text(&events), TEXT, "{kind:?}");
        assert_eq!(tokens(&events), TOKENS, "{kind:?}");
        assert_eq!(finish_reasons(&events), [FinishReason::Stop], "{kind:?}");
    }
}

#[test]
fn a_streamed_reply_equals_the_whole_one() {
    for (kind, body, counted) in STREAMS {
        let (events, error) = read_stream(kind, [body]);
        assert_eq!(error, None, "{kind:?}");
        assert_eq!(text(&events), TEXT, "{kind:?}");
        assert_eq!(tokens(&events), counted, "{kind:?}");
        assert_eq!(finish_reasons(&events), [FinishReason::Stop], "{kind:?}");
        assert!(
            events
                .iter()
                .all(|event| *event != ReplyEvent::Text(String::new())),
            "{kind:?}"
        );
    }
}

#[test]
fn the_events_do_not_depend_on_the_cuts() {
    let streams = STREAMS.map(|(kind, body, _)| (kind, body)).into_iter();
    let refused = [
        (ApiFormat::Openai, recorded!("openai-refusal.sse")),
        (ApiFormat::Gemini, recorded!("gemini-blocked.sse")),
    ];
    for (kind, body) in streams
        .chain(INTERRUPTED.map(|(kind, body, ..)| (kind, body)))
        .chain(refused)
    {
        let whole = read_stream(kind, [body]);
        for cut in 0..=body.len() {
            let (before, after) = body.split_at(cut);
            assert!(
                read_stream(kind, [before, after]) == whole,
                "{kind:?} cut at {cut}"
            );
        }
        assert!(
            read_stream(kind, body.chunks(1)) == whole,
            "{kind:?} byte by byte"
        );
    }
}

#[test]
fn an_error_in_a_stream_follows_the_text_before_it() {
    for (kind, body, status, code) in INTERRUPTED {
        let (events, error) = read_stream(kind, [body]);
        assert_eq!(text(&events), FIRST_SENTENCE, "{kind:?}");
        assert_eq!(finish_reasons(&events), [], "{kind:?}");
        let Some(ReplyError::InBand(error)) = error else {
            panic!("{kind:?}: {error:?}")
        };
        assert_eq!((error.status, error.code.as_deref()), (status, code), "{kind:?}");
        assert!(!error.is_quota && !error.is_context_length, "{kind:?}");
    }
}

#[test]
fn an_error_is_returned_again() {
    let mut reader = super::StreamReader::new(ApiFormat::Anthropic, true);
    assert_eq!(
        text(&reader.push(recorded!("anthropic-error.sse")).unwrap()),
        FIRST_SENTENCE
    );
    let error = reader.push(recorded!("anthropic.sse")).unwrap_err();
    assert_eq!(reader.end().unwrap_err(), error);
}

#[test]
fn a_refusal_has_no_text() {
    for (kind, whole, stream) in [
        (
            ApiFormat::Openai,
            recorded!("openai-refusal.json"),
            recorded!("openai-refusal.sse"),
        ),
        (
            ApiFormat::Gemini,
            recorded!("gemini-blocked.json"),
            recorded!("gemini-blocked.sse"),
        ),
    ] {
        let (streamed, error) = read_stream(kind, [stream]);
        assert_eq!(error, None, "{kind:?}");
        for events in [read_whole(kind, whole).unwrap(), streamed] {
            assert_eq!(text(&events), "", "{kind:?}");
            assert_eq!(finish_reasons(&events), [FinishReason::Filtered], "{kind:?}");
            assert!(tokens(&events).is_some(), "{kind:?}");
        }
    }
}

/// Format, and a whole reply with the placeholder `REASON` for the finish reason.
const TEMPLATES: [(ApiFormat, &str); 4] = [
    (
        ApiFormat::Openai,
        r#"{"choices":[{"message":{"content":"a"},"finish_reason":"REASON"}]}"#,
    ),
    (
        ApiFormat::Anthropic,
        r#"{"content":[{"type":"text","text":"a"}],"stop_reason":"REASON"}"#,
    ),
    (
        ApiFormat::Gemini,
        r#"{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"REASON"}]}"#,
    ),
    (
        ApiFormat::Ollama,
        r#"{"message":{"content":"a"},"done":true,"done_reason":"REASON"}"#,
    ),
];

#[test]
fn every_documented_finish_reason_is_mapped() {
    use FinishReason::{Filtered, Length, Stop};
    let reasons: [&[(&str, Option<FinishReason>)]; 4] = [
        &[
            ("stop", Some(Stop)),
            ("eos_token", Some(Stop)),
            ("length", Some(Length)),
            ("content_filter", Some(Filtered)),
            ("tool_calls", None),
            ("error", None),
            ("insufficient_system_resource", None),
        ],
        &[
            ("end_turn", Some(Stop)),
            ("stop_sequence", Some(Stop)),
            ("max_tokens", Some(Length)),
            ("model_context_window_exceeded", Some(Length)),
            ("pause_turn", Some(Length)),
            ("refusal", Some(Filtered)),
            ("tool_use", None),
        ],
        &[
            ("STOP", Some(Stop)),
            ("MAX_TOKENS", Some(Length)),
            ("SAFETY", Some(Filtered)),
            ("RECITATION", Some(Filtered)),
            ("PROHIBITED_CONTENT", Some(Filtered)),
            ("OTHER", None),
            ("MALFORMED_RESPONSE", None),
        ],
        &[("stop", Some(Stop)), ("length", Some(Length)), ("unload", None)],
    ];
    for ((kind, template), reasons) in TEMPLATES.into_iter().zip(reasons) {
        for (reason, finish) in reasons {
            let read = read_whole(kind, template.replace("REASON", reason).as_bytes());
            match (finish, read) {
                (Some(finish), Ok(events)) => {
                    assert_eq!(finish_reasons(&events), [*finish], "{kind:?} {reason}")
                }
                (None, Err(ReplyError::InBand(error))) => {
                    assert_eq!(error.code, Some(reason.to_ascii_lowercase()), "{kind:?} {reason}");
                }
                (_, read) => panic!("{kind:?} {reason}: {read:?}"),
            }
        }
    }
}

#[test]
fn an_empty_finish_reason_is_ignored() {
    for (kind, template) in TEMPLATES {
        let events = read_whole(kind, template.replace("REASON", "").as_bytes()).unwrap();
        assert_eq!(
            (text(&events).as_str(), finish_reasons(&events)),
            ("a", vec![]),
            "{kind:?}"
        );
    }
}

#[test]
fn ollama_without_a_reason_means_stop() {
    let events = read_whole(ApiFormat::Ollama, br#"{"message":{"content":"a"},"done":true}"#).unwrap();
    assert_eq!(finish_reasons(&events), [FinishReason::Stop]);
}

#[test]
fn a_last_line_needs_no_line_break() {
    let stream = recorded!("ollama.ndjson").trim_ascii_end();
    let (events, error) = read_stream(ApiFormat::Ollama, [stream]);
    assert_eq!(
        (text(&events).as_str(), finish_reasons(&events), error),
        (TEXT, vec![FinishReason::Stop], None)
    );
}

#[test]
fn only_the_text_parts_of_an_answer_count() {
    let body = br#"{"choices":[{"message":{"content":[
        {"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"a"},{"type":"text","text":"b"}
    ]},"finish_reason":"stop"}]}"#;
    assert_eq!(
        text(&read_whole(ApiFormat::OpenaiCompatible, body).unwrap()),
        "ab"
    );
}

/// Format, and a whole reply with the placeholders `IN` and `OUT` for token counts.
const COUNTED: [(ApiFormat, &str); 4] = [
    (
        ApiFormat::Openai,
        r#"{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}],"usage":{"prompt_tokens":IN,"completion_tokens":OUT}}"#,
    ),
    (
        ApiFormat::Anthropic,
        r#"{"content":[{"type":"text","text":"a"}],"stop_reason":"end_turn","usage":{"input_tokens":IN,"cache_read_input_tokens":null,"output_tokens":OUT}}"#,
    ),
    (
        ApiFormat::Gemini,
        r#"{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":IN,"candidatesTokenCount":OUT}}"#,
    ),
    (
        ApiFormat::Ollama,
        r#"{"message":{"content":"a"},"done":true,"prompt_eval_count":IN,"eval_count":OUT}"#,
    ),
];

#[test]
fn malformed_token_counts_are_ignored() {
    let counts = [
        ("7", "5", Some(Tokens { input: 7, output: 5 })),
        ("null", "5", Some(Tokens { input: 0, output: 5 })),
        (
            "4294967295",
            "5",
            Some(Tokens {
                input: 4_294_967_295,
                output: 5,
            }),
        ),
        ("null", "null", None),
        ("1e300", "5", None),
        ("7", "-5", None),
        ("18446744073709551615", "5", None),
        ("99999999999999999999999", "5", None),
        (r#""7""#, "5", None),
        ("7", "[]", None),
    ];
    for (kind, template) in COUNTED {
        for (input, output, expected) in counts {
            let body = template.replace("IN", input).replace("OUT", output);
            let events = read_whole(kind, body.as_bytes()).unwrap();
            assert_eq!(tokens(&events), expected, "{kind:?} {input} {output}");
            assert_eq!(
                (text(&events).as_str(), finish_reasons(&events)),
                ("a", vec![FinishReason::Stop]),
                "{kind:?}"
            );
        }
    }
}

#[test]
fn a_body_of_another_shape_is_malformed() {
    let deep = "[".repeat(100_000);
    for kind in ApiFormat::ALL {
        for body in [
            "",
            "null",
            "[]",
            "{}",
            "\"text\"",
            "<html>busy</html>",
            r#"{"choices":[]}"#,
            r#"{"done":"#,
            &deep,
        ] {
            let error = read_whole(kind, body.as_bytes()).unwrap_err();
            assert!(matches!(error, ReplyError::Malformed(_)), "{kind:?} {body:.20}");
        }
    }
}

#[test]
fn an_event_that_is_not_json_is_malformed() {
    for (kind, stream) in [
        (ApiFormat::Openai, "data: {\"choices\":[\n\n"),
        (
            ApiFormat::Anthropic,
            "event: content_block_delta\ndata: {oops\n\n",
        ),
        (ApiFormat::Gemini, "data: [1]\n\n"),
        (ApiFormat::Ollama, "<html>\n"),
        (ApiFormat::Ollama, "{\"message\":{\"content\":\"a\"}}\n"),
    ] {
        let (events, error) = read_stream(kind, [stream.as_bytes()]);
        assert_eq!(events, [], "{kind:?}");
        assert!(
            matches!(error, Some(ReplyError::Malformed(_))),
            "{kind:?} {error:?}"
        );
    }
}

#[test]
fn the_debug_output_has_no_text() {
    let events = read_whole(ApiFormat::Openai, recorded!("openai.json")).unwrap();
    assert_eq!(
        format!("{events:?}"),
        "[Text(83 bytes), Finish(Stop), Tokens { input: 311, output: 42 }]"
    );
}
