//! Text analyzer: Unicode words (UAX #29), lower case, English stop words removed, Snowball English stems. Numbers and
//! identifiers are indexed whole and in parts, so that `us-east-1` and `maxRetries` are found either way.

use std::{
    borrow::Cow,
    sync::{LazyLock, PoisonError, RwLock},
};

use hashbrown::{HashMap, HashSet};
use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};
use unicode_segmentation::UnicodeSegmentation;

/// Version of the analyzer, stored with each document; raised when the same text would give other terms or other
/// counts.
pub const VERSION: u32 = 2;

/// Maximum length of a term, in bytes; longer words are truncated, because index keys are bounded.
const MAX_TERM_BYTES: usize = 64;

/// One term with its byte range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The text that is indexed.
    pub text: String,
    /// Byte offset of the word in the text.
    pub start: usize,
    /// Byte offset of the end of the word, exclusive.
    pub end: usize,
    /// Whether it counts towards the length of the text: parts and joined forms of counted words do not.
    pub counts: bool,
}

/// The terms of `text` in order.
pub fn analyze(text: &str) -> Vec<Term> {
    let mut terms = Vec::with_capacity(text.len() / 8);
    let mut run = Run::default();
    for (start, word) in text.unicode_word_indices() {
        let end = start + word.len();
        if !run.continues(text, start) {
            run.close(text, &mut terms);
            run = Run {
                start,
                ..Run::default()
            };
        }
        run.end = end;
        run.words += 1;
        push(&mut terms, word, start, end, true);
        for (part_start, part) in parts(word) {
            push(
                &mut terms,
                part,
                start + part_start,
                start + part_start + part.len(),
                false,
            );
        }
    }
    run.close(text, &mut terms);
    terms
}

/// The distinct terms of `text` in order of appearance.
pub fn distinct(text: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    analyze(text)
        .into_iter()
        .map(|term| term.text)
        .filter(|term| seen.insert(term.clone()))
        .collect()
}

/// Words joined without a space, such as `us-east-1` or `IL-6`.
#[derive(Default)]
struct Run {
    start: usize,
    end: usize,
    words: usize,
}

impl Run {
    /// Whether a word that starts here is joined to the run.
    fn continues(&self, text: &str, start: usize) -> bool {
        self.words > 0 && matches!(&text[self.end..start], "-" | "/" | ":" | "@" | "::" | "." | "#")
    }

    /// Adds the run as one term if it has a digit: then it is a name, while other hyphenated words are just words.
    fn close(&self, text: &str, terms: &mut Vec<Term>) {
        let whole = &text[self.start..self.end];
        if self.words > 1 && whole.len() <= MAX_TERM_BYTES && whole.bytes().any(|b| b.is_ascii_digit()) {
            push(terms, whole, self.start, self.end, false);
        }
    }
}

/// The parts of an identifier: split at `_`, `.`, `:` and where lower case meets upper case; none for a plain word.
fn parts(word: &str) -> Vec<(usize, &str)> {
    let numeric = word.chars().all(|c| c.is_numeric() || matches!(c, '.' | ','));
    if numeric {
        return Vec::new();
    }
    let mut cuts = vec![0];
    let mut previous = None;
    for (at, c) in word.char_indices() {
        let camel = previous.is_some_and(char::is_lowercase) && c.is_uppercase();
        let joint = matches!(c, '_' | '.' | ':');
        if camel || joint {
            cuts.push(at);
        }
        previous = Some(c);
    }
    if cuts.len() == 1 {
        return Vec::new();
    }
    cuts.push(word.len());
    cuts.windows(2)
        .map(|cut| {
            let part = &word[cut[0]..cut[1]];
            let bare = part.trim_start_matches(['_', '.', ':']);
            (cut[0] + part.len() - bare.len(), bare)
        })
        .filter(|(_, part)| !part.is_empty())
        .collect()
}

/// Adds the term of a word, unless it is a stop word.
fn push(terms: &mut Vec<Term>, word: &str, start: usize, end: usize, counts: bool) {
    let folded = fold(word);
    if STOP_WORDS.contains(folded.as_str()) || folded.is_empty() {
        return;
    }
    let stem = stem(&folded);
    terms.push(Term {
        text: cut(&stem).to_owned(),
        start,
        end,
        counts,
    });
}

