//! The entity agent: finds the entities of a text by rules. It runs beside retrieval and never fails.

use std::{collections::BTreeSet, ops::Range};

use unicode_segmentation::UnicodeSegmentation;

use crate::domain::{Entity, EntityKind};

/// Maximum number of entities.
const MAX_ENTITIES: usize = 32;

/// Returns the names, dates, numbers, quoted spans and identifiers of a text, in order and without duplicates.
pub fn entities(text: &str) -> Vec<Entity> {
    let mut found = quoted(text);
    let words: Vec<Range<usize>> = text
        .unicode_word_indices()
        .map(|(at, word)| at..at + word.len())
        .collect();
    let mut next = 0;
    while next < words.len() {
        let at = &words[next];
        if found.iter().any(|(range, _)| range.contains(&at.start)) {
            next += 1;
            continue;
        }
        let rules = [date, number, identifier, name];
        let (count, kind) = rules
            .iter()
            .find_map(|rule| rule(text, &words[next..], next == 0))
            .unwrap_or((0, EntityKind::Name));
        if count > 0 {
            found.push((at.start..words[next + count - 1].end, kind));
        }
        next += count.max(1);
    }
    found.sort_unstable_by_key(|(range, _)| range.start);
    let mut seen = BTreeSet::new();
    found
        .into_iter()
        .map(|(range, kind)| Entity {
            name: text[range].to_owned(),
            kind,
        })
        .filter(|entity| seen.insert((entity.kind, entity.name.to_lowercase())))
        .take(MAX_ENTITIES)
        .collect()
}

/// A match of a rule: the number of words matched from the front, and the kind of entity.
type RuleMatch = Option<(usize, EntityKind)>;

/// Finds text in quotation marks or backticks, up to 200 bytes.
fn quoted(text: &str) -> Vec<(Range<usize>, EntityKind)> {
    let mut found = Vec::new();
    for (open, close) in [('"', '"'), ('“', '”'), ('`', '`'), ('«', '»')] {
        let mut from = 0;
        while let Some(start) = text[from..].find(open).map(|at| from + at + open.len_utf8()) {
            let Some(length) = text[start..].find(close) else {
                break;
            };
            let inside = &text[start..start + length];
            if !inside.trim().is_empty() && inside.len() <= 200 {
                found.push((start..start + length, EntityKind::Quoted));
            }
            from = start + length + close.len_utf8();
        }
    }
    found
}

/// Matches a full date, a day with a month, a month with a year, or a year.
fn date(text: &str, words: &[Range<usize>], _first: bool) -> RuleMatch {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let word = |n: usize| words.get(n).map_or("", |range| &text[range.clone()]);
    let is_month = |word: &str| MONTHS.contains(&word);
    let is_day = |word: &str| word.len() <= 2 && word.parse().is_ok_and(|day: u8| (1..=31).contains(&day));
    let is_year =
        |word: &str| word.len() == 4 && word.parse().is_ok_and(|year: u16| (1000..3000).contains(&year));
    let joined = |n: usize, by: &str| {
        words
            .get(n + 1)
            .is_some_and(|next| &text[words[n].end..next.start] == by)
    };
    let count = if is_year(word(0)) && joined(0, "-") && joined(1, "-") && is_day(word(2)) {
        3
    } else if (is_day(word(0)) && is_month(word(1))) || (is_month(word(0)) && is_day(word(1))) {
        if is_year(word(2)) { 3 } else { 2 }
    } else if is_month(word(0)) && is_year(word(1)) {
        2
    } else if is_year(word(0)) {
        1
    } else {
        return None;
    };
    Some((count, EntityKind::Date))
}

/// Matches a number with an optional unit.
fn number(text: &str, words: &[Range<usize>], _first: bool) -> RuleMatch {
    const UNITS: [&str; 30] = [
        "ms", "s", "second", "seconds", "minute", "minutes", "hour", "hours", "day", "days", "week", "weeks",
        "month", "months", "year", "years", "byte", "bytes", "KB", "MB", "GB", "TB", "percent", "requests",
        "units", "dollars", "USD", "EUR", "km", "m",
    ];
    let word = &text[words[0].clone()];
    if !word.starts_with(|c: char| c.is_numeric()) || word.chars().any(char::is_alphabetic) {
        return None;
    }
    let unit = words
        .get(1)
        .filter(|next| text[words[0].end..next.start].trim().is_empty());
    let has_unit = unit.is_some_and(|range| UNITS.contains(&&text[range.clone()]));
    Some((if has_unit { 2 } else { 1 }, EntityKind::Number))
}

