//! The section of a Markdown document that begins with a given text.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

/// The lowest level of a heading, which every other heading ends.
const LOWEST_LEVEL: usize = 6;

/// The ranges of the sections that begin with `beginning`, in code points: from that text to the next heading of the same
/// or a higher level as the one before it. White space is compared folded. Empty if the document has no such section.
pub(super) fn sections(document: &str, beginning: &str) -> Vec<Range<usize>> {
    let folded = Folded::new(document);
    let beginning = fold(beginning);
    if beginning.is_empty() {
        return Vec::new();
    }
    let headings = headings(document);
    let starts = folded.text.match_indices(&beginning);
    starts
        .map(|(at, _)| {
            let start = folded.original(at);
            let before = headings.iter().rfind(|heading| heading.start <= start);
            let level = before.map_or(LOWEST_LEVEL, |heading| heading.level);
            let next = headings
                .iter()
                .find(|heading| heading.start > start && heading.level <= level);
            let end = next.map_or(document.len(), |heading| heading.start);
            let code_points = |at: usize| document[..at].chars().count();
            code_points(start)..code_points(end)
        })
        .collect()
}

/// Text with every run of white space as one space.
pub(super) fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text with folded white space, and where its words were.
struct Folded {
    text: String,
    /// For each word: where it begins in the folded text, and where in the original, in bytes.
    words: Vec<(usize, usize)>,
}

impl Folded {
    fn new(original: &str) -> Self {
        let mut folded = Self {
            text: String::with_capacity(original.len()),
            words: Vec::new(),
        };
        let mut after = 0;
        for word in original.split_whitespace() {
            // `split_whitespace` returns words in order, so the next occurrence is the word itself.
            let at = after + original[after..].find(word).unwrap_or_default();
            if !folded.text.is_empty() {
                folded.text.push(' ');
            }
            folded.words.push((folded.text.len(), at));
            folded.text.push_str(word);
            after = at + word.len();
        }
        folded
    }

    /// The position in the original of a position in the folded text, in bytes.
    fn original(&self, at: usize) -> usize {
        let word = self.words.partition_point(|(folded, _)| *folded <= at);
        let word = word.checked_sub(1).and_then(|word| self.words.get(word));
        word.map_or(0, |(folded, original)| original + (at - folded))
    }
}

struct Heading {
    level: usize,
    /// In bytes.
    start: usize,
}

/// The headings of a document outside of code and front matter.
fn headings(document: &str) -> Vec<Heading> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let events = Parser::new_ext(document, options).into_offset_iter();
    events
        .filter_map(|(event, range)| match event {
            Event::Start(Tag::Heading { level, .. }) => Some(Heading {
                level: level as usize,
                start: range.start,
            }),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "---\ntitle: Fähre\n---\n\n# Ferry\n\n## When does it leave?\n\nAt 8, from the\nold pier.\n\n\
        ### In winter\n\nAt 9.\n\n```sh\n## no heading\n```\n\n## What does it cost?\n\nIt is free.\n";

    fn texts(beginning: &str) -> Vec<String> {
        let text: Vec<char> = DOCUMENT.chars().collect();
        let ranges = sections(DOCUMENT, beginning);
        ranges
            .into_iter()
            .map(|range| text[range].iter().collect())
            .collect()
    }

    #[test]
    fn a_section_ends_at_the_next_heading_that_is_not_below_its_own() {
        assert_eq!(
            texts("At 8, from the old pier."),
            ["At 8, from the\nold pier.\n\n### In winter\n\nAt 9.\n\n```sh\n## no heading\n```\n\n"]
        );
        assert_eq!(texts("At 9."), ["At 9.\n\n```sh\n## no heading\n```\n\n"]);
        assert_eq!(texts("It is  free"), ["It is free.\n"]);
    }

    #[test]
    fn a_text_that_is_not_in_the_document_has_no_section() {
        assert!(texts("At 10.").is_empty());
        assert!(texts(" ").is_empty());
    }
}
