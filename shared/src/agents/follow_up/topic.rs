//! What an English question is about: its first noun phrase, as far as word classes show it.

use std::ops::Range;

use crate::evidence::{
    languages::has,
    words::{Class, Lexicon, Narrowing, Word},
};

/// Prepositions that continue a noun phrase: "the retention of samples".
const JOINING: [&str; 5] = ["of", "for", "in", "at", "on"];
/// Participles without the endings of regular ones that questions often end with.
const PARTICIPLES: &str = "begun bought born bound brought built caught cut done drawn driven fed felt fought found given \
                           gone grown had heard held hidden hit kept known laid led left lent lost made meant met paid put \
                           read run said seen sent set shown shut sold spent split spoken spread stolen struck taken \
                           taught thought thrown told torn understood used woken won worn written";

/// Verbs that an object without an article often follows: "does the store support snapshots".
const TAKING: &str = "support use need allow accept require provide offer include contain keep";

/// A text with its words.
pub(super) struct Tokens<'a> {
    pub(super) text: &'a str,
    words: Vec<Word>,
    /// Whether each word is several that signs of code or hyphens join: `tokio::spawn`.
    joined: Vec<bool>,
    lexicon: Lexicon,
}

impl<'a> Tokens<'a> {
    pub(super) fn read(text: &'a str) -> Self {
        let mut lexicon = Lexicon::with_capacity_for(text.len());
        let mut words: Vec<Word> = Vec::new();
        let mut joined = Vec::new();
        for word in lexicon.read(text, 0..text.len()) {
            let gap = |last: &Word| text.get(last.end..word.start).unwrap_or(" ");
            match words.last_mut() {
                Some(last) if !gap(last).is_empty() && gap(last).chars().all(is_sign) => {
                    last.end = word.end;
                    joined.pop();
                    joined.push(true);
                }
                _ => {
                    words.push(word);
                    joined.push(false);
                }
            }
        }
        Self {
            text,
            words,
            joined,
            lexicon,
        }
    }

    fn is_joined(&self, place: usize) -> bool {
        self.joined.get(place) == Some(&true)
    }

    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// The word at a place in lower case; empty outside of the text, and for joined words.
    pub(super) fn folded(&self, place: usize) -> &str {
        if self.is_joined(place) {
            return "";
        }
        self.words.get(place).map_or("", |word| self.lexicon.folded(word))
    }

    pub(super) fn class(&self, place: usize) -> Option<Class> {
        if self.is_joined(place) {
            return Some(Class::Content);
        }
        self.words.get(place).map(|word| self.lexicon.class(word))
    }

