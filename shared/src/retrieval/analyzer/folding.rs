//! Folding: what is the same letter to a reader who types a word. Lower case, compatibility forms, accents.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// A word in lower case and NFKC, with plain apostrophes; accents stay.
pub(crate) fn fold(word: &str) -> String {
    let normal = |c: char| if c == '\u{2019}' { '\'' } else { c };
    let folded: String = if word.is_ascii() {
        word.to_ascii_lowercase()
    } else if is_nfkc_quick(word.chars()) == IsNormalized::Yes {
        word.chars().map(normal).flat_map(char::to_lowercase).collect()
    } else {
        word.nfkc().map(normal).flat_map(char::to_lowercase).collect()
    };
    // Compatibility forms may add spaces, which index keys must not have.
    if folded.bytes().any(|b| b.is_ascii_whitespace()) {
        folded.split_whitespace().collect()
    } else {
        folded
    }
}

/// A word in NFKC without spaces, with plain apostrophes, hyphens and digits. Capitals stay.
pub(super) fn normal(word: &str) -> String {
    let normal = |c: char| match c {
        '\u{2019}' | '\u{2bc}' => '\'',
        '\u{2010}' | '\u{2011}' => '-',
        '\u{2044}' => '/',
        // `to_lowercase` makes two characters of it.
        'İ' => 'I',
        'ς' => 'σ',
        '\u{660}'..='\u{669}' => digit(c, 0x660),
        '\u{6f0}'..='\u{6f9}' => digit(c, 0x6f0),
        '\u{966}'..='\u{96f}' => digit(c, 0x966),
        _ => c,
    };
    let visible = |c: &char| !c.is_whitespace() && !c.is_control();
    word.nfkc().map(normal).filter(visible).collect()
}

fn digit(c: char, zero: u32) -> char {
    char::from_digit((c as u32).wrapping_sub(zero), 10).unwrap_or(c)
}

/// Puts a word in lower case in place of what `lower` has.
pub(super) fn lower_into(word: &str, lower: &mut String) {
    lower.clear();
    if word.is_ascii() {
        lower.push_str(word);
        lower.make_ascii_lowercase();
    } else {
        lower.extend(word.chars().flat_map(char::to_lowercase));
    }
}

/// A word without accents and other marks that are often not typed: those of Latin and Greek letters, vowel points of Hebrew
/// and Arabic, forms of alef. `word` is in lower case and NFKC. Katakana become hiragana.
pub(super) fn without_marks(word: &str) -> String {
    let mut base = '\0';
    let mut folded = String::with_capacity(word.len());
    let mut is_composed = true;
    for c in word.nfd() {
        match c {
            // A mark is kept where it makes another letter: the short i of Russian, the voicing of kana.
            '\u{300}'..='\u{36f}' => {
                if !(is_latin_or_greek(base) || base == 'е' && c == '\u{308}') {
                    folded.push(c);
                    is_composed = false;
                }
                continue;
            }
            '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}' => {
                continue;
            }
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'ł' => folded.push('l'),
            'þ' => folded.push_str("th"),
            'ı' => folded.push('i'),
            'ħ' => folded.push('h'),
            'ς' => folded.push('σ'),
            'ٱ' => folded.push('ا'),
            'ى' | 'ی' => folded.push('ي'),
            'ک' => folded.push('ك'),
            'ة' => folded.push('ه'),
            '\u{30a1}'..='\u{30f4}' => folded.push(char::from_u32(c as u32 - 0x60).unwrap_or(c)),
            _ => {
                is_composed &= c.is_ascii();
                folded.push(c);
            }
        }
        base = c;
    }
    if is_composed {
        folded
    } else {
        folded.nfc().collect()
    }
}

fn is_latin_or_greek(c: char) -> bool {
    matches!(c, '\0'..='\u{24f}' | '\u{370}'..='\u{3ff}' | '\u{1e00}'..='\u{1fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_fold_where_they_make_no_other_letter() {
        for (word, folded) in [
            ("café", "cafe"),
            ("straße", "strasse"),
            ("œuvre", "oeuvre"),
            ("οδός", "οδοσ"),
            ("ёлка", "елка"),
            ("мой", "мой"),
            ("が", "が"),
            ("カタカナ", "かたかな"),
            ("أحمد", "احمد"),
            ("שָׁלוֹם", "שלום"),
            ("ngôn", "ngon"),
            ("हिन्दी", "हिन्दी"),
        ] {
            assert_eq!(without_marks(word), folded.nfc().collect::<String>());
        }
        assert_eq!(normal("CO₂"), "CO2");
        assert_eq!(normal("٣"), "3");
        assert_eq!(fold("Ｆullwidth’s"), "fullwidth's");
    }
}
