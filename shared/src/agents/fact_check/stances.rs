//! The stance of each passage toward one sentence.

use std::collections::HashSet;

use serde::Serialize;

use crate::{
    domain::{Passage, Verdict},
    evidence::{
        verifier::{Finding, Verifier},
        words::Lexicon,
    },
};

/// The share of refuted claims that are false, on every second line of FEVER-Symmetric.
const REFUTED_RATE: f64 = 0.87;

/// The stance of a text towards a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// It says the same.
    Supports,
    /// It says otherwise.
    Refutes,
    /// It says too little of it.
    Neutral,
}

/// A passage with its stance toward one sentence.
#[derive(Debug)]
pub(super) struct WeighedPassage {
    pub(super) stance: Stance,
    pub(super) finding: Finding,
    /// Confidence in the stance, 0 to 1; 0 for a neutral one.
    pub(super) confidence: f64,
}

/// Passages with their verifiers. Each has its own, so that no passage contributes words to another.
pub(super) struct Stances<'a> {
    passages: &'a [Passage],
    each: Vec<Verifier<'a>>,
    /// Created when passages are on both sides.
    all: Option<Verifier<'a>>,
}

impl<'a> Stances<'a> {
    /// Indexes the passages.
    pub(super) fn new(passages: &'a [Passage]) -> Self {
        let verifier = |passage| Verifier::new(std::slice::from_ref(passage));
        Self {
            passages,
            each: passages.iter().map(verifier).collect(),
            all: None,
        }
    }

    /// Determines the stance of each passage.
    pub(super) fn weigh(&mut self, sentence: &str) -> Vec<WeighedPassage> {
        let weigh = |(verifier, passage): (&mut Verifier<'_>, &Passage)| {
            let finding = verifier.find(sentence, &[1]);
            let stance = match finding.verdict {
                Verdict::Supported => Stance::Supports,
                Verdict::Refuted => Stance::Refutes,
                // A single passage cannot dispute itself.
                Verdict::Disputed | Verdict::Unverified => Stance::Neutral,
            };
            let confidence = match stance {
                Stance::Supports => coverage(sentence, &finding, passage),
                Stance::Refutes => REFUTED_RATE,
                Stance::Neutral => 0.0,
            };
            WeighedPassage {
                stance,
                finding,
                confidence,
            }
        };
        self.each.iter_mut().zip(self.passages).map(weigh).collect()
    }

    /// Determines the stance of each passage, with unrelated passages as neutral.
    ///
    /// A search also returns passages about related subjects, which may seem to contradict a claim when verified alone. If
    /// there are passages on both sides, a verifier over all of them tells whether they really contradict each other.
    pub(super) fn weigh_related(&mut self, sentence: &str) -> Vec<WeighedPassage> {
        let mut weighed = self.weigh(sentence);
        let has = |stance: Stance| weighed.iter().any(|weighed| weighed.stance == stance);
        if !has(Stance::Supports) || !has(Stance::Refutes) {
            return weighed;
        }
        let all = self.all.get_or_insert_with(|| Verifier::new(self.passages));
        let unrelated = match all.find(sentence, &[]).verdict {
            Verdict::Supported => Stance::Refutes,
            Verdict::Refuted => Stance::Supports,
            Verdict::Disputed | Verdict::Unverified => return weighed,
        };
        for weighed in weighed.iter_mut().filter(|weighed| weighed.stance == unrelated) {
            weighed.stance = Stance::Neutral;
        }
        weighed
    }
}

/// The share of a sentence, 0 to 1 by the weight of its words, that the quotations, the title and the headings have: 1 if
/// it is quoted verbatim.
fn coverage(sentence: &str, finding: &Finding, passage: &Passage) -> f64 {
    let mut lexicon = Lexicon::default();
    let quotes = finding.citations.iter().map(|citation| citation.quote.as_str());
    let mut there = HashSet::new();
    for text in quotes.chain([passage.header.title.as_str(), passage.context.as_str()]) {
        there.extend(
            lexicon
                .read(text, 0..text.len())
                .into_iter()
                .map(|word| word.stem),
        );
    }
    let (mut found, mut all) = (0.0, 0.0);
    for word in lexicon.read(sentence, 0..sentence.len()) {
        let weight = f64::from(word.weight);
        all += weight;
        found += if there.contains(&word.stem) { weight } else { 0.0 };
    }
    let share = if all > 0.0 { found / all } else { 1.0 };
    (share * 1_000.0).round() / 1_000.0
}
