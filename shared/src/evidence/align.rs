//! Alignment: finds the sentence, or the two neighbouring ones, that cover a claim, by weighted word overlap. Rare
//! words and names weigh more.

use std::ops::Range;

use super::{contradiction, side::Side, sources::Sources, statement::negation, words::Word};

/// Maximum number of candidate sentences, over all sources and in each cited source.
const MAX_CANDIDATES: usize = 10;
const MAX_CANDIDATES_PER_CITED: usize = 3;
/// Words in more sentences than this do not select candidates.
const MAX_FREQUENCY: usize = 64;
/// Longer sentences are narrowed to the relevant clauses, in bytes.
const MAX_QUOTE_BYTES: usize = 240;
/// The weight of a word found only in the context: the title, a heading or the sentence before.
const CONTEXT_WEIGHT: f32 = 0.8;
/// The rarity of a word that no source has: it may be a synonym of a word that one has.
const UNKNOWN_RARITY: f32 = 0.75;

/// Maximum number of distinct words of a claim that fit in a bit set; further ones are searched for in each sentence.
const MAX_MARKED: usize = 128;

/// How much more two sentences have to cover than either of them, as a share.
const PAIR_MARGIN: f32 = 0.1;

/// One or two sentences that may support a claim, with coverage shares of 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Alignment {
    /// Which sentences, one or two.
    pub sentences: Range<usize>,
    /// Their source, from 0.
    pub source: usize,
    /// The share of the claim's words, by weight, that they and their context have. Numbers are left to the rules.
    pub coverage: f32,
    /// The coverage without names.
    pub topic: f32,
    /// The number of distinct words that they share with the claim.
    pub shared: usize,
    /// The number of further words found in the context.
    pub context_words: usize,
}

/// Aligner for one set of sources, with reusable scratch space.
#[derive(Debug)]
pub struct Aligner {
    /// For each sentence, the weight of the claim's words that it has; all 0 between calls.
    scores: Vec<f32>,
    /// For each stem, the place of the claim's word that has it, from 1; 0 for none.
    places: Vec<u8>,
}

impl Aligner {
    /// Creates an aligner for these sources.
    pub fn new(sources: &Sources<'_>) -> Self {
        Self {
            scores: vec![0.0; sources.sentences.len()],
            places: Vec::new(),
        }
    }

    /// The candidate alignments, best first, including some of each cited source (from 0).
    pub fn align(&mut self, sources: &Sources<'_>, claim: Side<'_>, cited: &[usize]) -> Vec<Alignment> {
        let words = ClaimTerms::new(sources, claim);
        let places = self.candidates(sources, &words, cited);
        self.mark(sources, &words);
        let mut found: Vec<Alignment> = Vec::new();
        for place in places {
            let in_source = sources.sentences_in(sources.sentences[place].source);
            let has = self.has(sources, place);
            let single = words.against(sources, claim, place..place + 1, has);
            for other in [place.wrapping_sub(1), place + 1] {
                if !in_source.contains(&other) {
                    continue;
                }
                let others = self.has(sources, other);
                // Two sentences have to cover clearly more than either of them.
                let first = place.min(other);
                let pair = words.against(sources, claim, first..first + 2, has | others);
                let covers_more = |than: &Alignment| pair.coverage > than.coverage + PAIR_MARGIN;
                if covers_more(&single)
                    && covers_more(&words.against(sources, claim, other..other + 1, others))
                {
                    found.push(pair);
                }
            }
            found.push(single);
        }
        found.sort_unstable_by(|a, b| {
            let order = b.coverage.total_cmp(&a.coverage);
            order
                .then(a.sentences.len().cmp(&b.sentences.len()))
                .then(a.sentences.start.cmp(&b.sentences.start))
        });
        found.dedup_by(|a, b| a.sentences == b.sentences);
        for (word, _) in words.distinct.iter().take(MAX_MARKED) {
            self.places[word.stem as usize] = 0;
        }
        found
    }

    /// Records the place in the claim of each of its stems.
    fn mark(&mut self, sources: &Sources<'_>, words: &ClaimTerms<'_>) {
        self.places.resize(sources.lexicon.stems(), 0);
        for (place, (word, _)) in (1..).zip(words.distinct.iter().take(MAX_MARKED)) {
            self.places[word.stem as usize] = place;
        }
    }

    /// The words of the claim that a sentence has: a bit for each, the lowest for the first.
    fn has(&self, sources: &Sources<'_>, sentence: usize) -> u128 {
        let words = sources.side(&(sentence..sentence + 1)).words.iter();
        let places = words.map(|word| self.places[word.stem as usize]);
        places
            .filter(|&place| place > 0)
            .fold(0, |has, place| has | 1 << (place - 1))
    }

