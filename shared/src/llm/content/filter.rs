//! Drops thoughts and template tokens from generated text.
//!
//! A tag or token in a span of code, or in a fence after some prose, is text that the answer mentions.

use super::{
    code::{CodeTracker, Place},
    part::{Part, append},
    token::{self, Role, STARTS, Scan, Token},
};

/// The longest role or channel after a header token, in bytes. More is text.
const MAX_HEADER: usize = 64;

/// Reads generated text, which may be cut anywhere.
#[derive(Debug, Default)]
pub(super) struct Filter {
    state: State,
    /// The start of a tag or token that is incomplete.
    pending: String,
    code: CodeTracker,
    /// The last character of the answer so far.
    last: Option<char>,
    /// Whether the answer so far has a word outside code.
    has_prose: bool,
    /// Whether something was dropped after the answer so far.
    has_gap: bool,
    /// Whether text is struck through.
    is_struck: bool,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Answer,
    /// Between the tags of a thought.
    Thought,
    /// In a turn or channel that is not the answer's.
    OtherTurn,
    /// After a header token, with the text since then.
    Header(String),
    /// After the answer.
    Ended,
}

impl Filter {
    /// Appends the parts that are known to belong to the answer.
    pub(super) fn push(&mut self, text: &str, parts: &mut Vec<Part>) {
        self.pending.push_str(text);
        self.read(token::scan, parts);
    }

    /// Ends the text: what could have become a tag or token is text.
    pub(super) fn end(&mut self, parts: &mut Vec<Part>) {
        let scan_end = |text: &str| match token::scan(text) {
            Scan::Partial => token::scan_end(text),
            known => known,
        };
        self.read(scan_end, parts);
        if let State::Header(header) = &mut self.state {
            let header = std::mem::take(header);
            self.read_header(&header, "", parts);
        }
    }

    /// Whether a token ended the answer.
    pub(super) fn has_ended(&self) -> bool {
        self.state == State::Ended
    }

    fn read(&mut self, scan: impl Fn(&str) -> Scan, parts: &mut Vec<Part>) {
        let pending = std::mem::take(&mut self.pending);
        let mut rest = pending.as_str();
        while !rest.is_empty() && !self.has_ended() {
            let start = rest.find(STARTS).unwrap_or(rest.len());
            let (text, tail) = rest.split_at(start);
            self.read_text(text, parts);
            let Some(first) = tail.chars().next() else {
                return;
            };
            let length = match scan(tail) {
                Scan::Partial => {
                    self.pending = tail.to_owned();
                    return;
                }
                Scan::Token(token, length) => {
                    if !self.read_token(token, parts) {
                        self.read_text(&tail[..length], parts);
                    }
                    length
                }
                Scan::Text => {
                    self.read_text(&tail[..first.len_utf8()], parts);
                    first.len_utf8()
                }
            };
            rest = &tail[length..];
        }
    }

    fn read_text(&mut self, text: &str, parts: &mut Vec<Part>) {
        match &mut self.state {
            State::Answer => self.show(text, parts),
            State::Header(header) => {
                let (line, tail) = match text.split_once('\n') {
                    Some((line, tail)) => (line, Some(tail)),
                    None => (text, None),
                };
                header.push_str(line);
                if header.len() > MAX_HEADER || tail.is_some() {
                    let header = std::mem::take(header);
                    self.read_header(&header, if tail.is_some() { "\n" } else { "" }, parts);
                    self.read_text(tail.unwrap_or_default(), parts);
                }
            }
            State::Thought | State::OtherTurn | State::Ended => {}
        }
    }

    /// Enters the turn or channel of a header. A header that names none is text.
    fn read_header(&mut self, header: &str, line_end: &str, parts: &mut Vec<Part>) {
        let mut words = header.split(|character: char| !character.is_alphanumeric());
        let word = words.find(|word| !word.is_empty()).unwrap_or_default();
        match token::role(word).filter(|_| header.len() <= MAX_HEADER) {
            Some(role) => self.enter(role),
            None => {
                self.state = State::Answer;
                self.show(header, parts);
                self.show(line_end, parts);
            }
        }
    }

    fn enter(&mut self, role: Role) {
        self.has_gap = true;
        self.state = match role {
            Role::Assistant => State::Answer,
            Role::Other if self.last.is_some() => State::Ended,
            Role::Other => State::OtherTurn,
        };
    }

    /// Applies a tag or token. Returns whether it is one, and not text.
    fn read_token(&mut self, token: Token, parts: &mut Vec<Part>) -> bool {
        if self.state == State::Answer && self.is_mention(token) {
            return false;
        }
        match (&mut self.state, token) {
            (State::Thought, Token::CloseThought) => self.state = State::Answer,
            (State::Thought | State::Ended, _) => {}
            (_, Token::OpenThought) => self.state = State::Thought,
            // The template of the prompt may have opened the thought.
            (State::Answer, Token::CloseThought) => self.retract(parts),
            (State::Header(header), Token::HeaderEnd) => {
                let header = std::mem::take(header);
                self.read_header(&header, "", parts);
            }
            (_, Token::Header) => self.state = State::Header(String::new()),
            (_, Token::Role(role)) => self.enter(role),
            (_, Token::EndOfTurn | Token::Strike { closes: true }) => {
                self.state = match self.last {
                    Some(_) => State::Ended,
                    None => State::Answer,
                };
            }
            (_, Token::CloseThought | Token::HeaderEnd | Token::Strike { closes: false } | Token::Other) => {}
        }
        self.has_gap = true;
        true
    }

    /// Whether the answer only mentions a tag or token, or uses it as HTML.
    fn is_mention(&mut self, token: Token) -> bool {
        match (self.code.place(), token) {
            (Place::Span, _) => true,
            (Place::Fence, _) => self.has_prose,
            (Place::Prose, Token::Strike { closes: false }) => {
                self.is_struck = self.last.is_some();
                self.is_struck
            }
            (Place::Prose, Token::Strike { closes: true }) => std::mem::take(&mut self.is_struck),
            (Place::Prose, _) => false,
        }
    }

    fn retract(&mut self, parts: &mut Vec<Part>) {
        let has_answer = self.last.is_some() || parts.contains(&Part::Retract);
        parts.clear();
        if has_answer {
            parts.push(Part::Retract);
        }
        *self = Self {
            pending: std::mem::take(&mut self.pending),
            ..Self::default()
        };
    }

    /// Appends text of the answer. Blanks at its start are dropped, and words around what was dropped stay apart.
    fn show(&mut self, text: &str, parts: &mut Vec<Part>) {
        let text = match self.last {
            Some(_) => text,
            None => text.trim_start(),
        };
        let Some(first) = text.chars().next() else {
            return;
        };
        let joins = self.last.is_some_and(|last| !last.is_whitespace()) && first.is_alphanumeric();
        if std::mem::take(&mut self.has_gap) && joins {
            append(parts, " ");
        }
        for character in text.chars() {
            self.has_prose |= character.is_alphanumeric() && self.code.place() == Place::Prose;
            self.code.push(character);
            self.last = Some(character);
        }
        append(parts, text);
    }
}
