//! Antonyms: a list of stem pairs, and negating prefixes as in "unsupported".

use std::sync::LazyLock;

use hashbrown::HashMap;

/// Pairs of stems of antonyms. A stem may be in several.
const PAIRS: [(&str, &str); 99] = [
    ("increas", "decreas"),
    ("increas", "reduc"),
    ("increas", "declin"),
    ("increas", "lower"),
    ("increas", "drop"),
    ("rise", "fall"),
    ("rise", "drop"),
    ("rise", "declin"),
    ("grow", "shrink"),
    ("raise", "lower"),
    ("raise", "reduc"),
    ("higher", "lower"),
    ("high", "low"),
    ("more", "less"),
    ("more", "fewer"),
    ("most", "least"),
    ("most", "few"),
    ("true", "fals"),
    ("allow", "deni"),
    ("allow", "forbid"),
    ("allow", "prohibit"),
    ("allow", "prevent"),
    ("permit", "forbid"),
    ("permit", "prohibit"),
    ("accept", "reject"),
    ("accept", "refus"),
    ("accept", "declin"),
    ("enabl", "disabl"),
    ("enabl", "prevent"),
    ("start", "stop"),
    ("begin", "end"),
    ("open", "close"),
    ("open", "shut"),
    ("win", "lose"),
    ("succeed", "fail"),
    ("success", "failur"),
    ("pass", "fail"),
    ("befor", "after"),
    ("first", "last"),
    ("earli", "late"),
    ("earlier", "later"),
    ("faster", "slower"),
    ("fast", "slow"),
    ("quick", "slow"),
    ("hot", "cold"),
    ("warm", "cold"),
    ("warmer", "colder"),
    ("larg", "small"),
    ("larger", "smaller"),
    ("big", "small"),
    ("long", "short"),
    ("longer", "shorter"),
    ("older", "younger"),
    ("old", "new"),
    ("north", "south"),
    ("northern", "southern"),
    ("east", "west"),
    ("eastern", "western"),
    ("left", "right"),
    ("above", "below"),
    ("insid", "outsid"),
    ("intern", "extern"),
    ("minimum", "maximum"),
    ("least", "most"),
    ("male", "femal"),
    ("alway", "never"),
    ("all", "none"),
    ("with", "without"),
    ("best", "worst"),
    ("better", "wors"),
    ("cheap", "expens"),
    ("strong", "weak"),
    ("stronger", "weaker"),
    ("synchron", "asynchron"),
    ("public", "privat"),
    ("includ", "exclud"),
    ("import", "export"),
    ("add", "remov"),
    ("upper", "lower"),
    ("activ", "inhibit"),
    ("activ", "suppress"),
    ("induc", "inhibit"),
    ("induc", "suppress"),
    ("promot", "inhibit"),
    ("promot", "suppress"),
    ("promot", "prevent"),
    ("improv", "worsen"),
    ("improv", "impair"),
    ("enhanc", "impair"),
    ("enhanc", "reduc"),
    ("enhanc", "inhibit"),
    ("benefici", "harm"),
    ("safe", "danger"),
    ("posit", "negat"),
    ("odd", "even"),
    ("victori", "defeat"),
    ("greatest", "worst"),
    ("top", "bottom"),
    ("die", "surviv"),
];

/// Minimum length of a word that a prefix negates, in bytes.
const MIN_ROOT_BYTES: usize = 4;

/// Prefixes that negate a word.
const PREFIXES: [&str; 8] = ["un", "in", "im", "non", "dis", "ir", "il", "mis"];

/// The stems of the antonyms of a stem.
pub(super) fn antonyms(stem: &str) -> &'static [&'static str] {
    static OPPOSITES: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
        let mut antonyms: HashMap<_, Vec<_>> = HashMap::new();
        for (one, other) in PAIRS {
            antonyms.entry(one).or_default().push(other);
            antonyms.entry(other).or_default().push(one);
        }
        antonyms
    });
    OPPOSITES.get(stem).map_or(&[], Vec::as_slice)
}

/// What is left of a folded word without each negating prefix that it may have.
pub(super) fn roots(folded: &str) -> impl Iterator<Item = &str> {
    let prefixes = match folded.bytes().next() {
        Some(b'u' | b'i' | b'n' | b'd' | b'm') => &PREFIXES[..],
        _ => &[],
    };
    let root = |prefix: &&str| folded.strip_prefix(*prefix);
    prefixes
        .iter()
        .filter_map(root)
        .filter(|root| root.len() >= MIN_ROOT_BYTES)
}
