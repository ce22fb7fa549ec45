//! One claim against the sources: where its words stand, whether they say the same, and the verdict of both.

use std::ops::Range;

use super::{
    align::{self, Aligner, Alignment},
    contradiction::{self, Contradiction, Side, Stated},
    quotes::{Normalized, quoted},
    sources::Sources,
    words::Word,
};
use crate::domain::{Citation, CodePoints, Passage, Verdict};

/// The least share of a claim that a span has to carry to bear it out.
const LEAST_COVERAGE: f32 = 0.55;
/// The least share that the sentence itself has to carry, without the names and headings over it.
const LEAST_OWN: f32 = 0.4;
/// The least share that it has to carry of what the claim says of its subject.
const LEAST_PREDICATE: f32 = 0.6;
/// A sentence that carries this much less than one against it, in the same source, is beside the point.
const BESIDE: f32 = 0.15;
/// The least share that it has to carry to speak against it.
const LEAST_AGAINST: f32 = 0.6;
/// The same for a sentence of a source that is named, beside one that bears the claim out.
const LEAST_NAMED_DISPUTE: f32 = 0.7;
/// The same for a sentence of another document than the one that bears it out.
const LEAST_DISPUTE: f32 = 0.85;
/// The least share that words have to carry for a model to judge whether they bear the claim out.
const LEAST_CLOSE: f32 = 0.3;
/// The fewest words that a claim and a sentence against it share.
const LEAST_SHARED: usize = 2;
/// The least weight of the words of a part that can stand alone.
const LEAST_PART: f32 = 1.9;
/// Alignments that the rules are run on.
const JUDGED: usize = 8;

/// How a claim's words stand in the sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Word for word.
    Exact,
    /// A sentence or two carry it in other words.
    Aligned,
    /// They stand in another source than the one named; the number is repaired.
    Misattributed,
    /// Its parts stand in different places, each of which is cited.
    Stitched,
    /// Nothing carries it.
    NotFound,
}

/// What was found of a claim.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// How its words stand in the sources.
    pub outcome: Outcome,
    /// Whether they bear it out.
    pub verdict: Verdict,
    /// The words of the sources for it, or against it.
    pub citations: Vec<Citation>,
    /// Why, where it is not plain.
    pub reason: Option<String>,
    /// Of a claim that was not found, the words that come closest and do not say otherwise: a model may judge them.
    pub closest: Option<Citation>,
}

/// Looks claims up in the passages of one answer.
#[derive(Debug)]
pub struct Verifier<'a> {
    sources: Sources<'a>,
    aligner: Aligner,
}

/// An alignment that the rules have looked at.
struct Judged {
    alignment: Alignment,
    contradictions: Vec<Contradiction>,
}

impl Judged {
    fn supports(&self) -> bool {
        let Alignment {
            coverage,
            own,
            predicate,
            shared,
            ..
        } = self.alignment;
        let carries =
            coverage >= LEAST_COVERAGE && own >= LEAST_OWN && predicate >= LEAST_PREDICATE && shared > 0;
        carries && self.contradictions.is_empty()
    }

    fn against(&self) -> Option<&Contradiction> {
        let carries = self.alignment.coverage.max(self.alignment.topic) >= LEAST_AGAINST;
        let against = self
            .contradictions
            .iter()
            .find(|contradiction| contradiction.is_against());
        let shared = self.alignment.shared + self.alignment.over;
        against.filter(|_| carries && self.alignment.shared > 0 && shared >= LEAST_SHARED)
    }
}

impl<'a> Verifier<'a> {
    /// Reads the passages.
    pub fn of(passages: &'a [Passage]) -> Self {
        let sources = Sources::read(passages);
        let aligner = Aligner::of(&sources);
        Self { sources, aligner }
    }

    /// Looks up a claim that names these sources, from 1.
    pub fn find(&mut self, claim: &str, named: &[usize]) -> Finding {
        let count = self.sources.passages.len();
        let (there, invented): (Vec<usize>, Vec<usize>) =
            named.iter().partition(|&&number| (1..=count).contains(&number));
        let there: Vec<usize> = there.into_iter().map(|number| number - 1).collect();
        let words = self.sources.lexicon.read(claim, 0..claim.len());
        let mut finding = self.look_up(claim, &words, &there, named.is_empty());
        if let Some(number) = invented.first() {
            let note = format!("there is no source {number}");
            finding.reason = Some(match finding.reason {
                Some(reason) => format!("{note}; {reason}"),
                None => note,
            });
        }
        finding
    }

