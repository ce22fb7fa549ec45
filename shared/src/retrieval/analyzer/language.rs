//! Languages of documents: those that have a stemmer, and how the language of a text is told.

use rust_stemmers::Algorithm;

use crate::domain::Language;

/// A script that has a stemmer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    Latin,
    Greek,
    Cyrillic,
    Arabic,
    Tamil,
}

impl Language {
    /// The number of languages.
    pub(super) const COUNT: usize = Self::Turkish as usize + 1;

    /// The language whose rules a word of a text in this language follows: a word in another script follows those of the
    /// language that is most often written in it. English for scripts without a stemmer.
    pub(super) fn of_word(self, word: &str) -> Self {
        if self == Self::Other {
            return self;
        }
        let script = word.chars().find_map(Script::of);
        match script.unwrap_or(Script::Latin) {
            script if script == self.script() => self,
            Script::Latin => Self::English,
            Script::Greek => Self::Greek,
            Script::Cyrillic => Self::Russian,
            Script::Arabic => Self::Arabic,
            Script::Tamil => Self::Tamil,
        }
    }

    /// Whether its stemmer needs the accents: then a word with accents has another form for readers who type none.
    pub(super) fn has_stems_with_accents(self) -> bool {
        matches!(
            self,
            Self::Arabic
                | Self::French
                | Self::Hungarian
                | Self::Italian
                | Self::Portuguese
                | Self::Romanian
                | Self::Spanish
                | Self::Turkish
        )
    }

    /// The Snowball algorithm; `None` without one.
    pub(super) fn algorithm(self) -> Option<Algorithm> {
        Some(match self {
            Self::Arabic => Algorithm::Arabic,
            Self::Danish => Algorithm::Danish,
            Self::Dutch => Algorithm::Dutch,
            Self::English => Algorithm::English,
            Self::Finnish => Algorithm::Finnish,
            Self::French => Algorithm::French,
            Self::German => Algorithm::German,
            Self::Greek => Algorithm::Greek,
            Self::Hungarian => Algorithm::Hungarian,
            Self::Italian => Algorithm::Italian,
            Self::Norwegian => Algorithm::Norwegian,
            Self::Other => return None,
            Self::Portuguese => Algorithm::Portuguese,
            Self::Romanian => Algorithm::Romanian,
            Self::Russian => Algorithm::Russian,
            Self::Spanish => Algorithm::Spanish,
            Self::Swedish => Algorithm::Swedish,
            Self::Tamil => Algorithm::Tamil,
            Self::Turkish => Algorithm::Turkish,
        })
    }

    fn script(self) -> Script {
        match self {
            Self::Arabic => Script::Arabic,
            Self::Greek => Script::Greek,
            Self::Russian => Script::Cyrillic,
            Self::Tamil => Script::Tamil,
            _ => Script::Latin,
        }
    }
}

impl Script {
    /// The script of a letter; `None` for another character, and for a script without a stemmer.
    pub(super) fn of(c: char) -> Option<Self> {
        match c {
            'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Some(Self::Latin),
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Some(Self::Greek),
            '\u{400}'..='\u{52f}' => Some(Self::Cyrillic),
            '\u{600}'..='\u{6ff}' => Some(Self::Arabic),
            '\u{b80}'..='\u{bff}' => Some(Self::Tamil),
            _ => None,
        }
    }
}
