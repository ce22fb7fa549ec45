//! Examples of each kind, a bounded number from as many texts as possible.

use super::{
    kind::{Kind, Make},
    passages::{Passage, Sample, passages},
    seeded::{Random, hash},
    texts::Text,
    words::normal,
};
use crate::commands::eval::{
    citation::{Request, Source},
    dataset::Split,
};

/// Kinds that are rare in a large collection stay below their limit.
const MAX_TEXTS: usize = 1_500;

/// A text to verify, made of a passage.
#[derive(Debug, Clone)]
pub(super) struct Example {
    /// Its place in the list of kinds.
    pub(super) kind: usize,
    /// The sentence that it is made of; blank for a table.
    pub(super) original: String,
    pub(super) request: Request,
}

/// The texts of one half: those with an even or an odd hash of their name.
pub(super) fn half(texts: Vec<Text>, split: Split) -> Vec<Text> {
    let is_odd = |text: &Text| !hash(&[&text.name]).is_multiple_of(2);
    let mut half: Vec<Text> = texts
        .into_iter()
        .filter(|text| is_odd(text) == (split == Split::HeldOut))
        .collect();
    half.sort_by_cached_key(|text| hash(&["order", &text.name]));
    half.truncate(MAX_TEXTS);
    half
}

/// At most `limit` examples of each kind, in the order of the kinds. Each round takes one example of a kind from each
/// text, so that a few long texts do not make up the whole.
pub(super) fn examples(kinds: &[Kind], texts: &[Text], limit: usize) -> Vec<Example> {
    let passages: Vec<Vec<Passage>> = texts.iter().map(passages).collect();
    let mut examples = Vec::new();
    for (number, kind) in kinds.iter().enumerate() {
        let mut sources: Vec<_> = texts
            .iter()
            .zip(&passages)
            .map(|(text, passages)| of_text(number, kind, text, passages))
            .collect();
        let mut found = 0;
        while found < limit {
            let before = found;
            for source in &mut sources {
                if found < limit
                    && let Some(example) = source.next()
                {
                    examples.push(example);
                    found += 1;
                }
            }
            if found == before {
                break;
            }
        }
    }
    examples
}

/// The examples of a kind from a text, one for each sentence or table that it applies to.
fn of_text<'a>(
    number: usize,
    kind: &'a Kind,
    text: &'a Text,
    passages: &'a [Passage],
) -> impl Iterator<Item = Example> + 'a {
    let mut random = Random::new(&[kind.name, &text.name]);
    let mut places: Vec<(usize, usize)> = Vec::new();
    for (at, passage) in passages.iter().enumerate() {
        let count = match kind.make {
            Make::FromSentence(_) => passage.sentences.len(),
            Make::FromPassage(_) => passage.tables.len(),
        };
        places.extend((0..count).map(|place| (at, place)));
    }
    random.shuffle(&mut places);
    places.into_iter().filter_map(move |(at, place)| {
        let passage = &passages[at];
        let (text, original) = match kind.make {
            Make::FromSentence(make) => {
                let sentence = &passage.sentences[place];
                // Markup is a kind of its own.
                if kind.needs_markup != sentence.is_marked_up && kind.name != "verbatim" {
                    return None;
                }
                let text = make(&Sample { passage, sentence }, &mut random)?;
                (text, sentence.plain.clone())
            }
            Make::FromPassage(make) => (make(passage, &mut random)?, String::new()),
        };
        (kind.is_true || is_fault(kind, passage, &text, &original)).then(|| Example {
            kind: number,
            original,
            request: Request {
                text,
                source: Source {
                    title: passage.title.clone(),
                    text: passage.text.clone(),
                },
            },
        })
    })
}

/// Whether the passage does not say it in these words.
fn is_fault(kind: &Kind, passage: &Passage, text: &str, original: &str) -> bool {
    normal(text) != normal(original)
        && !passage.has_sentence(text)
        && (kind.is_cut || !passage.contains(text))
}