    fn look_up(&mut self, text: &str, words: &[Word], named: &[usize], names_none: bool) -> Finding {
        let Self { sources, aligner } = self;
        let sources = &*sources;
        let claim = Side {
            text,
            words,
            lexicon: &sources.lexicon,
        };
        let alignments = aligner.align(sources, claim, named);
        let mut order: Vec<usize> = named.to_vec();
        order.extend(alignments.iter().map(|alignment| alignment.source));
        let mut seen = vec![false; sources.passages.len()];
        order.retain(|&source| !std::mem::replace(&mut seen[source], true));

        let quotations = match quotations(sources, text, &order) {
            Ok(quotations) => quotations,
            Err(words) => return not_found(format!("no source has the words \u{201c}{words}\u{201d}")),
        };
        let stated = Stated::of(claim);
        let judged = judge(sources, &stated, &alignments, named);
        if let Some(finding) = exact(sources, &stated, named, names_none, &order, &judged) {
            return finding;
        }
        let is_named = |judged: &&Judged| named.contains(&judged.alignment.source);
        let supports = |support: &&Judged| {
            let overruled = judged.iter().any(|other| {
                let same_source = other.alignment.source == support.alignment.source;
                let closer = other.alignment.coverage > support.alignment.coverage + BESIDE;
                same_source && closer && other.against().is_some()
            });
            support.supports() && !overruled
        };
        let supports_of = |named: bool| -> Vec<&Judged> {
            let wanted = judged.iter().filter(|judged| !named || is_named(judged));
            wanted.filter(supports).collect()
        };
        let mut supports = supports_of(true);
        let is_repaired = supports.is_empty();
        if is_repaired {
            supports.extend(supports_of(false).first());
        }
        let mut cited_sources = vec![false; sources.passages.len()];
        supports.retain(|judged| !std::mem::replace(&mut cited_sources[judged.alignment.source], true));
        if let Some(&first) = supports.first() {
            let mut citations: Vec<Citation> = supports
                .iter()
                .map(|judged| cite(sources, claim, judged))
                .collect();
            let mut outcome = Outcome::Aligned;
            let mut reason = None;
            if is_repaired {
                reason = Some(elsewhere(first.alignment.source));
                outcome = if names_none {
                    Outcome::Aligned
                } else {
                    Outcome::Misattributed
                };
            }
            if add_quotations(sources, quotations, &mut citations) {
                outcome = Outcome::Stitched;
            }
            return supported(sources, claim, outcome, citations, reason, named, &judged);
        }
        if let Some(finding) = stitched(sources, aligner, claim, named) {
            return finding;
        }
        let against = judged
            .iter()
            .filter(is_named)
            .chain(&judged)
            .find_map(|judged| Some((judged, judged.against()?)));
        if let Some((judged, contradiction)) = against {
            let is_elsewhere = !names_none && !named.contains(&judged.alignment.source);
            return Finding {
                outcome: if is_elsewhere {
                    Outcome::Misattributed
                } else {
                    Outcome::Aligned
                },
                verdict: Verdict::Refuted,
                citations: vec![cite(sources, claim, judged)],
                reason: Some(contradiction.reason().to_owned()),
                closest: None,
            };
        }
        let close =
            judged.iter().filter(is_named).chain(&judged).find(|judged| {
                judged.alignment.coverage >= LEAST_COVERAGE && !judged.contradictions.is_empty()
            });
        let reason = close
            .and_then(|judged| judged.contradictions.first())
            .map_or_else(
                || "these words stand in no source".to_owned(),
                |contradiction| contradiction.reason().to_owned(),
            );
        Finding {
            closest: closest(sources, &stated, &alignments, named),
            ..not_found(reason)
        }
    }
}

/// The words that come closest to a claim, first of the sources that it names; none when a rule holds something against
/// it there.
fn closest(
    sources: &Sources<'_>,
    claim: &Stated<'_>,
    alignments: &[Alignment],
    named: &[usize],
) -> Option<Citation> {
    let is_named = |alignment: &&Alignment| named.contains(&alignment.source);
    let best = alignments.iter().find(is_named).or(alignments.first())?;
    let is_close = best.coverage >= LEAST_CLOSE && best.shared + best.over >= LEAST_SHARED;
    let span = sources.side(&best.sentences);
    (is_close && contradiction::contradictions(claim, span, sources.context(best.sentences.start)).is_empty())
        .then(|| {
            let bytes = align::narrow(sources, claim.side(), &best.sentences);
            citation(best.source + 1, &sources.passages[best.source], bytes)
        })
}

