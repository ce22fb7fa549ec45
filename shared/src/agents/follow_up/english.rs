//! English follow-ups: puts what a question refers to in its place.

use std::ops::Range;

use super::{
    Turn, end,
    instead::instead,
    reference::{Person, Reference, reference},
    topic::{Tokens, action, asked_plural, topic},
};
use crate::{agents::entities::entities, domain::EntityKind, evidence::languages::has};

/// Words that judge what somebody does.
const JUDGING: &str = "necessary required possible safe allowed recommended dangerous risky reversible";

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
    // "Who is Ada Holm?", "What did Ada Holm write?"
    let is_person = before.folded(0) == "who" && before.is_auxiliary(1)
        || (subject.clone()).is_some_and(|mut places| places.any(|place| before.is_name(place)));
    let person = || person_in(turn).or(named.filter(|_| is_person));
    match reference(&tokens)? {
        Reference::Thing(places) if does(&tokens, places.start) => {
            let verb = places.start - 1..places.end;
            Some(replaced(&verb, before.slice(&action(&before)?)))
        }
        // "They" beside "it" are people.
        Reference::Thing(places)
            if tokens.folded(places.start) == "they" && has_later_it(&tokens, &places) =>
        {
            Some(replaced(&places, person_in(turn)?))
        }
        Reference::Thing(places) => Some(replaced(&places, &thing(&tokens, places.start, &before, named)?)),
        Reference::Person(places) => Some(replaced(&places, person()?)),
        Reference::Possessive(places, Person::Yes) => Some(replaced(&places, &possessive(person()?))),
        Reference::Possessive(places, Person::No) => {
            let owner = thing(&tokens, places.start, &before, named)?;
            Some(replaced(&places, &possessive(&owner)))
        }
        Reference::Place(places) => Some(replaced(&places, &format!("in {}", named?))),
        Reference::Instead(places) => Some(instead(&tokens, &places, &before, subject)),
        Reference::Fragment(places) => fragment(&tokens, &places, &before, subject),
    }
}

/// What a pronoun for a thing stands for. One in the plural stands for the things asked for, if there are any.
fn thing(tokens: &Tokens<'_>, place: usize, before: &Tokens<'_>, named: Option<&str>) -> Option<String> {
    let is_plural = matches!(
        tokens.folded(place),
        "they" | "them" | "their" | "these" | "those"
    );
    if let Some((things, said)) = asked_plural(before).filter(|_| is_plural) {
        let (things, said) = (before.slice(&things), before.slice(&said));
        return Some(format!("the {things} that {said}"));
    }
    // "That" is what was done, and so is "it" where it is judged.
    let is_action = match tokens.folded(place) {
        "this" | "that" => true,
        "it" => has(JUDGING, tokens.folded(place + 1)),
        _ => false,
    };
    let doing = action(before).filter(|_| is_action);
    doing
        .map(|places| before.slice(&places))
        .or(named)
        .map(str::to_owned)
}

/// Completes a question without a verb of its own by that of the question before.
fn fragment(
    tokens: &Tokens<'_>,
    places: &Range<usize>,
    before: &Tokens<'_>,
    subject: Option<Range<usize>>,
) -> Option<String> {
    let asked = tokens.slice(places);
    let named = subject.clone().map(|places| before.slice(&places));
    let asking = (0..before.len())
        .take_while(|place| !before.is_auxiliary(*place))
        .count();
    // "How to restart?" has a verb.
    if asking == before.len() || places.clone().any(|place| tokens.folded(place) == "to") {
        return Some(format!("{asked} {}?", named?));
    }
    let rest = |from: usize| end(&before.text[before.bytes(&(from..before.len())).start..]);
    let auxiliary = before.slice(&(asking..asking + 1)).to_lowercase();
    let Some(why) = asked.strip_suffix(" not") else {
        return Some(format!("{asked} {auxiliary} {}?", rest(asking + 1)));
    };
    let subject = subject.filter(|subject| subject.start == asking + 1)?;
    let named = before.slice(&subject);
    Some(format!("{why} {auxiliary} {named} not {}?", rest(subject.end)))
}

