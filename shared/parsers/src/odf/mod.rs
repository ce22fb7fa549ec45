//! OpenDocument 1.3: texts, spreadsheets and presentations.
//!
//! Deleted text, comments, tables of contents, hidden sheets and hidden slides are left out. Cells have the text that the
//! program that wrote the file showed.

mod body;
mod list;
mod sheets;
mod slides;
mod styles;

use self::{body::Reader, styles::Styles};
use crate::{
    Format, Parsed, Problem,
    archive::Archive,
    markdown::Markdown,
    package::{self, Properties},
    xml::Xml,
};

/// Parses a text.
///
/// # Errors
/// [`Problem::Damaged`], [`Problem::Encrypted`], [`Problem::TooLarge`], [`Problem::NoText`].
pub(crate) fn parse_text(bytes: &[u8]) -> Result<Parsed, Problem> {
    parse(bytes, Format::Odt, "text", |reader, xml, markdown| {
        let blocks = reader.blocks(xml)?;
        markdown.blocks(&blocks)
    })
}

/// Parses a spreadsheet.
///
/// # Errors
/// As [`parse_text`].
pub(crate) fn parse_sheets(bytes: &[u8]) -> Result<Parsed, Problem> {
    parse(bytes, Format::Ods, "spreadsheet", sheets::read)
}

/// Parses a presentation.
///
/// # Errors
/// As [`parse_text`].
pub(crate) fn parse_slides(bytes: &[u8]) -> Result<Parsed, Problem> {
    parse(bytes, Format::Odp, "presentation", slides::read)
}

fn parse(
    bytes: &[u8],
    format: Format,
    body: &str,
    read: fn(&mut Reader, &mut Xml<'_>, &mut Markdown) -> Result<(), Problem>,
) -> Result<Parsed, Problem> {
    let mut archive = Archive::open(bytes)?;
    let manifest = archive.xml("META-INF/manifest.xml")?;
    if manifest.is_some_and(|manifest| manifest.contains("encryption-data")) {
        return Err(Problem::Encrypted);
    }
    let mut styles = Styles::default();
    if let Some(text) = archive.xml("styles.xml")? {
        styles.read_part(&text)?;
    }
    let text = archive.required_xml("content.xml")?;
    let (mut xml, _) = Xml::root(&text)?;
    let mut markdown = Markdown::default();
    let mut title = None;
    while let Some(element) = xml.child()? {
        match element.name() {
            "automatic-styles" => styles.read(&mut xml)?,
            "body" => {
                let mut reader = Reader::new(std::mem::take(&mut styles));
                while let Some(element) = xml.child()? {
                    match element.name() {
                        name if name == body => read(&mut reader, &mut xml, &mut markdown)?,
                        _ => xml.skip()?,
                    }
                }
                for (number, note) in reader.notes.iter().enumerate() {
                    markdown.raw(&format!("[^{}]: {note}", number + 1))?;
                }
                title = reader.title;
            }
            _ => xml.skip()?,
        }
    }
    let mut parsed = markdown.finish(format.media_type())?;
    let properties = match archive.xml("meta.xml")? {
        Some(text) => package::read_properties(&text)?,
        None => Properties::default(),
    };
    parsed.title = package::choose_title(properties.title, title, &parsed.text);
    parsed.published_at = properties.date;
    Ok(parsed)
}
