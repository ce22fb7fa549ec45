//! Tags and texts of HTML inside Markdown.

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
        let name = tag.trim_start_matches(['<', '/']);
        let name_end = name
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '-')
            .unwrap_or(name.len());
        let name = &name[..name_end];
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
}
