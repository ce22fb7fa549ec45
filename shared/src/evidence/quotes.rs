//! Finding words verbatim in a text, whatever their white space, quotation marks, dashes or Unicode form.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// A text in normal form that knows where each of its bytes is from.
#[derive(Debug, Clone)]
pub struct Normalized {
    text: String,
    /// For each byte of `text`, the byte range of the original that it is from.
    origins: Vec<(usize, usize)>,
}

impl Normalized {
    /// NFKC, each run of white space one space, plain quotation marks and dashes.
    pub fn of(original: &str) -> Self {
        let mut normalized = Self {
            text: String::with_capacity(original.len()),
            origins: Vec::new(),
        };
        for (start, cluster) in original.grapheme_indices(true) {
            let origin = (start, start + cluster.len());
            for c in cluster.nfkc() {
                normalized.push(c, origin);
            }
        }
        normalized
    }

    fn push(&mut self, c: char, origin: (usize, usize)) {
        let c = match c {
            '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{2032}' => '\'',
            '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{00AB}' | '\u{00BB}' | '\u{2033}' => '"',
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            c if c.is_whitespace() => ' ',
            c => c,
        };
        if c == ' ' && self.text.ends_with(' ') {
            if let Some(last) = self.origins.last_mut() {
                last.1 = origin.1;
            }
            return;
        }
        self.text.push(c);
        self.origins.resize(self.text.len(), origin);
    }

    /// Where `quote` first stands in the original, as a byte range; `None` when it does not, or is blank.
    pub fn find(&self, quote: &Self) -> Option<Range<usize>> {
        let quote = quote.text.trim();
        if quote.is_empty() {
            return None;
        }
        let at = self.text.find(quote)?;
        let (start, end) = (self.origins[at].0, self.origins[at + quote.len() - 1].1);
        Some(start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find<'text>(text: &'text str, quote: &str) -> Option<&'text str> {
        Normalized::of(text)
            .find(&Normalized::of(quote))
            .map(|range| &text[range])
    }

    #[test]
    fn looks_past_white_space_quotes_dashes_and_forms() {
        assert_eq!(
            find("He said “cold\n  start” – twice.", "\"cold start\" - twice"),
            Some("“cold\n  start” – twice")
        );
        assert_eq!(find("a cafe\u{301} bar", "café bar"), Some("cafe\u{301} bar"));
        assert_eq!(find("the ﬁle is here", "file"), Some("ﬁle"));
        assert_eq!(find("３ ｍｓ", "3 ms"), Some("３ ｍｓ"));
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        assert_eq!(find("43 minutes", "34 minutes"), None);
        assert_eq!(find("anything", "  "), None);
        assert_eq!(find("", "x"), None);
    }

    proptest::proptest! {
        #[test]
        fn every_piece_of_a_text_is_found_in_it(text in "\\PC{1,60}", from in 0_usize..60, length in 1_usize..60) {
            let piece: String = text.graphemes(true).skip(from).take(length).collect();
            proptest::prop_assume!(Normalized::of(&piece).text.trim() != "");
            let found = find(&text, &piece);
            proptest::prop_assert!(found.is_some());
            let (found, piece) = (Normalized::of(found.unwrap()), Normalized::of(&piece));
            proptest::prop_assert!(found.text.contains(piece.text.trim()));
        }
    }
}
