//! What a model repeats of its prompt. It is no claim, however well a passage supports it.

use std::collections::HashSet;

use super::model::{FramedPrompt, REMINDER, RULES};
use crate::{
    domain::{Passage, Question},
    evidence::sentences::sentences,
};

/// Number of characters of the frame that tell it from words: models cut it short, or go on with characters of their own.
const FRAME_CHARACTERS: usize = 6;

/// The parts of a prompt that models repeat.
pub(super) struct Echo {
    /// The beginning of the word that delimits passages.
    frame: String,
    /// The rules and the question, normalized.
    told: HashSet<String>,
    /// Titles and headings, normalized.
    titles: HashSet<String>,
}

impl Echo {
    /// Knows a prompt.
    pub(super) fn new(prompt: &FramedPrompt, question: &Question, passages: &[Passage]) -> Self {
        let told = [RULES, REMINDER, question.as_str()];
        let told = told.into_iter().flat_map(|text| {
            let sentences = sentences(text).into_iter().map(|range| normalized(&text[range]));
            sentences.chain([normalized(text)])
        });
        let titles = passages.iter().flat_map(|passage| {
            let headings = passage.context.split(['\n', '>']);
            headings.chain([passage.header.title.as_str()]).map(normalized)
        });
        Self {
            frame: prompt.frame.chars().take(FRAME_CHARACTERS).collect(),
            told: told.collect(),
            titles: titles.collect(),
        }
    }

    /// A text without the lines of the frame.
    pub(super) fn without_frame(&self, text: &str) -> String {
        let lines = text.lines().filter(|line| !line.contains(&self.frame));
        lines.collect::<Vec<&str>>().join("\n")
    }

    /// Whether a sentence is one of the rules, or the question.
    pub(super) fn is_told(&self, sentence: &str) -> bool {
        self.told.contains(&normalized(sentence))
    }

    /// Whether a sentence is a title or heading.
    pub(super) fn is_title(&self, sentence: &str) -> bool {
        self.titles.contains(&normalized(sentence))
    }
}

/// The words of a text in small letters.
fn normalized(text: &str) -> String {
    let words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<String>>().join(" ")
}
