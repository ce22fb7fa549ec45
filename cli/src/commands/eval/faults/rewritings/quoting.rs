//! Shortened and annotated quotations.

use crate::commands::eval::faults::{
    passages::Sample,
    seeded::Random,
    words::{
        capitalized, core, is_function_word, is_one_of, join, lower, lowered, sentence, spliced, tokens,
    },
};

const ELLIPSES: [&str; 4] = ["…", "...", "[...]", "[…]"];
/// Words that may not be cut: what they govern is not said without them.
const GOVERNING: &str = "not no never none nor neither cannot without except but only if unless until when while \
     although though whether may might can could should would must probably perhaps possibly about approximately \
     almost nearly least most some many few often usually sometimes suggest suggests said says according claim \
     claimed than rather instead who than both either all each every";
/// The beginnings of a plain adjunct at the end of a sentence.
const ADJUNCTS: &str = "such including which where making allowing giving meaning for";
/// The first words of a clause of its own, or of one that another depends on.
const CLAUSE_STARTS: &str = "if when while as because although since once after before though whenever where we you it \
     they he she i this that these those your our their its his her there then";
const SUBJECT_VERBS: &str = "is are was were has have can will must";
const MIN_WORDS: usize = 5;
const MAX_TITLE_WORDS: usize = 4;

/// The sentence with an ellipsis for an aside in its middle, in brackets or between commas, or for its end.
pub(super) fn ellipsis(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let tokens = sample.tokens();
    let sign = *random.pick(&ELLIPSES)?;
    let mut cuts = Vec::new();
    let depends = is_one_of(&lower(tokens[0]), CLAUSE_STARTS);
    let commas: Vec<usize> = (1..tokens.len() - 1)
        .filter(|at| tokens[*at].ends_with(','))
        .collect();
    for pair in commas.windows(2) {
        let [before, after] = *pair else { continue };
        let (middle, rest) = (before + 1..after + 1, after + 1);
        if !depends && before >= 2 && tokens.len() - rest >= 3 && may_be_cut(&tokens[middle.clone()]) {
            cuts.push((before, middle.end));
        }
    }
    for open in 2..tokens.len() - 1 {
        let close = (open..tokens.len() - 2).find(|close| tokens[*close].ends_with(')'));
        if let Some(close) = close.filter(|_| tokens[open].starts_with('(')) {
            let is_single = !tokens[open..close].iter().any(|token| token.contains(')'));
            if is_single && may_be_cut(&tokens[open..=close]) {
                cuts.push((open - 1, close + 1));
            }
        }
    }
    if let Some((kept, _)) = adjunct(&tokens) {
        cuts.push((kept - 1, tokens.len()));
    }
    let (before, after) = *random.pick(&cuts)?;
    let head = join(tokens[..=before].iter().copied());
    let head = head.trim_end_matches(',');
    let tail = join(tokens[after..].iter().copied());
    Some(if tail.is_empty() {
        format!("{head} {sign}")
    } else {
        format!("{head} {sign} {tail}")
    })
}

/// Whether nothing outside depends on the words.
fn may_be_cut(words: &[&str]) -> bool {
    (1..=12).contains(&words.len())
        && !words.iter().any(|word| is_one_of(&lower(word), GOVERNING) || lower(word).ends_with("n't"))
        // An adverb goes with a verb, and a clause of its own may be the main one.
        && !lower(words[0]).ends_with("ly")
        && !is_one_of(&lower(words[0]), CLAUSE_STARTS)
        && !words.iter().any(|word| is_one_of(&lower(word), SUBJECT_VERBS))
        && !words.iter().any(|word| is_one_of(&lower(word), "and or"))
}

/// The number of words before a plain adjunct at the end, and its first word.
fn adjunct(tokens: &[&str]) -> Option<(usize, String)> {
    let comma = tokens.iter().rposition(|token| token.ends_with(','))?;
    let (kept, rest) = (comma + 1, &tokens[comma + 1..]);
    let words = lowered(rest);
    let first = words.first()?;
    let is_plain = is_one_of(first, ADJUNCTS)
        && !(first == "for" && words.get(1).is_none_or(|next| next != "example"))
        && !(first == "such" && words.get(1).is_none_or(|next| next != "as"));
    let is_independent = !words
        .iter()
        .any(|word| is_one_of(word, "not no never only but except unless if"));
    // "Tools such as a, b": the last comma is one of the list in the adjunct.
    let is_list = lowered(&tokens[..kept])
        .iter()
        .any(|word| is_one_of(word, "such including like either both"));
    let text = join(tokens[..kept].iter().copied());
    let is_balanced =
        text.matches('(').count() == text.matches(')').count() && text.matches('"').count().is_multiple_of(2);
    (kept >= MIN_WORDS && is_plain && is_independent && !is_list && is_balanced)
        .then(|| (kept, first.clone()))
}

/// The sentence without a plain adjunct at its end.
pub(super) fn without_adjunct(sample: &Sample<'_>, _random: &mut Random) -> Option<String> {
    let tokens = sample.tokens();
    let (kept, _) = adjunct(&tokens)?;
    Some(sentence(&join(tokens[..kept].iter().copied())))
}

/// The sentence with an annotation in brackets, as quoters put it.
pub(super) fn bracketed(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let plain = sample.sentence.plain.as_str();
    let own = sample.tokens();
    let title = sample.passage.title.trim_end_matches('.');
    let mut forms = Vec::new();
    let first = *own.first()?;
    // "[t]he lamp": the quoter changed the case of the first letter.
    if is_function_word(first) && first != "I" && core(first).len() > 1 {
        let letter = first.chars().next()?.to_lowercase();
        forms.push(format!("[{letter}]{}", &plain[1..]));
    }
    forms.push(format!("{} [emphasis added].", plain.trim_end_matches('.')));
    // "The lamp [Skarv Rock] is": after the subject.
    let verb = own
        .iter()
        .take(6)
        .position(|token| is_one_of(token, SUBJECT_VERBS));
    let is_short = (1..=MAX_TITLE_WORDS).contains(&tokens(title).len()) && !title.contains(['[', ']']);
    if let Some(verb) = verb.filter(|verb| *verb >= 1 && is_short) {
        let is_phrase = !own[..verb].iter().any(|token| token.ends_with([',', ':']));
        // The title names what the subject is about.
        let title_words = lowered(&tokens(title));
        let is_titled = own[..verb]
            .iter()
            .any(|token| !is_function_word(token) && title_words.contains(&lower(token)));
        if is_phrase && is_titled && !is_function_word(own[verb - 1]) {
            forms.push(spliced(&own, verb..verb, &format!("[{title}]")));
            forms.push(spliced(&own, verb..verb, "[it]"));
        }
    }
    let form = random.pick(&forms)?;
    Some(if form.starts_with('[') {
        form.clone()
    } else {
        capitalized(form)
    })
}
