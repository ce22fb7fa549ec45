//! The verifier: finds the source spans that support or contradict one claim, and gives the verdict.

mod citations;
mod compound;
mod finding;
mod judged;
mod nearest;
mod supported;

use super::{
    align::{self, Aligner, Alignment},
    contradiction,
    entailment::{Difference, Units},
    quotes,
    side::Side,
    sources::Sources,
    statement::Statement,
};
use crate::domain::{Citation, ClaimBasis, Passage, Verdict};
use citations::{add_quotations, cite, quotations};
use compound::compound;
use finding::not_found;
pub use finding::{Finding, Outcome};
use judged::{Judged, MIN_SHARED, judge};
use nearest::nearest;
use supported::{exact, found_elsewhere, supported};

/// Minimum coverage of a span that a model may judge.
const MIN_CLOSEST: f32 = 0.3;
/// Minimum coverage of a sentence that is compared with a claim in a reason.
const MIN_REASONED: f32 = 0.5;

/// Verifies claims against the passages of one answer.
#[derive(Debug)]
pub struct Verifier<'a> {
    sources: Sources<'a>,
    aligner: Aligner,
    units: Units,
}

impl<'a> Verifier<'a> {
    /// Indexes the passages.
    pub fn new(passages: &'a [Passage]) -> Self {
        let sources = Sources::read(passages);
        let aligner = Aligner::new(&sources);
        let units = Units::new(&sources);
        Self {
            sources,
            aligner,
            units,
        }
    }

    /// Verifies a claim that cites these sources, counted from 1.
    pub fn find(&mut self, claim: &str, cited: &[usize]) -> Finding {
        let count = self.sources.passages.len();
        let (existing, invented): (Vec<usize>, Vec<usize>) =
            cited.iter().partition(|&&number| (1..=count).contains(&number));
        let existing: Vec<usize> = existing.into_iter().map(|number| number - 1).collect();
        let claim = quotes::without_letter_brackets(claim);
        let claim = claim.as_ref();
        let words = self.sources.lexicon.read(claim, 0..claim.len());
        let Self {
            sources,
            aligner,
            units,
        } = self;
        let sources = &*sources;
        let side = Side {
            text: claim,
            words: &words,
            lexicon: &sources.lexicon,
        };
        let alignments = aligner.align(sources, side, &existing);
        let mut finding = Self::look_up(
            sources,
            units,
            aligner,
            side,
            &alignments,
            &existing,
            cited.is_empty(),
        );
        match finding.verdict {
            Verdict::Supported | Verdict::Disputed => finding.basis = Some(ClaimBasis::Quote),
            Verdict::Refuted | Verdict::Unverified => {
                finding.nearest = nearest(sources, side, &alignments, &existing);
            }
        }
        if let Some(number) = invented.first() {
            let note = format!("there is no source {number}");
            finding.reason = Some(match finding.reason {
                Some(reason) => format!("{note}; {reason}"),
                None => note,
            });
        }
        finding
    }