    /// The bytes of some words, with the marks that belong to them: `"key"`, `--flag`, `f()`.
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
        let marks = ['`', '"', '“', '”', '-', '$', '@'];
        let marked = self.text[..start].trim_end_matches(marks).len();
        let after = self.text[end..].trim_start_matches(['`', '"', '”', '(', ')', '+', '#']);
        let end = self.text.len() - after.len();
        if places.is_empty() {
            return start..start;
        }
        marked..end.max(start)
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
        (place > 0 && word.capital && written != "I")
            || self.is_joined(place)
            || inner_capital
            || written.contains(has_code)
    }

    /// Whether a word asks: "when", "how".
    pub(super) fn asks(&self, place: usize) -> bool {
        has("who whom whose what which when where why how", self.folded(place))
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

    pub(super) fn are_antonyms(&self, one: usize, other: usize) -> bool {
        let (Some(one), Some(other)) = (self.words.get(one), self.words.get(other)) else {
            return false;
        };
        self.lexicon.are_antonyms(one, other)
    }

    /// Whether a word is an article, a demonstrative or a possessive pronoun.
    pub(super) fn is_determiner(&self, place: usize) -> bool {
        matches!(self.class(place), Some(Class::Determiner | Class::Possessive))
    }

    /// Whether a word begins with a digit.
    pub(super) fn is_number(&self, place: usize) -> bool {
        self.folded(place).starts_with(|c: char| c.is_ascii_digit())
    }

    fn is_joining(&self, place: usize) -> bool {
        JOINING.contains(&self.folded(place))
    }

    /// The end of a noun phrase that starts here; its start when none does.
    pub(super) fn noun_phrase(&self, start: usize) -> usize {
        let is_noun = |place| self.class(place) == Some(Class::Narrowing(Narrowing::Attribution));
        // "state" and "report" are nouns after another word of the phrase.
        let is_inside =
            |place| self.is_content(place) || self.is_name(place) || place > start && is_noun(place);
        let mut place = start;
        let mut end = start;
        loop {
            if self.is_determiner(place) {
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

/// Signs that join words to one.
fn is_sign(c: char) -> bool {
    matches!(c, ':' | '-' | '_' | '/' | '.' | '@' | '#')
}

/// The words of a question that say what it is about; `None` when it has no noun phrase.
pub(super) fn topic(tokens: &Tokens<'_>) -> Option<Range<usize>> {
    if let Some(verb) = verb_of_the_reader(tokens) {
        return phrase(tokens, verb + 1).or_else(|| counted(tokens));
    }
    let auxiliary = (0..tokens.len()).find(|place| tokens.is_auxiliary(*place));
    let mut found = match auxiliary {
        Some(auxiliary) => phrase(tokens, auxiliary + 1)?,
        // "Who built the tower?": the object, which a determiner or a name begins.
        None => (1..tokens.len())
            .filter(|place| {
                tokens.is_determiner(*place)
                    || tokens.is_name(*place) && !tokens.is_number(*place) && !tokens.is_number(place - 1)
            })
            .map(|start| start..tokens.noun_phrase(start))
            .find(|phrase| !phrase.is_empty())
            .or_else(|| {
                phrase(
                    tokens,
                    1 + usize::from(matches!(tokens.folded(0), "who" | "what")),
                )
            })?,
    };
    if let Some(auxiliary) = auxiliary {
        without_verb(tokens, auxiliary, &mut found);
    }
    (!found.is_empty()).then_some(found)
}

/// What a question counts or selects: "sick days" in "How many sick days do I get?".
fn counted(tokens: &Tokens<'_>) -> Option<Range<usize>> {
    let start = match (tokens.folded(0), tokens.folded(1)) {
        ("how", "many" | "much") => 2,
        ("which" | "what", _) => 1,
        _ => return None,
    };
    let end = tokens.noun_phrase(start);
    (end > start).then_some(start..end)
}

/// What a question asks how to do: "rotate a key" in "How do I rotate a key?".
pub(super) fn action(tokens: &Tokens<'_>) -> Option<Range<usize>> {
    let verb = verb_of_the_reader(tokens)?;
    Some(verb..phrase(tokens, verb + 1)?.end)
}

/// Things that a question asks for in the plural, and what it says of them: "regions", "support Bedrock".
pub(super) fn asked_plural(tokens: &Tokens<'_>) -> Option<(Range<usize>, Range<usize>)> {
    if !matches!(tokens.folded(0), "which" | "what") {
        return None;
    }
    let auxiliary = (1..tokens.len()).find(|place| tokens.is_auxiliary(*place));
    let is_inside = |place: &usize| tokens.is_content(*place) && Some(*place) != auxiliary;
    let run = (1..tokens.len()).take_while(is_inside).count() + 1;
    let end = auxiliary.map_or(2, |auxiliary| auxiliary.min(run));
    let is_plural = end > 1 && end <= run && names_several(tokens.folded(end - 1));
    let is_do = tokens.class(end) == Some(Class::Do);
    is_plural.then_some((1..end, end + usize::from(is_do)..tokens.len()))
}

/// Whether a word has the ending of a plural.
pub(super) fn names_several(word: &str) -> bool {
    word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us")
}

/// The first noun phrase from a place on.
fn phrase(tokens: &Tokens<'_>, from: usize) -> Option<Range<usize>> {
    (from..tokens.len())
        .filter(|place| !tokens.asks(*place))
        .map(|start| start..tokens.noun_phrase(start))
        .find(|phrase| !phrase.is_empty())
}

/// The verb of what the reader wants to do: "How do I *rotate* ...", "How to *rotate* ...", "Is it safe to *rotate* ...".
fn verb_of_the_reader(tokens: &Tokens<'_>) -> Option<usize> {
    let pronoun = (0..tokens.len().min(6)).find(|place| {
        *place > 0
            && tokens.is_auxiliary(place - 1)
            && matches!(tokens.folded(*place), "i" | "we" | "you" | "it")
    });
    let from = pronoun.map_or(1, |place| place + 1);
    // "I need to rotate", "it is safe to rotate": the verb follows "to".
    let is_direct = pronoun.is_some_and(|place| tokens.folded(place) != "it") && tokens.is_content(from);
    let to = || (from..from + 4).find(|place| tokens.folded(*place) == "to");
    if pronoun.is_none() && !(tokens.asks(0) && tokens.folded(1) == "to") {
        return None;
    }
    let verb = if is_direct { from } else { to()? + 1 };
    tokens.is_content(verb).then_some(verb)
}

/// Takes the verb from the end of a noun phrase that follows an auxiliary: "does the sweep *find* chunks", "was the tower
/// *built*".
fn without_verb(tokens: &Tokens<'_>, auxiliary: usize, found: &mut Range<usize>) {
    let last = found.end - 1;
    let is_plain = |place: usize| !tokens.is_name(place);
    match tokens.class(auxiliary) {
        Some(Class::Do | Class::Narrowing(_)) => {
            let is_word = |place: &usize| tokens.is_content(*place) || tokens.is_name(*place);
            let Some(first) = found.clone().find(is_word) else {
                return;
            };
            found.end = end_of_subject(tokens, first, found.end);
        }
        _ => {
            let word = tokens.folded(last);
            let is_participle = word.ends_with("ed")
                || word.ends_with("en")
                || word.ends_with("ing")
                || has(PARTICIPLES, word);
            // "What is a replica set?" asks for the whole.
            let is_defined = auxiliary > 0 && matches!(tokens.folded(auxiliary - 1), "what" | "who");
            if last > found.start && is_plain(last) && is_participle && !is_defined {
                found.end = last;
            }
        }
    }
}

/// Where the subject ends that begins with this word, before the verb without an ending.
fn end_of_subject(tokens: &Tokens<'_>, first: usize, limit: usize) -> usize {
    let is_word =
        |place: &usize| !tokens.is_joining(*place) && tokens.class(*place) != Some(Class::Determiner);
    let run = first + (first..limit).take_while(is_word).count();
    // "can a package be": the verb follows.
    if matches!(tokens.class(run), Some(Class::BeOther | Class::Have | Class::Do)) {
        return run;
    }
    let word = tokens.folded(run - 1);
    let is_verb = !tokens.is_name(run - 1) && !names_several(word) && !word.ends_with("ing");
    let takes_object = (first + 1..run - 1).any(|place| has(TAKING, tokens.folded(place)));
    if run > first + 1 && is_verb && !takes_object {
        return run - 1;
    }
    // A name ends the subject; else it is one word, and what "of" adds to that.
    let mut end = first + 1;
    while tokens.is_name(end) && end < limit {
        end += 1;
    }
    if tokens.is_joining(end) && end < limit {
        let joined = tokens.noun_phrase(end + 1).min(limit);
        // The verb follows the joined part if anything does.
        let verb = joined > end + 2 && !tokens.is_name(joined - 1);
        end = if verb { joined - 1 } else { joined };
    }
    end
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
            ("How do I rotate a signing key?", "a signing key"),
            ("how to restart the broker", "the broker"),
            ("How do I attach a disk to a node?", "a disk"),
            ("What is a replica set?", "a replica set"),
            ("who created python", "python"),
            ("How many sick days do I get?", "sick days"),
            ("Who approves travel over 2000 EUR?", "travel"),
            ("Is it safe to restart redis?", "redis"),
            ("How large can a build image layer be?", "a build image layer"),
            ("Does the trial plan expire?", "the trial plan"),
            ("does mariadb support json", "mariadb"),
            ("What is Nomad's state file?", "Nomad's state file"),
            ("what does net::connect return", "net::connect"),
            ("What is the value of `max_age`?", "the value of `max_age`"),
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
