//! A noun replaced by another noun of the passage.

use crate::commands::eval::faults::{
    passages::Sample,
    seeded::Random,
    words::{self, core, ends_phrase, is_content_word, is_function_word, is_one_of, lower, lowered, tokens},
};

const DETERMINERS: &str = "the a an each every this these those its their his her our your any no";
/// Nouns that are part of idioms.
const IDIOMS: &str = "case cases end number numbers fact order time times result results basis rest following first \
     second same other others ones sake least most latter former presence absence role kind kinds type types part";

/// The sentence with another noun of the passage in place of one of its own.
///
/// Without a tagger: a noun is a word in lower case between a determiner and a word of grammar or punctuation.
pub(super) fn replaced(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let own = sample.tokens();
    let own_words = lowered(&own);
    let mut candidates = Vec::new();
    for other in sample.others() {
        let other = tokens(&other.plain);
        candidates.extend(places(&other).into_iter().map(|at| core(other[at])));
    }
    candidates.sort_unstable();
    candidates.dedup();
    let mut places = places(&own);
    random.shuffle(&mut places);
    let at = *places.first()?;
    let old = core(own[at]);
    let is_other = |new: &&str| {
        !own_words.iter().any(|word| shares_stem(word, new)) && old.ends_with('s') == new.ends_with('s')
    };
    let candidates: Vec<&str> = candidates.into_iter().filter(is_other).collect();
    let new = random.pick(&candidates)?;
    Some(words::replaced(&own, at, new))
}

fn places(tokens: &[&str]) -> Vec<usize> {
    let is_noun = |at: &usize| {
        let (before, token) = (tokens[at - 1], tokens[*at]);
        is_one_of(&lower(before), DETERMINERS)
            && !ends_phrase(before)
            && is_content_word(token)
            && !is_one_of(core(token), IDIOMS)
            && (ends_phrase(token) || tokens.get(at + 1).is_some_and(|next| is_function_word(next)))
    };
    (1..tokens.len()).filter(is_noun).collect()
}

fn shares_stem(left: &str, right: &str) -> bool {
    let stem = |word: &str| word.chars().take(4).collect::<String>();
    stem(left) == stem(right)
}
