//! The citation agent: turns passages into numbered sources and corrects the citation markers of a text.

use std::collections::BTreeMap;

use crate::{
    domain::{Citation, Claim, Passage, Source, Verdict, code_points},
    evidence::{
        claims::findings,
        markers::{Marker, markers},
        verifier::Verifier,
    },
};

/// Maximum length of a snippet, in code points.
const MAX_SNIPPET: usize = 280;

/// A text as a snippet: on one line, cut after a word.
pub fn snippet(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((end, _)) = line.char_indices().nth(MAX_SNIPPET) else {
        return line;
    };
    let end = line[..end].rfind(' ').unwrap_or(end);
    format!("{} …", &line[..end])
}

/// Converts passages to numbered sources, with a snippet of each. Source `n` is `passages[n - 1]`.
pub fn sources(passages: &[Passage], snippets: Vec<String>) -> Vec<Source> {
    let source = |(number, (passage, snippet)): (usize, (&Passage, String))| Source {
        number,
        document_id: passage.id.document.clone(),
        chunk_id: passage.id.to_string(),
        title: passage.header.title.clone(),
        url: passage.header.url.clone(),
        snippet,
        score: (passage.score * 1_000.0).round() / 1_000.0,
        lanes: passage.lanes.clone(),
    };
    (1..).zip(passages.iter().zip(snippets)).map(source).collect()
}

/// Corrects the markers of a text and returns it with its claims.
///
/// Each sentence gets the numbers of the sources that support it, or of both sides if sources disagree, or no markers if
/// no source supports it. Offsets of the claims refer to the returned text; their reasons say what was wrong with the
/// original markers. Source `n` is `passages[n - 1]`.
pub fn repair(text: &str, passages: &[Passage]) -> (String, Vec<Claim>) {
    let mut copy = MarkerStripper::new(text);
    let mut claims = Vec::new();
    let mut single = SingleSourceVerifiers::new(passages);
    for (number, (sentence, mut finding)) in (1..).zip(findings(text, passages)) {
        if finding.verdict == Verdict::Supported {
            for &source in &sentence.sources {
                if finding.citations.iter().all(|citation| citation.source != source) {
                    finding.citations.extend(single.support(&sentence.text, source));
                }
            }
        }
        copy.copy_until(sentence.range.start);
        let start = code_points(&copy.output);
        copy.copy_until(sentence.range.end);
        let end = code_points(&copy.output);
        if matches!(finding.verdict, Verdict::Supported | Verdict::Disputed) {
            copy.output.push_str(&format_markers(&finding.citations));
        }
        claims.push(Claim {
            id: format!("c{number}"),
            text: sentence.text,
            start,
            end,
            verdict: finding.verdict,
            citations: finding.citations,
            reason: finding.reason,
            basis: finding.basis,
            repaired: false,
            said: None,
        });
    }
    copy.copy_until(text.len());
    (copy.output, claims)
}

/// Formats the markers of citations, to append to a sentence: ` [1] [3]`.
pub fn format_markers(citations: &[Citation]) -> String {
    let mut sources: Vec<usize> = citations.iter().map(|citation| citation.source).collect();
    sources.sort_unstable();
    sources.dedup();
    sources.iter().map(|source| format!(" [{source}]")).collect()
}

/// Verifiers over one source each, created on first use.
///
/// The verifier over all sources stops at those that contain a sentence verbatim. With these, a cited source that says the
/// same in other words keeps its marker too.
struct SingleSourceVerifiers<'a> {
    passages: &'a [Passage],
    verifiers: BTreeMap<usize, Verifier<'a>>,
}

impl<'a> SingleSourceVerifiers<'a> {
    fn new(passages: &'a [Passage]) -> Self {
        Self {
            passages,
            verifiers: BTreeMap::new(),
        }
    }

    /// Returns the quotations of a source, from 1, that support a sentence; empty if there are none or no such source.
    fn support(&mut self, sentence: &str, source: usize) -> Vec<Citation> {
        let Some(passage) = source.checked_sub(1).and_then(|place| self.passages.get(place)) else {
            return Vec::new();
        };
        let verifier = self.verifiers.entry(source);
        let verifier = verifier.or_insert_with(|| Verifier::new(std::slice::from_ref(passage)));
        let finding = verifier.find(sentence, &[1]);
        if finding.verdict != Verdict::Supported {
            return Vec::new();
        }
        let citations = finding.citations.into_iter();
        citations
            .map(|citation| Citation { source, ..citation })
            .collect()
    }
}

/// Copies a text without its markers.
struct MarkerStripper<'text> {
    text: &'text str,
    markers: std::iter::Peekable<std::vec::IntoIter<Marker>>,
    /// Position in `text`, in bytes.
    read: usize,
    output: String,
}

impl<'text> MarkerStripper<'text> {
    fn new(text: &'text str) -> Self {
        Self {
            text,
            markers: markers(text).into_iter().peekable(),
            read: 0,
            output: String::with_capacity(text.len()),
        }
    }

    /// Copies up to byte `end`, a character boundary, and skips the markers that begin before it.
    fn copy_until(&mut self, end: usize) {
        while let Some(marker) = self.markers.next_if(|marker| marker.range.start < end) {
            self.copy_verbatim(marker.range.start);
            self.read = self.read.max(marker.range.end);
            self.close_gap();
        }
        self.copy_verbatim(end);
    }

