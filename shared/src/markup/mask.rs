//! Masks what is not text: template tags, anchors, include lines, imports, HTML tags. Each byte is replaced by a byte, so
//! that every place in the masked text is the same place in the text.

use std::{borrow::Cow, ops::Range};

use super::tags::{Tag, TagKind, kind};

/// Takes the place of a masked byte. It is white space, but no indentation for Markdown.
const FILL: u8 = b'\x0c';
/// Takes the place of a byte of a tag in a line of text: a control character, which is not shown and parts no word.
const NOTHING: u8 = b'\x1f';
/// Marks the cells that name the columns of a table.
const COLUMN: u8 = b'\x0b';
/// The indentation of the content of an admonition.
const INDENT: &str = "    ";

/// The text with everything masked that is neither shown nor indexed. HTML tags become the Markdown that they stand for
/// where their length allows: paragraphs, items, headings, rows.
pub fn mask(text: &str) -> Cow<'_, str> {
    if !may_have_markup(text) {
        return text.into();
    }
    let mut masker = Masker {
        text,
        masked: text.as_bytes().to_vec(),
        at: 0,
        admonition: false,
        is_row: false,
    };
    masker.run();
    // Whole characters are replaced by ASCII, so the bytes stay UTF-8.
    String::from_utf8(masker.masked).map_or(text.into(), Cow::Owned)
}

fn may_have_markup(text: &str) -> bool {
    text.contains(['{', '<', '\u{feff}'])
        || [":::", "!!!", "???", "import ", "export "]
            .iter()
            .any(|marker| text.contains(marker))
}

struct Masker<'a> {
    text: &'a str,
    masked: Vec<u8>,
    /// The next byte to read.
    at: usize,
    /// Whether the lines may be the content of an admonition.
    admonition: bool,
    /// Whether the line is a row of a pipe table, which a line break would end.
    is_row: bool,
}

