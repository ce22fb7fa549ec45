//! Another number, unit or date.

use crate::commands::eval::faults::{
    passages::Sample,
    seeded::Random,
    words::{core, is_one_of, lower, lowered, replaced, tokens, with_core},
};

pub(super) const MONTHS: &str =
    "January February March April May June July August September October November December";
const WEEKDAYS: &str = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday";
/// From two: "one" is often a pronoun.
const SPELLED: &str = "two three four five six seven eight nine ten eleven twelve";
/// After these, another number may be implied: at least five is at least four.
const BOUNDS: &str = "least most than over under to within above below exceeding minimum maximum until before after \
     almost nearly between through";
/// After these, a number is a name.
const NAMES_OF_NUMBERS: &str = "figure table section chapter version step part no number type phase page title form \
     level grade article rule";
const UNITS: [&str; 9] = [
    "seconds minutes hours days weeks months years",
    "second minute hour day week month year",
    "ms s min h",
    "KB MB GB TB",
    "mg kg g",
    "mm cm km m",
    "metres kilometres centimetres miles feet",
    "euros dollars pounds francs",
    "degrees percent points",
];
const CURRENCIES: [char; 3] = ['$', '€', '£'];

/// Another number: one of the passage, or a new one.
pub(super) fn number_changed(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let tokens = sample.tokens();
    let numbers = numbers(&sample.passage.text);
    let mut places: Vec<usize> = (0..tokens.len()).filter(|at| is_count(&tokens, *at)).collect();
    random.shuffle(&mut places);
    let at = places.into_iter().next()?;
    let old = core(tokens[at]);
    let new = if is_digits(old) {
        let kept: Vec<&String> = numbers
            .iter()
            .filter(|number| {
                is_digits(number) && number.contains('.') == old.contains('.') && !is_year(number)
            })
            .filter(|number| !tokens.iter().any(|token| core(token) == number.as_str()))
            .collect();
        match random.pick(&kept) {
            Some(other) if random.below(2) == 0 => (*other).clone(),
            _ => other_number(old, &numbers, random),
        }
    } else {
        let others: Vec<&str> = SPELLED
            .split(' ')
            .filter(|word| !numbers.contains(&(*word).to_owned()))
            .collect();
        (*random.pick(&others)?).to_owned()
    };
    Some(replaced(&tokens, at, &new))
}

/// The numbers of a text, as written.
fn numbers(text: &str) -> Vec<String> {
    let cores = tokens(text).into_iter().map(core);
    cores
        .filter(|core| is_digits(core) || is_one_of(&core.to_lowercase(), SPELLED))
        .map(str::to_lowercase)
        .collect()
}

fn is_digits(core: &str) -> bool {
    core.starts_with(|c: char| c.is_ascii_digit())
        && core.ends_with(|c: char| c.is_ascii_digit())
        && core.chars().all(|c| c.is_ascii_digit() || c == ',' || c == '.')
        && core.matches('.').count() <= 1
}

fn is_year(core: &str) -> bool {
    core.len() == 4 && core.parse::<u32>().is_ok_and(|year| (1500..2100).contains(&year))
}

/// Whether a token is a number that counts or measures something.
fn is_count(tokens: &[&str], at: usize) -> bool {
    let token = tokens[at];
    let number = core(token);
    let before = at.checked_sub(1).map(|before| tokens[before]).unwrap_or_default();
    let after = tokens.get(at + 1).copied().unwrap_or_default();
    let is_spelled = is_one_of(number, SPELLED);
    (is_digits(number) && !is_year(number) || is_spelled)
        && is_plain_number(token)
        && (!number.starts_with('0') || number.contains('.'))
        && !is_one_of(&lower(before), BOUNDS)
        && !is_one_of(&lower(before), NAMES_OF_NUMBERS)
        && !is_one_of(core(before), MONTHS)
        && !is_one_of(core(after), MONTHS)
        && at > 0
}

/// Whether only brackets, a currency and the end of a phrase are around a number.
fn is_plain_number(token: &str) -> bool {
    let number = core(token);
    let Some((before, after)) = token.split_once(number) else {
        return false;
    };
    before.chars().all(|c| c == '(' || CURRENCIES.contains(&c)) && after.chars().all(|c| ".,;:)%".contains(c))
}

fn other_number(old: &str, taken: &[String], random: &mut Random) -> String {
    for _ in 0..50 {
        let mut digits: Vec<char> = old.chars().collect();
        let places: Vec<usize> = (0..digits.len())
            .filter(|at| digits[*at].is_ascii_digit())
            .collect();
        // The first digit: a last digit may be within what "about" allows.
        let place = places.first().copied().unwrap_or_default();
        let digit = 1 + random.below(9);
        digits[place] = char::from_digit(u32::try_from(digit).unwrap_or(1), 10).unwrap_or('1');
        let new: String = digits.into_iter().collect();
        if new != old && !taken.contains(&new) {
            return new;
        }
    }
    format!("1{old}")
}