    /// The sentences with the highest weight of words of the claim, overall and in each cited source.
    fn candidates(&mut self, sources: &Sources<'_>, words: &ClaimTerms<'_>, cited: &[usize]) -> Vec<usize> {
        let mut touched: Vec<usize> = Vec::new();
        let rarest = words
            .distinct
            .iter()
            .map(|word| sources.sentences_with(word.0.stem).len())
            .filter(|df| *df > 0)
            .min();
        for (word, weight) in &words.distinct {
            let sentences_with = sources.sentences_with(word.stem);
            if sentences_with.len() > MAX_FREQUENCY && Some(sentences_with.len()) != rarest {
                continue;
            }
            for &sentence in sentences_with {
                let score = &mut self.scores[sentence as usize];
                if *score == 0.0 {
                    touched.push(sentence as usize);
                }
                *score += weight;
            }
        }
        let scores = &mut self.scores;
        let mut chosen = touched.clone();
        let best_first = |a: &usize, b: &usize| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b));
        if chosen.len() > MAX_CANDIDATES {
            chosen.select_nth_unstable_by(MAX_CANDIDATES - 1, best_first);
            chosen.truncate(MAX_CANDIDATES);
        }
        for &source in cited {
            let in_source = sources.sentences_in(source);
            let mut best: Vec<usize> = in_source.filter(|place| scores[*place] > 0.0).collect();
            best.sort_unstable_by(best_first);
            chosen.extend(best.into_iter().take(MAX_CANDIDATES_PER_CITED));
        }
        chosen.sort_unstable();
        chosen.dedup();
        for place in touched {
            scores[place] = 0.0;
        }
        chosen
    }
}

/// The distinct content words of a claim, each with its weight in these sources.
struct ClaimTerms<'a> {
    distinct: Vec<(&'a Word, f32)>,
}

impl<'a> ClaimTerms<'a> {
    fn new(sources: &Sources<'_>, claim: Side<'a>) -> Self {
        let sentences = sources.sentences.len() as f32;
        let mut distinct: Vec<(&Word, f32)> = Vec::new();
        for word in claim.words.iter().filter(|word| word.is_content()) {
            if distinct.iter().any(|(other, _)| other.stem == word.stem) {
                continue;
            }
            let sentences_with = sources.sentences_with(word.stem).len() as f32;
            let rarity = if sentences_with == 0.0 {
                UNKNOWN_RARITY
            } else {
                0.55 + 0.45 * (1.0 + sentences / sentences_with).ln()
                    / (1.0 + sentences).ln().max(f32::MIN_POSITIVE)
            };
            distinct.push((word, word.weight * rarity));
        }
        Self { distinct }
    }

    /// The alignment of the claim with these sentences; `has` has a bit for each word of the claim in them.
    fn against(
        &self,
        sources: &Sources<'_>,
        claim: Side<'_>,
        sentences: Range<usize>,
        has: u128,
    ) -> Alignment {
        let source = sources.sentences[sentences.start].source;
        let span = sources.side(&sentences);
        let context = sources.context(sentences.start);
        let (mut all, mut found) = (0.0, 0.0);
        let (mut topic_all, mut topic_found) = (0.0, 0.0);
        let (mut shared, mut context_words) = (0, 0);
        for (place, (word, weight)) in self.distinct.iter().enumerate() {
            let in_span = match place {
                ..MAX_MARKED => has >> place & 1 == 1,
                _ => span.words.iter().any(|other| other.stem == word.stem),
            };
            shared += usize::from(in_span);
            if word
                .as_written(claim.text)
                .starts_with(|c: char| c.is_ascii_digit())
            {
                continue;
            }
            let share = if in_span
                || sources.may_have_antonym(word, &sentences) && contradiction::has_antonym(claim, word, span)
            {
                1.0
            } else if context.contains(&word.stem) {
                context_words += 1;
                CONTEXT_WEIGHT
            } else {
                0.0
            };
            (all, found) = (all + weight, found + share * weight);
            if !word.capital {
                (topic_all, topic_found) = (topic_all + weight, topic_found + share * weight);
            }
        }
        let coverage = if all > 0.0 { found / all } else { 0.0 };
        Alignment {
            sentences,
            source,
            coverage,
            topic: if topic_all > 0.0 {
                topic_found / topic_all
            } else {
                coverage
            },
            shared,
            context_words,
        }
    }
}

/// The bytes of the passage to quote for a claim: of a long sentence only the clauses from the first relevant word to
/// the last. Words shared with the claim and negations are relevant.
pub fn narrow(sources: &Sources<'_>, claim: Side<'_>, sentences: &Range<usize>) -> Range<usize> {
    let whole = sources.bytes(sentences);
    if whole.len() <= MAX_QUOTE_BYTES {
        return whole;
    }
    let span = sources.side(sentences);
    let mut relevant = span.words.iter().enumerate().filter(|(place, word)| {
        negation::is_cue(span, *place)
            || word.is_content() && claim.words.iter().any(|other| other.stem == word.stem)
    });
    let first = relevant.next();
    let last = relevant.next_back().or(first);
    let (Some((_, first)), Some((_, last))) = (first, last) else {
        return whole;
    };
    let ends = |c: char| matches!(c, ';' | ':' | ',' | '\n' | '.' | '!' | '?');
    let before = &span.text[whole.start..first.start];
    let cut = before.rfind(ends).map_or(0, |at| at + 1);
    let start = whole.start + cut + before[cut..].len() - before[cut..].trim_start().len();
    let after = &span.text[last.end..whole.end];
    let end = after.find(ends).map_or(whole.end, |at| last.end + at);
    start..end.max(last.end)
}
