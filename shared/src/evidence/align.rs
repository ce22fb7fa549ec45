//! Which sentence, or two neighbouring ones, of the sources carry a claim: the overlap of their words, where rare words
//! and names weigh more.

use std::ops::Range;

use super::{contradiction, contradiction::Side, predicate::predicate, sources::Sources, words::Word};

/// Sentences that are looked at more closely, over all sources and in each source that the claim names.
const CLOSER: usize = 10;
const CLOSER_NAMED: usize = 3;
/// A word that stands in more sentences than this finds none of them by itself.
const COMMON: usize = 64;
/// A longer sentence is narrowed to the clauses that matter, in bytes.
const LONG: usize = 240;
/// What a word counts that stands only over the span: in the title, a heading or the sentence before.
const OVER: f32 = 0.8;
/// What a word of no source counts: it may be another word for one that is there.
const UNKNOWN: f32 = 0.75;

/// The words of a claim that are looked up by marks; those of a longer one are searched for.
const MARKED: usize = 128;

/// How much more two sentences have to carry than one of them.
const BOTH: f32 = 0.1;

/// Sentences that may carry a claim.
#[derive(Debug, Clone, PartialEq)]
pub struct Alignment {
    /// Which sentences, one or two.
    pub sentences: Range<usize>,
    /// Whose they are, from 0.
    pub source: usize,
    /// The share of the claim's words that they carry, by weight; numbers are left to the rules.
    pub coverage: f32,
    /// The share that the sentences carry themselves, without what stands over them.
    pub own: f32,
    /// The coverage without names.
    pub topic: f32,
    /// The coverage of what the claim says of its subject.
    pub predicate: f32,
    /// How many different words the two have in common.
    pub shared: usize,
    /// How many more stand over the sentences.
    pub over: usize,
}

/// Scratch space for one set of sources.
#[derive(Debug)]
pub struct Aligner {
    scores: Vec<f32>,
    /// For each stem, the place of the claim's word that has it, from 1; 0 for none.
    places: Vec<u8>,
}

impl Aligner {
    /// For these sources.
    pub fn of(sources: &Sources<'_>) -> Self {
        Self {
            scores: vec![0.0; sources.sentences.len()],
            places: Vec::new(),
        }
    }