/// Another unit of the same quantity.
pub(super) fn unit_changed(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let tokens = sample.tokens();
    let mut places: Vec<usize> = (0..tokens.len()).collect();
    random.shuffle(&mut places);
    places.into_iter().find_map(|at| {
        let before = at.checked_sub(1).map(|before| tokens[before]).unwrap_or_default();
        if is_one_of(&lower(before), BOUNDS) {
            return None;
        }
        hyphenated(&tokens, at, random)
            .or_else(|| other_currency(&tokens, at, random))
            .or_else(|| following(&tokens, at, random))
    })
}

/// "30 minutes" becomes "30 hours".
fn following(tokens: &[&str], at: usize, random: &mut Random) -> Option<String> {
    let number = core(tokens[at]);
    let unit = *tokens.get(at + 1)?;
    if !(is_digits(number) || is_one_of(&number.to_lowercase(), SPELLED))
        || tokens[at].ends_with([',', ')', '%', '.'])
    {
        return None;
    }
    // The list of short units has no number in words.
    let new = other_unit(core(unit), random)?;
    Some(replaced(tokens, at + 1, new))
}

/// "30-minute" becomes "30-hour".
fn hyphenated(tokens: &[&str], at: usize, random: &mut Random) -> Option<String> {
    let (number, unit) = core(tokens[at]).split_once('-')?;
    if !(is_digits(number) || is_one_of(&number.to_lowercase(), SPELLED)) {
        return None;
    }
    let new = other_unit(unit, random)?;
    Some(replaced(tokens, at, &format!("{number}-{new}")))
}

fn other_currency(tokens: &[&str], at: usize, random: &mut Random) -> Option<String> {
    let sign = tokens[at].chars().find(|c| CURRENCIES.contains(c))?;
    is_digits(core(tokens[at])).then_some(())?;
    let others: Vec<char> = CURRENCIES.into_iter().filter(|other| *other != sign).collect();
    let other = random.pick(&others)?.to_string();
    let changed = tokens[at].replacen(sign, &other, 1);
    Some(crate::commands::eval::faults::words::spliced(
        tokens,
        at..at + 1,
        &changed,
    ))
}

fn other_unit(unit: &str, random: &mut Random) -> Option<&'static str> {
    let group = UNITS.iter().find(|group| is_one_of(unit, group))?;
    let others: Vec<&str> = group.split(' ').filter(|other| *other != unit).collect();
    random.pick(&others).copied()
}

/// Another month, weekday or year.
pub(super) fn date_changed(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let tokens = sample.tokens();
    let words = lowered(&tokens);
    let mut places: Vec<usize> = (1..tokens.len()).collect();
    random.shuffle(&mut places);
    places.into_iter().find_map(|at| {
        let token = core(tokens[at]);
        let before = &words[at - 1];
        let after = words.get(at + 1).map_or("", String::as_str);
        let is_dated = [
            "in", "of", "since", "from", "until", "by", "on", "during", "to", "early", "late",
        ]
        .contains(&&**before)
            || before.chars().all(|c| c.is_ascii_digit())
            || after.chars().all(|c| c.is_ascii_digit());
        if is_one_of(token, MONTHS) && is_dated {
            return other_of(MONTHS, &tokens, at, sample, random);
        }
        if is_one_of(token, WEEKDAYS) {
            return other_of(WEEKDAYS, &tokens, at, sample, random);
        }
        let is_after_preposition = ["in", "since", "of", "by", "from", "until", "during"]
            .contains(&&**before)
            || is_one_of(core(tokens[at - 1]), MONTHS)
            || tokens[at - 1].ends_with(',');
        (is_year(token) && is_plain_number(tokens[at]) && is_after_preposition).then_some(())?;
        let year: usize = token.parse().ok()?;
        let new = (year + 1 + random.below(9)).to_string();
        let new = if sample.passage.contains(&new) {
            (year - 11).to_string()
        } else {
            new
        };
        (!sample.passage.contains(&new)).then(|| replaced(&tokens, at, &new))
    })
}

fn other_of(
    list: &str,
    tokens: &[&str],
    at: usize,
    sample: &Sample<'_>,
    random: &mut Random,
) -> Option<String> {
    let others: Vec<&str> = list
        .split(' ')
        .filter(|other| !sample.passage.contains(other))
        .collect();
    let new = random.pick(&others)?;
    Some(replaced(tokens, at, &with_core(core(tokens[at]), new)))
}
