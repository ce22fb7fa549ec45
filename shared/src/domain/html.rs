//! Tags and texts of HTML inside Markdown.

use pulldown_cmark::{CowStr, Event, Parser};

/// A piece of HTML.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// Text between tags, with its character references.
    Text(&'a str),
    /// A tag.
    Tag {
        /// The name as written.
        name: &'a str,
        /// Whether it is an end tag.
        is_end: bool,
    },
}

/// Elements whose content is not text that is read.
const RAW: [&str; 4] = ["script", "style", "pre", "textarea"];

/// Elements that only change how words look.
const INLINE: [&str; 13] = [
    "a", "abbr", "b", "br", "code", "em", "i", "kbd", "small", "span", "strong", "sub", "sup",
];

/// A text without inline tags and with decoded character references. Anything else in angle brackets, such as a type
/// parameter, remains.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = next_tag(rest) {
        plain.push_str(&rest[..start]);
        let (tag, after) = split_tag(&rest[start..]);
        match name(tag) {
            "br" => plain.push(' '),
            name if INLINE.contains(&name) && tag.ends_with('>') => {}
            _ => plain.push_str(tag),
        }
        rest = after;
    }
    plain.push_str(rest);
    decode(&plain).into_string()
}

/// The texts and tags of HTML in order, without comments, declarations and the content of scripts and code.
pub(super) fn parts(html: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = html;
    while !rest.is_empty() {
        let text_end = next_tag(rest).unwrap_or(rest.len());
        if text_end > 0 {
            parts.push(Part::Text(&rest[..text_end]));
        }
        rest = &rest[text_end..];
        if rest.is_empty() {
            break;
        }
        let (tag, after) = split_tag(rest);
        rest = after;
        let is_end = tag.starts_with("</");
        let name = name(tag);
        if name.is_empty() {
            continue;
        }
        parts.push(Part::Tag { name, is_end });
        if !is_end && RAW.iter().any(|raw| name.eq_ignore_ascii_case(raw)) {
            rest = after_raw(rest, name);
        }
    }
    parts
}

/// The name of a tag; empty for a comment or declaration.
fn name(tag: &str) -> &str {
    let name = tag.trim_start_matches(['<', '/']);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    &name[..end.unwrap_or(name.len())]
}

/// The start of the next tag, comment or declaration.
fn next_tag(html: &str) -> Option<usize> {
    let starts = |(at, _): &(usize, &str)| {
        html[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
    };
    html.match_indices('<').find(starts).map(|(at, _)| at)
}

/// Splits off the tag or comment at the start. A `>` between quotation marks does not end a tag.
fn split_tag(html: &str) -> (&str, &str) {
    if html.starts_with("<!--") {
        let end = html.find("-->").map_or(html.len(), |at| at + "-->".len());
        return html.split_at(end);
    }
    let mut quote = None;
    for (at, c) in html.char_indices() {
        match (quote, c) {
            (None, '>') => return html.split_at(at + 1),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
    }
    (html, "")
}

/// What follows the end tag of an element. Everything belongs to an element without one.
fn after_raw<'a>(html: &'a str, name: &str) -> &'a str {
    let is_end = |(at, _): &(usize, &str)| {
        let tag = html[at + "</".len()..].get(..name.len());
        tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name))
    };
    let end = html.match_indices("</").find(is_end);
    end.map_or("", |(at, _)| &html[at..])
}

/// Decodes character references such as `&amp;`.
pub(super) fn decode(text: &str) -> CowStr<'_> {
    if !text.contains('&') {
        return text.into();
    }
    let mut decoded = String::with_capacity(text.len());
    for (index, piece) in text.split('&').enumerate() {
        if index == 0 {
            decoded.push_str(piece);
            continue;
        }
        match piece.split_once(';') {
            Some((name, rest)) if is_reference(name) => {
                let reference = format!("&{name};");
                for event in Parser::new(&reference) {
                    if let Event::Text(character) = event {
                        decoded.push_str(&character);
                    }
                }
                decoded.push_str(rest);
            }
            _ => {
                decoded.push('&');
                decoded.push_str(piece);
            }
        }
    }
    decoded.into()
}

fn is_reference(name: &str) -> bool {
    !name.is_empty() && name.len() <= 32 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_texts_are_told_apart() {
        let tag = |name, is_end| Part::Tag { name, is_end };
        assert_eq!(
            parts("a < b<!-- <i> --><P class='x>y'>c<br/>&amp;</P><script>if (a<b) {}</Script>d<"),
            [
                Part::Text("a < b"),
                tag("P", false),
                Part::Text("c"),
                tag("br", false),
                Part::Text("&amp;"),
                tag("P", true),
                tag("script", false),
                tag("Script", true),
                Part::Text("d<"),
            ]
        );
        assert_eq!(parts("<a href=\"x>"), [tag("a", false)]);
        assert_eq!(parts("<style>x"), [tag("style", false)]);
    }

    #[test]
    fn inline_markup_is_not_part_of_a_plain_text() {
        for (text, expected) in [
            (
                "Logging &amp; <em class=\"a>b\">metrics</em><br/>2",
                "Logging & metrics 2",
            ),
            ("Vec<T> & a < b &c; &#39;", "Vec<T> & a < b &c; '"),
            ("<em", "<em"),
        ] {
            assert_eq!(plain(text), expected);
        }
    }
}
