//! Markup between words: addresses of links, HTML and template tags, brackets of treebanks.

use super::token::Gap;
use crate::evidence::side::Side;

/// The place after markup that begins at a word: the address of a link, an HTML tag or a template tag.
pub(super) fn end_of_markup(side: Side<'_>, at: usize) -> Option<usize> {
    let before = match at.checked_sub(1) {
        Some(previous) => side.gap(previous),
        None => "",
    };
    let is_number = |place: usize| side.folded(place).bytes().all(|byte| byte.is_ascii_digit());
    // The number of a reference, which a claim does not repeat: "[2-8]".
    if before.ends_with('[') && is_number(at) {
        let last = (at..side.words.len())
            .find(|&place| side.gap(place).contains(']') || place + 1 == side.words.len());
        return last
            .filter(|&last| (at..=last).all(is_number))
            .map(|last| last + 1);
    }
    let opens = |open: &str| {
        let after = before.rsplit_once(open).map(|(_, after)| after);
        after.is_some_and(|after| !after.contains([')', '>', '}', ' ']))
    };
    let is_template = |open: &str| open.starts_with('{') && before.contains(open) && !before.contains('}');
    let close = [
        ("](", ")"),
        ("<", ">"),
        ("{{", "}}"),
        ("{%", "%}"),
        ("{:", "}"),
        ("{#", "}"),
    ]
    .into_iter()
    .find(|(open, _)| opens(open) || is_template(open))
    .map(|(_, close)| close)?;
    let end = (at..side.words.len()).find(|&place| side.gap(place).contains(close));
    // A link may close after the last word.
    let end = end.or((close == ")").then(|| side.words.len() - 1));
    end.map(|place| place + 1)
}

/// A bracket that is written as a word, as the Penn Treebank does.
pub(super) fn bracket(folded: &str) -> Option<Gap> {
    match folded {
        "lrb" | "lsb" => Some(Gap::OPEN),
        "rrb" | "rsb" => Some(Gap::CLOSE),
        _ => None,
    }
}
