//! Blocks of texts: headings, paragraphs, lists and tables.

use super::{list::Counter, styles::Styles};
use crate::{
    Problem,
    markdown::{Block, Budget, clean, one_line, push_table},
    style_names::Role,
    xml::{Element, Token, Xml},
};

/// The most cells or rows that a repeated one stands for in a table of a text.
const MAX_REPEATS: usize = 64;

pub(super) struct Reader {
    pub(super) styles: Styles,
    pub(super) budget: Budget,
    counter: Counter,
    /// Texts of footnotes and endnotes, in the order of their references.
    pub(super) notes: Vec<String>,
    /// The first paragraph with the style of a title.
    pub(super) title: Option<String>,
}

/// Text of a paragraph, and of the boxes in it, which follow it.
#[derive(Default)]
struct Inline {
    text: String,
    boxes: Vec<Block>,
}

/// The list around an item.
#[derive(Clone, Default)]
struct List {
    depth: usize,
    style: Option<String>,
}

impl Reader {
    pub(super) fn new(styles: Styles) -> Self {
        Self {
            styles,
            budget: Budget::default(),
            counter: Counter::default(),
            notes: Vec::new(),
            title: None,
        }
    }

    /// The blocks up to the close of the open element.
    ///
    /// # Errors
    /// [`Problem::Damaged`], [`Problem::TooLarge`].
    pub(super) fn blocks(&mut self, xml: &mut Xml<'_>) -> Result<Vec<Block>, Problem> {
        let mut blocks = Vec::new();
        self.gather(xml, &mut blocks)?;
        Ok(blocks)
    }

    fn gather(&mut self, xml: &mut Xml<'_>, blocks: &mut Vec<Block>) -> Result<(), Problem> {
        while let Some(element) = xml.child()? {
            self.block(&element, xml, blocks)?;
        }
        Ok(())
    }

    /// Reads a block, or an element around blocks; others are passed over.
    ///
    /// # Errors
    /// As [`Self::blocks`].
    pub(super) fn block(
        &mut self,
        element: &Element<'_>,
        xml: &mut Xml<'_>,
        blocks: &mut Vec<Block>,
    ) -> Result<(), Problem> {
        match element.name() {
            "h" | "p" => self.paragraph(element, xml, blocks),
            "list" => {
                let list = List {
                    depth: 0,
                    style: element.attribute("style-name"),
                };
                let style = list.style.clone().unwrap_or_default();
                let is_continued = element.attribute("continue-numbering").as_deref() == Some("true");
                // A list goes on as the one that it names, or as the last of its style.
                let continued = element.attribute("continue-list");
                let continued = continued.or(is_continued.then(|| style.clone()));
                self.counter.resume(continued.as_deref());
                self.list(xml, &list, blocks)?;
                self.counter
                    .save([element.attribute("id").unwrap_or_default(), style]);
                Ok(())
            }
            "table" => self.table(xml, blocks),
            "section" if element.attribute("display").as_deref() == Some("none") => xml.skip(),
            "section" | "text-box" | "frame" | "custom-shape" | "g" | "a" | "rect" | "ellipse"
            | "index-body" | "index-title" | "bibliography" | "numbered-paragraph" => {
                self.gather(xml, blocks)
            }
            _ => xml.skip(),
        }
    }

    fn paragraph(
        &mut self,
        element: &Element<'_>,
        xml: &mut Xml<'_>,
        blocks: &mut Vec<Block>,
    ) -> Result<(), Problem> {
        let style = element.attribute("style-name");
        let level = match element.name() {
            "h" => Some(element.number("outline-level").unwrap_or(1)),
            _ => self.styles.outline(style.as_deref()),
        };
        let role = self.styles.role(style.as_deref());
        let mut inline = Inline::default();
        self.inline(xml, &mut inline)?;
        let Inline { text, mut boxes } = inline;
        let cleaned = clean(&text);
        if !cleaned.is_empty() && (level, role) != (None, Some(Role::Contents)) {
            self.budget.spend(1)?;
            let block = match (level, role) {
                (Some(level), _) => Block::Heading(level, text),
                (None, Some(Role::Title)) => {
                    self.title.get_or_insert_with(|| cleaned.replace('\n', " "));
                    Block::Heading(1, text)
                }
                (None, Some(Role::Quote)) => Block::Quote(text),
                (None, Some(Role::Code)) => {
                    match blocks.last_mut() {
                        Some(Block::Code(code)) => {
                            code.push('\n');
                            code.push_str(&text);
                        }
                        _ => blocks.push(Block::Code(text)),
                    }
                    blocks.append(&mut boxes);
                    return Ok(());
                }
                (None, _) => Block::Paragraph(text),
            };
            blocks.push(block);
        }
        blocks.append(&mut boxes);
        Ok(())
    }

