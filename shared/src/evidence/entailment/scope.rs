//! Where a claim may begin and end inside a longer sentence: what stands before it must not say whose words these are
//! or on what condition they hold, and what stands after it must not take them back.

use super::token::{Gap, Kind, Token};
use crate::evidence::words::{Class, Lexicon, Narrowing, is_factive, is_reporting};

/// The place of the token that stands in the way.
pub(super) type Obstacle = usize;

/// Whether a claim may begin at a token of a sentence: at the start of a clause of which nothing before governs.
///
/// # Errors
/// Returns the token that governs what follows, or `start` itself when no clause begins there.
pub(super) fn may_start(tokens: &[Token], start: usize, lexicon: &Lexicon) -> Result<(), Obstacle> {
    let from = clause_group(tokens, start);
    let before = &tokens[from..start];
    if before
        .iter()
        .all(|token| token.class.is_free() || token.class == Class::Conjunction)
    {
        return Ok(());
    }
    let last = &before[before.len() - 1];
    let after_comma = tokens[start].gap.has(Gap::BREAK);
    let joined = last.class == Class::Conjunction;
    let clause_after_comma = joined && last.gap.has(Gap::BREAK) && last.text(lexicon) != "or";
    let is_that = last.text(lexicon) == "that";
    if !(after_comma || clause_after_comma || is_that) {
        return if only_a_date(before) { Ok(()) } else { Err(start) };
    }
    if is_that && !is_asserted(before, lexicon) {
        return Err(start - 1);
    }
    // After a comma, a clause begins only if another one, or a fronted phrase, ends there.
    let is_label = tokens[start].gap.has(Gap::COLON) || tokens[start].gap.has(Gap::OPEN);
    if !is_that && !is_label && !is_whole(before, lexicon) {
        return Err(start);
    }
    if is_condition(before, lexicon) {
        return Err(from);
    }
    let obstacle = before.iter().enumerate().find(|(place, token)| {
        let governs = match token.class {
            Class::Narrowing(Narrowing::Attribution | Narrowing::Condition | Narrowing::Denial) => true,
            Class::Narrowing(Narrowing::Negation | Narrowing::Hedge | Narrowing::Modal) => {
                is_that || is_sentence_adverb(before, *place)
            }
            // "In some cities, dogs are banned": the quantity limits what follows.
            Class::Narrowing(Narrowing::Quantifier | Narrowing::Focus | Narrowing::Bound) => {
                is_fronted(before) || is_sentence_adverb(before, *place)
            }
            _ => false,
        };
        governs && !ends_before(before, *place)
    });
    match obstacle {
        Some((place, _)) => Err(from + place),
        None => Ok(()),
    }
}

/// Whether the tokens before a comma say when the rest holds: "without oxygen", "should it rain", "in the event of".
fn is_condition(before: &[Token], lexicon: &Lexicon) -> bool {
    let first = &before[0];
    let limits = |token: &Token| matches!(token.text(lexicon), "absence" | "event" | "case" | "subject");
    first.class.is_auxiliary()
        || first.class == Class::Relative
        || first.is(Narrowing::Negation)
        || is_fronted(before) && before.iter().any(limits)
}

/// Whether the tokens before "that" present what follows as true: "the study found that", but not "to prove that".
fn is_asserted(before: &[Token], lexicon: &Lexicon) -> bool {
    let [rest @ .., verb, _] = before else {
        return false;
    };
    let is_infinitive = rest.last().is_some_and(|last| last.text(lexicon) == "to");
    is_factive(verb.text(lexicon)) && !is_infinitive && !rest.iter().any(|token| token.narrows())
}

/// Whether the tokens are a clause with a verb, or a fronted phrase.
fn is_whole(before: &[Token], lexicon: &Lexicon) -> bool {
    let is_verb = |token: &Token| {
        let text = token.text(lexicon);
        let is_form = is_participle(text) || text.len() > 3 && text.ends_with('s');
        token.class.is_auxiliary() || token.is_content() && !token.capital && is_form
    };
    let first = &before[0];
    first.class == Class::Preposition
        || first.class == Class::Discourse
        || matches!(first.kind, Kind::Date(..))
        || first.narrows()
        || first.text(lexicon).ends_with("ly")
        || is_participle(first.text(lexicon))
        || before.iter().skip(1).any(is_verb)
}