/// Matches words joined by `-`, `/`, `::` or `.` that look technical.
fn identifier(text: &str, words: &[Range<usize>], _first: bool) -> RuleMatch {
    let is_join = |gap: &str| matches!(gap, "-" | "/" | "::" | ".");
    let run = words
        .windows(2)
        .take_while(|pair| is_join(&text[pair[0].end..pair[1].start]))
        .count()
        + 1;
    let whole = &text[words[0].start..words[run - 1].end];
    let has = |test: fn(char) -> bool| whole.chars().any(test);
    let camel = whole
        .chars()
        .zip(whole.chars().skip(1))
        .any(|(a, b)| a.is_lowercase() && b.is_uppercase());
    let technical = has(|c| c == '_') || whole.contains("::") || camel;
    let coded = has(|c| c.is_ascii_digit()) && has(char::is_alphabetic);
    let dotted = whole.trim_end_matches('.').contains('.') && has(char::is_alphabetic);
    (technical || coded || dotted).then_some((run, EntityKind::Identifier))
}

/// Matches adjacent capitalized words. The first word of a text matches only if more follow or it has several capitals.
fn name(text: &str, words: &[Range<usize>], first: bool) -> RuleMatch {
    const NOT_NAMES: [&str; 26] = [
        "What", "When", "Where", "Which", "Who", "Whom", "Whose", "Why", "How", "Is", "Are", "Was", "Were",
        "Do", "Does", "Did", "Can", "Could", "Should", "Would", "Will", "The", "A", "An", "I", "In",
    ];
    let capital = |range: &Range<usize>| {
        let word = &text[range.clone()];
        word.starts_with(char::is_uppercase) && !NOT_NAMES.contains(&word)
    };
    if !capital(&words[0]) {
        return None;
    }
    let near = |pair: &&[Range<usize>]| &text[pair[0].end..pair[1].start] == " " && capital(&pair[1]);
    let run = words.windows(2).take_while(near).count() + 1;
    let acronym = text[words[0].clone()]
        .chars()
        .filter(|c| c.is_uppercase())
        .count()
        > 1;
    (run > 1 || acronym || !first).then_some((run, EntityKind::Name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, EntityKind)> {
        entities(text)
            .into_iter()
            .map(|entity| (entity.name, entity.kind))
            .collect()
    }

    fn one(name: &str, kind: EntityKind) -> (String, EntityKind) {
        (name.to_owned(), kind)
    }

    #[test]
    fn names_dates_numbers_and_quotes() {
        assert_eq!(
            found(
                "When did Harbour Freight Lines move \"Tidewater\" to AWS, in March 2023 or 12 May 2024, in 43 minutes?"
            ),
            [
                one("Harbour Freight Lines", EntityKind::Name),
                one("Tidewater", EntityKind::Quoted),
                one("AWS", EntityKind::Name),
                one("March 2023", EntityKind::Date),
                one("12 May 2024", EntityKind::Date),
                one("43 minutes", EntityKind::Number),
            ]
        );
    }

    #[test]
    fn identifiers() {
        assert_eq!(
            found("does tokio::join! beat maxRetries in us-east-1 with lambda_http?"),
            [
                one("tokio::join", EntityKind::Identifier),
                one("maxRetries", EntityKind::Identifier),
                one("us-east-1", EntityKind::Identifier),
                one("lambda_http", EntityKind::Identifier),
            ]
        );
    }

    #[test]
    fn a_plain_question_names_nothing() {
        assert_eq!(found("How fast is it?"), []);
        assert_eq!(found("Cold starts are slow"), []);
    }

    proptest::proptest! {
        #[test]
        fn every_entity_occurs_in_the_text(text in "(\\PC|[\"`“”. A-Z0-9]){0,200}") {
            for entity in entities(&text) {
                proptest::prop_assert!(text.contains(&entity.name));
            }
        }
    }
}
