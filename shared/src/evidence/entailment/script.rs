//! The edit script: turns a sentence of a source into a claim by the steps that keep its meaning, or says where that
//! fails. A search over pairs of places, the next token of the claim and the next token of the sentence.

use super::{
    scope::{self, Ending, Obstacle},
    token::{Gap, Kind, Token},
};
use crate::evidence::words::{Class, Lexicon};

/// Number of words at the start of a sentence that may be its subject.
const MAX_NOUN_PHRASE: usize = 4;
/// Maximum number of tokens of a subject that a pronoun stands for.
const MAX_SUBJECT: usize = 24;

/// What the sentence is said of, as far as it does not say so itself.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    /// The stems of the title and headings.
    pub(super) headings: &'a [u32],
    /// The sentence before, for pronouns.
    pub(super) previous: &'a [Token],
}

/// Where and why a sentence does not entail a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Failure {
    /// How many tokens of the claim were accounted for.
    pub(super) claim: usize,
    /// The token of the sentence that is in the way.
    pub(super) unit: usize,
}

/// The search for one claim in one sentence.
pub(super) struct Script<'a> {
    pub(super) claim: &'a [Token],
    pub(super) unit: &'a [Token],
    pub(super) subject: Subject<'a>,
    pub(super) lexicon: &'a Lexicon,
    pub(super) in_claim: Vec<bool>,
    ending: Ending,
    /// The first auxiliary verb of the claim.
    pub(super) verb: usize,
    visited: Vec<u64>,
    open: Vec<(usize, usize)>,
    deepest: Failure,
}

impl<'a> Script<'a> {
    pub(super) fn new(
        claim: &'a [Token],
        unit: &'a [Token],
        subject: Subject<'a>,
        lexicon: &'a Lexicon,
    ) -> Self {
        let in_claim = unit
            .iter()
            .map(|token| token.is_content() && claim.iter().any(|other| other.is_same(token, lexicon)))
            .collect();
        let verb = claim.iter().position(|token| token.class.is_auxiliary());
        let is_article = |token: &Token| matches!(token.text(lexicon), "a" | "an");
        let is_classification = claim
            .windows(2)
            .any(|pair| pair[0].class.is_be() && is_article(&pair[1]));
        let prepositions = claim
            .iter()
            .rev()
            .filter(|token| token.class == Class::Preposition);
        let is_between = prepositions.map(|token| token.text(lexicon)).next() == Some("between");
        Self {
            ending: Ending {
                is_classification,
                is_between,
                is_comparison: claim
                    .iter()
                    .any(|token| matches!(token.text(lexicon), "as" | "such" | "same")),
            },
            verb: verb.unwrap_or(claim.len().min(3)),
            visited: vec![0; ((claim.len() + 1) * (unit.len() + 1)).div_ceil(64)],
            open: Vec::new(),
            deepest: Failure { claim: 0, unit: 0 },
            claim,
            unit,
            subject,
            lexicon,
            in_claim,
        }
    }

    /// Looks for a script that accounts for all of the claim.
    ///
    /// # Errors
    /// Returns the farthest place that was reached.
    pub(super) fn run(mut self) -> Result<(), Failure> {
        if self.claim.is_empty() || self.unit.is_empty() {
            return Err(self.deepest);
        }
        for start in 0..self.unit.len() {
            self.start(start);
        }
        while let Some((claim, unit)) = self.open.pop() {
            if claim > self.deepest.claim {
                self.deepest = Failure { claim, unit };
            }
            if claim == self.claim.len() {
                match self.end(unit) {
                    Ok(()) => return Ok(()),
                    Err(obstacle) => {
                        self.deepest = Failure {
                            claim,
                            unit: obstacle,
                        }
                    }
                }
                continue;
            }
            self.step(claim, unit);
        }
        Err(self.deepest)
    }

    pub(super) fn visit(&mut self, claim: usize, unit: usize) {
        let place = claim * (self.unit.len() + 1) + unit;
        let (word, bit) = (place / 64, 1_u64 << (place % 64));
        if self.visited[word] & bit == 0 {
            self.visited[word] |= bit;
            self.open.push((claim, unit));
        }
    }

    pub(super) fn same(&self, claim: usize, unit: usize) -> bool {
        match (self.claim.get(claim), self.unit.get(unit)) {
            (Some(one), Some(other)) => one.is_same(other, self.lexicon),
            _ => false,
        }
    }

