//! Looking up terms, in two rounds of reads. The first reads the buckets of all terms, of the largest segments if there are
//! many. It shows which terms are rare. The second reads, within a budget, what can add most to a score: blocks of frequent
//! terms, and buckets of the remaining segments, the rarest terms first.

use std::{cmp::Reverse, collections::BTreeSet, sync::Arc};

use hashbrown::{HashMap, HashSet};

use super::row_cache::{Name, Reader};
use crate::{
    ports::{Manifest, Ordinal, RowName, Segment, StoreError},
    retrieval::{
        bm25,
        ranking::LookupTerm,
        segment::{
            bucket::{self, Entry, Postings},
            bucket_start, hash,
            postings::{Posting, decode_block},
        },
    },
};

/// Maximum number of buckets of the first round; the largest segment is always read.
const FIRST_ROWS: usize = 36;
/// Maximum number of rows of both rounds.
const MAX_ROWS: usize = 60;
/// Number of terms, the rarest ones, that are looked up in every segment whatever the budget: what was ingested a moment ago
/// must be found.
const RAREST_TERMS: usize = 3;

/// What the index says about the terms of a question.
pub(super) struct Found {
    /// The terms with their inverse document frequency.
    pub(super) frequencies: Vec<(LookupTerm, f64)>,
    /// The terms that no chunk has.
    pub(super) unknown: BTreeSet<String>,
    /// For each chunk that was seen, the sum of what the terms add to its score.
    pub(super) sums: HashMap<Ordinal, f32>,
    /// Whether every posting was read.
    pub(super) is_complete: bool,
}

impl Found {
    /// The terms with their weights.
    pub(super) fn weights(&self) -> Vec<(String, f64)> {
        let weight = |(term, idf): &(LookupTerm, f64)| (term.text.clone(), term.share * idf);
        self.frequencies.iter().map(weight).collect()
    }
}

/// A term in a segment, and the bucket that holds it.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    term: usize,
    segment: &'a Segment,
    bucket: Name,
}

/// A block of the postings of a term.
#[derive(Debug, Clone, Copy)]
struct Block {
    term: usize,
    name: Name,
}

/// What was looked up so far.
#[derive(Default)]
struct Progress<'a> {
    places: Vec<Place<'a>>,
    entries: Vec<(Place<'a>, Entry)>,
}

/// Looks up terms in a snapshot of the library; `None` if a row of it is gone.
///
/// # Errors
/// When the store fails or a row cannot be decoded.
pub(super) async fn look_up(
    reader: &Reader<'_>,
    manifest: &Manifest,
    terms: &[LookupTerm],
) -> Result<Option<Found>, StoreError> {
    let (first, later) = rounds(manifest, terms);
    let mut progress = Progress::default();
    let Some(rows) = reader.rows(&names(&first, &[])).await? else {
        return Ok(None);
    };
    progress.add(first, &rows, terms)?;
    let blocks = progress.blocks();
    let (second, chosen) = within_budget(&progress, later.clone(), &blocks, manifest, terms);
    let mut is_complete = second.len() == later.len() && chosen.len() == blocks.len();
    let Some(rows) = reader.rows(&names(&second, &chosen)).await? else {
        return Ok(None);
    };
    progress.add(second, &rows, terms)?;
    // Blocks of the second round's entries would take a third one.
    is_complete &= progress.blocks().len() == blocks.len();

    let frequencies = progress.frequencies(manifest, terms);
    let mut sums: HashMap<Ordinal, f32> = HashMap::new();
    let mut add = |term: usize, postings: &[Posting]| {
        let (LookupTerm { share, .. }, idf) = &frequencies[term];
        for posting in postings {
            let addition = (share * idf * bm25::from_impact(posting.impact)) as f32;
            *sums.entry(posting.ordinal).or_insert(0.0) += addition;
        }
    };
    for (place, entry) in &progress.entries {
        if let Postings::Inline(postings) = &entry.postings {
            add(place.term, postings);
        }
    }
    for block in &chosen {
        if let Some(row) = rows.get(&block.name) {
            add(block.term, &decode_block(row).ok_or_else(corrupt)?);
        }
    }
    Ok(Some(Found {
        unknown: progress.unknown(terms),
        frequencies,
        sums,
        is_complete,
    }))
}

impl<'a> Progress<'a> {
    /// Adds places whose buckets were read.
    fn add(
        &mut self,
        places: Vec<Place<'a>>,
        rows: &HashMap<Name, Arc<[u8]>>,
        terms: &[LookupTerm],
    ) -> Result<(), StoreError> {
        for place in &places {
            let Some(row) = rows.get(&place.bucket) else {
                continue;
            };
            let entry = bucket::find(row, hash(&terms[place.term].text)).map_err(|_| corrupt())?;
            self.entries.extend(entry.map(|entry| (*place, entry)));
        }
        self.places.extend(places);
        Ok(())
    }

    /// The terms with their inverse document frequency. Where a term was not looked up in every segment, the others are
    /// assumed to be alike. An unknown term weighs as much as one in a single chunk: in a small library it must not outweigh
    /// all others.
    fn frequencies(&self, manifest: &Manifest, terms: &[LookupTerm]) -> Vec<(LookupTerm, f64)> {
        let all: u64 = manifest.segments.iter().map(|segment| segment.chunks).sum();
        let mut seen = vec![0_u64; terms.len()];
        let mut frequencies = vec![0_u64; terms.len()];
        for place in &self.places {
            seen[place.term] += place.segment.chunks;
        }
        for (place, entry) in &self.entries {
            frequencies[place.term] += entry.chunks;
        }
        let weight = |(number, term): (usize, &LookupTerm)| {
            let share = all as f64 / seen[number].max(1) as f64;
            let frequency = (frequencies[number] as f64 * share.max(1.0)) as u64;
            (term.clone(), bm25::idf(frequency.max(1), manifest.chunks()))
        };
        terms.iter().enumerate().map(weight).collect()
    }

