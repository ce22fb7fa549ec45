//! Sentence boundaries in one paragraph.
//!
//! A candidate is a terminator with what closes after it and white space, or a boundary of UAX #29 after a terminator
//! that is not ASCII. Rules over both sides reject candidates; `full_stop` has those for abbreviations and numbers.

use std::ops::Range;

use memchr::{memchr, memchr3_iter};
use unicode_segmentation::UnicodeSegmentation;

use super::full_stop::{Next, ends_at_full_stop, is_mark};

/// Maximum length of a reference or tag after a terminator, in bytes.
const MAX_REFERENCE_BYTES: usize = 48;
/// Maximum length of the address of a link after a terminator, in bytes.
const MAX_ADDRESS_BYTES: usize = 2_048;

/// The sentences of a paragraph, which cover it. A line break is a space. `is_joined` rejects places that no sentence
/// ends at; it takes a byte offset.
pub(super) fn pieces(paragraph: &str, is_joined: impl Fn(usize) -> bool) -> Vec<Range<usize>> {
    pieces_of(paragraph, candidates(paragraph), is_joined)
}

fn pieces_of(
    paragraph: &str,
    candidates: Vec<Candidate>,
    is_joined: impl Fn(usize) -> bool,
) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for candidate in candidates {
        let end = candidate.end;
        if end > start
            && end < paragraph.len()
            && !is_joined(end)
            && is_boundary(paragraph, start, &candidate)
        {
            pieces.push(start..end);
            start = end;
        }
    }
    if start < paragraph.len() {
        pieces.push(start..paragraph.len());
    }
    pieces
}

/// A place at which a sentence may end.
#[derive(Debug)]
struct Candidate {
    /// The terminators; empty if they are not ASCII.
    mark: Range<usize>,
    /// The place, after what closes after the terminators and after white space.
    end: usize,
}

fn candidates(paragraph: &str) -> Vec<Candidate> {
    let mut candidates = after_terminators(paragraph);
    if !paragraph.chars().all(is_plain) {
        candidates.extend(by_unicode(paragraph));
        in_order(&mut candidates);
    }
    candidates
}

/// Sorts the candidates. Of those at one place, the one with terminators stays.
fn in_order(candidates: &mut Vec<Candidate>) {
    candidates.sort_unstable_by_key(|candidate| (candidate.end, !candidate.mark.is_empty()));
    candidates.dedup_by(|later, earlier| {
        let is_same = later.end == earlier.end;
        if is_same {
            std::mem::swap(later, earlier);
        }
        is_same
    });
}

/// The places after `.`, `!`, `?` and `…`, what closes after them, and white space.
fn after_terminators(paragraph: &str) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut push = |at: usize| {
        let closed = at + closing_len(&paragraph[at..]);
        let rest = &paragraph[closed..];
        let space = rest.len() - rest.trim_start().len();
        let end = if space > 0 {
            closed + space + spaced_quote_len(&rest[space..])
        } else if paragraph[..at].ends_with(['!', '?']) && rest.starts_with(is_cjk) {
            closed
        } else {
            return;
        };
        let words = paragraph[..at].trim_end_matches(is_mark);
        candidates.push(Candidate {
            mark: words.len()..at,
            end,
        });
    };
    memchr3_iter(b'.', b'!', b'?', paragraph.as_bytes()).for_each(|at| push(at + 1));
    if !paragraph.is_ascii() {
        paragraph
            .match_indices('…')
            .for_each(|(at, dots)| push(at + dots.len()));
    }
    in_order(&mut candidates);
    candidates
}

/// The boundaries of UAX #29 after terminators and separators that are not ASCII.
fn by_unicode(paragraph: &str) -> Vec<Candidate> {
    let line = paragraph.replace(['\n', '\r'], " ");
    let ends = line
        .split_sentence_bound_indices()
        .map(|(at, piece)| at + piece.len());
    ends.filter(|end| {
        let mut before = line[..*end].chars().rev();
        before
            .find(|c| is_mark(*c) || !is_plain(*c))
            .is_some_and(|c| !is_mark(c))
    })
    .map(|end| Candidate { mark: end..end, end })
    .collect()
}

/// Whether a character is no terminator, or one that [`after_terminators`] finds.
fn is_plain(c: char) -> bool {
    c.is_ascii()
        || c.is_alphanumeric()
        || matches!(
            c,
            '‘' | '’'
                | '‚'
                | '“'
                | '”'
                | '„'
                | '«'
                | '»'
                | '‹'
                | '›'
                | '¿'
                | '¡'
                | '–'
                | '—'
                | '\u{a0}'
                | '\u{202f}'
        )
        || matches!(
            c,
            '…' | '•' | '·' | '→' | '×' | '°' | '€' | '£' | '§' | '½' | '−' | '≤' | '≥' | '≈'
        )
        || matches!(c, '\u{300}'..='\u{36f}' | '\u{fe0f}')
        || matches!(c, '\u{2600}'..='\u{26ff}' | '\u{1f300}'..='\u{1f64f}')
}

