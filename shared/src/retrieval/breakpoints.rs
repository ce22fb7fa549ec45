//! Breakpoints: where a text can be cut, before headings rather than paragraphs, between sentences rather than inside
//! one.

use pulldown_cmark::{Event, Tag, TagEnd};
use unicode_segmentation::UnicodeSegmentation;

use crate::markup::parser;

/// The weight of a line; in plain text, each blank line before it adds as much.
pub(super) const LINE: u8 = 1;
/// The maximum weight of a line in plain text.
const MAX_LINES: u8 = 4;
/// The weight of a list item or table row.
const ITEM: u8 = MAX_LINES + 1;
/// The weight of a paragraph, list, table or code block.
const BLOCK: u8 = ITEM + 1;
/// The weight of a horizontal rule.
const RULE: u8 = BLOCK + 1;
/// The weight of the lowest of the six levels of headings.
pub(super) const HEADING: u8 = RULE + 1;

/// A place where a text can be cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Breakpoint {
    /// The first byte of a line.
    pub(super) at: usize,
    /// Cuts go to the breakpoint with the highest weight.
    pub(super) weight: u8,
}

/// The breakpoints of Markdown, in order. Several may be at the same byte. There is none between a line that ends with a
/// colon and what it introduces, nor between the header of a table and its first row.
pub(super) fn in_markdown(text: &str) -> Vec<Breakpoint> {
    let mut breakpoints = Vec::new();
    let mut joined = None;
    let mut depth = 0_usize;
    for (event, range) in parser(text).into_offset_iter() {
        match event {
            Event::Start(Tag::Item) => depth += 1,
            Event::End(TagEnd::Item) => depth = depth.saturating_sub(1),
            _ => {}
        }
        let line_of = |at: usize| text[..at].rfind('\n').map_or(0, |at| at + 1);
        match event {
            Event::Start(Tag::Paragraph) if text[range.clone()].trim_end().ends_with(':') => {
                let after = text[range.end..].len() - text[range.end..].trim_start().len();
                joined = Some(line_of(range.end + after));
            }
            Event::Start(Tag::TableHead) => joined = None,
            _ => {}
        }
        let weight = match event {
            Event::Start(Tag::Heading { level, .. }) => HEADING + 6 - level as u8,
            Event::Rule => RULE,
            Event::Start(Tag::Item | Tag::TableRow) => ITEM,
            // A paragraph in an item belongs to the item, and a list in it begins with an item.
            Event::Start(Tag::List(_)) if depth > 0 => continue,
            Event::Start(Tag::Paragraph) if depth > 0 => LINE,
            Event::Start(
                Tag::Paragraph | Tag::Table(_) | Tag::List(_) | Tag::BlockQuote(_) | Tag::HtmlBlock,
            ) => BLOCK,
            Event::Start(Tag::CodeBlock(_)) => {
                let lines = text[range.clone()].match_indices('\n');
                let after = lines.map(|(at, _)| range.start + at + 1);
                breakpoints.extend(after.map(|at| Breakpoint { at, weight: LINE }));
                BLOCK
            }
            _ => continue,
        };
        let line = line_of(range.start);
        if joined == Some(line) && matches!(weight, ITEM | BLOCK) {
            continue;
        }
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
            [Some(BLOCK), Some(ITEM), Some(ITEM), Some(BLOCK)]
        );
        assert_eq!([of("code"), of("---")], [Some(LINE), Some(RULE)]);
        assert!(of("# One") > of("## Two") && of("## Two") > of("---"));
    }

    #[test]
    fn nothing_parts_a_line_from_what_it_introduces() {
        let text = "Do this:\n\n1. one\n2. two\n\nRun:\n\n```\ncode\n```\n";
        let places: Vec<&str> = lines(text, in_markdown(text))
            .into_iter()
            .map(|(line, _)| line)
            .collect();
        assert_eq!(places, ["Do this:", "2. two", "Run:", "code", "```"]);
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
