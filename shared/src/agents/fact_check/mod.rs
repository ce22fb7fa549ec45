//! The fact-check agent: judges each sentence of a claim against each text, with the deciding quotation, and combines
//! the verdicts.

mod stances;
mod summary;
#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::{
    agents::citation,
    domain::{Passage, Source, Verdict},
    evidence::{claims::assertions, no_claim::is_no_claim, sentences::sentences},
};
pub use stances::Stance;
use stances::{Stances, WeighedPassage};
use summary::{Summary, summarize};

/// Why the whole is unverified when no sentence is a claim.
const NOTHING_CLAIMED: &str = "nothing in it is a claim that a source could support";

/// Result of a fact check.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct FactCheck {
    /// The weakest verdict of the sentences that are claims, in the order `refuted`, `disputed`, `unverified`, `supported`;
    /// `unverified` if none is a claim. A sentence is `supported` or `refuted` if all texts with a stance agree, `disputed`
    /// if they do not, `unverified` if there are none.
    pub verdict: Verdict,
    /// Confidence in the verdict, 0 to 1.
    pub confidence: f64,
    /// The sentences of the claim, in order.
    pub sentences: Vec<SentenceCheck>,
    /// For supplied texts: one entry per text, in order. For retrieved passages: those that support or contradict the claim.
    pub evidence: Vec<Evidence>,
    /// Explanation in English.
    pub reasons: Vec<String>,
}

/// One sentence of the claim, judged by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SentenceCheck {
    /// The sentence, without citation markers.
    pub text: String,
    /// Its verdict.
    pub verdict: SentenceVerdict,
    /// Explanation of the verdict in English.
    pub reason: String,
}

/// The verdict of one sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SentenceVerdict {
    /// A text supports the sentence, and none contradicts it.
    Supported,
    /// A text contradicts the sentence, and none supports it.
    Refuted,
    /// Some texts support the sentence and others contradict it.
    Disputed,
    /// No text supports or contradicts the sentence.
    Unverified,
    /// The sentence is a greeting, courtesy, opinion or question: no source could support it.
    NoClaim,
}

/// One text with its stance toward the claim.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Evidence {
    /// The deciding quotation, verbatim, from the first deciding word to the last; null if the text is neutral.
    pub text: Option<String>,
    /// Stance toward the claim: `refutes` if the text refutes a sentence of it, else `supports` if it supports one.
    pub stance: Stance,
    /// Start of the quotation in the supplied text or the stored document, in code points.
    pub quote_start: Option<usize>,
    /// End of the quotation, exclusive, in code points.
    pub quote_end: Option<usize>,
    /// The retrieved passage; null for a supplied text.
    pub source: Option<Source>,
}

impl From<Verdict> for SentenceVerdict {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Supported => Self::Supported,
            Verdict::Refuted => Self::Refuted,
            Verdict::Disputed => Self::Disputed,
            Verdict::Unverified => Self::Unverified,
        }
    }
}

/// Checks a claim against supplied texts only.
pub fn check_supplied(claim: &str, texts: Vec<String>) -> FactCheck {
    let passage = |(number, text)| Passage::supplied(number, String::new(), text);
    let passages: Vec<Passage> = (1..).zip(texts).map(passage).collect();
    let mut stances = Stances::new(&passages);
    let (check, weighed) = check(claim, "text", |sentence| stances.weigh(sentence));
    let evidence = (0..)
        .zip(&passages)
        .map(|(place, passage)| evidence(passage, place, &weighed, None));
    FactCheck {
        evidence: evidence.collect(),
        ..check
    }
}

/// Checks a claim against retrieved passages. Neutral passages are left out of the evidence.
pub fn check_retrieved(claim: &str, passages: &[Passage]) -> FactCheck {
    let mut stances = Stances::new(passages);
    let (check, weighed) = check(claim, "passage", |sentence| stances.weigh_related(sentence));
    let snippets = passages.iter().map(|passage| citation::snippet(&passage.text));
    let sources = citation::sources(passages, snippets.collect());
    let evidence = (0..)
        .zip(passages)
        .zip(sources)
        .map(|((place, passage), source)| evidence(passage, place, &weighed, Some(source)));
    FactCheck {
        evidence: evidence
            .filter(|evidence| evidence.stance != Stance::Neutral)
            .collect(),
        ..check
    }
}

