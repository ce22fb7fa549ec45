//! Text strings (ISO 32000-2, 7.9.2.2).

/// The characters of `PDFDocEncoding` from 0x80 that differ from Latin-1 (ISO 32000-2, annex D.2).
const UPPER: [char; 32] = [
    '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™', 'ﬁ', 'ﬂ',
    'Ł', 'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž', ' ',
];

/// The text of a text string: UTF-16 or UTF-8 when it begins with a byte order mark, else `PDFDocEncoding`.
pub(super) fn decode(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, rest @ ..] => encoding_rs::UTF_16BE
            .decode_without_bom_handling(rest)
            .0
            .into_owned(),
        [0xFF, 0xFE, rest @ ..] => encoding_rs::UTF_16LE
            .decode_without_bom_handling(rest)
            .0
            .into_owned(),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().map(|byte| character(*byte)).collect(),
    }
}

fn character(byte: u8) -> char {
    match byte {
        0x80..=0x9F => UPPER.get(usize::from(byte) - 0x80).copied().unwrap_or(' '),
        0xA0 => '€',
        byte => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn text_strings_have_three_encodings() {
        assert_eq!(decode(b"\xFE\xFF\x00T\x01\x7E"), "Tž");
        assert_eq!(decode(b"\xEF\xBB\xBFT\xC5\xBE"), "Tž");
        assert_eq!(decode(b"T\x9E \xE9\x84\xA0"), "Tž é—€");
    }
}
