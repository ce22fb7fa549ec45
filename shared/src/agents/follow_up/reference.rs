//! What an English question refers to in the question before it.

use std::ops::Range;

use super::topic::Tokens;
use crate::evidence::{
    languages::has,
    words::{Class, Narrowing},
};

/// What makes a question depend on the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reference {
    /// A pronoun for a thing: "it", "they", "this".
    Thing(Range<usize>),
    /// A pronoun for a person: "he", "her".
    Person(Range<usize>),
    /// A possessive pronoun before a noun: "its", "his".
    Possessive(Range<usize>, Person),
    /// "there", for a place.
    Place(Range<usize>),
    /// "What about X?", "And X?".
    Instead(Range<usize>),
    /// "Why?", "By whom?", and the words that ask.
    Fragment(Range<usize>),
}

/// Whether a pronoun stands for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Person {
    Yes,
    No,
}

/// The first reference of a question to what was said before it.
pub(super) fn reference(tokens: &Tokens<'_>) -> Option<Reference> {
    let leads = (0..tokens.len())
        .take_while(|place| leads_on(tokens, *place))
        .count();
    let rest = leads..tokens.len();
    let is_about = matches!(tokens.folded(leads), "what" | "how") && tokens.folded(leads + 1) == "about";
    if is_about && leads + 2 < tokens.len() {
        let about = leads + 2..tokens.len();
        return Some(pronoun_in(tokens, about.clone()).unwrap_or(Reference::Instead(about)));
    }
    // "Why is that?"
    let is_why = rest.len() == 3 && tokens.folded(leads) == "why" && tokens.is_auxiliary(leads + 1);
    if is_why && matches!(tokens.folded(leads + 2), "that" | "this" | "it") {
        return Some(Reference::Fragment(0..leads + 1));
    }
    if let Some(found) = pronoun_in(tokens, rest.clone()) {
        return Some(found);
    }
    // "The same for a topic?"
    let same = rest.start + usize::from(tokens.folded(rest.start) == "the");
    if tokens.folded(same) == "same" && tokens.class(same + 1) == Some(Class::Preposition) {
        let is_part = matches!(tokens.folded(same + 1), "for" | "with");
        let other = same + 1 + usize::from(is_part)..rest.end;
        return (!other.is_empty()).then_some(Reference::Instead(other));
    }
    // "Does the other?"
    if rest.len() == 2 && tokens.is_auxiliary(rest.start) && tokens.is_content(rest.start + 1) {
        return Some(Reference::Instead(rest.start + 1..rest.end));
    }
    let asks = rest.clone().any(|place| tokens.asks(place));
    let has_verb = rest.clone().any(|place| tokens.is_auxiliary(place));
    let has_person = rest
        .clone()
        .any(|place| tokens.class(place) == Some(Class::Pronoun));
    if leads > 0 && !rest.is_empty() && !asks && !has_verb && !has_person {
        return Some(Reference::Instead(rest));
    }
    let names_something = rest
        .clone()
        .any(|place| tokens.is_name(place) || tokens.is_determiner(place));
    // "How tall?", "In which year?"
    let is_fragment = asks && !has_verb && !names_something && (1..=3).contains(&rest.len());
    is_fragment.then_some(Reference::Fragment(0..tokens.len()))
}

/// Whether a word at the beginning only leads to the question: "and", or "thanks" before a mark or another lead.
fn leads_on(tokens: &Tokens<'_>, place: usize) -> bool {
    const JOINING: &str = "and but or so then";
    const REPLYING: &str = "ok okay well also thanks thank great cool nice yes no hm hmm now";
    let is_in = |list: &str, place: usize| has(list, tokens.folded(place));
    let after = &tokens.text[tokens.bytes(&(place..place + 1)).end..];
    let is_apart = after.starts_with([',', '.', '!', ';', ':']);
    let leads_further = is_in(JOINING, place + 1) || tokens.class(place + 1) == Some(Class::Preposition);
    is_in(JOINING, place) || is_in(REPLYING, place) && (is_apart || leads_further)
}

