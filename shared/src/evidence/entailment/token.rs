//! Tokens of a sentence: words, numbers with their units, dates and times of day, and the punctuation before each.

use std::ops::Range;

use crate::evidence::{
    side::Side,
    statement::quantities::Unit,
    words::{
        Class, Lexicon, Narrowing, Word,
        numbers::{Currency, Dimension},
    },
};

/// The punctuation before a token, as a set of bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Gap(u16);

impl Gap {
    pub(super) const COMMA: Self = Self(1);
    pub(super) const OPEN: Self = Self(2);
    pub(super) const CLOSE: Self = Self(4);
    pub(super) const DASH: Self = Self(8);
    pub(super) const COLON: Self = Self(16);
    /// A semicolon, or the end of a sentence.
    pub(super) const STOP: Self = Self(32);
    pub(super) const BRACKET_OPEN: Self = Self(64);
    pub(super) const BRACKET_CLOSE: Self = Self(128);
    pub(super) const ELLIPSIS: Self = Self(256);
    /// Nothing, or a hyphen: the two words may be written as one.
    pub(super) const HYPHEN: Self = Self(512);
    /// What ends a phrase.
    pub(super) const BREAK: Self = Self(1 | 2 | 4 | 8 | 16 | 32);

    pub(super) fn has(self, any_of: Self) -> bool {
        self.0 & any_of.0 != 0
    }

    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The punctuation in the text between two words.
    pub(super) fn read(text: &str) -> Self {
        if text.contains("...") || text.contains('…') {
            return Self::ELLIPSIS;
        }
        let mut gap = if matches!(text, "-" | "\u{2011}" | "\u{2010}") {
            Self::HYPHEN
        } else {
            Self::default()
        };
        let mut after = text.chars().peekable();
        let mut before = None;
        while let Some(c) = after.next() {
            let spaced = |next: Option<&char>| next.is_none_or(|next| next.is_whitespace());
            gap = gap.with(match c {
                ',' | '，' | '、' => Self::COMMA,
                '(' => Self::OPEN,
                ')' => Self::CLOSE,
                '[' => Self::BRACKET_OPEN,
                ']' => Self::BRACKET_CLOSE,
                '—' | '–' => Self::DASH,
                '-' if before == Some('-') || before == Some(' ') && spaced(after.peek()) => Self::DASH,
                ':' => Self::COLON,
                ';' | '。' | '！' | '？' => Self::STOP,
                '.' | '!' | '?' => Self::STOP,
                _ => Self::default(),
            });
            before = Some(c);
        }
        gap
    }
}

/// What a token says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// A word.
    Word(Word),
    /// A word that is written as a part of another one, or several words that say one thing.
    Fixed(&'static str),
    /// A number with its unit, in the base unit of its dimension.
    Quantity(f64, Unit),
    /// A date: year, month, day, and whether the year stands for its decade.
    Date(Option<u16>, Option<u8>, Option<u8>, bool),
    /// A time of day, in minutes after midnight.
    Time(u16),
}

/// One token.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) class: Class,
    /// The places of its first and last word in the side that it was read from.
    pub(super) first: usize,
    pub(super) last: usize,
    /// The punctuation before it.
    pub(super) gap: Gap,
    pub(super) capital: bool,
    /// Whether it is a possessor: "Petrel's".
    pub(super) is_genitive: bool,
    /// A sign that is a part of the word: "C#", "CD4+".
    pub(super) suffix: Option<char>,
    /// The number of decimals of a number.
    pub(super) decimals: usize,
}

impl Token {
    /// Whether it names or describes something, or is a value.
    pub(super) fn is_content(&self) -> bool {
        match self.kind {
            Kind::Quantity(..) | Kind::Date(..) | Kind::Time(_) => true,
            Kind::Word(_) | Kind::Fixed(_) => matches!(
                self.class,
                Class::Content | Class::Narrowing(Narrowing::Attribution | Narrowing::Denial)
            ),
        }
    }

    /// Whether it narrows a statement: see [`Narrowing`].
    pub(super) fn narrows(&self) -> bool {
        self.class.narrows()
    }

    pub(super) fn is(&self, narrowing: Narrowing) -> bool {
        self.class == Class::Narrowing(narrowing)
    }

