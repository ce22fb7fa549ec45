//! Whether a sentence can be quoted alone: whole, and not leaning on what stands before it.

use std::ops::Range;

use crate::evidence::markers::markers;

/// Words of a sentence that can stand alone: fewer is a fragment, more is a list in disguise.
const WORDS: Range<usize> = 4..80;

/// Whether a sentence can be quoted: not cut off by the chunk, and without a marker of the source's own, which would read
/// as one of ours.
pub(super) fn is_quotable(sentence: &str) -> bool {
    let begins = sentence.starts_with(|c: char| !c.is_lowercase());
    let bare = sentence.trim_end_matches(['"', '”', '\'', ')', '*', '_', '`', ' ']);
    // What leads in a list or code says something of its own if it has a number.
    let leads_in = bare.ends_with(':') && bare.contains(|c: char| c.is_numeric());
    let ends = leads_in || bare.ends_with(['.', '!', '?', '。', '！', '？', '…']);
    begins && ends && WORDS.contains(&sentence.split_whitespace().count()) && markers(sentence).is_empty()
}

/// How a sentence leans on what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaning {
    /// It stands alone.
    Standalone,
    /// It begins with a word for something that was named before.
    OnAName,
    /// It goes on with the thought of the sentence before.
    OnAThought,
}

/// How a sentence leans, by its first word.
pub(super) fn leaning(sentence: &str) -> Leaning {
    let mut words = sentence
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty());
    match words.next().unwrap_or_default() {
        "It" | "Its" | "They" | "Their" | "Them" | "He" | "His" | "Him" | "She" | "Her" | "Both" => {
            Leaning::OnAName
        }
        "This" | "That" | "These" | "Those" | "Such" | "But" | "So" | "However" | "Then" | "Instead"
        | "Therefore" | "Thus" | "Hence" | "Otherwise" | "Afterwards" | "Also" | "And" | "Or"
        | "Nevertheless" | "Moreover" => Leaning::OnAThought,
        _ => Leaning::Standalone,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_and_markers_are_not_quoted() {
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
    fn a_pronoun_at_the_beginning_leans() {
        assert_eq!(leaning("Its keeper was Ada Holm."), Leaning::OnAName);
        assert_eq!(leaning("*They* live in the tower."), Leaning::OnAName);
        assert_eq!(leaning("However, it was dark."), Leaning::OnAThought);
        assert_eq!(leaning("Italy is far away."), Leaning::Standalone);
    }
}
