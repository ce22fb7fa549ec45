//! Negations, hedges, modals and quantifiers: how strongly something is said.

use crate::commands::eval::faults::{
    passages::Sample,
    seeded::Random,
    words::{core, is_one_of, join, lower, lowered, replaced, spliced, with_core, without},
};

const NEGATABLE: &str = "is are was were can will should must could would";
const HEDGING_MODALS: &str = "may might can could should";
const HEDGING_ADVERBS: &str =
    "probably perhaps possibly presumably approximately roughly nearly almost typically generally";
/// Before a number.
const APPROXIMATIONS: &str = "about around approximately roughly nearly almost";
const HEDGING_VERBS: &str =
    "suggest suggests suggested hypothesize hypothesized hypothesise propose speculate";
const QUANTIFIERS: [(&str, &str); 12] = [
    ("some", "all"),
    ("many", "all"),
    ("most", "all"),
    ("several", "all"),
    ("often", "always"),
    ("usually", "always"),
    ("sometimes", "always"),
    ("typically", "always"),
    ("generally", "always"),
    ("frequently", "always"),
    ("occasionally", "always"),
    ("rarely", "never"),
];

/// "The lamp is lit" becomes "the lamp is not lit".
pub(super) fn negation_added(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let tokens = sample.tokens();
    let words = lowered(&tokens);
    let is_negated = |at: usize| {
        let after = words.get(at + 1).map_or("", String::as_str);
        is_one_of(after, "not no never only also") || after.is_empty()
    };
    let at = (1..tokens.len()).find(|at| {
        is_one_of(&words[*at], NEGATABLE) && core(tokens[*at]) == tokens[*at] && !is_negated(*at)
    })?;
    let verb = words[at].as_str();
    let form = match (random.below(4), verb) {
        (0, "can") => "can't".to_owned(),
        (0, "will") => "won't".to_owned(),
        (0, _) => format!("{verb}n't"),
        (1, _) => format!("{verb} never"),
        (_, "can") => "cannot".to_owned(),
        (_, _) => format!("{verb} not"),
    };
    Some(spliced(&tokens, at..at + 1, &form))
}

/// "The lamp is not lit" becomes "the lamp is lit".
pub(super) fn negation_removed(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let tokens = sample.tokens();
    let words = lowered(&tokens);
    let mut places: Vec<usize> = (0..tokens.len()).collect();
    random.shuffle(&mut places);
    places.into_iter().find_map(|at| {
        let before = at.checked_sub(1).map_or("", |before| words[before].as_str());
        let after = words.get(at + 1).map_or("", String::as_str);
        let removed = || Some(without(&tokens, at..at + 1));
        let is_idiom = is_one_of(after, "only longer more less later matter sooner just least all")
            || is_one_of(before, "if or whether why but")
            || words[at..].iter().any(|word| word == "but");
        match words[at].as_str() {
            _ if is_idiom && words[at] != "without" => None,
            "not" | "never" => removed(),
            "no" if tokens[at] == "no" => removed(),
            "cannot" => Some(replaced(&tokens, at, "can")),
            "without" => Some(replaced(&tokens, at, "with")),
            word => {
                let word = word.replace('’', "'");
                let stem = match word.as_str() {
                    "won't" => "will",
                    "can't" => "can",
                    word => word.strip_suffix("n't")?,
                };
                Some(replaced(&tokens, at, stem))
            }
        }
    })
}

