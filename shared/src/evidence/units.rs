//! Quote units: the pieces of a passage that can be quoted on their own. A block is a paragraph, list, table, definition or
//! piece of code with the line that introduces it; its points are the sentences, items or rows in it.

use std::{borrow::Cow, ops::Range};

use super::sentences::split;
use crate::{
    domain::{Citation, ContentType, Passage},
    markup::{Leaf, LeafKind, Outline, mask},
};

/// The longest question that stands as a paragraph over its answer, in bytes.
const MAX_QUESTION: usize = 200;
/// The longest paragraph that introduces a list, table or code as a whole, in bytes; of a longer one, its last sentence does.
const MAX_LEAD: usize = 160;

/// The blocks of a text.
#[derive(Debug)]
pub struct Units<'a> {
    /// The outline that the blocks refer to.
    pub outline: Outline<'a>,
    /// The blocks, in order.
    pub blocks: Vec<Block>,
    /// The number of bytes before the text of the passage.
    pub(super) lead: usize,
}

/// A block: the largest unit.
#[derive(Debug, Clone)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// What introduces it: a line before a list, table or code, the header of a table, a term.
    pub lead: Vec<Part>,
    /// The units in it, in order; at least one.
    pub points: Vec<Vec<Part>>,
    /// The nearest heading over it, or the question that it answers.
    pub heading: Option<usize>,
    /// Whether it is the first block under its heading.
    pub is_first: bool,
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockKind {
    /// Sentences.
    Paragraph,
    /// Lines of the form `Key: value`.
    Fields,
    /// Items.
    List,
    /// Rows.
    Table,
    /// A term and its definition.
    Definition,
    /// Code.
    Code,
}

/// A leaf, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The leaf in the outline.
    pub leaf: usize,
    /// The bytes.
    pub range: Range<usize>,
}

impl<'a> Units<'a> {
    /// Finds the blocks of a passage. Their bytes are those of the passage's lead, a line break and its text, one after the
    /// other; [`Units::citation`] converts them.
    pub fn read(passage: &'a Passage) -> Self {
        let (masked, lead) = match &passage.lead {
            None => (mask_of(passage), 0),
            Some(lead) => {
                let last = lead.text.lines().next_back().unwrap_or_default().trim();
                let is_open = last.starts_with("```") || last.starts_with("~~~");
                let is_header =
                    last.contains('-') && last.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '));
                let separator = if is_open || is_header { "\n" } else { "\n\n" };
                let text = [lead.text.as_str(), separator, &passage.text].concat();
                (
                    Cow::Owned(mask(&text).into_owned()),
                    lead.text.len() + separator.len(),
                )
            }
        };
        let mut units = Self {
            outline: Outline::of_masked(masked),
            blocks: Vec::new(),
            lead,
        };
        let mut at = 0;
        let mut question = None;
        while at < units.outline.leaves.len() {
            at = units.add(at, &mut question);
        }
        let mut last = None;
        for block in &mut units.blocks {
            block.is_first = last != Some(block.heading);
            last = Some(block.heading);
        }
        units
    }

    /// Where the text of the passage starts.
    pub fn text_start(&self) -> usize {
        self.lead
    }

    /// The citation of bytes, which do not reach from the lead into the text; `source` counts from 1.
    pub fn citation(&self, source: usize, passage: &Passage, bytes: &Range<usize>) -> Citation {
        match &passage.lead {
            Some(lead) if bytes.start < self.lead => passage.citation_of_lead(source, lead, bytes.clone()),
            _ => {
                let bytes = bytes.start.saturating_sub(self.lead)..bytes.end.saturating_sub(self.lead);
                passage.citation(source, bytes)
            }
        }
    }

    /// The words of the headings over a block, outermost first.
    pub fn headings(&self, block: &Block) -> Vec<String> {
        let Some(heading) = block.heading else {
            return Vec::new();
        };
        let mut path = self.outline.headings(heading);
        path.push(heading);
        path.into_iter().map(|leaf| self.outline.words(leaf)).collect()
    }

