//! Clauses left out: conditions, and who says it.

use crate::commands::eval::faults::{
    passages::Sample,
    seeded::Random,
    words::{ends_phrase, is_function_word, is_one_of, join, lowered, sentence, without},
};

const CONDITIONS: &str = "if unless until";
const TRAILING_CONDITIONS: &str = "if unless until except provided";
/// With these before it, "if" introduces a question, or a case that changes nothing.
const NO_CONDITION_AFTER: &str = "see check consider know ask decide determine even as what or and sure wonder tell find only \
     learn confirm verify test unclear matter";
const STATING_VERBS: &str = "said says say claimed claims claim argued argues argue believed believes believe reported \
     reports stated states think thinks thought estimated estimates estimate predicted predicts predict denied denies \
     hope hopes recommended recommends recommend proposed proposes assume assumes assumed expects expect feel felt \
     speculate speculated";
const WISHES: &str = "need want have would prefer wish like is are don't don’t do get";
const MIN_WORDS: usize = 4;

/// The sentence without its condition or exception.
pub(super) fn condition_dropped(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let tokens = sample.tokens();
    let words = lowered(&tokens);
    let mut changed = Vec::new();
    changed.extend(without_leading_condition(&tokens, &words));
    changed.extend(without_trailing_condition(&tokens, &words));
    random.pick(&changed).cloned()
}

fn without_leading_condition(tokens: &[&str], words: &[String]) -> Option<String> {
    (is_one_of(words.first()?, CONDITIONS) && !is_of_interest(words)).then_some(())?;
    let end = tokens.iter().position(|token| token.ends_with(','))? + 1;
    let end = if words.get(end)? == "then" { end + 1 } else { end };
    let rest = tokens.get(end..).filter(|rest| rest.len() >= MIN_WORDS)?;
    // The first comma may be one of a list in the condition.
    let is_main_clause = !is_one_of(
        &words[end],
        "and or but if unless when who which that including such",
    );
    let has_one_comma = !rest.iter().any(|token| token.ends_with(','));
    (is_main_clause && has_one_comma).then(|| sentence(&join(rest.iter().copied())))
}

/// Whether a condition says to whom something is of interest: "if you need a key, there is one here" is true without it.
fn is_of_interest(condition: &[String]) -> bool {
    let follows = |at: usize| condition.get(at).map_or("", String::as_str);
    follows(0) == "if" && is_one_of(follows(1), "you there you'd you’d") && is_one_of(follows(2), WISHES)
        || is_one_of(follows(1), "you'd you’d")
}

fn without_trailing_condition(tokens: &[&str], words: &[String]) -> Option<String> {
    // From nine until noon: what begins at nine is said either way.
    let ends_interval = |at: usize| {
        words[..at].contains(&"from".to_owned())
            || tokens
                .get(at + 1)
                .is_some_and(|after| after.starts_with(|c: char| c.is_ascii_digit() || c.is_uppercase()))
    };
    let at = (MIN_WORDS..tokens.len()).find(|at| {
        is_one_of(&words[*at], TRAILING_CONDITIONS)
            && !is_one_of(&words[*at - 1], NO_CONDITION_AFTER)
            && (words[*at] != "provided" || tokens[*at - 1].ends_with(','))
            && words[*at] != words[0]
            && !is_of_interest(&words[*at..])
            && !tokens[*at - 1].ends_with([';', ':', '—', '–'])
            && !(words[*at] == "until" && ends_interval(*at))
    })?;
    // Nothing may follow the clause, and a bracket must not be cut in half.
    let is_last = !tokens[at..tokens.len() - 1]
        .iter()
        .any(|token| ends_phrase(token));
    let is_balanced = !tokens[at..].iter().any(|token| token.contains(['(', ')']));
    (is_last && is_balanced).then(|| without(tokens, at..tokens.len()))
}

/// The sentence without "only": what it excluded is no longer excluded.
pub(super) fn only_dropped(sample: &Sample<'_>, _random: &mut Random) -> Option<String> {
    let tokens = sample.tokens();
    let words = lowered(&tokens);
    let at = (1..tokens.len().saturating_sub(1)).find(|at| {
        tokens[*at] == "only"
            && words.iter().filter(|word| *word == "only").count() == 1
            && !is_one_of(&words[*at - 1], "not if the an one a")
            && !is_one_of(&words[*at + 1], "if when")
            // Only nine are nine.
            && !is_number(&words[*at + 1])
    })?;
    Some(without(&tokens, at..at + 1))
}

/// What a sentence says somebody says, as a fact.
pub(super) fn attribution_dropped(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let tokens = sample.tokens();
    let words = lowered(&tokens);
    let mut changed = Vec::new();
    if words.len() > 2 && words[0] == "according" && words[1] == "to" {
        let end = tokens.iter().position(|token| token.ends_with(','));
        changed.extend(end.and_then(|end| stated(&tokens[end + 1..])));
    }
    let verb = (1..tokens.len().min(9)).find(|at| {
        is_one_of(&words[*at], STATING_VERBS)
            && words.get(at + 1).is_some_and(|after| after == "that")
            // A noun: "in the hope that".
            && !is_one_of(&words[at - 1], "the a an this no in of any little")
    });
    let has_clause_before = |verb: usize| {
        tokens[..verb].iter().any(|token| ends_phrase(token))
            || words[..verb]
                .iter()
                .any(|word| is_one_of(word, "if when because while although not"))
    };
    if let Some(verb) = verb.filter(|verb| !has_clause_before(*verb)) {
        changed.extend(stated(&tokens[verb + 2..]));
    }
    let end = (MIN_WORDS..tokens.len().saturating_sub(2)).find(|at| {
        tokens[*at - 1].ends_with(',')
            && (words[*at] == "according" && words[*at + 1] == "to"
                || is_one_of(&words[*at], "says said") && tokens[*at + 1].starts_with(char::is_uppercase))
    });
    changed.extend(end.map(|end| without(&tokens, end..tokens.len())));
    random.pick(&changed).cloned()
}

fn stated(rest: &[&str]) -> Option<String> {
    let begins_clause = rest.first().is_some_and(|first| {
        is_function_word(first) || first.starts_with(char::is_uppercase) || first.ends_with('s')
    });
    (rest.len() >= MIN_WORDS && begins_clause).then(|| sentence(&join(rest.iter().copied())))
}

fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
        || is_one_of(
            word,
            "one two three four five six seven eight nine ten eleven twelve",
        )
}
