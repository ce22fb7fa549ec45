//! Sentences made of the words of others.

use crate::commands::eval::faults::{
    passages::{Sample, Sentence},
    seeded::Random,
    words::{
        capitalized, core, is_content_word, is_function_word, is_one_of, join, lowered, tokens, with_core,
    },
};

/// Words at which two sentences are joined.
const JOINTS: &str =
    "is are was were has have can will must should in on at to from by for with of that when";
/// The verb after a subject.
const VERBS: &str = "is are was were has have can will must should may";
const PRONOUNS: &str = "it this that these those they we you i he she there here what who which all both each some \
     in on at for if when while after before as to by with from during since although because however also whether whereas";
const MIN_HALF: usize = 4;
const MAX_SUBJECT: usize = 6;

/// The first half of a sentence with the second half of another, joined at a word of both.
pub(super) fn halves(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let first = sample.tokens();
    let first_words = lowered(&first);
    let mut others: Vec<&Sentence> = sample.others().collect();
    random.shuffle(&mut others);
    others.into_iter().find_map(|other| {
        let second = tokens(&other.plain);
        let second_words = lowered(&second);
        let mut joints = Vec::new();
        for at in MIN_HALF..first.len().saturating_sub(2) {
            if !is_joint(first[at]) {
                continue;
            }
            for from in 2..second.len().saturating_sub(MIN_HALF) {
                if first[at] == second[from]
                    && is_new(&first[..at], &second[from + 1..], &first_words, &second_words)
                {
                    joints.push((at, from));
                }
            }
        }
        let (at, from) = *random.pick(&joints)?;
        let text = join(first[..at].iter().chain(&second[from..]).copied());
        is_balanced(&text).then_some(text)
    })
}

/// Whether sentences may be joined at a token: such a word, without punctuation.
fn is_joint(token: &str) -> bool {
    is_one_of(token, JOINTS)
}

/// Whether each half has content that the other sentence lacks, and they are not about the same subject.
fn is_new(head: &[&str], tail: &[&str], first: &[String], second: &[String]) -> bool {
    let lacking = |tokens: &[&str], words: &[String]| {
        let content = tokens.iter().filter(|token| !is_function_word(token));
        content
            .filter(|token| !words.contains(&core(token).to_lowercase()))
            .count()
    };
    let starts_alike = first
        .iter()
        .zip(second)
        .take(2)
        .all(|(left, right)| left == right);
    // Two sentences about the same thing may both be true of it.
    let before_tail = &second[..second.len() - tail.len()];
    let shares_subject = head.iter().filter(|token| !is_function_word(token)).any(|token| {
        let word = core(token).to_lowercase();
        before_tail
            .iter()
            .any(|other| !is_function_word(other) && shares_stem(other, &word))
    });
    lacking(head, second) >= 2 && lacking(tail, first) >= 2 && !starts_alike && !shares_subject
}

fn is_balanced(text: &str) -> bool {
    text.matches(['(', '“']).count() == text.matches([')', '”']).count()
        && text.matches('"').count().is_multiple_of(2)
}

/// The sentence with the subject of another one.
pub(super) fn subject_of_another(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let own = sample.tokens();
    let end = subject(&own)?;
    let verb = core(own[end]);
    let own_subject = lowered(&own[..end]);
    let mut others: Vec<&Sentence> = sample.others().collect();
    random.shuffle(&mut others);
    others.into_iter().find_map(|other| {
        let other = tokens(&other.plain);
        let other_end = subject(&other)?;
        let is_plural = |verb: &str| is_one_of(verb, "are were have");
        let is_singular = |verb: &str| is_one_of(verb, "is was has");
        let other_verb = core(other[other_end]);
        let agrees =
            !(is_plural(verb) && is_singular(other_verb) || is_singular(verb) && is_plural(other_verb));
        // Subjects that share a word may be the same thing.
        let is_another = other[..other_end]
            .iter()
            .filter(|token| !is_function_word(token))
            .all(|token| {
                !own_subject
                    .iter()
                    .any(|word| shares_stem(word, &core(token).to_lowercase()))
            });
        let text = join(other[..other_end].iter().chain(&own[end..]).copied());
        (agrees && is_another && is_balanced(&text)).then_some(text)
    })
}

fn shares_stem(left: &str, right: &str) -> bool {
    let stem = |word: &str| word.chars().take(4).collect::<String>();
    stem(left) == stem(right)
}

/// The number of tokens before the first verb, if they are a subject that names something.
fn subject(tokens: &[&str]) -> Option<usize> {
    let end = tokens
        .iter()
        .take(MAX_SUBJECT + 1)
        .position(|token| is_one_of(token, VERBS))?;
    let words = lowered(&tokens[..end]);
    let names_something = tokens[..end].iter().any(|token| !is_function_word(token));
    let is_phrase = !tokens[..end].iter().any(|token| token.ends_with([',', ':', ';']));
    let is_clause =
        is_one_of(words.first()?, PRONOUNS) || words.iter().any(|word| is_one_of(word, "that which who"));
    // A single common noun may be the general word for another subject.
    let is_common = end == 1
        && !tokens[0]
            .chars()
            .skip(1)
            .any(|c| c.is_uppercase() || c.is_ascii_digit());
    (end > 0 && names_something && is_phrase && !is_clause && !is_common).then_some(end)
}

/// The sentence with every content word replaced by one from elsewhere in the passage.
pub(super) fn invented(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let own = sample.tokens();
    let mut candidates: Vec<&str> = Vec::new();
    for other in sample.others() {
        candidates.extend(
            tokens(&other.plain)
                .into_iter()
                .filter(|token| is_content_word(token))
                .map(core),
        );
    }
    candidates.sort_unstable();
    candidates.dedup();
    candidates.retain(|word| !own.iter().any(|token| core(token).eq_ignore_ascii_case(word)));
    random.shuffle(&mut candidates);
    let mut new = candidates.iter();
    let mut replaced = 0;
    let mut words = Vec::new();
    for token in own {
        let changes = is_content_word(token);
        replaced += usize::from(changes);
        words.push(if changes {
            with_core(token, new.next()?)
        } else {
            token.to_owned()
        });
    }
    (replaced >= 3).then(|| capitalized(&words.join(" ")))
}