/// Checks each sentence of a claim, and returns the stance of each passage toward each of them. `noun` is what a text is
/// called in the reasons. The evidence is left empty.
fn check(
    claim: &str,
    noun: &str,
    mut weigh: impl FnMut(&str) -> Vec<WeighedPassage>,
) -> (FactCheck, Vec<Vec<WeighedPassage>>) {
    let (mut sentences, mut weighed, mut summaries) = (Vec::new(), Vec::new(), Vec::new());
    for (text, is_claim) in claims(claim) {
        if !is_claim {
            sentences.push(SentenceCheck {
                text,
                verdict: SentenceVerdict::NoClaim,
                reason: "it is no claim that a source could support".to_owned(),
            });
            continue;
        }
        let of_sentence = weigh(&text);
        let summary = summarize(&of_sentence, noun);
        sentences.push(SentenceCheck {
            text,
            verdict: summary.verdict.into(),
            reason: summary.reasons.join("; "),
        });
        summaries.push((sentences.len(), summary));
        weighed.push(of_sentence);
    }
    let (verdict, confidence, reasons) = combine(summaries);
    let check = FactCheck {
        verdict,
        confidence,
        sentences,
        evidence: Vec::new(),
        reasons,
    };
    (check, weighed)
}

/// The sentences of a text without their markers, and whether each is a claim. A text without sentences, such as a
/// heading, is one.
fn claims(text: &str) -> Vec<(String, bool)> {
    let asserted = assertions(text);
    let mut claims: Vec<(String, bool)> = sentences(text)
        .into_iter()
        .map(|range| {
            let assertion = asserted.iter().find(|asserted| {
                range.contains(&asserted.range.start) || asserted.range.contains(&range.start)
            });
            match assertion {
                Some(sentence) => (sentence.text.clone(), !is_no_claim(&sentence.text)),
                None => (text[range].to_owned(), false),
            }
        })
        .collect();
    if claims.is_empty() {
        claims.push((text.trim().to_owned(), !is_no_claim(text)));
    }
    claims.dedup();
    claims
}

/// The weakest verdict with the confidence in it, and the reasons. The number of a sentence leads its reasons if there are
/// several claims.
fn combine(summaries: Vec<(usize, Summary)>) -> (Verdict, f64, Vec<String>) {
    let strength = |verdict: Verdict| match verdict {
        Verdict::Refuted => 0,
        Verdict::Disputed => 1,
        Verdict::Unverified => 2,
        Verdict::Supported => 3,
    };
    let verdicts = summaries.iter().map(|(_, summary)| summary.verdict);
    let Some(verdict) = verdicts.min_by_key(|verdict| strength(*verdict)) else {
        return (Verdict::Unverified, 0.0, vec![NOTHING_CLAIMED.to_owned()]);
    };
    let weakest = summaries.iter().filter(|(_, summary)| summary.verdict == verdict);
    let confidences = weakest.map(|(_, summary)| summary.confidence);
    // All sentences have to be supported, but one that is refuted is enough.
    let confidence = match verdict {
        Verdict::Supported => confidences.reduce(f64::min),
        _ => confidences.reduce(f64::max),
    };
    let are_several = summaries.len() > 1;
    let reasons = summaries.into_iter().flat_map(|(number, summary)| {
        let reasons = summary.reasons.into_iter();
        reasons.map(move |reason| {
            if are_several {
                format!("sentence {number}: {reason}")
            } else {
                reason
            }
        })
    });
    (verdict, confidence.unwrap_or_default(), reasons.collect())
}

/// A passage as evidence. Several quotations are joined into one, from the first to the last.
fn evidence(
    passage: &Passage,
    place: usize,
    weighed: &[Vec<WeighedPassage>],
    source: Option<Source>,
) -> Evidence {
    let weighed = || weighed.iter().filter_map(|sentence| sentence.get(place));
    let has = |stance: Stance| weighed().any(|weighed| weighed.stance == stance);
    let stance = [Stance::Refutes, Stance::Supports]
        .into_iter()
        .find(|stance| has(*stance))
        .unwrap_or(Stance::Neutral);
    let deciding = weighed().filter(|weighed| weighed.stance == stance && stance != Stance::Neutral);
    let citations: Vec<_> = deciding.flat_map(|weighed| &weighed.finding.citations).collect();
    let start = citations.iter().map(|citation| citation.quote_start).min();
    let end = citations.iter().map(|citation| citation.quote_end).max();
    let words = start.zip(end).map(|(start, end)| {
        let before = start.saturating_sub(passage.start);
        let words = passage.text.chars().skip(before);
        words.take(end.saturating_sub(start)).collect()
    });
    Evidence {
        text: words,
        stance,
        quote_start: start,
        quote_end: end,
        source,
    }
}
