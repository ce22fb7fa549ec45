//! Claims: the sentences of an answer, each verified against the sources.

use std::ops::Range;

use super::{
    markers::{Marker, markers},
    no_claim::is_no_claim,
    references::references_start,
    sentences::sentences,
    verifier::{Finding, Verifier},
};
use crate::domain::{Claim, CodePoints, Passage};

/// Placeholder for each byte of a marker while sentences are split: a control character, which ends no sentence.
const BLANK: &str = "\u{1}";

/// Verifies each claim of an answer: against the sources that its markers cite, then against the others. Source `n` is
/// `passages[n - 1]`. A claim that no source supports or contradicts is `unverified`.
pub fn verify(answer: &str, passages: &[Passage]) -> Vec<Claim> {
    let mut points = CodePoints::new(answer);
    (1..)
        .zip(findings(answer, passages))
        .map(|(number, (sentence, finding))| Claim {
            id: format!("c{number}"),
            text: sentence.text,
            start: points.at(sentence.range.start),
            end: points.at(sentence.range.end),
            verdict: finding.verdict,
            citations: finding.citations,
            reason: finding.reason,
            basis: finding.basis,
            repaired: false,
            said: None,
        })
        .collect()
}

/// The assertions of an answer, each with the finding of the verifier.
pub fn findings(answer: &str, passages: &[Passage]) -> Vec<(Sentence, Finding)> {
    let sentences = assertions(answer);
    if sentences.is_empty() {
        return Vec::new();
    }
    let mut verifier = Verifier::new(passages);
    sentences
        .into_iter()
        .map(|sentence| {
            let finding = verifier.find(&sentence.text, &sentence.sources);
            (sentence, finding)
        })
        // A courtesy or opinion is a claim only if a source has it.
        .filter(|(sentence, finding)| finding.is_supported() || !is_no_claim(&sentence.text))
        .collect()
}

/// A sentence that asserts something, with the sources that the markers in and after it cite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Its bytes in the answer.
    pub range: Range<usize>,
    /// Its words, without markers.
    pub text: String,
    /// The sources that it cites, from 1, each once, in the order written; they may not exist.
    pub sources: Vec<usize>,
}

/// The sentences of an answer that assert something: not questions, nor lines that only introduce others.
/// A list of references at the end asserts nothing either.
pub fn assertions(answer: &str) -> Vec<Sentence> {
    let answer = &answer[..references_start(answer)];
    let markers = markers(answer);
    let found = if markers.is_empty() {
        sentences(answer)
    } else {
        let masked = masked(answer, &markers);
        let trimmed = sentences(&masked).into_iter().map(|range| trim(&masked, range));
        trimmed.filter(|range| !range.is_empty()).collect()
    };
    let mut all: Vec<Sentence> = found
        .into_iter()
        .map(|range| Sentence {
            text: without(answer, &range, &markers),
            range,
            sources: Vec::new(),
        })
        .collect();
    for marker in markers {
        if let Some(owner) = owner(answer, &all, &marker) {
            let sources = &mut all[owner].sources;
            for source in marker.sources {
                if !sources.contains(&source) {
                    sources.push(source);
                }
            }
        }
    }
    all.retain(|sentence| asserts(&sentence.text));
    all
}

/// Whether a sentence asserts something.
fn asserts(sentence: &str) -> bool {
    let bare = sentence.trim_end_matches(['"', '”', '\'', ')', '*', '_', ' ']);
    let leads_in = bare.ends_with(':') && !bare.contains(|c: char| c.is_numeric());
    sentence.contains(char::is_alphanumeric) && !bare.ends_with(['?', '？']) && !leads_in
}

/// The answer with its markers blanked out, byte for byte.
fn masked(answer: &str, markers: &[Marker]) -> String {
    let mut masked = String::with_capacity(answer.len());
    let mut from = 0;
    for marker in markers {
        masked.push_str(&answer[from..marker.range.start]);
        masked.push_str(&BLANK.repeat(marker.range.len()));
        from = marker.range.end;
    }
    masked.push_str(&answer[from..]);
    masked
}

/// A range without the white space and placeholders at its ends.
fn trim(masked: &str, range: Range<usize>) -> Range<usize> {
    let is_blank = |c: char| c.is_whitespace() || c == '\u{1}';
    let sentence = &masked[range.clone()];
    let trimmed = sentence.trim_start_matches(is_blank);
    let start = range.start + sentence.len() - trimmed.len();
    start..start + trimmed.trim_end_matches(is_blank).len()
}

