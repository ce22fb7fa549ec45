//! Cells of a sheet as tables: its used ranges, each with its place.

use crate::{
    Place, Problem,
    markdown::{Block, Budget, Markdown},
};

/// The number of blank columns that separates tables. Fewer are spacing within one.
const GAP: u32 = 3;
/// How often a range is cut again. Ranges that interlock deeper stay one table with blank cells.
const MAX_CUTS: usize = 8;

/// The limits of a sheet in Excel; LibreOffice has the same.
pub(crate) const MAX_ROWS: u32 = 1_048_576;
pub(crate) const MAX_COLUMNS: u32 = 16_384;

/// A cell with text.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    /// From 1.
    pub(crate) row: u32,
    /// From 1.
    pub(crate) column: u32,
    /// The text as shown.
    pub(crate) text: String,
}

/// The cells of a sheet.
#[derive(Debug, Default)]
pub(crate) struct Grid {
    cells: Vec<Cell>,
}

impl Grid {
    /// Adds a cell unless it is blank.
    ///
    /// # Errors
    /// [`Problem::TooLarge`] when the text of all cells exceeds the largest text.
    pub(crate) fn push(&mut self, cell: Cell, budget: &mut Budget) -> Result<(), Problem> {
        if cell.text.trim().is_empty() {
            return Ok(());
        }
        // In the table a cell takes at least three characters more.
        budget.spend(cell.text.len() + 3)?;
        self.cells.push(cell);
        Ok(())
    }

    /// Writes the name of the sheet as a heading, and its tables.
    ///
    /// # Errors
    /// [`Problem::TooLarge`].
    pub(crate) fn write(mut self, name: &str, markdown: &mut Markdown) -> Result<(), Problem> {
        self.cells.sort_by_key(|cell| (cell.row, cell.column));
        self.cells.dedup_by_key(|cell| (cell.row, cell.column));
        let mut tables = Vec::new();
        cut(self.cells, MAX_CUTS, &mut tables);
        for (number, table) in tables.iter().enumerate() {
            let row = table.first().map_or(1, |cell| cell.row);
            let column = table.iter().map(|cell| cell.column).min().unwrap_or(1);
            let place = Place::Sheet {
                name: name.to_owned(),
                row,
                column,
            };
            if number == 0 {
                markdown.place(place.clone());
                markdown.block(&Block::Heading(1, name.to_owned()))?;
            }
            markdown.place(place);
            write(table, column, markdown)?;
        }
        Ok(())
    }
}

/// Cuts cells, which are in order, at blank rows and at gaps of columns.
fn cut(cells: Vec<Cell>, cuts: usize, tables: &mut Vec<Vec<Cell>>) {
    for rows in split(cells, |cell| cell.row, 1) {
        let mut by_column = rows;
        by_column.sort_by_key(|cell| cell.column);
        let parts = split(by_column, |cell| cell.column, GAP);
        let is_whole = parts.len() == 1 || cuts == 0;
        let parts = if is_whole { vec![parts.concat()] } else { parts };
        for mut part in parts {
            part.sort_by_key(|cell| (cell.row, cell.column));
            match is_whole {
                true => tables.push(part),
                false => cut(part, cuts - 1, tables),
            }
        }
    }
}

/// Splits cells, which are in order, wherever `gap` numbers or more are missing.
fn split(cells: Vec<Cell>, number: impl Fn(&Cell) -> u32, gap: u32) -> Vec<Vec<Cell>> {
    let mut parts: Vec<Vec<Cell>> = Vec::new();
    let mut last = None;
    for cell in cells {
        let current = number(&cell);
        match parts.last_mut() {
            Some(part) if last.is_some_and(|last| current <= last + gap) => part.push(cell),
            _ => parts.push(vec![cell]),
        }
        last = Some(current);
    }
    parts
}

fn write(table: &[Cell], first: u32, markdown: &mut Markdown) -> Result<(), Problem> {
    let last = table.iter().map(|cell| cell.column).max().unwrap_or(first);
    let rows = table.chunk_by(|one, other| one.row == other.row);
    markdown.rows((last - first + 1) as usize, rows_of(rows, first))
}

fn rows_of<'a>(
    rows: impl Iterator<Item = &'a [Cell]>,
    first: u32,
) -> impl Iterator<Item = impl Iterator<Item = &'a str>> {
    rows.map(move |row| {
        let mut next = first;
        row.iter().flat_map(move |cell| {
            let blanks = (cell.column - next) as usize;
            next = cell.column + 1;
            std::iter::repeat_n("", blanks).chain([cell.text.as_str()])
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn markdown(cells: &[(u32, u32)]) -> (String, Vec<(usize, Place)>) {
        let mut grid = Grid::default();
        for &(row, column) in cells {
            let text = format!("r{row}c{column}");
            grid.push(Cell { row, column, text }, &mut Budget::default())
                .unwrap();
        }
        let mut markdown = Markdown::default();
        grid.write("S", &mut markdown).unwrap();
        let parsed = markdown.finish("").unwrap();
        let places = parsed
            .locations
            .into_iter()
            .map(|location| (location.start, location.place));
        (parsed.text, places.collect())
    }

    #[test]
    fn blank_rows_and_wide_gaps_separate_tables() {
        let (text, places) = markdown(&[(2, 2), (2, 4), (3, 3), (5, 2), (5, 9)]);
        let expected = "# S\n\n| r2c2 | | r2c4 |\n| --- | --- | --- |\n| | r3c3 | |\n\n| r5c2 |\n| --- |\n\n| r5c9 |\n| --- |";
        assert_eq!(text, expected);
        let place = |row, column| Place::Sheet {
            name: "S".to_owned(),
            row,
            column,
        };
        let starts = [0, 5, text.find("| r5c2").unwrap(), text.find("| r5c9").unwrap()];
        let expected = [place(2, 2), place(2, 2), place(5, 2), place(5, 9)];
        assert_eq!(places, starts.into_iter().zip(expected).collect::<Vec<_>>());
    }

    #[test]
    fn a_wide_diagonal_stops_at_the_cap() {
        let mut grid = Grid::default();
        for row in 1..=MAX_COLUMNS {
            let text = "x".to_owned();
            grid.push(
                Cell {
                    row,
                    column: row,
                    text,
                },
                &mut Budget::default(),
            )
            .unwrap();
        }
        let result = grid.write("S", &mut Markdown::default());
        assert!(matches!(result, Err(Problem::TooLarge { .. })));
    }
}
