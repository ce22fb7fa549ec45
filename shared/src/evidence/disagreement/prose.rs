//! Sentences that may contradict others: complete statements in prose, without markup. Addresses, templates, examples,
//! instructions, and sentences that point elsewhere in their text are left out.

use super::lists::{is_determiner, is_imperative};

/// Number of words of a statement.
const WORD_COUNT: std::ops::RangeInclusive<usize> = 3..=45;

/// What no statement in prose contains: addresses, templates, include lines, images and tables.
const NOT_PROSE: [&str; 14] = [
    "://", "www.", "{{", "}}", "{%", "%}", "${", "<%", "](#", "![", "[!", "--8<--", "|", "@",
];
/// Words that make a sentence an example, or that refer to another sentence.
const POINTERS: [&str; 20] = [
    "example",
    "instance",
    "e.g",
    "suppose",
    "imagine",
    "assume",
    "this",
    "these",
    "those",
    "such",
    "here",
    "latter",
    "former",
    "following",
    "previous",
    "respectively",
    "it",
    "they",
    "he",
    "she",
];

/// The words of a sentence without Markdown, if it is a statement in prose.
pub(super) fn statement(sentence: &str) -> Option<String> {
    if NOT_PROSE.iter().any(|sign| sentence.contains(sign)) || has_tag(sentence) {
        return None;
    }
    let text = without_markup(sentence);
    let bare = text.trim_end_matches(['"', '”', '\'', ')', ' ']);
    let is_complete =
        text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()) && bare.ends_with(['.', '!']);
    let words: Vec<&str> = text
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .collect();
    if !is_complete || !WORD_COUNT.contains(&words.len()) {
        return None;
    }
    let is_pointer = |word: &&str| POINTERS.iter().any(|pointer| word.eq_ignore_ascii_case(pointer));
    (!words.iter().any(is_pointer) && !is_instruction(&words)).then_some(text)
}

/// Whether a sentence tells the reader to do something: steps of different procedures differ without a contradiction.
fn is_instruction(words: &[&str]) -> bool {
    let first = words[0].to_lowercase();
    let is_object = |word: &&str| is_determiner(&word.to_lowercase());
    is_imperative(&first) || !starts_statement(&first) && words.get(1).is_some_and(is_object)
}

/// Whether a word may stand before a determiner at the beginning of a statement: "In the hall", "Both the".
fn starts_statement(word: &str) -> bool {
    is_determiner(word)
        || matches!(
            word,
            "in" | "at"
                | "on"
                | "after"
                | "before"
                | "for"
                | "from"
                | "by"
                | "with"
                | "within"
                | "during"
                | "until"
                | "since"
                | "under"
                | "over"
                | "all"
                | "both"
                | "half"
                | "most"
                | "only"
                | "if"
                | "when"
                | "while"
                | "of"
        )
}

/// Whether a text has an HTML tag or a placeholder: `<br>`, `</p>`, `<name>`.
fn has_tag(text: &str) -> bool {
    text.match_indices('<')
        .any(|(at, _)| text[at + 1..].starts_with(|c: char| c.is_alphabetic() || c == '/'))
}

/// A sentence on one line without emphasis, code marks, footnotes and the targets of links.
fn without_markup(sentence: &str) -> String {
    let mut text = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '*' | '`' => {}
            '_' if !is_inside_word(&text, rest) => {}
            '[' if rest.starts_with('^') => rest = rest.find(']').map_or(rest, |end| &rest[end + 1..]),
            '[' => {}
            ']' if rest.starts_with('(') => rest = rest.find(')').map_or(rest, |end| &rest[end + 1..]),
            ']' if rest.starts_with('[') => rest = rest.find(']').map_or(rest, |end| &rest[end + 1..]),
            ']' => {}
            c if c.is_whitespace() => {
                if !text.ends_with(' ') {
                    text.push(' ');
                }
            }
            c => text.push(c),
        }
    }
    text
}

fn is_inside_word(before: &str, after: &str) -> bool {
    before.ends_with(char::is_alphanumeric) && after.starts_with(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_removed_and_words_stay() {
        assert_eq!(
            statement("The **port** of [the\nserver](a/b.md) is `80_80`.[^1]").as_deref(),
            Some("The port of the server is 80_80.")
        );
    }

    #[test]
    fn only_statements_in_prose_may_contradict() {
        for sentence in [
            "The docs are at https://a.example/v1.",
            "The fee is {{ site.fee }} euros.",
            "{% include fee.html %} The fee is 5.",
            "The fee is <b>5</b> euros.",
            "title: Fees",
            "Is the fee 5 euros?",
            "For example, the fee is 5 euros.",
            "This fee is 5 euros.",
            "It costs 5 euros.",
            "Set the fee to 5 euros.",
            "Click Save twice.",
            "Twist the handle by 5 degrees.",
            "fee of 5 euros is due.",
        ] {
            assert_eq!(statement(sentence), None, "{sentence}");
        }
        assert!(statement("In the hall there are 5 seats.").is_some());
    }
}
