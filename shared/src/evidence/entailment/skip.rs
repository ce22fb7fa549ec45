//! Adjuncts: the parts of a sentence that a claim may leave out. Each is a whole phrase, and nothing in it governs what
//! stays.

use super::{
    scope::is_participle,
    token::{Gap, Kind, Token},
};
use crate::evidence::words::{Class, Lexicon, Narrowing, is_privative, is_reporting};

/// Maximum number of tokens of an adjunct without punctuation around it.
const MAX_PHRASE: usize = 8;
/// Maximum number of adjectives before a noun that may be left out.
const MAX_ADJECTIVES: usize = 5;

/// A sentence in which adjuncts are found.
#[derive(Clone, Copy)]
pub(super) struct Adjuncts<'a> {
    pub(super) tokens: &'a [Token],
    /// Whether the claim has a token of the sentence.
    pub(super) in_claim: &'a [bool],
    pub(super) lexicon: &'a Lexicon,
}

impl Adjuncts<'_> {
    /// The ends of the adjuncts that begin at a token.
    pub(super) fn ends(&self, start: usize, visit: &mut impl FnMut(usize)) {
        self.parentheses(start, visit);
        self.prepositional(start, visit);
        self.second_predicate(start, visit);
    }

    /// What stands between commas, dashes or brackets.
    fn parentheses(&self, start: usize, visit: &mut impl FnMut(usize)) {
        let gap = self.tokens[start].gap;
        let close = if gap.has(Gap::OPEN) {
            Gap::CLOSE
        } else if gap.has(Gap::DASH) {
            Gap::DASH
        } else if gap.has(Gap::COMMA) {
            Gap::COMMA
        } else {
            return;
        };
        for end in start + 1..self.tokens.len() {
            let gap = self.tokens[end].gap;
            if gap.has(Gap::STOP) && close != Gap::CLOSE {
                return;
            }
            if gap.has(close) {
                let in_brackets = close == Gap::CLOSE;
                if self.is_aside(start, end, in_brackets) {
                    visit(end);
                }
                if in_brackets {
                    return;
                }
            }
        }
    }

    /// Whether what stands between two marks is an aside: it neither governs the sentence nor begins another one.
    fn is_aside(&self, start: usize, end: usize, in_brackets: bool) -> bool {
        let aside = &self.tokens[start..end];
        let governs = aside.iter().any(|token| match token.class {
            Class::Narrowing(Narrowing::Condition | Narrowing::Denial) => {
                !in_brackets || aside.len() <= 3 || aside[0].narrows()
            }
            Class::Narrowing(Narrowing::Attribution) => {
                let text = token.text(self.lexicon);
                is_reporting(text) && (aside.len() <= 4 || text == "according")
            }
            Class::Narrowing(Narrowing::Hedge | Narrowing::Focus) => aside.len() <= 3,
            // ", not Rome," and ", which has no lamp," negate themselves.
            Class::Narrowing(Narrowing::Negation) => {
                aside[0].class != Class::Relative && aside[0].text(self.lexicon) != "not" || aside.len() == 1
            }
            _ => false,
        });
        let limits = matches!(
            aside[0].text(self.lexicon),
            "subject" | "with" | "save" | "apart" | "barring" | "pending"
        );
        if governs || limits {
            return false;
        }
        if in_brackets {
            return true;
        }
        let joins_clause = aside
            .iter()
            .skip(1)
            .any(|token| token.class == Class::Conjunction && token.gap.has(Gap::COMMA));
        let repeats = (start..end).any(|place| self.in_claim[place] && self.tokens[place].is_content());
        let ends_open = aside.last().is_some_and(|last| last.class == Class::Conjunction);
        !joins_clause && !repeats && !ends_open
    }

    /// A phrase such as "in 1871", after the verb and before another phrase.
    fn prepositional(&self, start: usize, visit: &mut impl FnMut(usize)) {
        let first = &self.tokens[start];
        let may_go = matches!(
            first.text(self.lexicon),
            "in" | "on"
                | "at"
                | "during"
                | "by"
                | "with"
                | "for"
                | "since"
                | "within"
                | "near"
                | "throughout"
        );
        if !may_go || start == 0 || self.tokens[start - 1].class == Class::Preposition {
            return;
        }
        let has_verb = self.tokens[..start]
            .iter()
            .any(|token| token.class.is_auxiliary() || is_participle(token.text(self.lexicon)));
        if !has_verb {
            return;
        }
        for end in start + 2..self.tokens.len().min(start + MAX_PHRASE) {
            let (last, next) = (&self.tokens[end - 1], &self.tokens[end]);
            let stays = last.narrows()
                || last.class.is_auxiliary()
                || matches!(last.class, Class::Relative | Class::Conjunction)
                || end - 1 > start && last.class == Class::Preposition && last.text(self.lexicon) != "of";
            if stays || self.in_claim[end - 1] && last.is_content() {
                return;
            }
            let ends = next.class == Class::Preposition && next.text(self.lexicon) != "of"
                || next.gap.has(Gap::BREAK);
            if ends && last.class != Class::Preposition {
                visit(end);
            }
        }
    }

    /// A first predicate before a second one of the same subject: "was born in 1900 and" before "died".
    fn second_predicate(&self, start: usize, visit: &mut impl FnMut(usize)) {
        if start == 0 || !self.is_verb(start) {
            return;
        }
        for end in start + 2..self.tokens.len() {
            let last = &self.tokens[end - 1];
            let begins_clause = last.class == Class::Conjunction
                && !matches!(last.text(self.lexicon), "and" | "but" | "or")
                || matches!(last.text(self.lexicon), "that" | "after" | "before" | "since");
            if self.tokens[end].gap.has(Gap::STOP)
                || last.narrows()
                || last.class == Class::Relative
                || begins_clause
            {
                return;
            }
            if last.class == Class::Conjunction
                && matches!(last.text(self.lexicon), "and" | "but")
                && self.is_verb(end)
            {
                visit(end);
            }
        }
    }

    /// Whether a word is a verb, as far as its form shows.
    fn is_verb(&self, place: usize) -> bool {
        let token = &self.tokens[place];
        if token.class.is_be() || token.class == Class::Have {
            return true;
        }
        let Kind::Word(word) = &token.kind else {
            return false;
        };
        let text = self.lexicon.folded(word);
        // Some verbs have the same form in the past.
        let is_invariant = matches!(
            text,
            "cost"
                | "put"
                | "cut"
                | "hit"
                | "let"
                | "shut"
                | "spread"
                | "cast"
                | "hurt"
                | "split"
                | "quit"
                | "burst"
        );
        let irregular = self.lexicon.lemma(word) != text && !text.ends_with('s') || is_invariant;
        token.is_content() && !token.capital && (text.len() > 4 && text.ends_with("ed") || irregular)
    }

    /// Whether the words from one place to another are adjectives that a claim may leave out: "a small old lamp" is a
    /// lamp. Names and numbers tell things apart, except where the claim says what a thing is.
    pub(super) fn are_adjectives(&self, from: usize, to: usize, may_be_names: bool) -> bool {
        to - from <= MAX_ADJECTIVES
            && self.tokens[from..to].iter().all(|token| {
                let is_name = token.capital || !matches!(token.kind, Kind::Word(_));
                let is_plain = !token.is_genitive && !is_participle(token.text(self.lexicon));
                is_plain
                    && matches!(token.kind, Kind::Word(_) | Kind::Quantity(..) | Kind::Date(..))
                    && (may_be_names || !is_name)
                    && token.class == Class::Content
                    && !is_privative(token.text(self.lexicon))
            })
            // Half of a hyphenated word is another word, and "second largest" is not "largest".
            && self.tokens[from..=to].iter().all(|token| !token.gap.has(Gap::HYPHEN))
            && !self.tokens[to].text(self.lexicon).ends_with("est")
    }
}
