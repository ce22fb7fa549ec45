//! The fact-check agent: determines the stance of each text toward a claim, with the deciding quotation, and combines them
//! into a verdict.

use serde::Serialize;

use crate::{
    agents::citation,
    domain::{Passage, Source, Verdict},
    evidence::{
        support::{Stance, support},
        verifier::{Finding, Verifier},
    },
};

/// Result of a fact check.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct FactCheck {
    /// `supported` or `refuted` if all texts with a stance agree, `disputed` if they do not, `unverified` if there are none.
    pub verdict: Verdict,
    /// Confidence in the verdict, 0 to 1.
    pub confidence: f64,
    /// For supplied texts: one entry per text, in order. For retrieved passages: those that support or contradict the claim.
    pub evidence: Vec<Evidence>,
    /// Explanation in English.
    pub reasons: Vec<String>,
}

/// One text with its stance toward the claim.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Evidence {
    /// The deciding quotation, verbatim; null if the text is neutral.
    pub text: Option<String>,
    /// Stance toward the claim.
    pub stance: Stance,
    /// Start of the quotation in the supplied text or the stored document, in code points.
    pub quote_start: Option<usize>,
    /// End of the quotation, exclusive, in code points.
    pub quote_end: Option<usize>,
    /// The retrieved passage; null for a supplied text.
    pub source: Option<Source>,
}

/// Checks a claim against supplied texts only.
pub fn check_supplied(claim: &str, texts: Vec<String>) -> FactCheck {
    let passage = |(number, text)| Passage::supplied(number, String::new(), text);
    let passages: Vec<Passage> = (1..).zip(texts).map(passage).collect();
    let weighed = weigh(claim, &passages);
    let evidence = weighed.iter().map(|weighed| weighed.evidence(None));
    FactCheck {
        evidence: evidence.collect(),
        ..summarize(&weighed, "text")
    }
}

/// Checks a claim against retrieved passages. Neutral passages are left out of the evidence.
pub fn check_retrieved(claim: &str, passages: &[Passage]) -> FactCheck {
    let mut weighed = weigh(claim, passages);
    neutralize_unrelated(claim, passages, &mut weighed);
    let sources = citation::sources(passages);
    let relevant = weighed.iter().zip(sources);
    let relevant = relevant.filter(|(weighed, _)| weighed.stance != Stance::Neutral);
    FactCheck {
        evidence: relevant
            .map(|(weighed, source)| weighed.evidence(Some(source)))
            .collect(),
        ..summarize(&weighed, "passage")
    }
}

/// A passage with its stance toward the claim.
struct Weighed<'a> {
    passage: &'a Passage,
    stance: Stance,
    finding: Finding,
    confidence: f64,
}

/// Determines the stance of each passage. Each has its own verifier, so that no passage contributes words to another.
fn weigh<'a>(claim: &str, passages: &'a [Passage]) -> Vec<Weighed<'a>> {
    let weigh = |passage: &'a Passage| {
        let finding = Verifier::new(std::slice::from_ref(passage)).find(claim, &[1]);
        let stance = match finding.verdict {
            Verdict::Supported => Stance::Supports,
            Verdict::Refuted => Stance::Refutes,
            // A single passage cannot dispute itself.
            Verdict::Disputed | Verdict::Unverified => Stance::Neutral,
        };
        Weighed {
            passage,
            stance,
            finding,
            confidence: confidence(claim, passage, stance),
        }
    };
    passages.iter().map(weigh).collect()
}

