//! Word documents (ECMA-376 part 1, WordprocessingML).
//!
//! Tracked changes count as accepted. Headers, footers, comments, tables of contents and hidden text are left out.

mod body;
mod numbering;
mod styles;

use std::collections::HashMap;

use self::{body::Reader, numbering::Numbering, styles::Styles};
use crate::{
    Format, Parsed, Problem,
    archive::Archive,
    markdown::{Block, Markdown, one_line},
    package::{self, Relation},
    xml::Xml,
};

/// Parses a document.
///
/// # Errors
/// [`Problem::Damaged`], [`Problem::Encrypted`], [`Problem::TooLarge`], [`Problem::NoText`].
pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, Problem> {
    let mut archive = Archive::open(bytes)?;
    let main = package::main_part(&mut archive)?;
    let relations = package::relations(&mut archive, &main)?;
    let mut part = |kind: &str| match find(&relations, kind) {
        Some(name) => archive.xml(name),
        None => Ok(None),
    };
    let (styles, numbering) = (part("styles")?, part("numbering")?);
    let notes = [("footnote", part("footnotes")?), ("endnote", part("endnotes")?)];
    let mut reader = Reader::new(
        styles
            .as_deref()
            .map(Styles::read)
            .transpose()?
            .unwrap_or_default(),
        numbering
            .as_deref()
            .map(Numbering::read)
            .transpose()?
            .unwrap_or_default(),
    );
    let mut texts = HashMap::new();
    for (kind, text) in &notes {
        let Some(text) = text else { continue };
        let (mut xml, _) = Xml::root(text)?;
        while let Some(note) = xml.child()? {
            let id = note.attribute("id").unwrap_or_default();
            let blocks = reader.blocks(&mut xml)?;
            texts.insert((*kind, id), one_line(&blocks));
        }
    }
    let blocks = body(&mut reader, &archive.required_xml(&main)?)?;

    let mut markdown = Markdown::default();
    markdown.blocks(&blocks)?;
    for (number, note) in reader.references.iter().enumerate() {
        let text = texts.get(&(note.kind, note.id.clone()));
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            markdown.raw(&format!("[^{}]: {text}", number + 1))?;
        }
    }
    let mut parsed = markdown.finish(Format::Docx.media_type())?;
    let properties = package::properties(&mut archive)?;
    parsed.title = package::choose_title(properties.title, reader.title, &parsed.text);
    parsed.published_at = properties.date;
    Ok(parsed)
}

fn body(reader: &mut Reader, text: &str) -> Result<Vec<Block>, Problem> {
    let (mut xml, _) = Xml::root(text)?;
    while let Some(element) = xml.child()? {
        match element.name() {
            "body" => return reader.blocks(&mut xml),
            _ => xml.skip()?,
        }
    }
    Err(Problem::damaged("the document has no body"))
}

fn find<'a>(relations: &'a [Relation], kind: &str) -> Option<&'a str> {
    let found = relations.iter().find(|relation| relation.kind == kind);
    found.map(|relation| relation.target.as_str())
}
