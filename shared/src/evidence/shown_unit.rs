//! Shows parts of a passage as clean Markdown, with the verbatim ranges that they were read from.

use std::{fmt::Write, ops::Range};

use super::units::{Part, Units};
use crate::markup::LeafKind;

/// A unit as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownUnit {
    /// Markdown without links, images and HTML: a line, or lines of a list, table or code.
    pub text: String,
    /// The ranges of the passage that are quoted, in order.
    pub quotes: Vec<Range<usize>>,
    /// Whether `text` ends with a table or code, which a marker must not touch.
    pub ends_in_block: bool,
}

impl Units<'_> {
    /// Shows parts, which are in the order of the passage.
    pub fn show(&self, parts: &[Part]) -> ShownUnit {
        let mut text = String::new();
        let mut last: Option<&Part> = None;
        let mut rows = 0;
        for part in parts {
            let kind = self.outline.leaves[part.leaf].kind;
            let list = self.outline.leaves[part.leaf].list;
            let is_row =
                matches!(kind, LeafKind::Header | LeafKind::Row) || self.outline.is_html_row(part.leaf);
            let is_same_leaf = last.is_some_and(|last| last.leaf == part.leaf);
            let separator = match last {
                None => "",
                Some(_) if is_same_leaf && kind == LeafKind::Code => "",
                Some(_) if is_same_leaf => " ",
                Some(_) if is_row && rows > 0 => "\n",
                Some(last) if list.is_some() && self.outline.leaves[last.leaf].list.is_some() => "\n",
                Some(_) => "\n\n",
            };
            text.push_str(separator);
            rows = if is_row { rows + 1 } else { 0 };
            match kind {
                LeafKind::Code if is_same_leaf => {
                    insert_code(&mut text, &self.outline.code(part.leaf, &part.range));
                }
                LeafKind::Code => {
                    let indent = " ".repeat(self.indent(part.leaf, last));
                    push_code(&mut text, &self.outline.code(part.leaf, &part.range), &indent);
                }
                _ if is_row => {
                    let cells = self.cells(part.leaf);
                    if rows == 1 && parts.len() == 1 {
                        text.push_str(&cells.join(" | "));
                    } else {
                        let _ = write!(text, "| {} |", cells.join(" | "));
                        if rows == 1 {
                            let _ = write!(text, "\n|{}", " --- |".repeat(cells.len()));
                        }
                    }
                }
                _ => {
                    if !is_same_leaf {
                        self.push_item_mark(part.leaf, last, &mut text);
                    }
                    text.push_str(&self.outline.line(part.leaf, &part.range));
                }
            }
            last = Some(part);
        }
        let ends_in_block =
            rows > 1 || last.is_some_and(|last| self.outline.leaves[last.leaf].kind == LeafKind::Code);
        ShownUnit {
            text,
            quotes: self.quotes(parts),
            ends_in_block,
        }
    }

    fn cells(&self, leaf: usize) -> Vec<String> {
        if !self.outline.is_html_row(leaf) {
            return self.outline.cells(leaf);
        }
        let line = self.outline.words(leaf);
        let cells = line.split('|').map(|cell| cell.trim().to_owned());
        let mut cells: Vec<String> = cells.collect();
        if cells.first().is_some_and(String::is_empty) {
            cells.remove(0);
        }
        cells
    }

    /// The columns that a leaf is indented by: its text when it continues an item.
    fn indent(&self, leaf: usize, last: Option<&Part>) -> usize {
        let leaves = &self.outline.leaves;
        let Some(list) = leaves[leaf].list else { return 0 };
        let continues = last.is_some_and(|last| {
            leaves[last.leaf].list == Some(list) && leaves[last.leaf].item == leaves[leaf].item
        });
        self.depth(list) * 2 + if continues { 2 } else { 0 }
    }

    fn depth(&self, list: usize) -> usize {
        let mut depth = 0;
        let mut next = self.outline.lists[list].parent;
        while let Some(parent) = next {
            depth += 1;
            next = self.outline.lists[parent].parent;
        }
        depth
    }

    /// Writes the mark of an item before its first leaf, or the indentation of the others.
    fn push_item_mark(&self, leaf: usize, last: Option<&Part>, text: &mut String) {
        let leaves = &self.outline.leaves;
        let Some(list) = leaves[leaf].list else { return };
        let item = leaves[leaf].item;
        text.push_str(&" ".repeat(self.depth(list) * 2));
        let is_new = leaf
            .checked_sub(1)
            .is_none_or(|before| leaves[before].list != Some(list) || leaves[before].item != item);
        if !is_new && last.is_some() {
            text.push_str("  ");
            return;
        }
        match self.outline.lists[list].start {
            Some(start) => {
                let _ = write!(text, "{}. ", start.saturating_add(item as u64));
            }
            None => text.push_str("- "),
        }
    }

    /// The ranges of parts, joined where nothing is left out between them.
    fn quotes(&self, parts: &[Part]) -> Vec<Range<usize>> {
        let mut quotes: Vec<Range<usize>> = Vec::new();
        let mut last: Option<&Part> = None;
        for part in parts {
            let is_next = last.is_some_and(|last| {
                let between = last.range.end..part.range.start;
                let is_parted = between.start < self.lead && self.lead <= part.range.start;
                let between = self.outline.masked.get(between).unwrap_or("x");
                !is_parted && part.leaf <= last.leaf + 1 && !between.contains(char::is_alphabetic)
            });
            match quotes.last_mut() {
                Some(quote) if is_next => quote.end = part.range.end,
                _ => quotes.push(part.range.clone()),
            }
            last = Some(part);
        }
        quotes
    }
}

/// Writes a fenced block of code.
fn push_code(text: &mut String, code: &str, indent: &str) {
    let fence = if code.contains("```") { "~~~~" } else { "```" };
    for line in [fence].into_iter().chain(code.lines()).chain([fence]) {
        text.push_str(if line.is_empty() { "" } else { indent });
        text.push_str(line);
        text.push('\n');
    }
    text.pop();
}

/// Adds lines to the block of code that a text ends with.
fn insert_code(text: &mut String, code: &str) {
    let fence = text.rfind('\n').map_or(String::new(), |end| text.split_off(end));
    text.push_str("\n\n");
    text.push_str(code);
    text.push_str(&fence);
}
