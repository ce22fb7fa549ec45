//! Effects: what raises a thing on one side and lowers the same thing on the other. "Therapy increases rates of
//! tuberculosis" against "therapy is associated with a reduction in the incidence of tuberculosis".

use super::{Contradiction, Side, Stated};
use crate::evidence::words::Word;

/// Words after one that raises or lowers that may be what it raises or lowers, and words before one that follows it.
const AFTER: usize = 7;
const BEFORE: usize = 5;

/// What a word says of effects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// It raises something.
    Up,
    /// It lowers something.
    Down,
    /// It is what many things have: what is raised is told by another word.
    Measure,
}

/// A word that raises or lowers, and the stems of what it may be said of.
struct Change {
    word: usize,
    direction: Effect,
    objects: Vec<u32>,
}

/// What a word with this stem says of effects, so that "reduces", "reduced" and "reducing" are one.
pub(super) fn effect(stem: &str) -> Option<Effect> {
    Some(match stem {
        "increas" | "rise" | "rais" | "higher" | "elev" | "enhanc" | "improv" | "promot" | "acceler"
        | "augment" | "upregul" | "stimul" | "induc" | "facilit" | "greater" | "boost" | "amplifi"
        | "strengthen" | "grow" | "exacerb" | "more" => Effect::Up,
        "decreas" | "reduc" | "reduct" | "lower" | "declin" | "impair" | "suppress" | "inhibit" | "imped"
        | "slow" | "attenu" | "diminish" | "downregul" | "prevent" | "block" | "protect" | "weaken"
        | "abolish" | "fewer" | "shrink" | "fall" | "less" => Effect::Down,
        "risk" | "rate" | "incid" | "preval" | "number" | "amount" | "sever" | "express" | "activ"
        | "valu" | "effect" | "function" | "product" | "signific" | "patient" | "cell" | "mice" | "mous" => {
            Effect::Measure
        }
        _ => return None,
    })
}

fn direction(side: Side<'_>, word: &Word) -> Option<Effect> {
    side.lexicon
        .signs(word)
        .effect
        .filter(|effect| *effect != Effect::Measure)
}

/// Whether the span has a word of the other direction.
pub(super) fn is_opposed(claim: Side<'_>, word: &Word, span: Side<'_>) -> bool {
    let own = direction(claim, word);
    let mut told = span.words.iter().map(|word| direction(span, word));
    own.is_some() && told.any(|other| other.is_some() && other != own)
}

/// A thing that the claim says is raised, where the span says that it is lowered, or the other way round.
pub(super) fn contradictions(claim: &Stated<'_>, span: &Stated<'_>) -> Option<Contradiction> {
    let claimed = changes(claim);
    if claimed.is_empty() {
        return None;
    }
    let told = changes(span);
    let (claim, span) = (claim.side, span.side);
    let share =
        |one: &Change, other: &Change| one.objects.iter().any(|object| other.objects.contains(object));
    claimed.iter().find_map(|own| {
        let mut same = told.iter().filter(|other| share(own, other)).peekable();
        let first = *same.peek()?;
        // The span may tell of both, in different cases.
        same.all(|other| other.direction != own.direction).then(|| {
            let (there, here) = (
                span.shown(first.word, first.word),
                claim.shown(own.word, own.word),
            );
            Contradiction::Against(format!("the source says {there}, not {here}"))
        })
    })
}

fn changes(stated: &Stated<'_>) -> Vec<Change> {
    let side = stated.side;
    let mut found = Vec::new();
    for (place, (word, parity)) in side.words.iter().zip(&stated.parities).enumerate() {
        let Some(direction) = direction(side, word).filter(|_| !parity.negated) else {
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

fn after(side: Side<'_>, place: usize) -> Vec<u32> {
    let mut objects = Vec::new();
    for at in place + 1..(place + 1 + AFTER).min(side.words.len()) {
        if side.clause_ends(at - 1) || direction(side, &side.words[at]).is_some() {
            break;
        }
        objects.extend(object(side, at));
    }
    objects
}

fn before(side: Side<'_>, place: usize) -> Vec<u32> {
    let mut objects = Vec::new();
    for at in (place.saturating_sub(BEFORE)..place).rev() {
        if side.clause_ends(at) {
            break;
        }
        objects.extend(object(side, at));
    }
    objects
}

fn object(side: Side<'_>, at: usize) -> Option<u32> {
    let word = &side.words[at];
    (word.is_content() && side.lexicon.signs(word).effect != Some(Effect::Measure)).then_some(word.stem)
}

#[cfg(test)]
mod tests {
    use crate::evidence::support::{Stance, support};

    #[test]
    fn a_thing_that_is_raised_here_and_lowered_there_clashes() {
        let source = "Antiretroviral therapy is associated with a reduction in the incidence of tuberculosis in all adults.";
        let stance = |claim| support(claim, source, "").stance();
        assert_eq!(
            stance("Antiretroviral therapy increases the incidence of tuberculosis."),
            Stance::Refutes
        );
        assert_eq!(
            stance("Antiretroviral therapy lowers the incidence of tuberculosis."),
            Stance::Supports
        );
        assert_eq!(
            stance("Antiretroviral therapy does not increase the incidence of tuberculosis."),
            Stance::Supports
        );
    }

    #[test]
    fn things_that_go_different_ways_in_one_text_do_not() {
        let source = "The cache lowered latency and increased memory use; the queue increased latency.";
        let both = support("The cache lowered latency.", source, "");
        assert!(!both.against, "{both:?}");
    }
}
