//! Breakpoints: where a text can be cut, before headings rather than paragraphs, between sentences rather than inside
//! one.

use pulldown_cmark::{Event, Options, Parser, Tag};
use unicode_segmentation::UnicodeSegmentation;

/// The weight of a line; in plain text, each blank line before it adds as much.
const LINE: u8 = 1;
/// The maximum weight of a line in plain text.
const MAX_LINES: u8 = 4;
/// The weight of a paragraph, list item, table row or code block.
const BLOCK: u8 = MAX_LINES + 1;
/// The weight of a horizontal rule.
const RULE: u8 = BLOCK + 1;
/// The weight of the lowest of the six levels of headings.
const HEADING: u8 = RULE + 1;

/// A place where a text can be cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Breakpoint {
    /// The first byte of a line.
    pub(super) at: usize,
    /// Cuts go to the breakpoint with the highest weight.
    pub(super) weight: u8,
}

/// The breakpoints of Markdown, in order. Several may be at the same byte.
pub(super) fn in_markdown(text: &str) -> Vec<Breakpoint> {
    let mut breakpoints = Vec::new();
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        let weight = match event {
            Event::Start(Tag::Heading { level, .. }) => HEADING + 6 - level as u8,
            Event::Rule => RULE,
            Event::Start(
                Tag::Paragraph
                | Tag::Item
                | Tag::TableRow
                | Tag::Table(_)
                | Tag::List(_)
                | Tag::BlockQuote(_)
                | Tag::HtmlBlock,
            ) => BLOCK,
            Event::Start(Tag::CodeBlock(_)) => {
                let lines = text[range.clone()].match_indices('\n');
                let after = lines.map(|(at, _)| range.start + at + 1);
                breakpoints.extend(after.map(|at| Breakpoint { at, weight: LINE }));
                BLOCK
            }
            _ => continue,
        };
        let line = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        // A block that begins inside a line, such as the text of an item, is no breakpoint.
        if text[line..range.start]
            .chars()
            .all(|c| c.is_whitespace() || c == '>')
        {
            breakpoints.push(Breakpoint { at: line, weight });
        }
    }
    breakpoints.sort_unstable_by_key(|breakpoint| (breakpoint.at, breakpoint.weight));
    breakpoints
}

/// The breakpoints of plain text, in order: the beginnings of its lines. Blank lines add weight to the line after them.
pub(super) fn in_plain(text: &str) -> Vec<Breakpoint> {
    let mut breakpoints = Vec::new();
    let (mut at, mut weight) = (0, 0);
    for line in text.split_inclusive('\n') {
        let is_blank = line.trim().is_empty();
        if !is_blank {
            breakpoints.push(Breakpoint { at, weight });
        }
        weight = if is_blank {
            MAX_LINES.min(weight + LINE)
        } else {
            LINE
        };
        at += line.len();
    }
    breakpoints
}

/// The last byte of running text at which a sentence begins, or else a word, or else a grapheme cluster.
pub(super) fn last_in_prose(text: &str) -> usize {
    // In UAX #29, a line break ends a sentence.
    let flat = text.replace(['\n', '\r'], " ");
    let last = |places: &mut dyn Iterator<Item = usize>| places.filter(|&at| at > 0).last();
    last(&mut flat.split_sentence_bound_indices().map(|(at, _)| at))
        .or_else(|| last(&mut text.split_word_bound_indices().map(|(at, _)| at)))
        .or_else(|| last(&mut text.grapheme_indices(true).map(|(at, _)| at)))
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, breakpoints: Vec<Breakpoint>) -> Vec<(&str, u8)> {
        let line = |at: usize| text[at..].lines().next().unwrap_or_default();
        let mut found: Vec<_> = breakpoints
            .into_iter()
            .map(|breakpoint| (line(breakpoint.at), breakpoint.weight))
            .collect();
        found.dedup_by_key(|(line, _)| *line);
        found
    }

    #[test]
    fn markdown_breaks_before_blocks_that_begin_a_line() {
        let text = "# One\n\nText\nthat goes on.\n\n- item\n  - inner\n\n```\ncode\n```\n\n---\n\n> quoted\n\n## Two\n";
        let weights = lines(text, in_markdown(text));
        let of = |start: &str| {
            weights
                .iter()
                .filter(|(line, _)| *line == start)
                .map(|(_, weight)| *weight)
                .max()
        };
        assert_eq!(of("that goes on."), None);
        assert_eq!(
            [of("Text"), of("- item"), of("  - inner"), of("> quoted")],
            [Some(BLOCK); 4]
        );
        assert_eq!([of("code"), of("---")], [Some(LINE), Some(RULE)]);
        assert!(of("# One") > of("## Two") && of("## Two") > of("---"));
    }

    #[test]
    fn plain_text_breakpoints_weigh_more_after_blank_lines() {
        let text = "One\ntwo\n\nthree\n \n\nfour";
        assert_eq!(
            lines(text, in_plain(text)),
            [("One", 0), ("two", 1), ("three", 2), ("four", 3)]
        );
    }

    #[test]
    fn prose_is_cut_between_sentences_then_words_then_characters() {
        let cut = |text: &'static str| &text[last_in_prose(text)..];
        assert_eq!(cut("One is\nso. Two is so. Thr"), "Thr");
        assert_eq!(cut("one and two and thr"), "thr");
        assert_eq!(cut("aae\u{301}"), "e\u{301}");
    }
}
