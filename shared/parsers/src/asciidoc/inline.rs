//! Inline markup: monospaced text stays code, everything else becomes its text.

use std::collections::HashSet;

use super::attributes::Attributes;
use crate::{Problem, markdown::Budget};

/// How deep markup may nest. What is deeper stays as it is.
const MAX_NESTING: usize = 5;
/// The longest target of a macro, in bytes.
const MAX_TARGET: usize = 500;

/// Macros of the form `name:target[text]`.
const MACROS: [&str; 23] = [
    "anchor:",
    "asciimath:",
    "btn:",
    "footnote:",
    "footnoteref:",
    "ftp://",
    "http://",
    "https://",
    "icon:",
    "image:",
    "indexterm2:",
    "indexterm:",
    "irc://",
    "kbd:",
    "latexmath:",
    "link:",
    "mailto:",
    "menu:",
    "pass:",
    "stem:",
    "xref:",
    "chat:",
    "issue:",
];

/// Marks of formatted text, the longest first.
const MARKS: [&str; 11] = ["+++", "``", "**", "__", "##", "++", "`", "*", "_", "#", "+"];

/// The text of inline markup.
///
/// # Errors
/// [`Problem::TooLarge`] when attributes repeat more than the largest text.
pub(super) fn text(source: &str, attributes: &Attributes, budget: &mut Budget) -> Result<String, Problem> {
    let mut source = substituted(source, attributes, budget)?;
    for (typed, shown) in [("\"`", "“"), ("`\"", "”"), ("'`", "‘"), ("`'", "’")] {
        if source.contains(typed) {
            source = source.replace(typed, shown);
        }
    }
    let lines = source.lines().map(|line| line.strip_suffix(" +").unwrap_or(line));
    Ok(reduced(&lines.collect::<Vec<_>>().join("\n"), 0))
}

/// Replaces references to attributes (`{name}`). Those that are not defined stay.
pub(super) fn substituted(
    source: &str,
    attributes: &Attributes,
    budget: &mut Budget,
) -> Result<String, Problem> {
    let mut text = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open);
        text.push_str(before);
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let length = after.bytes().skip(1).take_while(is_part).count();
        let name = &after[1..=length];
        let value = attributes
            .get(name)
            .filter(|_| after[1 + length..].starts_with('}') && !before.ends_with('\\'));
        match value {
            Some(value) => {
                budget.spend(value.len())?;
                text.push_str(value);
                rest = &after[length + 2..];
            }
            None => {
                text.push('{');
                rest = &after[1..];
            }
        }
    }
    text.push_str(rest);
    Ok(text)
}

fn reduced(source: &str, nesting: usize) -> String {
    if nesting > MAX_NESTING {
        return source.to_owned();
    }
    let mut scan = Scan {
        source,
        nesting,
        exhausted: HashSet::new(),
        text: String::with_capacity(source.len()),
    };
    let mut at = 0;
    while let Some(c) = source[at..].chars().next() {
        at = scan.markup(at, c).unwrap_or_else(|| {
            scan.text.push(c);
            at + c.len_utf8()
        });
    }
    scan.text
}

struct Scan<'a> {
    source: &'a str,
    nesting: usize,
    /// Marks with no end in the rest of the text. Looking for each of them again would take quadratic time.
    exhausted: HashSet<&'static str>,
    text: String,
}