    /// Verifies a claim against sources that exist, counted from 0.
    fn look_up(
        sources: &Sources<'_>,
        units: &Units,
        aligner: &mut Aligner,
        claim: Side<'_>,
        alignments: &[Alignment],
        cited: &[usize],
        is_uncited: bool,
    ) -> Finding {
        let mut order: Vec<usize> = cited.to_vec();
        order.extend(alignments.iter().map(|alignment| alignment.source));
        if alignments.is_empty() {
            // Only function words: verbatim or nowhere.
            order.extend(0..sources.passages.len());
        }
        let mut seen = vec![false; sources.passages.len()];
        order.retain(|&source| !std::mem::replace(&mut seen[source], true));

        let quotations = quotations(sources, claim.text, &order);
        let statement = Statement::parse(claim);
        let tokens = units.claim(sources, claim);
        let judged = judge(sources, units, &statement, &tokens, alignments, cited);
        if let Some(finding) = exact(sources, units, &statement, cited, is_uncited, &order, &judged) {
            return finding;
        }
        let is_cited = |judged: &&Judged| cited.contains(&judged.alignment.source);
        let supports_of = |only_cited: bool| -> Vec<&Judged> {
            let candidates = judged.iter().filter(|judged| !only_cited || is_cited(judged));
            candidates.filter(|judged| judged.supports()).collect()
        };
        let mut supports = supports_of(true);
        let is_reattributed = supports.is_empty();
        if is_reattributed {
            supports.extend(supports_of(false).first());
        }
        let mut cited_sources = vec![false; sources.passages.len()];
        supports.retain(|judged| !std::mem::replace(&mut cited_sources[judged.alignment.source], true));
        if let Some(&first) = supports.first() {
            let mut citations: Vec<Citation> = supports
                .iter()
                .map(|judged| cite(sources, claim, &judged.alignment))
                .collect();
            let mut outcome = Outcome::Aligned;
            let mut reason = None;
            if is_reattributed {
                reason = Some(found_elsewhere(first.alignment.source));
                outcome = if is_uncited {
                    Outcome::Aligned
                } else {
                    Outcome::Misattributed
                };
            }
            if add_quotations(sources, quotations.unwrap_or_default(), &mut citations) {
                outcome = Outcome::Stitched;
            }
            return supported(sources, claim, outcome, citations, reason, cited, &judged);
        }
        if let Err(words) = quotations {
            return not_found(format!("no source has the words \u{201c}{words}\u{201d}"));
        }
        if let Some(finding) = compound(sources, units, aligner, claim, &tokens, cited) {
            return finding;
        }
        // A sentence that covers more of the claim and contradicts none of it says that the other speaks of something else.
        let agreed = judged.iter().filter(|judged| judged.contradictions.is_empty());
        let agreed = agreed.map(|judged| judged.alignment.coverage).fold(0.0, f32::max);
        let against = judged
            .iter()
            .filter(is_cited)
            .chain(&judged)
            .filter(|judged| judged.alignment.coverage >= agreed)
            .find_map(|judged| Some((judged, judged.against()?)));
        if let Some((judged, contradiction)) = against {
            let is_elsewhere = !is_uncited && !cited.contains(&judged.alignment.source);
            return Finding {
                outcome: if is_elsewhere {
                    Outcome::Misattributed
                } else {
                    Outcome::Aligned
                },
                verdict: Verdict::Refuted,
                citations: vec![cite(sources, claim, &judged.alignment)],
                reason: Some(contradiction.reason().to_owned()),
                closest: None,
                nearest: None,
                basis: None,
            };
        }
        let refusal = judged
            .iter()
            .filter(is_cited)
            .chain(&judged)
            .filter(|judged| judged.alignment.coverage >= MIN_REASONED)
            .find_map(Judged::refusal);
        let reason = refusal.map_or_else(
            || "no source says this".to_owned(),
            |refusal| refusal.reason.clone(),
        );
        // A model may judge other words, but not what is left out or said of another.
        let is_open = refusal.is_none_or(|refusal| refusal.kind == Difference::Added);
        Finding {
            closest: is_open
                .then(|| closest(sources, &statement, alignments, cited))
                .flatten(),
            ..not_found(reason)
        }
    }
}

/// The closest span to a claim, from the cited sources first; `None` when a rule finds a contradiction there.
fn closest(
    sources: &Sources<'_>,
    claim: &Statement<'_>,
    alignments: &[Alignment],
    cited: &[usize],
) -> Option<Citation> {
    let is_cited = |alignment: &&Alignment| cited.contains(&alignment.source);
    let best = alignments.iter().find(is_cited).or(alignments.first())?;
    let is_close = best.coverage >= MIN_CLOSEST && best.shared + best.context_words >= MIN_SHARED;
    let span = sources.side(&best.sentences);
    (is_close && contradiction::contradictions(claim, span, sources.context(best.sentences.start)).is_empty())
        .then(|| {
            let bytes = align::narrow(sources, claim.side(), &best.sentences);
            sources.passages[best.source].citation(best.source + 1, bytes)
        })
}
