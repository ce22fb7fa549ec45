//! Other letters and signs for the same words: case, contractions, spelling, typography.

use crate::commands::eval::faults::{
    passages::Sample,
    seeded::Random,
    words::{core, lower, replaced, spliced, with_core},
};

const CONTRACTIONS: [(&str, &str); 26] = [
    ("do not", "don't"),
    ("does not", "doesn't"),
    ("did not", "didn't"),
    ("is not", "isn't"),
    ("are not", "aren't"),
    ("was not", "wasn't"),
    ("were not", "weren't"),
    ("has not", "hasn't"),
    ("have not", "haven't"),
    ("will not", "won't"),
    ("should not", "shouldn't"),
    ("could not", "couldn't"),
    ("would not", "wouldn't"),
    ("it is", "it's"),
    ("that is", "that's"),
    ("there is", "there's"),
    ("we are", "we're"),
    ("you are", "you're"),
    ("they are", "they're"),
    ("we will", "we'll"),
    ("you will", "you'll"),
    ("we have", "we've"),
    ("you have", "you've"),
    ("cannot", "can't"),
    ("can not", "can't"),
    ("they have", "they've"),
];

/// British and American spellings, and words with and without a hyphen.
const SPELLINGS: [(&str, &str); 44] = [
    ("e-mail", "email"),
    ("e-mails", "emails"),
    ("colour", "color"),
    ("colours", "colors"),
    ("favour", "favor"),
    ("favourite", "favorite"),
    ("behaviour", "behavior"),
    ("harbour", "harbor"),
    ("labour", "labor"),
    ("tumour", "tumor"),
    ("tumours", "tumors"),
    ("neighbour", "neighbor"),
    ("organise", "organize"),
    ("organised", "organized"),
    ("organisation", "organization"),
    ("organisations", "organizations"),
    ("recognise", "recognize"),
    ("recognised", "recognized"),
    ("analyse", "analyze"),
    ("analysed", "analyzed"),
    ("characterise", "characterize"),
    ("characterised", "characterized"),
    ("optimise", "optimize"),
    ("summarise", "summarize"),
    ("utilise", "utilize"),
    ("prioritise", "prioritize"),
    ("normalised", "normalized"),
    ("randomised", "randomized"),
    ("centre", "center"),
    ("centres", "centers"),
    ("metre", "meter"),
    ("metres", "meters"),
    ("litre", "liter"),
    ("fibre", "fiber"),
    ("programme", "program"),
    ("defence", "defense"),
    ("licence", "license"),
    ("travelling", "traveling"),
    ("cancelled", "canceled"),
    ("modelling", "modeling"),
    ("labelled", "labeled"),
    ("signalling", "signaling"),
    ("grey", "gray"),
    ("on-line", "online"),
];

/// Lower case, capitals, or a capital letter for each word.
pub(super) fn case(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let plain = &sample.sentence.plain;
    Some(match random.below(3) {
        0 => plain.to_lowercase(),
        1 => plain.to_uppercase(),
        _ => {
            let words = sample.tokens();
            let capitalized = words
                .iter()
                .map(|word| crate::commands::eval::faults::words::capitalized(word));
            capitalized.collect::<Vec<_>>().join(" ")
        }
    })
}

/// "do not" becomes "don't", and the other way round.
pub(super) fn contraction(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let tokens = sample.tokens();
    let mut changed = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let own = token
            .trim_matches(|c: char| !c.is_alphanumeric())
            .to_lowercase()
            .replace('’', "'");
        let after = tokens.get(at + 1).copied().unwrap_or_default();
        for (long, short) in CONTRACTIONS {
            let is_last = after.is_empty() || core(after) != after;
            match long.split_once(' ') {
                Some((first, second)) if own == first && after == second && core(token) == *token => {
                    // "That it is." has no short form.
                    let next = tokens.get(at + 2).copied().unwrap_or_default();
                    // "You have to" and "you have questions" have none either.
                    let is_auxiliary =
                        second != "have" || core(next).ends_with("ed") || core(next).ends_with("en");
                    if is_auxiliary
                        && !next.is_empty()
                        && (!is_last || second == "not")
                        && !next.starts_with('(')
                    {
                        changed.push(spliced(&tokens, at..at + 2, &with_core(token, short)));
                    }
                }
                None if own == long => changed.push(spliced(&tokens, at..at + 1, &with_core(token, short))),
                // "That's" may be "that has".
                _ if own == short && !short.ends_with("'s") => {
                    let start = token.find(char::is_alphanumeric).unwrap_or_default();
                    let end = token
                        .rfind(char::is_alphanumeric)
                        .map_or(token.len(), |end| end + 1);
                    let long = if long == "can not" { continue } else { long };
                    let is_capitalized = token[start..].starts_with(char::is_uppercase);
                    let long = if is_capitalized {
                        crate::commands::eval::faults::words::capitalized(long)
                    } else {
                        long.to_owned()
                    };
                    changed.push(spliced(
                        &tokens,
                        at..at + 1,
                        &format!("{}{long}{}", &token[..start], &token[end..]),
                    ));
                }
                _ => {}
            }
        }
    }
    random.pick(&changed).cloned()
}

/// The British spelling for the American one, and the other way round.
pub(super) fn spelling(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let tokens = sample.tokens();
    let mut changed = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        // A spelling of a name is part of it.
        if at > 0 && core(token).starts_with(char::is_uppercase) {
            continue;
        }
        let own = lower(token);
        for (left, right) in SPELLINGS {
            if own == left {
                changed.push(replaced(&tokens, at, right));
            } else if own == right {
                changed.push(replaced(&tokens, at, left));
            }
        }
    }
    random.pick(&changed).cloned()
}

/// Typographic or plain quotation marks, apostrophes and dashes, other blanks, or a line break.
pub(super) fn typographic(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let plain = sample.sentence.plain.as_str();
    let mut forms = Vec::new();
    if plain.contains(['"', '\'']) {
        forms.push(curly(plain));
    }
    if plain.contains(['“', '”', '’', '‘']) {
        forms.push(plain.replace(['“', '”'], "\"").replace(['’', '‘'], "'"));
    }
    if plain.contains(" – ") || plain.contains('—') {
        forms.push(plain.replace(" – ", " - ").replace('—', " - "));
    }
    if plain.contains('-') {
        forms.push(plain.replace('-', "\u{2011}"));
    }
    if forms.is_empty() || random.below(3) == 0 {
        let blank = *random.pick(&["\u{a0}", "  ", "\n"])?;
        let words = sample.tokens();
        let at = 2 + random.below(words.len().saturating_sub(3));
        forms = vec![format!(
            "{}{blank}{}",
            words[..at].join(" "),
            words[at..].join(" ")
        )];
    }
    random.pick(&forms).cloned()
}

fn curly(text: &str) -> String {
    let mut is_open = false;
    let curly = |c: char| match c {
        '"' => {
            is_open = !is_open;
            if is_open { '“' } else { '”' }
        }
        '\'' => '’',
        other => other,
    };
    text.chars().map(curly).collect()
}
