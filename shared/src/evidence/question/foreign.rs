//! Whether a sentence holds an answer of the expected kind, in languages other than English.

use super::{answer_kind::AnswerKind, terms::QuestionTerms};
use crate::evidence::{
    languages::{Language, Script, has},
    side::Side,
    words::Word,
};

/// Number of words before a name among which a preposition makes it a place.
const MAX_TO_PLACE: usize = 3;
/// Minimum length of a number word at the end of a compound, in bytes: "hundertzwanzig".
const MIN_COMPOUND_BYTES: usize = 6;
/// Number of the words before the verb of a definition.
const MAX_SUBJECT: usize = 8;

/// Whether a sentence in a language has an answer of a kind in words that the question does not have. `None` if the rules
/// for English decide: for what has no form, and for figures that these rules do not find.
pub(super) fn is_met(
    language: &Language,
    kind: AnswerKind,
    question: &QuestionTerms,
    sentence: Side<'_>,
) -> Option<bool> {
    let read = Read {
        language,
        question,
        sentence,
    };
    let places = || 0..sentence.words.len();
    Some(match kind {
        AnswerKind::Person => places().any(|place| read.is_person(place)),
        AnswerKind::Place => places().any(|place| read.is_place(place)),
        AnswerKind::Reason => read.has_reason(),
        AnswerKind::Definition => read.defines(),
        AnswerKind::Date => return places().any(|place| read.is_date(place)).then_some(true),
        AnswerKind::Count => places().any(|place| read.is_count(place)),
        AnswerKind::Duration => return places().any(|place| read.is_duration(place)).then_some(true),
        AnswerKind::Money => return places().any(|place| read.is_amount(place)).then_some(true),
        AnswerKind::Measure => {
            return places()
                .any(|place| read.is_new(place) && read.is_number(place))
                .then_some(true);
        }
        AnswerKind::Year | AnswerKind::Anything => return None,
    })
}

/// A sentence beside a question in its language.
struct Read<'a> {
    language: &'a Language,
    question: &'a QuestionTerms,
    sentence: Side<'a>,
}

