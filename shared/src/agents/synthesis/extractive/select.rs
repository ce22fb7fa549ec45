//! Scoring the sentences of the passages by how well they answer a question.

use std::{
    collections::{BTreeMap, HashSet},
    ops::Range,
};

use super::quotable::{Dependency, dependency, is_quotable};
use crate::{
    domain::{Passage, Question},
    evidence::{
        question::{AnswerKind, QuestionTerm, QuestionTerms},
        sentences::sentences,
        side::Side,
        words::{Lexicon, Word},
    },
};

/// Maximum distance of a pronoun to the sentence that names its antecedent, in sentences.
const MAX_ANTECEDENT_DISTANCE: usize = 4;
/// Number of names at which the signal saturates.
const MAX_NAMES: usize = 4;

/// A sentence that can be quoted.
#[derive(Debug, Clone)]
pub struct SentenceCandidate {
    /// Index of the passage, from 0.
    pub source: usize,
    /// Byte range in the passage.
    pub range: Range<usize>,
    /// Byte ranges of the earlier sentences that must be quoted with it, in order.
    pub leading: Vec<Range<usize>>,
    /// Score, in log-odds; comparable among the candidates of one question.
    pub score: f64,
    /// Share of the question's weight that the sentence covers together with its title and headings, 0 to 1.
    pub coverage: f64,
    /// Whether it has the expected kind of answer; `None` if that cannot be determined.
    pub is_expected: Option<bool>,
    /// Stems of its content words.
    pub(super) stems: HashSet<u32>,
}

/// Weights of the signals of a sentence, as log-odds that it is the answer.
///
/// Fitted as a softmax over the sentences of a question on every second line of QED and Natural Questions, both within the
/// right passage and among the passages of a search. Rounded; the weight of the first position is lowered, because other
/// texts do not begin like an encyclopaedia.
mod weight {
    /// Share of the question that the sentence covers.
    pub(super) const COVERED: f64 = 1.5;
    /// Share that its title and headings add.
    pub(super) const OVER: f64 = 2.0;
    /// Share that the sentence covers of what title and headings leave open: the title has the subject, the sentence has
    /// what is asked about it.
    pub(super) const REST: f64 = 1.7;
    /// First position in its passage.
    pub(super) const FIRST: f64 = 0.7;
    /// Score of its passage, relative to the best one.
    pub(super) const RANK: f64 = 6.0;
    /// Logarithm of the number of words that are not in the question.
    pub(super) const NEW: f64 = 0.4;
    /// Number of names that are not in the question, relative to [`super::MAX_NAMES`].
    pub(super) const NAMES: f64 = 0.3;
}

/// Returns the quotable sentences of the passages, best first. `weights` is the weight of each term of the question.
pub fn candidates(
    question: &Question,
    weights: &BTreeMap<String, f64>,
    passages: &[Passage],
) -> Vec<SentenceCandidate> {
    let mut lexicon = Lexicon::default();
    let question = QuestionTerms::read(&mut lexicon, question.as_str(), weights);
    let pages: Vec<PassageSentences<'_>> = passages
        .iter()
        .map(|passage| PassageSentences::read(passage, &mut lexicon))
        .collect();
    let best = passages
        .iter()
        .map(|passage| passage.score)
        .fold(f64::MIN_POSITIVE, f64::max);
    let mut candidates: Vec<SentenceCandidate> = (0..)
        .zip(&pages)
        .flat_map(|(source, page)| page.candidates(source, &question, &lexicon, page.passage.score / best))
        .collect();
    candidates.sort_unstable_by(|a, b| {
        let place = |one: &SentenceCandidate| (one.source, one.range.start);
        b.score.total_cmp(&a.score).then_with(|| place(a).cmp(&place(b)))
    });
    candidates
}

/// A passage with its sentences, tokenized.
struct PassageSentences<'a> {
    passage: &'a Passage,
    sentences: Vec<Range<usize>>,
    words: Vec<Vec<Word>>,
    heading_stems: HashSet<u32>,
}

impl<'a> PassageSentences<'a> {
    fn read(passage: &'a Passage, lexicon: &mut Lexicon) -> Self {
        let sentences = sentences(&passage.text);
        let mut read = |text: &str, range: Range<usize>| lexicon.read(text, range);
        let words = sentences
            .iter()
            .map(|range| read(&passage.text, range.clone()))
            .collect();
        let heading_stems = [passage.header.title.as_str(), &passage.context]
            .into_iter()
            .flat_map(|text| read(text, 0..text.len()))
            .map(|word| word.stem)
            .collect();
        Self {
            passage,
            sentences,
            words,
            heading_stems,
        }
    }

    /// Returns the quotable sentences with their scores.
    fn candidates(
        &self,
        source: usize,
        question: &QuestionTerms,
        lexicon: &Lexicon,
        rank: f64,
    ) -> Vec<SentenceCandidate> {
        let candidate = |place: usize| {
            let words = &self.words[place];
            let own: HashSet<u32> = words.iter().map(|word| word.stem).collect();
            let side = Side {
                text: &self.passage.text,
                words,
                lexicon,
            };
            let is_expected = question.expected.is_met(question, side);
            Some(SentenceCandidate {
                source,
                range: self.sentences[place].clone(),
                leading: self.leading(place)?,
                score: weight::RANK * rank
                    + if place == 0 { weight::FIRST } else { 0.0 }
                    + answer_kind_score(question.expected, is_expected)
                    + self.score(question, words, &own),
                coverage: question.coverage(|stem| own.contains(&stem) || self.heading_stems.contains(&stem)),
                is_expected,
                stems: words
                    .iter()
                    .filter(|word| word.is_content())
                    .map(|word| word.stem)
                    .collect(),
            })
        };
        let quotable = (0..self.sentences.len()).filter(|place| is_quotable(self.text(*place)));
        quotable.filter_map(candidate).collect()
    }

