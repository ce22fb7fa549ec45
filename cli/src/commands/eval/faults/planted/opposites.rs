//! A word replaced by its opposite.

use crate::commands::eval::faults::{
    passages::Sample,
    seeded::Random,
    words::{core, lowered, replaced},
};

/// Pairs of opposites that change the meaning in nearly any sentence.
const PAIRS: [(&str, &str); 72] = [
    ("increase", "decrease"),
    ("increases", "decreases"),
    ("increased", "decreased"),
    ("increasing", "decreasing"),
    ("higher", "lower"),
    ("highest", "lowest"),
    ("larger", "smaller"),
    ("largest", "smallest"),
    ("longer", "shorter"),
    ("longest", "shortest"),
    ("faster", "slower"),
    ("stronger", "weaker"),
    ("better", "worse"),
    ("best", "worst"),
    ("earlier", "later"),
    ("more", "fewer"),
    ("before", "after"),
    ("above", "below"),
    ("inside", "outside"),
    ("within", "outside"),
    ("internal", "external"),
    ("public", "private"),
    ("required", "optional"),
    ("mandatory", "optional"),
    ("allowed", "forbidden"),
    ("allows", "prevents"),
    ("permitted", "prohibited"),
    ("accept", "reject"),
    ("accepted", "rejected"),
    ("approved", "rejected"),
    ("enable", "disable"),
    ("enables", "disables"),
    ("enabled", "disabled"),
    ("include", "exclude"),
    ("includes", "excludes"),
    ("included", "excluded"),
    ("add", "remove"),
    ("added", "removed"),
    ("begins", "ends"),
    ("starts", "stops"),
    ("started", "stopped"),
    ("opens", "closes"),
    ("always", "never"),
    ("positive", "negative"),
    ("positively", "negatively"),
    ("success", "failure"),
    ("successful", "unsuccessful"),
    ("gain", "loss"),
    ("strong", "weak"),
    ("easy", "difficult"),
    ("easier", "harder"),
    ("safe", "unsafe"),
    ("possible", "impossible"),
    ("likely", "unlikely"),
    ("permanent", "temporary"),
    ("maximum", "minimum"),
    ("direct", "indirect"),
    ("active", "inactive"),
    ("present", "absent"),
    ("known", "unknown"),
    ("improve", "worsen"),
    ("improves", "worsens"),
    ("improved", "worsened"),
    ("promotes", "inhibits"),
    ("promote", "inhibit"),
    ("activation", "inhibition"),
    ("enhanced", "impaired"),
    ("upregulated", "downregulated"),
    ("acute", "chronic"),
    ("early", "late"),
    ("large", "small"),
    ("new", "old"),
];

/// Neighbours with which a word is an idiom.
const IDIOMS: [(&str, &str); 8] = [
    ("or", "less"),
    ("more", "or"),
    ("the", "more"),
    ("before", "and"),
    ("after", "all"),
    ("early", "and"),
    ("large", "and"),
    ("present", "in"),
];

/// An opposite of one of its words.
pub(super) fn replaced_by_opposite(tokens: &[&str], random: &mut Random) -> Option<String> {
    let words = lowered(tokens);
    let mut places: Vec<usize> = (0..tokens.len()).collect();
    random.shuffle(&mut places);
    places.into_iter().find_map(|at| {
        // A name: "New York".
        if at > 0 && core(tokens[at]).starts_with(char::is_uppercase) {
            return None;
        }
        let before = at.checked_sub(1).map_or("", |before| &words[before]);
        let after = words.get(at + 1).map_or("", String::as_str);
        let word = words[at].as_str();
        if IDIOMS.contains(&(before, word)) || IDIOMS.contains(&(word, after)) {
            return None;
        }
        // "More" with an adjective has no opposite in the list.
        if ["more", "fewer"].contains(&word) && after != "than" && !after.ends_with('s') {
            return None;
        }
        let opposites: Vec<&str> = PAIRS
            .iter()
            .filter_map(|&(left, right)| match word {
                _ if word == left => Some(right),
                _ if word == right => Some(left),
                _ => None,
            })
            .collect();
        // The other word of the pair in the sentence: "before and after".
        let opposite = random
            .pick(&opposites)
            .filter(|opposite| !words.contains(&(**opposite).to_owned()))?;
        Some(replaced(tokens, at, opposite))
    })
}

/// The sentence with the opposite of one of its words.
pub(super) fn replaced_in(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    replaced_by_opposite(&sample.tokens(), random)
}
