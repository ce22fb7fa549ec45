//! Names: one replaced by another of the passage, or two of a sentence exchanged.

use std::ops::Range;

use super::values::MONTHS;
use crate::commands::eval::faults::{
    passages::Sample,
    seeded::Random,
    words::{core, ends_phrase, is_function_word, is_one_of, join, lowered, spliced, tokens},
};

const NO_NAMES: &str = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday I Yes No OK Note";
/// With these between them or before them, two names may change places.
const SYMMETRIC: &str = "and or with versus vs between both nor like";

/// A name in a sentence.
struct Name {
    tokens: Range<usize>,
    text: String,
}

/// The sentence with another name of the passage in place of one of its own.
pub(super) fn replaced(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let own = sample.tokens();
    let mut candidates: Vec<String> = Vec::new();
    for other in sample.others() {
        candidates.extend(names(&tokens(&other.plain)).into_iter().map(|name| name.text));
    }
    candidates.sort();
    candidates.dedup();
    let mut names = names(&own);
    random.shuffle(&mut names);
    let name = names.first()?;
    candidates.retain(|other| {
        names.iter().all(|own| is_another(&own.text, other))
            && !sample.sentence.plain.contains(other.as_str())
    });
    let other = random.pick(&candidates)?;
    Some(with_name(&own, &name.tokens, other))
}

/// The sentence with two of its names exchanged.
pub(super) fn exchanged(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let own = sample.tokens();
    let names = names(&own);
    let mut pairs = Vec::new();
    for (at, first) in names.iter().enumerate() {
        for second in &names[at + 1..] {
            let between = lowered(&own[first.tokens.end..second.tokens.start]);
            let says_something = between
                .iter()
                .any(|word| !is_one_of(word, "a an the of in is are was were as"));
            let before = lowered(&own[..first.tokens.start]);
            let is_symmetric = between
                .iter()
                .chain(&before)
                .any(|word| is_one_of(word, SYMMETRIC));
            if is_another(&first.text, &second.text) && says_something && !is_symmetric {
                pairs.push((first, second));
            }
        }
    }
    let (first, second) = *random.pick(&pairs)?;
    let later = with_name(&own, &second.tokens, &first.text);
    Some(with_name(&tokens(&later), &first.tokens, &second.text))
}

/// The names of a sentence: capitalized words in a row, not at its start.
fn names(tokens: &[&str]) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    for (at, token) in tokens.iter().enumerate().skip(1) {
        if !is_name(token) || tokens[at - 1].ends_with([':', '.']) {
            continue;
        }
        match names.last_mut() {
            Some(last)
                if last.tokens.end == at
                    && !ends_phrase(tokens[at - 1])
                    && !has_possessive(tokens[at - 1]) =>
            {
                last.tokens.end = at + 1;
            }
            _ => names.push(Name {
                tokens: at..at + 1,
                text: String::new(),
            }),
        }
    }
    for name in &mut names {
        name.text = join(tokens[name.tokens.clone()].iter().map(|token| core(token)));
    }
    // A month is a date; a plural is a class of things.
    names.retain(|name| {
        !tokens[name.tokens.clone()]
            .iter()
            .any(|token| is_one_of(core(token), MONTHS))
    });
    names
}

fn is_name(token: &str) -> bool {
    let core = core(token);
    core.len() > 1
        && core.starts_with(char::is_uppercase)
        && core.chars().all(|c| c.is_alphanumeric() || "-.&'’".contains(c))
        && !token.starts_with(['"', '“', '[', '(', '\'', '‘'])
        && !is_one_of(core, NO_NAMES)
        && !is_function_word(core)
}

fn has_possessive(token: &str) -> bool {
    token.ends_with("'s") || token.ends_with("’s")
}

/// Whether two names may not mean the same: no shared word, and no abbreviation of the other.
fn is_another(left: &str, right: &str) -> bool {
    let initials = |name: &str| {
        name.split([' ', '-'])
            .filter_map(|word| word.chars().next())
            .collect::<String>()
    };
    let words = |name: &str| lowered(&name.split([' ', '-']).collect::<Vec<_>>());
    let (of_left, of_right) = (words(left), words(right));
    let shared = of_left.iter().any(|word| {
        of_right
            .iter()
            .any(|other| word.starts_with(other.as_str()) || other.starts_with(word.as_str()))
    });
    let abbreviates = |short: &str, long: &str| {
        let letters: String = short.chars().filter(|c| c.is_uppercase()).collect();
        letters.len() > 1 && initials(long).to_uppercase().contains(&letters)
    };
    !shared && !abbreviates(left, right) && !abbreviates(right, left)
}

fn with_name(tokens: &[&str], range: &Range<usize>, name: &str) -> String {
    let (first, last) = (tokens[range.start], tokens[range.end - 1]);
    let start = first.find(core(first)).unwrap_or_default();
    let end = last
        .rfind(core(last))
        .map_or(last.len(), |end| end + core(last).len());
    let text = format!("{}{name}{}", &first[..start], &last[end..]);
    spliced(tokens, range.clone(), &text)
}
