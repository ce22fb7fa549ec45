//! Whether an answer states one side of a disagreement.

use super::items::{Items, Kind};
use crate::evidence::{sentences::sentences, side::Side as Words, words::Lexicon};

/// Minimum share of the words of the attribute that an answer has.
const MIN_ATTRIBUTE: f64 = 0.5;

/// What one side of a disagreement states.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Side {
    /// The content words that all sides share.
    pub(super) attribute: Vec<String>,
    /// The value; empty or a negation when the sides differ in a negation alone.
    pub(super) value: String,
    /// Whether the statement is negative.
    pub(super) is_negated: bool,
}

impl Side {
    /// Whether a text states this side: a sentence has the value, and the text most words of the attribute.
    pub(super) fn is_stated_in(&self, text: &str) -> bool {
        let mut lexicon = Lexicon::default();
        let attribute = self.attribute.join(" ");
        let attribute = lexicon.read(&attribute, 0..attribute.len());
        let value = lexicon.read(&self.value, 0..self.value.len());
        let read: Vec<_> = sentences(text)
            .into_iter()
            .map(|range| lexicon.read(text, range))
            .collect();
        let items = |words| {
            Items::read(Words {
                text,
                words,
                lexicon: &lexicon,
            })
        };
        let value = Items::read(Words {
            text: &self.value,
            words: &value,
            lexicon: &lexicon,
        });
        let is_said_with = |has: &dyn Fn(u32) -> bool| {
            let had = attribute.iter().filter(|word| has(word.stem)).count();
            had as f64 >= MIN_ATTRIBUTE * attribute.len() as f64
        };
        let is_said = is_said_with(&|stem| read.iter().flatten().any(|word| word.stem == stem));
        is_said
            && read.iter().any(|words| {
                let sentence = items(words);
                if value.items.iter().all(|item| item.kind == Kind::Not) {
                    let negates = sentence.items.iter().any(|item| item.kind == Kind::Not);
                    return negates == self.is_negated
                        && is_said_with(&|stem| words.iter().any(|word| word.stem == stem));
                }
                (0..value.items.len()).all(|place| {
                    (0..sentence.items.len()).any(|there| {
                        value.equals(place, &sentence, there) || value.has_stem_of(place, &sentence, there)
                    })
                })
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_is_stated_in_other_words_with_the_same_value() {
        let side = |value: &str, is_negated| Side {
            attribute: ["keeps", "audit", "records"].map(str::to_owned).to_vec(),
            value: value.to_owned(),
            is_negated,
        };
        let days = side("30 days", false);
        assert!(days.is_stated_in("Audit records are kept. It is for thirty days. [1]"));
        assert!(!days.is_stated_in("Audit records are kept for 90 days."));
        assert!(!days.is_stated_in("The lamp burns for 30 days."));
        assert!(side("not", true).is_stated_in("It does not keep audit records."));
        assert!(!side("", false).is_stated_in("It does not keep audit records."));
    }
}
