//! Excel workbooks (ECMA-376 part 1, SpreadsheetML).
//!
//! Cells have the text that Excel shows, formulas the values stored with them. Hidden sheets and comments are left out.
//! Dates in the format of the reader's country are written as 2024-05-31.

mod code;
mod date;
mod number;
mod sheet;
mod strings;
mod styles;

use self::{sheet::Reader, strings::Strings, styles::Styles};
use crate::{
    Format, Parsed, Problem,
    archive::Archive,
    markdown::{Budget, Markdown},
    package::{self, Relation},
    xml::Xml,
};

/// Parses a workbook.
///
/// # Errors
/// [`Problem::Damaged`], [`Problem::Encrypted`], [`Problem::TooLarge`], [`Problem::NoText`].
pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, Problem> {
    let mut archive = Archive::open(bytes)?;
    let main = package::main_part(&mut archive)?;
    let relations = package::relations(&mut archive, &main)?;
    let workbook = Workbook::read(&archive.required_xml(&main)?, &relations)?;
    let mut part = |kind: &str| match relations.iter().find(|relation| relation.kind == kind) {
        Some(relation) => archive.xml(&relation.target),
        None => Ok(None),
    };
    let (strings, styles) = (part("sharedStrings")?, part("styles")?);
    let mut reader = Reader {
        strings: strings
            .as_deref()
            .map(Strings::read)
            .transpose()?
            .unwrap_or_default(),
        styles: styles
            .as_deref()
            .map(Styles::read)
            .transpose()?
            .unwrap_or_default(),
        is_1904: workbook.is_1904,
        budget: Budget::default(),
        formulas_without_value: 0,
    };
    let mut markdown = Markdown::default();
    for Sheet { name, part } in &workbook.sheets {
        let grid = reader.grid(&archive.required_xml(part)?)?;
        grid.write(name, &mut markdown)?;
    }
    if !workbook.hidden.is_empty() {
        let names = workbook.hidden.join(", ");
        markdown.notes.push(format!("hidden sheets left out: {names}"));
    }
    if reader.formulas_without_value > 0 {
        let count = reader.formulas_without_value;
        markdown
            .notes
            .push(format!("formulas without a stored value: {count}"));
    }
    let mut parsed = markdown.finish(Format::Xlsx.media_type())?;
    let properties = package::properties(&mut archive)?;
    parsed.title = properties.title;
    parsed.published_at = properties.date;
    Ok(parsed)
}

struct Sheet {
    name: String,
    part: String,
}

#[derive(Default)]
struct Workbook {
    sheets: Vec<Sheet>,
    /// Names of hidden sheets.
    hidden: Vec<String>,
    /// Whether days are counted from 1904.
    is_1904: bool,
}

impl Workbook {
    fn read(text: &str, relations: &[Relation]) -> Result<Self, Problem> {
        let (mut xml, _) = Xml::root(text)?;
        let mut workbook = Self::default();
        while let Some(element) = xml.child()? {
            match element.name() {
                "workbookPr" => {
                    workbook.is_1904 = matches!(element.attribute("date1904").as_deref(), Some("1" | "true"));
                }
                "sheets" => {
                    while let Some(sheet) = xml.child()? {
                        let id = sheet.prefixed("id").unwrap_or_default();
                        let name = sheet.attribute("name").unwrap_or_default();
                        let is_visible = sheet.attribute("state").is_none_or(|state| state == "visible");
                        let mut sheets = relations.iter().filter(|relation| relation.kind == "worksheet");
                        match sheets.find(|relation| relation.id == id) {
                            Some(_) if !is_visible => workbook.hidden.push(name),
                            Some(Relation { target, .. }) => workbook.sheets.push(Sheet {
                                name,
                                part: target.clone(),
                            }),
                            // Sheets of charts or dialogs.
                            None => {}
                        }
                        xml.skip()?;
                    }
                    continue;
                }
                _ => {}
            }
            xml.skip()?;
        }
        Ok(workbook)
    }
}
