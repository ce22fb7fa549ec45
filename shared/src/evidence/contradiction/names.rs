//! Name rule: capitalized words and identifiers of the claim that the source lacks. If the source has another name in
//! the same place, it contradicts the claim.

use std::ops::RangeInclusive;

use super::outcome::Contradiction;
use crate::evidence::side::Side;

/// A run of neighbouring names: the range of its words.
type Run = RangeInclusive<usize>;

/// Names of the claim that the span lacks.
pub(super) fn contradictions(claim: Side<'_>, span: Side<'_>, context: &[u32]) -> Vec<Contradiction> {
    let stated = runs(span, claim);
    let mut contradictions = Vec::new();
    for run in runs(claim, span) {
        let lacks = |place: &usize| {
            let word = &claim.words[*place];
            !span.has(word.stem) && !context.contains(&word.stem) && !is_spelled_out(claim, *place, span)
        };
        let lacking = run.clone().filter(lacks).count();
        // "Ditko" stands for "Steve Ditko", unless the span has another first name.
        let surname = claim.words[*run.end()].stem;
        let is_short =
            run.end() > run.start() && lacking < run.clone().count() && has_bare_surname(span, surname);
        if lacking == 0 || is_short {
            continue;
        }
        let here = claim.shown(*run.start(), *run.end());
        let other = stated.iter().find(|other| {
            claim.spelling(*run.start()).is_identifier == span.spelling(*other.start()).is_identifier
                && is_in_place_of(claim, &run, span, other)
        });
        contradictions.push(match other {
            Some(other) => {
                let there = span.shown(*other.start(), *other.end());
                Contradiction::Against(format!("the source says {there}, not {here}"))
            }
            None => Contradiction::Missing(format!("the source does not name {here}")),
        });
    }
    contradictions
}

/// Whether the span has a name with no other name before it.
fn has_bare_surname(span: Side<'_>, stem: u32) -> bool {
    span.words.iter().enumerate().any(|(place, word)| {
        let before = place.checked_sub(1).and_then(|before| span.words.get(before));
        let follows_a_name = before.is_some_and(|before| before.capital && before.is_content());
        word.stem == stem && word.capital && !(follows_a_name && span.gap(place - 1) == " ")
    })
}

/// Runs of names in `side`. The first word of a sentence counts if it is a name elsewhere, or if a name follows.
fn runs(side: Side<'_>, other: Side<'_>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for place in 0..side.words.len() {
        if !is_name(side, place, other) {
            continue;
        }
        match runs.last_mut() {
            Some(last)
                if last.end() + 1 == place
                    && matches!(side.gap(place - 1), " " | "\n" | "-" | "'" | ". ") =>
            {
                *last = *last.start()..=place;
            }
            _ => runs.push(place..=place),
        }
    }
    runs
}

/// Whether a word is a name or an identifier.
fn is_name(side: Side<'_>, place: usize, other: Side<'_>) -> bool {
    let word = &side.words[place];
    if side.spelling(place).is_identifier {
        return true;
    }
    if !word.capital || !word.is_content() || is_calendar(side.folded(place)) {
        return false;
    }
    if word.end - word.start == 1 && side.folded(place) == "i" {
        return false;
    }
    let begins = place == 0
        || side
            .gap(place - 1)
            .contains(['.', '!', '?', ':', '"', '\u{201c}', '*']);
    if !begins {
        return true;
    }
    let all_capitals = word
        .as_written(side.text)
        .chars()
        .filter(|c| c.is_uppercase())
        .count()
        > 1;
    let is_name_elsewhere = |words: Side<'_>| {
        let same = words
            .words
            .iter()
            .enumerate()
            .filter(|(_, other)| other.stem == word.stem);
        same.into_iter()
            .any(|(at, other)| other.capital && at > 0 && !(at == place && other.start == word.start))
    };
    let name_follows = side
        .words
        .get(place + 1)
        .is_some_and(|next| next.capital && next.is_content() && side.gap(place) == " ");
    let in_lower_case = other
        .words
        .iter()
        .any(|other| other.stem == word.stem && !other.capital);
    !in_lower_case && (all_capitals || name_follows || is_name_elsewhere(side) || is_name_elsewhere(other))
}

