//! The outline of a text: its paragraphs, headings, items, rows and blocks of code, each with its place.

use std::{borrow::Cow, ops::Range};

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::mask::mask;

/// A parser of Markdown with the extensions that documents use.
pub fn parser(masked: &str) -> Parser<'_> {
    Parser::new_ext(
        masked,
        Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_HEADING_ATTRIBUTES
            | Options::ENABLE_DEFINITION_LIST
            | Options::ENABLE_GFM
            | Options::ENABLE_WIKILINKS
            | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS,
    )
}

/// The outline of a text. Every range is in bytes of the text.
#[derive(Debug)]
pub struct Outline<'a> {
    /// The leaves, in order.
    pub leaves: Vec<Leaf>,
    /// The lists, in the order of their beginnings.
    pub lists: Vec<List>,
    /// Links, images, code and HTML in lines of text, in order: no sentence ends inside one.
    pub atoms: Vec<Range<usize>>,
    pub(super) inlines: Vec<Inline>,
    /// The text with everything masked that is not shown, byte for byte.
    pub masked: Cow<'a, str>,
}

/// A block that contains no other block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// What it is.
    pub kind: LeafKind,
    /// Its bytes, without the signs around it that make it a heading, an item or a quotation.
    pub range: Range<usize>,
    /// The innermost list that it is in.
    pub list: Option<usize>,
    /// Its item in that list, from 0.
    pub item: usize,
    /// The heading that it is under, as its leaf.
    pub heading: Option<usize>,
    pub(super) inlines: Range<usize>,
}

/// What a leaf is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeafKind {
    /// A paragraph, or the text of an item.
    Text,
    /// A heading of this level, from 1.
    Heading(u8),
    /// The first row of a table, with the names of its columns.
    Header,
    /// Another row of a table.
    Row,
    /// A block of code.
    Code,
    /// A term that is defined after it.
    Term,
    /// The definition of the term before it.
    Definition,
    /// A footnote.
    Footnote,
}

/// A list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Its bytes.
    pub range: Range<usize>,
    /// The number of its first item, if its items are numbered.
    pub start: Option<u64>,
    /// The leaf before it, which introduces it.
    pub lead: Option<usize>,
    /// The number of its items.
    pub items: usize,
    /// Its leaves and those of the lists in it.
    pub leaves: Range<usize>,
    /// The list that it is in.
    pub parent: Option<usize>,
}

/// A piece of a line of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inline {
    /// Its bytes.
    pub range: Range<usize>,
    /// What it is.
    pub kind: InlineKind,
    /// What it shows, where that differs from its bytes.
    pub shown: Option<Box<str>>,
}

/// What a piece of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InlineKind {
    /// Words.
    Text,
    /// Code.
    Code,
    /// The end of a cell of a table.
    Cell,
    /// The end of a line.
    Break,
}

impl Leaf {
    /// Whether it is running text.
    pub fn is_prose(&self) -> bool {
        matches!(
            self.kind,
            LeafKind::Text | LeafKind::Definition | LeafKind::Footnote
        )
    }
}

impl<'a> Outline<'a> {
    /// Reads Markdown.
    pub fn read(text: &'a str) -> Self {
        Self::of_masked(mask(text))
    }

    /// Reads Markdown that has been masked.
    pub fn of_masked(masked: Cow<'a, str>) -> Self {
        let mut reader = Reader::default();
        for (event, range) in parser(&masked).into_offset_iter() {
            reader.event(event, range, &masked);
        }
        reader.close();
        let Reader {
            leaves,
            lists,
            atoms,
            inlines,
            ..
        } = reader;
        let mut outline = Self {
            leaves,
            lists,
            atoms,
            inlines,
            masked,
        };
        outline.finish();
        outline
    }

    /// The headings over a leaf, outermost first, as leaves.
    pub fn headings(&self, leaf: usize) -> Vec<usize> {
        let mut path = Vec::new();
        let mut next = self.leaves[leaf].heading;
        while let Some(heading) = next {
            path.push(heading);
            next = self.leaves[heading].heading;
        }
        path.reverse();
        path
    }

    /// Sets the heading of each leaf and drops the leaves without words.
    fn finish(&mut self) {
        let mut open: Vec<(u8, usize)> = Vec::new();
        for at in 0..self.leaves.len() {
            if let LeafKind::Heading(level) = self.leaves[at].kind {
                open.retain(|(above, _)| *above < level);
                self.leaves[at].heading = open.last().map(|(_, heading)| *heading);
                open.push((level, at));
            } else {
                self.leaves[at].heading = open.last().map(|(_, heading)| *heading);
            }
        }
    }
}

#[derive(Default)]
struct Reader {
    leaves: Vec<Leaf>,
    lists: Vec<List>,
    atoms: Vec<Range<usize>>,
    inlines: Vec<Inline>,
    /// The leaf that is open.
    open: Option<Leaf>,
    /// The lists that are open, each with its present item.
    nesting: Vec<(usize, usize)>,
    /// The number of images and blocks of metadata that are open: their words are not shown.
    hidden: usize,
    /// What paragraphs are: text, or the content of a definition or a footnote.
    paragraphs: Option<LeafKind>,
}

