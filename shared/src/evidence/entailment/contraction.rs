//! Contractions and abbreviations that need no explanation.

use crate::evidence::words::{Class, Narrowing};

/// The long form of an abbreviation that needs no explanation (United Nations Terminology Database; ISO 3166).
pub(super) fn country(written: &str) -> &'static [&'static str] {
    match written {
        "US" | "U.S" | "USA" | "U.S.A" => &["united", "states"],
        "UK" | "U.K" => &["united", "kingdom"],
        "EU" | "E.U" => &["european", "union"],
        "UN" | "U.N" => &["united", "nations"],
        _ => &[],
    }
}

/// The parts of a contraction (Cambridge Grammar, chapter 3, 1.6); empty for any other word.
pub(super) fn contraction(folded: &str, written: &str) -> Vec<(&'static str, Class)> {
    let not = ("not", Class::Narrowing(Narrowing::Negation));
    let modal = |text| (text, Class::Narrowing(Narrowing::Modal));
    match folded {
        "can't" | "cannot" => vec![modal("can"), not],
        "won't" => vec![modal("will"), not],
        "shan't" => vec![modal("shall"), not],
        "couldn't" => vec![modal("could"), not],
        "wouldn't" => vec![modal("would"), not],
        "shouldn't" => vec![modal("should"), not],
        "mustn't" => vec![modal("must"), not],
        "mightn't" => vec![modal("may"), not],
        "isn't" | "aren't" => vec![("is", Class::BePresent), not],
        "wasn't" | "weren't" => vec![("was", Class::BePast), not],
        "don't" | "doesn't" | "didn't" => vec![("do", Class::Do), not],
        "hasn't" | "haven't" | "hadn't" => vec![("has", Class::Have), not],
        "n't" => vec![not],
        _ => pronoun_contraction(folded, written),
    }
}

fn pronoun_contraction(folded: &str, written: &str) -> Vec<(&'static str, Class)> {
    const PRONOUNS: [&str; 10] = [
        "it", "he", "she", "that", "there", "they", "we", "you", "i", "what",
    ];
    let ending = written.rsplit(['\'', '\u{2019}']).next().unwrap_or_default();
    let head = folded.split('\'').next().unwrap_or_default();
    let Some(head) = PRONOUNS.into_iter().find(|pronoun| *pronoun == head) else {
        return Vec::new();
    };
    if ending.len() == written.len() {
        return Vec::new();
    }
    let class = match head {
        "that" => Class::Determiner,
        "there" | "what" => Class::Content,
        _ => Class::Pronoun,
    };
    let auxiliary = match ending {
        "s" | "re" | "m" | "S" | "RE" | "M" => ("is", Class::BePresent),
        "ve" | "VE" => ("has", Class::Have),
        "ll" | "LL" => ("will", Class::Narrowing(Narrowing::Modal)),
        "d" | "D" => ("would", Class::Narrowing(Narrowing::Modal)),
        _ => return Vec::new(),
    };
    vec![(head, class), auxiliary]
}
