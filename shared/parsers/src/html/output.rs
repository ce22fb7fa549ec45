//! Blocks of Markdown while they are written.

use crate::markdown;

/// A block of Markdown.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) is_list: bool,
}

/// Blocks, and the line that is being written.
#[derive(Debug, Default)]
pub(super) struct Output {
    pub(super) pieces: Vec<Piece>,
    pub(super) line: String,
    /// Whether all blocks are to stand on one line.
    pub(super) is_flat: bool,
}

impl Output {
    /// Adds text to the line, with single spaces.
    pub(super) fn push(&mut self, text: &str) {
        for (number, word) in text.split(is_space).enumerate() {
            if number > 0 && !self.line.ends_with([' ', '\n']) && !self.line.is_empty() {
                self.line.push(' ');
            }
            self.line.push_str(word);
        }
    }

    /// Ends the line: it becomes a paragraph.
    pub(super) fn end_line(&mut self) {
        if self.is_flat {
            return self.push(" ");
        }
        let line = markdown::escape_lines(&markdown::clean(&std::mem::take(&mut self.line)));
        self.block(line);
    }

    /// Adds a block that is Markdown already.
    pub(super) fn block(&mut self, text: String) {
        self.piece(text, false);
    }

    /// Adds a list.
    pub(super) fn list(&mut self, text: String) {
        self.piece(text, true);
    }

    fn piece(&mut self, text: String, is_list: bool) {
        if !text.is_empty() {
            self.pieces.push(Piece { text, is_list });
        }
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\n' | '\t' | '\r' | '\x0C' | '\u{A0}')
}

/// Blocks with a blank line between them.
pub(super) fn join(pieces: &[Piece]) -> String {
    let texts: Vec<&str> = pieces.iter().map(|piece| piece.text.as_str()).collect();
    texts.join("\n\n")
}