/// Marks unrelated passages as neutral.
///
/// A search also returns passages about related subjects, which may seem to contradict a claim when verified alone. If
/// there are passages on both sides, a verifier over all of them tells whether they really contradict each other.
fn neutralize_unrelated(claim: &str, passages: &[Passage], weighed: &mut [Weighed<'_>]) {
    let has = |stance: Stance| weighed.iter().any(|weighed| weighed.stance == stance);
    if !has(Stance::Supports) || !has(Stance::Refutes) {
        return;
    }
    let unrelated = match Verifier::new(passages).find(claim, &[]).verdict {
        Verdict::Supported => Stance::Refutes,
        Verdict::Refuted => Stance::Supports,
        Verdict::Disputed | Verdict::Unverified => return,
    };
    for weighed in weighed.iter_mut().filter(|weighed| weighed.stance == unrelated) {
        weighed.stance = Stance::Neutral;
    }
}

/// Probability, 0 to 1, that the stance of a passage is right; 0 for a neutral one.
fn confidence(claim: &str, passage: &Passage, stance: Stance) -> f64 {
    let support = f64::from(support(claim, &passage.text, &passage.header.title).probability());
    let probability = match stance {
        Stance::Supports => support,
        Stance::Refutes => 1.0 - support,
        Stance::Neutral => 0.0,
    };
    (probability * 1_000.0).round() / 1_000.0
}

impl Weighed<'_> {
    /// Converts the finding to evidence. Several quotations are joined into one, from the first to the last.
    fn evidence(&self, source: Option<Source>) -> Evidence {
        let citations = &self.finding.citations;
        let start = citations.iter().map(|citation| citation.quote_start).min();
        let end = citations.iter().map(|citation| citation.quote_end).max();
        let words = start.zip(end).map(|(start, end)| {
            let before = start.saturating_sub(self.passage.start);
            let words = self.passage.text.chars().skip(before);
            words.take(end.saturating_sub(start)).collect()
        });
        Evidence {
            text: words,
            stance: self.stance,
            quote_start: start,
            quote_end: end,
            source,
        }
    }
}