/// A sentence without the markers in it.
fn without(answer: &str, range: &Range<usize>, markers: &[Marker]) -> String {
    let mut text = String::with_capacity(range.len());
    let mut from = range.start;
    let first = markers.partition_point(|marker| marker.range.start < range.start);
    for marker in markers[first..]
        .iter()
        .take_while(|marker| marker.range.end <= range.end)
    {
        text.push_str(answer[from..marker.range.start].trim_end());
        from = marker.range.end;
    }
    text.push_str(&answer[from..range.end]);
    text.trim().to_owned()
}

/// The sentence that a marker belongs to: the one that it stands in or after. At the start of a line it belongs to the
/// sentence that follows on the line.
fn owner(answer: &str, sentences: &[Sentence], marker: &Marker) -> Option<usize> {
    let next = sentences.partition_point(|sentence| sentence.range.start <= marker.range.start);
    let follows = sentences.get(next).is_some_and(|sentence| {
        answer
            .get(marker.range.end..sentence.range.start)
            .is_some_and(|gap| !gap.contains('\n'))
    });
    let Some(previous) = next.checked_sub(1) else {
        return follows.then_some(next);
    };
    let is_on_a_new_line = answer
        .get(sentences[previous].range.end..marker.range.start)
        .is_some_and(|gap| gap.contains('\n'));
    Some(if is_on_a_new_line && follows {
        next
    } else {
        previous
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Citation, Verdict},
        retrieval::test_passages::passage,
    };

    #[test]
    fn markers_belong_to_the_sentence_before_them() {
        let passages = [
            passage("a", "😀 Cold starts\ntake 90 ms."),
            passage("b", "Warm ones take 2 ms."),
        ];
        let answer = "Cold starts take 90 ms. [1] Warm ones take 2 ms. [2]";
        let claims = verify(answer, &passages);
        assert_eq!(claims.len(), 2);
        assert_eq!(claims[0].text, "Cold starts take 90 ms.");
        assert_eq!(
            claims[0].citations,
            [Citation {
                source: 1,
                quote: "Cold starts\ntake 90 ms.".into(),
                quote_start: 2,
                quote_end: 25,
                page: None,
                location: None,
            }]
        );
        assert_eq!(claims[1].citations[0].source, 2);
        let shown: String = answer
            .chars()
            .skip(claims[1].start)
            .take(claims[1].end - claims[1].start)
            .collect();
        assert_eq!(shown, "Warm ones take 2 ms.");
    }

    #[test]
    fn a_wrong_number_is_repaired_and_made_up_words_are_not_cited() {
        let passages = [
            passage("a", "Cold starts take 90 ms."),
            passage("b", "Other text."),
        ];
        let claims = verify(
            "Cold starts take 90 ms [2]. Cold starts delight 80 people. [1]",
            &passages,
        );
        assert_eq!(
            (claims[0].citations[0].source, claims[0].verdict),
            (1, Verdict::Supported)
        );
        assert!(claims[0].reason.is_some());
        assert_eq!(
            (claims[1].citations.len(), claims[1].verdict),
            (0, Verdict::Unverified)
        );
    }

    #[test]
    fn a_number_of_no_source_cites_nothing() {
        assert!(
            verify("Text. [0] [9] [9999999999999999999999]", &[])
                .iter()
                .all(|c| c.citations.is_empty())
        );
    }

    #[test]
    fn a_marker_belongs_to_its_sentence_wherever_it_stands() {
        for (answer, owned) in [
            ("One is so.[1] Two is so.[2]", vec![vec![1], vec![2]]),
            ("One is so [1]. Two is so [2].", vec![vec![1], vec![2]]),
            ("One is so. [1][2]\n\nTwo is so. [3]", vec![vec![1, 2], vec![3]]),
            ("[1] One is so.\n[2] Two is so.", vec![vec![1], vec![2]]),
            ("- One is so [1, 1]\n- Two is so 【2】", vec![vec![1], vec![2]]),
            ("One is so.\n[1]\nTwo is so.", vec![vec![1], vec![]]),
            ("1. One is so (source 1).\n2. Two is so.", vec![vec![1], vec![]]),
        ] {
            let found: Vec<Vec<usize>> = assertions(answer)
                .into_iter()
                .map(|sentence| sentence.sources)
                .collect();
            assert_eq!(found, owned, "{answer}");
        }
    }

    #[test]
    fn only_what_asserts_is_a_claim() {
        let answer = "# Cold starts\n\nWhat do they take? Here is what is known:\n\n- They take **90 ms** [1].\n\n```\nlet a = b[1];\n```\n";
        let texts: Vec<String> = assertions(answer)
            .into_iter()
            .map(|sentence| sentence.text)
            .collect();
        assert_eq!(texts, ["They take **90 ms**."]);
    }
}