    /// The word in lower case; empty for a value.
    pub(super) fn text<'a>(&self, lexicon: &'a Lexicon) -> &'a str {
        match &self.kind {
            Kind::Word(word) => lexicon.folded(word),
            Kind::Fixed(text) => text,
            Kind::Quantity(..) | Kind::Date(..) | Kind::Time(_) => "",
        }
    }

    /// Whether two tokens say the same.
    pub(super) fn is_same(&self, other: &Self, lexicon: &Lexicon) -> bool {
        match (&self.kind, &other.kind) {
            // "CD4+" is not "CD4-", nor "C++" "C".
            _ if self.suffix != other.suffix => false,
            (Kind::Word(one), Kind::Word(other_word))
                if self.class == other.class
                    && matches!(
                        self.class,
                        Class::Narrowing(
                            Narrowing::Attribution
                                | Narrowing::Denial
                                | Narrowing::Negation
                                | Narrowing::Hedge
                        )
                    ) =>
            {
                lexicon.is_same(one, other_word) || alike(self.text(lexicon), other.text(lexicon))
            }
            (Kind::Word(_) | Kind::Fixed(_), Kind::Word(_) | Kind::Fixed(_))
                if self.class != Class::Content || other.class != Class::Content =>
            {
                alike(self.text(lexicon), other.text(lexicon))
            }
            (Kind::Word(one), Kind::Word(other)) => lexicon.is_same(one, other),
            (Kind::Word(_) | Kind::Fixed(_), Kind::Word(_) | Kind::Fixed(_)) => {
                self.text(lexicon) == other.text(lexicon)
            }
            (Kind::Quantity(one, unit), Kind::Quantity(other_value, other_unit)) => {
                // Without a unit, 1.10 may be the version after 1.9.
                let is_version = self.decimals.min(other.decimals) > 0 && !matches!(unit, Unit::Measure(_));
                (!is_version || self.decimals == other.decimals)
                    && (equal(*one, *unit, *other_value, *other_unit)
                        || equal(*other_value, *other_unit, *one, *unit))
            }
            (Kind::Word(word), Kind::Quantity(value, unit))
            | (Kind::Quantity(value, unit), Kind::Word(word)) => {
                let one = lexicon.folded(word) == "one" && (value - 1.0).abs() < f64::EPSILON;
                one && !matches!(unit, Unit::Measure(_))
            }
            // "2000" is read as a year, "2,000" as a number.
            (Kind::Date(Some(year), None, None, false), Kind::Quantity(value, unit))
            | (Kind::Quantity(value, unit), Kind::Date(Some(year), None, None, false)) => {
                !matches!(unit, Unit::Measure(_) | Unit::Rank)
                    && (value - f64::from(*year)).abs() < f64::EPSILON
            }
            (one, other) => one == other,
        }
    }
}

/// Whether a value in a unit is the same as another: exactly, since a rounded number is another number.
fn equal(one: f64, unit: Unit, other: f64, other_unit: Unit) -> bool {
    let near = |one: f64, other: f64| (one - other).abs() <= 1e-9 * one.abs().max(other.abs());
    match (unit, other_unit) {
        // Pounds are money after a sign and a mass by themselves.
        (Unit::Measure(Dimension::Money(Currency::Pound)), Unit::Measure(Dimension::Mass)) => {
            near(one * GRAMS_PER_POUND, other)
        }
        (Unit::Measure(one_of), Unit::Measure(other_of)) => one_of == other_of && near(one, other),
        (Unit::Measure(_), _) | (_, Unit::Measure(_)) => false,
        (Unit::Rank, _) | (_, Unit::Rank) => unit == other_unit && near(one, other),
        _ => near(one, other),
    }
}

/// The avoirdupois pound (NIST Handbook 44, appendix C), as `words::numbers` has it.
const GRAMS_PER_POUND: f64 = 453.592;

/// Whether two function words say the same.
fn alike(one: &str, other: &str) -> bool {
    one == other || group(one) == group(other)
}

/// The first of a group of function words that say the same (Cambridge Grammar, chapters 3, 5 and 7).
fn group(word: &str) -> &str {
    match word {
        "may" | "might" => "may",
        "is" | "are" | "am" => "is",
        "was" | "were" => "was",
        "has" | "have" => "has",
        "only" | "just" | "merely" | "solely" | "exclusively" => "only",
        "about" | "approximately" | "roughly" | "circa" | "ca" => "about",
        "almost" | "nearly" => "almost",
        "all" | "every" => "all",
        "on" | "upon" => "on",
        "toward" | "towards" => "toward",
        "among" | "amongst" => "among",
        "until" | "till" => "until",
        "while" | "whereas" => "while",
        "although" | "though" => "although",
        "and" | "&" | "but" => "and",
        "perhaps" | "maybe" | "possibly" => "perhaps",
        "partly" | "partially" => "partly",
        "mainly" | "mostly" | "primarily" | "largely" => "mainly",
        "usually" | "normally" | "typically" | "generally" => "usually",
        "often" | "frequently" => "often",
        "fully" | "completely" | "entirely" | "totally" => "fully",
        "sometimes" | "occasionally" => "sometimes",
        "i" | "me" => "i",
        word => word,
    }
}

/// The words of a side from one token to another, as they are written.
pub(super) fn shown(side: Side<'_>, tokens: &[Token], range: Range<usize>) -> String {
    match (tokens.get(range.start), tokens.get(range.end.saturating_sub(1))) {
        (Some(first), Some(last)) => side.shown(first.first.min(last.first), last.last.max(first.last)),
        _ => String::new(),
    }
}
