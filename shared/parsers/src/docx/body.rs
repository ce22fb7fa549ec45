//! Blocks of a document: paragraphs, items and tables.

use super::{
    numbering::{Label, Numbering},
    styles::{self, Styles},
};
use crate::{
    Problem,
    markdown::{Block, Budget, clean, push_table},
    style_names::Role,
    xml::{Element, Token, Xml},
};

/// The most columns of a table that Word makes.
const MAX_COLUMNS: usize = 63;

/// A reference to a note, in the order of the text.
pub(super) struct Reference {
    pub(super) kind: &'static str,
    pub(super) id: String,
}

pub(super) struct Reader {
    styles: Styles,
    numbering: Numbering,
    budget: Budget,
    pub(super) references: Vec<Reference>,
    /// The first paragraph with the style of a title.
    pub(super) title: Option<String>,
}

#[derive(Default)]
struct Paragraph {
    style: Option<String>,
    outline: Option<usize>,
    list: Option<String>,
    list_level: Option<usize>,
    /// The mark at its end was deleted, so it goes on in the next paragraph.
    goes_on: bool,
    text: String,
    /// Text boxes, which follow the paragraph.
    boxes: Vec<Block>,
}

impl Reader {
    pub(super) fn new(styles: Styles, numbering: Numbering) -> Self {
        Self {
            styles,
            numbering,
            budget: Budget::default(),
            references: Vec::new(),
            title: None,
        }
    }

    /// The blocks up to the close of the open element.
    ///
    /// # Errors
    /// [`Problem::Damaged`], [`Problem::TooLarge`].
    pub(super) fn blocks(&mut self, xml: &mut Xml<'_>) -> Result<Vec<Block>, Problem> {
        let mut blocks = Vec::new();
        let mut unfinished = String::new();
        self.gather(xml, &mut blocks, &mut unfinished)?;
        if !unfinished.is_empty() {
            blocks.push(Block::Paragraph(unfinished));
        }
        Ok(blocks)
    }

    fn gather(
        &mut self,
        xml: &mut Xml<'_>,
        blocks: &mut Vec<Block>,
        unfinished: &mut String,
    ) -> Result<(), Problem> {
        while let Some(element) = xml.child()? {
            self.block(&element, xml, blocks, unfinished)?;
        }
        Ok(())
    }

    fn block(
        &mut self,
        element: &Element<'_>,
        xml: &mut Xml<'_>,
        blocks: &mut Vec<Block>,
        unfinished: &mut String,
    ) -> Result<(), Problem> {
        match element.name() {
            "p" => {
                let mut paragraph = Paragraph {
                    text: std::mem::take(unfinished),
                    ..Paragraph::default()
                };
                self.inline(xml, &mut paragraph)?;
                if paragraph.goes_on {
                    *unfinished = paragraph.text;
                    blocks.append(&mut paragraph.boxes);
                    return Ok(());
                }
                self.finish(paragraph, blocks)
            }
            "tbl" => self.table(xml, blocks),
            "sdt" => {
                let mut is_left_out = false;
                while let Some(element) = xml.child()? {
                    match element.name() {
                        "sdtPr" => is_left_out = is_contents(xml)?,
                        _ if is_left_out => xml.skip()?,
                        _ => self.gather(xml, blocks, unfinished)?,
                    }
                }
                Ok(())
            }
            "AlternateContent" => {
                let mut has_choice = false;
                while let Some(element) = xml.child()? {
                    match element.name() {
                        "Fallback" if has_choice => xml.skip()?,
                        _ => self.gather(xml, blocks, unfinished)?,
                    }
                    has_choice = true;
                }
                Ok(())
            }
            "ins" | "moveTo" | "customXml" | "smartTag" => self.gather(xml, blocks, unfinished),
            _ => xml.skip(),
        }
    }

