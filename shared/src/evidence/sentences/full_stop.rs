//! Full stops that end no sentence: abbreviations, initials, ordinals and the numbers of items.

use super::abbreviations::{
    Stop, follows_ordinal, follows_time, is_particle, is_starter, precedes_ordinal, stop,
};

/// Maximum length of a number or letter that begins an item, in bytes with its full stop and markup.
const MAX_ENUMERATOR_BYTES: usize = 12;
/// Maximum length of what is read after a terminator, in bytes.
const MAX_NEXT_BYTES: usize = 64;
/// Maximum number of words in an abbreviation: "i. d. R.".
const MAX_ABBREVIATION_WORDS: usize = 3;

/// Whether a character is a terminator of Latin text.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…')
}

/// The beginning of what follows.
pub(super) struct Next<'a> {
    /// Its first word, with what is inside it.
    word: &'a str,
    /// Whether it begins in lower case, as no sentence does.
    pub(super) is_lower: bool,
}

impl<'a> Next<'a> {
    pub(super) fn read(after: &'a str) -> Self {
        let after = &after[..after.floor_char_boundary(MAX_NEXT_BYTES)];
        let text = after.trim_start_matches(|c: char| !c.is_alphanumeric() && !is_mark(c));
        let skipped = &after[..after.len() - text.len()];
        let end =
            text.find(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | ')' | '!' | '?' | '"'));
        let word = &text[..end.unwrap_or(text.len())];
        let is_name = word
            .chars()
            .take_while(|c| c.is_alphanumeric())
            .any(char::is_uppercase);
        // "'s Avonds"
        let is_clitic = skipped.ends_with(['\'', '’']) && word.len() == 1;
        let is_marked = skipped.contains(['`', '¿', '¡']);
        Self {
            word,
            is_lower: word.starts_with(char::is_lowercase) && !is_name && !is_clitic && !is_marked,
        }
    }

    /// The word without what is not a letter at its end.
    fn bare(&self) -> &'a str {
        self.word.trim_end_matches(|c: char| !c.is_alphanumeric())
    }

    /// Whether it begins with a number, in digits or Roman numerals.
    fn is_number(&self) -> bool {
        let bare = self.bare();
        self.word.starts_with(|c: char| c.is_numeric()) || bare != "I" && is_roman(bare)
    }

    fn is_starter(&self) -> bool {
        let head = self.word.split(['\'', '’', '-', '.']).next().unwrap_or_default();
        is_starter(head) || is_starter(self.bare())
    }
}

/// Whether a full stop, not followed by lower case, ends the sentence. `words` is what is before it.
pub(super) fn ends_at_full_stop(words: &str, next: &Next<'_>) -> bool {
    let mut rest = words.split_whitespace();
    let Some(last) = rest.next_back() else {
        return false;
    };
    let word = last.trim_start_matches(is_opening);
    let previous = rest.next_back().unwrap_or_default();
    if word.ends_with(is_thai) || is_enumerator(words, previous, word) || is_ordinal(previous, word, next) {
        return false;
    }
    match abbreviation(words, word, previous.is_empty()) {
        Some(Stop::Inside) => false,
        Some(Stop::Open) => next.is_starter(),
        Some(Stop::BeforeNumber) => !next.is_number() && !is_initial(previous, word, next),
        Some(Stop::Time) => !follows_time(next.bare()),
        None => !is_initial(previous, word, next),
    }
}

/// Whether a character may be before the first letter of a word: quotation marks, brackets and markup.
fn is_opening(c: char) -> bool {
    !c.is_alphanumeric() && !matches!(c, '°' | '$' | '%' | '#' | '@' | '/' | '.')
}

/// Thai has no full stop: one belongs to an abbreviation.
fn is_thai(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{e7f}')
}

