//! Lines out of bytes that arrive cut anywhere, and with them newline-delimited JSON
//! (<https://github.com/ndjson/ndjson-spec>), which Ollama streams.

use super::Fault;

/// The longest line, and the longest event, in bytes. A model's token takes a few hundred.
pub(super) const LIMIT: usize = 1024 * 1024;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Cuts bytes into lines. Each byte is looked at once, however the bytes arrive.
#[derive(Debug, Default)]
pub(super) struct Splitter {
    /// The start of a line whose end has not arrived.
    begun: Vec<u8>,
    is_past_first_line: bool,
}

impl Splitter {
    /// Calls `on_line` for every line that ends in `bytes`, with the byte that ends it. `find_end` says where the first
    /// such byte is. A byte order mark before the first line is dropped.
    ///
    /// # Errors
    /// What `on_line` returns, and when a line is longer than [`LIMIT`].
    pub(super) fn push(
        &mut self,
        mut bytes: &[u8],
        find_end: impl Fn(&[u8]) -> Option<usize>,
        mut on_line: impl FnMut(&[u8], u8) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        while let Some(end) = find_end(bytes) {
            let (line, rest) = bytes.split_at(end);
            // Most lines arrive whole and need not be copied.
            if self.begun.is_empty() {
                check_length(line.len())?;
                on_line(self.without_mark(line), rest[0])?;
            } else {
                self.keep(line)?;
                let line = std::mem::take(&mut self.begun);
                on_line(self.without_mark(&line), rest[0])?;
                self.begun = line;
                self.begun.clear();
            }
            self.is_past_first_line = true;
            bytes = &rest[1..];
        }
        self.keep(bytes)
    }

    /// The start of a last line that has no end.
    pub(super) fn rest(&self) -> &[u8] {
        self.without_mark(&self.begun)
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        check_length(self.begun.len() + bytes.len())?;
        self.begun.extend_from_slice(bytes);
        Ok(())
    }

    fn without_mark<'a>(&self, line: &'a [u8]) -> &'a [u8] {
        match line.strip_prefix(BYTE_ORDER_MARK) {
            Some(line) if !self.is_past_first_line => line,
            _ => line,
        }
    }
}

/// # Errors
/// When a line or an event of so many bytes is too long.
pub(super) fn check_length(bytes: usize) -> Result<(), Fault> {
    if bytes > LIMIT {
        return Err(Fault::TooLong(LIMIT));
    }
    Ok(())
}

/// Reads newline-delimited JSON: lines that end in LF or CRLF, the last one perhaps in neither. Empty lines are skipped.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    lines: Splitter,
}

impl Decoder {
    /// Calls `on_line` for every line that ends in `bytes`.
    ///
    /// # Errors
    /// What `on_line` returns, and when a line is longer than [`LIMIT`]; nothing can be read afterwards.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        mut on_line: impl FnMut(&[u8]) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let find_end = |bytes: &[u8]| memchr::memchr(b'\n', bytes);
        self.lines
            .push(bytes, find_end, |line, _| take_line(line, &mut on_line))
    }

    /// No more bytes come: calls `on_line` for what follows the last line break.
    ///
    /// # Errors
    /// What `on_line` returns.
    pub(super) fn end(&mut self, mut on_line: impl FnMut(&[u8]) -> Result<(), Fault>) -> Result<(), Fault> {
        let lines = std::mem::take(&mut self.lines);
        take_line(lines.rest(), &mut on_line)
    }
}

fn take_line(line: &[u8], on_line: &mut impl FnMut(&[u8]) -> Result<(), Fault>) -> Result<(), Fault> {
    match line.strip_suffix(b"\r").unwrap_or(line) {
        [] => Ok(()),
        line => on_line(line),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use proptest::prelude::*;

    use super::*;

    fn read<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<String>, Fault> {
        let mut decoder = Decoder::default();
        let mut lines = Vec::new();
        let mut keep = |line: &[u8]| {
            lines.push(String::from_utf8_lossy(line).into_owned());
            Ok(())
        };
        for chunk in chunks {
            decoder.push(chunk, &mut keep)?;
        }
        decoder.end(&mut keep)?;
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
    fn the_last_line_is_given_once() {
        let mut decoder = Decoder::default();
        decoder.push(b"last\r", |_| panic!("it has not ended")).unwrap();
        let mut lines = Vec::new();
        for _ in 0..2 {
            let keep = |line: &[u8]| {
                lines.push(line.to_vec());
                Ok(())
            };
            decoder.end(keep).unwrap();
        }
        assert_eq!(lines, [b"last"]);
    }

    #[test]
    fn a_fault_of_the_caller_ends_the_reading() {
        let mut seen = 0;
        let fault = Decoder::default().push(b"1\n2\n3\n", |_| {
            seen += 1;
            Err(Fault::Malformed("JSON"))
        });
        assert_eq!((fault, seen), (Err(Fault::Malformed("JSON")), 1));
    }

    #[test]
    fn a_line_may_be_as_long_as_the_limit_and_no_longer() {
        for (length, is_too_long) in [(LIMIT, false), (LIMIT + 1, true)] {
            for ending in ["", "\n"] {
                let stream = "x".repeat(length) + ending;
                for chunk in [stream.len(), 4096] {
                    let result = read(stream.as_bytes().chunks(chunk));
                    assert_eq!(
                        result == Err(Fault::TooLong(LIMIT)),
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
        let mut decoder = Decoder::default();
        let faults = (0..1000)
            .filter(|_| decoder.push(&[b'x'; 65536], |_| Ok(())).is_err())
            .count();
        assert_eq!(faults, 1000 - LIMIT / 65536);
        assert!(decoder.lines.begun.capacity() <= 2 * LIMIT);
    }

    #[test]
    fn every_byte_is_looked_at_once() {
        let one_line = vec![b'x'; LIMIT];
        let many_lines = b"0123456\n".repeat(LIMIT / 8);
        for stream in [one_line, many_lines] {
            for chunk in [1, 3, 4096, LIMIT] {
                let looked_at = Cell::new(0);
                let find_end = |bytes: &[u8]| {
                    let end = memchr::memchr(b'\n', bytes);
                    looked_at.set(looked_at.get() + end.map_or(bytes.len(), |end| end + 1));
                    end
                };
                let mut given = 0;
                let mut splitter = Splitter::default();
                for bytes in stream.chunks(chunk) {
                    let on_line = |line: &[u8], _| {
                        given += line.len() + 1;
                        Ok(())
                    };
                    splitter.push(bytes, find_end, on_line).unwrap();
                }
                assert_eq!(looked_at.get(), stream.len(), "in chunks of {chunk}");
                assert_eq!(given + splitter.rest().len(), stream.len());
            }
        }
    }

    proptest! {
        #[test]
        fn any_cutting_gives_the_same_lines(
            stream in prop::collection::vec(prop::sample::select(&b"\r\n{}\xc3\xa9"[..]), 0..60),
            size in 1..20_usize,
        ) {
            prop_assert_eq!(read([&stream[..]]), read(stream.chunks(size)));
        }
    }
}