/// The first pronoun that nothing before it in the question explains.
fn pronoun_in(tokens: &Tokens<'_>, places: Range<usize>) -> Option<Reference> {
    let mut place = places.start;
    let (mut has_subject, mut is_explained) = (false, false);
    while place < places.end {
        // A subject explains possessives, and every pronoun of the clauses after its own.
        // So does the object of the reader's verb: "How do I list pods and ...".
        let after = |class: Option<Class>| {
            let is_pronoun = class == Some(Class::Pronoun) && tokens.is_content(place + 1);
            is_pronoun && tokens.is_content(place + 2)
        };
        has_subject |= place > 0
            && tokens.is_auxiliary(place - 1)
            && (tokens.is_content(place) || after(tokens.class(place)));
        is_explained |= has_subject && begins_clause(tokens, place);
        let here = place..place + 1;
        match tokens.folded(place) {
            "it" | "they" | "them" if is_explained => {}
            "its" | "their" if has_subject => {}
            "it" if is_empty_subject(tokens, place) => {}
            "it" | "they" | "them" => return Some(Reference::Thing(here)),
            "he" | "she" | "him" => return Some(Reference::Person(here)),
            "her" | "his" if tokens.is_content(place + 1) => {
                return Some(Reference::Possessive(here, Person::Yes));
            }
            "her" => return Some(Reference::Person(here)),
            "its" | "their" => return Some(Reference::Possessive(here, Person::No)),
            "there" if !is_existential(tokens, place) => return Some(Reference::Place(here)),
            "this" | "that" | "these" | "those" if stands_alone(tokens, place) => {
                return Some(Reference::Thing(here));
            }
            _ => {}
        }
        // A noun phrase with a determiner or a name explains the pronouns after it.
        let is_definite =
            tokens.is_name(place) || tokens.is_determiner(place) && tokens.is_content(place + 1);
        if is_definite {
            return None;
        }
        place += 1;
    }
    None
}

/// Whether a word begins another clause.
fn begins_clause(tokens: &Tokens<'_>, place: usize) -> bool {
    let class = tokens.class(place);
    matches!(
        class,
        Some(Class::Conjunction | Class::Relative | Class::Narrowing(Narrowing::Condition))
    ) || matches!(tokens.folded(place), "that" | "so" | "after" | "before" | "since")
}

/// "Is it possible to ...", "How long does it take to ...": stands for nothing.
fn is_empty_subject(tokens: &Tokens<'_>, place: usize) -> bool {
    let later = |words: &[&str]| (place + 1..tokens.len()).any(|place| words.contains(&tokens.folded(place)));
    let after_be = place > 0 && matches!(tokens.class(place - 1), Some(Class::BePresent | Class::BePast));
    let light = matches!(
        tokens.folded(place + 1),
        "take"
            | "takes"
            | "took"
            | "cost"
            | "costs"
            | "mean"
            | "means"
            | "matter"
            | "matters"
            | "make"
            | "rain"
    );
    (after_be && later(&["to", "that", "if", "for"]))
        || (light && later(&["to", "that", "if", "when", "sense"]))
        || tokens.folded(place + 1) == "rain"
}

/// "Is there a limit?": says only that something exists.
fn is_existential(tokens: &Tokens<'_>, place: usize) -> bool {
    let is_be = |place: usize| {
        matches!(
            tokens.class(place),
            Some(Class::BePresent | Class::BePast | Class::BeOther)
        )
    };
    (place > 0 && (tokens.is_auxiliary(place - 1))) || is_be(place + 1)
}

/// Whether a demonstrative stands for something said before, and is neither an article nor a conjunction.
fn stands_alone(tokens: &Tokens<'_>, place: usize) -> bool {
    let after = &tokens.text[tokens.bytes(&(place..place + 1)).end..];
    // "What does that mean: ...?" says what it stands for.
    if after.contains(": ") {
        return false;
    }
    let is_last = place + 1 == tokens.len();
    let follows_auxiliary = place > 0 && tokens.is_auxiliary(place - 1);
    // "How does this work?", not "Is this server fast?"
    let before_verb = follows_auxiliary && place + 2 == tokens.len() && tokens.is_content(place + 1);
    // "Does that work with ...?"
    let is_do = place > 0 && tokens.class(place - 1) == Some(Class::Do);
    let before_preposition =
        is_do && tokens.is_content(place + 1) && tokens.class(place + 2) == Some(Class::Preposition);
    is_last || before_verb || before_preposition || (follows_auxiliary && !tokens.is_content(place + 1))
}