/// The parts of a claim that joins several, each in a place of its own.
fn stitched(
    sources: &Sources<'_>,
    aligner: &mut Aligner,
    claim: Side<'_>,
    named: &[usize],
) -> Option<Finding> {
    let parts = parts(claim);
    if parts.len() < 2 {
        return None;
    }
    let mut citations: Vec<Citation> = Vec::new();
    for part in parts {
        let part = Side {
            words: &claim.words[part],
            ..claim
        };
        let alignments = aligner.align(sources, part, named);
        let judged = judge(sources, &Stated::of(part), &alignments, named);
        let supports = |judged: &&Judged| judged.supports() && judged.alignment.shared >= LEAST_SHARED;
        let is_named = |judged: &&Judged| named.contains(&judged.alignment.source);
        let best = judged
            .iter()
            .filter(is_named)
            .find(supports)
            .or_else(|| judged.iter().find(supports))?;
        let citation = cite(sources, part, best);
        if !citations.contains(&citation) {
            citations.push(citation);
        }
    }
    let outside = citations
        .iter()
        .any(|citation| !named.contains(&(citation.source - 1)));
    let reason = (outside && !named.is_empty()).then(|| "its parts stand in different sources".to_owned());
    Some(Finding {
        outcome: Outcome::Stitched,
        verdict: Verdict::Supported,
        citations,
        reason,
        closest: None,
    })
}

/// The claim word for word: in the sources that it names, or else in the first other one.
fn exact(
    sources: &Sources<'_>,
    stated: &Stated<'_>,
    named: &[usize],
    names_none: bool,
    order: &[usize],
    judged: &[Judged],
) -> Option<Finding> {
    let claim = stated.side();
    let normal = Normalized::of(claim.text);
    let finder = normal.finder();
    let find = |source: usize| {
        let bytes = sources.normalized(source).find_words(&finder)?;
        says_so(sources, stated, source, &bytes)
            .then(|| citation(source + 1, &sources.passages[source], bytes))
    };
    let cited: Vec<Citation> = order
        .iter()
        .filter(|source| named.contains(source))
        .filter_map(|&source| find(source))
        .collect();
    if !cited.is_empty() {
        return Some(supported(
            sources,
            claim,
            Outcome::Exact,
            cited,
            None,
            named,
            judged,
        ));
    }
    let other = order.iter().find_map(|&source| find(source))?;
    let outcome = if names_none {
        Outcome::Exact
    } else {
        Outcome::Misattributed
    };
    let reason = Some(elsewhere(other.source - 1));
    Some(supported(
        sources,
        claim,
        outcome,
        vec![other],
        reason,
        named,
        judged,
    ))
}

/// Whether the sentence around words that stand in it says them too, and does not deny them.
fn says_so(sources: &Sources<'_>, claim: &Stated<'_>, source: usize, bytes: &Range<usize>) -> bool {
    let around = sources.of(source).find(|&sentence| {
        let sentence = &sources.sentences[sentence].range;
        sentence.start <= bytes.start && bytes.end <= sentence.end && *sentence != *bytes
    });
    around.is_none_or(|sentence| {
        let span = sources.side(&(sentence..sentence + 1));
        !contradiction::facts(claim, span, &[])
            .iter()
            .any(Contradiction::is_against)
    })
}

/// Runs the rules on the alignments that carry enough, the best of the named sources among them.
fn judge(
    sources: &Sources<'_>,
    claim: &Stated<'_>,
    alignments: &[Alignment],
    named: &[usize],
) -> Vec<Judged> {
    let mut judged: Vec<Judged> = Vec::new();
    for alignment in alignments {
        let is_close = alignment.coverage >= LEAST_COVERAGE || alignment.topic >= LEAST_AGAINST;
        let wanted = judged.len() < JUDGED || named.contains(&alignment.source) && judged.len() < 3 * JUDGED;
        if is_close && wanted {
            let contradictions = contradiction::contradictions(
                claim,
                sources.side(&alignment.sentences),
                sources.context(alignment.sentences.start),
            );
            let alignment = alignment.clone();
            judged.push(Judged {
                alignment,
                contradictions,
            });
        }
    }
    judged
}

