//! Scanner: the words of a text and the runs of characters of scripts without spaces, as byte ranges.

use super::characters::{Class, char_at, class, is_mark};

/// A word of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    /// Byte offset of the word.
    pub(super) start: usize,
    /// Byte offset of its end, exclusive.
    pub(super) end: usize,
    pub(super) kind: Kind,
    pub(super) shape: Shape,
}

/// How a token is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    /// Characters of a script without spaces.
    Unspaced,
    /// A word of Korean.
    Hangul,
}

/// What a word has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Shape {
    /// A letter.
    pub(super) letters: bool,
    /// A digit.
    pub(super) digits: bool,
    /// A capital of ASCII after the first character.
    pub(super) inner_capital: bool,
    /// A full stop, comma, apostrophe or underscore.
    pub(super) joints: bool,
    /// Anything that is not ASCII, or an entity.
    pub(super) foreign: bool,
}

/// The tokens of a text, in order.
pub(super) struct Scanner<'text> {
    text: &'text str,
    at: usize,
}

impl<'text> Scanner<'text> {
    pub(super) fn new(text: &'text str) -> Self {
        Self { text, at: 0 }
    }

    /// The class of the character at a byte, with its length.
    fn class_at(&self, at: usize) -> Option<(Class, usize)> {
        match self.text.as_bytes().get(at)? {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => Some((Class::Letter, 1)),
            b'0'..=b'9' => Some((Class::Digit, 1)),
            b'\'' => Some((Class::Apostrophe, 1)),
            0..0x80 if self.text.as_bytes()[at] != b'&' => Some((Class::Other, 1)),
            _ => char_at(self.text, at).map(|(c, length)| (class(c), length)),
        }
    }

    /// A word that begins at `start`.
    fn word(&self, start: usize) -> Token {
        let bytes = self.text.as_bytes();
        let mut shape = Shape::default();
        let mut end = start;
        let mut last = Class::Other;
        while let Some(&byte) = bytes.get(end) {
            match byte {
                b'a'..=b'z' => {
                    shape.letters = true;
                    last = Class::Letter;
                    end += 1;
                }
                b'A'..=b'Z' => {
                    shape.letters = true;
                    shape.inner_capital |= end > start;
                    last = Class::Letter;
                    end += 1;
                }
                b'0'..=b'9' => {
                    shape.digits = true;
                    last = Class::Digit;
                    end += 1;
                }
                b'_' => {
                    shape.joints = true;
                    end += 1;
                }
                b'.' | b',' | b'\'' => {
                    // A joint is between two letters or two digits; a comma between digits only.
                    let next = self.class_at(end + 1).map(|(next, _)| next);
                    let is_joint = next == Some(last)
                        && (last == Class::Digit || last == Class::Letter && byte != b',')
                        && bytes.get(end + 1) != Some(&b'_');
                    if !is_joint {
                        break;
                    }
                    shape.joints = true;
                    end += 1;
                }
                0..0x80 if byte != b'&' => break,
                _ => {
                    let Some((next, length)) = self.class_at(end) else {
                        break;
                    };
                    match next {
                        Class::Letter => {
                            shape.letters = true;
                            last = next;
                        }
                        Class::Digit => {
                            shape.digits = true;
                            last = next;
                        }
                        Class::Mark | Class::Ignored => {}
                        Class::Apostrophe => {
                            let after = self.class_at(end + length).map(|(after, _)| after);
                            if last != Class::Letter || after != Some(Class::Letter) {
                                break;
                            }
                            shape.joints = true;
                        }
                        Class::Unspaced | Class::Hangul | Class::Other => break,
                    }
                    shape.foreign = true;
                    end += length;
                }
            }
        }
        Token {
            start,
            end,
            kind: Kind::Word,
            shape,
        }
    }

    /// A run of one class that begins at `start`, with the marks on its characters.
    fn run(&self, start: usize, of: Class, kind: Kind) -> Token {
        let mut end = start;
        while let Some((c, length)) = char_at(self.text, end) {
            let class = class(c);
            if class != of && class != Class::Ignored && !is_mark(c) {
                break;
            }
            end += length;
        }
        Token {
            start,
            end,
            kind,
            shape: Shape {
                letters: true,
                foreign: true,
                ..Shape::default()
            },
        }
    }
}

impl Iterator for Scanner<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        loop {
            let (class, length) = self.class_at(self.at)?;
            let token = match class {
                Class::Letter | Class::Digit => self.word(self.at),
                Class::Unspaced => self.run(self.at, class, Kind::Unspaced),
                Class::Hangul => self.run(self.at, class, Kind::Hangul),
                _ => {
                    self.at += length;
                    continue;
                }
            };
            self.at = token.end;
            // Underscores alone are no word.
            if token.shape.letters || token.shape.digits {
                return Some(token);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        Scanner::new(text)
            .map(|token| &text[token.start..token.end])
            .collect()
    }

    #[test]
    fn words_are_letters_and_digits_with_what_joins_them() {
        assert_eq!(
            words("It's 1,048.5 or v1.2, U.S.A. and __init__ (node.js)."),
            [
                "It's", "1,048.5", "or", "v1.2", "U.S.A", "and", "__init__", "node.js"
            ]
        );
        assert_eq!(
            words("caf&eacute;&mdash;na\u{ad}ïve 'x'"),
            ["caf&eacute;", "na\u{ad}ïve", "x"]
        );
        assert_eq!(words("東京タワーand서울은 ___"), ["東京タワー", "and", "서울은"]);
        assert_eq!(
            words("L\"&#26085;&#26412;\" &#xc11c;"),
            ["L", "&#26085;&#26412;", "&#xc11c;"]
        );
        assert_eq!(words("a.b_ c._d end."), ["a.b_", "c", "_d", "end"]);
    }
}