    /// The terms that no segment has.
    fn unknown(&self, terms: &[LookupTerm]) -> BTreeSet<String> {
        let known: HashSet<usize> = self.entries.iter().map(|(place, _)| place.term).collect();
        let unknown = (0..terms.len()).filter(|term| !known.contains(term));
        unknown.map(|term| terms[term].text.clone()).collect()
    }

    /// The blocks of the terms that were found, with their highest impacts.
    fn blocks(&self) -> Vec<(Block, u8)> {
        let mut blocks = Vec::new();
        for (place, entry) in &self.entries {
            let Postings::Blocks(highest) = &entry.postings else {
                continue;
            };
            let (segment, RowName::Bucket { start }) = place.bucket else {
                continue;
            };
            blocks.extend((0..).zip(highest).map(|(number, &impact)| {
                let row = RowName::Block {
                    bucket: start,
                    entry: entry.number,
                    number,
                };
                let block = Block {
                    term: place.term,
                    name: (segment, row),
                };
                (block, impact)
            }));
        }
        blocks
    }
}

/// The places of the terms in all segments, the largest segments first: those of the first round, and the others.
fn rounds<'a>(manifest: &'a Manifest, terms: &[LookupTerm]) -> (Vec<Place<'a>>, Vec<Place<'a>>) {
    let mut segments: Vec<&Segment> = manifest
        .segments
        .iter()
        .filter(|segment| segment.buckets > 0)
        .collect();
    segments.sort_unstable_by_key(|segment| Reverse((segment.chunks, segment.id)));
    let (mut first, mut later) = (Vec::new(), Vec::new());
    let mut buckets: HashSet<Name> = HashSet::new();
    for segment in segments {
        let places: Vec<Place<'_>> = terms
            .iter()
            .enumerate()
            .map(|(term, text)| {
                let start = bucket_start(hash(&text.text), segment.buckets);
                Place {
                    term,
                    segment,
                    bucket: (segment.id, RowName::Bucket { start }),
                }
            })
            .collect();
        let own: HashSet<Name> = places.iter().map(|place| place.bucket).collect();
        if later.is_empty() && (buckets.is_empty() || buckets.len() + own.len() <= FIRST_ROWS) {
            buckets.extend(own);
            first.extend(places);
        } else {
            later.extend(places);
        }
    }
    (first, later)
}

/// The rows of the second round: of the rarest terms in every segment, then, within the budget, what can add most to a
/// score.
fn within_budget<'a>(
    progress: &Progress<'a>,
    later: Vec<Place<'a>>,
    blocks: &[(Block, u8)],
    manifest: &Manifest,
    terms: &[LookupTerm],
) -> (Vec<Place<'a>>, Vec<Block>) {
    let frequencies = progress.frequencies(manifest, terms);
    let weight = |term: usize| frequencies[term].0.share * frequencies[term].1;
    let mut by_rarity: Vec<usize> = (0..terms.len()).collect();
    by_rarity.sort_by(|&a, &b| weight(b).total_cmp(&weight(a)));
    let rarest = &by_rarity[..by_rarity.len().min(RAREST_TERMS)];
    let mut rows: HashSet<Name> = progress.places.iter().map(|place| place.bucket).collect();
    let (mut places, others): (Vec<Place<'_>>, Vec<Place<'_>>) =
        later.into_iter().partition(|place| rarest.contains(&place.term));
    rows.extend(places.iter().map(|place| place.bucket));

    enum Read<'a> {
        Bucket(Place<'a>),
        Block(Block),
    }
    let all = manifest.chunks().max(1) as f64;
    // A bucket holds every posting of a term in its segment; few of the best chunks are in a small segment.
    let bucket = |place: Place<'a>| {
        let share = place.segment.chunks as f64 / all;
        (
            weight(place.term) * bm25::from_impact(u8::MAX) * share.sqrt(),
            Read::Bucket(place),
        )
    };
    let block =
        |&(block, impact): &(Block, u8)| (weight(block.term) * bm25::from_impact(impact), Read::Block(block));
    let mut reads: Vec<(f64, Read<'_>)> = others
        .into_iter()
        .map(bucket)
        .chain(blocks.iter().map(block))
        .collect();
    reads.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut chosen = Vec::new();
    for (_, read) in reads {
        let name = match &read {
            Read::Bucket(place) => place.bucket,
            Read::Block(block) => block.name,
        };
        if !rows.contains(&name) && rows.len() >= MAX_ROWS {
            continue;
        }
        rows.insert(name);
        match read {
            Read::Bucket(place) => places.push(place),
            Read::Block(block) => chosen.push(block),
        }
    }
    (places, chosen)
}

/// The distinct rows of places and blocks.
fn names(places: &[Place<'_>], blocks: &[Block]) -> Vec<Name> {
    let names = places.iter().map(|place| place.bucket);
    let names: BTreeSet<Name> = names.chain(blocks.iter().map(|block| block.name)).collect();
    names.into_iter().collect()
}

/// A row of a segment that cannot be decoded.
pub(super) fn corrupt() -> StoreError {
    StoreError::Corrupt {
        row: "segment",
        reason: "it does not parse".into(),
    }
}
