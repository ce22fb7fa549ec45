//! Stop words: function words, which nearly every text has and which say nothing about its subject.

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::function_words::FUNCTION_WORDS;
use crate::domain::Language;

/// English words that are in nearly every text.
const COMMON: &str = "a all an and any are as at be but by can each for from has have if in into is it its more not of on only or \
                      other such that the then there these this to was when which will with you your";

/// English words that are in every tenth text of 300 words or more.
const FREQUENT: &str = "about after because been before between both could did do does during had he here his how i most my no \
                        once our out over own same she should so some than their them they those through under up very we \
                        were what where while would";

/// English function words that are less frequent.
const RARE: &str = "above again against am being below cannot doing down few further having her hers herself him himself itself \
                    just me myself nor off ours ourselves theirs themselves too until who whom why yours yourself \
                    yourselves it's i'm don't doesn't didn't isn't aren't wasn't weren't can't what's who's how's that's \
                    there's let's we're they're you're i've we've they've won't";

/// The stop words of a language.
pub(super) struct StopWords {
    places: HashMap<&'static str, u16>,
    /// The length of the longest word, in bytes.
    longest: usize,
    /// Each word, and how frequent it is: among how many words of a text it stands out.
    pub(super) words: Vec<(&'static str, usize)>,
}

/// A word of nearly every text stands out if it is at least one of this many words.
const ONE_OF_COMMON: usize = 16;
/// The same for a word of every tenth text.
const ONE_OF_FREQUENT: usize = 64;

impl StopWords {
    fn new(lists: &[(&'static str, usize)]) -> Self {
        let words: Vec<_> = lists
            .iter()
            .flat_map(|(list, one_of)| list.split_whitespace().map(|word| (word, *one_of)))
            .collect();
        let places = words
            .iter()
            .zip(0..)
            .map(|((word, _), place)| (*word, place))
            .collect();
        Self {
            longest: words.iter().map(|(word, _)| word.len()).max().unwrap_or(0),
            places,
            words,
        }
    }

    /// The place of a folded word among the stop words.
    pub(super) fn place(&self, word: &str) -> Option<u16> {
        if word.len() > self.longest {
            return None;
        }
        self.places.get(word).copied()
    }
}

/// The stop words of a language; those of English where there are no others.
pub(super) fn stop_words(language: Language) -> &'static StopWords {
    static ENGLISH: LazyLock<StopWords> = LazyLock::new(|| {
        StopWords::new(&[
            (COMMON, ONE_OF_COMMON),
            (FREQUENT, ONE_OF_FREQUENT),
            (RARE, usize::MAX),
        ])
    });
    static OTHERS: LazyLock<HashMap<Language, StopWords>> = LazyLock::new(|| {
        let lists = FUNCTION_WORDS
            .iter()
            .filter(|(language, _)| *language != Language::Other);
        lists
            .map(|(language, words)| (*language, StopWords::new(&[(*words, ONE_OF_COMMON)])))
            .collect()
    });
    match language {
        Language::English | Language::Other => &ENGLISH,
        _ => OTHERS.get(&language).unwrap_or(&ENGLISH),
    }
}

/// Whether a folded word is an English function word.
pub(crate) fn is_stop_word(word: &str) -> bool {
    stop_words(Language::English).place(word).is_some()
}
