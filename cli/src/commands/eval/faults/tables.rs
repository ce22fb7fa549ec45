//! Tables of Markdown: what a row says, and a row with the cell of another.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{
    passages::Passage,
    seeded::Random,
    words::{normal, tokens},
};

const MAX_CELL_WORDS: usize = 6;

/// The head and the rows of a table, as plain text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// The tables of a text.
pub(super) fn tables(text: &str) -> Vec<Table> {
    let mut tables = Vec::new();
    let mut table = Table::default();
    let mut row = Vec::new();
    let mut cell: Option<String> = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::TableCell) => cell = Some(String::new()),
            Event::End(TagEnd::TableCell) => row.extend(cell.take()),
            Event::End(TagEnd::TableHead) => table.head = std::mem::take(&mut row),
            Event::End(TagEnd::TableRow) => table.rows.push(std::mem::take(&mut row)),
            Event::End(TagEnd::Table) => tables.push(std::mem::take(&mut table)),
            Event::Text(words) | Event::Code(words) => {
                if let Some(cell) = &mut cell {
                    cell.push_str(&words);
                }
            }
            _ => {}
        }
    }
    tables
}

/// A cell by the heads of its row and column.
struct Cell<'a> {
    row: &'a str,
    column: &'a str,
    value: &'a str,
    /// The values of the column in the other rows.
    others: Vec<&'a str>,
}

impl Cell<'_> {
    fn says(&self, value: &str, random: &mut Random) -> String {
        let (row, column) = (self.row, self.column);
        match random.below(2) {
            0 => format!("The {column} of {row} is {value}."),
            _ => format!("For {row}, the {column} is {value}."),
        }
    }
}

/// What a cell says.
pub(super) fn row_said(passage: &Passage, random: &mut Random) -> Option<String> {
    let cells = cells(passage);
    let cell = random.pick(&cells)?;
    Some(cell.says(cell.value, random))
}

/// What a cell would say with the value of another row.
pub(super) fn cell_of_another_row(passage: &Passage, random: &mut Random) -> Option<String> {
    let cells = cells(passage);
    let cell = random.pick(&cells)?;
    let value = *random.pick(&cell.others)?;
    Some(cell.says(value, random))
}

fn cells(passage: &Passage) -> Vec<Cell<'_>> {
    let is_short = |text: &str| {
        (1..=MAX_CELL_WORDS).contains(&tokens(text).len())
            && text.chars().filter(|c| c.is_alphanumeric()).count() > 1
            && !text.contains(['[', '{', '<'])
            && !text.contains("http")
    };
    let mut cells = Vec::new();
    for table in &passage.tables {
        for row in &table.rows {
            let Some(head) = row
                .first()
                .filter(|head| is_short(head) && head.contains(char::is_alphabetic))
            else {
                continue;
            };
            // A row head that occurs twice says two things.
            if table
                .rows
                .iter()
                .filter(|other| other.first() == Some(head))
                .count()
                > 1
            {
                continue;
            }
            for (column, value) in row.iter().enumerate().skip(1) {
                let Some(name) = table.head.get(column).filter(|name| is_short(name)) else {
                    continue;
                };
                if !is_short(value) {
                    continue;
                }
                // A cell that is part of this one would still be true.
                let is_other = |other: &&str| {
                    is_short(other)
                        && !normal(value).contains(&normal(other))
                        && !normal(other).contains(&normal(value))
                };
                let others = table
                    .rows
                    .iter()
                    .filter_map(|row| row.get(column))
                    .map(String::as_str);
                cells.push(Cell {
                    row: head,
                    column: name,
                    value,
                    others: others.filter(is_other).collect(),
                });
            }
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_as_plain_text() {
        let found = tables("| Memory | **Start** |\n| --- | --- |\n| `128 MB` | 311 ms |\n\nEnd.");
        let strings = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            found,
            [Table {
                head: strings(&["Memory", "Start"]),
                rows: vec![strings(&["128 MB", "311 ms"])],
            }]
        );
    }
}
