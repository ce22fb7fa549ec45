//! Incremental line splitting, and decoding of newline-delimited JSON (<https://github.com/ndjson/ndjson-spec>), which
//! Ollama streams.

use super::reply::ReplyError;

/// The maximum length of a line and of an event, in bytes. A model's token takes a few hundred.
pub(super) const MAX_LENGTH: usize = 1024 * 1024;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A splitter of bytes into lines. It scans each byte once, however the bytes are cut.
#[derive(Debug, Default)]
pub(super) struct LineSplitter {
    /// The start of a line whose end has not arrived.
    partial: Vec<u8>,
    is_past_first_line: bool,
}

impl LineSplitter {
    /// Calls `on_line` for every line that ends in `bytes`, with its end byte. `find_end` finds the first end byte. A byte
    /// order mark before the first line is dropped.
    ///
    /// # Errors
    /// Those of `on_line`, and when a line is longer than [`MAX_LENGTH`].
    pub(super) fn push(
        &mut self,
        mut bytes: &[u8],
        find_end: impl Fn(&[u8]) -> Option<usize>,
        mut on_line: impl FnMut(&[u8], u8) -> Result<(), ReplyError>,
    ) -> Result<(), ReplyError> {
        while let Some(end) = find_end(bytes) {
            let (line, rest) = bytes.split_at(end);
            // Most lines arrive whole and need no copy.
            if self.partial.is_empty() {
                check_length(line.len())?;
                on_line(self.without_mark(line), rest[0])?;
            } else {
                self.append(line)?;
                let line = std::mem::take(&mut self.partial);
                on_line(self.without_mark(&line), rest[0])?;
                self.partial = line;
                self.partial.clear();
            }
            self.is_past_first_line = true;
            bytes = &rest[1..];
        }
        self.append(bytes)
    }

    /// Returns the start of the last line, which has no end yet.
    pub(super) fn rest(&self) -> &[u8] {
        self.without_mark(&self.partial)
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), ReplyError> {
        check_length(self.partial.len() + bytes.len())?;
        self.partial.extend_from_slice(bytes);
        Ok(())
    }

    fn without_mark<'a>(&self, line: &'a [u8]) -> &'a [u8] {
        match line.strip_prefix(BYTE_ORDER_MARK) {
            Some(line) if !self.is_past_first_line => line,
            _ => line,
        }
    }
}

/// Checks the length of a line or an event.
///
/// # Errors
/// When it is longer than [`MAX_LENGTH`].
pub(super) fn check_length(bytes: usize) -> Result<(), ReplyError> {
    if bytes > MAX_LENGTH {
        return Err(ReplyError::TooLong(MAX_LENGTH));
    }
    Ok(())
}

/// A decoder of newline-delimited JSON. Lines end in LF or CRLF; the last line may have no end. Blank lines are skipped.
#[derive(Debug, Default)]
pub(super) struct NdjsonDecoder {
    lines: LineSplitter,
}

impl NdjsonDecoder {
    /// Calls `on_line` for every line that ends in `bytes`.
    ///
    /// # Errors
    /// Those of `on_line`, and when a line is longer than [`MAX_LENGTH`]. The decoder is unusable afterwards.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        mut on_line: impl FnMut(&[u8]) -> Result<(), ReplyError>,
    ) -> Result<(), ReplyError> {
        let find_end = |bytes: &[u8]| memchr::memchr(b'\n', bytes);
        self.lines
            .push(bytes, find_end, |line, _| emit_line(line, &mut on_line))
    }

    /// Ends the stream: calls `on_line` for the rest after the last line break.
    ///
    /// # Errors
    /// Those of `on_line`.
    pub(super) fn end(
        &mut self,
        mut on_line: impl FnMut(&[u8]) -> Result<(), ReplyError>,
    ) -> Result<(), ReplyError> {
        let lines = std::mem::take(&mut self.lines);
        emit_line(lines.rest(), &mut on_line)
    }
}

