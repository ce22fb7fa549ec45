//! Opposite effects: the claim says a thing goes up, the source says it goes down. "Therapy increases rates of
//! tuberculosis" against "therapy is associated with a reduction in the incidence of tuberculosis".

use super::outcome::Contradiction;
use crate::evidence::{
    side::Side,
    statement::Statement,
    words::{Word, effects::Effect},
};

/// Maximum number of words after a word of change, or before it, that may be what changes.
const WORDS_AFTER: usize = 7;
const WORDS_BEFORE: usize = 5;

/// A word that says something goes up or down, and the stems of what may change.
struct Change {
    word: usize,
    direction: Effect,
    objects: Vec<u32>,
}

/// The direction of change that a word states, if any.
fn direction(side: Side<'_>, word: &Word) -> Option<Effect> {
    side.lexicon
        .spelling(word)
        .effect
        .filter(|effect| *effect != Effect::Measure)
}

/// Whether the span has a word of the opposite direction.
pub(super) fn is_opposed(claim: Side<'_>, word: &Word, span: Side<'_>) -> bool {
    let claimed = direction(claim, word);
    let mut stated = span.words.iter().map(|word| direction(span, word));
    claimed.is_some() && stated.any(|other| other.is_some() && other != claimed)
}

/// The first thing that goes up in the claim and down in the span, or the other way round.
pub(super) fn contradictions(claim: &Statement<'_>, span: &Statement<'_>) -> Option<Contradiction> {
    let claimed = changes(claim);
    if claimed.is_empty() {
        return None;
    }
    let stated = changes(span);
    let (claim, span) = (claim.side, span.side);
    let share =
        |one: &Change, other: &Change| one.objects.iter().any(|object| other.objects.contains(object));
    claimed.iter().find_map(|change| {
        let mut same = stated.iter().filter(|other| share(change, other)).peekable();
        let first = *same.peek()?;
        // The span may state both directions, for different cases.
        same.all(|other| other.direction != change.direction).then(|| {
            let (there, here) = (
                span.shown(first.word, first.word),
                claim.shown(change.word, change.word),
            );
            Contradiction::Against(format!("the source says {there}, not {here}"))
        })
    })
}

/// The changes that a text states without negation.
fn changes(statement: &Statement<'_>) -> Vec<Change> {
    let side = statement.side;
    let mut found = Vec::new();
    for (place, (word, polarity)) in side.words.iter().zip(&statement.polarities).enumerate() {
        let Some(direction) = direction(side, word).filter(|_| !polarity.negated) else {
            continue;
        };
        let is_passive = place > 0
            && matches!(
                side.folded(place - 1),
                "was" | "were" | "is" | "are" | "been" | "be" | "being" | "significantly" | "markedly"
            );
        let mut objects = if is_passive {
            Vec::new()
        } else {
            after(side, place)
        };
        if objects.is_empty() {
            objects = before(side, place);
        }
        if !objects.is_empty() {
            found.push(Change {
                word: place,
                direction,
                objects,
            });
        }
    }
    found
}

/// What may change after a word, up to the end of the clause.
fn after(side: Side<'_>, place: usize) -> Vec<u32> {
    let mut objects = Vec::new();
    for at in place + 1..(place + 1 + WORDS_AFTER).min(side.words.len()) {
        if side.clause_ends(at - 1) || direction(side, &side.words[at]).is_some() {
            break;
        }
        objects.extend(object(side, at));
    }
    objects
}

/// What may change before a word, back to the start of the clause.
fn before(side: Side<'_>, place: usize) -> Vec<u32> {
    let mut objects = Vec::new();
    for at in (place.saturating_sub(WORDS_BEFORE)..place).rev() {
        if side.clause_ends(at) {
            break;
        }
        objects.extend(object(side, at));
    }
    objects
}

fn object(side: Side<'_>, at: usize) -> Option<u32> {
    let word = &side.words[at];
    (word.is_content() && side.lexicon.spelling(word).effect != Some(Effect::Measure)).then_some(word.stem)
}
