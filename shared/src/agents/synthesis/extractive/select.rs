//! Which sentences of the passages answer a question, and how well.

use std::{
    collections::{BTreeMap, HashSet},
    ops::Range,
};

use super::quotable::{Leaning, is_quotable, leaning};
use crate::{
    domain::{Passage, Question},
    evidence::{
        contradiction::Side,
        question::{AnswerKind, QuestionTerm, QuestionTerms},
        sentences::sentences,
        words::{Lexicon, Word},
    },
};

/// How far before a sentence the name may stand that it begins with a word for.
const FARTHEST: usize = 4;
/// Names from which on more say nothing.
const MOST_NAMES: usize = 4;

/// A sentence that may be quoted.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Its passage, from 0.
    pub source: usize,
    /// Its bytes in the passage.
    pub range: Range<usize>,
    /// The bytes of the sentences before it that have to be shown with it, in order.
    pub leading: Vec<Range<usize>>,
    /// How well it answers; comparable among the candidates of one question.
    pub score: f64,
    /// The share of the question's weight that it covers together with what stands over it.
    pub coverage: f64,
    /// Whether it has the kind of answer that was asked for, where that shows.
    pub is_expected: Option<bool>,
    /// Its stems that tell something.
    pub(super) stems: HashSet<u32>,
}

/// What each signal of a sentence counts, as log-odds of its being the answer. Fitted as a choice among the sentences of a
/// question (a softmax) on every second line of QED and of Natural Questions, there both in the right passage and among the
/// passages of a search; rounded, and the first place of a passage lowered, for other texts do not begin as an
/// encyclopaedia does.
mod weight {
    /// The share of the question that it covers.
    pub(super) const COVERED: f64 = 1.5;
    /// The share that the title and headings over it add.
    pub(super) const OVER: f64 = 2.0;
    /// The share that it covers of what they leave open: the title has the subject, the answer says what is asked of it.
    pub(super) const REST: f64 = 1.7;
    /// Whether it is the first of its passage.
    pub(super) const FIRST: f64 = 0.7;
    /// The score of its passage, as a share of the best one's.
    pub(super) const RANK: f64 = 6.0;
    /// The logarithm of how many words it has that the question has not.
    pub(super) const NEW: f64 = 0.4;
    /// Names that the question has not, of four.
    pub(super) const NAMES: f64 = 0.3;
}

/// The sentences of the passages that can be quoted, the best first. `weights` tells how much each term of the question
/// counts.
pub fn candidates(
    question: &Question,
    weights: &BTreeMap<String, f64>,
    passages: &[Passage],
) -> Vec<Candidate> {
    let mut lexicon = Lexicon::default();
    let asked = QuestionTerms::read(&mut lexicon, question.as_str(), weights);
    let pages: Vec<PassageSentences<'_>> = passages
        .iter()
        .map(|passage| PassageSentences::read(passage, &mut lexicon))
        .collect();
    let best = passages
        .iter()
        .map(|passage| passage.score)
        .fold(f64::MIN_POSITIVE, f64::max);
    let mut candidates: Vec<Candidate> = (0..)
        .zip(&pages)
        .flat_map(|(source, page)| page.candidates(source, &asked, &lexicon, page.passage.score / best))
        .collect();
    candidates.sort_unstable_by(|a, b| {
        let place = |one: &Candidate| (one.source, one.range.start);
        b.score.total_cmp(&a.score).then_with(|| place(a).cmp(&place(b)))
    });
    candidates
}

/// A passage, read.
struct PassageSentences<'a> {
    passage: &'a Passage,
    sentences: Vec<Range<usize>>,
    words: Vec<Vec<Word>>,
    over: HashSet<u32>,
}

impl<'a> PassageSentences<'a> {
    fn read(passage: &'a Passage, lexicon: &mut Lexicon) -> Self {
        let sentences = sentences(&passage.text);
        let mut read = |text: &str, range: Range<usize>| lexicon.read(text, range);
        let words = sentences
            .iter()
            .map(|range| read(&passage.text, range.clone()))
            .collect();
        let over = [passage.header.title.as_str(), &passage.context]
            .into_iter()
            .flat_map(|text| read(text, 0..text.len()))
            .map(|word| word.stem)
            .collect();
        Self {
            passage,
            sentences,
            words,
            over,
        }
    }

    fn candidates(
        &self,
        source: usize,
        asked: &QuestionTerms,
        lexicon: &Lexicon,
        rank: f64,
    ) -> Vec<Candidate> {
        let candidate = |place: usize| {
            let words = &self.words[place];
            let own: HashSet<u32> = words.iter().map(|word| word.stem).collect();
            let side = Side {
                text: &self.passage.text,
                words,
                lexicon,
            };
            let is_expected = asked.expected.is_met(asked, side);
            Some(Candidate {
                source,
                range: self.sentences[place].clone(),
                leading: self.leading(place)?,
                score: weight::RANK * rank
                    + if place == 0 { weight::FIRST } else { 0.0 }
                    + kind(asked.expected, is_expected)
                    + self.says(asked, words, &own),
                coverage: asked.coverage(|stem| own.contains(&stem) || self.over.contains(&stem)),
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

    /// What a sentence has of the question, and what it adds.
    fn says(&self, asked: &QuestionTerms, words: &[Word], own: &HashSet<u32>) -> f64 {
        let covered = asked.coverage(|stem| own.contains(&stem));
        let with_over = asked.coverage(|stem| own.contains(&stem) || self.over.contains(&stem));
        let is_open = |word: &QuestionTerm| word.found(|stem| self.over.contains(&stem)) == 0.0;
        let rest = asked.coverage_of(is_open, |stem| own.contains(&stem));
        let new = || words.iter().filter(|word| word.is_content() && !asked.has(word));
        let stems: HashSet<u32> = new().map(|word| word.stem).collect();
        let names = new().filter(|word| word.capital).count().min(MOST_NAMES);
        weight::COVERED * covered
            + weight::OVER * (with_over - covered)
            + weight::REST * rest.unwrap_or(0.5)
            + weight::NEW * (1.0 + stems.len() as f64).ln()
            + weight::NAMES * names as f64 / MOST_NAMES as f64
    }

    /// What has to be shown before a sentence, so that its first word stands for nothing that is not shown; `None` where
    /// that is too far back.
    fn leading(&self, place: usize) -> Option<Vec<Range<usize>>> {
        let farthest = match leaning(self.text(place)) {
            Leaning::Standalone => return Some(Vec::new()),
            Leaning::OnAThought => 1,
            Leaning::OnAName => FARTHEST,
        };
        let mut before = (0..place).rev().take(farthest);
        let named = before.find(|before| leaning(self.text(*before)) == Leaning::Standalone)?;
        let between = &self.passage.text[self.sentences[named].end..self.sentences[place].start];
        let is_running = !between.contains(['#', '|', '`']) && !between.contains("\n- ");
        (is_running && is_quotable(self.text(named))).then(|| vec![self.sentences[named].clone()])
    }
}

/// What it counts that a sentence has the kind of answer that is asked for, or has not. Fitted with the others.
fn kind(expected: AnswerKind, is_met: Option<bool>) -> f64 {
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
    fn a_sentence_whose_subject_cannot_be_shown_is_not_chosen() {
        assert_eq!(
            best("Who kept the lamp?", "She kept the lamp for many years."),
            ""
        );
        let far = "Ada Holm was young. She came. # Lamp\n\nShe kept the lamp for many years.";
        assert_eq!(best("Who kept the lamp?", far), "Ada Holm was young.");
    }

    proptest::proptest! {
        #[test]
        fn any_question_and_text_give_sentences_of_the_text(
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