    /// Begins at a token of the sentence, if a claim may begin there.
    fn start(&mut self, start: usize) {
        let begins_open = self.claim[0].gap.has(Gap::ELLIPSIS);
        let is_near = start == 0
            || self.unit[start].gap.has(Gap::BREAK)
            || self.same(0, start)
            || begins_open
            || self.claim[0].class == Class::Pronoun
            || self.unit[start].class == Class::Pronoun;
        if !is_near {
            return;
        }
        match scope::may_start(self.unit, start, self.lexicon) {
            Ok(()) => {}
            Err(obstacle) if obstacle == start && begins_open => {}
            Err(obstacle) => {
                if self.deepest.claim == 0 && obstacle != start && self.same(0, start) {
                    self.deepest = Failure {
                        claim: 0,
                        unit: obstacle,
                    };
                }
                return;
            }
        }
        self.visit(0, start);
        self.start_at_pronoun(start);
    }

    /// A pronoun on either side stands for the subject of the other.
    fn start_at_pronoun(&mut self, start: usize) {
        let (first, token) = (self.claim[0], self.unit[start]);
        let is_third_person = matches!(first.text(self.lexicon), "he" | "she" | "it" | "they");
        let is_subject = matches!(
            token.class,
            Class::Determiner | Class::Content | Class::Possessive
        );
        if first.class == Class::Pronoun && is_third_person && is_subject {
            for end in start + 1..self.unit.len().min(start + MAX_SUBJECT) {
                let next = &self.unit[end];
                let is_verb =
                    next.class.is_auxiliary() && self.same(1, end) || self.same(1, end) && next.is_content();
                if is_verb {
                    self.visit(1, end);
                }
                if next.narrows()
                    || next.class.is_auxiliary()
                    || next.gap.has(Gap::STOP)
                    || matches!(next.class, Class::Relative | Class::Pronoun)
                    || next.text(self.lexicon) == "that"
                {
                    break;
                }
            }
        }
        let refers = matches!(
            token.text(self.lexicon),
            "he" | "she" | "it" | "they" | "his" | "its" | "their" | "her"
        );
        let begins = self.unit[..start]
            .iter()
            .all(|token| token.class.is_free() || token.class == Class::Conjunction);
        if begins && refers && first.class != Class::Pronoun {
            for end in 1..self.claim.len().min(MAX_SUBJECT) {
                if self.is_antecedent(end) {
                    self.visit(end, start + 1);
                }
            }
        }
    }

    /// Whether a pronoun may stand for the first tokens of the claim: the title or headings name them, or the sentence
    /// before begins with them.
    fn is_antecedent(&self, end: usize) -> bool {
        let subject = &self.claim[..end];
        if !subject.iter().any(Token::is_content) {
            return false;
        }
        let named = subject.iter().all(|token| {
            self.is_named(token, self.subject.headings)
                || token.class.is_free()
                || token.class == Class::Preposition
        });
        let content = |tokens: &'a [Token]| tokens.iter().filter(|token| !token.class.is_free());
        let mut previous = content(self.subject.previous).take(MAX_NOUN_PHRASE);
        // Another name in the sentence before may be meant as well.
        let is_other_name = |token: &&Token| {
            token.capital && token.is_content() && !subject.iter().any(|one| one.is_same(token, self.lexicon))
        };
        let is_ambiguous = self
            .subject
            .previous
            .iter()
            .skip(1)
            .any(|token| is_other_name(&token));
        named
            || !is_ambiguous
                && content(subject).all(|token| previous.any(|other| other.is_same(token, self.lexicon)))
    }

    pub(super) fn is_named(&self, token: &Token, stems: &[u32]) -> bool {
        match &token.kind {
            Kind::Word(word) => token.is_content() && stems.contains(&word.stem),
            _ => false,
        }
    }

    /// Whether the claim may end here, with nothing left out that limits it.
    fn end(&self, unit: usize) -> Result<(), Obstacle> {
        // A claim that ends before the object of its last word is cut off.
        let is_cut = self.claim.last().is_some_and(|last| {
            matches!(last.class, Class::Preposition | Class::Conjunction)
                || last.class.is_free() && last.class != Class::Discourse
        });
        if is_cut && self.unit.get(unit).is_some_and(|next| !next.gap.has(Gap::BREAK)) {
            return Err(unit);
        }
        scope::may_end(self.unit, unit, self.ending, self.lexicon)
    }
}
