//! Salience: where a stop word is worth a place in the index. It is searched for only by questions of stop words alone, so it
//! needs to be found where it is frequent, in short texts, and among others of its kind.

use super::{
    forms::{Forms, StopWord},
    stop_words::StopWords,
    term::Term,
};

/// Number of stop words in a row that are all indexed: "to be or not to be".
const IN_A_ROW: usize = 5;

/// The terms of the stop words that stand out in a text.
pub(super) fn salient(found: &Forms, stop_words: &'static StopWords) -> Vec<Term> {
    let mut counts = vec![0_usize; stop_words.words.len()];
    for word in &found.stop_words {
        counts[usize::from(word.place)] += 1;
    }
    let mut is_salient: Vec<bool> = (stop_words.words.iter().zip(&counts))
        .map(|((_, one_of), count)| count.saturating_mul(*one_of) >= found.words)
        .collect();
    for row in found.stop_words.chunk_by(|_, next| next.follows) {
        if row.len() >= IN_A_ROW {
            row.iter()
                .for_each(|word| is_salient[usize::from(word.place)] = true);
        }
    }
    let salient = found
        .stop_words
        .iter()
        .filter(|word| is_salient[usize::from(word.place)]);
    let term = |word: &StopWord| Term {
        text: stop_words.words[usize::from(word.place)].0.to_owned(),
        start: word.start,
        end: word.end,
        counts: false,
    };
    salient.map(term).collect()
}
