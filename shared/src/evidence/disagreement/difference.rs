//! The difference of two statements that are equal but for one value: a quantity, date, time, name, place, colour or a
//! negation. Anything else that differs says that they are about different things.

use std::ops::Range;

use super::{
    items::{Items, Kind},
    lists::{
        begins_adjunct, continues_freely, has_one_place, has_one_value, is_be, is_bound, is_colour,
        is_condition, is_label, is_place_preposition,
    },
};
use crate::evidence::{statement::quantities::Unit, words::Word};

/// Maximum number of items of a value in words.
const MAX_VALUE: usize = 5;

/// The difference of two statements.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Difference {
    /// The items of the first statement that both share.
    pub(super) shared: Vec<usize>,
    /// The items of the value in the first and the second statement; the negation, or nothing, when one of them negates.
    pub(super) values: [Range<usize>; 2],
}

/// Compares two statements; `None` unless they give different values to one attribute of one thing.
pub(super) fn difference(one: &Items<'_>, other: &Items<'_>) -> Option<Difference> {
    if let Some(difference) = negation(one, other) {
        return Some(difference);
    }
    let ends = [
        (one.items.len(), other.items.len()),
        (main_clause(one), other.items.len()),
        (one.items.len(), main_clause(other)),
        (main_clause(one), main_clause(other)),
    ];
    let mut tried = Vec::new();
    ends.into_iter().find_map(|ends| {
        if tried.contains(&ends) {
            return None;
        }
        tried.push(ends);
        one_value(one, other, ends).or_else(|| two_quantities(one, other, ends))
    })
}

/// The number of items before a clause at the end that does not limit the statement: ", so ...", ", and ...".
fn main_clause(items: &Items<'_>) -> usize {
    let end = (2..items.items.len()).find(|&place| {
        items.clause_ends(place - 1)
            && continues_freely(items.folded(place))
            && !(place..items.items.len()).any(|place| is_condition(items.folded(place)))
    });
    end.unwrap_or(items.items.len())
}

/// The difference when one statement negates the other. The positive one may go on with an adjunct: who never does
/// something does not do it for 30 seconds.
fn negation(one: &Items<'_>, other: &Items<'_>) -> Option<Difference> {
    let negations = |items: &Items<'_>| {
        let places = (0..items.items.len()).filter(|place| items.items[*place].kind == Kind::Not);
        places.collect::<Vec<_>>()
    };
    let (is_first, negative, positive, at) = match (&negations(one)[..], &negations(other)[..]) {
        (&[at], []) => (true, one, other, at),
        ([], &[at]) => (false, other, one, at),
        _ => return None,
    };
    // "Cannot" has the auxiliary that the positive statement has in its place.
    let auxiliary = contracted_auxiliary(negative.side().folded(negative.items[at].words.start));
    let own = usize::from(auxiliary.is_none());
    let length = negative.items.len() - own;
    if positive.items.len() < length || length < 2 {
        return None;
    }
    let equals = |place: usize| {
        if let Some(auxiliary) = auxiliary.filter(|_| place == at) {
            return positive.folded(place) == auxiliary;
        }
        let there = place + if place >= at { own } else { 0 };
        positive.equals(place, negative, there) || place == at && positive.has_stem_of(place, negative, there)
    };
    if !(0..length).all(equals) {
        return None;
    }
    let mut rest = length..positive.items.len();
    let is_adjunct = rest.is_empty()
        || begins_adjunct(positive.folded(length))
        || positive.clause_ends(length - 1) && continues_freely(positive.folded(length));
    if !is_adjunct || rest.any(|place| is_condition(positive.folded(place))) {
        return None;
    }
    let (negation, nothing) = (at..at + 1, at..at);
    Some(Difference {
        shared: if is_first {
            (0..negative.items.len()).filter(|place| *place != at).collect()
        } else {
            (0..length).collect()
        },
        values: if is_first {
            [negation, nothing]
        } else {
            [nothing, negation]
        },
    })
}

