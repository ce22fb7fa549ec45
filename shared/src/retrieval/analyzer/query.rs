//! Questions: the terms that each word of a question may have in a library.

use super::{
    forms::{FormKind, read},
    stemming::variants,
    stop_words::stop_words,
};
use crate::domain::Language;

/// One word of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryTerm {
    /// The distinct terms that the word may have in the index: its stems in the languages of the library. At least one; the first
    /// one is that of the first language.
    pub variants: Vec<String>,
    /// Byte offset of the word in the question.
    pub start: usize,
    /// Byte offset of the end of the word, exclusive.
    pub end: usize,
    /// How often the question has it.
    pub count: usize,
    /// Whether it is a word. Another form of words that are terms of the question too, such as a part of a name, is not.
    pub counts: bool,
    /// Whether it is a function word. A question has those only if it has no other words.
    pub is_stop_word: bool,
}

/// Maximum number of single characters of scripts without spaces that are looked up beside their pairs: in a longer question
/// the pairs say enough.
const MAX_CHARACTERS: usize = 4;

/// The words of a question, each once, in order. `languages` are those of the documents of the library; without any, English.
pub fn query_terms(text: &str, languages: &[Language]) -> Vec<QueryTerm> {
    let languages = match languages {
        [] => &[Language::English],
        _ => languages,
    };
    let words = stop_words(own_language(text, languages));
    let mut found = read(text, words);
    let is_character = |kind: FormKind| kind == FormKind::Character;
    let characters = found.forms.iter().filter(|form| is_character(form.kind)).count();
    if characters > MAX_CHARACTERS {
        found.forms.retain(|form| !is_character(form.kind));
    }
    let mut terms: Vec<QueryTerm> = Vec::with_capacity(found.forms.len());
    let mut add = |variants: Vec<String>, start: usize, end: usize, counts: bool, is_stop_word: bool| {
        if variants.is_empty() {
            return;
        }
        match terms.iter_mut().find(|term| term.variants == variants) {
            Some(term) => {
                term.count += 1;
                term.counts |= counts;
            }
            None => terms.push(QueryTerm {
                variants,
                start,
                end,
                count: 1,
                counts,
                is_stop_word,
            }),
        }
    };
    let has_content = found.forms.iter().any(|form| form.kind != FormKind::Capitals);
    for form in &found.forms {
        let counts = !matches!(form.kind, FormKind::Beside | FormKind::Character);
        add(variants(form, languages), form.start, form.end, counts, false);
    }
    if !has_content {
        for word in &found.stop_words {
            let text = words.words[usize::from(word.place)].0.to_owned();
            add(vec![text], word.start, word.end, true, true);
        }
    }
    terms
}

/// The language whose stop words a question has: its own if the library has it.
fn own_language(text: &str, languages: &[Language]) -> Language {
    let own = Language::detect(text, "");
    [own, Language::English]
        .into_iter()
        .find(|language| languages.contains(language))
        .unwrap_or(languages[0])
}
