//! The edit script: turns a sentence of a source into a claim by the steps that keep its meaning, or says where that
//! fails. A search over pairs of places, the next token of the claim and the next token of the sentence.

use super::{
    scope::{self, Ending, Obstacle},
    skip::Adjuncts,
    token::{Gap, Kind, Token},
};
use crate::evidence::words::{Class, Lexicon, Narrowing};

/// Maximum number of pairs of places that are searched. Longer texts have to be verbatim.
const MAX_STATES: usize = 1 << 20;
/// Number of words at the start of a sentence that may be its subject.
const MAX_NOUN_PHRASE: usize = 4;
/// Number of tokens after a negation that it may govern.
const MAX_NEGATED: usize = 4;
/// Maximum number of tokens of a subject that a pronoun stands for.
const MAX_SUBJECT: usize = 24;

/// What the sentence is said of, as far as it does not say so itself.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    /// The stems of the title and headings, and of the names in the sentence before.
    pub(super) context: &'a [u32],
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
    in_claim: Vec<bool>,
    ending: Ending,
    /// The first auxiliary verb of the claim.
    verb: usize,
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
            visited: vec![
                0;
                ((claim.len() + 1) * (unit.len() + 1))
                    .div_ceil(64)
                    .min(MAX_STATES / 64 + 1)
            ],
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
        if self.claim.is_empty()
            || self.unit.is_empty()
            || (self.claim.len() + 1) * (self.unit.len() + 1) > MAX_STATES
        {
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

    fn visit(&mut self, claim: usize, unit: usize) {
        let place = claim * (self.unit.len() + 1) + unit;
        let (word, bit) = (place / 64, 1_u64 << (place % 64));
        if self.visited[word] & bit == 0 {
            self.visited[word] |= bit;
            self.open.push((claim, unit));
        }
    }

    fn same(&self, claim: usize, unit: usize) -> bool {
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
                    || next.text(self.lexicon) == \"that\"
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

    fn is_named(&self, token: &Token, stems: &[u32]) -> bool {
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

    /// All steps from a pair of places.
    fn step(&mut self, claim: usize, unit: usize) {
        self.insert(claim, unit);
        if unit < self.unit.len() {
            self.delete(claim, unit);
            self.keep(claim, unit);
        }
        if self.claim[claim].gap.has(Gap::ELLIPSIS) && claim > 0 {
            for end in unit..self.unit.len() {
                if self.same(claim, end) && self.may_cut(unit, end) {
                    self.visit(claim, end);
                }
            }
        }
    }

    /// Whether an ellipsis may stand for a stretch of the sentence: nothing in it governs what follows.
    fn may_cut(&self, from: usize, to: usize) -> bool {
        let cut = &self.unit[from..to];
        let breaks_after = |place: usize| {
            cut[place + 1..]
                .iter()
                .chain([&self.unit[to]])
                .any(|token| token.gap.has(Gap::BREAK))
        };
        cut.iter().enumerate().all(|(place, token)| match token.class {
            Class::Narrowing(Narrowing::Negation) => cut.len() - place > MAX_NEGATED,
            Class::Narrowing(Narrowing::Attribution | Narrowing::Denial) => !cut[place + 1..]
                .iter()
                .any(|next| next.text(self.lexicon) == "that"),
            Class::Narrowing(Narrowing::Condition) => breaks_after(place),
            Class::Narrowing(_) => place + 1 < cut.len(),
            // "lived long and Karl died": another subject.
            Class::Conjunction => {
                place + 1 == cut.len() || !self.unit[to].class.is_auxiliary() && !cut[place + 1].capital
            }
            _ => true,
        })
    }

    /// Keeps a token, or two that are written as one on the other side.
    fn keep(&mut self, claim: usize, unit: usize) {
        if self.same(claim, unit) && self.is_joined(claim, unit) && self.has_same_voice(claim, unit) {
            self.visit(claim + 1, unit + 1);
        }
        let text = |tokens: &'a [Token], place: usize| {
            tokens.get(place).map_or("", |token| token.text(self.lexicon))
        };
        let is_compound = |one: &str, first: &str, second: &str| {
            !first.is_empty()
                && !second.is_empty()
                && one.len() == first.len() + second.len()
                && one.starts_with(first)
                && one.ends_with(second)
        };
        let (one, other) = (text(self.claim, claim), text(self.unit, unit));
        let is_hyphenated = |tokens: &[Token], place: usize| {
            tokens.get(place).is_some_and(|token| token.gap.has(Gap::HYPHEN))
        };
        if is_hyphenated(self.unit, unit + 1) && is_compound(one, other, text(self.unit, unit + 1)) {
            self.visit(claim + 1, unit + 2);
        }
        if is_hyphenated(self.claim, claim + 1) && is_compound(other, one, text(self.claim, claim + 1)) {
            self.visit(claim + 2, unit + 1);
        }
    }

    /// "Was hunting" is not "was hunted".
    fn has_same_voice(&self, claim: usize, unit: usize) -> bool {
        let after_be = |tokens: &[Token], place: usize| place > 0 && tokens[place - 1].class.is_be();
        let is_active = |token: &Token| token.text(self.lexicon).ends_with("ing");
        !(after_be(self.claim, claim) || after_be(self.unit, unit))
            || is_active(&self.claim[claim]) == is_active(&self.unit[unit])
    }

    /// Whether two tokens that follow kept ones belong to one sentence on both sides.
    fn is_joined(&self, claim: usize, unit: usize) -> bool {
        claim == 0 || !self.unit[unit].gap.has(Gap::STOP) || self.claim[claim].gap.has(Gap::BREAK)
    }

    /// Adds a token of the claim that asserts nothing, or that the title or headings have.
    fn insert(&mut self, claim: usize, unit: usize) {
        let token = self.claim[claim];
        let next = self.unit.get(unit);
        let after_comma = next.is_some_and(|next| next.gap.has(Gap::COMMA));
        let joins = token.class == Class::Conjunction && matches!(token.text(self.lexicon), "and" | "but");
        let begins = self.claim[..claim].iter().all(|token| token.class.is_free());
        if token.class.is_free() || joins && (after_comma || begins) || self.is_perfect(self.claim, claim) {
            self.visit(claim + 1, unit);
        }
        if token.gap.has(Gap::BRACKET_OPEN) {
            self.insert_brackets(claim, unit);
        }
        if token.class == Class::Preposition && unit > 0 {
            if claim < self.verb && !self.same(claim, unit) {
                self.insert_heading_phrase(claim, unit);
            }
            let is_date =
                |token: Option<&Token>| token.is_some_and(|token| matches!(token.kind, Kind::Date(..)));
            if is_date(next) && is_date(self.claim.get(claim + 1)) {
                self.visit(claim + 1, unit);
            }
        }
        // "The Petrel port" in a document about Petrel, where the source says "the port".
        let is_next = claim > 0 && unit > 0 && self.same(claim - 1, unit - 1) && self.same(claim + 1, unit);
        if claim < self.verb && is_next && token.capital && self.is_named(&token, self.subject.headings) {
            self.visit(claim + 1, unit);
        }
        // "Ada Holm, a keeper," says that she is a keeper.
        let is_apposition = next.is_some_and(|next| {
            let is_past = scope::is_participle(next.text(self.lexicon)) && token.class == Class::BePast;
            // "Dover, the Isle of Man and Cork" is a list.
            let end = (unit + 1..self.unit.len()).find(|&at| self.unit[at].gap.has(Gap::BREAK));
            let is_list = self.unit[unit..end.unwrap_or(self.unit.len())]
                .iter()
                .any(|token| token.class == Class::Conjunction);
            let begins = next.class == Class::Determiner && !is_list || is_past;
            next.gap.has(Gap::BREAK) && begins && !next.gap.has(Gap::STOP)
        });
        if token.class.is_be() && is_apposition && claim > 0 && unit > 0 && self.same(claim - 1, unit - 1) {
            self.visit(claim + 1, unit);
        }
    }

    /// Square brackets in a quotation explain it: each word has to be in the sentence, the one before, or the headings.
    fn insert_brackets(&mut self, claim: usize, unit: usize) {
        let end = (claim + 1..self.claim.len()).find(|&end| self.claim[end].gap.has(Gap::BRACKET_CLOSE));
        let end = end.unwrap_or(self.claim.len());
        let is_known = |token: &Token| {
            let mut near = self.unit.iter().chain(self.subject.previous);
            if token.narrows() {
                return false;
            }
            !token.is_content()
                || self.is_named(token, self.subject.headings)
                || is_editorial(token.text(self.lexicon))
                || near.any(|other| other.is_same(token, self.lexicon))
        };
        if self.claim[claim..end].iter().all(is_known) {
            self.visit(end, unit);
        }
    }

    /// "of Petrel" after a subject of a document whose title is "Petrel".
    fn insert_heading_phrase(&mut self, claim: usize, unit: usize) {
        if !matches!(
            self.claim[claim].text(self.lexicon),
            "of" | "in" | "for" | "on" | "at" | "with"
        ) {
            return;
        }
        let mut end = claim + 1;
        let mut names = 0;
        while let Some(token) = self.claim.get(end) {
            let is_named = self.is_named(token, self.subject.headings);
            if !is_named && token.class != Class::Determiner {
                break;
            }
            names += usize::from(is_named);
            end += 1;
        }
        if names > 0 {
            self.visit(end, unit);
        }
    }

    /// Leaves out a token or an adjunct of the sentence.
    fn delete(&mut self, claim: usize, unit: usize) {
        let token = self.unit[unit];
        let joins = token.class == Class::Conjunction
            && token.text(self.lexicon) == "and"
            && self.claim[claim].gap.has(Gap::COMMA);
        if token.class.is_free()
            || self.is_perfect(self.unit, unit)
            || self.is_manner(unit)
            || token.class == Class::Possessive
                && self.claim[claim.saturating_sub(1)].class == Class::Determiner
            || joins
        {
            self.visit(claim, unit + 1);
        }
        if unit == 0 {
            return;
        }
        let mut ends = Vec::new();
        let adjuncts = Adjuncts {
            tokens: self.unit,
            in_claim: &self.in_claim,
            lexicon: self.lexicon,
        };
        adjuncts.ends(unit, &mut |end| ends.push(end));
        if self.is_classified(claim) || self.begins_noun_phrase(unit) {
            let may_be_names = self.is_classified(claim);
            let noun =
                (unit + 1..self.unit.len()).take_while(|&to| adjuncts.are_adjectives(unit, to, may_be_names));
            ends.extend(noun.filter(|&to| self.same(claim, to) && self.unit[to].is_content()));
        }
        for end in ends {
            self.visit(claim, end);
        }
        // "Craig Ashley David" is "Craig David".
        let is_name = |place: Option<&Token>| place.is_some_and(|token| token.capital && token.is_content());
        if claim > 0
            && self.same(claim - 1, unit - 1)
            && self.same(claim, unit + 1)
            && is_name(Some(&token))
            && is_name(self.unit.get(unit + 1))
            && is_name(self.unit.get(unit - 1))
            && !token.gap.has(Gap::BREAK)
        {
            self.visit(claim, unit + 1);
        }
    }

    /// Whether a token is the "have" of a perfect, which a past tense says as well.
    fn is_perfect(&self, tokens: &[Token], place: usize) -> bool {
        tokens[place].class == Class::Have
            && tokens.get(place + 1).is_some_and(|next| {
                next.class == Class::BeOther
                    || next.is_content() && scope::is_participle(next.text(self.lexicon))
            })
    }

    /// Whether a token is an adverb that only says how or when something is as it is: "widely" after "is", "now".
    fn is_manner(&self, place: usize) -> bool {
        let text = self.unit[place].text(self.lexicon);
        if self.unit[place].class != Class::Content {
            return false;
        }
        let after_verb = place > 0 && self.unit[place - 1].class.is_auxiliary();
        matches!(text, "now" | "currently" | "today" | "still")
            || after_verb && text == "first"
            || after_verb && is_emphasis(text)
    }

    /// Whether a noun phrase begins with a token: after a determiner or preposition.
    fn begins_noun_phrase(&self, unit: usize) -> bool {
        let before = unit.checked_sub(1).map(|place| self.unit[place].class);
        matches!(
            before,
            Some(Class::Determiner | Class::Possessive | Class::Preposition)
        )
    }

    /// Whether the claim has just said "is a" or "are", and so says what its subject is.
    fn is_classified(&self, claim: usize) -> bool {
        let before = |back: usize| claim.checked_sub(back).map(|place| &self.claim[place]);
        let is_article = |token: &Token| matches!(token.text(self.lexicon), "a" | "an");
        match (before(2), before(1)) {
            (Some(verb), Some(article)) if is_article(article) => verb.class.is_be(),
            (_, Some(verb)) => matches!(verb.text(self.lexicon), "are" | "were"),
            _ => false,
        }
    }
}

/// Whether an adverb only says how much or in what manner something is so.
fn is_emphasis(folded: &str) -> bool {
    matches!(
        folded,
        "widely"
            | "closely"
            | "highly"
            | "deeply"
            | "strongly"
            | "firmly"
            | "greatly"
            | "severely"
            | "thoroughly"
            | "carefully"
            | "quickly"
            | "slowly"
            | "suddenly"
            | "immediately"
            | "eventually"
            | "subsequently"
            | "successfully"
            | "accidentally"
            | "roundly"
            | "warmly"
            | "clearly"
            | "heavily"
    )
}

/// Whether a word in square brackets is a note of whoever quotes (Chicago Manual of Style, 13.61 and 13.62).
fn is_editorial(folded: &str) -> bool {
    matches!(
        folded,
        "sic"
            | "emphasis"
            | "italics"
            | "added"
            | "mine"
            | "ours"
            | "original"
            | "omitted"
            | "footnote"
            | "citation"
            | "citations"
            | "internal"
            | "quotation"
            | "marks"
            | "translated"
            | "translation"
    )
}
