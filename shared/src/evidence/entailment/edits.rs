//! The edits: the steps that keep the meaning of a sentence. Each goes from a pair of places to others.

use super::{
    scope,
    script::Script,
    skip::Adjuncts,
    token::{Gap, Kind, Token},
};
use crate::evidence::words::{Class, Narrowing};

/// Number of tokens after a negation that it may govern.
const MAX_NEGATED: usize = 4;

impl<'a> Script<'a> {
    /// All steps from a pair of places.
    pub(super) fn step(&mut self, claim: usize, unit: usize) {
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
        // "Ada Maria Holm" is "Ada Holm".
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
