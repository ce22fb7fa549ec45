//! The sentences of an answer as claims, each with the words of a source that carry it.

use std::ops::Range;

use super::{quotes::Normalized, sentences::sentences};
use crate::domain::{Citation, Claim, CodePoints, Passage, Verdict};

/// Reads the claims of an answer and looks each one up: in the sources that its markers name, then in the others. Source
/// `n` is `passages[n - 1]`. A claim whose words stand in no source is `unverified`.
pub fn verify(answer: &str, passages: &[Passage]) -> Vec<Claim> {
    let sources: Vec<Normalized> = passages
        .iter()
        .map(|passage| Normalized::of(&passage.text))
        .collect();
    let mut points = CodePoints::of(answer);
    (1..)
        .zip(marked_sentences(answer))
        .map(|(number, sentence)| {
            let text = without_markers(&answer[sentence.range.clone()]);
            let (citations, reason) = find(&text, &sentence.markers, &sources, passages);
            Claim {
                id: format!("c{number}"),
                start: points.at(sentence.range.start),
                end: points.at(sentence.range.end),
                verdict: if citations.is_empty() {
                    Verdict::Unverified
                } else {
                    Verdict::Supported
                },
                text,
                citations,
                reason,
            }
        })
        .collect()
}

/// A sentence and the sources that the markers in and after it name.
struct Marked {
    range: Range<usize>,
    markers: Vec<usize>,
}

fn marked_sentences(answer: &str) -> Vec<Marked> {
    let mut marked: Vec<Marked> = Vec::new();
    for range in sentences(answer) {
        let mut start = range.start;
        // Markers that stand before a sentence belong to the one that has just ended.
        while let Some((source, after)) = leading_marker(&answer[start..range.end]) {
            if let Some(last) = marked.last_mut() {
                last.markers.push(source);
            }
            start += after;
        }
        if start == range.end {
            continue;
        }
        let own = markers(&answer[start..range.end])
            .into_iter()
            .map(|(_, source)| source)
            .collect();
        marked.push(Marked {
            range: start..range.end,
            markers: own,
        });
    }
    marked
}

/// The number of a marker that the text begins with, and where the rest begins.
fn leading_marker(text: &str) -> Option<(usize, usize)> {
    let (range, source) = markers(text)
        .into_iter()
        .next()
        .filter(|(range, _)| range.start == 0)?;
    let rest = &text[range.end..];
    Some((source, range.end + rest.len() - rest.trim_start().len()))
}

/// Every `[n]` with its place.
pub fn markers(text: &str) -> Vec<(Range<usize>, usize)> {
    let mut found = Vec::new();
    for (start, _) in text.match_indices('[') {
        let digits = text[start + 1..].bytes().take_while(u8::is_ascii_digit).count();
        let end = start + 1 + digits;
        if text[end..].starts_with(']') && (1..=3).contains(&digits) {
            found.extend(
                text[start + 1..end]
                    .parse()
                    .ok()
                    .map(|source| (start..end + 1, source)),
            );
        }
    }
    found
}

fn without_markers(sentence: &str) -> String {
    let mut text = String::with_capacity(sentence.len());
    let mut from = 0;
    for (range, _) in markers(sentence) {
        text.push_str(sentence[from..range.start].trim_end());
        from = range.end;
    }
    text.push_str(&sentence[from..]);
    text.trim().to_owned()
}

fn find(
    claim: &str,
    markers: &[usize],
    sources: &[Normalized],
    passages: &[Passage],
) -> (Vec<Citation>, Option<String>) {
    let claim = Normalized::of(claim);
    let cite = |number: &usize| {
        let place = number.checked_sub(1)?;
        let found = sources.get(place)?.find(&claim)?;
        Some(citation(*number, &passages[place], found))
    };
    let cited: Vec<Citation> = markers.iter().filter_map(cite).collect();
    if !cited.is_empty() {
        return (cited, None);
    }
    match (1..=sources.len()).find_map(|number| cite(&number)) {
        Some(citation) => {
            let reason = format!(
                "the words stand in source {}, which the answer does not name here",
                citation.source
            );
            (vec![citation], Some(reason))
        }
        None => (Vec::new(), Some("these words stand in no source".to_owned())),
    }
}

/// Words of a passage, placed in its document.
pub fn citation(source: usize, passage: &Passage, bytes: Range<usize>) -> Citation {
    let mut points = CodePoints::of(&passage.text);
    Citation {
        source,
        quote_start: passage.start + points.at(bytes.start),
        quote_end: passage.start + points.at(bytes.end),
        quote: passage.text[bytes].to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retrieval::test_passages::passage;

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
                quote_end: 25
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
            "Cold starts take 90 ms [2]. Cold starts take 80 ms. [1]",
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
    fn a_number_that_names_no_source_is_harmless() {
        assert!(
            verify("Text. [0] [9] [9999999999999999999999]", &[])
                .iter()
                .all(|c| c.citations.is_empty())
        );
    }
}