/// The auxiliary in a negative one: "cannot", "isn't". That of "doesn't" is no part of the positive statement.
fn contracted_auxiliary(negative: &str) -> Option<&str> {
    match negative {
        "cannot" | "can't" => Some("can"),
        "won't" => Some("will"),
        "don't" | "doesn't" | "didn't" => None,
        _ => negative.strip_suffix("n't"),
    }
}

/// The difference when all items before and after one value are equal.
fn one_value(one: &Items<'_>, other: &Items<'_>, ends: (usize, usize)) -> Option<Difference> {
    let least = ends.0.min(ends.1);
    let before = (0..least)
        .take_while(|&place| one.equals(place, other, place))
        .count();
    let after = (1..=least - before)
        .take_while(|&steps| one.equals(ends.0 - steps, other, ends.1 - steps))
        .count();
    let values = [before..ends.0 - after, before..ends.1 - after];
    let [first, second] = &values;
    if first.is_empty() || second.is_empty() || first.len() > MAX_VALUE || second.len() > MAX_VALUE {
        return None;
    }
    let is_single = first.len() == 1 && second.len() == 1;
    let excludes = if is_single && one.differs_in_value(before, other, before) {
        is_value_of_subject(one, other, before)
    } else {
        are_words(one, first) && are_words(other, second) && exclude_each_other(one, other, &values)
    };
    excludes.then(|| difference_at(one, values, ends.0))
}

/// The difference with the items around its values. The rest of the phrase of a value belongs to it: "the blue box".
fn difference_at(one: &Items<'_>, values: [Range<usize>; 2], end: usize) -> Difference {
    let value = values[0].clone();
    let is_word = one.items[value.start].kind == Kind::Word;
    let phrase = (value.end..end)
        .take_while(|&place| is_word && one.continues_phrase(place))
        .count();
    Difference {
        shared: (0..value.start).chain(value.end + phrase..end).collect(),
        values,
    }
}

/// The difference when two measures differ, and each is a part of what is said: "10 percent of traffic for 15 minutes".
fn two_quantities(one: &Items<'_>, other: &Items<'_>, ends: (usize, usize)) -> Option<Difference> {
    if ends.0 != ends.1 {
        return None;
    }
    let different: Vec<usize> = (0..ends.0)
        .filter(|&place| !one.equals(place, other, place))
        .collect();
    let &[first, second] = &different[..] else {
        return None;
    };
    let (Some(first_unit), Some(second_unit)) = (measure(one, first), measure(one, second)) else {
        return None;
    };
    let is_stated = |place: usize| {
        one.differs_in_value(place, other, place)
            && one.has_verb_before(place)
            && !is_bound(one.before(place, 1))
            && !one.continues_phrase(place + 1)
    };
    (first_unit != second_unit && is_stated(first) && is_stated(second)).then(|| {
        let values = [first..first + 1, first..first + 1];
        Difference {
            shared: (0..ends.0).filter(|place| !different.contains(place)).collect(),
            values,
        }
    })
}

/// The unit of measure of a quantity.
fn measure(items: &Items<'_>, place: usize) -> Option<Unit> {
    let Kind::Quantity(number) = items.items.get(place)?.kind else {
        return None;
    };
    let unit = items.statement.quantities[number].unit;
    matches!(unit, Unit::Measure(_)).then_some(unit)
}

/// Whether a quantity, date or time is what the statement says of its subject, and not a part of the subject's name: "room
/// 12", "version 5", "a 50 watt lamp".
fn is_value_of_subject(one: &Items<'_>, other: &Items<'_>, at: usize) -> bool {
    if at == 0 {
        return false;
    }
    let is_said = one.has_verb_before(at);
    let is_number = |items: &Items<'_>| match items.items[at].kind {
        Kind::Date(_) => false,
        Kind::Time(_) => true,
        _ => measure(items, at).is_some() && !items.continues_phrase(at + 1),
    };
    let is_named = is_label(one.before(at, 1)) && !(is_said && at > 2);
    !is_named && (is_said || is_number(one) && is_number(other))
}

/// Whether all items are words.
fn are_words(items: &Items<'_>, places: &Range<usize>) -> bool {
    places.clone().all(|place| items.items[place].kind == Kind::Word)
}