/// A claim that is borne out, unless a source says otherwise as plainly: then both are shown.
fn supported(
    sources: &Sources<'_>,
    claim: Side<'_>,
    outcome: Outcome,
    mut citations: Vec<Citation>,
    reason: Option<String>,
    named: &[usize],
    judged: &[Judged],
) -> Finding {
    let documents: Vec<_> = citations
        .iter()
        .map(|citation| &sources.passages[citation.source - 1].id.document)
        .collect();
    let disputes = |judged: &&Judged| {
        let alignment = &judged.alignment;
        let is_named = named.contains(&alignment.source);
        let least = if is_named {
            LEAST_NAMED_DISPUTE
        } else {
            LEAST_DISPUTE
        };
        let plainly = alignment.coverage >= least && alignment.shared > LEAST_SHARED;
        let other_document = !documents.contains(&&sources.passages[alignment.source].id.document);
        plainly && alignment.sentences.len() == 1 && other_document
    };
    let mut against = judged.iter().filter(disputes);
    let against = against.find_map(|judged| Some((judged, judged.against()?)));
    let Some((other, contradiction)) = against else {
        return Finding {
            outcome,
            verdict: Verdict::Supported,
            citations,
            reason,
            closest: None,
        };
    };
    let other_source = other.alignment.source + 1;
    citations.push(cite(sources, claim, other));
    Finding {
        outcome,
        verdict: Verdict::Disputed,
        citations,
        reason: Some(format!(
            "sources differ; in source {other_source} {}",
            contradiction.reason()
        )),
        closest: None,
    }
}

/// Where the words that the claim puts in quotation marks stand; the first that no source has otherwise.
fn quotations<'text>(
    sources: &Sources<'_>,
    claim: &'text str,
    order: &[usize],
) -> Result<Vec<(usize, Range<usize>)>, &'text str> {
    let place = |words: &'text str| {
        let normal = Normalized::of(words);
        let finder = normal.finder();
        let found = order
            .iter()
            .find_map(|&source| Some((source, sources.normalized(source).find_words(&finder)?)));
        found.ok_or(words)
    };
    quoted(claim).into_iter().map(place).collect()
}

/// Cites quotations that no citation holds yet; whether there were any.
fn add_quotations(
    sources: &Sources<'_>,
    quotations: Vec<(usize, Range<usize>)>,
    citations: &mut Vec<Citation>,
) -> bool {
    let before = citations.len();
    for (source, bytes) in quotations {
        let quotation = citation(source + 1, &sources.passages[source], bytes);
        if !citations
            .iter()
            .any(|citation| citation.quote.contains(&quotation.quote))
        {
            citations.push(quotation);
        }
    }
    citations.len() > before
}

/// The places of the clauses of a claim that can stand alone: cut at "and", "but", "while" and semicolons.
fn parts(claim: Side<'_>) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    let tells = |range: &Range<usize>| {
        claim.words[range.clone()]
            .iter()
            .map(|word| word.weight)
            .sum::<f32>()
            >= LEAST_PART
    };
    for place in 1..claim.words.len() {
        let joint = matches!(
            claim.lexicon.folded(&claim.words[place]),
            "and" | "but" | "while" | "whereas" | "though" | "although"
        );
        let gap = claim
            .text
            .get(claim.words[place - 1].end..claim.words[place].start)
            .unwrap_or_default();
        let clause = from..place;
        if (joint || gap.contains(';')) && tells(&clause) && tells(&(place..claim.words.len())) {
            parts.push(clause);
            from = place + usize::from(joint);
        }
    }
    parts.push(from..claim.words.len());
    parts
}

fn cite(sources: &Sources<'_>, claim: Side<'_>, judged: &Judged) -> Citation {
    let alignment = &judged.alignment;
    let bytes = align::narrow(sources, claim, &alignment.sentences);
    citation(alignment.source + 1, &sources.passages[alignment.source], bytes)
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

fn elsewhere(source: usize) -> String {
    format!(
        "the words stand in source {}, which the answer does not name here",
        source + 1
    )
}

fn not_found(reason: String) -> Finding {
    Finding {
        outcome: Outcome::NotFound,
        verdict: Verdict::Unverified,
        citations: Vec::new(),
        reason: Some(reason),
        closest: None,
    }
}
