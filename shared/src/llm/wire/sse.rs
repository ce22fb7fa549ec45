//! An incremental decoder of server-sent events (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).
//!
//! Event ids and reconnection times are ignored: no provider supports resuming a stream.

use std::borrow::Cow;

use super::{
    lines::{LineSplitter, check_length},
    reply::ReplyError,
};

/// One server-sent event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SseEvent {
    /// The event type; `message` by default.
    pub(super) name: String,
    /// The data lines, joined by LF.
    pub(super) data: String,
}

/// A decoder of an event stream.
#[derive(Debug, Default)]
pub(super) struct SseDecoder {
    lines: LineSplitter,
    /// The incomplete event. Each data line ends in LF, so that one empty line differs from none.
    event: SseEvent,
    is_after_cr: bool,
}

impl SseDecoder {
    /// Calls `on_event` for every event that ends in `bytes`.
    ///
    /// # Errors
    /// Those of `on_event`, and when a line or an event is too long. The decoder is unusable afterwards.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        mut on_event: impl FnMut(&SseEvent) -> Result<(), ReplyError>,
    ) -> Result<(), ReplyError> {
        let find_end = |bytes: &[u8]| memchr::memchr2(b'\r', b'\n', bytes);
        self.lines.push(bytes, find_end, |line, end| {
            let is_rest_of_crlf = self.is_after_cr && end == b'\n' && line.is_empty();
            self.is_after_cr = end == b'\r';
            if is_rest_of_crlf {
                Ok(())
            } else if line.is_empty() {
                dispatch(&mut self.event, &mut on_event)
            } else {
                apply_field(&mut self.event, line)
            }
        })
    }

    /// Ends the stream. The standard drops an event without an empty line after it, but some servers send none.
    ///
    /// # Errors
    /// Those of `on_event`.
    pub(super) fn end(
        &mut self,
        mut on_event: impl FnMut(&SseEvent) -> Result<(), ReplyError>,
    ) -> Result<(), ReplyError> {
        let lines = std::mem::take(&mut self.lines);
        apply_field(&mut self.event, lines.rest())?;
        dispatch(&mut self.event, &mut on_event)
    }
}

fn apply_field(event: &mut SseEvent, line: &[u8]) -> Result<(), ReplyError> {
    let (name, value) = line.split_at(memchr::memchr(b':', line).unwrap_or(line.len()));
    let value = value.strip_prefix(b":").unwrap_or(value);
    let value = value.strip_prefix(b" ").unwrap_or(value);
    // Checking first takes a tenth of the time of replacing what is not UTF-8.
    let value = str::from_utf8(value).map_or_else(|_invalid| String::from_utf8_lossy(value), Cow::Borrowed);
    match name {
        b"data" => {
            check_length(event.data.len() + value.len())?;
            event.data.push_str(&value);
            event.data.push('\n');
        }
        b"event" => event.name = value.into_owned(),
        // A comment has an empty name.
        _ => {}
    }
    Ok(())
}

