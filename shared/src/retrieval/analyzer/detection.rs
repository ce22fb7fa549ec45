//! Detection: the language of a text by its function words.

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::{
    folding::lower_into,
    function_words::FUNCTION_WORDS,
    language::Script,
    scanner::{Kind, Scanner},
    stop_words::is_stop_word,
};
use crate::domain::Language;

/// Words that are read: more do not change the language.
const MAX_WORDS: usize = 1_000;
/// Function words that a text must have for another language than English, and the least share of its words.
const MIN_HITS: f32 = 2.0;
const MIN_SHARE: f32 = 0.12;
/// How far ahead of English another language must be.
const LEAD: f32 = 1.3;

impl Language {
    /// The language of a document. English for a short text or one of several languages.
    pub fn detect(text: &str, title: &str) -> Self {
        let mut counts = [0.0; MAX_LISTS];
        let (mut english, mut words, mut arabic, mut tamil) = (0.0, 0, 0, 0);
        let mut lower = String::new();
        for part in [title, text] {
            let tokens = Scanner::new(part).filter(|token| token.kind == Kind::Word && token.shape.letters);
            for token in tokens.take(MAX_WORDS) {
                lower_into(&part[token.start..token.end], &mut lower);
                words += 1;
                match lower.chars().next().and_then(Script::of) {
                    Some(Script::Arabic) => arabic += 1,
                    Some(Script::Tamil) => tamil += 1,
                    _ => {}
                }
                let lists = lists_of(&lower);
                // A word of several languages says less.
                let share = 1.0 / (lists.len() as f32 + f32::from(u8::from(is_stop_word(&lower)))).sqrt();
                for list in lists {
                    counts[usize::from(*list)] += share;
                }
                if is_stop_word(&lower) {
                    english += share;
                }
            }
        }
        // The only languages of their scripts that have a stemmer.
        if arabic > words / 2 {
            return Self::Arabic;
        }
        if tamil > words / 2 {
            return Self::Tamil;
        }
        let best = (0..FUNCTION_WORDS.len()).max_by(|one, other| counts[*one].total_cmp(&counts[*other]));
        let Some(best) = best else {
            return Self::English;
        };
        let hits = counts[best];
        if hits < MIN_HITS || hits < MIN_SHARE * words as f32 || hits < LEAD * english {
            return Self::English;
        }
        FUNCTION_WORDS[best].0
    }
}

/// An upper bound of the number of lists.
const MAX_LISTS: usize = 32;
const _: () = assert!(FUNCTION_WORDS.len() <= MAX_LISTS);

/// The places of the lists that have a word.
fn lists_of(word: &str) -> &'static [u8] {
    static LISTS: LazyLock<HashMap<&'static str, Vec<u8>>> = LazyLock::new(|| {
        let mut lists: HashMap<&str, Vec<u8>> = HashMap::new();
        for (place, (_, words)) in (0..).zip(FUNCTION_WORDS) {
            for word in words.split_whitespace() {
                lists.entry(word).or_default().push(place);
            }
        }
        lists
    });
    LISTS.get(word).map_or(&[], Vec::as_slice)
}
