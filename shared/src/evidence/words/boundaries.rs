//! Boundaries of words: where a word ends, and which signs are inside it.

/// The end, in bytes, of the word that continues at a place.
pub(super) fn end_of_word(text: &str, mut at: usize) -> usize {
    loop {
        at += text.as_bytes()[at..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count();
        let mut rest = text[at..].chars();
        let Some(c) = rest.next() else { return at };
        let previous = text[..at].chars().next_back().unwrap_or(c);
        if is_single_character_word(c) || !(continues(c) || joins(previous, c, rest.next())) {
            return at;
        }
        at += c.len_utf8();
    }
}

/// Ideographs and kana are written without spaces: each counts as a word.
pub(super) fn is_single_character_word(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Whether a character is part of a word.
fn continues(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || matches!(c, '\u{300}'..='\u{36F}')
}

/// Whether a sign between two characters is inside a word: `1,024`, `3.5`, `don't`, `U.S`.
fn joins(previous: char, sign: char, next: Option<char>) -> bool {
    let Some(next) = next else { return false };
    match sign {
        ',' => previous.is_ascii_digit() && next.is_ascii_digit(),
        // A sentence may begin without a space: "the league.Its teams".
        '.' if previous.is_lowercase() && next.is_uppercase() => false,
        '.' | ':' => previous.is_alphanumeric() && next.is_alphanumeric() && !is_single_character_word(next),
        '\'' | '\u{2019}' => previous.is_alphabetic() && next.is_alphabetic(),
        _ => false,
    }
}
