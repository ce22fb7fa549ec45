//! Frames: words around a claim that assert nothing, such as "According to the handbook," when that is the source.

use std::ops::Range;

use super::token::{Gap, Kind, Token};
use crate::evidence::words::{Class, Lexicon, Narrowing};

/// Maximum number of tokens in a frame.
const MAX_FRAME: usize = 16;
/// Maximum number of places at which a frame may end.
const MAX_PARTS: usize = 4;

/// The parts of a claim that may be all it asserts: the whole first, then without the frames at either end.
pub(super) fn bare(
    claim: &[Token],
    is_in_headings: &impl Fn(&Token) -> bool,
    lexicon: &Lexicon,
) -> Vec<Range<usize>> {
    let is_frame = |range: Range<usize>| {
        let frame = &claim[range];
        let begins = frame.first().is_some_and(|first| {
            matches!(first.class, Class::Preposition | Class::Discourse) || first.is(Narrowing::Attribution)
        });
        let has_number = |at: usize| {
            let is_number = matches!(frame[at].kind, Kind::Quantity(..)) && !is_in_headings(&frame[at]);
            // The number of a source, and no other: "source 1".
            is_number
                && !at
                    .checked_sub(1)
                    .is_some_and(|before| is_source(frame[before].text(lexicon)))
        };
        frame.len() <= MAX_FRAME
            && (begins || frame.iter().any(|token| is_saying(token.text(lexicon))))
            && frame
                .iter()
                .all(|token| is_in_headings(token) || is_frame_word(token, lexicon))
            && !(0..frame.len()).any(has_number)
            // "We said that" and "Ada Holm said that" say who said it.
            && !(frame.iter().any(|token| is_past(token.text(lexicon)))
                && frame.iter().any(|token| token.class == Class::Pronoun || is_in_headings(token)))
    };
    let begins = (1..claim.len()).filter(|&at| {
        claim[at].gap.has(Gap::BREAK)
            || claim[at - 1].text(lexicon) == "that"
            || claim[at - 1].class == Class::Discourse
    });
    let starts: Vec<usize> = begins.filter(|&at| is_frame(0..at)).collect();
    let start = starts.last().copied().unwrap_or(0);
    let ends = (start + 1..claim.len()).filter(|&at| claim[at].gap.has(Gap::BREAK));
    let mut ends = ends.filter(|&at| {
        matches!(claim[at].text(lexicon), "according" | "as" | "says" | "per") && is_frame(at..claim.len())
    });
    let end = ends.next_back().unwrap_or(claim.len());
    let whole = std::iter::once(0..claim.len());
    // A frame may end at several places: "As it says, the lamp" or "As it says, then, the lamp".
    let framed = starts.iter().rev().take(MAX_PARTS).map(|&start| start..end);
    let ended = (end < claim.len()).then_some(0..end);
    whole.chain(framed).chain(ended).collect()
}

/// Whether a word says that somebody said something once.
fn is_past(folded: &str) -> bool {
    matches!(folded, "said" | "noted" | "explained" | "confirmed" | "wrote")
}

/// Whether a word names a source by a number after it.
fn is_source(folded: &str) -> bool {
    matches!(
        folded,
        "source" | "passage" | "document" | "section" | "page" | "chapter" | "excerpt" | "text"
    )
}

/// Whether a word may be part of a frame: it says that something is said, or names the source.
fn is_frame_word(token: &Token, lexicon: &Lexicon) -> bool {
    matches!(token.kind, Kind::Quantity(..))
        || token.class.is_free()
        || matches!(
            token.class,
            Class::Preposition | Class::Conjunction | Class::Possessive
        )
        || matches!(token.text(lexicon), "it" | "we" | "you" | "i")
        || is_saying(token.text(lexicon))
        || matches!(
            token.text(lexicon),
            "is" | "are"
                | "was"
                | "be"
                | "can"
                | "source"
                | "sources"
                | "document"
                | "documents"
                | "documentation"
                | "passage"
                | "passages"
                | "text"
                | "texts"
                | "article"
                | "page"
                | "section"
                | "context"
                | "material"
                | "excerpt"
                | "reference"
                | "quote"
                | "quotation"
                | "above"
                | "below"
                | "information"
                | "answer"
                | "question"
                | "short"
                | "other"
                | "words"
                | "fact"
                | "summary"
                | "sum"
                | "example"
                | "instance"
                | "please"
                | "important"
                | "importantly"
                | "worth"
                | "remember"
                | "here"
                | "specifically"
                | "particular"
                | "finally"
                | "first"
                | "second"
                | "let's"
                | "hello"
                | "great"
                | "good"
                | "conclusion"
                | "addition"
                | "result"
                | "more"
                | "precisely"
                | "simply"
                | "simple"
                | "following"
                | "what"
                | "how"
                | "why"
                | "i.e"
                | "e.g"
        )
}

/// Whether a word says that something is said.
fn is_saying(folded: &str) -> bool {
    matches!(
        folded,
        "according"
            | "says"
            | "say"
            | "said"
            | "states"
            | "state"
            | "stated"
            | "explains"
            | "explained"
            | "notes"
            | "note"
            | "noted"
            | "noting"
            | "describes"
            | "described"
            | "mentions"
            | "mentioned"
            | "reports"
            | "reported"
            | "writes"
            | "written"
            | "lists"
            | "listed"
            | "shows"
            | "shown"
            | "specifies"
            | "specified"
            | "confirms"
            | "tells"
            | "reads"
            | "given"
            | "provided"
            | "based"
            | "summarize"
            | "summarise"
            | "put"
            | "indicated"
            | "indicates"
            | "cited"
            | "quoted"
            | "quoting"
            | "follows"
            | "seen"
            | "see"
    )
}
