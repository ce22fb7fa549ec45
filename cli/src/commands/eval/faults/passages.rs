//! Passages of a text, as the product stores them, with the sentences that faults are planted in.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser};
use shared::{domain::ContentType, evidence::sentences::sentences, retrieval::chunker};

use super::{
    tables::{self, Table},
    texts::Text,
    words::{core, normal, tokens},
};

const MIN_WORDS: usize = 6;
const MAX_WORDS: usize = 45;
/// Templates, addresses, formulas and tables are no prose.
const NOT_PROSE: [&str; 9] = ["{%", "{{", "http", "www.", "|", " = ", "<", ">", "\\"];

/// A chunk of a text.
#[derive(Debug)]
pub(super) struct Passage {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) sentences: Vec<Sentence>,
    pub(super) tables: Vec<Table>,
    /// Its words, see [`normal`].
    normal: String,
    /// The same of each of its sentences, whether or not it is in `sentences`.
    normal_sentences: Vec<String>,
}

/// A complete sentence of prose.
#[derive(Debug)]
pub(super) struct Sentence {
    /// As written, with markup and line breaks.
    pub(super) raw: String,
    /// On one line, without markup.
    pub(super) plain: String,
    /// Whether it has markup.
    pub(super) is_marked_up: bool,
}

/// A sentence in its passage.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample<'a> {
    pub(super) passage: &'a Passage,
    pub(super) sentence: &'a Sentence,
}

impl<'a> Sample<'a> {
    /// The words of the sentence.
    pub(super) fn tokens(&self) -> Vec<&'a str> {
        tokens(&self.sentence.plain)
    }

    /// The other sentences of the passage.
    pub(super) fn others(&self) -> impl Iterator<Item = &'a Sentence> {
        let this = std::ptr::from_ref(self.sentence);
        self.passage
            .sentences
            .iter()
            .filter(move |other| !std::ptr::eq(*other, this))
    }
}

impl Passage {
    /// Whether the words of a text occur in a row.
    pub(super) fn contains(&self, text: &str) -> bool {
        self.normal.contains(&normal(text))
    }

    /// Whether a text has the words of a sentence.
    pub(super) fn has_sentence(&self, text: &str) -> bool {
        self.normal_sentences.contains(&normal(text))
    }
}

/// The passages of a text that have sentences or tables.
pub(super) fn passages(text: &Text) -> Vec<Passage> {
    let pieces = chunker::pieces(&text.text, text.content_type);
    let passages = pieces
        .into_iter()
        .map(|piece| passage(text, text.text[piece.bytes].trim()));
    passages
        .filter(|passage| !(passage.sentences.is_empty() && passage.tables.is_empty()))
        .collect()
}

fn passage(of: &Text, text: &str) -> Passage {
    let plain = match of.content_type {
        ContentType::Markdown => without_markup,
        ContentType::Plain => |text: &str| tokens(text).join(" "),
    };
    let sentence = |range: Range<usize>| {
        let raw = &text[range];
        Sentence {
            raw: raw.to_owned(),
            plain: plain(raw),
            is_marked_up: plain(raw) != tokens(raw).join(" "),
        }
    };
    let all: Vec<Sentence> = sentences(text).into_iter().map(sentence).collect();
    Passage {
        title: of.title.clone(),
        text: text.to_owned(),
        tables: match of.content_type {
            ContentType::Markdown => tables::tables(text),
            ContentType::Plain => Vec::new(),
        },
        normal: normal(&plain(text)),
        normal_sentences: all.iter().map(|sentence| normal(&sentence.plain)).collect(),
        sentences: all.into_iter().filter(is_complete).collect(),
    }
}

/// The words of Markdown on one line.
fn without_markup(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Text(words) | Event::Code(words) => text.push_str(&words),
            Event::SoftBreak | Event::HardBreak | Event::End(_) if !is_inline(&event) => text.push(' '),
            _ => {}
        }
    }
    tokens(&text).join(" ")
}

fn is_inline(event: &Event<'_>) -> bool {
    use pulldown_cmark::TagEnd::{Emphasis, Image, Link, Strong};
    matches!(event, Event::End(Emphasis | Image | Link | Strong))
}

/// Whether it is a statement of prose that can be changed word by word.
fn is_complete(sentence: &Sentence) -> bool {
    let plain = sentence.plain.as_str();
    let words = tokens(plain);
    let is_lower_case = |word: &&&str| {
        let core = core(word);
        !core.is_empty() && core.chars().all(|c| c.is_lowercase())
    };
    let open = plain.matches(['(', '[', '“']).count();
    let close = plain.matches([')', ']', '”']).count();
    (MIN_WORDS..=MAX_WORDS).contains(&words.len())
        && plain.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
        && plain.ends_with('.')
        && !plain.ends_with("..")
        && open == close
        && plain.matches('"').count().is_multiple_of(2)
        && !NOT_PROSE
            .iter()
            .any(|mark| sentence.raw.contains(mark) && !(sentence.is_marked_up && *mark == "http"))
        && !plain.contains("http")
        && words.iter().filter(is_lower_case).count() * 2 > words.len()
        && sentences(plain).len() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Passage {
        let text = Text {
            name: "n".into(),
            title: "Title".into(),
            text: text.into(),
            content_type: ContentType::Markdown,
        };
        passages(&text).remove(0)
    }

    #[test]
    fn only_complete_sentences_are_changed() {
        let passage =
            of("# Head\n\nThe **old** lamp of the\ntower burns every night. Is it so? See `x`.\n\n- an item");
        assert_eq!(passage.sentences.len(), 1);
        let sentence = &passage.sentences[0];
        assert_eq!(sentence.plain, "The old lamp of the tower burns every night.");
        assert!(sentence.is_marked_up && sentence.raw.contains("**old**\u{20}lamp of the\ntower"));
        assert!(passage.contains("lamp of the Tower") && passage.has_sentence("See x"));
        assert!(!passage.contains("tower of the lamp") && !passage.has_sentence("lamp of the tower"));
    }
}