/// The first token of the clauses that a stop does not part from `start`.
fn clause_group(tokens: &[Token], start: usize) -> usize {
    let stop = (0..=start).rev().find(|&place| tokens[place].gap.has(Gap::STOP));
    stop.unwrap_or(0)
}

/// Whether the tokens are "in 1990": a date with its preposition needs no comma after it.
fn only_a_date(before: &[Token]) -> bool {
    let [preposition, rest @ ..] = before else {
        return false;
    };
    preposition.class == Class::Preposition
        && !rest.is_empty()
        && rest.iter().all(|token| {
            matches!(token.kind, Kind::Date(..) | Kind::Time(_)) || token.class == Class::Determiner
        })
}

/// Whether the clause before begins with a preposition and has no verb that a comma follows.
fn is_fronted(before: &[Token]) -> bool {
    before[0].class == Class::Preposition && before.iter().skip(1).all(|token| !token.gap.has(Gap::COMMA))
}

/// "Perhaps, the lamp ...", "..., possibly, the lamp".
fn is_sentence_adverb(before: &[Token], place: usize) -> bool {
    let starts = place == 0 || before[place].gap.has(Gap::BREAK);
    let ends = before.get(place + 1).is_none_or(|next| next.gap.has(Gap::BREAK));
    starts && ends
}

/// Whether what a token governs is in brackets that close before the end.
fn ends_before(before: &[Token], place: usize) -> bool {
    let opens = before[..=place]
        .iter()
        .filter(|token| token.gap.has(Gap::OPEN))
        .count();
    let closed = before[..=place]
        .iter()
        .filter(|token| token.gap.has(Gap::CLOSE))
        .count();
    opens > closed && before[place + 1..].iter().any(|token| token.gap.has(Gap::CLOSE))
}

/// What a claim needs to know of itself to decide where it may end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ending {
    /// Whether it says what its subject is: "is a lamp".
    pub(super) is_classification: bool,
    /// Whether its last preposition is "between".
    pub(super) is_between: bool,
    /// Whether it compares by "as" or "such".
    pub(super) is_comparison: bool,
}

/// Whether "as" begins a clause: "as long as", "as if".
fn is_conjunction(tokens: &[Token], at: usize, lexicon: &Lexicon) -> bool {
    tokens.get(at + 1).is_none_or(|next| {
        matches!(
            next.text(lexicon),
            "long" | "soon" | "far" | "if" | "though" | "well" | "of"
        ) || next.narrows()
    })
}

/// Whether a claim may end before a token of a sentence.
///
/// # Errors
/// Returns the token that belongs to what the claim says.
pub(super) fn may_end(
    tokens: &[Token],
    end: usize,
    ending: Ending,
    lexicon: &Lexicon,
) -> Result<(), Obstacle> {
    let Some(next) = tokens.get(end) else {
        return Ok(());
    };
    if next.gap.has(Gap::STOP) {
        return Ok(());
    }
    let text = next.text(lexicon);
    let breaks = next.gap.has(Gap::BREAK);
    let is_boundary = match next.class {
        _ if text == "or" || ending.is_between && text == "and" => false,
        Class::Conjunction => true,
        Class::Narrowing(Narrowing::Condition | Narrowing::Focus) => false,
        _ if breaks => true,
        Class::Preposition => match text {
            "of" | "than" | "like" => false,
            "as" => !ending.is_comparison && !is_conjunction(tokens, end, lexicon),
            "to" => tokens.get(end + 1).is_some_and(|after| {
                after.class == Class::Determiner || after.capital || !matches!(after.kind, Kind::Word(_))
            }),
            _ => true,
        },
        Class::Relative => ending.is_classification,
        Class::Determiner => text == "that" && ending.is_classification,
        Class::Content => ending.is_classification && is_participle(text),
        _ => false,
    };
    if !is_boundary {
        return Err(end);
    }
    taken_back(tokens, end, lexicon).map_or(Ok(()), Err)
}

