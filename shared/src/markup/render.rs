//! Shows parts of a text clean: words without markup and hidden characters. Lists, tables and code keep their form.

use std::ops::Range;

use super::{
    hidden::without_hidden,
    outline::{Inline, InlineKind, Leaf, LeafKind, Outline},
};

impl Outline<'_> {
    /// The words of a leaf on one line, or those of a part of it. Code is in backticks; text that would be markup is as it was written.
    pub fn line(&self, leaf: usize, part: &Range<usize>) -> String {
        let leaf = &self.leaves[leaf];
        let mut line = String::new();
        for inline in &self.inlines[leaf.inlines.clone()] {
            self.push_inline(inline, part, &mut line);
        }
        on_one_line(&line)
    }

    /// The words of a whole leaf on one line.
    pub fn words(&self, leaf: usize) -> String {
        self.line(leaf, &(0..self.masked.len()))
    }

    /// The lines of code in a range, without fences.
    pub fn code(&self, leaf: usize, part: &Range<usize>) -> String {
        let mut code = String::new();
        for inline in &self.inlines[self.leaves[leaf].inlines.clone()] {
            let Inline { range, shown, .. } = inline;
            let inside = range.start.max(part.start)..range.end.min(part.end);
            match shown {
                _ if inside.is_empty() => {}
                Some(shown) => code.push_str(shown),
                None => code.push_str(&self.masked[inside]),
            }
        }
        let code = code.replace("\r\n", "\n");
        without_hidden(code.trim_matches('\n').trim_end()).into_owned()
    }

    /// The ranges of the lines of a block of code that belong together: blank lines separate them.
    pub fn stanzas(&self, leaf: usize) -> Vec<Range<usize>> {
        let inlines = &self.inlines[self.leaves[leaf].inlines.clone()];
        let (Some(first), Some(last)) = (inlines.first(), inlines.last()) else {
            return Vec::new();
        };
        let mut stanzas: Vec<Range<usize>> = Vec::new();
        let mut is_open = false;
        let mut at = first.range.start;
        for line in self.masked[at..last.range.end].split_inclusive('\n') {
            let range = at..at + line.trim_end().len();
            at += line.len();
            let is_line = !line
                .trim_matches(|c: char| c.is_whitespace() || c == '>')
                .is_empty();
            match stanzas.last_mut() {
                Some(stanza) if is_open && is_line => stanza.end = range.end,
                _ if is_line => stanzas.push(range),
                _ => {}
            }
            is_open = is_line;
        }
        stanzas
    }

    /// The cells of a row, each on one line.
    pub fn cells(&self, leaf: usize) -> Vec<String> {
        let Leaf { inlines, .. } = &self.leaves[leaf];
        let mut cells = vec![String::new()];
        for inline in &self.inlines[inlines.clone()] {
            if inline.kind == InlineKind::Cell {
                cells.push(String::new());
            } else if let Some(cell) = cells.last_mut() {
                self.push_inline(inline, &(0..self.masked.len()), cell);
            }
        }
        cells.pop();
        cells.iter().map(|cell| escape_bars(&on_one_line(cell))).collect()
    }

    /// Whether a leaf is a row of HTML that names the columns of a table.
    pub fn is_html_header(&self, leaf: usize) -> bool {
        self.is_html_row(leaf) && self.masked[self.leaves[leaf].range.clone()].contains('\x0b')
    }

    /// Whether a leaf is a row that was HTML: its cells are separated by bars.
    pub fn is_html_row(&self, leaf: usize) -> bool {
        let Leaf { kind, range, .. } = &self.leaves[leaf];
        *kind == LeafKind::Text && self.masked[range.clone()].trim_start().starts_with('|')
    }

    fn shown<'s>(&'s self, inline: &'s Inline) -> &'s str {
        inline
            .shown
            .as_deref()
            .unwrap_or_else(|| &self.masked[inline.range.clone()])
    }

    /// Appends the part of an inline that lies in a range.
    fn push_inline(&self, inline: &Inline, part: &Range<usize>, line: &mut String) {
        let Inline { range, kind, .. } = inline;
        if range.end <= part.start && !range.is_empty() || range.start >= part.end {
            return;
        }
        match kind {
            InlineKind::Break => line.push(' '),
            InlineKind::Cell => line.push_str(" | "),
            InlineKind::Code => {
                let code = self.shown(inline);
                let fence = if code.contains('`') { "``" } else { "`" };
                let space = if code.starts_with('`') || code.ends_with('`') {
                    " "
                } else {
                    ""
                };
                line.extend([fence, space, code, space, fence]);
            }
            InlineKind::Text => {
                let words = match &inline.shown {
                    Some(shown) => shown,
                    None => &self.masked[range.start.max(part.start)..range.end.min(part.end)],
                };
                if self.masked[..range.start].ends_with('\\') {
                    line.push('\\');
                }
                // What an entity stands for must not become markup.
                for c in words.chars() {
                    if inline.shown.is_some() && matches!(c, '<' | '[' | ']' | '*' | '_' | '`') {
                        line.push('\\');
                    }
                    line.push(c);
                }
            }
        }
    }
}

/// A text on one line, without hidden characters. Addresses become code, which no reader turns into a link.
fn on_one_line(text: &str) -> String {
    let text = without_hidden(text);
    let mut line = String::with_capacity(text.len());
    let mut is_code = false;
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        if !is_code && !word.contains('`') && is_address(word) {
            let start = word.len() - word.trim_start_matches(|c: char| !c.is_alphanumeric()).len();
            let end = word
                .trim_end_matches(|c: char| !c.is_alphanumeric() && c != '/')
                .len()
                .max(start);
            line.extend([&word[..start], "`", &word[start..end], "`", &word[end..]]);
        } else {
            line.push_str(word);
        }
        is_code ^= word.matches('`').count() % 2 == 1;
    }
    line
}

/// A cell whose bars do not end it.
fn escape_bars(cell: &str) -> String {
    cell.replace("\\|", "|").replace('|', "\\|")
}

/// Whether a word is an address that programs turn into a link.
fn is_address(word: &str) -> bool {
    let lower = word.to_lowercase();
    ["://", "www.", "mailto:", "javascript:"]
        .iter()
        .any(|sign| lower.contains(sign))
}