    /// The text of a paragraph or of an element in it.
    fn inline(&mut self, xml: &mut Xml<'_>, paragraph: &mut Paragraph) -> Result<(), Problem> {
        let mut has_choice = false;
        while let Some(element) = xml.child()? {
            match element.name() {
                "pPr" => properties(xml, paragraph)?,
                "rPr" => {
                    if is_hidden(xml)? {
                        return xml.skip();
                    }
                }
                "t" => {
                    let text = xml.text()?;
                    self.budget.spend(text.len())?;
                    paragraph.text.push_str(&text);
                }
                "txbxContent" => {
                    let mut blocks = self.blocks(xml)?;
                    paragraph.boxes.append(&mut blocks);
                }
                "tab" | "ptab" => symbol(xml, paragraph, " ")?,
                "br" if element
                    .attribute("type")
                    .is_some_and(|kind| kind != "textWrapping") =>
                {
                    xml.skip()?
                }
                "br" | "cr" => symbol(xml, paragraph, "\n")?,
                "noBreakHyphen" => symbol(xml, paragraph, "-")?,
                "footnoteReference" | "endnoteReference" => {
                    self.reference(&element, paragraph);
                    xml.skip()?;
                }
                "Choice" => {
                    has_choice = true;
                    self.inline(xml, paragraph)?;
                }
                "Fallback" if has_choice => xml.skip()?,
                // Deleted and moved text, readings of characters, instructions of fields.
                "del" | "moveFrom" | "rt" | "sdtPr" | "instrText" | "delText" | "delInstrText"
                | "pPrChange" => xml.skip()?,
                _ => self.inline(xml, paragraph)?,
            }
        }
        Ok(())
    }

    fn reference(&mut self, element: &Element<'_>, paragraph: &mut Paragraph) {
        let Some(id) = element.attribute("id") else { return };
        let kind = if element.name() == "footnoteReference" {
            "footnote"
        } else {
            "endnote"
        };
        self.references.push(Reference { kind, id });
        paragraph.text.push_str(&format!("[^{}]", self.references.len()));
    }

    fn finish(&mut self, paragraph: Paragraph, blocks: &mut Vec<Block>) -> Result<(), Problem> {
        let (style, role) = self.styles.resolve(paragraph.style.as_deref());
        let mut boxes = paragraph.boxes;
        let text = paragraph.text;
        let cleaned = clean(&text);
        if cleaned.is_empty() || role == Some(Role::Contents) {
            blocks.append(&mut boxes);
            return Ok(());
        }
        // The overhead of a block, so that a million of them do not use up the memory.
        self.budget.spend(1)?;
        let list = paragraph.list.or(style.list).filter(|list| list != "0");
        let level = paragraph.list_level.or(style.list_level).unwrap_or(0);
        let label = list.and_then(|list| self.numbering.next(&list, level));
        let outline = paragraph.outline.or(style.outline).filter(|outline| *outline < 9);
        let block = match (role, outline, label) {
            (Some(Role::Title), ..) => {
                self.title.get_or_insert_with(|| cleaned.replace('\n', " "));
                Block::Heading(1, text)
            }
            (_, Some(outline), Some(Label::Number(number))) => {
                Block::Heading(outline + 1, format!("{number} {text}"))
            }
            (_, Some(outline), Some(Label::Text(label))) => {
                Block::Heading(outline + 1, format!("{label} {text}"))
            }
            (_, Some(outline), _) => Block::Heading(outline + 1, text),
            (Some(Role::Code), ..) => {
                if let Some(Block::Code(code)) = blocks.last_mut() {
                    code.push('\n');
                    code.push_str(&text);
                    return Ok(());
                }
                Block::Code(text)
            }
            (Some(Role::Quote), ..) => Block::Quote(text),
            (_, _, Some(label)) if label != Label::Nothing => item(level, label, text),
            _ => Block::Paragraph(text),
        };
        blocks.push(block);
        blocks.append(&mut boxes);
        Ok(())
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
                "tr" => {
                    let mut row = Some(Vec::new());
                    self.cells(xml, &mut row)?;
                    rows.extend(row);
                }
                "sdt" | "sdtContent" | "ins" | "moveTo" | "customXml" => self.rows(xml, rows)?,
                _ => xml.skip()?,
            }
        }
        Ok(())
    }

    /// Reads the cells of a row; a deleted row becomes `None`.
    fn cells(&mut self, xml: &mut Xml<'_>, row: &mut Option<Vec<Vec<Block>>>) -> Result<(), Problem> {
        while let Some(element) = xml.child()? {
            match element.name() {
                "trPr" => {
                    while let Some(property) = xml.child()? {
                        match (property.name(), row.as_mut()) {
                            ("del", _) => *row = None,
                            ("gridBefore", Some(row)) => blank(row, property.number("val").unwrap_or(0)),
                            _ => {}
                        }
                        xml.skip()?;
                    }
                }
                "tc" => {
                    let (cell, columns) = self.cell(xml)?;
                    if let Some(row) = row {
                        row.push(cell);
                        blank(row, columns - 1);
                    }
                }
                "sdt" | "sdtContent" | "customXml" => self.cells(xml, row)?,
                _ => xml.skip()?,
            }
        }
        Ok(())
    }

    /// The content of a cell and the number of columns that it spans. A cell merged with the one above is blank.
    fn cell(&mut self, xml: &mut Xml<'_>) -> Result<(Vec<Block>, usize), Problem> {
        let (mut columns, mut is_merged) = (1, false);
        let mut blocks = Vec::new();
        let mut unfinished = String::new();
        while let Some(element) = xml.child()? {
            if element.name() != "tcPr" {
                self.block(&element, xml, &mut blocks, &mut unfinished)?;
                continue;
            }
            while let Some(property) = xml.child()? {
                match property.name() {
                    "gridSpan" => columns = property.number("val").unwrap_or(1),
                    "vMerge" => is_merged = property.attribute("val").as_deref() != Some("restart"),
                    _ => {}
                }
                xml.skip()?;
            }
        }
        if !unfinished.is_empty() {
            blocks.push(Block::Paragraph(unfinished));
        }
        if is_merged {
            blocks.clear();
        }
        Ok((blocks, columns.clamp(1, MAX_COLUMNS)))
    }
}