/// Combines the stances into a verdict with confidence and reasons, without evidence. `noun` is what a text is called in
/// the reasons.
fn summarize(weighed: &[Weighed<'_>], noun: &str) -> FactCheck {
    let side = |stance: Stance| weighed.iter().filter(move |weighed| weighed.stance == stance);
    // The best passage of a side counts: many weak passages do not make a strong one.
    let best = |stance: Stance| side(stance).map(|weighed| weighed.confidence).reduce(f64::max);
    let (verdict, confidence) = match (best(Stance::Supports), best(Stance::Refutes)) {
        (Some(supports), Some(refutes)) => (Verdict::Disputed, supports.min(refutes)),
        (Some(supports), None) => (Verdict::Supported, supports),
        (None, Some(refutes)) => (Verdict::Refuted, refutes),
        (None, None) => (Verdict::Unverified, 0.0),
    };
    FactCheck {
        verdict,
        confidence,
        evidence: Vec::new(),
        reasons: reasons(weighed, noun),
    }
}

/// Explains the verdict.
fn reasons(weighed: &[Weighed<'_>], noun: &str) -> Vec<String> {
    let total = match weighed.len() {
        0 => return vec!["nothing was found that has words of the claim".to_owned()],
        1 => format!("1 {noun}"),
        all => format!("{all} {noun}s"),
    };
    let count = |stance| weighed.iter().filter(|weighed| weighed.stance == stance).count();
    let mut reasons = Vec::new();
    for (number, says) in [
        (count(Stance::Supports), "supports the claim"),
        (count(Stance::Refutes), "speaks against it"),
    ] {
        if number > 0 {
            reasons.push(format!("{number} of {total} {says}"));
        }
    }
    if reasons.is_empty() {
        return vec![format!("none of {total} supports the claim or speaks against it")];
    }
    let against = (1..).zip(weighed);
    let against = against.filter(|(_, weighed)| weighed.stance == Stance::Refutes);
    reasons.extend(against.filter_map(|(number, weighed)| {
        let reason = weighed.finding.reason.as_deref()?;
        Some(format!("in {noun} {number} {reason}"))
    }));
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retrieval::test_passages::passage;

    const CLAIM: &str = "The lighthouse of Brannock was built in 1871.";
    const SUPPORTING: &str = "😀 Much is told. The lighthouse of Brannock was built in 1871. It is tall.";
    const CONTRADICTING: &str = "The lighthouse of Brannock was built in 1902.";
    const UNRELATED: &str = "Bread needs flour, water and salt.";

    fn check(texts: &[&str]) -> FactCheck {
        check_supplied(CLAIM, texts.iter().map(|text| (*text).to_owned()).collect())
    }

    fn stances(check: &FactCheck) -> Vec<Stance> {
        check.evidence.iter().map(|evidence| evidence.stance).collect()
    }

    #[test]
    fn a_supporting_text_is_quoted() {
        let check = check(&[UNRELATED, SUPPORTING]);
        assert_eq!(check.verdict, Verdict::Supported);
        assert!(check.confidence > 0.9, "{}", check.confidence);
        assert_eq!(stances(&check), [Stance::Neutral, Stance::Supports]);
        assert_eq!(
            (&check.evidence[0].text, check.evidence[0].quote_start),
            (&None, None)
        );
        let [_, evidence] = &check.evidence[..] else {
            unreachable!("there are two")
        };
        assert_eq!(evidence.text.as_deref(), Some(CLAIM));
        assert_eq!((evidence.quote_start, evidence.quote_end), (Some(16), Some(61)));
        assert_eq!(evidence.source, None);
        assert_eq!(check.reasons, ["1 of 2 texts supports the claim"]);
    }

    #[test]
    fn a_contradicting_text_refutes_the_claim_and_the_reason_says_how() {
        let check = check(&[CONTRADICTING]);
        assert_eq!(check.verdict, Verdict::Refuted);
        assert_eq!(check.evidence[0].text.as_deref(), Some(CONTRADICTING));
        assert!(check.confidence > 0.5, "{}", check.confidence);
        assert_eq!(check.reasons[0], "1 of 1 text speaks against it");
        assert!(check.reasons[1].contains("1902"), "{:?}", check.reasons);
    }

    #[test]
    fn texts_on_both_sides_dispute_the_claim() {
        let check = check(&[CONTRADICTING, SUPPORTING]);
        assert_eq!(check.verdict, Verdict::Disputed);
        assert_eq!(stances(&check), [Stance::Refutes, Stance::Supports]);
        assert_eq!(check.reasons.len(), 3);
    }

    #[test]
    fn unrelated_texts_leave_the_claim_unverified() {
        let check = check(&[UNRELATED]);
        assert_eq!((check.verdict, check.confidence), (Verdict::Unverified, 0.0));
        assert_eq!(
            check.reasons,
            ["none of 1 text supports the claim or speaks against it"]
        );
    }

    #[test]
    fn neutral_passages_are_left_out_and_offsets_refer_to_the_document() {
        let mut found = [passage("bread", UNRELATED), passage("brannock", SUPPORTING)];
        (found[1].start, found[1].end) = (100, 100 + found[1].end);
        let check = check_retrieved(CLAIM, &found);
        assert_eq!(check.verdict, Verdict::Supported);
        let [evidence] = &check.evidence[..] else {
            unreachable!("one supports it: {check:?}")
        };
        assert_eq!((evidence.quote_start, evidence.quote_end), (Some(116), Some(161)));
        assert_eq!(evidence.text.as_deref(), Some(CLAIM));
        let source = evidence.source.as_ref().unwrap();
        assert_eq!((source.number, source.document_id.as_str()), (2, "brannock"));
    }

    #[test]
    fn a_passage_about_a_related_subject_is_no_dispute_and_one_about_the_same_is() {
        let claim = "The tower of the lighthouse on Skarv Rock is 38 metres high.";
        let tower = passage(
            "rock",
            "The tower of the lighthouse on Skarv Rock is 38 metres high.",
        );
        let near = passage(
            "museum",
            "Visitors cannot land on Skarv Rock, but a model of the tower of the lighthouse stands in the harbour.",
        );
        let alone = check_retrieved(claim, std::slice::from_ref(&near));
        assert_eq!(
            alone.verdict,
            Verdict::Refuted,
            "verified alone it seems to: {alone:?}"
        );
        let both = check_retrieved(claim, &[tower.clone(), near]);
        assert_eq!((both.verdict, both.evidence.len()), (Verdict::Supported, 1));
        let same = passage(
            "book",
            "The tower of the lighthouse on Skarv Rock is 41 metres high.",
        );
        assert_eq!(check_retrieved(claim, &[tower, same]).verdict, Verdict::Disputed);
    }

    #[test]
    fn the_reason_says_that_nothing_was_found() {
        let check = check_retrieved(CLAIM, &[]);
        assert_eq!(check.verdict, Verdict::Unverified);
        assert_eq!(check.reasons, ["nothing was found that has words of the claim"]);
    }

    #[test]
    fn several_quotations_of_a_text_are_joined() {
        let text = "The tower is 31 metres tall. Nobody lives there. Its first keeper was Ada Holm.";
        let claim = "The tower is 31 metres tall and its first keeper was Ada Holm.";
        let check = check_supplied(claim, vec![text.to_owned()]);
        assert_eq!(check.verdict, Verdict::Supported, "{check:?}");
        let words = check.evidence[0].text.as_deref().unwrap();
        assert!(
            words.starts_with("The tower") && words.contains("Ada Holm"),
            "{words}"
        );
        assert!(text.contains(words));
    }
}
