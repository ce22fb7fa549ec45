//! Reads the tokens of a sentence, with contractions written out and abbreviations in their long form.

use super::{
    contraction::{contraction, country},
    markup::{bracket, end_of_markup},
    token::{Gap, Kind, Token},
};
use crate::evidence::{
    abbreviations::Abbreviation,
    side::Side,
    statement::{Statement, dates::Date, quantities::Unit},
    words::{Class, Narrowing, calendar::time_of_day},
};

/// The tokens of a side.
pub(super) fn tokens(side: Side<'_>, long_forms: &[Abbreviation]) -> Vec<Token> {
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
fn push(tokens: &mut Vec<Token>, token: Token, side: Side<'_>, long_forms: &[Abbreviation]) {
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
