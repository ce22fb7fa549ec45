//! Spelling of questions: words that the library does not have are read as the nearest word that it has.

use std::collections::BTreeMap;

use unicode_segmentation::UnicodeSegmentation;

use super::retrieval::Retrieved;
use crate::{
    domain::{Correction, Question},
    retrieval::spelling::{MIN_LENGTH, nearest, unknown_words},
};

/// A question with its misspelt words replaced, and what was replaced.
#[derive(Debug)]
pub struct Corrected {
    /// The question to answer.
    pub question: Question,
    /// The replaced words, in the order of the question; at least one.
    pub corrections: Vec<Correction>,
}

/// Replaces each word of a question that the library does not have by the nearest word of the library or of the
/// passages. `None` when there is nothing to replace.
pub fn correct(question: &Question, retrieved: &Retrieved) -> Option<Corrected> {
    if retrieved.unknown.is_empty() {
        return None;
    }
    let text = question.as_str();
    let vocabulary = vocabulary(retrieved);
    let mut corrected = String::with_capacity(text.len());
    let mut corrections: Vec<Correction> = Vec::new();
    let mut from = 0;
    for (at, word) in unknown_words(text, &retrieved.unknown) {
        let words = vocabulary.iter().map(|(word, count)| (word.as_str(), *count));
        let Some(nearest) = nearest(word, words) else {
            continue;
        };
        corrected.push_str(&text[from..at]);
        corrected.push_str(nearest);
        from = at + word.len();
        corrections.push(Correction {
            from: word.to_owned(),
            to: nearest.to_owned(),
        });
    }
    corrected.push_str(&text[from..]);
    let question = Question::parse(&corrected).ok()?;
    (!corrections.is_empty()).then_some(Corrected {
        question,
        corrections,
    })
}

/// The words that questions may mean, in lower case, with how often they occur: those of the library that are spelt alike, and
/// those of the passages and of what is over them.
fn vocabulary(retrieved: &Retrieved) -> BTreeMap<String, u64> {
    let mut vocabulary = retrieved.similar.clone();
    for passage in &retrieved.passages {
        for text in [&passage.header.title, &passage.context, &passage.text] {
            for word in text.unicode_words() {
                if word.chars().count() >= MIN_LENGTH {
                    *vocabulary.entry(word.to_lowercase()).or_insert(0) += 1;
                }
            }
        }
    }
    vocabulary
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retrieval::test_passages::passage;

    fn corrected(question: &str, unknown: &[&str]) -> Option<(String, Vec<String>)> {
        let retrieved = Retrieved {
            passages: vec![passage(
                "a",
                "The retention of samples is 15 days. Set keep_firing_for in a rule. The password is long.",
            )],
            unknown: unknown.iter().map(|term| (*term).to_owned()).collect(),
            ..Retrieved::default()
        };
        let Corrected {
            question,
            corrections,
        } = correct(&Question::parse(question).unwrap(), &retrieved)?;
        let corrections = corrections
            .into_iter()
            .map(|one| format!("{} > {}", one.from, one.to));
        Some((question.as_str().to_owned(), corrections.collect()))
    }

    #[test]
    fn unknown_words_become_the_nearest_words_of_the_passages() {
        let (question, corrections) = corrected("What is the retension of samples?", &["retens"]).unwrap();
        assert_eq!(question, "What is the retention of samples?");
        assert_eq!(corrections, ["retension > retention"]);
        let (question, _) = corrected("keep_fireing_for?", &["keepfireingfor"]).unwrap();
        assert_eq!(question, "keep_firing_for?");
    }

    #[test]
    fn known_short_and_far_words_and_names_stay() {
        for (question, unknown) in [
            ("What is the retension?", &[][..]),
            ("What is a rul?", &["rul"]),
            ("What is the ascension?", &["ascens"]),
            ("What is the PASSWERD?", &["passwerd"]),
            ("What is passwor2?", &["passwor2"]),
        ] {
            assert_eq!(corrected(question, unknown), None, "{question}");
        }
    }
}
