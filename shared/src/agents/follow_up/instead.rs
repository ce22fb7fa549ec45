//! English follow-ups that ask the same of something else: "What about X?", "And in X?".

use std::ops::Range;

use super::{
    end,
    topic::{Tokens, action, names_several},
};
use crate::evidence::words::Class;

/// Prepositions of platforms: one with a name stands for another.
const PLATFORM: [&str; 3] = ["on", "for", "under"];

/// Asks the question before of something else. The words at `places` take the place of what is most like them.
pub(super) fn instead(
    tokens: &Tokens<'_>,
    places: &Range<usize>,
    before: &Tokens<'_>,
    subject: Option<Range<usize>>,
) -> String {
    let other = tokens.slice(places);
    let put = |places: Range<usize>| {
        let bytes = before.bytes(&places);
        format!(
            "{}{other}{}",
            &before.text[..bytes.start],
            end(&before.text[bytes.end..])
        )
    };
    let word = tokens.folded(places.start);
    if tokens.class(places.start) == Some(Class::Preposition) {
        return match same_preposition(before, subject.as_ref(), word) {
            Some(phrase) => format!("{}?", put(phrase)),
            None => format!("{} {other}?", end(before.text)),
        };
    }
    if let Some(changed) = opposite(tokens, places, before) {
        return changed;
    }
    // "And encrypted?"
    if places.len() == 1 && word.ends_with("ed") {
        return format!("{} {other}?", end(before.text));
    }
    let Some(subject) = subject else {
        return format!("{} {other}?", end(before.text));
    };
    let has_name = places.clone().any(|place| tokens.is_name(place));
    let mut target = subject.clone();
    if let Some(last) = last_object(before, &subject) {
        let likeness = |phrase: &Range<usize>| likeness((tokens, places), (before, phrase));
        if likeness(&last) >= likeness(&subject) {
            target = last;
        }
    }
    // "And 2.0?" after "version 1.0".
    if tokens.is_number(places.start) && before.is_number(target.end - 1) {
        target.start = target.end - 1;
    }
    let is_whole = target == subject;
    let asked = put(target);
    // Something definite without a name may be a part of what was asked about.
    let is_same_kind = tokens.folded(places.end - 1) == before.folded(subject.end - 1);
    let may_be_part = !has_name && !is_same_kind && !matches!(article(tokens, places), "" | "a" | "an");
    if is_whole && may_be_part {
        return format!("{asked} ({})?", before.slice(&subject));
    }
    format!("{asked}?")
}

/// The phrase with this preposition in the question before, or its last one with a name if both are of platforms.
fn same_preposition(before: &Tokens<'_>, subject: Option<&Range<usize>>, word: &str) -> Option<Range<usize>> {
    let prepositions = || (0..before.len()).rev();
    let phrase = |place: usize| place..object_end(before, subject, place);
    if let Some(place) = prepositions().find(|place| before.folded(*place) == word) {
        return Some(phrase(place)).filter(|phrase| phrase.len() > 1);
    }
    let place = prepositions().find(|place| before.class(*place) == Some(Class::Preposition))?;
    let is_platform = PLATFORM.contains(&word) && PLATFORM.contains(&before.folded(place));
    (is_platform && before.is_name(place + 1)).then(|| phrase(place))
}

/// The object of the preposition that ends a question.
fn last_object(before: &Tokens<'_>, subject: &Range<usize>) -> Option<Range<usize>> {
    let is_measure = |place: usize| matches!(before.folded(place), "per" | "by");
    let place = (0..before.len())
        .rev()
        .find(|place| before.class(*place) == Some(Class::Preposition) && !is_measure(*place))?;
    let object = place + 1..object_end(before, Some(subject), place);
    (!object.is_empty()).then_some(object)
}

/// Where the object of a preposition ends: before the verb, if it is in the subject.
fn object_end(before: &Tokens<'_>, subject: Option<&Range<usize>>, place: usize) -> usize {
    let end = before.noun_phrase(place + 1);
    subject
        .filter(|subject| subject.contains(&place))
        .map_or(end, |subject| end.min(subject.end))
}

/// How much two phrases are alike: by their article, number, spelling and words.
fn likeness(one: (&Tokens<'_>, &Range<usize>), other: (&Tokens<'_>, &Range<usize>)) -> usize {
    let has_name =
        |(tokens, places): (&Tokens<'_>, &Range<usize>)| places.clone().any(|place| tokens.is_name(place));
    let is_plural =
        |(tokens, places): (&Tokens<'_>, &Range<usize>)| names_several(tokens.folded(places.end - 1));
    let shares = (one.1.clone())
        .filter(|place| one.0.is_content(*place))
        .any(|place| {
            other
                .1
                .clone()
                .any(|at| one.0.folded(place) == other.0.folded(at))
        });
    usize::from(article(one.0, one.1) == article(other.0, other.1))
        + usize::from(has_name(one) == has_name(other))
        + usize::from(is_plural(one) == is_plural(other))
        + 4 * usize::from(shares)
}

/// The determiner that begins a phrase; empty when none does.
fn article<'a>(tokens: &'a Tokens<'_>, places: &Range<usize>) -> &'a str {
    if tokens.is_determiner(places.start) {
        tokens.folded(places.start)
    } else {
        ""
    }
}

/// Puts the one new word of some in the place of its opposite: "and the minimum?", "and decrypt?".
fn opposite(tokens: &Tokens<'_>, places: &Range<usize>, before: &Tokens<'_>) -> Option<String> {
    let is_known = |place: usize| (0..before.len()).any(|at| before.folded(at) == tokens.folded(place));
    let mut new = (places.clone()).filter(|place| {
        let is_article = matches!(tokens.class(*place), Some(Class::Determiner));
        !is_article && !is_known(*place)
    });
    let (Some(place), None) = (new.next(), new.next()) else {
        return None;
    };
    let verb = action(before).map(|action| action.start);
    let word = tokens.folded(place);
    let is_opposite = |at: &usize| {
        let other = before.folded(*at);
        are_antonyms(other, word) || Some(*at) == verb && have_one_root(other, word)
    };
    let at = (0..before.len()).find(is_opposite)?;
    let bytes = before.bytes(&(at..at + 1));
    let (head, rest) = (&before.text[..bytes.start], end(&before.text[bytes.end..]));
    Some(format!("{head}{}{rest}?", tokens.slice(&(place..place + 1))))
}

/// Whether two words end alike: "upload" and "download".
fn have_one_root(one: &str, other: &str) -> bool {
    let same = one.chars().rev().zip(other.chars().rev());
    same.take_while(|(one, other)| one == other).count() >= 4
}

fn are_antonyms(one: &str, other: &str) -> bool {
    !one.is_empty() && Tokens::read(&format!("{one} {other}")).are_antonyms(0, 1)
}
