//! Entities of HTML: `&eacute;`, `&mdash;` and `&#8212;` are characters.

/// The longest entity that is decoded, in bytes.
const MAX_BYTES: usize = 12;

/// The character of the entity that a text begins with, and the length of the entity in bytes.
pub(super) fn decode(text: &str) -> Option<(char, usize)> {
    let bytes = text.as_bytes();
    let end = bytes.iter().take(MAX_BYTES).position(|b| *b == b';')?;
    let name = text.get(1..end)?;
    let c = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
        None => named(name)?,
    };
    Some((c, end + 1))
}

/// The character of a name: the letters of Latin-1, which are their base with the name of an accent, and a few more.
/// The others are punctuation, which ends a word whatever it is.
fn named(name: &str) -> Option<char> {
    let special = match name {
        "szlig" => 'ß',
        "aelig" => 'æ',
        "AElig" => 'Æ',
        "oelig" => 'œ',
        "OElig" => 'Œ',
        "eth" => 'ð',
        "ETH" => 'Ð',
        "thorn" => 'þ',
        "THORN" => 'Þ',
        "shy" => '\u{ad}',
        "zwj" | "zwnj" | "ZeroWidthSpace" => '\u{200d}',
        "apos" | "rsquo" => '\'',
        "sup2" => '²',
        "sup3" => '³',
        "amp" => '&',
        _ => '\0',
    };
    if special != '\0' {
        return Some(special);
    }
    let base = name.chars().next().filter(char::is_ascii_alphabetic)?;
    let accent = match &name[1..] {
        "acute" => '\u{301}',
        "grave" => '\u{300}',
        "circ" => '\u{302}',
        "uml" => '\u{308}',
        "tilde" => '\u{303}',
        "cedil" => '\u{327}',
        "caron" => '\u{30c}',
        "ring" => '\u{30a}',
        "slash" if base.eq_ignore_ascii_case(&'o') => return Some(if base == 'o' { 'ø' } else { 'Ø' }),
        _ => '\0',
    };
    if accent != '\0' {
        return unicode_normalization::char::compose(base, accent).or(Some(' '));
    }
    name.bytes().all(|b| b.is_ascii_alphanumeric()).then_some(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_characters() {
        for (entity, c) in [
            ("&eacute;", 'é'),
            ("&Uuml;", 'Ü'),
            ("&#8212;", '\u{2014}'),
            ("&#x2014;", '\u{2014}'),
            ("&mdash;", ' '),
            ("&nbsp;", ' '),
            ("&amp;", '&'),
            ("&oslash;", 'ø'),
        ] {
            assert_eq!(decode(entity), Some((c, entity.len())), "{entity}");
        }
        for text in [
            "&",
            "& a;",
            "&;",
            "&#;",
            "&#x110000;",
            "&averyverylongname;",
            "&é;",
        ] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