    /// What may carry the claim, the best first; some of each source that is named (from 0).
    pub fn align(&mut self, sources: &Sources<'_>, claim: Side<'_>, named: &[usize]) -> Vec<Alignment> {
        let words = Weighed::of(sources, claim);
        let places = self.places(sources, &words, named);
        self.mark(sources, &words);
        let mut found: Vec<Alignment> = Vec::new();
        for place in places {
            let own = sources.of(sources.sentences[place].source);
            let has = self.has(sources, place);
            let single = words.against(sources, claim, place..place + 1, has);
            for other in [place.wrapping_sub(1), place + 1] {
                if !own.contains(&other) {
                    continue;
                }
                let others = self.has(sources, other);
                // Two sentences have to carry clearly more than either does.
                let first = place.min(other);
                let pair = words.against(sources, claim, first..first + 2, has | others);
                let is_more = |than: &Alignment| pair.coverage > than.coverage + BOTH;
                if is_more(&single) && is_more(&words.against(sources, claim, other..other + 1, others)) {
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
        for (word, _) in words.distinct.iter().take(MARKED) {
            self.places[word.stem as usize] = 0;
        }
        found
    }

    /// Notes where in the claim each stem stands.
    fn mark(&mut self, sources: &Sources<'_>, words: &Weighed<'_>) {
        self.places.resize(sources.lexicon.stems(), 0);
        for (place, (word, _)) in (1..).zip(words.distinct.iter().take(MARKED)) {
            self.places[word.stem as usize] = place;
        }
    }

    /// Which words of the claim stand in a sentence: a bit for each, from the first on.
    fn has(&self, sources: &Sources<'_>, sentence: usize) -> u128 {
        let words = sources.side(&(sentence..sentence + 1)).words.iter();
        let places = words.map(|word| self.places[word.stem as usize]);
        places
            .filter(|&place| place > 0)
            .fold(0, |has, place| has | 1 << (place - 1))
    }

    /// The sentences with the most words of the claim.
    fn places(&mut self, sources: &Sources<'_>, words: &Weighed<'_>, named: &[usize]) -> Vec<usize> {
        let mut touched: Vec<usize> = Vec::new();
        let rarest = words
            .distinct
            .iter()
            .map(|word| sources.having(word.0.stem).len())
            .filter(|df| *df > 0)
            .min();
        for (word, weight) in &words.distinct {
            let having = sources.having(word.stem);
            if having.len() > COMMON && Some(having.len()) != rarest {
                continue;
            }
            for &sentence in having {
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
        if chosen.len() > CLOSER {
            chosen.select_nth_unstable_by(CLOSER - 1, best_first);
            chosen.truncate(CLOSER);
        }
        for &source in named {
            let own = sources.of(source);
            let mut best: Vec<usize> = own.filter(|place| scores[*place] > 0.0).collect();
            best.sort_unstable_by(best_first);
            chosen.extend(best.into_iter().take(CLOSER_NAMED));
        }
        chosen.sort_unstable();
        chosen.dedup();
        for place in touched {
            scores[place] = 0.0;
        }
        chosen
    }
}

/// The words of a claim that tell something, each once, with what it counts here.
struct Weighed<'a> {
    distinct: Vec<(&'a Word, f32)>,
    /// Where in the claim its predicate begins, in bytes.
    predicate_from: usize,
}

impl<'a> Weighed<'a> {
    fn of(sources: &Sources<'_>, claim: Side<'a>) -> Self {
        let sentences = sources.sentences.len() as f32;
        let mut distinct: Vec<(&Word, f32)> = Vec::new();
        for word in claim.words.iter().filter(|word| word.is_content()) {
            if distinct.iter().any(|(other, _)| other.stem == word.stem) {
                continue;
            }
            let having = sources.having(word.stem).len() as f32;
            let rarity = if having == 0.0 {
                UNKNOWN
            } else {
                0.55 + 0.45 * (1.0 + sentences / having).ln() / (1.0 + sentences).ln().max(f32::MIN_POSITIVE)
            };
            distinct.push((word, word.weight * rarity));
        }
        Self {
            distinct,
            predicate_from: predicate(claim).first().map_or(0, |word| word.start),
        }
    }

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
        let (mut all, mut there, mut own) = (0.0, 0.0, 0.0);
        let (mut topic_all, mut topic_there) = (0.0, 0.0);
        let (mut predicate_all, mut predicate_there) = (0.0, 0.0);
        let (mut shared, mut over) = (0, 0);
        for (place, (word, weight)) in self.distinct.iter().enumerate() {
            let in_span = match place {
                ..MARKED => has >> place & 1 == 1,
                _ => span.words.iter().any(|other| other.stem == word.stem),
            };
            shared += usize::from(in_span);
            if word.of(claim.text).starts_with(|c: char| c.is_ascii_digit()) {
                continue;
            }
            let share = if in_span
                || sources.may_have_opposite(word, &sentences)
                    && contradiction::has_opposite(claim, word, span)
            {
                1.0
            } else if context.contains(&word.stem) {
                over += 1;
                OVER
            } else {
                0.0
            };
            (all, there) = (all + weight, there + share * weight);
            own += if share == 1.0 { *weight } else { 0.0 };
            if word.start >= self.predicate_from {
                (predicate_all, predicate_there) = (predicate_all + weight, predicate_there + share * weight);
            }
            if !word.capital {
                (topic_all, topic_there) = (topic_all + weight, topic_there + share * weight);
            }
        }
        let coverage = if all > 0.0 { there / all } else { 0.0 };
        Alignment {
            sentences,
            source,
            coverage,
            own: if all > 0.0 { own / all } else { 0.0 },
            topic: if topic_all > 0.0 {
                topic_there / topic_all
            } else {
                coverage
            },
            predicate: if predicate_all > 0.0 {
                predicate_there / predicate_all
            } else {
                coverage
            },
            shared,
            over,
        }
    }
}

/// The bytes of the passage that carry the claim: of a long sentence only the clauses from the first word in common to
/// the last, and whatever negates them.
pub fn narrow(sources: &Sources<'_>, claim: Side<'_>, sentences: &Range<usize>) -> Range<usize> {
    let whole = sources.bytes(sentences);
    if whole.len() <= LONG {
        return whole;
    }
    let span = sources.side(sentences);
    let mut matter = span.words.iter().enumerate().filter(|(place, word)| {
        contradiction::negates(span, *place)
            || word.is_content() && claim.words.iter().any(|own| own.stem == word.stem)
    });
    let first = matter.next();
    let last = matter.next_back().or(first);
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
