//! Words of a sentence: tokens between blanks, and edits that keep the punctuation around them.

/// Words that carry grammar, not content.
const FUNCTION_WORDS: &str = " a an the this that these those each every some any all both no and or but nor so yet if \
     unless until while when where whether because since although though as than of in on at to from by for with \
     without within into onto over under between among through during before after above below about against across \
     along around behind beyond per via toward towards upon is are was were be been being am has have had having do \
     does did done can could may might must shall should will would not never only also too very just it its they \
     their them he she his her him we our us you your i my who whom whose which what there here then thus therefore \
     however such more most less least many much few several other another same own out up down off again once how \
     why ";

/// Splits at blanks.
pub(super) fn tokens(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// The token without punctuation around it and without a possessive ending.
pub(super) fn core(token: &str) -> &str {
    let core = token.trim_matches(|c: char| !c.is_alphanumeric());
    core.strip_suffix("'s")
        .or_else(|| core.strip_suffix("’s"))
        .unwrap_or(core)
}

/// The core in lower case.
pub(super) fn lower(token: &str) -> String {
    core(token).to_lowercase()
}

/// The cores in lower case.
pub(super) fn lowered(tokens: &[&str]) -> Vec<String> {
    tokens.iter().map(|token| lower(token)).collect()
}

/// The token with another core, capitalized like the present one.
pub(super) fn with_core(token: &str, replacement: &str) -> String {
    let old = core(token);
    let is_capitalized = old.starts_with(char::is_uppercase) && replacement.starts_with(char::is_lowercase);
    let new = if is_capitalized {
        capitalized(replacement)
    } else {
        replacement.to_owned()
    };
    let Some(start) = token.find(old).filter(|_| !old.is_empty()) else {
        return new;
    };
    format!("{}{new}{}", &token[..start], &token[start + old.len()..])
}

/// The sentence with the core at one place replaced.
pub(super) fn replaced(tokens: &[&str], at: usize, replacement: &str) -> String {
    spliced(tokens, at..at + 1, &with_core(tokens[at], replacement))
}

/// The sentence with a range of tokens replaced by a text. The punctuation of the range is not kept.
pub(super) fn spliced(tokens: &[&str], range: std::ops::Range<usize>, replacement: &str) -> String {
    let middle = (!replacement.is_empty()).then_some(replacement);
    let parts = tokens[..range.start].iter().copied();
    join(parts.chain(middle).chain(tokens[range.end..].iter().copied()))
}

/// The sentence without a range of tokens. The punctuation at the end of the range stays.
pub(super) fn without(tokens: &[&str], range: std::ops::Range<usize>) -> String {
    let mut kept: Vec<String> = tokens[..range.start]
        .iter()
        .map(|token| (*token).to_owned())
        .collect();
    let last = range
        .end
        .checked_sub(1)
        .and_then(|last| tokens.get(last))
        .copied()
        .unwrap_or_default();
    let ending = &last[last.trim_end_matches(|c: char| ".,;:!?".contains(c)).len()..];
    if let Some(before) = kept.last_mut() {
        if !ending.is_empty() {
            before.truncate(before.trim_end_matches([',', ';', ':', '.']).len());
        }
        before.push_str(ending);
    }
    kept.extend(tokens[range.end..].iter().map(|token| (*token).to_owned()));
    sentence(&kept.join(" "))
}

/// Joins parts by spaces.
pub(super) fn join<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    parts.into_iter().collect::<Vec<_>>().join(" ")
}

/// A sentence: with a capital letter and a full stop.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim().trim_end_matches([',', ';', ':', ' ']);
    let end = if text.ends_with(['.', '!', '?']) || text.ends_with(".)") {
        ""
    } else {
        "."
    };
    format!("{}{end}", capitalized(text))
}

/// The text with its first letter in upper case.
pub(super) fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

/// The text as it continues a sentence: a first word that is no name loses its capital letter.
pub(super) fn continued(text: &str) -> String {
    let first = tokens(text).first().copied().unwrap_or_default();
    if first == "I" || !is_function_word(first) {
        return text.to_owned();
    }
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_lowercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

/// Whether a token is a word of grammar.
pub(super) fn is_function_word(token: &str) -> bool {
    is_one_of(&lower(token), FUNCTION_WORDS)
}

/// Whether a word is in a list of words between blanks.
pub(super) fn is_one_of(word: &str, list: &str) -> bool {
    !word.is_empty() && list.split_whitespace().any(|listed| listed == word)
}

/// Whether a token is a word in lower case that carries content.
pub(super) fn is_content_word(token: &str) -> bool {
    let core = core(token);
    core.len() >= 4 && core.chars().all(|c| c.is_ascii_lowercase()) && !is_function_word(core)
}

/// Whether a token ends a phrase with punctuation.
pub(super) fn ends_phrase(token: &str) -> bool {
    token.ends_with([',', ';', ':', '.', ')', '!', '?', '"', '”', '’', ']'])
}

/// The words of a text in lower case, without punctuation, between single blanks: ` like this `.
pub(super) fn normal(text: &str) -> String {
    let words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(str::to_lowercase).collect();
    format!(" {} ", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_keep_the_punctuation_around_a_word() {
        let tokens = tokens("The \"lamp,\" of Ada's tower (31 m) burns.");
        assert_eq!(
            replaced(&tokens, 1, "bell"),
            "The \"bell,\" of Ada's tower (31 m) burns."
        );
        assert_eq!(
            replaced(&tokens, 3, "Bo"),
            "The \"lamp,\" of Bo's tower (31 m) burns."
        );
        assert_eq!(without(&tokens, 5..8), "The \"lamp,\" of Ada's tower.");
        assert_eq!(without(&tokens, 0..1), "\"lamp,\" of Ada's tower (31 m) burns.");
    }

    #[test]
    fn only_words_of_grammar_lose_their_capital_letter() {
        assert_eq!(continued("The lamp"), "the lamp");
        assert_eq!(continued("Visby is old"), "Visby is old");
        assert_eq!(normal("It's 1,000 m."), " it s 1 000 m ");
    }
}
