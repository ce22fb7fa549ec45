//! The unit of the sources that lies closest to a claim that they do not support.

use crate::{
    domain::Citation,
    evidence::{align::Alignment, side::Side, sources::Sources},
};

/// Minimum coverage of a claim by a unit that is close to it.
const MIN_COVERAGE: f32 = 0.5;
/// Minimum coverage without names, which a claim may have wrong.
const MIN_TOPIC: f32 = 0.6;
/// Minimum number of distinct words that a claim and a close unit share.
const MIN_SHARED: usize = 2;
/// How much more a unit of another source has to cover than the best of the cited ones.
const OTHER_MARGIN: f32 = 0.1;

/// The whole unit closest to a claim: a sentence, a list item or a row, or two neighbouring sentences if the claim needs
/// both. Units of the cited sources, from 0, come first; `None` if none is close.
pub(super) fn nearest(
    sources: &Sources<'_>,
    claim: Side<'_>,
    alignments: &[Alignment],
    cited: &[usize],
) -> Option<Citation> {
    let is_close = |alignment: &&Alignment| {
        let covers = alignment.coverage >= MIN_COVERAGE || alignment.topic >= MIN_TOPIC;
        covers && alignment.shared >= MIN_SHARED.min(content_words(claim))
    };
    // Numbers do not count for the coverage: of two units that cover the same, the one that has them is closer.
    let closer = |a: &&Alignment, b: &&Alignment| {
        let by_coverage = a.coverage.total_cmp(&b.coverage);
        by_coverage.then(a.shared.cmp(&b.shared))
    };
    // Of equal ones the first counts, as the aligner orders them.
    let best = |only_cited: bool| {
        let candidates = alignments.iter().rev().filter(is_close);
        candidates
            .filter(|alignment| !only_cited || cited.contains(&alignment.source))
            .max_by(closer)
    };
    let any = best(false)?;
    let of_cited = best(true).filter(|of_cited| any.coverage <= of_cited.coverage + OTHER_MARGIN);
    let Alignment {
        source, sentences, ..
    } = of_cited.unwrap_or(any);
    Some(sources.passages[*source].citation(source + 1, sources.bytes(sentences)))
}

/// The number of content words of a claim.
fn content_words(claim: Side<'_>) -> usize {
    claim.words.iter().filter(|word| word.is_content()).count()
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::{ClaimBasis, Passage, Verdict},
        evidence::verifier::Verifier,
        retrieval::test_passages::passage,
    };

    const LAMP: &str = "😀 Much is told.\n\nThe lamp of Skarv was lit on 3 May 1871\nby its first keeper. The tower is high.";

    fn nearest(passages: &[Passage], claim: &str, cited: &[usize]) -> Option<(usize, String)> {
        let finding = Verifier::new(passages).find(claim, cited);
        assert!(
            matches!(finding.verdict, Verdict::Refuted | Verdict::Unverified) && finding.basis.is_none(),
            "{claim}: {finding:?}"
        );
        let nearest = finding.nearest?;
        let passage = &passages[nearest.source - 1];
        let length = nearest.quote_end - nearest.quote_start;
        let there: String = passage
            .text
            .chars()
            .skip(nearest.quote_start - passage.start)
            .take(length)
            .collect();
        assert_eq!(there, nearest.quote, "the quotation is at its offsets");
        Some((nearest.source, nearest.quote))
    }

    #[test]
    fn the_nearest_unit_is_a_whole_sentence_even_if_it_contradicts_the_claim() {
        let mut passages = [passage("other", "Bread needs time."), passage("lamp", LAMP)];
        (passages[1].start, passages[1].end) = (100, 100 + passages[1].end);
        let unit = "The lamp of Skarv was lit on 3 May 1871\nby its first keeper.";
        for claim in [
            "The lamp of Skarv was lit on 3 May 1902.",
            "The lamp of Skarv was not lit on 3 May 1871.",
            "The lamp of Skarv was lit \u{201c}by a storm\u{201d}.",
        ] {
            for cited in [&[2_usize][..], &[1], &[7], &[]] {
                let found = nearest(&passages, claim, cited);
                assert_eq!(found, Some((2, unit.to_owned())), "{claim} {cited:?}");
            }
        }
        assert_eq!(nearest(&passages, "Whales sing below the ice.", &[2]), None);
        assert_eq!(nearest(&[], "The lamp was lit.", &[1]), None);
    }

    #[test]
    fn of_two_units_that_cover_the_same_the_one_with_the_number_is_nearest() {
        let passages = [passage("a", "Lamp two has 5 panes. Lamp nine has 8 panes.")];
        let found = nearest(&passages, "Lamp nine has 81 panes.", &[1]);
        assert_eq!(found, Some((1, "Lamp nine has 8 panes.".to_owned())));
    }

    #[test]
    fn a_cited_unit_is_preferred_to_one_that_covers_hardly_more() {
        let passages = [
            passage("a", "The tower of Skarv is 38 metres tall."),
            passage("b", "The tower of Skarv is 38 metres tall."),
        ];
        let claim = "The tower of Skarv is 83 metres tall.";
        for cited in [1, 2] {
            assert_eq!(
                nearest(&passages, claim, &[cited]).map(|found| found.0),
                Some(cited)
            );
        }
    }

    #[test]
    fn a_supported_claim_has_a_basis_instead() {
        let passages = [passage("lamp", LAMP)];
        let finding = Verifier::new(&passages).find("The tower is high.", &[1]);
        assert_eq!((finding.basis, finding.nearest), (Some(ClaimBasis::Quote), None));
    }
}
