//! The citation agent: numbers the passages, once and for good, shows them as sources, and puts the numbers of a text
//! right.

use std::collections::BTreeMap;

use crate::{
    domain::{Citation, Claim, Passage, Source, Verdict, code_points},
    evidence::{
        claims::findings,
        markers::{Marker, markers},
        verifier::Verifier,
    },
};

/// Code points of a passage that a source shows.
const SNIPPET: usize = 280;

/// Source `n` is `passages[n - 1]`.
pub fn sources(passages: &[Passage]) -> Vec<Source> {
    let source = |(number, passage): (usize, &Passage)| Source {
        number,
        document_id: passage.id.document.clone(),
        chunk_id: passage.id.to_string(),
        title: passage.header.title.clone(),
        url: passage.header.url.clone(),
        snippet: snippet(&passage.text),
        score: (passage.score * 1_000.0).round() / 1_000.0,
        lanes: passage.lanes.clone(),
    };
    (1..).zip(passages).map(source).collect()
}

/// The beginning of a text on one line, cut after a word.
fn snippet(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((cut, _)) = line.char_indices().nth(SNIPPET) else {
        return line;
    };
    let cut = line[..cut].rfind(' ').unwrap_or(cut);
    format!("{} …", &line[..cut])
}

/// The same text with other markers: each sentence carries the numbers of the sources that bear it out, or of both sides
/// where sources differ; a sentence that none bears out carries none. The claims are placed in the text returned; their
/// reasons say what was wrong with the markers before. Source `n` is `passages[n - 1]`.
pub fn repair(text: &str, passages: &[Passage]) -> (String, Vec<Claim>) {
    let mut copy = Unmarked::of(text);
    let mut claims = Vec::new();
    let mut alone = Alone::of(passages);
    for (number, (sentence, mut finding)) in (1..).zip(findings(text, passages)) {
        if finding.verdict == Verdict::Supported {
            for &source in &sentence.sources {
                if finding.citations.iter().all(|citation| citation.source != source) {
                    finding.citations.extend(alone.bears_out(&sentence.text, source));
                }
            }
        }
        copy.up_to(sentence.range.start);
        let start = code_points(&copy.written);
        copy.up_to(sentence.range.end);
        let end = code_points(&copy.written);
        if matches!(finding.verdict, Verdict::Supported | Verdict::Disputed) {
            copy.written.push_str(&marks(&finding.citations));
        }
        claims.push(Claim {
            id: format!("c{number}"),
            text: sentence.text,
            start,
            end,
            verdict: finding.verdict,
            citations: finding.citations,
            reason: finding.reason,
        });
    }
    copy.up_to(text.len());
    (copy.written, claims)
}

/// The markers of a sentence that these citations prove, to be put after it: ` [1] [3]`.
pub fn marks(citations: &[Citation]) -> String {
    let mut sources: Vec<usize> = citations.iter().map(|citation| citation.source).collect();
    sources.sort_unstable();
    sources.dedup();
    sources.iter().map(|source| format!(" [{source}]")).collect()
}

/// Each source with a ledger of its own, made when it is first needed. The ledger over all of them stops at the sources
/// that have a sentence word for word; one that was named and says the same in other words keeps its number too.
struct Alone<'a> {
    passages: &'a [Passage],
    ledgers: BTreeMap<usize, Verifier<'a>>,
}

impl<'a> Alone<'a> {
    fn of(passages: &'a [Passage]) -> Self {
        Self {
            passages,
            ledgers: BTreeMap::new(),
        }
    }

    /// The words of a source, from 1, that bear a sentence out; none where they do not, or there is no such source.
    fn bears_out(&mut self, sentence: &str, source: usize) -> Vec<Citation> {
        let Some(passage) = source.checked_sub(1).and_then(|place| self.passages.get(place)) else {
            return Vec::new();
        };
        let verifier = self.ledgers.entry(source);
        let verifier = verifier.or_insert_with(|| Verifier::of(std::slice::from_ref(passage)));
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

/// A text on its way to one without its markers.
struct Unmarked<'text> {
    text: &'text str,
    markers: std::iter::Peekable<std::vec::IntoIter<Marker>>,
    /// Up to where `text` was read, in bytes.
    read: usize,
    written: String,
}

impl<'text> Unmarked<'text> {
    fn of(text: &'text str) -> Self {
        Self {
            text,
            markers: markers(text).into_iter().peekable(),
            read: 0,
            written: String::with_capacity(text.len()),
        }
    }

    /// Copies up to byte `end`, which is on a character boundary, without the markers that begin before it.
    fn up_to(&mut self, end: usize) {
        while let Some(marker) = self.markers.next_if(|marker| marker.range.start < end) {
            self.plain(marker.range.start);
            self.read = self.read.max(marker.range.end);
            self.close_gap();
        }
        self.plain(end);
    }

    fn plain(&mut self, end: usize) {
        self.written
            .push_str(self.text.get(self.read..end).unwrap_or_default());
        self.read = self.read.max(end);
    }

    /// Takes away the blanks that stood around a marker: before it, or after it at the start of a line, whose
    /// indentation stays.
    fn close_gap(&mut self) {
        let blank = [' ', '\t'];
        let line = self.written.rsplit('\n').next().unwrap_or_default();
        if line.trim_matches(blank).is_empty() {
            let rest = self.text.get(self.read..).unwrap_or_default();
            self.read += rest.len() - rest.trim_start_matches(blank).len();
        } else {
            let kept = self.written.trim_end_matches(blank).len();
            self.written.truncate(kept);
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
    fn wrong_missing_and_invented_numbers_are_put_right() {
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
            assert_eq!(repaired(right), right, "what is right stays");
        }
    }

    #[test]
    fn where_sources_differ_both_sides_are_named() {
        let sources = [
            passage("one", "The tower of Brannock is 31 metres tall."),
            passage("two", "The tower of Brannock is 40 metres tall."),
        ];
        let (text, claims) = repair("The tower of Brannock is 31 metres tall.", &sources);
        assert_eq!(text, "The tower of Brannock is 31 metres tall. [1] [2]");
        assert_eq!(claims[0].verdict, Verdict::Disputed);
    }

    #[test]
    fn claims_stand_in_the_text_that_is_returned() {
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
        fn claims_of_any_text_stand_in_what_is_returned(
            text in "(\\PC|[\\[\\]()0-9,. `\n-]|The tower is 31 metres tall\\. |source){0,60}"
        ) {
            let (repaired, claims) = repair(&text, &library());
            for claim in claims {
                proptest::prop_assert!(claim.start <= claim.end && claim.end <= code_points(&repaired));
            }
        }

        #[test]
        fn words_stay_and_only_what_is_proved_is_marked(
            text in "(The tower is 31 metres tall\\. |[a-z .\n-]|\\[[0-9]\\]| \\(source 2\\)){0,40}"
        ) {
            let (repaired, claims) = repair(&text, &library());
            let words = |text: &str| {
                let mut copy = Unmarked::of(text);
                copy.up_to(text.len());
                copy.written.split_whitespace().collect::<String>()
            };
            proptest::prop_assert_eq!(words(&repaired), words(&text));
            let proved: usize = claims
                .iter()
                .filter(|claim| claim.verdict == Verdict::Supported)
                .map(|claim| markers(&marks(&claim.citations)).len())
                .sum();
            proptest::prop_assert_eq!(markers(&repaired).len(), proved);
        }
    }
}
