//! The fact-check agent: weighs each text for or against a claim, with the words that decide it, and says what all of
//! them come to.

use serde::Serialize;

use crate::{
    agents::citation,
    domain::{Passage, Source, Verdict},
    evidence::{
        support::{Stance, support},
        verifier::{Finding, Verifier},
    },
};

/// What the texts come to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct FactCheck {
    /// `supported` or `refuted` where all that speak agree, `disputed` where they do not, else `unverified`.
    pub verdict: Verdict,
    /// How far the verdict can be trusted, 0 to 1.
    pub confidence: f64,
    /// Given texts: one for each, in their order. Found passages: those that speak for or against the claim.
    pub evidence: Vec<Evidence>,
    /// Why, in words.
    pub reasons: Vec<String>,
}

/// One text, and how it stands to the claim.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Evidence {
    /// The words that decide, verbatim; none where it is neutral.
    pub text: Option<String>,
    /// Its side.
    pub stance: Stance,
    /// Where the words start in code points: in the given text, or in the stored document.
    pub quote_start: Option<usize>,
    /// Where they end, exclusive.
    pub quote_end: Option<usize>,
    /// The passage that was found; none where the text was given.
    pub source: Option<Source>,
}

/// Weighs texts that were given. Nothing else is looked at.
pub fn weigh_given(claim: &str, texts: Vec<String>) -> FactCheck {
    let given = |(number, text)| Passage::given(number, String::new(), text);
    let passages: Vec<Passage> = (1..).zip(texts).map(given).collect();
    let weighed = weigh(claim, &passages);
    let evidence = weighed.iter().map(|weighed| weighed.evidence(None));
    FactCheck {
        evidence: evidence.collect(),
        ..together(&weighed, "text")
    }
}

/// Weighs passages that were found for the claim. Those that say nothing about it are left out.
pub fn weigh_found(claim: &str, passages: &[Passage]) -> FactCheck {
    let mut weighed = weigh(claim, passages);
    leave_out_what_is_beside_the_point(claim, passages, &mut weighed);
    let sources = citation::sources(passages);
    let telling = weighed.iter().zip(sources);
    let telling = telling.filter(|(weighed, _)| weighed.stance != Stance::Neutral);
    FactCheck {
        evidence: telling
            .map(|(weighed, source)| weighed.evidence(Some(source)))
            .collect(),
        ..together(&weighed, "passage")
    }
}

/// A passage with its stance.
struct Weighed<'a> {
    passage: &'a Passage,
    stance: Stance,
    finding: Finding,
    confidence: f64,
}

