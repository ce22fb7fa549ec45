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
    let significant = |tokens: &[Token]| -> Vec<Token> {
        let is_significant =
            |token: &&Token| token.is_content() || token.narrows() || token.class == Class::Relative;
        tokens.iter().filter(is_significant).copied().collect()
    };
    let (head, value, attribute) = (
        significant(&fact.head),
        significant(&fact.value),
        significant(&fact.attribute),
    );
    if head.is_empty() || value.is_empty() || head.len() > MAX_HEAD {
        return false;
    }
    let is_whole = |part: &[Token], side: &[Token]| {
        let mut found = side.iter().filter(|token| has(part, token));
        part.iter()
            .all(|token| found.next().is_some_and(|other| other.is_same(token, lexicon)))
            && found.next().is_none()
    };
    let subject_is_whole = |side: &[Token]| {
        let known = side.iter().all(|token| {
            has(&fact.head, token)
                || has(&fact.attribute, token)
                || has(&fact.kind, token)
                || is_in_headings(token)
                || matches!(token.text(lexicon), "value" | "default" if is_in_headings(token))
        });
        let names_attribute = attribute.is_empty() || attribute.iter().any(|token| has(side, token));
        known && is_whole(&head, side) && names_attribute
    };
    let value_is_whole = |side: &[Token]| {
        let known = side.iter().all(|token| has(&fact.value, token));
        known && is_whole(&value, side)
    };
    // The claim has two sides, around "is", "of" after "has", or a colon.
    (1..claim.len()).any(|at| {
        let (before, after) = (&claim[..at], &claim[at..]);
        let splits = claim[at - 1].class.is_be()
            || claim[at - 1].class == Class::Have
            || claim[at].gap.has(Gap::COLON)
            || claim[at].class.is_be();
        if !splits {
            return false;
        }
        let (before, after) = (significant(before), significant(after));
        subject_is_whole(&before) && value_is_whole(&after)
            || value_is_whole(&before) && subject_is_whole(&after)
            || has_attribute(&before, &after, &head, &attribute, &value, fact, lexicon)
    })
}

/// "The south berth has a fee of 55 euros": the attribute stands beside the value.
fn has_attribute(
    before: &[Token],
    after: &[Token],
    head: &[Token],
    attribute: &[Token],
    value: &[Token],
    fact: &Fact,
    lexicon: &Lexicon,
) -> bool {
    let has = |tokens: &[Token], token: &Token| tokens.iter().any(|other| other.is_same(token, lexicon));
    let subject = head.iter().all(|token| has(before, token))
        && before
            .iter()
            .all(|token| has(head, token) || has(&fact.kind, token));
    let rest = value.iter().all(|token| has(after, token))
        && after
            .iter()
            .all(|token| has(value, token) || has(attribute, token))
        && attribute.iter().any(|token| has(after, token));
    subject && rest
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
