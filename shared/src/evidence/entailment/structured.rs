//! Structured units: a row of a table says "row head + column head = cell", a line `Key: value` says "key = value", and
//! neither says anything else.

use super::token::{Gap, Kind, Token};
use crate::evidence::words::{Class, Lexicon};

/// Maximum number of words of a row head or key; a longer text before a colon is prose.
const MAX_HEAD: usize = 6;

/// A fact of a table or list: what is spoken of, and its value.
pub(super) struct Fact {
    /// Words that have to be in the claim: the head of the row, or the key.
    pub(super) head: Vec<Token>,
    /// Words that say which value it is, at least one of them in the claim: the head of the column.
    pub(super) attribute: Vec<Token>,
    /// Words that may be in the claim: the head of the first column.
    pub(super) kind: Vec<Token>,
    /// The words of the value, all in the claim.
    pub(super) value: Vec<Token>,
}

/// Whether a fact says all that a claim says.
pub(super) fn states(fact: &Fact, claim: &[Token], headings: &[u32], lexicon: &Lexicon) -> bool {
    let has = |tokens: &[Token], token: &Token| tokens.iter().any(|other| other.is_same(token, lexicon));
    let is_in_headings =
        |token: &Token| matches!(&token.kind, Kind::Word(word) if headings.contains(&word.stem));
    let (head, value) = (significant(&fact.head, false), significant(&fact.value, true));
    let attribute = significant(&fact.attribute, false);
    if head.is_empty() || value.is_empty() || head.len() > MAX_HEAD {
        return false;
    }
    let subject_is_whole = |side: &[Token]| {
        let side = significant(side, false);
        let known = side.iter().all(|token| {
            has(&fact.head, token)
                || has(&fact.attribute, token)
                || has(&fact.kind, token)
                || is_in_headings(token)
        });
        known && has_in_order(&side, &head, lexicon) && has_in_order(&side, &attribute, lexicon)
    };
    let value_is_whole = |side: &[Token]| {
        let side = significant(side, true);
        side.len() == value.len() && has_in_order(&side, &value, lexicon)
    };
    // "The south berth has a fee of 55 euros": the attribute stands beside the value.
    let has_attribute = |before: &[Token], after: &[Token]| {
        let before = significant(before, false);
        let Some(of) = after.iter().position(|token| token.text(lexicon) == "of") else {
            return false;
        };
        let named = significant(&after[..of], false);
        let is_subject = before
            .iter()
            .all(|token| has(&head, token) || has(&fact.kind, token));
        is_subject
            && has_in_order(&before, &head, lexicon)
            && named.len() == attribute.len()
            && has_in_order(&named, &attribute, lexicon)
            && value_is_whole(&after[of + 1..])
    };
    // The claim has two sides, around "is", "has" or a colon.
    (1..claim.len()).any(|at| {
        let (before, after) = (&claim[..at], &claim[at..]);
        let splits = claim[at - 1].class.is_be()
            || claim[at - 1].class == Class::Have
            || claim[at].gap.has(Gap::COLON)
            || claim[at].class.is_be();
        if !splits {
            return false;
        }
        subject_is_whole(before) && value_is_whole(after)
            || value_is_whole(before) && subject_is_whole(after)
            || has_attribute(before, after)
    })
}

/// Whether a side of a claim has the tokens in the same order.
fn has_in_order(side: &[Token], part: &[Token], lexicon: &Lexicon) -> bool {
    let is_of_part = |token: &&Token| part.iter().any(|other| other.is_same(token, lexicon));
    let mut found = side.iter().filter(is_of_part);
    part.iter()
        .all(|token| found.next().is_some_and(|other| other.is_same(token, lexicon)))
}

/// The tokens that say something: all but articles and auxiliaries, and prepositions unless they are part of a value.
fn significant(tokens: &[Token], is_value: bool) -> Vec<Token> {
    let is_significant = |token: &&Token| {
        token.is_content()
            || token.narrows()
            || matches!(token.class, Class::Relative | Class::Conjunction)
            || is_value && token.class == Class::Preposition
    };
    tokens.iter().filter(is_significant).copied().collect()
}

/// The cells of a row, as ranges of bytes in the line.
pub(super) fn cells(line: &str) -> Vec<std::ops::Range<usize>> {
    let mut cells = Vec::new();
    let mut from = 0;
    for (at, _) in line.match_indices('|').chain([(line.len(), "")]) {
        let cell = &line[from..at];
        let is_edge = cell.trim().is_empty() && (from == 0 || at == line.len());
        if !is_edge {
            cells.push(from..at);
        }
        from = at + 1;
    }
    cells
}

/// The byte at which the value of a line `Key: value` or `key = value` begins, after the mark; `None` for other lines.
pub(super) fn value_start(line: &str) -> Option<usize> {
    let colon = line.find(": ").map(|at| at + 2);
    let bold = line.find(":** ").or_else(|| line.find("**: ")).map(|at| at + 4);
    let equals = line.find(" = ").map(|at| at + 3);
    bold.or(equals).or(colon).filter(|&at| at < line.len())
}
