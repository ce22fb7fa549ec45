//! Features of an answer for confidence and abstention: how much of the question its quotations cover, what they lack,
//! and how the quoted passage ranks.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{
    question::{QuestionTerm, QuestionTerms},
    words::Lexicon,
};
use crate::domain::{Citation, Claim, DocumentId, Passage, Question, Verdict};

/// Features of an answer. Shares are 0 to 1.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ConfidenceFeatures {
    /// The share of the question, by weight, that the quotations of the best cited source cover, with its title and
    /// headings.
    pub coverage: f64,
    /// Words of the question that no passage of the quoted document has, the heaviest first, each with its share of the
    /// question's weight.
    pub absent: Vec<(QuestionTerm, f64)>,
    /// The largest share of the question that one of the first three passages covers, with its title and headings.
    pub best_passage: f64,
    /// How far the best passage is ahead of the best of another document, as a share of its score.
    pub margin: f64,
    /// The number of lanes that found something, and of those that found the quoted passage.
    pub lanes: (usize, usize),
    /// The largest number of documents that support one claim; copies of one another count once.
    pub agreeing: usize,
}

/// The stems of one source: of its title and headings, of its quotations, and of everything in its document.
struct SourceStems {
    source: usize,
    headings: HashSet<u32>,
    quoted: HashSet<u32>,
    all: HashSet<u32>,
}

/// Computes the features from the supported and disputed claims of an answer.
pub fn confidence_features(
    question: &Question,
    weights: &BTreeMap<String, f64>,
    passages: &[Passage],
    claims: &[Claim],
) -> ConfidenceFeatures {
    let mut lexicon = Lexicon::default();
    let terms = QuestionTerms::read(&mut lexicon, question.as_str(), weights);
    let supported = claims
        .iter()
        .filter(|claim| matches!(claim.verdict, Verdict::Supported | Verdict::Disputed));
    let citations: Vec<&Citation> = supported.flat_map(|claim| &claim.citations).collect();
    let mut read = |source: usize, passage: &Passage| {
        let mut stems = |text: &str| -> HashSet<u32> {
            lexicon
                .read(text, 0..text.len())
                .iter()
                .map(|word| word.stem)
                .collect()
        };
        let headings: HashSet<u32> = &stems(&passage.header.title) | &stems(&passage.context);
        let quotes = citations.iter().filter(|citation| citation.source == source + 1);
        SourceStems {
            source,
            quoted: quotes.flat_map(|citation| stems(&citation.quote)).collect(),
            all: &headings | &stems(&passage.text),
            headings,
        }
    };
    let mut sources: Vec<SourceStems> = passages
        .iter()
        .enumerate()
        .map(|(source, passage)| read(source, passage))
        .collect();
    let best_passage = sources
        .iter()
        .take(3)
        .map(|source: &SourceStems| terms.coverage(|stem| source.all.contains(&stem)));
    let best_passage = best_passage.fold(0.0, f64::max);
    join_documents(passages, &mut sources);
    let mut features = ConfidenceFeatures {
        best_passage,
        margin: margin(passages),
        ..ConfidenceFeatures::default()
    };
    let cited: HashSet<usize> = citations
        .iter()
        .map(|citation| citation.source.wrapping_sub(1))
        .collect();
    let covers = |source: &SourceStems| {
        terms.coverage(|stem| source.quoted.contains(&stem) || source.headings.contains(&stem))
    };
    let mut cited_sources = sources.iter().filter(|source| cited.contains(&source.source));
    let Some(first) = cited_sources.next() else {
        return features;
    };
    // The source with most of the question; among equals, the one whose quotations have most.
    let rank = |source: &SourceStems| (terms.coverage(|stem| source.all.contains(&stem)), covers(source));
    let best = cited_sources.fold(
        first,
        |best, other| if rank(other) > rank(best) { other } else { best },
    );
    let total: f64 = terms.words.iter().map(|word| word.weight).sum();
    let absent = terms
        .words
        .iter()
        .filter(|word| word.found(|stem| best.all.contains(&stem)) == 0.0);
    features.absent = absent.map(|word| (word.clone(), word.weight / total)).collect();
    // Stems are numbered in the order of the question.
    features
        .absent
        .sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.stem.cmp(&b.0.stem)));
    features.coverage = covers(best);
    let quoted = &passages[best.source];
    let found_something: HashSet<_> = passages.iter().flat_map(|passage| passage.lanes.keys()).collect();
    features.lanes = (found_something.len(), quoted.lanes.len());
    features.agreeing = claims
        .iter()
        .map(|claim| agreeing(passages, claim))
        .max()
        .unwrap_or_default();
    features
}

/// Gives each source the words of all passages of its document: a text may name its subject only once.
fn join_documents(passages: &[Passage], sources: &mut [SourceStems]) {
    let mut of_document: BTreeMap<&DocumentId, HashSet<u32>> = BTreeMap::new();
    for (passage, source) in passages.iter().zip(sources.iter()) {
        of_document
            .entry(&passage.id.document)
            .or_default()
            .extend(&source.all);
    }
    for (passage, source) in passages.iter().zip(sources) {
        if let Some(words) = of_document.get(&passage.id.document) {
            source.all.clone_from(words);
        }
    }
}

/// The lead of the best passage over the best of another document, as a share of its score.
fn margin(passages: &[Passage]) -> f64 {
    let Some(best) = passages.first().filter(|best| best.score > 0.0) else {
        return 0.0;
    };
    let mut others = passages
        .iter()
        .filter(|passage| passage.id.document != best.id.document);
    let second = others.next().map_or(0.0, |passage| passage.score);
    (1.0 - second / best.score).clamp(0.0, 1.0)
}

/// The number of documents that support a claim; passages with the same words are copies.
fn agreeing(passages: &[Passage], claim: &Claim) -> usize {
    if claim.verdict != Verdict::Supported {
        return 0;
    }
    let mut documents: BTreeSet<&DocumentId> = BTreeSet::new();
    let mut texts: BTreeSet<String> = BTreeSet::new();
    let cited = claim
        .citations
        .iter()
        .filter_map(|citation| passages.get(citation.source.wrapping_sub(1)));
    for passage in cited {
        let text = passage
            .text
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .to_lowercase();
        if texts.insert(text) {
            documents.insert(&passage.id.document);
        }
    }
    documents.len()
}