impl Masker<'_> {
    fn run(&mut self) {
        if self.text.starts_with('\u{feff}') {
            self.masked[..3].fill(b' ');
            self.at = 3;
        }
        let mut is_line_start = true;
        while self.at < self.text.len() {
            if is_line_start && self.line_start() {
                continue;
            }
            let from = self.at;
            match self.text.as_bytes()[from] {
                b'`' => self.skip_code_span(),
                b'{' => self.template(),
                b'<' => self.tag(),
                b'\\' => self.at += 1 + self.next_length(1),
                _ => self.at += self.next_length(0),
            }
            is_line_start = self.text.as_bytes().get(self.at.wrapping_sub(1)) == Some(&b'\n');
        }
    }

    /// The length of the character that begins `after` bytes from here; 0 at the end.
    fn next_length(&self, after: usize) -> usize {
        let rest = self.text.get(self.at + after..).unwrap_or_default();
        rest.chars().next().map_or(0, char::len_utf8)
    }

    fn line(&self) -> &str {
        let rest = &self.text[self.at..];
        rest.split_inclusive('\n').next().unwrap_or_default()
    }

    /// Reads the beginning of a line. Returns whether it went on to another line.
    fn line_start(&mut self) -> bool {
        if self.admonition {
            self.outdent();
        }
        let line = self.line().to_owned();
        let start = self.at;
        let trimmed = line.trim();
        let indent = line.len() - line.trim_start().len();
        self.is_row = trimmed.starts_with('|');
        if let Some(fence) = fence(trimmed) {
            self.skip_fence(fence);
            return true;
        }
        if is_include(trimmed) || indent == 0 && is_import(trimmed) {
            self.fill(start..start + line.trim_end().len());
            self.at = start + line.len();
            return true;
        }
        for marker in ["!!!", "???+", "???", ":::", "=== \""] {
            let Some(rest) = trimmed.strip_prefix(marker) else {
                continue;
            };
            // The name of a tab is its title.
            let rest = if marker.ends_with('"') {
                &trimmed[marker.len() - 1..]
            } else {
                rest.trim_start_matches(':')
            };
            let kind_and_title = rest.trim_start();
            let kind = kind_and_title
                .split(|c: char| c.is_whitespace() || matches!(c, '[' | '{' | '"'))
                .next()
                .unwrap_or_default();
            if kind_and_title.starts_with(|c: char| !c.is_alphabetic() && c != '{' && c != '"') {
                continue;
            }
            self.admonition = self.admonition || marker != ":::";
            let end = start + indent + trimmed.len();
            let title = end - kind_and_title.len() + kind.len();
            self.fill(start..title);
            for (place, byte) in (title..end).zip(self.text[title..end].bytes()) {
                if matches!(byte, b'"' | b'[' | b']' | b'{' | b'}') {
                    self.masked[place] = FILL;
                }
            }
            if title == end {
                self.at = start + line.len();
                return true;
            }
            // The title may have tags of its own.
            self.at = title;
            return false;
        }
        false
    }

    /// Moves the indentation of a line of an admonition to the end of the line before, so that it is text and not code.
    fn outdent(&mut self) {
        let line = self.line();
        if line.trim().is_empty() {
            return;
        }
        if !line.starts_with(INDENT) {
            self.admonition = false;
            return;
        }
        if let Some(before) = self.at.checked_sub(1) {
            // The title of an admonition is a paragraph of its own.
            let end = self.at + INDENT.len();
            self.masked[before] = b'\n';
            self.masked[self.at..end - 1].fill(b' ');
            self.masked[end - 1] = b'\n';
            self.at = end;
        }
    }

    /// Goes past a block of code. Only the tags that keep a template engine away from it are masked.
    fn skip_fence(&mut self, fence: (u8, usize)) {
        let (sign, length) = fence;
        let mut is_first = true;
        while self.at < self.text.len() {
            if self.admonition && !is_first {
                self.outdent_in_code();
            }
            let line = self.line().to_owned();
            let trimmed = line.trim();
            let closes = trimmed.len() >= length && trimmed.bytes().all(|byte| byte == sign);
            for tag in ["{% raw %}", "{% endraw %}", "{%raw%}", "{%endraw%}"] {
                for (place, _) in line.match_indices(tag) {
                    self.fill(self.at + place..self.at + place + tag.len());
                }
            }
            self.at += line.len();
            if closes && !is_first {
                return;
            }
            is_first = false;
        }
    }

    /// Moves the indentation of a line of code in an admonition to the end of the line before.
    fn outdent_in_code(&mut self) {
        if self.line().starts_with(INDENT) && self.at > 0 {
            let end = self.at + INDENT.len();
            self.masked[self.at - 1..end - 1].fill(b' ');
            self.masked[end - 1] = b'\n';
        }
    }

    /// Goes past code in a line: a run of backticks up to the next run of the same length in the paragraph.
    fn skip_code_span(&mut self) {
        let rest = &self.text[self.at..];
        let run = rest.bytes().take_while(|byte| *byte == b'`').count();
        let paragraph = rest.find("\n\n").unwrap_or(rest.len());
        let mut place = run;
        while let Some(found) = rest[place..paragraph.max(place)].find('`') {
            let open = place + found;
            let length = rest[open..].bytes().take_while(|byte| *byte == b'`').count();
            if length == run {
                self.at += open + length;
                return;
            }
            place = open + length;
        }
        self.at += run;
    }

    /// Masks a tag of a template, or goes past a brace.
    fn template(&mut self) {
        let rest = &self.text[self.at..];
        let length = if let Some(comment) = rest.strip_prefix("{% comment %}") {
            const END: &str = "{% endcomment %}";
            comment
                .find(END)
                .map(|end| "{% comment %}".len() + end + END.len())
        } else {
            let pairs = [
                ("{%", "%}"),
                ("{{", "}}"),
                ("{/*", "*/}"),
                ("{!", "!}"),
                ("{#", "}"),
                ("{:", "}"),
            ];
            let found = pairs.iter().find(|(open, _)| rest.starts_with(open));
            let found = found.and_then(|(open, close)| end_of(rest, open.len(), close));
            found.or_else(|| anchor(rest))
        };
        match length {
            Some(length) => {
                self.fill(self.at..self.at + length);
                self.at += length;
            }
            None => self.at += 1,
        }
    }

    /// Masks a comment or tag of HTML, or goes past a `<`.
    fn tag(&mut self) {
        let rest = &self.text[self.at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            let length = comment.find("-->").map_or(rest.len(), |end| end + 7);
            self.fill(self.at..self.at + length);
            self.at += length;
            return;
        }
        let Some(Tag { name, is_end, length }) = Tag::read(rest) else {
            self.at += 1;
            return;
        };
        let Some(kind) = kind(name) else {
            self.at += length;
            return;
        };
        if kind == TagKind::Opaque && !is_end {
            let end = format!("</{}", name.to_ascii_lowercase());
            let close = rest.to_ascii_lowercase().find(&end);
            let length = close.map_or(length, |close| {
                rest[close..].find('>').map_or(rest.len(), |end| close + end + 1)
            });
            self.fill(self.at..self.at + length);
            self.at += length;
            return;
        }
        let is_column = kind == TagKind::Cell && name.eq_ignore_ascii_case("th");
        let is_break = ["br", "img", "hr", "wbr"]
            .iter()
            .any(|tag| name.eq_ignore_ascii_case(tag));
        let range = self.at..self.at + length;
        self.at = range.end;
        self.fill(range.clone());
        if kind == TagKind::Inline && !is_break {
            for byte in &mut self.masked[range] {
                *byte = if *byte == FILL { NOTHING } else { *byte };
            }
        } else if !self.is_row {
            self.write_tag(kind, is_end, is_column, range);
        }
    }

    /// Writes the Markdown that a tag stands for in its place.
    fn write_tag(&mut self, kind: TagKind, is_end: bool, is_column: bool, range: Range<usize>) {
        let mark: &[u8] = match (kind, is_end) {
            (TagKind::Inline | TagKind::Opaque, _) => return,
            (TagKind::Cell, false) if is_column => &[COLUMN, b'|'],
            (TagKind::Cell, false) => b"|",
            (TagKind::Cell, true) => return,
            (TagKind::Item, false) => b"- ",
            (TagKind::Heading(1), false) => b"# ",
            (TagKind::Heading(_), false) => b"## ",
            (TagKind::Definition, false) => b": ",
            _ => b"",
        };
        let lines = range.len().saturating_sub(mark.len());
        if kind != TagKind::Cell {
            self.masked[range.start..range.start + lines].fill(b'\n');
        }
        self.masked[range.start + lines..range.end].copy_from_slice(mark);
    }

    /// Masks bytes, without the ends of lines.
    fn fill(&mut self, range: Range<usize>) {
        for byte in &mut self.masked[range] {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = FILL;
            }
        }
    }
}