fn emit_line(
    line: &[u8],
    on_line: &mut impl FnMut(&[u8]) -> Result<(), ReplyError>,
) -> Result<(), ReplyError> {
    if line.trim_ascii().is_empty() {
        return Ok(());
    }
    on_line(line.strip_suffix(b"\r").unwrap_or(line))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use proptest::prelude::*;

    use super::*;

    fn read<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<String>, ReplyError> {
        let mut decoder = NdjsonDecoder::default();
        let mut lines = Vec::new();
        let mut collect = |line: &[u8]| {
            lines.push(String::from_utf8_lossy(line).into_owned());
            Ok(())
        };
        for chunk in chunks {
            decoder.push(chunk, &mut collect)?;
        }
        decoder.end(&mut collect)?;
        Ok(lines)
    }

    #[test]
    fn lines_are_the_same_wherever_they_are_cut() {
        let stream =
            "\u{feff}{\"a\":\"é\"}\n{\"b\":1}\r\n\n\r\n  {\"c\":\"\r\"}\n\u{feff}\n{\"last\":1}".as_bytes();
        let expected = [
            "{\"a\":\"é\"}",
            "{\"b\":1}",
            "  {\"c\":\"\r\"}",
            "\u{feff}",
            "{\"last\":1}",
        ];
        for cut in 0..=stream.len() {
            let (head, tail) = stream.split_at(cut);
            assert_eq!(read([head, tail]).unwrap(), expected, "cut at {cut}");
        }
        assert_eq!(read(stream.chunks(1)).unwrap(), expected);
    }

    #[test]
    fn the_last_line_is_emitted_once() {
        let mut decoder = NdjsonDecoder::default();
        decoder.push(b"last\r", |_| panic!("it has not ended")).unwrap();
        let mut lines = Vec::new();
        for _ in 0..2 {
            let collect = |line: &[u8]| {
                lines.push(line.to_vec());
                Ok(())
            };
            decoder.end(collect).unwrap();
        }
        assert_eq!(lines, [b"last"]);
    }

    #[test]
    fn an_error_of_the_callback_stops_the_decoding() {
        let mut seen = 0;
        let error = NdjsonDecoder::default().push(b"1\n2\n3\n", |_| {
            seen += 1;
            Err(ReplyError::Malformed("JSON"))
        });
        assert_eq!((error, seen), (Err(ReplyError::Malformed("JSON")), 1));
    }

    #[test]
    fn a_line_longer_than_the_limit_is_an_error() {
        for (length, is_too_long) in [(MAX_LENGTH, false), (MAX_LENGTH + 1, true)] {
            for ending in ["", "\n"] {
                let stream = "x".repeat(length) + ending;
                for chunk in [stream.len(), 4096] {
                    let result = read(stream.as_bytes().chunks(chunk));
                    assert_eq!(
                        result == Err(ReplyError::TooLong(MAX_LENGTH)),
                        is_too_long,
                        "{length} {ending:?}"
                    );
                    assert_eq!(result.is_ok(), !is_too_long);
                }
            }
        }
    }

    #[test]
    fn an_endless_line_takes_no_more_memory_than_the_limit() {
        let mut decoder = NdjsonDecoder::default();
        let errors = (0..1000)
            .filter(|_| decoder.push(&[b'x'; 65536], |_| Ok(())).is_err())
            .count();
        assert_eq!(errors, 1000 - MAX_LENGTH / 65536);
        assert!(decoder.lines.partial.capacity() <= 2 * MAX_LENGTH);
    }

    #[test]
    fn every_byte_is_scanned_once() {
        let one_line = vec![b'x'; MAX_LENGTH];
        let many_lines = b"0123456\n".repeat(MAX_LENGTH / 8);
        for stream in [one_line, many_lines] {
            for chunk in [1, 3, 4096, MAX_LENGTH] {
                let scanned = Cell::new(0);
                let find_end = |bytes: &[u8]| {
                    let end = memchr::memchr(b'\n', bytes);
                    scanned.set(scanned.get() + end.map_or(bytes.len(), |end| end + 1));
                    end
                };
                let mut emitted = 0;
                let mut splitter = LineSplitter::default();
                for bytes in stream.chunks(chunk) {
                    let on_line = |line: &[u8], _| {
                        emitted += line.len() + 1;
                        Ok(())
                    };
                    splitter.push(bytes, find_end, on_line).unwrap();
                }
                assert_eq!(scanned.get(), stream.len(), "in chunks of {chunk}");
                assert_eq!(emitted + splitter.rest().len(), stream.len());
            }
        }
    }

    proptest! {
        #[test]
        fn the_lines_do_not_depend_on_the_cuts(
            stream in prop::collection::vec(prop::sample::select(&b"\r\n{}\xc3\xa9"[..]), 0..60),
            size in 1..20_usize,
        ) {
            prop_assert_eq!(read([&stream[..]]), read(stream.chunks(size)));
        }
    }
}