    /// Adds the block that begins at a leaf, and returns the leaf after it.
    fn add(&mut self, at: usize, question: &mut Option<usize>) -> usize {
        let leaf = &self.outline.leaves[at];
        let heading = question.unwrap_or_default();
        let heading = question.map(|_| heading).or(leaf.heading);
        match leaf.kind {
            LeafKind::Heading(_) => {
                *question = None;
                at + 1
            }
            _ if leaf.list.is_some() => self.add_list(at, heading),
            LeafKind::Code => {
                let lead = self.lead(at);
                let stanzas = self.outline.stanzas(at).into_iter();
                let points = stanzas.map(|range| vec![Part { leaf: at, range }]);
                self.push(BlockKind::Code, lead, points.collect(), heading);
                at + 1
            }
            LeafKind::Header | LeafKind::Row => self.add_table(at, heading),
            LeafKind::Term | LeafKind::Definition => self.add_definition(at, heading),
            LeafKind::Text | LeafKind::Footnote if self.outline.is_html_row(at) => {
                self.add_table(at, heading)
            }
            LeafKind::Text | LeafKind::Footnote => {
                if self.is_question(at) {
                    *question = Some(at);
                    return at + 1;
                }
                if self.add_pair(at) {
                    *question = None;
                } else {
                    self.add_paragraph(at, heading);
                }
                at + 1
            }
        }
    }

    /// Adds a paragraph whose first line is a question and whose other lines answer it. Returns whether it is one.
    fn add_pair(&mut self, at: usize) -> bool {
        let Leaf { range, heading, .. } = self.outline.leaves[at].clone();
        let text = &self.outline.masked[range.clone()];
        let Some(end) = text.find('\n') else {
            return false;
        };
        let is_question = text[..end]
            .trim_end_matches(['*', '_', ' ', '\r'])
            .ends_with(['?', '？']);
        let rest = range.start + end + 1..range.end;
        let sentences: Vec<Range<usize>> = split(&self.outline.masked, rest, &self.outline.atoms);
        if !is_question || sentences.is_empty() {
            return false;
        }
        let question = Part {
            leaf: at,
            range: range.start..range.start + end,
        };
        let points = sentences.into_iter().map(|range| vec![Part { leaf: at, range }]);
        self.push(BlockKind::Paragraph, vec![question], points.collect(), heading);
        true
    }

    fn add_paragraph(&mut self, at: usize, heading: Option<usize>) {
        let lines = self.field_lines(at);
        if lines.len() > 1 {
            let points = lines.into_iter().map(|range| vec![Part { leaf: at, range }]);
            let points = points.collect();
            return self.push(BlockKind::Fields, Vec::new(), points, heading);
        }
        let mut sentences = self.sentences(at);
        if self.introduces(at) && sentences.len() <= 1 && self.text(at).ends_with(':') {
            // It is quoted with what it introduces.
            return;
        }
        if sentences.len() > 1 && self.introduces(at) && self.text(at).ends_with(':') {
            sentences.pop();
        }
        let points = sentences
            .into_iter()
            .map(|range| vec![Part { leaf: at, range }])
            .collect();
        self.push(BlockKind::Paragraph, Vec::new(), points, heading);
    }

    fn add_list(&mut self, at: usize, heading: Option<usize>) -> usize {
        let mut list = self.outline.leaves[at].list.unwrap_or_default();
        while let Some(parent) = self.outline.lists[list].parent {
            list = parent;
        }
        let leaves = self.outline.lists[list].leaves.clone();
        let end = leaves.end.max(at + 1);
        let mut points: Vec<Vec<Part>> = Vec::new();
        let mut item = None;
        for leaf in at..end {
            let own = &self.outline.leaves[leaf];
            // A leaf of a list in an item belongs to the item.
            let own_item = (own.list == Some(list)).then_some(own.item).or(item);
            let part = self.whole(leaf);
            match points.last_mut() {
                Some(point) if own_item == item && item.is_some() => point.push(part),
                _ => points.push(vec![part]),
            }
            item = own_item;
        }
        let lead = self.lead(at);
        self.push(BlockKind::List, lead, points, heading);
        end
    }

    fn add_table(&mut self, at: usize, heading: Option<usize>) -> usize {
        let is_row = |leaf: usize| {
            let same_kind =
                matches!(self.outline.leaves[leaf].kind, LeafKind::Row) || self.outline.is_html_row(leaf);
            same_kind && self.outline.leaves[leaf].list.is_none()
        };
        let mut end = at + 1;
        while end < self.outline.leaves.len() && is_row(end) {
            end += 1;
        }
        let has_header = self.outline.leaves[at].kind == LeafKind::Header || self.outline.is_html_header(at);
        let mut lead = self.lead(at);
        let first = if has_header && end > at + 1 {
            lead.push(self.whole(at));
            at + 1
        } else {
            at
        };
        let points = (first..end).map(|leaf| vec![self.whole(leaf)]).collect();
        self.push(BlockKind::Table, lead, points, heading);
        end
    }