/// The sign and length of the fence that a line opens.
fn fence(line: &str) -> Option<(u8, usize)> {
    // A fence may be the content of an item.
    let line = line.trim_start_matches(['>', '-', '*', '+', ' ']);
    let sign = line.bytes().next().filter(|sign| matches!(sign, b'`' | b'~'))?;
    let length = line.bytes().take_while(|byte| *byte == sign).count();
    let is_open = length >= 3 && (sign == b'~' || !line[length..].contains('`'));
    is_open.then_some((sign, length))
}

/// Whether a line includes another file.
fn is_include(line: &str) -> bool {
    line.starts_with("--8<--") || line.starts_with("<<< ") || line.starts_with(".. include::")
}

/// Whether a line is an import or export of MDX.
fn is_import(line: &str) -> bool {
    let is_from = line.starts_with("import ")
        && (line.contains(" from '")
            || line.contains(" from \"")
            || line.starts_with("import '")
            || line.starts_with("import \""));
    let is_export = ["export const ", "export default ", "export function "]
        .iter()
        .any(|export| line.starts_with(export));
    is_from || is_export
}

/// The length of a span that ends with `close`, on one line.
fn end_of(rest: &str, from: usize, close: &str) -> Option<usize> {
    let line = rest.lines().next().unwrap_or_default();
    let end = line.get(from..)?.find(close)?;
    Some(from + end + close.len())
}

/// The length of a list of attributes in braces, such as `{ #id .class }`.
fn anchor(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('{')?;
    let is_attribute = inside.trim_start().starts_with(['#', '.']) && !inside.starts_with("..");
    let length = end_of(rest, 1, "}")?;
    let words = inside[..length - 2].split_whitespace();
    let mut all = words.map(|word| word.starts_with(['#', '.']) || word.contains('='));
    (is_attribute && all.all(|is_attribute| is_attribute)).then_some(length)
}
