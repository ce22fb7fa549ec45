//! Lemmas: the forms of a word that say the same. Inflected forms are equal; derived forms ("community",
//! "communication") are not, although a stemmer may give them one stem.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::lists::irregular;

/// A word in lower case without accents, in American spelling, an irregular form as its base.
pub(super) fn lemma(folded: &str) -> String {
    let base = match folded {
        // Degrees of comparison are words of their own.
        "bigger" | "biggest" | "larger" | "largest" => folded,
        _ => irregular(folded).unwrap_or(folded),
    };
    spelling(base)
}

/// A word without accents, in American spelling.
pub(super) fn spelling(folded: &str) -> String {
    if folded.is_ascii() {
        return american(folded);
    }
    american(&without_accents(folded))
}

/// A word without accents.
pub(super) fn without_accents(folded: &str) -> String {
    folded.nfd().filter(|c| !is_combining_mark(*c)).collect()
}

/// Whether two lemmas with the same stem are inflected forms of one word.
pub(super) fn is_inflection(one: &str, other: &str) -> bool {
    let common = one
        .char_indices()
        .zip(other.chars())
        .find(|((_, a), b)| a != b)
        .map_or(one.len().min(other.len()), |((at, _), _)| at);
    let (head, one, other) = (&one[..common], &one[common..], &other[common..]);
    is_ending(head, one) && is_ending(head, other)
}

/// Whether the rest of a word after a common beginning is an inflection of it.
fn is_ending(head: &str, rest: &str) -> bool {
    let doubled = head.chars().next_back().and_then(|last| rest.strip_prefix(last));
    let rest = match doubled {
        Some(after) if matches!(after, "ed" | "ing") => after,
        _ => rest,
    };
    matches!(
        rest,
        "" | "s" | "es" | "e" | "ed" | "d" | "ing" | "y" | "ies" | "ied" | "ying" | "n" | "en" | "'s"
    )
}

/// A British spelling in its American form, by the endings that differ regularly (Oxford Guide to English Usage).
fn american(word: &str) -> String {
    for (british, american) in ENDINGS {
        if let Some(head) = word.strip_suffix(british)
            && head.len() >= 3
        {
            return format!("{head}{american}");
        }
    }
    let whole = WORDS.iter().find(|(british, _)| *british == word);
    whole.map_or_else(|| word.to_owned(), |(_, american)| (*american).to_owned())
}

/// Endings in British and American spelling.
const ENDINGS: [(&str, &str); 29] = [
    ("isations", "izations"),
    ("isation", "ization"),
    ("ising", "izing"),
    ("ised", "ized"),
    ("ises", "izes"),
    ("iser", "izer"),
    ("isers", "izers"),
    ("ise", "ize"),
    ("ysing", "yzing"),
    ("ysed", "yzed"),
    ("yse", "yze"),
    ("ouring", "oring"),
    ("oured", "ored"),
    ("ourite", "orite"),
    ("ourable", "orable"),
    ("ours", "ors"),
    ("our", "or"),
    ("tres", "ters"),
    ("tre", "ter"),
    ("elling", "eling"),
    ("elled", "eled"),
    ("eller", "eler"),
    ("ellers", "elers"),
    ("ogues", "ogs"),
    ("ogue", "og"),
    ("ences", "enses"),
    ("ence", "ense"),
    ("aeology", "eology"),
    ("aemia", "emia"),
];

/// Words whose spelling differs by no rule.
const WORDS: [(&str, &str); 18] = [
    ("metre", "meter"),
    ("metres", "meters"),
    ("litre", "liter"),
    ("litres", "liters"),
    ("grey", "gray"),
    ("greys", "grays"),
    ("programme", "program"),
    ("programmes", "programs"),
    ("cheque", "check"),
    ("cheques", "checks"),
    ("tyre", "tire"),
    ("tyres", "tires"),
    ("plough", "plow"),
    ("mould", "mold"),
    ("sceptical", "skeptical"),
    ("aluminium", "aluminum"),
    ("judgement", "judgment"),
    ("fibre", "fiber"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_have_one_lemma() {
        for (one, other) in [
            ("colour", "color"),
            ("organised", "organized"),
            ("centre", "center"),
            ("cafe", "café"),
            ("labelled", "labeled"),
            ("catalogue", "catalog"),
            ("defence", "defense"),
            ("grey", "gray"),
            ("began", "begin"),
        ] {
            assert_eq!(lemma(one), lemma(other), "{one} {other}");
        }
        for (one, other) in [
            ("hour", "hor"),
            ("four", "for"),
            ("larger", "large"),
            ("wise", "wize"),
        ] {
            assert_ne!(lemma(one), lemma(other), "{one} {other}");
        }
    }

    #[test]
    fn inflections_are_forms_of_one_word_and_derivations_are_not() {
        for (one, other) in [
            ("open", "opens"),
            ("reduce", "reducing"),
            ("run", "running"),
            ("carry", "carried"),
            ("write", "written"),
            ("box", "boxes"),
        ] {
            assert!(is_inflection(&lemma(one), &lemma(other)), "{one} {other}");
        }
        for (one, other) in [
            ("community", "communication"),
            ("general", "generate"),
            ("operate", "operator"),
            ("organ", "organization"),
            ("relative", "relation"),
            ("port", "porter"),
        ] {
            assert!(!is_inflection(&lemma(one), &lemma(other)), "{one} {other}");
        }
    }
}
