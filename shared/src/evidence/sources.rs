//! Index of the passages of one answer: sentences, words, and postings from stem to sentences.

use std::{cell::OnceCell, ops::Range};

use super::{
    abbreviations::{Abbreviation, abbreviations},
    quotes::Normalized,
    sentences::sentences,
    side::Side,
    words::{Lexicon, Word},
};
use crate::domain::Passage;

/// Passages indexed for alignment. Sources are numbered from 0 here, from 1 in answers.
#[derive(Debug)]
pub struct Sources<'a> {
    /// The passages; empty when only texts were indexed.
    pub passages: &'a [Passage],
    texts: Vec<&'a str>,
    /// The lexicon of the passages and of every text read later.
    pub lexicon: Lexicon,
    /// Every sentence, in the order of the passages.
    pub sentences: Vec<Sentence>,
    normalized: Vec<OnceCell<Normalized>>,
    abbreviations: Vec<OnceCell<Vec<Abbreviation>>>,
    words: Vec<Vec<Word>>,
    /// The stems of the title and headings of each source.
    heading_stems: Vec<Vec<u32>>,
    /// The same with those of function words.
    heading_words: Vec<Vec<u32>>,
    /// The sentences of each source.
    spans: Vec<Range<usize>>,
    /// For each stem, where its sentences begin in `postings`; they end where those of the next stem begin.
    starts: Vec<u32>,
    postings: Vec<u32>,
}

/// A sentence of a source, or a line of a heading, table or block of code.
#[derive(Debug, Clone)]
pub struct Sentence {
    /// Its source.
    pub source: usize,
    /// Its bytes in the passage.
    pub range: Range<usize>,
    /// Its words among those of the passage.
    pub words: Range<usize>,
    context: OnceCell<Vec<u32>>,
}

impl<'a> Sources<'a> {
    /// Indexes the passages.
    pub fn read(passages: &'a [Passage]) -> Self {
        let texts = passages.iter().map(|passage| {
            let headings = [passage.header.title.as_str(), passage.context.as_str()];
            (passage.text.as_str(), headings)
        });
        Self {
            passages,
            ..Self::from_texts(texts)
        }
    }

