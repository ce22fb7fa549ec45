//! Entailment: whether one unit of a source says all that a claim says.
//!
//! Word overlap finds the place; this module decides. Each word of either side has to be accounted for: nothing is
//! added, nothing that narrows is left out, and matched words keep their order or move as a whole phrase.

mod contraction;
mod edits;
mod frame;
mod markup;
mod read;
mod reason;
mod scope;
mod script;
mod skip;
mod structured;
mod token;
mod variant;

use std::{cell::OnceCell, ops::Range};

use super::{
    abbreviations::Abbreviation,
    side::Side,
    sources::Sources,
    words::{Class, Lexicon, Narrowing, Word, is_reporting},
};
use read::tokens;
pub use reason::{Difference, Refusal};
use script::{Failure, Script, Subject};
use structured::Fact;
use token::{Gap, Kind, Token};

/// Maximum number of tokens of a claim or sentence; longer ones have to be verbatim.
const MAX_TOKENS: usize = 512;
/// Maximum number of sentences between the items of a list and the line that introduces them.
const MAX_LEAD_IN: usize = 40;
/// Maximum number of words that are tried as the verb after a subject that a second clause shares.
const MAX_SUBJECTS: usize = 3;

/// The units of sources with their tokens, read on first use.
#[derive(Debug)]
pub struct Units {
    tokens: Vec<OnceCell<Vec<Token>>>,
}

/// A claim, read once for any number of comparisons.
#[derive(Debug)]
pub struct ClaimTokens {
    tokens: Vec<Token>,
}

impl Units {
    /// Creates the units of these sources.
    pub fn new(sources: &Sources<'_>) -> Self {
        Self {
            tokens: vec![OnceCell::new(); sources.sentences.len()],
        }
    }

    /// The tokens of a claim. Abbreviations have the long forms that the sources give.
    pub fn claim(&self, sources: &Sources<'_>, claim: Side<'_>) -> ClaimTokens {
        let long_forms: Vec<Abbreviation> = (0..sources.passages.len())
            .flat_map(|source| sources.abbreviations(source).iter().cloned())
            .collect();
        ClaimTokens {
            tokens: tokens(claim, &long_forms),
        }
    }

    fn tokens<'s>(&'s self, sources: &Sources<'_>, sentence: usize) -> &'s [Token] {
        self.tokens[sentence].get_or_init(|| {
            let source = sources.sentences[sentence].source;
            tokens(
                sources.side(&(sentence..sentence + 1)),
                sources.abbreviations(source),
            )
        })
    }

    /// Checks whether a sentence entails a claim.
    ///
    /// # Errors
    /// Returns what the claim adds, leaves out or says of another.
    pub fn check(
        &self,
        sources: &Sources<'_>,
        side: Side<'_>,
        claim: &ClaimTokens,
        sentence: usize,
    ) -> Result<(), Refusal> {
        let unit = self.tokens(sources, sentence);
        let refuse = |failure: Failure| {
            let unit_side = sources.side(&(sentence..sentence + 1));
            Err(reason::refusal(side, &claim.tokens, unit_side, unit, failure))
        };
        let is_too_long = unit.len().max(claim.tokens.len()) > MAX_TOKENS;
        if is_too_long || self.is_not_asserted(sources, sentence) {
            return refuse(Failure { claim: 0, unit: 0 });
        }
        let source = sources.sentences[sentence].source;
        let headings = sources.heading_stems(source);
        let first = sources.sentences_in(source).start;
        let previous: &[Token] = if sentence > first {
            self.tokens(sources, sentence - 1)
        } else {
            &[]
        };
        let subject = Subject { headings, previous };
        let lexicon = side.lexicon;
        let mut deepest: Option<Failure> = None;
        let heading_words = sources.heading_words(source);
        let is_in_headings = |token: &Token| {
            let words = side.words.get(token.first..=token.last);
            words.is_some_and(|words| words.iter().all(|word| heading_words.contains(&word.stem)))
        };
        let mut units = variant::variants(unit, lexicon);
        units.extend(variant::fronted_participles(unit, lexicon));
        units.extend(variant::relative_clauses(unit, lexicon));
        for range in frame::bare(&claim.tokens, &is_in_headings, lexicon) {
            let bare = &claim.tokens[range.clone()];
            for variant in variant::variants(bare, lexicon) {
                for (number, unit) in units.iter().enumerate() {
                    match Script::new(&variant, unit, subject, lexicon).run() {
                        Ok(()) => return Ok(()),
                        Err(failure) if number == 0 => {
                            let failure = Failure {
                                claim: failure.claim + range.start,
                                ..failure
                            };
                            if deepest.is_none_or(|best| failure.claim > best.claim) && variant == bare {
                                deepest = Some(failure);
                            }
                        }
                        Err(_) => {}
                    }
                }
            }
            if self.states_fact(sources, bare, sentence) || self.lists(sources, bare, sentence, subject) {
                return Ok(());
            }
        }
        refuse(deepest.unwrap_or(Failure { claim: 0, unit: 0 }))
    }