    fn inline(&mut self, xml: &mut Xml<'_>, inline: &mut Inline) -> Result<(), Problem> {
        loop {
            let element = match xml.next()? {
                Token::Close => return Ok(()),
                Token::Text(text) => {
                    self.budget.spend(text.len())?;
                    inline.text.push_str(&text.replace(['\n', '\r', '\t'], " "));
                    continue;
                }
                Token::Open(element) => element,
            };
            match element.name() {
                "s" | "tab" => {
                    inline.text.push(' ');
                    xml.skip()?;
                }
                "line-break" => {
                    inline.text.push('\n');
                    xml.skip()?;
                }
                "note" => self.note(xml, inline)?,
                "p" | "h" | "list" | "table" => self.block(&element, xml, &mut inline.boxes)?,
                // Comments, readings of characters, and descriptions of pictures.
                "annotation" | "ruby-text" | "hidden-text" | "hidden-paragraph" | "object"
                | "binary-data" | "tracked-changes" => xml.skip()?,
                "title" | "desc" if element.prefix() == "svg" => xml.skip()?,
                _ => self.inline(xml, inline)?,
            }
        }
    }

    fn note(&mut self, xml: &mut Xml<'_>, inline: &mut Inline) -> Result<(), Problem> {
        while let Some(element) = xml.child()? {
            match element.name() {
                "note-body" => {
                    let text = one_line(&self.blocks(xml)?);
                    if !text.is_empty() {
                        self.notes.push(text);
                        inline.text.push_str(&format!("[^{}]", self.notes.len()));
                    }
                }
                _ => xml.skip()?,
            }
        }
        Ok(())
    }

    fn list(&mut self, xml: &mut Xml<'_>, list: &List, blocks: &mut Vec<Block>) -> Result<(), Problem> {
        if list.depth > 0 {
            self.counter.open(list.depth);
        }
        while let Some(element) = xml.child()? {
            match element.name() {
                "list-item" => self.item(xml, list, element.number("start-value"), blocks)?,
                "list-header" => self.gather(xml, blocks)?,
                _ => xml.skip()?,
            }
        }
        Ok(())
    }

    fn item(
        &mut self,
        xml: &mut Xml<'_>,
        list: &List,
        start: Option<u32>,
        blocks: &mut Vec<Block>,
    ) -> Result<(), Problem> {
        let mut item: Option<usize> = None;
        while let Some(element) = xml.child()? {
            if element.name() == "list" {
                let nested = List {
                    depth: list.depth + 1,
                    style: element.attribute("style-name").or_else(|| list.style.clone()),
                };
                self.list(xml, &nested, blocks)?;
                continue;
            }
            let mut own = Vec::new();
            self.block(&element, xml, &mut own)?;
            for block in own {
                match (block, item) {
                    (Block::Paragraph(text), None) => {
                        let (marker, label) = self.label(list, start);
                        let (depth, text) = (list.depth, format!("{label}{text}"));
                        item = Some(blocks.len());
                        blocks.push(Block::Item { depth, marker, text });
                    }
                    // Further paragraphs of the item, unless a nested list came between.
                    (Block::Paragraph(more), Some(place)) if place + 1 == blocks.len() => {
                        if let Some(Block::Item { text, .. }) = blocks.last_mut() {
                            text.push('\n');
                            text.push_str(&more);
                        }
                    }
                    (block, _) => blocks.push(block),
                }
            }
        }
        Ok(())
    }

    fn label(&mut self, list: &List, start: Option<u32>) -> (String, String) {
        let style = list.style.as_ref().and_then(|style| self.styles.lists.get(style));
        let levels = style.map(Vec::as_slice).unwrap_or_default();
        self.counter.next(levels, list.depth, start)
    }

    fn table(&mut self, xml: &mut Xml<'_>, blocks: &mut Vec<Block>) -> Result<(), Problem> {
        let mut rows = Vec::new();
        self.rows(xml, &mut rows)?;
        push_table(rows, blocks);
        Ok(())
    }

    fn rows(&mut self, xml: &mut Xml<'_>, rows: &mut Vec<Vec<Vec<Block>>>) -> Result<(), Problem> {
        while let Some(element) = xml.child()? {
            match element.name() {
                "table-row" => {
                    let mut row = Vec::new();
                    while let Some(cell) = xml.child()? {
                        let repeats = cell
                            .number("number-columns-repeated")
                            .unwrap_or(1)
                            .min(MAX_REPEATS);
                        let content = self.blocks(xml)?;
                        for _ in 0..repeats {
                            self.budget.spend(1 + content.len())?;
                            row.push(content.clone());
                        }
                    }
                    rows.push(row);
                }
                "table-rows" | "table-header-rows" | "table-row-group" => self.rows(xml, rows)?,
                _ => xml.skip()?,
            }
        }
        Ok(())
    }
}