/// Whether a word is a month or a weekday.
fn is_calendar(word: &str) -> bool {
    matches!(
        word,
        "january"
            | "february"
            | "march"
            | "april"
            | "may"
            | "june"
            | "july"
            | "august"
            | "september"
            | "october"
            | "november"
            | "december"
            | "jan"
            | "feb"
            | "mar"
            | "apr"
            | "jun"
            | "jul"
            | "aug"
            | "sep"
            | "sept"
            | "oct"
            | "nov"
            | "dec"
            | "monday"
            | "tuesday"
            | "wednesday"
            | "thursday"
            | "friday"
            | "saturday"
            | "sunday"
            | "mondays"
            | "tuesdays"
            | "wednesdays"
            | "thursdays"
            | "fridays"
            | "saturdays"
            | "sundays"
    )
}

/// Whether the span spells out a short form of the claim, or the other way round: "AWS", "Amazon Web Services".
fn is_spelled_out(claim: Side<'_>, place: usize, span: Side<'_>) -> bool {
    let word = claim.words[place].as_written(claim.text);
    let folded = claim.folded(place);
    let initials = |from: usize, count: usize| -> String {
        (from..from + count)
            .filter_map(|at| span.folded(at).chars().next())
            .collect()
    };
    if word.len() >= 2 && word.chars().all(char::is_uppercase) {
        let count = word.chars().count();
        if (0..span.words.len()).any(|from| initials(from, count) == folded) {
            return true;
        }
    }
    // "Quillstone's" is read as "Quillstone" already; "Australian" goes with "Australia".
    let stem_of = |text: &str| text.chars().take(5).collect::<String>();
    folded.chars().count() >= 6
        && span
            .words
            .iter()
            .enumerate()
            .any(|(at, other)| other.capital && stem_of(span.folded(at)) == stem_of(folded))
}

/// Whether the claim lacks the other name, and the two names have the same neighbours.
fn is_in_place_of(claim: Side<'_>, run: &Run, span: Side<'_>, other: &Run) -> bool {
    let is_new = other.clone().all(|place| !claim.has(span.words[place].stem));
    if !is_new {
        return false;
    }
    let near = |side: Side<'_>, place: Option<usize>, step: fn(usize) -> Option<usize>| -> Option<u32> {
        let mut place = place;
        while let Some(at) = place.filter(|at| *at < side.words.len()) {
            if side.words[at].is_content() {
                return Some(side.words[at].stem);
            }
            place = step(at);
        }
        None
    };
    let before = |side: Side<'_>, run: &Run| near(side, run.start().checked_sub(1), |at| at.checked_sub(1));
    let after = |side: Side<'_>, run: &Run| near(side, Some(run.end() + 1), |at| at.checked_add(1));
    let same = |one: Option<u32>, other: Option<u32>| one.is_some() && one == other;
    same(before(claim, run), before(span, other)) || same(after(claim, run), after(span, other))
        // "Ada Holm was the first keeper" against "the first keeper was Bo Lind": the span has all the rest.
        || rest_is_stated(claim, run, span) && is_next_to_copula(claim, run) && is_next_to_copula(span, other)
}

/// Whether the span has all words of the claim except the name, light words aside.
fn rest_is_stated(claim: Side<'_>, run: &Run, span: Side<'_>) -> bool {
    let mut rest = claim
        .words
        .iter()
        .enumerate()
        .filter(|(place, word)| !run.contains(place) && word.is_content() && word.weight >= 1.0)
        .peekable();
    rest.peek().is_some() && rest.all(|(_, word)| span.has(word.stem))
}

/// Whether a form of "be" stands right before or after a name.
fn is_next_to_copula(side: Side<'_>, run: &Run) -> bool {
    let is = |word: &str| matches!(word, "is" | "was" | "are" | "were" | "by" | "called" | "named");
    run.start()
        .checked_sub(1)
        .is_some_and(|before| is(side.folded(before)))
        || is(side.folded(run.end() + 1))
}