    /// Indexes texts, each with its title and headings.
    pub fn from_texts(texts: impl IntoIterator<Item = (&'a str, [&'a str; 2])>) -> Self {
        let texts: Vec<_> = texts.into_iter().collect();
        let mut sources = Self {
            passages: &[],
            texts: Vec::new(),
            lexicon: Lexicon::with_capacity_for(texts.iter().map(|(text, _)| text.len()).sum()),
            sentences: Vec::new(),
            normalized: Vec::new(),
            abbreviations: Vec::new(),
            words: Vec::new(),
            heading_stems: Vec::new(),
            heading_words: Vec::new(),
            spans: Vec::new(),
            starts: Vec::new(),
            postings: Vec::new(),
        };
        for (source, (text, headings)) in texts.into_iter().enumerate() {
            sources.add(source, text, headings);
        }
        sources.index();
        sources
    }

    fn add(&mut self, source: usize, text: &'a str, headings: [&str; 2]) {
        let from = self.sentences.len();
        let mut words: Vec<Word> = Vec::with_capacity(text.len() / 6);
        for range in units(text) {
            let first = words.len();
            words.extend(self.lexicon.read(text, range.clone()));
            self.sentences.push(Sentence {
                source,
                range,
                words: first..words.len(),
                context: OnceCell::new(),
            });
        }
        let (mut stems, mut all) = (Vec::new(), Vec::new());
        for text in headings {
            let words = self.lexicon.read(text, 0..text.len());
            all.extend(words.iter().map(|word| word.stem));
            stems.extend(
                words
                    .iter()
                    .filter(|word| word.is_content())
                    .map(|word| word.stem),
            );
        }
        self.texts.push(text);
        self.normalized.push(OnceCell::new());
        self.abbreviations.push(OnceCell::new());
        self.words.push(words);
        self.spans.push(from..self.sentences.len());
        self.heading_stems.push(stems);
        self.heading_words.push(all);
    }

    /// Builds the postings: counts the sentences of each stem, then fills them in.
    fn index(&mut self) {
        let stems = self.lexicon.stems();
        let mut seen = vec![u32::MAX; stems];
        let mut entries: Vec<(u32, u32)> = Vec::new();
        let mut starts = vec![0_u32; stems + 1];
        for (number, sentence) in self.sentences.iter().enumerate() {
            for word in &self.words[sentence.source][sentence.words.clone()] {
                let last = &mut seen[word.stem as usize];
                if word.is_content() && *last != number as u32 {
                    *last = number as u32;
                    entries.push((word.stem, number as u32));
                    starts[word.stem as usize + 1] += 1;
                }
            }
        }
        for stem in 0..stems {
            starts[stem + 1] += starts[stem];
        }
        let mut next = starts.clone();
        let mut postings = vec![0; entries.len()];
        for (stem, number) in entries {
            let place = &mut next[stem as usize];
            postings[*place as usize] = number;
            *place += 1;
        }
        (self.starts, self.postings) = (starts, postings);
    }

    /// The sentences that have a stem, in order. Stems of texts read later have none.
    pub fn sentences_with(&self, stem: u32) -> &[u32] {
        let stem = stem as usize;
        match (self.starts.get(stem), self.starts.get(stem + 1)) {
            (Some(&from), Some(&to)) => &self.postings[from as usize..to as usize],
            _ => &[],
        }
    }

    /// Whether a word with the stem of an antonym stands in neighbouring sentences.
    pub fn may_have_antonym(&self, word: &Word, sentences: &Range<usize>) -> bool {
        self.lexicon.antonyms(word).any(|stem| {
            let sentences_with = self.sentences_with(stem);
            let first = sentences_with.partition_point(|&sentence| (sentence as usize) < sentences.start);
            sentences_with
                .get(first)
                .is_some_and(|&sentence| sentences.contains(&(sentence as usize)))
        })
    }

    /// The words of neighbouring sentences of one source.
    pub fn side(&self, sentences: &Range<usize>) -> Side<'_> {
        let first = &self.sentences[sentences.start];
        let last = &self.sentences[sentences.end - 1];
        Side {
            text: self.texts[first.source],
            words: &self.words[first.source][first.words.start..last.words.end],
            lexicon: &self.lexicon,
        }
    }

    /// The bytes of neighbouring sentences in their passage.
    pub fn bytes(&self, sentences: &Range<usize>) -> Range<usize> {
        self.sentences[sentences.start].range.start..self.sentences[sentences.end - 1].range.end
    }

    /// The abbreviations that a source explains, with the words of their long forms.
    pub fn abbreviations(&self, source: usize) -> &[Abbreviation] {
        self.abbreviations[source].get_or_init(|| abbreviations(self.full_text(source)))
    }

    /// Whether bytes of a source begin where a sentence begins and end where one ends, apart from punctuation.
    pub fn is_whole_units(&self, source: usize, bytes: &Range<usize>) -> bool {
        let text = self.texts[source];
        let is_bare = |range: Range<usize>| {
            !text
                .get(range)
                .is_some_and(|part| part.contains(char::is_alphanumeric))
        };
        let ranges = self
            .sentences_in(source)
            .map(|sentence| &self.sentences[sentence].range);
        let at = |place: usize| {
            ranges
                .clone()
                .find(|range| range.start <= place && place < range.end)
        };
        let begins = at(bytes.start).is_none_or(|range| is_bare(range.start..bytes.start));
        let ends = at(bytes.end.saturating_sub(1)).is_none_or(|range| is_bare(bytes.end..range.end));
        begins && ends
    }

    /// The text of a sentence.
    pub fn line(&self, sentence: usize) -> &str {
        let Sentence { source, range, .. } = &self.sentences[sentence];
        &self.texts[*source][range.clone()]
    }

    /// Whether a sentence is an item of a list.
    pub fn is_item(&self, sentence: usize) -> bool {
        let Sentence { source, range, .. } = &self.sentences[sentence];
        let before = &self.texts[*source][..range.start];
        let mark = before.rsplit('\n').next().unwrap_or_default().trim();
        matches!(mark, "-" | "*" | "+")
            || mark
                .strip_suffix(['.', ')'])
                .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
    }

    /// The stems of the title and headings of a source.
    pub fn heading_stems(&self, source: usize) -> &[u32] {
        &self.heading_stems[source]
    }

    /// The stems of all words of the title and headings of a source.
    pub fn heading_words(&self, source: usize) -> &[u32] {
        &self.heading_words[source]
    }

    /// The stems of the context of a sentence: the title, the headings, and the names in the sentence before it and in
    /// the first one, to which "it" and "they" may refer.
    pub fn context(&self, sentence: usize) -> &[u32] {
        let Sentence { source, context, .. } = &self.sentences[sentence];
        context.get_or_init(|| {
            let first = self.spans[*source].start;
            let mut earlier = vec![first, sentence.saturating_sub(1).max(first)];
            earlier.dedup();
            let earlier = earlier.into_iter().filter(|place| *place < sentence);
            let words = earlier.flat_map(|place| self.side(&(place..place + 1)).words);
            let names = words.filter(|word| word.capital && word.is_content());
            let headings = self.heading_stems[*source].iter().copied();
            headings.chain(names.map(|word| word.stem)).collect()
        })
    }

    /// The words of a source.
    pub fn words(&self, source: usize) -> &[Word] {
        self.words.get(source).map_or(&[], Vec::as_slice)
    }

    /// A source with all its words, as one side of a comparison.
    pub fn full_text(&self, source: usize) -> Side<'_> {
        Side {
            text: self.texts.get(source).copied().unwrap_or_default(),
            words: self.words(source),
            lexicon: &self.lexicon,
        }
    }

    /// The sentences of a source.
    pub fn sentences_in(&self, source: usize) -> Range<usize> {
        self.spans.get(source).cloned().unwrap_or_default()
    }

    /// The text of a source in normal form.
    pub fn normalized(&self, source: usize) -> &Normalized {
        self.normalized[source].get_or_init(|| Normalized::new(self.texts[source]))
    }
}

/// Splits a text into sentences and all other lines with words: headings, rows of tables and code are evidence too.
fn units(text: &str) -> Vec<Range<usize>> {
    let mut units = Vec::new();
    let mut from = 0;
    for sentence in sentences(text) {
        lines(text, from..sentence.start, &mut units);
        from = sentence.end;
        units.push(sentence);
    }
    lines(text, from..text.len(), &mut units);
    units
}

/// Adds the lines with words between two sentences.
fn lines(text: &str, between: Range<usize>, units: &mut Vec<Range<usize>>) {
    let mut at = between.start;
    for line in text[between].split_inclusive('\n') {
        let trimmed = line.trim();
        if trimmed.chars().any(char::is_alphanumeric) {
            let start = at + line.len() - line.trim_start().len();
            units.push(start..start + trimmed.len());
        }
        at += line.len();
    }
}
