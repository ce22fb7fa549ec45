//! Excerpts: the part of a passage that matches a quotation or a question.

use std::{collections::HashSet, ops::Range};

use shared::{
    domain::Language,
    retrieval::analyzer::{Term, analyze, distinct},
};

/// The maximum length of an excerpt, in characters.
const MAX_CHARS: usize = 240;
/// Where an excerpt does not begin or end with the passage.
const ELLIPSIS: &str = "...";

/// The part of a passage around a quotation; of the quotation itself if the passage does not have it. Both are on one
/// line.
pub(super) fn around_quote(passage: &str, quote: &str) -> String {
    match passage.find(quote) {
        Some(start) => window(passage, start..start + quote.len()),
        None => window(quote, 0..0),
    }
}

/// The part of a passage that has the most words of a question; the beginning if it has none.
pub(super) fn around_words(passage: &str, question: &str) -> String {
    let asked: HashSet<String> = distinct(question).into_iter().collect();
    let found: Vec<Term> = analyze(passage, Language::English)
        .into_iter()
        .filter(|term| asked.contains(&term.text))
        .collect();
    let mut best = 0..0;
    let mut most = 0;
    for (first, term) in found.iter().enumerate() {
        let range = term.start..term.end;
        let near = found[first..].iter().take_while(|other| {
            let end = other.end.max(range.start);
            passage[range.start..end].chars().count() <= MAX_CHARS
        });
        let mut terms = HashSet::new();
        let mut end = range.end;
        for other in near {
            if terms.insert(&other.text) {
                end = end.max(other.end);
            }
        }
        if terms.len() > most {
            (most, best) = (terms.len(), range.start..end);
        }
    }
    window(passage, best)
}

/// At most [`MAX_CHARS`] characters with the range in their middle, cut between words where there are blanks.
fn window(text: &str, range: Range<usize>) -> String {
    let offsets: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    if offsets.len() <= MAX_CHARS {
        return text.to_owned();
    }
    let first = offsets.partition_point(|at| *at < range.start);
    let last = offsets.partition_point(|at| *at < range.end).max(first);
    let room = MAX_CHARS.saturating_sub(last - first);
    let start = first.saturating_sub(room / 2).min(offsets.len() - MAX_CHARS);
    let end = start + MAX_CHARS;
    let byte = |index: usize| offsets.get(index).copied().unwrap_or(text.len());
    let (mut from, mut to) = (byte(start), byte(end));
    if start > 0 {
        let cut = text[from..byte(first)].find(char::is_whitespace);
        from += cut.map_or(0, |at| at + 1);
    }
    if end < offsets.len() {
        let kept = byte(last.min(end)).max(from);
        let cut = text[kept..to].rfind(char::is_whitespace);
        to = cut.map_or(to, |at| kept + at);
    }
    let before = if start > 0 { ELLIPSIS } else { "" };
    let after = if end < offsets.len() { ELLIPSIS } else { "" };
    let parts = [before, text[from..to].trim(), after];
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// An excerpt without the marks of what was left out.
pub(super) fn words(excerpt: &str) -> &str {
    let excerpt = excerpt.strip_prefix(ELLIPSIS).unwrap_or(excerpt);
    excerpt.strip_suffix(ELLIPSIS).unwrap_or(excerpt).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passage() -> String {
        let filler = "Nothing of the kind stands here. ".repeat(12);
        format!("{filler}The lamp was lit on 3 May 1871. {filler}A lamp is a lamp.")
    }

    #[test]
    fn an_excerpt_has_the_quotation_in_its_middle() {
        let excerpt = around_quote(&passage(), "The lamp was lit on 3 May 1871.");
        assert!(
            excerpt.starts_with("... ") && excerpt.ends_with(" ..."),
            "{excerpt}"
        );
        assert!(excerpt.contains(" here. The lamp was lit on 3 May 1871. Nothing "));
        assert!(excerpt.chars().count() <= MAX_CHARS + 8);
        assert_eq!(around_quote("a passage", "another text"), "another text");
        let long = around_quote(&passage(), &passage());
        assert!(long.starts_with("Nothing") && long.ends_with("..."));
    }

    #[test]
    fn an_excerpt_has_most_of_the_words_of_the_question() {
        let excerpt = around_words(&passage(), "When was the lamp lit?");
        assert!(excerpt.contains("The lamp was lit on 3 May 1871."), "{excerpt}");
        let none = around_words(&passage(), "Who baked bread?");
        assert!(
            none.starts_with("Nothing of the kind") && none.ends_with(" ..."),
            "{none}"
        );
        assert_eq!(around_words("short", ""), "short");
        assert_eq!(around_words("", "lamp"), "");
    }

    #[test]
    fn texts_without_blanks_are_cut_between_characters() {
        let text = format!("{}灯塔建于一八七一年{}", "字".repeat(400), "文".repeat(400));
        let excerpt = around_quote(&text, "灯塔建于一八七一年");
        assert!(excerpt.contains("字灯塔建于一八七一年文"), "{excerpt}");
        assert!(around_words(&text, "灯塔").contains("灯塔建于"));
    }

    #[test]
    fn marks_of_what_was_left_out_are_no_words() {
        assert_eq!(words("... a lamp ..."), "a lamp");
        assert_eq!(words("a lamp"), "a lamp");
    }
}
