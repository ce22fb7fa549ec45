//! Slides of a presentation.

use super::body::Reader;
use crate::{
    Place, Problem,
    markdown::{Block, Markdown, one_line},
    xml::Xml,
};

/// Reads the slides of the open presentation.
///
/// # Errors
/// [`Problem::Damaged`], [`Problem::TooLarge`].
pub(super) fn read(reader: &mut Reader, xml: &mut Xml<'_>, markdown: &mut Markdown) -> Result<(), Problem> {
    let (mut number, mut hidden) = (0, 0);
    while let Some(element) = xml.child()? {
        if element.name() != "page" {
            xml.skip()?;
            continue;
        }
        number += 1;
        if reader.styles.is_hidden(element.attribute("style-name")) {
            hidden += 1;
            xml.skip()?;
            continue;
        }
        let mut slide = Slide::default();
        slide.read(reader, xml)?;
        slide.write(number, reader, markdown)?;
    }
    if hidden > 0 {
        markdown.notes.push(format!("slides left out: {hidden} hidden"));
    }
    Ok(())
}

#[derive(Default)]
struct Slide {
    title: String,
    has_subtitle: bool,
    blocks: Vec<Block>,
    notes: Vec<Block>,
}

impl Slide {
    fn read(&mut self, reader: &mut Reader, xml: &mut Xml<'_>) -> Result<(), Problem> {
        while let Some(element) = xml.child()? {
            let class = element.attribute("class").unwrap_or_default();
            match (element.name(), class.as_str()) {
                ("notes", _) => self.read_notes(reader, xml)?,
                (_, "date-time" | "footer" | "page-number" | "header") => xml.skip()?,
                (_, "title") if self.title.is_empty() => self.title = one_line(&reader.blocks(xml)?),
                (_, class) => {
                    self.has_subtitle |= class == "subtitle";
                    reader.block(&element, xml, &mut self.blocks)?;
                }
            }
        }
        Ok(())
    }

    fn read_notes(&mut self, reader: &mut Reader, xml: &mut Xml<'_>) -> Result<(), Problem> {
        while let Some(element) = xml.child()? {
            match element.attribute("class").as_deref() {
                Some("notes") => reader.block(&element, xml, &mut self.notes)?,
                _ => xml.skip()?,
            }
        }
        Ok(())
    }

    fn write(self, number: u32, reader: &mut Reader, markdown: &mut Markdown) -> Result<(), Problem> {
        if self.title.is_empty() && self.blocks.is_empty() && self.notes.is_empty() {
            return Ok(());
        }
        markdown.place(Place::Slide(number));
        let is_titled = !self.title.is_empty();
        let level = if self.has_subtitle && is_titled { 1 } else { 2 };
        let heading = if is_titled {
            self.title
        } else {
            format!("Slide {number}")
        };
        if level == 1 {
            reader.title.get_or_insert_with(|| heading.clone());
        }
        markdown.block(&Block::Heading(level, heading))?;
        markdown.blocks(&self.blocks)?;
        if !self.notes.is_empty() {
            markdown.block(&Block::Heading(3, "Notes".to_owned()))?;
            markdown.blocks(&self.notes)?;
        }
        Ok(())
    }
}