impl Reader {
    fn event(&mut self, event: Event<'_>, range: Range<usize>, masked: &str) {
        match event {
            Event::Start(tag) => self.start(&tag, range),
            Event::End(tag) => self.end(tag),
            Event::Text(words) => self.inline(InlineKind::Text, range, &words, masked),
            Event::Code(code) => {
                self.atoms.push(range.clone());
                self.inline(InlineKind::Code, range, &code, masked);
            }
            // What is left of HTML after masking is a placeholder, such as `<name>`.
            Event::InlineHtml(html) | Event::Html(html) => {
                self.atoms.push(range.clone());
                self.inline(InlineKind::Code, range, html.trim_end(), masked);
            }
            Event::SoftBreak | Event::HardBreak => self.inline(InlineKind::Break, range, " ", masked),
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
            Event::Rule => self.close(),
            Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Heading { level, .. } => self.open(LeafKind::Heading(number(*level)), range.start),
            Tag::CodeBlock(kind) => {
                self.open(LeafKind::Code, range.start);
                if let (CodeBlockKind::Fenced(_), Some(leaf)) = (kind, &mut self.open) {
                    leaf.range.end = range.end;
                }
            }
            Tag::TableHead => self.open(LeafKind::Header, range.start),
            Tag::TableRow => self.open(LeafKind::Row, range.start),
            Tag::DefinitionListTitle => self.open(LeafKind::Term, range.start),
            Tag::FootnoteDefinition(_) => {
                self.close();
                self.paragraphs = Some(LeafKind::Footnote);
            }
            Tag::List(start) => {
                self.close();
                let parent = self.nesting.last().map(|(list, _)| *list);
                let before = self.leaves.len().checked_sub(1);
                let lead = before.filter(|before| self.leaves[*before].kind == LeafKind::Text);
                self.nesting.push((self.lists.len(), 0));
                self.lists.push(List {
                    range,
                    start: *start,
                    lead,
                    items: 0,
                    leaves: self.leaves.len()..self.leaves.len(),
                    parent,
                });
            }
            Tag::Item => {
                self.close();
                if let Some((list, item)) = self.nesting.last_mut() {
                    *item = self.lists[*list].items;
                    self.lists[*list].items += 1;
                }
            }
            Tag::Image { .. } => {
                self.atoms.push(range.clone());
                self.extend(range);
                self.hidden += 1;
            }
            Tag::MetadataBlock(_) => {
                self.close();
                self.hidden += 1;
            }
            Tag::Link { .. } => {
                self.atoms.push(range.clone());
                self.extend(range);
            }
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough => self.extend(range),
            Tag::Paragraph | Tag::BlockQuote(_) | Tag::Table(_) | Tag::HtmlBlock => self.close(),
            Tag::DefinitionList => self.close(),
            Tag::DefinitionListDefinition => {
                self.close();
                self.paragraphs = Some(LeafKind::Definition);
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link => {}
            TagEnd::Image => {
                self.hidden = self.hidden.saturating_sub(1);
                if let Some(leaf) = &self.open {
                    let end = leaf.range.end;
                    self.push(InlineKind::Break, end..end, None);
                }
            }
            TagEnd::MetadataBlock(_) => {
                self.hidden = self.hidden.saturating_sub(1);
                self.open = None;
            }
            TagEnd::TableCell => {
                if let Some(leaf) = &self.open {
                    let end = leaf.range.end;
                    self.push(InlineKind::Cell, end..end, None);
                }
            }
            TagEnd::List(_) => {
                self.close();
                if let Some((list, _)) = self.nesting.pop() {
                    self.lists[list].leaves.end = self.leaves.len();
                }
            }
            TagEnd::FootnoteDefinition | TagEnd::DefinitionListDefinition => {
                self.close();
                self.paragraphs = None;
            }
            _ => self.close(),
        }
    }

    /// Opens a leaf.
    fn open(&mut self, kind: LeafKind, at: usize) {
        self.close();
        let kind = match (kind, self.paragraphs) {
            (LeafKind::Text, Some(kind)) => kind,
            _ => kind,
        };
        let (list, item) = self
            .nesting
            .last()
            .map_or((None, 0), |(list, item)| (Some(*list), *item));
        self.open = Some(Leaf {
            kind,
            range: at..at,
            list,
            item,
            heading: None,
            inlines: self.inlines.len()..self.inlines.len(),
        });
    }

    /// Ends the open leaf. A leaf without anything to show is dropped.
    fn close(&mut self) {
        let Some(mut leaf) = self.open.take() else {
            return;
        };
        leaf.inlines.end = self.inlines.len();
        let has_words = self.inlines[leaf.inlines.clone()]
            .iter()
            .any(|inline| matches!(inline.kind, InlineKind::Text | InlineKind::Code));
        if has_words {
            self.leaves.push(leaf);
        }
    }

    /// Adds a range to the open leaf, or opens a paragraph.
    fn extend(&mut self, range: Range<usize>) {
        if self.open.is_none() {
            self.open(LeafKind::Text, range.start);
        }
        if let Some(leaf) = &mut self.open {
            let is_empty = leaf.range.is_empty() && leaf.inlines.start == self.inlines.len();
            if is_empty && !matches!(leaf.kind, LeafKind::Code | LeafKind::Header | LeafKind::Row) {
                leaf.range = range;
            } else {
                leaf.range.end = leaf.range.end.max(range.end);
            }
        }
    }

    fn inline(&mut self, kind: InlineKind, range: Range<usize>, shown: &str, masked: &str) {
        if kind == InlineKind::Break && self.open.is_none() {
            return;
        }
        let is_blank = shown.trim().is_empty() && kind == InlineKind::Text;
        let is_code = self.open.as_ref().is_some_and(|leaf| leaf.kind == LeafKind::Code);
        if is_blank && !is_code && self.open.is_none() {
            return;
        }
        if kind != InlineKind::Break {
            self.extend(range.clone());
        }
        if self.hidden == 0 {
            let shown = (masked.get(range.clone()) != Some(shown)).then(|| shown.into());
            self.push(kind, range, shown);
        }
    }

    fn push(&mut self, kind: InlineKind, range: Range<usize>, shown: Option<Box<str>>) {
        self.inlines.push(Inline { range, kind, shown });
    }
}

fn number(level: HeadingLevel) -> u8 {
    level as u8
}