    /// Copies up to byte `end`.
    fn copy_verbatim(&mut self, end: usize) {
        self.output
            .push_str(self.text.get(self.read..end).unwrap_or_default());
        self.read = self.read.max(end);
    }

    /// Removes the blanks around a marker: those before it or, at the start of a line, those after it, so that the
    /// indentation stays.
    fn close_gap(&mut self) {
        let blank = [' ', '\t'];
        let line = self.output.rsplit('\n').next().unwrap_or_default();
        if line.trim_matches(blank).is_empty() {
            let rest = self.text.get(self.read..).unwrap_or_default();
            self.read += rest.len() - rest.trim_start_matches(blank).len();
        } else {
            let length = self.output.trim_end_matches(blank).len();
            self.output.truncate(length);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retrieval::test_passages::passage;

    fn library() -> [Passage; 3] {
        [
            passage("cold", "😀 Cold starts take 90 ms."),
            passage("tower", "The tower is 31 metres tall."),
            passage("again", "As measured, cold starts take 90 ms."),
        ]
    }

    fn repaired(text: &str) -> String {
        repair(text, &library()).0
    }

    #[test]
    fn wrong_missing_and_invented_markers_are_corrected() {
        for (text, right) in [
            (
                "The tower is 31 metres tall. [1]",
                "The tower is 31 metres tall. [2]",
            ),
            (
                "The tower is 31 metres tall [1].",
                "The tower is 31 metres tall. [2]",
            ),
            (
                "The tower [9] is 31 metres tall.",
                "The tower is 31 metres tall. [2]",
            ),
            ("The tower is 31 metres tall.", "The tower is 31 metres tall. [2]"),
            (
                "Cold starts take 90 ms. [1][3] Fish swim. [2]",
                "Cold starts take 90 ms. [1] [3] Fish swim.",
            ),
            ("The tower is 99 metres tall. [2]", "The tower is 99 metres tall."),
            (
                "# Starts [1]\n\n- [1] The tower is 31 metres tall.\n  - Is it so? [2]\n",
                "# Starts\n\n- The tower is 31 metres tall. [2]\n  - Is it so?\n",
            ),
            (
                "[2] The tower is 31 metres tall.",
                "The tower is 31 metres tall. [2]",
            ),
            (
                "The tower is 31 metres tall.\n\n```\na[1]\n```",
                "The tower is 31 metres tall. [2]\n\n```\na[1]\n```",
            ),
        ] {
            assert_eq!(repaired(text), right, "{text}");
            assert_eq!(repaired(right), right, "a correct text does not change");
        }
    }

    #[test]
    fn if_sources_disagree_both_sides_are_cited() {
        let sources = [
            passage("one", "The tower of Brannock is 31 metres tall."),
            passage("two", "The tower of Brannock is 40 metres tall."),
        ];
        let (text, claims) = repair("The tower of Brannock is 31 metres tall.", &sources);
        assert_eq!(text, "The tower of Brannock is 31 metres tall. [1] [2]");
        assert_eq!(claims[0].verdict, Verdict::Disputed);
    }

    #[test]
    fn offsets_of_claims_refer_to_the_returned_text() {
        let (text, claims) = repair(
            "😀 [3] The tower is 31 metres tall [1]. Fish swim. [1]",
            &library(),
        );
        let shown = |claim: &Claim| -> String {
            let shown = text.chars().skip(claim.start);
            shown.take(claim.end - claim.start).collect()
        };
        assert_eq!(claims.len(), 2, "{claims:?}");
        for claim in &claims {
            assert_eq!(shown(claim), claim.text);
        }
        assert_eq!(claims[0].citations[0].quote, "The tower is 31 metres tall.");
        assert_eq!(claims[0].verdict, Verdict::Supported);
        assert_eq!(claims[1].verdict, Verdict::Unverified);
    }

    proptest::proptest! {
        #[test]
        fn offsets_are_within_the_returned_text_for_any_input(
            text in "(\\PC|[\\[\\]()0-9,. `\n-]|The tower is 31 metres tall\\. |source){0,60}"
        ) {
            let (repaired, claims) = repair(&text, &library());
            for claim in claims {
                proptest::prop_assert!(claim.start <= claim.end && claim.end <= code_points(&repaired));
            }
        }

        #[test]
        fn words_stay_and_only_supported_sentences_are_marked(
            text in "(The tower is 31 metres tall\\. |[a-z .\n-]|\\[[0-9]\\]| \\(source 2\\)){0,40}"
        ) {
            let (repaired, claims) = repair(&text, &library());
            let words = |text: &str| {
                let mut copy = MarkerStripper::new(text);
                copy.copy_until(text.len());
                copy.output.split_whitespace().collect::<String>()
            };
            proptest::prop_assert_eq!(words(&repaired), words(&text));
            let supported: usize = claims
                .iter()
                .filter(|claim| claim.verdict == Verdict::Supported)
                .map(|claim| markers(&format_markers(&claim.citations)).len())
                .sum();
            proptest::prop_assert_eq!(markers(&repaired).len(), supported);
        }
    }
}