    /// Whether a sentence asserts nothing: a question, or an item of a list that its first line takes back.
    pub fn is_not_asserted(&self, sources: &Sources<'_>, sentence: usize) -> bool {
        let is_question = sources
            .line(sentence)
            .trim_end_matches(['"', ')', '*', '_', ' '])
            .ends_with('?');
        let lead_in = self.lead_in(sources, sentence);
        let takes_back = lead_in.is_some_and(|place| {
            let tokens = self.tokens(sources, place);
            let is_lead_in = sources.line(place).trim_end().ends_with(':');
            is_lead_in
                && tokens.iter().enumerate().any(|(at, token)| {
                    let text = token.text(&sources.lexicon);
                    // "Including but not limited to:" takes nothing back.
                    let next = tokens.get(at + 1).map_or("", |next| next.text(&sources.lexicon));
                    if next == "limited" {
                        return false;
                    }
                    let is_reported =
                        is_reporting(text) || matches!(text, "claim" | "myths" | "misconceptions");
                    token.is(Narrowing::Negation) || token.is(Narrowing::Denial) || is_reported
                })
        });
        is_question || takes_back
    }

    /// Whether bytes of a source lie in a sentence that asserts nothing.
    pub fn is_any_unasserted(&self, sources: &Sources<'_>, source: usize, bytes: &Range<usize>) -> bool {
        sources.sentences_in(source).any(|sentence| {
            let range = &sources.sentences[sentence].range;
            range.start < bytes.end && bytes.start < range.end && self.is_not_asserted(sources, sentence)
        })
    }

    /// The line before a list, for an item of it.
    fn lead_in(&self, sources: &Sources<'_>, sentence: usize) -> Option<usize> {
        let first = sources.sentences_in(sources.sentences[sentence].source).start;
        let mut before = (first..sentence).rev().take(MAX_LEAD_IN);
        before
            .find(|&place| !sources.is_item(place))
            .filter(|_| sources.is_item(sentence))
    }

    /// Whether a row of a table or a line `Key: value` says all that a claim says.
    fn states_fact(&self, sources: &Sources<'_>, claim: &[Token], sentence: usize) -> bool {
        let headings = sources.heading_stems(sources.sentences[sentence].source);
        let facts = self.facts(sources, sentence);
        facts
            .iter()
            .any(|fact| structured::states(fact, claim, headings, &sources.lexicon))
    }

    fn facts(&self, sources: &Sources<'_>, sentence: usize) -> Vec<Fact> {
        let part = |sentence: usize, range: Range<usize>| -> Vec<Token> {
            let start = sources.sentences[sentence].range.start;
            let side = sources.side(&(sentence..sentence + 1));
            let inside = |word: &Word| (start + range.start..start + range.end).contains(&word.start);
            let words: Vec<Word> = side.words.iter().filter(|word| inside(word)).copied().collect();
            tokens(
                Side {
                    words: &words,
                    ..side
                },
                &[],
            )
        };
        let line = sources.line(sentence);
        if !line.contains('|') {
            let Some(start) = structured::value_start(line) else {
                return Vec::new();
            };
            return vec![Fact {
                head: part(sentence, 0..start),
                attribute: Vec::new(),
                kind: Vec::new(),
                value: part(sentence, start..line.len()),
            }];
        }
        let first = sources.sentences_in(sources.sentences[sentence].source).start;
        let is_row = |place: &usize| sources.line(*place).contains('|');
        let header = (first..sentence).rev().take_while(is_row).last();
        let Some(header) = header else { return Vec::new() };
        let (heads, cells) = (structured::cells(sources.line(header)), structured::cells(line));
        let (Some(kind), Some(head)) = (heads.first(), cells.first()) else {
            return Vec::new();
        };
        let columns = heads.iter().zip(&cells).skip(1);
        columns
            .map(|(attribute, value)| Fact {
                head: part(sentence, head.clone()),
                attribute: part(header, attribute.clone()),
                kind: part(header, kind.clone()),
                value: part(sentence, value.clone()),
            })
            .collect()
    }

