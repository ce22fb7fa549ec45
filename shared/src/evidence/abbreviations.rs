//! Abbreviations that a text itself explains: "Amazon Web Services (AWS)" or "AWS (Amazon Web Services)".

use super::{side::Side, words::Word};

/// Maximum length of an abbreviation, in letters.
const MAX_LETTERS: usize = 8;

/// An abbreviation in lower case, with the words of its long form.
pub type Abbreviation = (String, Vec<Word>);

/// The abbreviations of a text.
pub fn abbreviations(side: Side<'_>) -> Vec<Abbreviation> {
    if !side.text.contains('(') {
        return Vec::new();
    }
    let mut found: Vec<Abbreviation> = Vec::new();
    for (place, word) in side.words.iter().enumerate() {
        let letters = short_form(word.as_written(side.text));
        let Some(letters) = letters.filter(|letters| found.iter().all(|(known, _)| known != letters)) else {
            continue;
        };
        let opens = place > 0 && side.gap(place - 1).ends_with('(');
        let count = letters.chars().count();
        let range = if opens && place >= count {
            place - count..place
        } else if side.gap(place).ends_with('(') {
            place + 1..(place + 1 + count).min(side.words.len())
        } else {
            continue;
        };
        let initials = range.clone().filter_map(|at| side.folded(at).chars().next());
        if initials.eq(letters.chars()) {
            found.push((letters, side.words[range].to_vec()));
        }
    }
    found
}

/// The letters of an abbreviation in lower case: two or more capitals.
fn short_form(written: &str) -> Option<String> {
    let bare: String = written.chars().filter(|c| *c != '.').collect();
    let bare = bare.strip_suffix('s').unwrap_or(&bare);
    let is_short = (2..=MAX_LETTERS).contains(&bare.chars().count()) && bare.chars().all(char::is_uppercase);
    is_short.then(|| bare.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::words::Lexicon;

    #[test]
    fn long_forms_are_read_from_either_order() {
        for (text, short, long) in [
            (
                "We use Amazon Web Services (AWS) here.",
                "aws",
                "Amazon Web Services",
            ),
            (
                "The WHO (World Health Organization) met.",
                "who",
                "World Health Organization",
            ),
        ] {
            let mut lexicon = Lexicon::default();
            let words = lexicon.read(text, 0..text.len());
            let found = abbreviations(Side {
                text,
                words: &words,
                lexicon: &lexicon,
            });
            assert_eq!(found.len(), 1, "{text}");
            let (letters, words) = &found[0];
            assert_eq!(letters, short);
            let shown: Vec<&str> = words.iter().map(|word| word.as_written(text)).collect();
            assert_eq!(shown.join(" "), long);
        }
    }

    #[test]
    fn other_capitals_are_no_abbreviations() {
        let text = "The lamp (NOT the tower) is old, and IT is (so they say) tall.";
        let mut lexicon = Lexicon::default();
        let words = lexicon.read(text, 0..text.len());
        assert!(
            abbreviations(Side {
                text,
                words: &words,
                lexicon: &lexicon
            })
            .is_empty()
        );
    }
}
