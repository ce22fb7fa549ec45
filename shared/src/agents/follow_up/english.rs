//! English follow-ups: what refers to the question before, and how that is put in its place.

use std::ops::Range;

use super::{
    Turn,
    topic::{Tokens, topic},
};
use crate::{agents::entities::entities, domain::EntityKind, evidence::words::Class};

/// What makes a question depend on the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reference {
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
    /// "Why?", "By whom?".
    Fragment,
}

/// Whether a pronoun stands for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Person {
    Yes,
    No,
}

/// Whether a question depends on the one before.
pub(super) fn depends(question: &str) -> bool {
    reference(&Tokens::read(question)).is_some()
}

/// Makes a question that depends on the one before complete by rules; `None` when it does not depend, or nothing is found
/// that it may refer to.
pub(super) fn complete(question: &str, turn: &Turn<'_>) -> Option<String> {
    let tokens = Tokens::read(question);
    let before = Tokens::read(turn.question);
    let subject = topic(&before);
    let named = subject.clone().map(|places| before.slice(&places));
    let replaced = |places: &Range<usize>, by: &str| {
        let bytes = tokens.bytes(places);
        format!("{}{by}{}", &question[..bytes.start], &question[bytes.end..])
    };
    let person = || person_in(turn).or(named);
    match reference(&tokens)? {
        Reference::Thing(places) => Some(replaced(&places, named?)),
        Reference::Person(places) => Some(replaced(&places, person()?)),
        Reference::Possessive(places, Person::Yes) => Some(replaced(&places, &possessive(person()?))),
        Reference::Possessive(places, Person::No) => Some(replaced(&places, &possessive(named?))),
        Reference::Place(places) => Some(replaced(&places, &format!("in {}", named?))),
        Reference::Instead(places) => {
            let instead = tokens.slice(&places);
            let begins_with_preposition = tokens.class(places.start) == Some(Class::Preposition);
            let Some(subject) = subject.filter(|_| !begins_with_preposition) else {
                return Some(format!("{} {instead}?", end(turn.question)));
            };
            let bytes = before.bytes(&subject);
            let rest = end(&turn.question[bytes.end..]);
            let asked = format!("{}{instead}{rest}", &turn.question[..bytes.start]);
            // Something without a name may be a part of what was asked about.
            let has_name = places.clone().any(|place| tokens.is_name(place));
            Some(match named.filter(|_| !has_name) {
                Some(named) => format!("{asked} ({named})?"),
                None => format!("{asked}?"),
            })
        }
        Reference::Fragment => {
            let asking = (0..before.len())
                .take_while(|place| !before.is_auxiliary(*place))
                .count();
            if asking == before.len() {
                return Some(format!("{} {}?", end(question), named?));
            }
            let rest = before.bytes(&(asking..before.len()));
            Some(format!("{} {}?", end(question), end(&turn.question[rest])))
        }
    }
}

/// The first reference of a question to what was said before it.
fn reference(tokens: &Tokens<'_>) -> Option<Reference> {
    const LEADS: &str = " and but or so then ok okay well also ";
    let leads = (0..tokens.len())
        .take_while(|place| LEADS.contains(&format!(" {} ", tokens.folded(*place))))
        .count();
    let rest = leads..tokens.len();
    let is_about = matches!(tokens.folded(leads), "what" | "how") && tokens.folded(leads + 1) == "about";
    if is_about && leads + 2 < tokens.len() {
        let about = leads + 2..tokens.len();
        return Some(pronoun_in(tokens, about.clone()).unwrap_or(Reference::Instead(about)));
    }
    if let Some(found) = pronoun_in(tokens, rest.clone()) {
        return Some(found);
    }
    let asks = rest.clone().any(|place| tokens.asks(place));
    let has_verb = rest.clone().any(|place| tokens.is_auxiliary(place));
    if leads > 0 && !rest.is_empty() && !asks && !has_verb {
        return Some(Reference::Instead(rest));
    }
    let names_something = rest.clone().any(|place| {
        tokens.is_name(place) || matches!(tokens.class(place), Some(Class::Determiner | Class::Possessive))
    });
    // "How tall?", "In which year?"
    let is_fragment = asks && !has_verb && !names_something && (1..=3).contains(&rest.len());
    is_fragment.then_some(Reference::Fragment)
}

