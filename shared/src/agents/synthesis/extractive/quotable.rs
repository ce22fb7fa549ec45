//! Whether a sentence can be quoted on its own: complete, and without references to earlier sentences.

use std::ops::Range;

use crate::evidence::markers::markers;

/// Number of words of a quotable sentence: fewer is a fragment, more is usually a list.
const WORD_COUNT: Range<usize> = 4..80;

/// Whether a sentence can be quoted: not truncated by the chunk, and without markers of its own, which would read as
/// citations of the answer.
pub(in crate::agents::synthesis) fn is_quotable(sentence: &str) -> bool {
    let begins = sentence.starts_with(|c: char| !c.is_lowercase());
    let bare = sentence.trim_end_matches(['"', '”', '\'', ')', '*', '_', '`', ' ']);
    // The introduction of a list or of code is informative if it contains a number.
    let introduces = bare.ends_with(':') && bare.contains(|c: char| c.is_numeric());
    let ends = introduces || bare.ends_with(['.', '!', '?', '。', '！', '？', '…']);
    begins
        && ends
        && WORD_COUNT.contains(&sentence.split_whitespace().count())
        && markers(sentence).is_empty()
}

/// Whether a sentence tells whoever reads it to ignore something, as a poisoned document does. Documents are data, never
/// instructions.
pub(in crate::agents::synthesis) fn overrides(sentence: &str) -> bool {
    let mut words = sentence
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default().to_lowercase();
    matches!(first.as_str(), "ignore" | "disregard" | "forget" | "pretend")
}

/// How a sentence depends on the sentences before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::agents::synthesis) enum Dependency {
    /// It does not.
    Standalone,
    /// It begins with a pronoun for something named before.
    Pronoun,
    /// It continues the previous sentence.
    Continuation,
}

/// Determines the dependency of a sentence from its first word.
pub(in crate::agents::synthesis) fn dependency(sentence: &str) -> Dependency {
    let mut words = sentence
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty());
    match words.next().unwrap_or_default() {
        "It" | "Its" | "They" | "Their" | "Them" | "He" | "His" | "Him" | "She" | "Her" | "Both" => {
            Dependency::Pronoun
        }
        "This" | "That" | "These" | "Those" | "Such" | "But" | "So" | "However" | "Then" | "Instead"
        | "Therefore" | "Thus" | "Hence" | "Otherwise" | "Afterwards" | "Also" | "And" | "Or"
        | "Nevertheless" | "Moreover" => Dependency::Continuation,
        _ => Dependency::Standalone,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_and_sentences_with_markers_are_not_quotable() {
        assert!(is_quotable("The lamp was lit in \"March\"."));
        for sentence in [
            "lamp was lit in March.",
            "The lamp was lit in",
            "Lit in March.",
            "The lamp was lit [1] in March.",
        ] {
            assert!(!is_quotable(sentence), "{sentence}");
        }
    }

    #[test]
    fn a_pronoun_at_the_beginning_is_a_dependency() {
        assert_eq!(dependency("Its keeper was Ada Holm."), Dependency::Pronoun);
        assert_eq!(dependency("*They* live in the tower."), Dependency::Pronoun);
        assert_eq!(dependency("However, it was dark."), Dependency::Continuation);
        assert_eq!(dependency("Italy is far away."), Dependency::Standalone);
    }
}
