//! The passages and the question, read once: the words of each block and of its headings, and the blocks in the order of
//! how well they answer.

use super::{
    page::ReadPassage,
    select::{BlockCandidate, block_text, candidates},
};
use crate::{
    agents::retrieval::Retrieved,
    domain::{Passage, Question},
    evidence::{
        question::{AnswerKind, QuestionTerms},
        words::{Lexicon, Word},
    },
};

/// The most content words of a part that is a subject alone.
const MAX_SUBJECT: usize = 3;

/// A question and the passages that were retrieved for it, read once for everything that is decided about them.
pub struct Reading<'a> {
    pub(super) passages: &'a [Passage],
    pub(super) lexicon: Lexicon,
    pub(super) pages: Vec<ReadPassage<'a>>,
    /// The parts of the question, or the question as a whole.
    pub(super) asked: Vec<AskedQuestion<'a>>,
}

/// A question with the blocks that may answer it.
pub(super) struct AskedQuestion<'a> {
    pub(super) question: &'a Question,
    pub(super) terms: QuestionTerms,
    pub(super) words: Vec<Word>,
    /// Best first.
    pub(super) candidates: Vec<BlockCandidate>,
}

impl<'a> Reading<'a> {
    /// Reads a question and its passages.
    pub fn new(question: &'a Question, retrieved: &'a Retrieved) -> Self {
        let passages = retrieved.passages.as_slice();
        let mut lexicon = Lexicon::default();
        let mut asked: Vec<_> = retrieved
            .parts
            .iter()
            .map(|part| (&part.question, &part.weights))
            .collect();
        if asked.is_empty() {
            asked.push((question, &retrieved.weights));
        }
        let is_split = asked.len() > 1;
        // The question before the passages: its language decides how their words are read.
        let read: Vec<_> = asked
            .into_iter()
            .map(|(question, weights)| {
                let text = question.as_str();
                let mut terms = QuestionTerms::read(&mut lexicon, text, weights);
                // A part that is a subject alone, as in "SQS vs. EventBridge", asks what it is.
                let is_subject = is_split && terms.words.len() <= MAX_SUBJECT;
                if is_subject && terms.expected == AnswerKind::Anything {
                    terms.expected = AnswerKind::Definition;
                }
                (question, terms, lexicon.read(text, 0..text.len()))
            })
            .collect();
        let pages: Vec<ReadPassage<'a>> = passages
            .iter()
            .map(|passage| ReadPassage::read(passage, &mut lexicon))
            .collect();
        let asked = read.into_iter().map(|(question, terms, words)| {
            let candidates = candidates(question, &terms, &words, &lexicon, &pages);
            AskedQuestion {
                question,
                terms,
                words,
                candidates,
            }
        });
        Self {
            asked: asked.collect(),
            passages,
            lexicon,
            pages,
        }
    }

    /// The blocks that may answer the question as a whole, or its first part; best first.
    pub fn candidates(&self) -> &[BlockCandidate] {
        self.asked.first().map_or(&[], |asked| &asked.candidates)
    }

    /// The text of a block with what introduces it, without what is masked.
    pub fn text(&self, block: &BlockCandidate) -> String {
        block_text(&self.pages[block.source], block.block)
    }
}