/// The first pronoun that nothing before it in the question explains.
fn pronoun_in(tokens: &Tokens<'_>, places: Range<usize>) -> Option<Reference> {
    let mut place = places.start;
    while place < places.end {
        let here = place..place + 1;
        match tokens.folded(place) {
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
        let is_definite = tokens.is_name(place)
            || matches!(tokens.class(place), Some(Class::Determiner | Class::Possessive))
                && tokens.is_content(place + 1);
        if is_definite {
            return None;
        }
        place += 1;
    }
    None
}

/// "Is it possible to ...", "How long does it take to ...": stands for nothing.
fn is_empty_subject(tokens: &Tokens<'_>, place: usize) -> bool {
    let later = |words: &[&str]| (place + 2..tokens.len()).any(|place| words.contains(&tokens.folded(place)));
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
    let is_last = place + 1 == tokens.len();
    let follows_auxiliary = place > 0 && tokens.is_auxiliary(place - 1);
    // "How does this work?", not "Is this server fast?"
    let before_verb = follows_auxiliary && place + 2 == tokens.len() && tokens.is_content(place + 1);
    is_last || before_verb || (follows_auxiliary && !tokens.is_content(place + 1))
}

/// The person whom the answer before named, and the question did not.
fn person_in<'a>(turn: &Turn<'a>) -> Option<&'a str> {
    entities(turn.answer)
        .into_iter()
        .filter(|entity| entity.kind == EntityKind::Name && entity.name.contains(' '))
        .find(|entity| !turn.question.contains(&entity.name))
        .and_then(|entity| {
            let start = turn.answer.find(&entity.name)?;
            turn.answer.get(start..start + entity.name.len())
        })
}

fn possessive(name: &str) -> String {
    let ending = if name.ends_with('s') { "'" } else { "'s" };
    format!("{name}{ending}")
}

/// A question without its mark.
fn end(question: &str) -> &str {
    question.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '?' | '.' | '!' | '？'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TURN: Turn<'_> = Turn {
        question: "When was the lighthouse of Brannock built?",
        answer: "The lighthouse of Brannock was built in 1871 by Ada Holm. [1]",
    };

    #[test]
    fn a_follow_up_is_completed_by_rules() {
        for (question, expected) in [
            ("Who designed it?", "Who designed the lighthouse of Brannock?"),
            ("How tall is it?", "How tall is the lighthouse of Brannock?"),
            (
                "And how tall is it?",
                "And how tall is the lighthouse of Brannock?",
            ),
            (
                "What is its range?",
                "What is the lighthouse of Brannock's range?",
            ),
            (
                "Was it built by the council?",
                "Was the lighthouse of Brannock built by the council?",
            ),
            ("When was she born?", "When was Ada Holm born?"),
            ("Where is her house?", "Where is Ada Holm's house?"),
            ("Who lived there?", "Who lived in the lighthouse of Brannock?"),
            ("Why is that?", "Why is the lighthouse of Brannock?"),
            (
                "What about the lighthouse of Farley?",
                "When was the lighthouse of Farley built?",
            ),
            ("And Farley?", "When was Farley built?"),
            (
                "And the keeper's house?",
                "When was the keeper's house built (the lighthouse of Brannock)?",
            ),
            ("Why?", "Why was the lighthouse of Brannock built?"),
            ("By whom?", "By whom was the lighthouse of Brannock built?"),
            (
                "And in which year?",
                "And in which year was the lighthouse of Brannock built?",
            ),
        ] {
            assert_eq!(complete(question, &TURN).as_deref(), Some(expected), "{question}");
        }
    }

    #[test]
    fn a_question_that_explains_itself_is_left_as_it_is() {
        for question in [
            "When was the lighthouse of Farley built?",
            "What does the sweep do when it finds dead chunks?",
            "Does Prometheus restart when it fails?",
            "Is it possible to delete a document?",
            "How long does it take to build an index?",
            "Is there a limit on the size of a document?",
            "Which settings have to be set so that logs are kept?",
            "What is the retention of the samples that this server keeps?",
            "Index size",
            "",
        ] {
            assert!(!depends(question), "{question}");
        }
    }
}
