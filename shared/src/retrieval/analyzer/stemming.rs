//! Stemming: the terms of a form in one language.

use super::{folding::without_marks, forms::Form, stems::stem_in, term::cut};
use crate::domain::Language;

/// The term of a form, and the one for readers who type no accents where it differs.
pub(super) fn terms_of(text: String, has_stem: bool, language: Language) -> (String, Option<String>) {
    if text.is_ascii() {
        let mut term = if has_stem { stemmed(text, language) } else { text };
        cut(&mut term);
        return (term, None);
    }
    let mut bare = without_marks(&text);
    let mut term = String::new();
    if has_stem {
        let own = language.of_word(&text);
        if own.has_stems_with_accents() {
            term = without_marks(&stemmed(text, language));
        }
        bare = stemmed(bare, language);
    }
    cut(&mut bare);
    cut(&mut term);
    if term.is_empty() || term == bare {
        (bare, None)
    } else {
        (term, Some(bare))
    }
}

/// The distinct terms that a form of a question may have in texts of these languages.
pub(super) fn variants(form: &Form, languages: &[Language]) -> Vec<String> {
    let mut variants: Vec<String> = Vec::with_capacity(languages.len());
    let mut add = |term: String| {
        if !term.is_empty() && !variants.contains(&term) {
            variants.push(term);
        }
    };
    for language in languages {
        let (term, bare) = terms_of(form.text.clone(), form.has_stem, *language);
        add(term);
        bare.into_iter().for_each(&mut add);
        if *language == Language::German && form.has_stem {
            for spelling in umlauts(&form.text) {
                add(terms_of(spelling, true, *language).0);
            }
        }
    }
    variants
}

/// A German word with its umlauts as two letters, and with two letters as umlauts: `Müller` and `Mueller`.
fn umlauts(word: &str) -> Vec<String> {
    let apart = word.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue");
    let mut joined = String::with_capacity(word.len());
    let mut last = '\0';
    for c in word.chars() {
        let is_umlaut = c == 'e' && matches!(last, 'a' | 'o' | 'u') && {
            // "Quelle", "neue", "Bauer"
            let before = joined[..joined.len() - 1].chars().next_back();
            !before.is_some_and(|c| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'q'))
        };
        if !is_umlaut {
            joined.push(c);
        }
        last = c;
    }
    [apart, joined]
        .into_iter()
        .filter(|spelling| spelling != word)
        .collect()
}

fn stemmed(mut text: String, language: Language) -> String {
    let language = language.of_word(&text);
    // "İstanbul'da": Turkish sets the endings of names apart.
    if language == Language::Turkish
        && let Some(at) = text.find('\'')
        && at > 1
    {
        text.truncate(at);
    }
    let stem = stem_in(&text, language);
    match stem {
        std::borrow::Cow::Borrowed(beginning) => {
            let length = beginning.len();
            if text.starts_with(beginning) {
                text.truncate(length);
                text
            } else {
                beginning.to_owned()
            }
        }
        std::borrow::Cow::Owned(stem) => stem,
    }
}