impl<'a> Scan<'a> {
    /// Reads the markup that begins at a character, and returns where it ends.
    fn markup(&mut self, at: usize, c: char) -> Option<usize> {
        let rest = &self.source[at..];
        match c {
            '\\' => {
                let next = rest[1..]
                    .chars()
                    .next()
                    .filter(|c| "*_`#+^~{<[:\\".contains(*c) || c.is_alphabetic())?;
                // A backslash before a word escapes the macro that it begins, as in `\https://x`.
                let is_macro = MACROS.iter().any(|name| rest[1..].starts_with(name));
                (!next.is_alphabetic() || is_macro).then(|| {
                    self.text.push(next);
                    at + 1 + next.len_utf8()
                })
            }
            '<' if rest.starts_with("<<") => {
                let (inner, end) = self.until(at + 2, ">>")?;
                let (target, title) = inner.split_once(',').unwrap_or((inner, ""));
                let shown = if title.trim().is_empty() {
                    target.trim().trim_start_matches(['#', '_'])
                } else {
                    title.trim()
                };
                self.push(shown);
                Some(end)
            }
            '(' if rest.starts_with("(((") => self.until(at + 3, ")))").map(|(_, end)| end),
            '(' if rest.starts_with("((") => {
                let (inner, end) = self.until(at + 2, "))")?;
                self.push(inner);
                Some(end)
            }
            '[' if rest.starts_with("[[") => self.until(at + 2, "]]").map(|(_, end)| end),
            // The role of formatted text: `[.underline]#text#`.
            '[' if rest.starts_with("[.") || rest.starts_with("[#") => {
                let length = rest.bytes().take(MAX_TARGET).position(|byte| byte == b']')?;
                rest[length + 1..]
                    .starts_with(['#', '*', '_', '`'])
                    .then_some(at + length + 1)
            }
            '^' | '~' => {
                let mark = if c == '^' { "^" } else { "~" };
                let (inner, end) = self.until(at + 1, mark)?;
                if inner.contains(char::is_whitespace) {
                    return None;
                }
                if c == '^' && inner.bytes().all(|byte| byte.is_ascii_digit()) {
                    self.text.push('^');
                }
                self.push(inner);
                Some(end)
            }
            c if c.is_ascii_lowercase() && !self.is_word_before(at) => self.inline_macro(at),
            '`' | '*' | '_' | '#' | '+' => MARKS.iter().find_map(|mark| self.formatted(at, mark)),
            _ => None,
        }
    }

    fn push(&mut self, source: &str) {
        let text = reduced(source, self.nesting + 1);
        self.text.push_str(&text);
    }

    /// Reads text between marks. Double marks stand anywhere, single ones around words.
    fn formatted(&mut self, at: usize, mark: &'static str) -> Option<usize> {
        if !self.source[at..].starts_with(mark) || self.exhausted.contains(mark) {
            return None;
        }
        let start = at + mark.len();
        let is_double = mark.len() > 1;
        let is_blank = self.source[start..]
            .chars()
            .next()
            .is_none_or(char::is_whitespace);
        if is_blank || !is_double && self.is_word_before(at) {
            return None;
        }
        let mut ends = self.source[start..]
            .match_indices(mark)
            .map(|(end, _)| start + end);
        let end = ends.find(|end| {
            let before = self.source[..*end].chars().next_back();
            let after = self.source[end + mark.len()..].chars().next();
            let is_word_after = after.is_some_and(|c| c.is_alphanumeric() || c == '_' || mark.starts_with(c));
            *end > start && (is_double || !before.is_some_and(char::is_whitespace) && !is_word_after)
        });
        let Some(end) = end else {
            self.exhausted.insert(mark);
            return None;
        };
        let inner = &self.source[start..end];
        match mark {
            "`" | "``" => {
                let literal = inner
                    .strip_prefix('+')
                    .and_then(|inner| inner.strip_suffix('+'))
                    .unwrap_or(inner);
                self.text
                    .push_str(&format!("`{}`", literal.replace('`', "'").trim()));
            }
            "+" | "++" | "+++" => self.text.push_str(inner),
            _ => self.push(inner),
        }
        Some(end + mark.len())
    }