    fn text(&self, place: usize) -> &str {
        &self.passage.text[self.sentences[place].clone()]
    }

    /// Scores the words of a sentence: what they cover of the question, and what they add.
    fn score(&self, question: &QuestionTerms, words: &[Word], own: &HashSet<u32>) -> f64 {
        let covered = question.coverage(|stem| own.contains(&stem));
        let with_headings =
            question.coverage(|stem| own.contains(&stem) || self.heading_stems.contains(&stem));
        let is_open = |word: &QuestionTerm| word.found(|stem| self.heading_stems.contains(&stem)) == 0.0;
        let rest = question.coverage_of(is_open, |stem| own.contains(&stem));
        let new = || {
            words
                .iter()
                .filter(|word| word.is_content() && !question.has(word))
        };
        let stems: HashSet<u32> = new().map(|word| word.stem).collect();
        let names = new().filter(|word| word.capital).count().min(MAX_NAMES);
        weight::COVERED * covered
            + weight::OVER * (with_headings - covered)
            + weight::REST * rest.unwrap_or(0.5)
            + weight::NEW * (1.0 + stems.len() as f64).ln()
            + weight::NAMES * names as f64 / MAX_NAMES as f64
    }

    /// Returns the sentences that must be quoted before a sentence, so that its pronoun has an antecedent; `None` if there is
    /// no suitable one near enough.
    fn leading(&self, place: usize) -> Option<Vec<Range<usize>>> {
        let max_distance = match dependency(self.text(place)) {
            Dependency::Standalone => return Some(Vec::new()),
            Dependency::Continuation => 1,
            Dependency::Pronoun => MAX_ANTECEDENT_DISTANCE,
        };
        let mut before = (0..place).rev().take(max_distance);
        let named = before.find(|before| dependency(self.text(*before)) == Dependency::Standalone)?;
        let between = &self.passage.text[self.sentences[named].end..self.sentences[place].start];
        let is_running = !between.contains(['#', '|', '`']) && !between.contains("\n- ");
        (is_running && is_quotable(self.text(named))).then(|| vec![self.sentences[named].clone()])
    }
}

/// Scores whether a sentence has the expected kind of answer. Fitted together with [`weight`].
fn answer_kind_score(expected: AnswerKind, is_met: Option<bool>) -> f64 {
    let weight = match expected {
        AnswerKind::Person | AnswerKind::Place => 0.8,
        AnswerKind::Date | AnswerKind::Year => 1.3,
        AnswerKind::Count | AnswerKind::Duration | AnswerKind::Money | AnswerKind::Measure => 1.4,
        AnswerKind::Definition => 0.5,
        AnswerKind::Reason | AnswerKind::Anything => 0.0,
    };
    match is_met {
        Some(true) => weight,
        Some(false) => -weight,
        None => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retrieval::test_passages::passage;

    fn best(question: &str, text: &str) -> String {
        let passages = [passage("lamp", text)];
        let question = Question::parse(question).unwrap();
        let chosen = candidates(&question, &BTreeMap::new(), &passages)
            .into_iter()
            .next();
        chosen
            .map(|chosen| text[chosen.range].to_owned())
            .unwrap_or_default()
    }

    const LAMP: &str = "The lamp stands on a rock far from the coast. The lamp was lit on 3 May 1871. \
                        Ada Holm was its first keeper. The tower is 38 metres high and has five floors. \
                        Repairs of the lamp cost 900 pounds.";

    #[test]
    fn the_kind_of_answer_decides_between_sentences_about_the_same() {
        for (question, answer) in [
            ("When was the lamp lit?", "The lamp was lit on 3 May 1871."),
            (
                "Who was the keeper of the lamp?",
                "Ada Holm was its first keeper.",
            ),
            (
                "How tall is the tower of the lamp?",
                "The tower is 38 metres high and has five floors.",
            ),
            (
                "How many floors are there?",
                "The tower is 38 metres high and has five floors.",
            ),
            (
                "What was the price of the lamp?",
                "Repairs of the lamp cost 900 pounds.",
            ),
            (
                "Where is the lamp?",
                "The lamp stands on a rock far from the coast.",
            ),
        ] {
            assert_eq!(best(question, LAMP), answer, "{question}");
        }
    }

    #[test]
    fn a_sentence_without_its_antecedent_is_not_chosen() {
        assert_eq!(
            best("Who kept the lamp?", "She kept the lamp for many years."),
            ""
        );
        let far = "Ada Holm was young. She came. # Lamp\n\nShe kept the lamp for many years.";
        assert_eq!(best("Who kept the lamp?", far), "Ada Holm was young.");
    }

    proptest::proptest! {
        #[test]
        fn candidates_are_ranges_of_the_text_for_any_input(
            question in "(who|when|how many|what is|\\PC){1,20}[a-z0-9 ]{0,20}",
            text in "(\\PC|[A-Za-z0-9]|[\n.!?# -]){0,200}",
        ) {
            let passages = [passage("a", &text)];
            if let Ok(question) = Question::parse(&question) {
                for candidate in candidates(&question, &BTreeMap::new(), &passages) {
                    proptest::prop_assert!(text.get(candidate.range).is_some());
                    proptest::prop_assert!(candidate.score.is_finite());
                }
            }
        }
    }
}