/// Whether two values in words cannot both be right.
fn exclude_each_other(one: &Items<'_>, other: &Items<'_>, values: &[Range<usize>; 2]) -> bool {
    let [first, second] = values;
    let at = first.start;
    let is_name = |items: &Items<'_>, places: &Range<usize>| {
        let mut words = places.clone().filter_map(|place| items.word(place));
        words.all(|word| word.capital || !word.is_content())
    };
    let are_names = is_name(one, first) && is_name(other, second);
    if at == 0 {
        // "Ada Holm is the keeper of the lamp."
        let is_the = |items: &Items<'_>, end: usize| {
            is_be(items.folded(end)) && matches!(items.written_before(end + 1), "the" | "its" | "our")
        };
        return are_names
            && first.len() > 1
            && second.len() > 1
            && is_the(one, first.end)
            && is_the(other, second.end);
    }
    if shares_words(one, first, other, second) {
        return false;
    }
    let previous = one.before(at, 1);
    let is_single = first.len() == 1 && second.len() == 1;
    if is_single && excludes_word(one, other, at) {
        return true;
    }
    let are_places = |of_names: bool| of_names || is_definite(one, first) && is_definite(other, second);
    match previous {
        "called" | "named" => true,
        "of" => matches!(one.before(at, 2), "made" | "built"),
        "by" => are_names && at > 2 && is_be(one.before(at, 3)),
        previous if is_be(previous) && begins_with_place(one, first) && begins_with_place(other, second) => {
            are_places(false)
        }
        previous if is_be(previous) => {
            let subject = 0..at - 1;
            is_definite(one, &subject) && (are_names || has_attribute(one, subject))
        }
        previous if has_one_place(previous) => {
            begins_with_place(one, first) && begins_with_place(other, second) && are_places(false)
        }
        previous if is_place_preposition(previous) => {
            at > 2 && has_one_place(one.before(at, 2)) && are_places(are_names)
        }
        _ => false,
    }
}

/// Whether two words exclude each other: colours, weekdays and antonyms that are said of the subject.
fn excludes_word(one: &Items<'_>, other: &Items<'_>, at: usize) -> bool {
    let (Some(first), Some(second)) = (one.word(at), other.word(at)) else {
        return false;
    };
    let lexicon = one.side().lexicon;
    let are_colours = is_colour(one.folded(at)) && is_colour(other.folded(at));
    let weekday = |word: &Word| lexicon.spelling(word).weekday;
    let are_weekdays =
        weekday(first).is_some() && weekday(second).is_some() && weekday(first) != weekday(second);
    if are_colours || are_weekdays {
        return one.has_verb_before(at);
    }
    let is_predicate = is_be(one.before(at, 1)) || one.has_verb_before(at + 1) && !one.has_verb_before(at);
    is_predicate && lexicon.are_antonyms(first, second)
}

/// Whether two values have a content word in common: "the drawer" and "the top drawer" may be the same.
fn shares_words(one: &Items<'_>, first: &Range<usize>, other: &Items<'_>, second: &Range<usize>) -> bool {
    first
        .clone()
        .any(|place| second.clone().any(|there| one.has_stem_of(place, other, there)))
}

/// Whether a phrase begins with a preposition of place.
fn begins_with_place(items: &Items<'_>, places: &Range<usize>) -> bool {
    places.len() > 1 && is_place_preposition(items.folded(places.start))
}

/// Whether a phrase has a definite article or possessive, after its preposition if it has one, or is a name.
fn is_definite(items: &Items<'_>, places: &Range<usize>) -> bool {
    let noun = places.start + usize::from(begins_with_place(items, places));
    let is_name = noun > 0 && items.word(noun).is_some_and(|word| word.capital);
    is_name
        || matches!(
            items.written_before(noun),
            "the" | "its" | "our" | "your" | "their"
        )
}

/// Whether a subject names an attribute that has one value, before its first preposition.
fn has_attribute(items: &Items<'_>, subject: Range<usize>) -> bool {
    subject
        .take_while(|place| items.is_content(*place))
        .any(|place| has_one_value(items.folded(place)))
}