    fn inline_macro(&mut self, at: usize) -> Option<usize> {
        let rest = &self.source[at..];
        let name = MACROS.iter().find(|name| rest.starts_with(**name))?;
        let is_url = name.ends_with('/');
        let target = &rest[name.len()..];
        let is_end = |byte: u8| byte == b'[' || byte.is_ascii_whitespace() || byte == b'<' || byte == b'>';
        let length = target.bytes().take(MAX_TARGET).position(is_end)?;
        if !target[length..].starts_with('[') {
            // A bare address is text, whatever marks it has.
            let length = name.len() + length;
            return is_url.then(|| {
                self.text.push_str(&rest[..length]);
                at + length
            });
        }
        let start = at + name.len() + length + 1;
        let (inner, end) = self.until(start, "]")?;
        let (target, address) = (&target[..length], &rest[..name.len() + length]);
        let label = || {
            // Attributes such as `window=_blank` follow the text.
            let inner = inner
                .strip_prefix('"')
                .and_then(|inner| inner.split_once('"'))
                .map_or(inner, |(label, _)| label);
            let named = inner.find('=').map_or(inner.len(), |equals| {
                inner[..equals].rfind(',').unwrap_or(inner.len())
            });
            inner[..named].trim_end_matches('^').trim()
        };
        match *name {
            "anchor:" | "icon:" | "indexterm:" => {}
            "footnote:" | "footnoteref:" if inner.is_empty() => {}
            "footnote:" | "footnoteref:" => {
                self.text.push_str(if self.text.ends_with(char::is_whitespace) {
                    "("
                } else {
                    " ("
                });
                self.push(inner.trim());
                self.text.push(')');
            }
            "image:" => self
                .text
                .push_str(inner.split(',').next().unwrap_or_default().trim_matches('"')),
            "pass:" | "stem:" | "latexmath:" | "asciimath:" | "kbd:" | "btn:" => self.text.push_str(inner),
            "menu:" => self.text.push_str(&[target, inner].join(" > ")),
            "indexterm2:" => self.push(inner),
            _ if label().is_empty() => {
                let shown = if is_url {
                    address
                } else {
                    target.trim_start_matches(['#', '_'])
                };
                self.text.push_str(shown);
            }
            _ => self.push(label()),
        }
        Some(end)
    }

    /// What stands between a byte and the next mark, and where that ends.
    fn until(&mut self, start: usize, mark: &'static str) -> Option<(&'a str, usize)> {
        if self.exhausted.contains(mark) {
            return None;
        }
        let mut ends = self.source[start..]
            .match_indices(mark)
            .map(|(end, _)| start + end);
        match ends.find(|end| !self.source[..*end].ends_with('\\')) {
            Some(end) => Some((&self.source[start..end], end + mark.len())),
            None => {
                self.exhausted.insert(mark);
                None
            }
        }
    }

    fn is_word_before(&self, at: usize) -> bool {
        let before = self.source[..at].chars().next_back();
        before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | ';' | ':' | '}' | '/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_reduced_to_its_text() {
        let mut attributes = Attributes::default();
        attributes.define(":version: 3.2");
        let cases = [
            (
                "*bold _and_* `a_b` c**d**e #mark# [.role]#x#",
                "bold and `a_b` cde mark x",
            ),
            (
                "https://x.example/a_b_c[Docs,window=_blank], https://y.example/a_b_.",
                "Docs, https://y.example/a_b_.",
            ),
            (
                "link:a.html[here^] <<_setup>> <<setup,Set up>> xref:a.adoc#b[B]",
                "here setup Set up B",
            ),
            (
                "v{version} {other} {plus} \\*no* snake_case_name 2 * 3 * 4",
                "v3.2 {other} + *no* snake_case_name 2 * 3 * 4",
            ),
            (
                "kbd:[Ctrl+C] menu:File[Save] image:a.png[A lamp] E=mc^2^ H~2~O",
                "Ctrl+C File > Save A lamp E=mc^2 H2O",
            ),
            (
                "a footnote:[See *b*.] ((term))(((a,b))) \"`q`\" +_x_+ `+*y*+`",
                "a (See b.) term “q” _x_ `*y*`",
            ),
            ("one +\ntwo", "one\ntwo"),
        ];
        for (source, expected) in cases {
            assert_eq!(
                text(source, &attributes, &mut Budget::default()).unwrap(),
                expected,
                "{source}"
            );
        }
    }

    #[test]
    fn open_marks_take_linear_time() {
        let source = "*a _b `c #d <<e ((f [[g +h x^i link:j[k ".repeat(50_000);
        let found = text(&source, &Attributes::default(), &mut Budget::default()).unwrap();
        assert!(found.len() > source.len() / 2);
    }
}