fn item(depth: usize, label: Label, text: String) -> Block {
    let (marker, text) = match label {
        Label::Number(number) => (format!("{number}."), text),
        Label::Text(label) => ("-".to_owned(), format!("{label} {text}")),
        Label::Bullet | Label::Nothing => ("-".to_owned(), text),
    };
    Block::Item { depth, marker, text }
}

fn blank(row: &mut Vec<Vec<Block>>, columns: usize) {
    row.extend(std::iter::repeat_n(Vec::new(), columns.min(MAX_COLUMNS)));
}

fn symbol(xml: &mut Xml<'_>, paragraph: &mut Paragraph, text: &str) -> Result<(), Problem> {
    paragraph.text.push_str(text);
    xml.skip()
}

fn properties(xml: &mut Xml<'_>, paragraph: &mut Paragraph) -> Result<(), Problem> {
    while let Some(element) = xml.child()? {
        match element.name() {
            "pStyle" => paragraph.style = element.attribute("val"),
            "outlineLvl" => paragraph.outline = element.number("val"),
            "numPr" => {
                (paragraph.list, paragraph.list_level) = styles::list(xml)?;
                continue;
            }
            "rPr" => {
                while let Some(property) = xml.child()? {
                    paragraph.goes_on |= property.name() == "del";
                    xml.skip()?;
                }
                continue;
            }
            _ => {}
        }
        xml.skip()?;
    }
    Ok(())
}

/// Reads `w:rPr`.
fn is_hidden(xml: &mut Xml<'_>) -> Result<bool, Problem> {
    let mut is_hidden = false;
    while let Some(property) = xml.child()? {
        is_hidden |= property.name() == "vanish" && property.is_on();
        xml.skip()?;
    }
    Ok(is_hidden)
}

/// Reads `w:sdtPr`: whether the control holds the table of contents.
fn is_contents(xml: &mut Xml<'_>) -> Result<bool, Problem> {
    let mut is_contents = false;
    let mut depth = 1;
    while depth > 0 {
        match xml.next()? {
            Token::Open(element) => {
                depth += 1;
                is_contents |= element.name() == "docPartGallery"
                    && element
                        .attribute("val")
                        .is_some_and(|name| name == "Table of Contents");
            }
            Token::Close => depth -= 1,
            Token::Text(_) => {}
        }
    }
    Ok(is_contents)
}