/// The length of what closes after a terminator: quotes, brackets, markup, references such as `[1]`,
/// the address of a link, and tags.
fn closing_len(text: &str) -> usize {
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        at += match c {
            '*' | '_' | '~' | '`' | '\u{1}' | '}' => c.len_utf8(),
            ']' if rest[1..].starts_with('(') => 1 + bracketed_len(&rest[1..], b')', MAX_ADDRESS_BYTES),
            '[' => match bracketed_len(rest, b']', MAX_REFERENCE_BYTES) {
                0 => return at,
                length => length,
            },
            '<' => match bracketed_len(rest, b'>', MAX_REFERENCE_BYTES) {
                0 => return at,
                length => length,
            },
            '¹' | '²' | '³' => c.len_utf8(),
            c if is_closing(c) => c.len_utf8(),
            _ => return at,
        };
    }
    at
}

/// The length of a bracket with its content, which begins the text; 0 if it does not close near enough.
fn bracketed_len(text: &str, close: u8, limit: usize) -> usize {
    let inside = &text.as_bytes()[..text.len().min(limit)];
    memchr(close, inside).map_or(0, |at| at + 1)
}

fn is_closing(c: char) -> bool {
    matches!(
        c,
        '"' | '\''
            | ')'
            | ']'
            | '’'
            | '‘'
            | '”'
            | '“'
            | '»'
            | '«'
            | '›'
            | '‹'
            | '」'
            | '』'
            | '）'
            | '】'
            | '》'
    )
}

/// The length of a quotation mark that closes after a space, as in French, with the white space after it.
fn spaced_quote_len(text: &str) -> usize {
    let Some(rest) = text.strip_prefix('»') else {
        return 0;
    };
    let space = rest.len() - rest.trim_start().len();
    if space > 0 {
        text.len() - rest.len() + space
    } else {
        0
    }
}

/// Ideographs, kana and hangul.
fn is_cjk(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether the sentence that begins at `start` ends at a candidate.
fn is_boundary(paragraph: &str, start: usize, candidate: &Candidate) -> bool {
    let Candidate { mark, end } = candidate;
    let after = paragraph[*end..].trim_start_matches('\u{1}').trim_start();
    if continues(after) {
        return false;
    }
    // A run of terminators never began before the sentence.
    let words = &paragraph[start..mark.start.max(start)];
    let closing = &paragraph[mark.end..*end];
    let next = Next::read(after);
    match &paragraph[mark.clone()] {
        "" => !(words.trim_end().ends_with(['」', '』']) && after.starts_with(['と', 'っ'])),
        mark if mark.contains(['!', '?']) => !(next.is_lower && closing.contains(is_closing)),
        "." => !next.is_lower && ends_at_full_stop(words, &next),
        // An omission stands apart.
        _ => !next.is_lower && !words.is_empty() && !words.ends_with([' ', '\u{a0}', '\n', '[', '(']),
    }
}

/// Whether what follows white space belongs to the sentence before it: punctuation other than an opening one.
fn continues(after: &str) -> bool {
    let mut chars = after.chars();
    match chars.next() {
        Some(',' | ';' | ':' | '-' | '–' | '—' | ')' | ']' | '}' | '!' | '?' | '…') => true,
        // `.NET`
        Some('.') => !chars.next().is_some_and(char::is_alphanumeric),
        Some('»') => chars.next().is_none_or(|c| !c.is_alphanumeric()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces with the boundaries of UAX #29 as candidates, whatever the characters.
    fn slow_pieces(paragraph: &str) -> Vec<Range<usize>> {
        let mut candidates = after_terminators(paragraph);
        candidates.extend(by_unicode(paragraph));
        in_order(&mut candidates);
        pieces_of(paragraph, candidates, |_| false)
    }

    #[test]
    fn no_plain_character_ends_a_sentence_in_the_unicode_tables() {
        for c in ('\u{80}'..='\u{1ffff}').filter(|c| is_plain(*c)) {
            let line = format!("a{c} A{c}B");
            assert_eq!(line.split_sentence_bounds().count(), 1, "{line:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn fast_and_slow_pieces_are_equal(
            line in "([.!?] {0,2}|[a-c]{1,2}|[A-C0-2]|[ -~\t-\r]|[\x00-\x08]){0,40}",
            wide in "([.!?] {0,2}|[a-c]{1,2}|[A-C0-2]|[À-ɏͰ-ԯＡ-ｚ]|[ぁ-ゖァ-ヺ一-鿿가-힣]|[µ‘’“”«»–—\u{a0}…½≈]|[☀-⛿🌀-🏺🐀-🙏]|[\u{300}-\u{36f}\u{fe0f}]){0,40}",
        ) {
            proptest::prop_assert_eq!(pieces(&line, |_| false), slow_pieces(&line));
            proptest::prop_assert_eq!(pieces(&wide, |_| false), slow_pieces(&wide));
        }

        #[test]
        fn pieces_cover_any_paragraph(paragraph in "(\\PC|[a-zA-Z.!?\"»()\\[\\] \n]){0,80}") {
            let pieces = pieces(&paragraph, |_| false);
            proptest::prop_assert_eq!(pieces.iter().map(|piece| &paragraph[piece.clone()]).collect::<String>(), paragraph);
        }
    }
}