/// Whether a word has the ending of a participle.
pub(super) fn is_participle(folded: &str) -> bool {
    folded.len() > 4 && (folded.ends_with("ed") || folded.ends_with("ing"))
        || matches!(
            folded,
            "born"
                | "made"
                | "held"
                | "built"
                | "written"
                | "known"
                | "found"
                | "set"
                | "led"
                | "sold"
                | "won"
                | "worn"
                | "grown"
                | "spoken"
                | "shown"
                | "given"
                | "drawn"
                | "run"
                | "kept"
                | "sung"
                | "laid"
        )
}

/// The first token of the rest of a sentence that takes back or limits what stands before it.
pub(super) fn taken_back(tokens: &[Token], end: usize, lexicon: &Lexicon) -> Option<Obstacle> {
    let stop = (end + 1..tokens.len()).find(|&place| tokens[place].gap.has(Gap::STOP));
    let rest = end..stop.unwrap_or(tokens.len());
    let first_break = rest
        .clone()
        .skip(1)
        .find(|&place| tokens[place].gap.has(Gap::BREAK) || tokens[place].class == Class::Conjunction)
        .unwrap_or(rest.end);
    rest.clone().find(|&place| {
        let token = &tokens[place];
        let in_first_phrase = place < first_break;
        let begins = place == end
            || token.gap.has(Gap::BREAK)
            || tokens[place - 1].class == Class::Conjunction
            || tokens[place - 1].is(Narrowing::Focus);
        if limits(tokens, place, rest.end, lexicon) {
            return true;
        }
        match token.class {
            Class::Narrowing(Narrowing::Condition) => {
                begins || in_first_phrase && !tokens[end].gap.has(Gap::BREAK)
            }
            Class::Narrowing(Narrowing::Focus) => begins,
            Class::Narrowing(Narrowing::Denial) => denies(tokens, place, lexicon),
            Class::Narrowing(Narrowing::Hedge) if in_first_phrase && !tokens[end].gap.has(Gap::BREAK) => true,
            Class::Narrowing(Narrowing::Attribution | Narrowing::Hedge) => {
                let ends_soon = rest.end - place <= 2
                    || tokens[place + 1..rest.end.min(place + 4)]
                        .iter()
                        .any(|next| next.gap.has(Gap::BREAK));
                let is_alone = begins && tokens.get(place + 1).is_none_or(|next| next.gap.has(Gap::BREAK));
                let text = token.text(lexicon);
                is_alone && token.is(Narrowing::Hedge)
                    || is_reporting(text)
                        && (ends_soon || text == "according" || says_who(tokens, end, place))
            }
            Class::Narrowing(Narrowing::Quantifier | Narrowing::Bound | Narrowing::Negation) => {
                in_first_phrase && !tokens[end].gap.has(Gap::BREAK) && tokens[end].class == Class::Preposition
            }
            _ => false,
        }
    })
}

/// Whether a word denies what was said before: "which the board denied", "but this is wrong".
fn denies(tokens: &[Token], place: usize, lexicon: &Lexicon) -> bool {
    let is_predicate = place > 0 && tokens[place - 1].class.is_auxiliary();
    let text = tokens[place].text(lexicon);
    is_predicate
        || ["den", "disput", "refut", "disprov", "debunk"]
            .into_iter()
            .any(|stem| text.starts_with(stem))
}

/// Whether a verb of saying has its subject, and nothing else, before it: ", the board said".
fn says_who(tokens: &[Token], end: usize, place: usize) -> bool {
    place > end
        && place - end <= 5
        && tokens[end].gap.has(Gap::BREAK)
        && tokens[end..place].iter().all(|token| {
            !matches!(token.class, Class::Conjunction | Class::Relative) && !token.class.is_auxiliary()
        })
}

/// Whether words that limit what was said begin at a token: "with the exception of", "other than", "as long as".
fn limits(tokens: &[Token], place: usize, end: usize, lexicon: &Lexicon) -> bool {
    let text = |at: usize| {
        tokens
            .get(at)
            .filter(|_| at < end)
            .map_or("", |token| token.text(lexicon))
    };
    matches!(
        (text(place), text(place + 1)),
        ("exception", _)
            | ("other", "than")
            | ("apart" | "aside", "from")
            | ("save" | "except", "for")
            | ("subject", "to")
            | ("as", "long")
            | ("hoax" | "myth" | "fabrication" | "misconception", _)
    )
}