fn dispatch(
    event: &mut SseEvent,
    on_event: &mut impl FnMut(&SseEvent) -> Result<(), ReplyError>,
) -> Result<(), ReplyError> {
    // The LF after the last line is not part of the data.
    let result = match event.data.pop() {
        None => Ok(()),
        Some(_) => {
            if event.name.is_empty() {
                event.name.push_str("message");
            }
            on_event(event)
        }
    };
    event.name.clear();
    event.data.clear();
    result
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::lines::MAX_LENGTH, *};

    fn read<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<(String, String)>, ReplyError> {
        let mut decoder = SseDecoder::default();
        let mut events = Vec::new();
        for chunk in chunks {
            decoder.push(chunk, |event| {
                events.push((event.name.clone(), event.data.clone()));
                Ok(())
            })?;
        }
        Ok(events)
    }

    /// Checks the data of the events: whole, cut in two at every byte, and byte by byte.
    #[track_caller]
    fn check(stream: impl AsRef<[u8]>, expected: &[&str]) {
        let expected: Vec<_> = expected.iter().map(|data| ("message", *data)).collect();
        check_named(stream, &expected);
    }

    #[track_caller]
    fn check_named(stream: impl AsRef<[u8]>, expected: &[(&str, &str)]) {
        let stream = stream.as_ref();
        let expected: Vec<_> = expected
            .iter()
            .map(|(name, data)| (name.to_string(), data.to_string()))
            .collect();
        for cut in 0..=stream.len() {
            let (head, tail) = stream.split_at(cut);
            assert_eq!(read([head, tail]).unwrap(), expected, "cut at {cut}");
        }
        assert_eq!(read(stream.chunks(1)).unwrap(), expected, "byte by byte");
    }

    // The cases of <https://github.com/web-platform-tests/wpt/tree/master/eventsource>, under their names there, except
    // those about response headers and reconnection.

    #[test]
    fn format_bom() {
        check("\u{feff}data:1\n\n\u{feff}data:2\n\ndata:3\n\n", &["1", "3"]);
    }

    #[test]
    fn format_bom_2() {
        check("\u{feff}\u{feff}data:1\n\ndata:2\n\ndata:3\n\n", &["2", "3"]);
    }

    #[test]
    fn format_comments() {
        let long = "x".repeat(2048);
        let stream = format!("data:1\r:\0\n:\r\ndata:2\n:{long}\rdata:3\n:data:fail\r:{long}\ndata:4\n\n");
        check(stream, &["1\n2\n3\n4"]);
    }

    #[test]
    fn format_data_before_final_empty_line() {
        check("retry:1000\ndata:test1\n\nid:test\ndata:test2\n", &["test1"]);
    }

    #[test]
    fn format_field_data() {
        check("data:\n\ndata\ndata\n\ndata:test\n\n", &["", "\n", "test"]);
    }

    #[test]
    fn format_field_event() {
        check_named(
            "event:test\ndata:x\n\ndata:x\n\n",
            &[("test", "x"), ("message", "x")],
        );
    }

    #[test]
    fn format_field_event_empty() {
        check("event: \ndata:data\n\n", &["data"]);
    }

    #[test]
    fn format_field_id() {
        check("id: …\nretry: 200\ndata: hello\n\n", &["hello"]);
    }

    #[test]
    fn format_field_id_2() {
        check(
            "id: 1\ndata: hello\n\ndata: world\n\nid\ndata: end\n\n",
            &["hello", "world", "end"],
        );
    }

    #[test]
    fn format_field_id_null() {
        for id in ["\0\0", "x\0", "\0x", "x\0x", " \0"] {
            check(format!("id: {id}\nretry: 200\ndata: hello\n\n"), &["hello"]);
        }
    }

    #[test]
    fn format_field_parsing() {
        let stream = "data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n data:32\ndata:4\n\n";
        check(stream, &["\0\n 2\n1\n3\n\n4"]);
    }

    #[test]
    fn format_field_retry() {
        check("retry:03000\ndata:x\n\n", &["x"]);
    }

    #[test]
    fn format_field_retry_bogus() {
        check("retry:3000\nretry:1000x\ndata:x\n\n", &["x"]);
    }

    #[test]
    fn format_field_retry_empty() {
        check("retry\ndata:test\n\n", &["test"]);
    }

    #[test]
    fn format_field_unknown() {
        let stream = "data:test\n data\ndata\nfoobar:xxx\njustsometext\n:thisisacommentyay\ndata:test\n\n";
        check(stream, &["test\n\ntest"]);
    }

    #[test]
    fn format_leading_space() {
        check("data:\ttest\rdata: \ndata:test\n\n", &["\ttest\n\ntest"]);
    }

    #[test]
    fn format_newlines() {
        check("data:test\r\ndata\ndata:test\r\n\r\n", &["test\n\ntest"]);
    }

    #[test]
    fn format_null_character() {
        check("data:\0\n\n\n\n", &["\0"]);
    }

    #[test]
    fn format_utf_8() {
        check("data:ok…\n\n", &["ok…"]);
    }

    #[test]
    fn event_data() {
        let stream =
            "data:msg\ndata: msg\n\n:\nfalsefield:msg\n\nfalsefield:msg\nData:data\n\ndata\n\ndata:end\n\n";
        check(stream, &["msg\nmsg", "", "end"]);
    }

    // Further cases.

    #[test]
    fn an_event_ends_with_its_second_cr() {
        check("data:1\r\rdata:2\r\r", &["1", "2"]);
        check("data:1\r\n\r\ndata:2\r\n\n\n\rdata:3\n\r", &["1", "2", "3"]);
    }

    #[test]
    fn an_event_without_data_is_dropped() {
        check("event:lost\n\ndata:x\n\n", &["x"]);
        check_named("event:a\nevent:b\ndata:x\nevent:c\n\n", &[("c", "x")]);
    }

    #[test]
    fn a_byte_order_mark_may_stand_alone_on_the_first_line() {
        check("\u{feff}\ndata:x\n\n", &["x"]);
        check("\n\u{feff}data:lost\n\ndata:x\n\n", &["x"]);
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_replaced() {
        check(
            b"data:a\xff\xe2\x80\n\xff:b\ndata:\xf0\x9f\x98\x80\n\n",
            &["a\u{fffd}\u{fffd}\n😀"],
        );
    }

    #[test]
    fn an_error_of_the_callback_stops_the_decoding() {
        let mut seen = 0;
        let error = SseDecoder::default().push(b"data:1\n\ndata:2\n\n", |_| {
            seen += 1;
            Err(ReplyError::Malformed("JSON"))
        });
        assert_eq!((error, seen), (Err(ReplyError::Malformed("JSON")), 1));
    }

    #[test]
    fn a_line_or_an_event_longer_than_the_limit_is_an_error() {
        let too_long = Err(ReplyError::TooLong(MAX_LENGTH));
        let line = |length| format!(":{}\n", "x".repeat(length - 1));
        assert_eq!(read([line(MAX_LENGTH).as_bytes()]), Ok(vec![]));
        assert_eq!(read([line(MAX_LENGTH + 1).as_bytes()]), too_long);
        assert_eq!(read(line(MAX_LENGTH + 1).as_bytes().chunks(1000)), too_long);

        // Each of these lines adds 1024 bytes to the data, with its LF.
        let event = |lines| format!("data:{}\n", "x".repeat(1023)).repeat(lines) + "\n";
        assert_eq!(read([event(1024).as_bytes()]).unwrap()[0].1.len(), MAX_LENGTH - 1);
        assert_eq!(read([event(1025).as_bytes()]), too_long);
        assert_eq!(read(event(1025).as_bytes().chunks(1)), too_long);
    }

    #[test]
    fn endless_data_takes_no_more_memory_than_the_limit() {
        let mut decoder = SseDecoder::default();
        let line = format!("data:{}\n", "x".repeat(65535));
        let errors = (0..1000)
            .filter(|_| decoder.push(line.as_bytes(), |_| Ok(())).is_err())
            .count();
        assert_eq!(errors, 1000 - MAX_LENGTH / 65536);
        assert!(decoder.event.data.capacity() <= 2 * MAX_LENGTH);
    }

    const PARTS: [&[u8]; 13] = [
        b"data",
        b"event",
        b":",
        b": ",
        b"\r",
        b"\n",
        b"\r\n",
        b"\n\n",
        b"\xef\xbb\xbf",
        b"\xe2\x80\xa6",
        b"\xf0\x9f",
        b"\0",
        b"x",
    ];

    proptest! {
        #[test]
        fn the_events_do_not_depend_on_the_cuts(
            parts in prop::collection::vec(prop::sample::select(&PARTS[..]), 0..60),
            sizes in prop::collection::vec(0..6_usize, 1..20),
        ) {
            let stream = parts.concat();
            let mut chunks = Vec::new();
            let mut rest = &stream[..];
            for size in sizes {
                let (chunk, tail) = rest.split_at(size.min(rest.len()));
                chunks.push(chunk);
                rest = tail;
            }
            chunks.push(rest);
            prop_assert_eq!(read([&stream[..]]), read(chunks));
        }
    }
}
