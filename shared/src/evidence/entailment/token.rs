//! Tokens of a sentence: its words with numbers, dates and times of day as values, contractions written out, and
//! abbreviations in their long form.

use std::ops::Range;

use crate::evidence::{
    side::Side,
    statement::{Statement, dates::Date, quantities::Unit},
    words::{
        Class, Lexicon, Narrowing, Word,
        calendar::time_of_day,
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

    fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The punctuation in the text between two words.
    fn read(text: &str) -> Self {
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
    suffix: Option<char>,
    /// The number of decimals of a number.
    decimals: usize,
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

/// The long form of an abbreviation, as the source gives it: the abbreviation in lower case and the words.
pub(super) type LongForm = (String, Vec<Word>);

/// The tokens of a side.
pub(super) fn tokens(side: Side<'_>, long_forms: &[LongForm]) -> Vec<Token> {
    let statement = Statement::parse(side);
    let mut tokens: Vec<Token> = Vec::with_capacity(side.words.len());
    let mut at = 0;
    // The punctuation since the last token, over words that are themselves punctuation.
    let mut gap = before_first(side);
    let mut is_after_markup = false;
    while at < side.words.len() {
        if let Some(after) = end_of_markup(side, at) {
            (at, is_after_markup) = (after, true);
            continue;
        }
        if at > 0 {
            let text = side.gap(at - 1);
            let closed = text
                .find([')', '>', '}', ']'])
                .filter(|_| std::mem::take(&mut is_after_markup));
            let text = closed.map_or(text, |at| &text[at + 1..]);
            gap = gap.with(sentence_break(side, at, Gap::read(text)));
        }
        if let Some(bracket) = bracket(side.folded(at)) {
            gap = gap.with(bracket);
            at += 1;
            continue;
        }
        let (kind, last) = value(side, &statement, at).unwrap_or_else(|| word(side, &statement, at));
        if matches!(kind, Kind::Quantity(..)) {
            tokens.extend(sign(side, at, gap));
        }
        let found = Token {
            class: class(side, &kind, at),
            capital: side.words[at].capital,
            is_genitive: side.words[last].as_written(side.text).ends_with("'s")
                || side.words[last].as_written(side.text).ends_with("\u{2019}s"),
            suffix: suffix(side, last),
            decimals: side.words[at]
                .as_written(side.text)
                .split_once('.')
                .map_or(0, |(_, decimals)| decimals.len()),
            first: at,
            gap,
            kind,
            last,
        };
        gap = Gap::default();
        at = last + 1;
        push(&mut tokens, found, side, long_forms);
    }
    tokens
}

/// The punctuation before the first word, on its line.
fn before_first(side: Side<'_>) -> Gap {
    let Some(first) = side.words.first() else {
        return Gap::default();
    };
    let before = &side.text[..first.start];
    let mark = before.trim_end_matches(['"', '\'', '*', '_', '\u{201c}']);
    if mark.ends_with('…')
        || mark.ends_with("...")
        || mark.trim_end().ends_with("[…]")
        || mark.trim_end().ends_with("[...]")
    {
        return Gap::ELLIPSIS;
    }
    if before.ends_with('[') {
        Gap::BRACKET_OPEN
    } else {
        Gap::default()
    }
}

/// A full stop after an abbreviation or initial ends no sentence.
fn sentence_break(side: Side<'_>, at: usize, gap: Gap) -> Gap {
    let text = side.gap(at - 1);
    let previous = side.words[at - 1];
    let is_short = previous.end - previous.start <= 3 && text.trim_end() == ".";
    let is_glued = text == "." || text == "!" || text == "?";
    if gap == Gap::STOP && (is_short || is_glued) {
        return Gap::default();
    }
    gap
}

/// The place after markup that begins at a word: the address of a link, an HTML tag or a template tag.
fn end_of_markup(side: Side<'_>, at: usize) -> Option<usize> {
    let before = match at.checked_sub(1) {
        Some(previous) => side.gap(previous),
        None => "",
    };
    let is_number = |place: usize| side.folded(place).bytes().all(|byte| byte.is_ascii_digit());
    // The number of a reference, which a claim does not repeat: "[2-8]".
    if before.ends_with('[') && is_number(at) {
        let last = (at..side.words.len())
            .find(|&place| side.gap(place).contains(']') || place + 1 == side.words.len());
        return last
            .filter(|&last| (at..=last).all(is_number))
            .map(|last| last + 1);
    }
    let opens = |open: &str| {
        let after = before.rsplit_once(open).map(|(_, after)| after);
        after.is_some_and(|after| !after.contains([')', '>', '}', ' ']))
    };
    let is_template = |open: &str| open.starts_with('{') && before.contains(open) && !before.contains('}');
    let close = [
        ("](", ")"),
        ("<", ">"),
        ("{{", "}}"),
        ("{%", "%}"),
        ("{:", "}"),
        ("{#", "}"),
    ]
    .into_iter()
    .find(|(open, _)| opens(open) || is_template(open))
    .map(|(_, close)| close)?;
    let end = (at..side.words.len()).find(|&place| side.gap(place).contains(close));
    // A link may close after the last word.
    let end = end.or((close == ")").then(|| side.words.len() - 1));
    end.map(|place| place + 1)
}

/// A bracket that is written as a word, as the Penn Treebank does.
fn bracket(folded: &str) -> Option<Gap> {
    match folded {
        "lrb" | "lsb" => Some(Gap::OPEN),
        "rrb" | "rsb" => Some(Gap::CLOSE),
        _ => None,
    }
}

/// The sign right after a word that is a part of it. A hyphen is one after an abbreviation or a word with a digit.
fn suffix(side: Side<'_>, at: usize) -> Option<char> {
    let word = side.words[at];
    let mut after = side.text[word.end..].chars();
    let sign = after.next()?;
    let is_code = |c: char| c.is_ascii_digit() || c.is_uppercase();
    let ends = after.next().is_none_or(|next| !next.is_alphanumeric());
    match sign {
        '+' | '#' => Some(sign),
        '-' | '\u{2212}' | '\u{2013}' if ends && word.as_written(side.text).chars().skip(1).any(is_code) => {
            Some('-')
        }
        _ => None,
    }
}

/// A bound that is written as a sign before a number.
fn sign(side: Side<'_>, at: usize, gap: Gap) -> Option<Token> {
    let text = match side.text[..side.words[at].start]
        .trim_end_matches(' ')
        .chars()
        .next_back()?
    {
        '<' => "less than",
        '>' => "more than",
        '\u{2264}' => "at most",
        '\u{2265}' => "at least",
        '~' | '\u{2248}' => "about",
        '\u{b1}' => "plus or minus",
        _ => return None,
    };
    Some(Token {
        kind: Kind::Fixed(text),
        class: Class::Narrowing(Narrowing::Bound),
        first: at,
        last: at,
        gap,
        capital: false,
        is_genitive: false,
        suffix: None,
        decimals: 0,
    })
}

/// The value that begins at a word, and the place of its last word.
fn value(side: Side<'_>, statement: &Statement<'_>, at: usize) -> Option<(Kind, usize)> {
    if let Some((minutes, last)) = time_of_day(|place| side.folded(at + place)) {
        return Some((Kind::Time(minutes), at + last));
    }
    if let Some(date) = statement.dates.iter().find(|date| *date.words.start() == at) {
        let Date {
            year,
            month,
            day,
            is_decade,
            ref words,
        } = *date;
        return Some((Kind::Date(year, month, day, is_decade), *words.end()));
    }
    if let Some(quantity) = statement
        .quantities
        .iter()
        .find(|quantity| *quantity.words.start() == at)
    {
        let before = &side.text[..side.words[at].start];
        let is_negative = before.ends_with('\u{2212}')
            || before
                .strip_suffix('-')
                .is_some_and(|before| before.is_empty() || before.ends_with([' ', '(', '\n']));
        let unit = match quantity.unit {
            Unit::Things(_) => Unit::Bare,
            unit => unit,
        };
        let value = if is_negative {
            -quantity.value
        } else {
            quantity.value
        };
        return Some((Kind::Quantity(value, unit), *quantity.words.end()));
    }
    let rank = rank(side.folded(at))?;
    Some((Kind::Quantity(rank, Unit::Rank), at))
}

/// The number of an ordinal in letters. "First" and "second" stay words: "first" is often "before all else", and
/// "second" a unit of time.
fn rank(folded: &str) -> Option<f64> {
    Some(match folded {
        "third" => 3.0,
        "fourth" => 4.0,
        "fifth" => 5.0,
        "sixth" => 6.0,
        "seventh" => 7.0,
        "eighth" => 8.0,
        "ninth" => 9.0,
        "tenth" => 10.0,
        "eleventh" => 11.0,
        "twelfth" => 12.0,
        _ => return None,
    })
}

/// A word, or several that say one thing: "at least", "more than".
fn word(side: Side<'_>, statement: &Statement<'_>, at: usize) -> (Kind, usize) {
    let counts = |place: usize| {
        statement
            .quantities
            .iter()
            .any(|quantity| *quantity.words.start() == place)
            || statement.dates.iter().any(|date| *date.words.start() == place)
            || side.folded(place).starts_with(|c: char| c.is_ascii_digit())
            || matches!(side.folded(place), "one" | "a" | "an" | "half")
    };
    let (one, two, three) = (side.folded(at), side.folded(at + 1), side.folded(at + 2));
    let bound = match (one, two, three) {
        ("no", "less" | "fewer", "than") => Some(("at least", 2)),
        ("no" | "not", "more", "than") => Some(("at most", 2)),
        ("at", "least", _) => Some(("at least", 1)),
        ("at", "most", _) | ("up", "to", _) => Some(("at most", 1)),
        ("more" | "greater" | "higher" | "longer" | "larger", "than", _) if counts(at + 2) => {
            Some(("more than", 1))
        }
        ("less" | "fewer" | "lower" | "shorter", "than", _) if counts(at + 2) => Some(("less than", 1)),
        _ => None,
    };
    if let Some((text, more)) = bound.filter(|(_, more)| counts(at + more + 1)) {
        return (Kind::Fixed(text), at + more);
    }
    let single = match one {
        "over" | "above" | "exceeding" => Some("more than"),
        "under" | "below" => Some("less than"),
        "about" | "around" | "some" => Some("about"),
        _ => None,
    };
    match single.filter(|_| counts(at + 1) && !matches!(two, "a" | "an" | "one")) {
        Some(text) => (Kind::Fixed(text), at),
        None => (Kind::Word(side.words[at]), at),
    }
}

/// The class of a token. A word with a capital letter inside a sentence is a name, whatever it is in lower case.
fn class(side: Side<'_>, kind: &Kind, at: usize) -> Class {
    match kind {
        Kind::Fixed(_) => Class::Narrowing(Narrowing::Bound),
        Kind::Quantity(..) | Kind::Date(..) | Kind::Time(_) => Class::Content,
        Kind::Word(word) => {
            let class = side.lexicon.class(word);
            let is_title = at > 0 && word.capital && !is_shouted(side);
            match class {
                Class::Narrowing(Narrowing::Modal | Narrowing::Attribution) if is_title => Class::Content,
                // "one of the most", "more than one", "a few": quantities of their own, by the words around them.
                _ => class,
            }
        }
    }
}

/// Whether nearly all words begin with a capital letter, so that capitals say nothing.
fn is_shouted(side: Side<'_>) -> bool {
    let capitals = side.words.iter().filter(|word| word.capital).count();
    capitals * 4 > side.words.len() * 3
}

/// Adds a token: a contraction as its parts, an abbreviation as its long form.
fn push(tokens: &mut Vec<Token>, token: Token, side: Side<'_>, long_forms: &[LongForm]) {
    let Kind::Word(word) = token.kind else {
        return tokens.push(token);
    };
    let folded = side.lexicon.folded(&word);
    if let Some((_, long)) = long_forms.iter().find(|(short, _)| {
        short == folded && (is_capitals(word.as_written(side.text)) || token.class == Class::Content)
    }) {
        let mut gap = token.gap;
        for word in long {
            let class = side.lexicon.class(word);
            tokens.push(Token {
                kind: Kind::Word(*word),
                class,
                gap,
                ..token
            });
            gap = Gap::default();
        }
        return;
    }
    let written = word.as_written(side.text);
    let parts = match country(written) {
        [] => contraction(folded, written),
        long => long.iter().map(|text| (*text, Class::Content)).collect(),
    };
    if parts.is_empty() {
        return tokens.push(token);
    }
    let mut gap = token.gap;
    for (text, class) in parts {
        tokens.push(Token {
            kind: Kind::Fixed(text),
            class,
            gap,
            ..token
        });
        gap = Gap::default();
    }
}

/// Whether a word is written in capital letters: "IT" is no "it".
fn is_capitals(written: &str) -> bool {
    written.chars().take(2).all(char::is_uppercase)
}

/// The long form of an abbreviation that needs no explanation (United Nations Terminology Database; ISO 3166).
fn country(written: &str) -> &'static [&'static str] {
    match written {
        "US" | "U.S" | "USA" | "U.S.A" => &["united", "states"],
        "UK" | "U.K" => &["united", "kingdom"],
        "EU" | "E.U" => &["european", "union"],
        "UN" | "U.N" => &["united", "nations"],
        _ => &[],
    }
}

/// The parts of a contraction (Cambridge Grammar, chapter 3, 1.6); empty for any other word.
fn contraction(folded: &str, written: &str) -> Vec<(&'static str, Class)> {
    let not = ("not", Class::Narrowing(Narrowing::Negation));
    let modal = |text| (text, Class::Narrowing(Narrowing::Modal));
    match folded {
        "can't" | "cannot" => vec![modal("can"), not],
        "won't" => vec![modal("will"), not],
        "shan't" => vec![modal("shall"), not],
        "couldn't" => vec![modal("could"), not],
        "wouldn't" => vec![modal("would"), not],
        "shouldn't" => vec![modal("should"), not],
        "mustn't" => vec![modal("must"), not],
        "mightn't" => vec![modal("may"), not],
        "isn't" | "aren't" => vec![("is", Class::BePresent), not],
        "wasn't" | "weren't" => vec![("was", Class::BePast), not],
        "don't" | "doesn't" | "didn't" => vec![("do", Class::Do), not],
        "hasn't" | "haven't" | "hadn't" => vec![("has", Class::Have), not],
        "n't" => vec![not],
        _ => pronoun_contraction(folded, written),
    }
}

fn pronoun_contraction(folded: &str, written: &str) -> Vec<(&'static str, Class)> {
    const PRONOUNS: [&str; 10] = [
        "it", "he", "she", "that", "there", "they", "we", "you", "i", "what",
    ];
    let ending = written.rsplit(['\'', '\u{2019}']).next().unwrap_or_default();
    let head = folded.split('\'').next().unwrap_or_default();
    let Some(head) = PRONOUNS.into_iter().find(|pronoun| *pronoun == head) else {
        return Vec::new();
    };
    if ending.len() == written.len() {
        return Vec::new();
    }
    let class = match head {
        "that" => Class::Determiner,
        "there" | "what" => Class::Content,
        _ => Class::Pronoun,
    };
    let auxiliary = match ending {
        "s" | "re" | "m" | "S" | "RE" | "M" => ("is", Class::BePresent),
        "ve" | "VE" => ("has", Class::Have),
        "ll" | "LL" => ("will", Class::Narrowing(Narrowing::Modal)),
        "d" | "D" => ("would", Class::Narrowing(Narrowing::Modal)),
        _ => return Vec::new(),
    };
    vec![(head, class), auxiliary]
}

/// The words of a side from one token to another, as they are written.
pub(super) fn shown(side: Side<'_>, tokens: &[Token], range: Range<usize>) -> String {
    match (tokens.get(range.start), tokens.get(range.end.saturating_sub(1))) {
        (Some(first), Some(last)) => side.shown(first.first.min(last.first), last.last.max(first.last)),
        _ => String::new(),
    }
}