/// "It may rise" becomes "it rises"; "about 30" becomes "30".
pub(super) fn hedge_dropped(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let tokens = sample.tokens();
    let words = lowered(&tokens);
    let mut places: Vec<usize> = (0..tokens.len()).collect();
    random.shuffle(&mut places);
    places.into_iter().find_map(|at| {
        let after = words.get(at + 1).map_or("", String::as_str);
        let starts_number = after.starts_with(|c: char| c.is_ascii_digit());
        let word = words[at].as_str();
        if tokens[at].ends_with(',') || after == "not" {
            return None;
        }
        if at > 0 && is_one_of(word, HEDGING_MODALS) && tokens[at] == word {
            return without_modal(&tokens, &words, at);
        }
        if is_one_of(word, HEDGING_VERBS)
            && after == "that"
            && at <= 6
            && !words[..at].contains(&"not".to_owned())
        {
            let rest = join(tokens[at + 2..].iter().copied());
            return (tokens.len() > at + 6).then(|| crate::commands::eval::faults::words::sentence(&rest));
        }
        if is_one_of(word, HEDGING_ADVERBS) && at > 0 || is_one_of(word, APPROXIMATIONS) && starts_number {
            return Some(without(&tokens, at..at + 1));
        }
        let after_next = words.get(at + 2).map_or("", String::as_str);
        let bounds = (word == "up" && after == "to") || (word == "at" && ["least", "most"].contains(&after));
        let is_bound = bounds && after_next.starts_with(|c: char| c.is_ascii_digit());
        is_bound.then(|| without(&tokens, at..at + 2))
    })
}

/// The sentence without a modal verb; the verb after it is put into the present tense.
fn without_modal(tokens: &[&str], words: &[String], at: usize) -> Option<String> {
    let subject = words[at - 1].as_str();
    let verb = words.get(at + 1)?.as_str();
    // A question, or an adverb between the verbs.
    if verb.ends_with("ly")
        || is_one_of(
            verb,
            "i we you they he she it the a also only still always often and or",
        )
    {
        return None;
    }
    let is_plural = is_one_of(subject, "we you they i these those who which")
        || subject.ends_with('s') && !subject.ends_with("ss") && !subject.ends_with("is");
    let present = match (verb, is_plural) {
        ("be", true) => "are".to_owned(),
        ("be", false) => "is".to_owned(),
        ("have", false) => "has".to_owned(),
        ("do", false) => "does".to_owned(),
        (verb, true) => verb.to_owned(),
        (verb, false) if verb.ends_with(['s', 'x', 'h', 'z', 'o']) => format!("{verb}es"),
        (verb, false) => match verb.strip_suffix('y') {
            Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
            _ => format!("{verb}s"),
        },
    };
    Some(spliced(tokens, at..at + 2, &with_core(tokens[at + 1], &present)))
}

/// "It may rise" becomes "it will rise".
pub(super) fn hedge_made_certain(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let tokens = sample.tokens();
    let mut places: Vec<usize> = (1..tokens.len()).collect();
    random.shuffle(&mut places);
    places.into_iter().find_map(|at| {
        let after = tokens.get(at + 1).map(|after| lower(after)).unwrap_or_default();
        let certain = match tokens[at] {
            "may" | "might" | "could" => ["will", "must"],
            "can" | "should" => ["must", "must"],
            _ => return None,
        };
        // "Can not": another modal changes the scope of the negation.
        (after != "not").then(|| replaced(&tokens, at, certain[random.below(2)]))
    })
}

/// "Some lamps" becomes "all lamps"; "often" becomes "always".
pub(super) fn quantifier_raised(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let tokens = sample.tokens();
    let words = lowered(&tokens);
    let mut places: Vec<usize> = (0..tokens.len()).collect();
    random.shuffle(&mut places);
    places.into_iter().find_map(|at| {
        let before = at.checked_sub(1).map_or("", |before| words[before].as_str());
        let after = words.get(at + 1).map_or("", String::as_str);
        let (weak, strong) = QUANTIFIERS.iter().find(|(weak, _)| *weak == words[at])?;
        // Superlatives and comparisons: "the most useful", "as many as", "most often".
        let is_degree = is_one_of(before, "the at how as so too not than most more very")
            || is_one_of(after, "recent recently as point")
            || *weak == "most" && !(after == "of" || after.ends_with('s') && !after.ends_with("ous"))
            || *weak == "several" && is_one_of(before, "these those");
        (!is_degree && core(tokens[at]) == tokens[at].trim_end_matches(','))
            .then(|| replaced(&tokens, at, strong))
    })
}
