//! Runs: words joined without a space, such as `us-east-1`, `e-mail`, or `commit-` at the end of a line.

use super::{
    capitals,
    characters::decoded,
    compounds,
    folding::normal,
    scanner::{Kind, Token},
    term::MAX_TERM_BYTES,
};

/// Maximum number of words without a digit that are also indexed as one.
const MAX_WORDS: usize = 4;

/// Words joined without a space.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Run {
    pub(super) start: usize,
    pub(super) end: usize,
    words: usize,
    has_digits: bool,
    has_letters: bool,
    is_foreign: bool,
    /// Whether something else than hyphens joins the words.
    has_others: bool,
    /// Whether a line ends inside.
    is_broken: bool,
}

impl Run {
    /// A run that begins with a word.
    pub(super) fn new(token: Token) -> Self {
        Self {
            start: token.start,
            end: token.start,
            ..Self::default()
        }
    }

    /// Whether a word is joined to the run.
    pub(super) fn continues(&self, text: &str, token: Token) -> bool {
        if self.words == 0 || token.kind != Kind::Word {
            return false;
        }
        let between = &text[self.end..token.start];
        matches!(
            between,
            "-" | "/" | ":" | "@" | "::" | "." | "#" | "\u{2010}" | "\u{2011}"
        ) || self.is_broken_word(text, between, token)
    }

    /// Adds a word to the run.
    pub(super) fn extend(&mut self, text: &str, token: Token) {
        if self.words > 0 {
            let between = &text[self.end..token.start];
            self.is_broken |= between.len() > 3 || between.contains('\n');
            self.has_others |= matches!(between, "/" | ":" | "@" | "::" | "." | "#");
        }
        self.end = token.end;
        // A run of characters is joined to nothing.
        self.words += usize::from(token.kind == Kind::Word);
        self.has_digits |= token.shape.digits;
        self.has_letters |= token.shape.letters;
        self.is_foreign |= token.shape.foreign;
    }

    /// The words as one, in lower case: words with hyphens between, and names with a digit.
    pub(super) fn joined(&self, text: &str) -> Option<String> {
        let whole = text.get(self.start..self.end)?;
        if self.words < 2 || whole.len() > MAX_TERM_BYTES || self.is_broken && self.has_others {
            return None;
        }
        if !self.has_digits && (self.has_others || self.words > MAX_WORDS) {
            return None;
        }
        let whole = if self.is_foreign || !whole.is_ascii() {
            normal(&decoded(whole))
        } else {
            whole.chars().filter(|c| !c.is_whitespace()).collect()
        };
        let is_pair = self.words == 2 && self.has_letters && !whole.contains([':', '@', '#']);
        Some(if self.has_others && !is_pair {
            whole.to_lowercase()
        } else {
            compounds::joined(&whole).to_lowercase()
        })
    }

    /// Whether a hyphen at the end of a line is between the run and a word.
    fn is_broken_word(&self, text: &str, between: &str, token: Token) -> bool {
        let before = &text[..self.end];
        let blank = match between.strip_prefix(['-', '\u{2010}']) {
            Some(blank) => blank,
            None if before.ends_with('\u{ad}') => between,
            None => return false,
        };
        let next = text[token.start..].chars().next();
        blank.matches('\n').count() == 1
            && blank.chars().all(char::is_whitespace)
            && next.is_some_and(char::is_lowercase)
            && before.ends_with(|c: char| c.is_lowercase() || c == '\u{ad}')
    }
}

/// Where the two hyphens before a run begin that make a flag of it: `--no-cache`.
pub(super) fn flag_start(text: &str, run: &Run) -> Option<usize> {
    let before = text.as_bytes()[..run.start].strip_suffix(b"--")?;
    let is_flag = run.words > 0
        && run.has_letters
        && !run.has_others
        && !run.is_broken
        && run.end - run.start <= MAX_TERM_BYTES - 2
        && !run.is_foreign
        && capitals::is_start(before);
    is_flag.then_some(before.len())
}
