//! Words before a sentence that say where it comes from, or how it continues.

use crate::commands::eval::faults::{
    passages::Sample,
    seeded::Random,
    words::{continued, lower, tokens},
};

const DISCOURSE_WORDS: [&str; 8] = [
    "Also",
    "In short",
    "In addition",
    "Additionally",
    "Moreover",
    "Note that",
    "In other words",
    "Therefore",
];
const MAX_TITLE_WORDS: usize = 8;

/// "According to the source, ...".
pub(super) fn lead_in(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let title = sample.passage.title.trim_end_matches('.');
    let titled = [
        format!("As described in {title}, "),
        format!("According to \"{title}\", "),
        format!("{title} says that "),
    ];
    let untitled = [
        "According to the source, ",
        "The document says that ",
        "The source states that ",
        "As the text says, ",
    ];
    let is_short = (1..=MAX_TITLE_WORDS).contains(&tokens(title).len());
    let frame = if is_short && random.below(2) == 0 {
        random.pick(&titled)?.clone()
    } else {
        (*random.pick(&untitled)?).to_owned()
    };
    continues(sample).then(|| frame + &continued(&sample.sentence.plain))
}

/// "Also, ...".
pub(super) fn discourse_word(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let word = *random.pick(&DISCOURSE_WORDS)?;
    let comma = if word.ends_with("that") { "" } else { "," };
    continues(sample).then(|| format!("{word}{comma} {}", continued(&sample.sentence.plain)))
}

/// Whether the sentence can follow other words: it does not begin with such words itself, or with a number.
fn continues(sample: &Sample<'_>) -> bool {
    let plain = &sample.sentence.plain;
    let first = tokens(plain)
        .first()
        .map(|first| lower(first))
        .unwrap_or_default();
    let connects = [
        "however",
        "therefore",
        "thus",
        "also",
        "moreover",
        "note",
        "but",
        "and",
        "so",
        "or",
        "finally",
    ];
    plain.starts_with(char::is_alphabetic) && !connects.contains(&first.as_str()) && !plain.contains(" I ")
}
