//! Stems: Snowball, with a cache, because stemming takes thousands of steps and texts repeat a small vocabulary.

use std::{
    borrow::Cow,
    sync::{LazyLock, PoisonError, RwLock},
};

use hashbrown::HashMap;
use rust_stemmers::Stemmer;

use super::term::MAX_TERM_BYTES;
use crate::domain::Language;

/// Maximum number of cached stems of a language, about 1 MB.
const MAX_CACHED_STEMS: usize = 16_384;

/// The stem of each cached word.
type Stems = HashMap<Box<str>, Box<str>>;

/// The stem of a folded English word; other words than those of ASCII letters are their own.
pub(crate) fn stem(word: &str) -> Cow<'_, str> {
    if !word.bytes().all(|b| b.is_ascii_alphabetic() || b == b'\'') {
        return word.into();
    }
    stem_in(word, Language::English)
}

/// The stem of a word of letters in lower case.
pub(super) fn stem_in(word: &str, language: Language) -> Cow<'_, str> {
    static KNOWN: LazyLock<[RwLock<Stems>; Language::COUNT]> =
        LazyLock::new(|| std::array::from_fn(|_| RwLock::default()));
    let Some(algorithm) = language.algorithm() else {
        return word.into();
    };
    let known = &KNOWN[language as usize];
    if let Some(stem) = known.read().unwrap_or_else(PoisonError::into_inner).get(word) {
        return cached_stem(word, stem);
    }
    let stem = Stemmer::create(algorithm).stem(word);
    let mut stems = known.write().unwrap_or_else(PoisonError::into_inner);
    if stems.len() < MAX_CACHED_STEMS && word.len() <= MAX_TERM_BYTES {
        stems.insert(word.into(), stem.as_ref().into());
    }
    stem
}

/// A cached stem, borrowed from its word where it is the beginning of it, as most are.
fn cached_stem<'a>(word: &'a str, stem: &str) -> Cow<'a, str> {
    match word.get(..stem.len()) {
        Some(beginning) if beginning == stem => beginning.into(),
        _ => stem.to_owned().into(),
    }
}