/// Whether "it" or "that" at this place is what something does: "can a role do that".
fn does(tokens: &Tokens<'_>, place: usize) -> bool {
    let is_thing = matches!(tokens.folded(place), "it" | "this" | "that");
    is_thing && place > 1 && tokens.folded(place - 1) == "do" && !tokens.asks(place - 2)
}

fn has_later_it(tokens: &Tokens<'_>, places: &Range<usize>) -> bool {
    (places.end..tokens.len()).any(|place| tokens.folded(place) == "it")
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
            ("Why is that?", "Why was the lighthouse of Brannock built?"),
            (
                "What about the lighthouse of Farley?",
                "When was the lighthouse of Farley built?",
            ),
            ("And Farley?", "When was the lighthouse of Farley built?"),
            (
                "And the keeper's house?",
                "When was the keeper's house built (the lighthouse of Brannock)?",
            ),
            ("Why?", "Why was the lighthouse of Brannock built?"),
            ("why not", "why was the lighthouse of Brannock not built?"),
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
    fn what_differs_takes_the_place_of_what_is_most_like_it() {
        for (before, question, expected) in [
            (
                "How do I install ripgrep on macOS?",
                "and for windows?",
                "How do I install ripgrep for windows?",
            ),
            (
                "how do I install ripgrep on ubuntu",
                "what about fedora",
                "how do I install ripgrep on fedora?",
            ),
            (
                "How long are logs kept in CloudWatch?",
                "and in S3?",
                "How long are logs kept in S3?",
            ),
            (
                "How do I list files by size?",
                "and in reverse order",
                "How do I list files by size in reverse order?",
            ),
            (
                "How do I create a queue with the CLI?",
                "the same for a topic",
                "How do I create a topic with the CLI?",
            ),
            (
                "Does DynamoDB support transactions?",
                "does aurora?",
                "Does aurora support transactions?",
            ),
            (
                "When was Rust 1.0 released?",
                "and 2.0?",
                "When was Rust 2.0 released?",
            ),
            (
                "What is the minimum size of a part?",
                "and the maximum?",
                "What is the maximum size of a part?",
            ),
            (
                "How do I encrypt a volume?",
                "and decrypt?",
                "How do I decrypt a volume?",
            ),
            (
                "How large can a package be?",
                "and unzipped?",
                "How large can a package be unzipped?",
            ),
            (
                "What is the default of `max_retries`?",
                "and `retry_delay`?",
                "What is the default of `retry_delay`?",
            ),
        ] {
            let turn = Turn {
                question: before,
                answer: "",
            };
            assert_eq!(complete(question, &turn).as_deref(), Some(expected), "{question}");
        }
    }

    #[test]
    fn what_was_done_is_named_with_its_verb() {
        const HOW: &str = "How do I mount an EFS file system?";
        for (before, question, expected) in [
            (
                HOW,
                "Can I mount it from two instances?",
                "Can I mount an EFS file system from two instances?",
            ),
            (HOW, "can lambda do that", "can lambda mount an EFS file system"),
            (
                HOW,
                "what permissions do i need for this",
                "what permissions do i need for mount an EFS file system",
            ),
            (HOW, "is it safe", "is mount an EFS file system safe"),
            (
                "Which regions support Bedrock?",
                "is frankfurt one of them",
                "is frankfurt one of the regions that support Bedrock",
            ),
            (
                "What are spot instances?",
                "how much do they cost",
                "how much do spot instances cost",
            ),
            (
                "Can a table have more than 20 indexes?",
                "why not?",
                "why can a table not have more than 20 indexes?",
            ),
            (
                "Where does pip keep its cache?",
                "thanks, and how long?",
                "thanks, and how long does pip keep its cache?",
            ),
        ] {
            let turn = Turn {
                question: before,
                answer: "",
            };
            assert_eq!(complete(question, &turn).as_deref(), Some(expected), "{question}");
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
            "how do users change their password",
            "Does nginx reload its configuration without a restart?",
            "how is it that DNS uses UDP",
            "And-gates vs or-gates in CMOS logic",
            "no i meant for students",
            "How do I list pods and sort them by age?",
            "No space left on device",
            "well known ports",
            "Index size",
            "",
        ] {
            assert!(!depends(question), "{question}");
        }
    }
}
