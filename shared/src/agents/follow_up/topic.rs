//! What an English question is about: its first noun phrase, as far as word classes show it.

use std::ops::Range;

use crate::evidence::words::{Class, Lexicon, Narrowing, Word};

/// Prepositions that continue a noun phrase: "the retention of samples".
const JOINING: [&str; 5] = ["of", "for", "in", "at", "on"];
/// Participles without the endings of regular ones that questions often end with.
const PARTICIPLES: &str = " begun bought born bound brought built caught cut done drawn driven fed felt fought found given \
                           gone grown had heard held hidden hit kept known laid led left lent lost made meant met paid put \
                           read run said seen sent set shown shut sold spent split spoken spread stolen struck taken \
                           taught thought thrown told torn understood used woken won worn written ";

/// A text with its words.
pub(super) struct Tokens<'a> {
    pub(super) text: &'a str,
    words: Vec<Word>,
    lexicon: Lexicon,
}

impl<'a> Tokens<'a> {
    pub(super) fn read(text: &'a str) -> Self {
        let mut lexicon = Lexicon::with_capacity_for(text.len());
        let words = lexicon.read(text, 0..text.len());
        Self { text, words, lexicon }
    }

    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// The word at a place in lower case; empty outside of the text.
    pub(super) fn folded(&self, place: usize) -> &str {
        self.words.get(place).map_or("", |word| self.lexicon.folded(word))
    }

    pub(super) fn class(&self, place: usize) -> Option<Class> {
        self.words.get(place).map(|word| self.lexicon.class(word))
    }

    /// The bytes of some words.
    pub(super) fn bytes(&self, places: &Range<usize>) -> Range<usize> {
        let start = self
            .words
            .get(places.start)
            .map_or(self.text.len(), |word| word.start);
        let end = places
            .end
            .checked_sub(1)
            .and_then(|last| self.words.get(last))
            .map_or(start, |word| word.end);
        start..end.max(start)
    }

    pub(super) fn slice(&self, places: &Range<usize>) -> &'a str {
        &self.text[self.bytes(places)]
    }

    /// Whether a word names or describes something.
    pub(super) fn is_content(&self, place: usize) -> bool {
        self.class(place) == Some(Class::Content) && !self.asks(place)
    }

    /// Whether a word is a name by its spelling: a capital letter after the first word, a digit, or a sign of code.
    pub(super) fn is_name(&self, place: usize) -> bool {
        let Some(word) = self.words.get(place) else {
            return false;
        };
        let written = word.as_written(self.text);
        let has_code = |c: char| c.is_ascii_digit() || matches!(c, '_' | '.' | '/' | '-');
        let inner_capital = written.chars().skip(1).any(char::is_uppercase);
        (place > 0 && word.capital && written != "I") || inner_capital || written.contains(has_code)
    }

    /// Whether a word asks: "when", "how".
    pub(super) fn asks(&self, place: usize) -> bool {
        const ASKING: &str = " who whom whose what which when where why how ";
        ASKING.contains(&format!(" {} ", self.folded(place)))
    }

    pub(super) fn is_auxiliary(&self, place: usize) -> bool {
        matches!(
            self.class(place),
            Some(
                Class::BePresent
                    | Class::BePast
                    | Class::Have
                    | Class::Do
                    | Class::Narrowing(Narrowing::Modal)
            )
        )
    }

    fn is_joining(&self, place: usize) -> bool {
        JOINING.contains(&self.folded(place))
    }

    /// The end of a noun phrase that starts here; its start when none does.
    pub(super) fn noun_phrase(&self, start: usize) -> usize {
        let is_lead = |place| matches!(self.class(place), Some(Class::Determiner | Class::Possessive));
        let is_inside = |place| self.is_content(place) || self.is_name(place);
        let mut place = start;
        let mut end = start;
        loop {
            if is_lead(place) {
                place += 1;
            }
            if !is_inside(place) {
                return end;
            }
            while is_inside(place) {
                place += 1;
            }
            end = place;
            if !self.is_joining(place) {
                return end;
            }
            place += 1;
        }
    }
}