/// A word in lower case and NFKC, with plain apostrophes.
pub(crate) fn fold(word: &str) -> String {
    let normal = |c: char| if c == '\u{2019}' { '\'' } else { c };
    let folded: String = if word.is_ascii() {
        word.to_ascii_lowercase()
    } else if is_nfkc_quick(word.chars()) == IsNormalized::Yes {
        word.chars().map(normal).flat_map(char::to_lowercase).collect()
    } else {
        word.nfkc().map(normal).flat_map(char::to_lowercase).collect()
    };
    // Compatibility forms may add spaces, which index keys must not have.
    if folded.bytes().any(|b| b.is_ascii_whitespace()) {
        folded.split_whitespace().collect()
    } else {
        folded
    }
}

/// Maximum number of cached stems, about 1 MB: texts repeat a small vocabulary.
const MAX_CACHED_STEMS: usize = 16_384;

/// The stem of a folded word. Stemming takes thousands of steps, so the first [`MAX_CACHED_STEMS`] stems are cached.
pub(crate) fn stem(word: &str) -> Cow<'_, str> {
    static ENGLISH: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::English));
    static KNOWN: LazyLock<RwLock<HashMap<Box<str>, Box<str>>>> = LazyLock::new(RwLock::default);
    if !word.bytes().all(|b| b.is_ascii_alphabetic() || b == b'\'') {
        return word.into();
    }
    if let Some(stem) = KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(word) {
        return cached_stem(word, stem);
    }
    let stem = ENGLISH.stem(word);
    let mut stems = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
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

/// A term truncated to its maximum length.
fn cut(term: &str) -> &str {
    &term[..term.floor_char_boundary(MAX_TERM_BYTES)]
}

/// Whether a folded word is a function word.
pub(crate) fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.contains(word)
}

/// English function words: nearly every chunk has them, and they say nothing about its subject.
static STOP_WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    "a about above after again against all am an and any are as at be because been before being below between both but \
     by can cannot could did do does doing down during each few for from further had has have having he her here hers \
     herself him himself his how i if in into is it its itself just me more most my myself no nor not of off on once \
     only or other our ours ourselves out over own same she should so some such than that the their theirs them \
     themselves then there these they this those through to too under until up very was we were what when where which \
     while who whom why will with would you your yours yourself yourselves it's i'm don't doesn't didn't isn't aren't \
     wasn't weren't can't what's who's how's that's there's let's we're they're you're i've we've they've won't"
        .split_whitespace()
        .collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<String> {
        analyze(text).into_iter().map(|term| term.text).collect()
    }

    #[test]
    fn stems_and_drops_stop_words() {
        assert_eq!(
            terms("What are the fastest running functions?"),
            ["fastest", "run", "function"]
        );
        assert_eq!(terms("The client’s retries"), ["client", "retri"]);
    }

    #[test]
    fn keeps_identifiers_whole_and_in_parts() {
        assert_eq!(terms("lambda_http"), ["lambda_http", "lambda", "http"]);
        assert_eq!(terms("maxRetries"), ["maxretri", "max", "retri"]);
        assert_eq!(terms("us-east-1"), ["us", "east", "1", "us-east-1"]);
        assert_eq!(terms("aws.config"), ["aws.config", "aw", "config"]);
        assert_eq!(terms("well-known"), ["well", "known"], "no digit: just words");
        assert_eq!(terms("3.14 1,024"), ["3.14", "1,024"]);
    }

    #[test]
    fn the_same_word_has_one_term_however_it_is_encoded() {
        assert_eq!(terms("café"), terms("cafe\u{301}"));
        assert_eq!(terms("ﬁle"), terms("file"));
        assert_eq!(terms("漢字").len(), 2, "each ideograph is a word");
    }

    #[test]
    fn offsets_are_those_of_the_word() {
        let text = "😀 Cold starts";
        let found = analyze(text);
        assert_eq!(&text[found[1].start..found[1].end], "starts");
    }

    proptest::proptest! {
        #[test]
        fn any_text_gives_bounded_terms_at_valid_offsets(text in "\\PC*") {
            for term in analyze(&text) {
                proptest::prop_assert!(!term.text.is_empty() && term.text.len() <= MAX_TERM_BYTES);
                proptest::prop_assert!(!term.text.contains(char::is_whitespace));
                proptest::prop_assert!(text.get(term.start..term.end).is_some());
            }
        }
    }
}