/// The class of the abbreviation that a text without its last full stop ends in.
fn abbreviation(words: &str, word: &str, is_first: bool) -> Option<Stop> {
    let mut key = word.to_owned();
    let mut keys = vec![key.clone()];
    let parts = words
        .split_whitespace()
        .rev()
        .skip(1)
        .take(MAX_ABBREVIATION_WORDS - 1);
    for part in parts {
        let bare = part.trim_start_matches(is_opening);
        if !bare.ends_with('.') || bare.chars().filter(|c| *c != '.').count() > 2 {
            break;
        }
        key.insert_str(0, bare);
        keys.push(key.clone());
    }
    // "Ca. 5" at the beginning of a sentence, and "Dipl.-Ing." or "l'art. 5" at the end of a longer word.
    let small = uncapitalized(word).filter(|_| is_first);
    let tail = word.rsplit(['-', '/', '\'', '’']).next().unwrap_or_default();
    let keys = keys.iter().rev().map(String::as_str);
    let known = keys.chain(small.as_deref()).chain([tail]).find_map(stop);
    let is_street = || word.ends_with("str") && word.len() > 3;
    known
        .or_else(|| is_street().then_some(Stop::BeforeNumber))
        .or_else(|| is_dotted(word).then_some(Stop::Open))
}

fn uncapitalized(word: &str) -> Option<String> {
    let first = word.chars().next().filter(|c| c.is_uppercase())?;
    Some(first.to_lowercase().chain(word.chars().skip(1)).collect())
}

/// Whether a word is an abbreviation by its form: letters between full stops, such as `U.S` or `Ph.D`.
fn is_dotted(word: &str) -> bool {
    let is_part =
        |part: &str| (1..=2).contains(&part.chars().count()) && part.chars().all(char::is_alphabetic);
    word.contains('.')
        && word
            .split(['.', '-'])
            .filter(|part| !part.is_empty())
            .all(is_part)
}

/// Whether a word is a single letter that goes on: the initial of a name, or the first letter of "z. B.".
fn is_initial(previous: &str, word: &str, next: &Next<'_>) -> bool {
    let mut letters = word.chars();
    let (Some(letter), None) = (letters.next(), letters.next()) else {
        return false;
    };
    let (bare, is_capital) = (next.bare(), next.word.starts_with(char::is_uppercase));
    if next.word.ends_with('.') && stop(&format!("{letter}.{bare}")).is_some() {
        return true;
    }
    // "12 V." is a quantity.
    if !letter.is_alphabetic() || previous.ends_with(|c: char| c.is_numeric()) {
        return false;
    }
    let is_followed = next.word.ends_with('.') && bare.chars().count() == 1;
    let is_name = is_capital && (!next.is_starter() || is_particle(bare));
    is_followed || letter.is_uppercase() && letter != 'I' && is_name
}

/// Whether a number or letter with a full stop begins an item: it is all of the sentence so far, or follows a colon.
fn is_enumerator(words: &str, previous: &str, word: &str) -> bool {
    let is_number = (1..=3).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_letter = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
    let is_alone = previous.is_empty() && words.trim().len() <= MAX_ENUMERATOR_BYTES;
    (is_number || is_letter || is_roman(word)) && (is_alone || is_number && previous.ends_with(':'))
}

fn is_roman(word: &str) -> bool {
    (1..=7).contains(&word.len()) && word.bytes().all(|byte| b"IVXLCM".contains(&byte))
}

/// Whether a number with a full stop is an ordinal or a part of a date: "3. Mai", "im 2. Stock", "3. 5. 1871".
fn is_ordinal(previous: &str, word: &str, next: &Next<'_>) -> bool {
    let is_short =
        |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_day = |text: &str| text.strip_suffix('.').is_some_and(is_short);
    if !is_short(word) {
        return is_roman(word) && follows_ordinal(next.bare());
    }
    let is_year = next.bare().len() == 4 && next.bare().bytes().all(|byte| byte.is_ascii_digit());
    follows_ordinal(next.bare())
        || is_day(next.word)
        || is_day(previous) && is_year
        || precedes_ordinal(previous) && next.word.starts_with(char::is_uppercase) && !next.is_starter()
}
