//! Text analyzer: the words of a text as the terms of the index.
//!
//! A text is cut into words (`scanner`). Each has one form, whatever its spelling (`forms`, `compounds`, `numbers`, `folding`), and
//! a stem by the language of the document (`stemming`). Names are indexed whole and in parts, and words that a hyphen joins also
//! as one, so that `maxRetries`, `e-mail` and `us-east-1` are found either way. Stop words are indexed where they stand out.

mod capitals;
mod characters;
mod compounds;
mod detection;
mod entities;
mod folding;
mod forms;
mod function_words;
mod language;
mod numbers;
mod query;
mod runs;
mod salience;
mod scanner;
mod stemming;
mod stems;
mod stop_words;
mod term;
#[cfg(test)]
mod tests;
mod unspaced;

use hashbrown::HashSet;

pub(crate) use folding::fold;
use forms::{Form, FormKind, Forms};
pub use query::{QueryTerm, query_terms};
pub(crate) use stems::stem;
pub(crate) use stop_words::is_stop_word;
pub use term::Term;

use crate::domain::Language;

/// Version of the analyzer, stored with each document; raised when the same text would give other terms or other
/// counts.
pub const VERSION: u32 = 3;

/// The terms of `text`, a text in `language`, in order; stop words that stand out come last.
pub fn analyze(text: &str, language: Language) -> Vec<Term> {
    let stop_words = stop_words::stop_words(language);
    let found = forms::read(text, stop_words);
    let salient = salience::salient(&found, stop_words);
    let mut terms = terms(found, language);
    terms.extend(salient);
    terms
}

/// The distinct terms of an English `text` without its stop words, in order of appearance.
pub fn distinct(text: &str) -> Vec<String> {
    distinct_in(text, Language::English)
}

/// The distinct terms of a `text` in `language` without its stop words, in order of appearance.
pub fn distinct_in(text: &str, language: Language) -> Vec<String> {
    let found = forms::read(text, stop_words::stop_words(language));
    let mut seen = HashSet::new();
    terms(found, language)
        .into_iter()
        .map(|term| term.text)
        .filter(|term| seen.insert(term.clone()))
        .collect()
}

/// The terms of forms in a language.
fn terms(found: Forms, language: Language) -> Vec<Term> {
    let mut terms = Vec::with_capacity(found.forms.len());
    for Form {
        text,
        start,
        end,
        kind,
        has_stem,
    } in found.forms
    {
        let counts = matches!(kind, FormKind::Word | FormKind::Capitals);
        let (term, bare) = stemming::terms_of(text, has_stem, language);
        let mut add = |text: String, counts: bool| {
            if !text.is_empty() {
                terms.push(Term {
                    text,
                    start,
                    end,
                    counts,
                });
            }
        };
        add(term, counts);
        if let Some(bare) = bare {
            add(bare, false);
        }
    }
    terms
}