/// Each passage has a ledger of its own, so that none lends its words to another.
fn weigh<'a>(claim: &str, passages: &'a [Passage]) -> Vec<Weighed<'a>> {
    let weigh = |passage: &'a Passage| {
        let finding = Verifier::of(std::slice::from_ref(passage)).find(claim, &[1]);
        let stance = match finding.verdict {
            Verdict::Supported => Stance::Supports,
            Verdict::Refuted => Stance::Refutes,
            // One passage alone cannot dispute with itself.
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

/// A search also finds passages about something near, which seem to speak against a claim when they are read alone. Where
/// there are passages on both sides, a ledger over all of them tells whether they differ as plainly as a dispute needs.
fn leave_out_what_is_beside_the_point(claim: &str, passages: &[Passage], weighed: &mut [Weighed<'_>]) {
    let has = |stance: Stance| weighed.iter().any(|weighed| weighed.stance == stance);
    if !has(Stance::Supports) || !has(Stance::Refutes) {
        return;
    }
    let beside = match Verifier::of(passages).find(claim, &[]).verdict {
        Verdict::Supported => Stance::Refutes,
        Verdict::Refuted => Stance::Supports,
        Verdict::Disputed | Verdict::Unverified => return,
    };
    for weighed in weighed.iter_mut().filter(|weighed| weighed.stance == beside) {
        weighed.stance = Stance::Neutral;
    }
}

/// How likely it is, 0 to 1, that a passage is on the side that it seems to be on.
fn confidence(claim: &str, passage: &Passage, stance: Stance) -> f64 {
    let for_it = f64::from(support(claim, &passage.text, &passage.header.title).probability());
    let own_side = match stance {
        Stance::Supports => for_it,
        Stance::Refutes => 1.0 - for_it,
        Stance::Neutral => 0.0,
    };
    (own_side * 1_000.0).round() / 1_000.0
}

impl Weighed<'_> {
    /// Words in several places are shown as one quotation, from the first to the last of them.
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

/// The verdict over all, its confidence and the reasons; the evidence is for the caller to add. `what` names one of them.
fn together(weighed: &[Weighed<'_>], what: &str) -> FactCheck {
    let side = |stance: Stance| weighed.iter().filter(move |weighed| weighed.stance == stance);
    // The best of a side speaks for it: many weak passages are not a strong one.
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
        reasons: reasons(weighed, what),
    }
}

fn reasons(weighed: &[Weighed<'_>], what: &str) -> Vec<String> {
    let of = match weighed.len() {
        0 => return vec!["nothing was found that has words of the claim".to_owned()],
        1 => format!("1 {what}"),
        all => format!("{all} {what}s"),
    };
    let count = |stance| weighed.iter().filter(|weighed| weighed.stance == stance).count();
    let mut reasons = Vec::new();
    for (number, says) in [
        (count(Stance::Supports), "bears the claim out"),
        (count(Stance::Refutes), "speaks against it"),
    ] {
        if number > 0 {
            reasons.push(format!("{number} of {of} {says}"));
        }
    }
    if reasons.is_empty() {
        return vec![format!("none of {of} bears the claim out or speaks against it")];
    }
    let against = (1..).zip(weighed);
    let against = against.filter(|(_, weighed)| weighed.stance == Stance::Refutes);
    reasons.extend(against.filter_map(|(number, weighed)| {
        let reason = weighed.finding.reason.as_deref()?;
        Some(format!("in {what} {number} {reason}"))
    }));
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retrieval::test_passages::passage;

    const CLAIM: &str = "The lighthouse of Brannock was built in 1871.";
    const FOR: &str = "😀 Much is told. The lighthouse of Brannock was built in 1871. It is tall.";
    const AGAINST: &str = "The lighthouse of Brannock was built in 1902.";
    const BESIDE: &str = "Bread needs flour, water and salt.";

    fn given(texts: &[&str]) -> FactCheck {
        weigh_given(CLAIM, texts.iter().map(|text| (*text).to_owned()).collect())
    }

    fn stances(check: &FactCheck) -> Vec<Stance> {
        check.evidence.iter().map(|evidence| evidence.stance).collect()
    }

    #[test]
    fn one_text_for_the_claim_supports_it_with_its_words() {
        let check = given(&[BESIDE, FOR]);
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
        assert_eq!(check.reasons, ["1 of 2 texts bears the claim out"]);
    }

    #[test]
    fn one_text_against_the_claim_refutes_it_and_the_reason_says_how() {
        let check = given(&[AGAINST]);
        assert_eq!(check.verdict, Verdict::Refuted);
        assert_eq!(check.evidence[0].text.as_deref(), Some(AGAINST));
        assert!(check.confidence > 0.5, "{}", check.confidence);
        assert_eq!(check.reasons[0], "1 of 1 text speaks against it");
        assert!(check.reasons[1].contains("1902"), "{:?}", check.reasons);
    }

    #[test]
    fn texts_on_both_sides_dispute_it() {
        let check = given(&[AGAINST, FOR]);
        assert_eq!(check.verdict, Verdict::Disputed);
        assert_eq!(stances(&check), [Stance::Refutes, Stance::Supports]);
        assert_eq!(check.reasons.len(), 3);
    }

    #[test]
    fn texts_about_something_else_leave_it_unverified() {
        let check = given(&[BESIDE]);
        assert_eq!((check.verdict, check.confidence), (Verdict::Unverified, 0.0));
        assert_eq!(
            check.reasons,
            ["none of 1 text bears the claim out or speaks against it"]
        );
    }

    #[test]
    fn of_found_passages_only_those_that_speak_are_shown_with_their_place_in_the_document() {
        let mut found = [passage("bread", BESIDE), passage("brannock", FOR)];
        (found[1].start, found[1].end) = (100, 100 + found[1].end);
        let check = weigh_found(CLAIM, &found);
        assert_eq!(check.verdict, Verdict::Supported);
        let [evidence] = &check.evidence[..] else {
            unreachable!("one speaks: {check:?}")
        };
        assert_eq!((evidence.quote_start, evidence.quote_end), (Some(116), Some(161)));
        assert_eq!(evidence.text.as_deref(), Some(CLAIM));
        let source = evidence.source.as_ref().unwrap();
        assert_eq!((source.number, source.document_id.as_str()), (2, "brannock"));
    }

    #[test]
    fn a_found_passage_about_something_near_is_no_dispute_and_one_about_the_same_is() {
        let claim = "The tower of the lighthouse on Skarv Rock is 38 metres high.";
        let tower = passage(
            "rock",
            "The tower of the lighthouse on Skarv Rock is 38 metres high.",
        );
        let near = passage(
            "museum",
            "Visitors cannot land on Skarv Rock, but a model of the tower of the lighthouse stands in the harbour.",
        );
        let alone = weigh_found(claim, std::slice::from_ref(&near));
        assert_eq!(
            alone.verdict,
            Verdict::Refuted,
            "read alone it seems to: {alone:?}"
        );
        let both = weigh_found(claim, &[tower.clone(), near]);
        assert_eq!((both.verdict, both.evidence.len()), (Verdict::Supported, 1));
        let same = passage(
            "book",
            "The tower of the lighthouse on Skarv Rock is 41 metres high.",
        );
        assert_eq!(weigh_found(claim, &[tower, same]).verdict, Verdict::Disputed);
    }

    #[test]
    fn nothing_found_is_said() {
        let check = weigh_found(CLAIM, &[]);
        assert_eq!(check.verdict, Verdict::Unverified);
        assert_eq!(check.reasons, ["nothing was found that has words of the claim"]);
    }

    #[test]
    fn parts_in_different_places_are_one_quotation() {
        let text = "The tower is 31 metres tall. Nobody lives there. Its first keeper was Ada Holm.";
        let claim = "The tower is 31 metres tall and its first keeper was Ada Holm.";
        let check = weigh_given(claim, vec![text.to_owned()]);
        assert_eq!(check.verdict, Verdict::Supported, "{check:?}");
        let words = check.evidence[0].text.as_deref().unwrap();
        assert!(
            words.starts_with("The tower") && words.contains("Ada Holm"),
            "{words}"
        );
        assert!(text.contains(words));
    }
}