    fn add_definition(&mut self, at: usize, heading: Option<usize>) -> usize {
        let leaves = &self.outline.leaves;
        let mut end = at + 1;
        while leaves
            .get(end)
            .is_some_and(|leaf| leaf.kind == LeafKind::Definition)
        {
            end += 1;
        }
        let (lead, first) = if leaves[at].kind == LeafKind::Term && end > at + 1 {
            (vec![self.whole(at)], at + 1)
        } else {
            (Vec::new(), at)
        };
        let points = (first..end).map(|leaf| vec![self.whole(leaf)]).collect();
        self.push(BlockKind::Definition, lead, points, heading);
        end
    }

    fn push(&mut self, kind: BlockKind, lead: Vec<Part>, points: Vec<Vec<Part>>, heading: Option<usize>) {
        if !points.is_empty() {
            self.blocks.push(Block {
                kind,
                lead,
                points,
                heading,
                is_first: false,
            });
        }
    }

    /// What introduces the block that begins at a leaf: the paragraph before it, or its last sentence.
    fn lead(&self, at: usize) -> Vec<Part> {
        let Some(before) = at.checked_sub(1) else {
            return Vec::new();
        };
        let leaves = &self.outline.leaves;
        let is_lead = leaves[before].kind == LeafKind::Text
            && leaves[before].list.is_none()
            && leaves[before].heading == leaves[at].heading
            && !self.outline.is_html_row(before)
            && self
                .text(before)
                .trim_end_matches(['*', '_', ' '])
                .ends_with([':', '：']);
        if !is_lead {
            return Vec::new();
        }
        if leaves[before].range.len() <= MAX_LEAD {
            return vec![self.whole(before)];
        }
        let last = self.sentences(before).pop();
        last.map(|range| Part { leaf: before, range })
            .into_iter()
            .collect()
    }

    /// Whether the leaf after a paragraph is a list, table or code that it introduces.
    fn introduces(&self, at: usize) -> bool {
        self.outline.leaves.get(at + 1).is_some_and(|next| {
            next.heading == self.outline.leaves[at].heading
                && (next.list.is_some() || matches!(next.kind, LeafKind::Code | LeafKind::Header))
        })
    }

    /// Whether a paragraph is a question with its answer after it.
    fn is_question(&self, at: usize) -> bool {
        let text = self.text(at);
        let bare = text.trim_end_matches(['*', '_', ' ']);
        bare.len() <= MAX_QUESTION
            && bare.ends_with(['?', '？'])
            && self.sentences(at).len() == 1
            && self.outline.leaves.get(at + 1).is_some_and(|next| {
                next.heading == self.outline.leaves[at].heading && !matches!(next.kind, LeafKind::Heading(_))
            })
    }

    /// The lines of a paragraph in which each line has the form `Key: value` or `key = value`.
    fn field_lines(&self, at: usize) -> Vec<Range<usize>> {
        let range = self.outline.leaves[at].range.clone();
        let mut lines = Vec::new();
        let mut from = range.start;
        for line in self.outline.masked[range].split_inclusive('\n') {
            let trimmed = line.trim();
            if !trimmed.is_empty() {
                let is_field = trimmed
                    .find([':', '='])
                    .is_some_and(|at| (1..40).contains(&at) && !trimmed[..at].contains(". "));
                if !is_field {
                    return Vec::new();
                }
                let start = from + line.len() - line.trim_start().len();
                lines.push(start..start + trimmed.len());
            }
            from += line.len();
        }
        lines
    }

    /// The sentences of a leaf.
    pub fn sentences(&self, leaf: usize) -> Vec<Range<usize>> {
        let range = self.outline.leaves[leaf].range.clone();
        let mut sentences: Vec<Range<usize>> = Vec::new();
        for sentence in split(&self.outline.masked, range, &self.outline.atoms) {
            let has_words = self.outline.masked[sentence.clone()].contains(char::is_alphanumeric);
            match sentences.last_mut() {
                // The signs that end emphasis belong to the sentence before them.
                Some(last) if !has_words => last.end = sentence.end,
                _ => sentences.push(sentence),
            }
        }
        sentences
    }

    fn text(&self, leaf: usize) -> &str {
        self.outline.masked[self.outline.leaves[leaf].range.clone()].trim()
    }

    fn whole(&self, leaf: usize) -> Part {
        let range = self.outline.leaves[leaf].range.clone();
        Part { leaf, range }
    }
}

/// The text of a passage with everything masked that is not shown.
fn mask_of(passage: &Passage) -> Cow<'_, str> {
    match passage.header.content_type {
        ContentType::Markdown => mask(&passage.text),
        ContentType::Plain => passage.text.as_str().into(),
    }
}