/// The words of a question that say what it is about; `None` when it has no noun phrase.
pub(super) fn topic(tokens: &Tokens<'_>) -> Option<Range<usize>> {
    let auxiliary = (0..tokens.len()).find(|place| tokens.is_auxiliary(*place));
    let after = auxiliary.map_or(0, |place| place + 1);
    let phrase = |from: usize| {
        (from..tokens.len())
            .filter(|place| !tokens.asks(*place))
            .map(|start| start..tokens.noun_phrase(start))
            .find(|phrase| !phrase.is_empty())
    };
    let mut found = match auxiliary {
        Some(_) => phrase(after)?,
        // "Who built the tower?": the object, which a determiner or a name begins.
        None => (1..tokens.len())
            .filter(|place| {
                matches!(tokens.class(*place), Some(Class::Determiner | Class::Possessive))
                    || tokens.is_name(*place)
            })
            .map(|start| start..tokens.noun_phrase(start))
            .find(|phrase| !phrase.is_empty())
            .or_else(|| phrase(1))?,
    };
    if let Some(auxiliary) = auxiliary {
        without_verb(tokens, auxiliary, &mut found);
    }
    (!found.is_empty()).then_some(found)
}

/// Takes the verb from the end of a noun phrase that follows an auxiliary: "does the sweep *find* chunks", "was the tower
/// *built*".
fn without_verb(tokens: &Tokens<'_>, auxiliary: usize, found: &mut Range<usize>) {
    let last = found.end - 1;
    let is_plain = |place: usize| !tokens.is_name(place);
    match tokens.class(auxiliary) {
        Some(Class::Do | Class::Narrowing(_)) => {
            // A name ends the subject; else it is the determiner with one word, and what "of" adds to that.
            let first_content =
                (found.clone()).find(|place| tokens.is_content(*place) || tokens.is_name(*place));
            let Some(mut end) = first_content.map(|place| place + 1) else {
                return;
            };
            while tokens.is_name(end) && end < found.end {
                end += 1;
            }
            if tokens.is_joining(end) && end < found.end {
                let joined = tokens.noun_phrase(end + 1).min(found.end);
                // The verb follows the joined part if anything does.
                let verb = joined > end + 2 && is_plain(joined - 1);
                end = if verb { joined - 1 } else { joined };
            }
            found.end = end;
        }
        _ => {
            let word = tokens.folded(last);
            let is_participle = word.ends_with("ed")
                || word.ends_with("en")
                || word.ends_with("ing")
                || PARTICIPLES.contains(&format!(" {word} "));
            if last > found.start && is_plain(last) && is_participle {
                found.end = last;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_topic_is_the_first_noun_phrase_without_the_verb() {
        for (question, expected) in [
            (
                "When was the lighthouse of Brannock built?",
                "the lighthouse of Brannock",
            ),
            (
                "Who built the lighthouse of Brannock?",
                "the lighthouse of Brannock",
            ),
            (
                "What is the retention of samples in Prometheus?",
                "the retention of samples in Prometheus",
            ),
            ("How does the sweep find dead chunks?", "the sweep"),
            ("Does Prometheus restart after a crash?", "Prometheus"),
            ("What does keep_firing_for do?", "keep_firing_for"),
            (
                "How large can the index of a library become?",
                "the index of a library",
            ),
            ("Where is our office in Lisbon?", "our office in Lisbon"),
            ("Why is the build failing?", "the build"),
            ("Which port does the server use?", "the server"),
        ] {
            let tokens = Tokens::read(question);
            let found = topic(&tokens).map(|places| tokens.slice(&places));
            assert_eq!(found, Some(expected), "{question}");
        }
        for none in ["Why?", "How was it?", ""] {
            assert_eq!(topic(&Tokens::read(none)), None, "{none}");
        }
    }
}
