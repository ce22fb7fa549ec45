//! Replies that differ from what the formats document, as servers in use send them.

use super::super::{ApiFormat, ReplyError, ReplyEvent, StreamReader, read_whole};
use super::{finish_reasons, read_stream, recorded, text, tokens};
use crate::domain::{FinishReason, Tokens};

const RECORDED: [(ApiFormat, &[u8], &[u8]); 3] = [
    (
        ApiFormat::Openai,
        recorded!("openai.sse"),
        recorded!("openai.json"),
    ),
    (
        ApiFormat::Anthropic,
        recorded!("anthropic.sse"),
        recorded!("anthropic.json"),
    ),
    (
        ApiFormat::Gemini,
        recorded!("gemini.sse"),
        recorded!("gemini.json"),
    ),
];

/// Checks the events of a stream: whole, and cut in two at every byte.
#[track_caller]
fn check(kind: ApiFormat, stream: &str, expected: &[ReplyEvent]) {
    let bytes = stream.as_bytes();
    for cut in 0..=bytes.len() {
        let (head, tail) = bytes.split_at(cut);
        let read = read_stream(kind, [head, tail]);
        assert_eq!(
            read,
            (expected.to_vec(), None),
            "{kind:?} {stream:?} cut at {cut}"
        );
    }
}

#[test]
fn data_without_json_keeps_the_connection_alive() {
    for (kind, stream, whole) in RECORDED {
        let expected = read_stream(kind, [stream]);
        let stream = String::from_utf8(stream.to_vec()).unwrap();
        let odd = stream.replace(
            "data: ",
            "data:\n\ndata: ping\n\n: a comment\n\nevent: heartbeat\n\ndata:   ",
        );
        // Anthropic's events repeat their name in their data.
        assert_eq!(read_stream(kind, [odd.as_bytes()]), expected, "{kind:?}");
        assert_eq!(
            read_stream(kind, [odd.trim_end().as_bytes()]),
            expected,
            "{kind:?} without an empty line at the end"
        );
        assert_eq!(text(&expected.0), text(&read_whole(kind, whole).unwrap()));
    }
}

#[test]
fn a_whole_reply_may_arrive_instead_of_a_stream_and_the_reverse() {
    for (kind, stream, whole) in RECORDED {
        for (body, is_streamed) in [(whole, true), (stream, false)] {
            let mut reader = StreamReader::new(kind, is_streamed);
            let mut events = reader.push(b"\xef\xbb").unwrap();
            for chunk in [b"\xbf\n", body] {
                events.extend(reader.push(chunk).unwrap());
            }
            assert_eq!(reader.is_whole(), is_streamed, "{kind:?}");
            events.extend(reader.end().unwrap());
            assert_eq!(text(&events), text(&read_whole(kind, whole).unwrap()), "{kind:?}");
            assert_eq!(finish_reasons(&events), [FinishReason::Stop], "{kind:?}");
        }
    }
}

#[test]
fn a_list_of_parts_is_a_reply_of_gemini() {
    let part = |text: &str, end: &str| {
        format!(r#"{{"candidates":[{{"content":{{"parts":[{{"text":"{text}"}}]}}{end}}}]}}"#)
    };
    let list = format!("[{},\n{}]", part("a", ""), part("b", r#","finishReason":"STOP""#));
    let (events, error) = read_stream(ApiFormat::Gemini, [list.as_bytes()]);
    assert_eq!(
        (text(&events).as_str(), finish_reasons(&events), error),
        ("ab", vec![FinishReason::Stop], None)
    );
}

#[test]
fn done_ends_a_stream_without_a_finish_reason() {
    let text = ReplyEvent::Text("a".into());
    let finish = ReplyEvent::Finish(FinishReason::Stop);
    let chunk = r#"{"choices":[{"delta":{"content":"a"},"finish_reason":null}]}"#;
    for done in ["[DONE]\n\n", " [DONE]  \n\n", "[DONE]"] {
        let stream = format!("data: {chunk}\n\ndata: {done}");
        check(ApiFormat::Openai, &stream, &[text.clone(), finish.clone()]);
    }
    check(
        ApiFormat::Openai,
        &format!("data: {chunk}\n\n"),
        std::slice::from_ref(&text),
    );
    check(
        ApiFormat::Openai,
        &format!("data: {chunk}\n\ndata: {{\"choices\":"),
        std::slice::from_ref(&text),
    );
    let stream = "data: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"a\"}}\n\n\
                  data: {\"type\":\"message_stop\"}\n\n";
    check(ApiFormat::Anthropic, stream, &[text, finish]);
}

#[test]
fn thoughts_are_told_apart_from_the_text() {
    let thought = [ReplyEvent::Thought(3), ReplyEvent::Text("a".into())];
    for (kind, stream) in [
        (
            ApiFormat::Vllm,
            r#"{"choices":[{"delta":{"reasoning_content":"hmm","content":"a"}}]}"#,
        ),
        (
            ApiFormat::Groq,
            r#"{"choices":[{"delta":{"reasoning":"hmm","content":"a"}}]}"#,
        ),
        (
            ApiFormat::Gemini,
            r#"{"candidates":[{"content":{"parts":[{"thought":true,"text":"hmm"},{"text":"a"}]}}]}"#,
        ),
    ] {
        check(kind, &format!("data: {stream}\n\n"), &thought);
    }
    let delta = |delta: &str| format!("data: {{\"type\":\"content_block_delta\",\"delta\":{delta}}}\n\n");
    let stream = delta(r#"{"type":"thinking_delta","thinking":"hmm"}"#)
        + &delta(r#"{"type":"signature_delta","signature":"x"}"#)
        + &delta(r#"{"type":"text_delta","text":"a"}"#);
    check(ApiFormat::Anthropic, &stream, &thought);
    let line = "{\"message\":{\"thinking\":\"hmm\",\"content\":\"a\"},\"done\":false}\n  \n";
    check(ApiFormat::Ollama, line, &thought);
}

#[test]
fn tokens_of_thoughts_are_counted() {
    for (usage, output) in [
        (
            r#""completion_tokens":50,"total_tokens":60,"completion_tokens_details":{"reasoning_tokens":40}"#,
            50,
        ),
        (
            r#""completion_tokens":10,"total_tokens":60,"completion_tokens_details":{"reasoning_tokens":40}"#,
            50,
        ),
        (
            r#""completion_tokens":10,"completion_tokens_details":{"reasoning_tokens":40}"#,
            50,
        ),
        (
            r#""completion_tokens":10,"total_tokens":null,"completion_tokens_details":null"#,
            10,
        ),
        (r#""completion_tokens":10,"total_tokens":3"#, 10),
    ] {
        let body = format!(
            r#"{{"choices":[{{"message":{{"content":"a"}},"finish_reason":"stop"}}],"usage":{{"prompt_tokens":10,{usage}}}}}"#
        );
        let events = read_whole(ApiFormat::Openai, body.as_bytes()).unwrap();
        assert_eq!(tokens(&events), Some(Tokens { input: 10, output }), "{usage}");
    }
}

#[test]
fn a_page_is_no_reply() {
    for kind in ApiFormat::ALL {
        let (_, error) = read_stream(kind, [b"<html>".as_slice()]);
        assert!(matches!(error, Some(ReplyError::Malformed(_))), "{kind:?}");
    }
}
