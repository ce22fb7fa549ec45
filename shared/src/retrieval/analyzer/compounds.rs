//! Compounds: one spelling for a name of several parts, whether they are joined by capitals, points, hyphens or nothing, and
//! the parts.

use std::ops::Range;

/// A name without what joins its parts: `max_retries` as `maxretries`, `Node.js` as `Nodejs`, `UTF-8` as `UTF8`. Joints between
/// two digits stay: `2024-01-15`, `1.2.3`.
pub(super) fn joined(word: &str) -> String {
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let mut joined = String::with_capacity(word.len());
    let mut rest = word.chars().peekable();
    while let Some(c) = rest.next() {
        let is_joint = matches!(c, '-' | '_' | '.' | '/');
        if !is_joint || is_digit(joined.chars().next_back()) && is_digit(rest.peek().copied()) {
            joined.push(c);
        }
    }
    joined
}

/// The parts of a name: split at `_` and at points between letters, where lower case meets upper case, and before the last
/// of several capitals that lower case follows (`HTTPServer`). None for a plain word; single letters are left out.
pub(super) fn parts(word: &str) -> Vec<Range<usize>> {
    let chars: Vec<(usize, char)> = word.char_indices().collect();
    let is = |place: Option<usize>, test: fn(char) -> bool| {
        place
            .and_then(|place| chars.get(place))
            .is_some_and(|(_, c)| test(*c))
    };
    let mut parts = Vec::new();
    let mut start = 0;
    for (place, &(at, c)) in chars.iter().enumerate() {
        let (before, after) = (place.checked_sub(1), Some(place + 1));
        let is_joint = c == '_' || c == '.' && !is(before, |c| c.is_ascii_digit());
        let is_camel = c.is_uppercase() && is(before, char::is_lowercase);
        // "HTTPServer", but not "APIs"
        let ends_acronym = c.is_uppercase()
            && is(before, char::is_uppercase)
            && is(after, char::is_lowercase)
            && place + 2 < chars.len();
        if is_joint || is_camel || ends_acronym {
            parts.push(start..at);
            start = at + if is_joint { c.len_utf8() } else { 0 };
        }
    }
    if parts.is_empty() {
        return parts;
    }
    parts.push(start..word.len());
    parts.retain(|part| {
        let part = &word[part.clone()];
        part.chars().nth(1).is_some() || part.starts_with(|c: char| c.is_ascii_digit())
    });
    parts
}

/// Whether a word is letters with points between, such as `U.S.A`.
pub(super) fn is_dotted_acronym(word: &str) -> bool {
    let mut letters = word.split('.');
    word.contains('.')
        && letters.all(|letter| {
            letter.chars().next().is_some_and(char::is_alphabetic) && letter.chars().nth(1).is_none()
        })
}

/// The place of what follows an elided word: `l'eau`, `d'Artagnan`, `qu'il`.
pub(super) fn after_elision(word: &str) -> Option<usize> {
    let at = word.find('\'')?;
    let rest = &word[at + 1..];
    let is_elided = match at {
        1 => matches!(
            word.as_bytes()[0] | 0x20,
            b'l' | b'd' | b'j' | b'm' | b'n' | b's' | b't' | b'c'
        ),
        _ => ELIDED
            .split(' ')
            .any(|elided| elided.eq_ignore_ascii_case(&word[..at])),
    };
    (is_elided && rest.chars().nth(1).is_some()).then_some(at + 1)
}

/// Words of French and Italian that end in an apostrophe before a vowel.
const ELIDED: &str = "qu jusqu lorsqu puisqu quoiqu quelqu un dell all nell sull dall coll quell bell sant";

#[cfg(test)]
mod tests {
    use super::*;

    fn parts_of(word: &str) -> Vec<&str> {
        parts(word).into_iter().map(|part| &word[part]).collect()
    }

    #[test]
    fn names_have_parts() {
        assert_eq!(parts_of("lambda_http"), ["lambda", "http"]);
        assert_eq!(parts_of("maxRetries"), ["max", "Retries"]);
        assert_eq!(parts_of("HTTPServer"), ["HTTP", "Server"]);
        assert_eq!(parts_of("parseHTTPRequest"), ["parse", "HTTP", "Request"]);
        assert_eq!(parts_of("Node.js"), ["Node", "js"]);
        assert_eq!(parts_of("iPhone"), ["Phone"]);
        assert_eq!(parts_of("__init__"), ["init"]);
        for plain in ["word", "Word", "WORD", "APIs", "1.2.3", "utf8", "2.4GHz"] {
            assert!(parts(plain).is_empty(), "{plain}");
        }
    }

    #[test]
    fn names_have_one_spelling() {
        for (word, one) in [
            ("max_retries", "maxretries"),
            ("Node.js", "Nodejs"),
            ("UTF-8", "UTF8"),
            ("us-east-1", "useast1"),
            ("2024-01-15", "2024-01-15"),
            ("sha_256", "sha256"),
            ("HTTP/2", "HTTP2"),
        ] {
            assert_eq!(joined(word), one);
        }
    }

    #[test]
    fn elided_words_are_apart() {
        assert_eq!(after_elision("l'eau"), Some(2));
        assert_eq!(after_elision("qu'il"), Some(3));
        for word in ["don't", "o'brien", "it's", "t'", "eau"] {
            assert_eq!(after_elision(word), None);
        }
    }
}
