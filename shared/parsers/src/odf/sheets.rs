//! Sheets of a spreadsheet.

use super::body::Reader;
use crate::{
    Problem,
    grid::{Cell, Grid, MAX_COLUMNS, MAX_ROWS},
    markdown::{Markdown, one_line},
    xml::{Element, Xml},
};

/// Reads the sheets of the open spreadsheet.
///
/// # Errors
/// [`Problem::Damaged`], [`Problem::TooLarge`].
pub(super) fn read(reader: &mut Reader, xml: &mut Xml<'_>, markdown: &mut Markdown) -> Result<(), Problem> {
    let mut hidden = Vec::new();
    while let Some(element) = xml.child()? {
        let name = element.attribute("name").unwrap_or_default();
        if element.name() != "table" {
            xml.skip()?;
        } else if reader.styles.is_hidden(element.attribute("style-name")) {
            hidden.push(name);
            xml.skip()?;
        } else {
            let mut sheet = Sheet::default();
            sheet.rows(reader, xml)?;
            sheet.grid.write(&name, markdown)?;
        }
    }
    if !hidden.is_empty() {
        markdown
            .notes
            .push(format!("hidden sheets left out: {}", hidden.join(", ")));
    }
    Ok(())
}

#[derive(Default)]
struct Sheet {
    grid: Grid,
    /// Rows so far.
    row: u32,
}

impl Sheet {
    fn rows(&mut self, reader: &mut Reader, xml: &mut Xml<'_>) -> Result<(), Problem> {
        while let Some(element) = xml.child()? {
            match element.name() {
                "table-row" => {
                    let cells = cells(reader, xml)?;
                    let repeats = element.number("number-rows-repeated").unwrap_or(1);
                    let last = self.row.saturating_add(repeats).min(MAX_ROWS);
                    // Blank rows up to the end of the sheet are one element.
                    let first = if cells.is_empty() { last } else { self.row };
                    for row in first..last {
                        for (column, text) in &cells {
                            let (row, column, text) = (row + 1, *column, text.clone());
                            self.grid.push(Cell { row, column, text }, &mut reader.budget)?;
                        }
                    }
                    self.row = last;
                }
                "table-rows" | "table-header-rows" | "table-row-group" => self.rows(reader, xml)?,
                _ => xml.skip()?,
            }
        }
        Ok(())
    }
}

/// The cells of a row that have text, with their column.
fn cells(reader: &mut Reader, xml: &mut Xml<'_>) -> Result<Vec<(u32, String)>, Problem> {
    let mut cells = Vec::new();
    let mut column = 0_u32;
    while let Some(element) = xml.child()? {
        let repeats = element.number("number-columns-repeated").unwrap_or(1);
        let last = column.saturating_add(repeats).min(MAX_COLUMNS);
        let text = text(reader, &element, xml)?;
        if !text.is_empty() && element.name() == "table-cell" {
            for column in column..last {
                reader.budget.spend(text.len())?;
                cells.push((column + 1, text.clone()));
            }
        }
        column = last;
    }
    Ok(cells)
}

/// The text of a cell; its value for programs that write no text.
fn text(reader: &mut Reader, cell: &Element<'_>, xml: &mut Xml<'_>) -> Result<String, Problem> {
    let text = one_line(&reader.blocks(xml)?);
    if !text.is_empty() {
        return Ok(text);
    }
    let values = ["value", "date-value", "string-value", "boolean-value"];
    Ok(values
        .iter()
        .find_map(|name| cell.attribute(name))
        .unwrap_or_default())
}
