//! Words of a question that count as they are written: flags, names with signs, function words in capitals.

/// A word that counts as it is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Literal<'a> {
    text: &'a str,
}

impl Literal<'_> {
    /// Whether a text has the word, not as a part of a longer one.
    pub(super) fn is_in(&self, text: &str) -> bool {
        let continues = |c: char| c.is_alphanumeric() || matches!(c, '_' | '+' | '#');
        text.match_indices(self.text).any(|(at, found)| {
            let before = text[..at].chars().next_back();
            let after = text[at + found.len()..].chars().next();
            let is_flag = found.starts_with('-');
            let starts = !before.is_some_and(|c| continues(c) || is_flag && c == '-');
            starts && !after.is_some_and(|c| continues(c) || is_flag && c == '-')
        })
    }
}

/// The words of a question that count as they are written.
pub(super) fn literals(question: &str) -> Vec<Literal<'_>> {
    let words: Vec<&str> = question.split_whitespace().collect();
    let is_shouted = words
        .iter()
        .all(|word| !word.contains(|c: char| c.is_lowercase()));
    let words = words.into_iter().filter_map(|word| {
        let bare = word
            .trim_start_matches(['(', '"', '\'', '`', '“', '‘'])
            .trim_end_matches(['?', '!', ',', ';', ':', ')', '"', '\'', '`', '”', '’', '.']);
        let is_flag = bare.starts_with('-') && bare.contains(|c: char| c.is_alphanumeric());
        let has_sign = bare.ends_with(['+', '#']) && bare.starts_with(|c: char| c.is_alphabetic())
            || bare.starts_with('.') && bare[1..].starts_with(|c: char| c.is_alphabetic());
        let letters = bare.chars().filter(|c| c.is_alphabetic()).count();
        let is_capital = !is_shouted
            && letters == bare.chars().count()
            && letters >= 2
            && bare.chars().all(char::is_uppercase);
        (is_flag || has_sign || is_capital).then_some(Literal { text: bare })
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_flags_and_capitals_count_as_they_are_written() {
        let texts = |question: &'static str| -> Vec<&str> {
            literals(question)
                .into_iter()
                .map(|literal| literal.text)
                .collect()
        };
        assert_eq!(texts("What does --no-cache do?"), ["--no-cache"]);
        assert_eq!(texts("Is C++ faster than C# or .NET?"), ["C++", "C#", ".NET"]);
        assert_eq!(texts("What did the WHO say?"), ["WHO"]);
        assert!(texts("WHAT DID THE WHO SAY?").is_empty());
        let has = |text: &str| Literal { text: "--cache" }.is_in(text);
        assert!(has("`--cache` keeps") && !has("--no--cache") && !has("--cache-all"));
        assert!(!Literal { text: "C" }.is_in("C++") && Literal { text: "C++" }.is_in("C++ code"));
    }
}