    /// Whether an item of a list entails a claim together with the line that introduces the list.
    fn lists(&self, sources: &Sources<'_>, claim: &[Token], sentence: usize, subject: Subject<'_>) -> bool {
        let Some(lead_in) = self.lead_in(sources, sentence) else {
            return false;
        };
        if !sources.line(lead_in).trim_end().ends_with(':') {
            return false;
        }
        let mut unit = self.tokens(sources, lead_in).to_vec();
        let from = unit.len();
        unit.extend_from_slice(self.tokens(sources, sentence));
        if unit.len() > MAX_TOKENS {
            return false;
        }
        if let Some(item) = unit.get_mut(from) {
            item.gap = Gap::default();
        }
        Script::new(claim, &unit, subject, &sources.lexicon).run().is_ok()
    }
}

impl ClaimTokens {
    /// The clauses of a compound claim, each of which asserts something by itself; one when it is not compound.
    pub fn clauses(&self, lexicon: &Lexicon) -> Vec<Self> {
        let mut clauses = Vec::new();
        let mut from = 0;
        for (at, token) in self.tokens.iter().enumerate().skip(1) {
            let joins = matches!(
                token.text(lexicon),
                "and" | "but" | "while" | "whereas" | "although" | "though"
            );
            let next = at + usize::from(joins);
            let splits = (joins || token.gap.has(Gap::STOP)) && at > from;
            if splits
                && is_clause(&self.tokens[from..at], lexicon)
                && is_clause(&self.tokens[next..], lexicon)
            {
                clauses.push(Self::new(&self.tokens[from..at]));
                from = next;
            }
        }
        clauses.push(Self::new(&self.tokens[from..]));
        clauses
    }

    /// The clause itself or, when it has no subject of its own, with that of another clause: what stands before its verb.
    pub fn with_subject_of(&self, other: &Self, lexicon: &Lexicon) -> Vec<Self> {
        let begins_with_verb = self
            .tokens
            .iter()
            .find(|token| !token.class.is_free())
            .is_some_and(|first| {
                let text = first.text(lexicon);
                first.class.is_auxiliary()
                    || first.is_content()
                        && !first.capital
                        && is_verb_form(first, lexicon)
                        && !text.ends_with("ing")
            });
        if self.tokens == other.tokens || !begins_with_verb {
            return vec![Self::new(&self.tokens)];
        }
        let is_verb =
            |token: &Token| token.class.is_auxiliary() || token.is_content() && is_verb_form(token, lexicon);
        let subjects = (1..other.tokens.len())
            .filter(|&length| is_verb(&other.tokens[length]))
            .filter(|&length| other.tokens[..length].iter().any(Token::is_content))
            .take(MAX_SUBJECTS);
        subjects
            .map(|length| Self::new(&[&other.tokens[..length], &self.tokens[..]].concat()))
            .collect()
    }

    /// Whether it begins with a pronoun, and so speaks of what was said before.
    pub fn begins_with_pronoun(&self) -> bool {
        let first = self.tokens.iter().find(|token| !token.class.is_free());
        first.is_some_and(|first| matches!(first.class, Class::Pronoun | Class::Possessive))
    }

    /// The words of the claim that it was read from.
    pub fn words(&self) -> Range<usize> {
        match (self.tokens.first(), self.tokens.last()) {
            (Some(first), Some(last)) => first.first..last.last + 1,
            _ => 0..0,
        }
    }

    fn new(tokens: &[Token]) -> Self {
        let mut tokens = tokens.to_vec();
        if let Some(first) = tokens.first_mut().filter(|first| !first.gap.has(Gap::ELLIPSIS)) {
            first.gap = Gap::default();
        }
        Self { tokens }
    }
}

/// Whether tokens may be a clause: something is said of a subject.
fn is_clause(tokens: &[Token], lexicon: &Lexicon) -> bool {
    let has_verb = tokens
        .iter()
        .any(|token| token.class.is_auxiliary() || token.is_content() && is_verb_form(token, lexicon));
    has_verb && tokens.iter().filter(|token| token.is_content()).count() >= 2
}

/// Whether a word may be a verb, as far as its form shows.
fn is_verb_form(token: &Token, lexicon: &Lexicon) -> bool {
    let Kind::Word(word) = &token.kind else {
        return false;
    };
    let text = lexicon.folded(word);
    !token.capital && (text.len() > 3 && text.ends_with(['s', 'd']) || lexicon.lemma(word) != text)
}
