//! Languages of questions other than English: their function words, the forms in which they ask, and the words that show
//! the kind of an answer. Each language is one file of data.

mod chinese;
mod dutch;
mod french;
mod german;
mod italian;
mod japanese;
mod language;
mod portuguese;
mod spanish;

pub(crate) use language::{Asked, Language, Script, has};

use crate::retrieval::analyzer;

/// Languages that are told apart by their function words.
const BY_WORDS: [&Language; 6] = [
    &german::GERMAN,
    &french::FRENCH,
    &spanish::SPANISH,
    &italian::ITALIAN,
    &portuguese::PORTUGUESE,
    &dutch::DUTCH,
];

/// Minimum number of words in a question whose language is told by them.
const MIN_WORDS: usize = 3;
/// Minimum number of function words of the language. One may be an English word too, if the question begins by asking.
const MIN_HITS: usize = 2;
/// Words that no question in another language has, except in names.
const ENGLISH: &str = "who whom whose what when where why how which the";

/// The language of a question; `None` for English, and for what cannot be told.
pub(crate) fn detect(question: &str) -> Option<&'static Language> {
    if question.contains(is_kana) {
        return Some(&japanese::JAPANESE);
    }
    if question.contains(is_ideograph) {
        return Some(&chinese::CHINESE);
    }
    let words = words(question);
    if words.len() < MIN_WORDS || words.iter().any(|word| has(ENGLISH, word)) {
        return None;
    }
    let mut best = (0, None);
    for (place, language) in BY_WORDS.into_iter().enumerate() {
        let is_of_another = |word: &str| {
            let mut others = BY_WORDS.iter().enumerate().filter(|(other, _)| *other != place);
            others.any(|(_, other)| other.is_common(word))
        };
        let (mut hits, mut score, mut english) = (0, 0, 0);
        let begins = language.asks_with(&words[0]);
        for word in &words {
            let (is_own, is_english) = (language.is_common(word), analyzer::is_stop_word(word));
            hits += usize::from(is_own && (!is_english || begins));
            // A word of one language counts twice.
            score += usize::from(is_own) + usize::from(is_own && !is_english && !is_of_another(word));
            english += usize::from(is_english && !is_own);
        }
        if hits >= MIN_HITS && score > 2 * english && score > best.0 {
            best = (score, Some(language));
        }
    }
    best.1
}

/// The words of a question in lower case, with elided words apart: "l'an" as "l" and "an". A capital letter after the first
/// word makes a name of it: "El Alto".
fn words(question: &str) -> Vec<String> {
    let is_apart = |c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '’'));
    let words = question
        .split(is_apart)
        .flat_map(|word| match word.split_once(['\'', '’']) {
            Some((head, rest)) if rest.chars().count() > 1 => [head, rest],
            // "Grey's"
            _ => [word, ""],
        });
    let words = words.filter(|word| !word.is_empty());
    let is_name = |place: usize, word: &str| place > 0 && word.starts_with(char::is_uppercase);
    words
        .enumerate()
        .map(|(place, word)| {
            if is_name(place, word) {
                word.to_owned()
            } else {
                analyzer::fold(word)
            }
        })
        .collect()
}

fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30ff}')
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_function_words_of_a_question_tell_its_language() {
        for (question, stemmer) in [
            ("Who was the first keeper?", None),
            ("What is Das Kapital?", None),
            ("Where is Los Angeles?", None),
            ("install node on Debian", None),
            ("How do I set the de-DE locale?", None),
            ("was ist", None),
            ("Is El Al an airline?", None),
            ("Wer war der erste Wärter des Turms?", Some("German")),
            ("Wie hoch ist der Turm?", Some("German")),
            ("Wann wurde das Licht entzündet?", Some("German")),
            ("Qui était le premier gardien du phare ?", Some("French")),
            ("Où se trouve le phare ?", Some("French")),
            ("¿Quién fue el primer guardián del faro?", Some("Spanish")),
            ("¿Dónde está el faro?", Some("Spanish")),
            ("Chi fu il primo guardiano del faro?", Some("Italian")),
            ("Quando fu acceso il faro?", Some("Italian")),
            ("Quem foi o primeiro guardião do farol?", Some("Portuguese")),
            ("Quando foi construído o farol?", Some("Portuguese")),
            ("Quanto tempo durou a obra do farol?", Some("Portuguese")),
            ("Do I need a visa?", None),
            ("Who is De Gaulle?", None),
            ("When did the war in die Heimat end?", None),
            ("Compare La Paz and El Alto", None),
            ("Combien coûte un billet ?", Some("French")),
            ("Warum brennt das Licht?", Some("German")),
            ("Was bedeutet der Name?", Some("German")),
            ("Waarom brandt het licht?", Some("Dutch")),
            ("Perché il faro è chiuso?", Some("Italian")),
            ("Cuánto cuesta una entrada", Some("Spanish")),
            ("Wie was de eerste wachter van de toren?", Some("Dutch")),
            ("Hoeveel treden heeft de toren?", Some("Dutch")),
            ("谁是第一任看守人？", Some("Chinese")),
            ("灯台守は誰でしたか？", Some("Japanese")),
        ] {
            assert_eq!(
                detect(question).map(|language| language.name),
                stemmer,
                "{question}"
            );
        }
    }
}
