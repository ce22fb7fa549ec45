//! Cells of a sheet.

use super::{
    code, number,
    strings::{Strings, rich_text},
    styles::Styles,
};
use crate::{
    Problem,
    grid::{Cell, Grid, MAX_COLUMNS, MAX_ROWS},
    markdown::Budget,
    xml::{Element, Xml},
};

pub(super) struct Reader {
    pub(super) strings: Strings,
    pub(super) styles: Styles,
    pub(super) is_1904: bool,
    pub(super) budget: Budget,
    pub(super) formulas_without_value: usize,
}

impl Reader {
    /// The cells of a sheet. What the sheet says of its size is not used.
    ///
    /// # Errors
    /// [`Problem::Damaged`], [`Problem::TooLarge`].
    pub(super) fn grid(&mut self, text: &str) -> Result<Grid, Problem> {
        let (mut xml, _) = Xml::root(text)?;
        let mut grid = Grid::default();
        while let Some(element) = xml.child()? {
            if element.name() != "sheetData" {
                xml.skip()?;
                continue;
            }
            let mut row = 0_u32;
            while let Some(element) = xml.child()? {
                row = element.number("r").unwrap_or(row.saturating_add(1));
                self.row(&mut xml, row, &mut grid)?;
            }
        }
        Ok(grid)
    }

    fn row(&mut self, xml: &mut Xml<'_>, row: u32, grid: &mut Grid) -> Result<(), Problem> {
        let mut column = 0;
        while let Some(element) = xml.child()? {
            let stated = element.attribute("r").and_then(|address| of_address(&address));
            let row = stated.map_or(row, |(row, _)| row);
            column = stated.map_or(column + 1, |(_, column)| column);
            let text = self.cell(&element, xml)?;
            if (1..=MAX_ROWS).contains(&row) && (1..=MAX_COLUMNS).contains(&column) {
                grid.push(Cell { row, column, text }, &mut self.budget)?;
            }
        }
        Ok(())
    }

    /// The text of a cell as shown.
    fn cell(&mut self, cell: &Element<'_>, xml: &mut Xml<'_>) -> Result<String, Problem> {
        let mut value = String::new();
        let mut is_formula = false;
        while let Some(element) = xml.child()? {
            match element.name() {
                "v" => value = xml.text()?,
                "is" => rich_text(xml, &mut value)?,
                "f" => {
                    is_formula = true;
                    xml.skip()?;
                }
                _ => xml.skip()?,
            }
        }
        if value.is_empty() {
            self.formulas_without_value += usize::from(is_formula);
            return Ok(value);
        }
        Ok(match cell.attribute("t").as_deref() {
            Some("s") => {
                let index = value.trim().parse().ok();
                let text = index.and_then(|index| self.strings.get(index));
                let missing = || Problem::damaged(format!("a cell has the string {value}, which is missing"));
                text.ok_or_else(missing)?.to_owned()
            }
            Some("b") => if value.trim() == "1" { "TRUE" } else { "FALSE" }.to_owned(),
            Some("str" | "inlineStr" | "e" | "d") => value,
            _ => match value.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => {
                    let style = cell.number("s").unwrap_or(0);
                    number::shown(
                        number,
                        &code::choose(self.styles.code(style), number),
                        self.is_1904,
                    )
                }
                _ => value,
            },
        })
    }
}

/// Row and column of an address such as `AB12`.
fn of_address(address: &str) -> Option<(u32, u32)> {
    let digits = address.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let letters = &address[..address.len() - digits.len()];
    if !(1..=3).contains(&letters.len()) {
        return None;
    }
    let column = letters.bytes().fold(0, |column, letter| {
        column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    Some((digits.parse().ok()?, column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_numbers() {
        assert_eq!(of_address("A1"), Some((1, 1)));
        assert_eq!(of_address("XFD1048576"), Some((MAX_ROWS, MAX_COLUMNS)));
        assert_eq!(of_address("12"), None);
    }
}
