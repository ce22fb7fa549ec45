//! What may reach the terminal: text of documents, titles, ids and servers without characters that control it.

use std::{
    ffi::OsStr,
    fmt::Write,
    io::{IsTerminal, stderr, stdout},
};

use serde_json::Value as Json;
use shared::domain::is_hidden;

/// Turns colours on for each output that is a terminal, unless `NO_COLOR` is set (<https://no-color.org>).
pub(crate) fn set_colors() {
    let no_color = std::env::var_os("NO_COLOR");
    let allows = |is_terminal| allows_colors(is_terminal, no_color.as_deref());
    console::set_colors_enabled(console::colors_enabled() && allows(stdout().is_terminal()));
    console::set_colors_enabled_stderr(console::colors_enabled_stderr() && allows(stderr().is_terminal()));
}

fn allows_colors(is_terminal: bool, no_color: Option<&OsStr>) -> bool {
    is_terminal && no_color.is_none_or(OsStr::is_empty)
}

/// A text without control, bidirectional and invisible characters. Newlines and tabs remain; other line breaks become
/// newlines.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => shown.push('\n'),
            _ if is_printable(c) => shown.push(c),
            _ => {}
        }
    }
    shown
}

/// A printable text on one line.
pub(crate) fn one_line(text: &str) -> String {
    printable(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A JSON value with printable texts only.
pub(crate) fn printable_json(value: &Json) -> Json {
    match value {
        Json::String(text) => printable(text).into(),
        Json::Array(items) => items.iter().map(printable_json).collect(),
        Json::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| (printable(name), printable_json(value)));
            Json::Object(fields.collect())
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => value.clone(),
    }
}

/// JSON as a server wrote it, with escapes (`\u001b`) for characters that are not printable. Its meaning is the same.
pub(crate) fn escaped_json(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            // A blank between values; inside a string it is not JSON.
            '\r' => {}
            _ if is_printable(c) => escaped.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(escaped, "\\u{unit:04x}");
                }
            }
        }
    }
    escaped
}

/// Whether a terminal shows the character and does nothing else. Joiners are invisible, too.
fn is_printable(c: char) -> bool {
    let is_invisible = is_hidden(c) || matches!(c, '\u{200C}' | '\u{200D}' | '\u{2028}' | '\u{2029}');
    matches!(c, '\n' | '\t') || !(c.is_control() || is_invisible)
}

/// Every character that must not reach a terminal: C0 but newline and tab, DEL, C1, bidirectional and zero-width ones.
#[cfg(test)]
pub(crate) fn forbidden() -> impl Iterator<Item = char> {
    let c0 = ('\0'..='\u{1F}').filter(|c| !matches!(c, '\n' | '\t'));
    let other = [
        "\u{61C}\u{AD}\u{180E}\u{FEFF}",
        "\u{2066}\u{2067}\u{2068}\u{2069}",
    ];
    c0.chain('\u{7F}'..='\u{9F}')
        .chain('\u{200B}'..='\u{200F}')
        .chain('\u{2028}'..='\u{202E}')
        .chain('\u{2060}'..='\u{2064}')
        .chain(other.into_iter().flat_map(str::chars))
        .chain(['\u{E0001}', '\u{E0041}', '\u{E007F}'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_forbidden_character_is_printed() {
        for c in forbidden() {
            let text = format!("a{c}b");
            assert!(!printable(&text).contains(c), "{}", c.escape_unicode());
            assert!(!one_line(&text).contains(c), "{}", c.escape_unicode());
            let json = Json::from(text);
            let nested = serde_json::json!({ json.as_str().unwrap(): [json] });
            assert!(!printable_json(&nested).to_string().contains(c));
            let escaped = escaped_json(&nested.to_string());
            assert!(!escaped.contains(c), "{}", c.escape_unicode());
            assert_eq!(serde_json::from_str::<Json>(&escaped).unwrap(), nested);
        }
    }

    #[test]
    fn lines_and_visible_characters_remain() {
        assert_eq!(
            printable("a\r\n\tb\rc\u{85}d\u{2028}e  \u{1b}[31mé 漢 👍🏽\u{FE0F}"),
            "a\n\tb\nc\nd\ne  [31mé 漢 👍🏽\u{FE0F}"
        );
        assert_eq!(one_line(" a\r\n\u{200b}b\tc "), "a b c");
        assert_eq!(escaped_json("{\r\n\t\"é\": 1}"), "{\n\t\"é\": 1}");
    }

    #[test]
    fn colours_need_a_terminal_and_no_objection() {
        for (is_terminal, no_color, expected) in [
            (true, None, true),
            (true, Some(""), true),
            (true, Some("1"), false),
            (false, None, false),
            (false, Some("1"), false),
        ] {
            assert_eq!(allows_colors(is_terminal, no_color.map(OsStr::new)), expected);
        }
    }
}