impl<'a> Read<'a> {
    fn word(&self, place: usize) -> Option<&'a Word> {
        self.sentence.words.get(place)
    }

    /// The folded word at a place; empty if there is none.
    fn folded(&self, place: usize) -> &'a str {
        self.word(place)
            .map_or("", |word| self.sentence.lexicon.folded(word))
    }

    /// What follows the word at a place.
    fn after(&self, place: usize) -> &'a str {
        self.word(place)
            .map_or("", |word| &self.sentence.text[word.end..])
    }

    /// What is before the word at a place.
    fn before(&self, place: usize) -> &'a str {
        self.word(place)
            .map_or("", |word| &self.sentence.text[..word.start])
    }

    fn is_new(&self, place: usize) -> bool {
        self.word(place).is_some_and(|word| !self.question.has(word))
    }

    fn is_of_characters(&self) -> bool {
        self.language.script == Script::Characters
    }

    /// Whether a word is a new content word with a capital letter that is no part of a date or quantity.
    fn is_capital(&self, place: usize) -> bool {
        let folded = self.folded(place);
        let Language {
            dates,
            times,
            currencies,
            numbers,
            ..
        } = self.language;
        self.is_new(place)
            && self
                .word(place)
                .is_some_and(|word| word.capital && word.is_content())
            && ![dates, times, currencies, numbers]
                .iter()
                .any(|list| has(list, folded))
    }

    fn is_person(&self, place: usize) -> bool {
        if self.is_of_characters() {
            return self.is_person_in_characters(place);
        }
        let previous = || place.checked_sub(1).map_or("", |before| self.folded(before));
        if !self.is_capital(place) || has(self.language.inside, previous()) {
            return false;
        }
        let is_followed = self.is_capital(place + 1) && self.is_beside(place);
        if self.language.script != Script::Nouns {
            return place > 0 || is_followed;
        }
        // A singular verb after a noun without article: "Goethe schrieb", not "Schiffe sanken".
        let next = self.folded(place + 1);
        let is_subject =
            place == 0 && !next.is_empty() && !self.is_capital(place + 1) && !next.ends_with('n');
        is_followed || has(self.language.before_person, previous()) || is_subject
    }

    /// Whether only a space is between a word and the next one.
    fn is_beside(&self, place: usize) -> bool {
        let gap = |next: &Word| self.sentence.text[..next.start].len() - self.before(place).len();
        let length = self.word(place).map_or(0, |word| word.end - word.start);
        self.word(place + 1).is_some_and(|next| gap(next) == length + 1)
    }

    /// Whether a family name begins here, with what may surround a name, or a foreign name with its middle dot.
    fn is_person_in_characters(&self, place: usize) -> bool {
        let (before, after) = (self.before(place), self.after(place));
        if after.starts_with(['·', '・', '＝'])
            && self.is_new(place)
            && before
                .chars()
                .next_back()
                .is_none_or(|c| c.is_alphabetic() || !c.is_alphanumeric())
        {
            return true;
        }
        if self
            .language
            .before_person
            .split(' ')
            .any(|title| title.chars().count() > 1 && after.starts_with(title))
        {
            return self.is_new(place);
        }
        let text = &self.sentence.text[before.len()..];
        let family = self
            .language
            .family_names
            .split_whitespace()
            .find(|name| text.starts_with(name));
        let Some(family) = family.filter(|_| self.is_new(place)) else {
            return false;
        };
        let is_given = |c: char| matches!(c, '\u{3400}'..='\u{9fff}');
        let given = text[family.len()..].chars().next().is_some_and(is_given)
            && self.is_new(place + family.chars().count());
        if family.chars().count() > 1 {
            return given || !text[family.len()..].starts_with(is_given);
        }
        // A family name of one character is often another word: it follows punctuation or a word that names.
        let begins = before.chars().next_back().is_none_or(|c| {
            let mut text = [0; 4];
            !c.is_alphanumeric() || has(self.language.before_person, c.encode_utf8(&mut text))
        });
        given && begins
    }

    fn is_place(&self, place: usize) -> bool {
        let from = place.saturating_sub(MAX_TO_PLACE);
        let follows = || (from..place).any(|before| has(self.language.places, self.folded(before)));
        if self.is_of_characters() {
            let is_location = self.word(place).is_some_and(|word| word.is_content())
                && !self.is_number(place)
                && !self.dates_number(place);
            return self.is_new(place) && is_location && self.is_located(place);
        }
        self.is_capital(place) && place > 0 && follows()
    }

    /// Whether a particle of place is beside a character: before it in Chinese, after it in Japanese.
    fn is_located(&self, place: usize) -> bool {
        let before = place.checked_sub(1).map_or("", |before| self.folded(before));
        match self.language.name {
            "Japanese" => {
                let is_dated = has(self.language.dates, self.folded(place));
                !is_dated && self.after(place).starts_with(['に', 'で'])
            }
            _ => {
                has(self.language.places, before) && !self.folded(place).starts_with(|c: char| c.is_numeric())
            }
        }
    }

    fn is_date(&self, place: usize) -> bool {
        if self.is_of_characters() {
            return self.is_new(place) && self.is_number(place) && self.dates_number(place);
        }
        self.is_new(place) && has(self.language.dates, self.folded(place))
    }

    /// Whether a number is that of a year, month, day or hour.
    fn dates_number(&self, place: usize) -> bool {
        let after = self.after(place);
        let is_span = || {
            self.language
                .times
                .split(' ')
                .any(|time| time.chars().count() > 1 && after.starts_with(time))
        };
        let is_dated = self.language.dates.split(' ').any(|date| after.starts_with(date));
        is_dated && !is_span() && !after.chars().nth(1).is_some_and(|c| c == '間' || c == '间')
    }

    fn is_number(&self, place: usize) -> bool {
        let folded = self.folded(place);
        if folded.starts_with(|c: char| c.is_numeric()) {
            return true;
        }
        if self.is_of_characters() {
            return has(self.language.numbers, folded) && !self.before(place).ends_with('第');
        }
        let is_compound = || {
            let mut numbers = self.language.numbers.split_ascii_whitespace();
            let has_end = |number: &str| number.len() >= MIN_COMPOUND_BYTES && folded.ends_with(number);
            matches!(self.language.name, "German" | "Dutch")
                && numbers.any(has_end)
                && !has(self.language.dates, folded)
        };
        has(self.language.numbers, folded) || is_compound()
    }

    fn is_count(&self, place: usize) -> bool {
        let near = place.saturating_sub(2)..(place + 5).min(self.sentence.words.len());
        let counted = &self.question.counted;
        let is_counted = |other: &Word| counted.contains(&other.stem);
        self.is_new(place)
            && self.is_number(place)
            && !(self.is_of_characters() && self.dates_number(place))
            && !self.is_amount(place)
            && !self.is_duration(place)
            && (counted.is_empty() || self.sentence.words[near].iter().any(is_counted))
    }

    fn is_duration(&self, place: usize) -> bool {
        if !self.is_new(place) || !self.is_number(place) {
            return false;
        }
        if self.is_of_characters() {
            let is_year = self.folded(place).len() == 4;
            let mut times = self.language.times.split(' ');
            return !is_year && times.any(|time| self.after(place).starts_with(time));
        }
        (place + 1..place + 3).any(|next| has(self.language.times, self.folded(next)))
    }

    fn is_amount(&self, place: usize) -> bool {
        if !self.is_new(place) || !self.is_number(place) {
            return false;
        }
        if self.is_of_characters() {
            let after = self
                .after(place)
                .trim_start_matches(['百', '千', '万', '萬', '亿', '億']);
            return self
                .language
                .currencies
                .split(' ')
                .any(|currency| after.starts_with(currency));
        }
        (place + 1..place + 4).any(|next| has(self.language.currencies, self.folded(next)))
    }

    fn has_reason(&self) -> bool {
        if self.is_of_characters() {
            let (Some(first), Some(last)) = (self.sentence.words.first(), self.sentence.words.last()) else {
                return false;
            };
            let text = &self.sentence.text[first.start..last.end];
            return self
                .language
                .reasons
                .split(' ')
                .any(|reason| text.contains(reason));
        }
        (0..self.sentence.words.len()).any(|place| has(self.language.reasons, self.folded(place)))
    }

    /// Whether the sentence begins with the subject of the question and says what it is.
    fn defines(&self) -> bool {
        let words = self.sentence.words;
        let limit = if self.is_of_characters() {
            2 * MAX_SUBJECT
        } else {
            MAX_SUBJECT
        };
        let mut places = 0..words.len().min(limit + 1);
        let verb = places.find(|place| has(self.language.defining, self.folded(*place)));
        verb.is_some_and(|verb| words[..verb].iter().any(|word| self.question.has(word)))
    }
}
