//! Tables: cells begin with a bar, which may have a specification in front (`2+^|`).

use csv::ReaderBuilder;

use super::attributes::BlockAttributes;
use crate::{Problem, markdown::Budget};

/// The most columns of a table.
const MAX_COLUMNS: usize = 1000;

#[derive(Debug)]
struct Cell {
    text: String,
    columns: usize,
    rows: usize,
    repeats: usize,
}

/// The rows of a table, whose lines are between its delimiters. `mark` is the first character of the delimiter.
///
/// # Errors
/// [`Problem::TooLarge`].
pub(super) fn rows(
    lines: &[&str],
    mark: char,
    attributes: &BlockAttributes,
    budget: &mut Budget,
) -> Result<Vec<Vec<String>>, Problem> {
    let separated = match (attributes.named("format"), mark) {
        (Some("csv"), _) | (None, ',') => Some(b','),
        (Some("tsv"), _) => Some(b'\t'),
        (Some("dsv"), _) | (None, ':') => Some(b':'),
        _ => None,
    };
    if let Some(delimiter) = separated {
        let text = lines.join("\n");
        let mut reader = ReaderBuilder::new();
        let reader = reader
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let records = reader.into_records().map_while(Result::ok);
        return Ok(records
            .map(|record| record.iter().map(str::to_owned).collect())
            .collect());
    }
    let separator = attributes
        .named("separator")
        .and_then(|value| value.chars().next());
    let separator = separator.unwrap_or(if mark == '!' { '!' } else { '|' });
    let first = lines
        .iter()
        .find(|line| !line.trim().is_empty())
        .copied()
        .unwrap_or_default();
    let stated = attributes.named("cols").map(columns);
    let columns = stated.unwrap_or_else(|| {
        let cells = cells(&[first], separator);
        cells
            .iter()
            .map(|cell| cell.columns.saturating_mul(cell.repeats))
            .fold(0, usize::saturating_add)
    });
    place(cells(lines, separator), columns.clamp(1, MAX_COLUMNS), budget)
}

/// The number of columns that `cols` states: `1,2,1`, `3*`, `2*,^1`.
fn columns(stated: &str) -> usize {
    let stated = stated.trim_matches(['[', ']']);
    let counts = stated.split([',', ';']).map(|part| {
        let repeats = part
            .split_once('*')
            .and_then(|(count, _)| count.trim().parse().ok());
        repeats.unwrap_or(1_usize)
    });
    counts.fold(0, usize::saturating_add)
}

fn cells(lines: &[&str], separator: char) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    for line in lines {
        if line.starts_with("//") {
            continue;
        }
        let mut parts = line.split(separator).peekable();
        let mut before = String::new();
        let mut is_first = true;
        while let Some(part) = parts.next() {
            before.push_str(part);
            if let Some(escaped) = before.strip_suffix('\\').filter(|_| parts.peek().is_some()) {
                before = format!("{escaped}{separator}");
                continue;
            }
            let has_next = parts.peek().is_some();
            let (text, next) = match has_next {
                true => split_specification(&before, std::mem::take(&mut is_first)),
                false => (before.as_str(), None),
            };
            if let Some(cell) = cells.last_mut() {
                add(&mut cell.text, text);
            }
            if has_next {
                let (columns, rows, repeats) = next.unwrap_or((1, 1, 1));
                cells.push(Cell {
                    text: String::new(),
                    columns,
                    rows,
                    repeats,
                });
            }
            before.clear();
        }
    }
    cells
}

fn add(cell: &mut String, text: &str) {
    let text = text.trim();
    let text = text.strip_prefix("* ").unwrap_or(text);
    if !cell.is_empty() && !text.is_empty() {
        cell.push(' ');
    }
    cell.push_str(text);
}

/// Splits the specification of the next cell off a text, which is behind a blank or the first of its line: spans (`2+`, `.3+`, `2.3+`), repeats (`3*`), alignment and style.
fn split_specification(text: &str, is_first: bool) -> (&str, Option<(usize, usize, usize)>) {
    let start = match text.rfind([' ', '\t']) {
        Some(blank) => blank + 1,
        None if is_first => 0,
        None => return (text, None),
    };
    let specification = &text[start..];
    let rest = specification.trim_end_matches(|c| "adehlmsv".contains(c));
    if specification.is_empty() || specification.len() - rest.len() > 1 {
        return (text, None);
    }
    let rest = rest.trim_end_matches(['<', '^', '>', '.']);
    let (spans, kind) = match rest.strip_suffix(['+', '*']) {
        Some(spans) => (spans, rest.chars().next_back()),
        None => (rest, None),
    };
    let (columns, rows) = spans.split_once('.').unwrap_or((spans, ""));
    let number = |text: &str| {
        if text.is_empty() {
            Some(1)
        } else {
            text.parse::<usize>().ok()
        }
    };
    let (Some(columns), Some(rows)) = (number(columns), number(rows)) else {
        return (text, None);
    };
    let columns = columns.clamp(1, MAX_COLUMNS);
    let rows = rows.clamp(1, MAX_COLUMNS);
    let found = match kind {
        Some('*') => Some((1, 1, columns)),
        Some(_) => Some((columns, rows, 1)),
        None if spans.is_empty() => Some((1, 1, 1)),
        None => None,
    };
    match found {
        Some(found) => (&text[..start], Some(found)),
        None => (text, None),
    }
}

/// Places cells in rows. A cell that spans rows is repeated in each.
fn place(cells: Vec<Cell>, columns: usize, budget: &mut Budget) -> Result<Vec<Vec<String>>, Problem> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row: Vec<String> = Vec::new();
    // Text and further rows of the cells that span rows, by column.
    let mut spans: Vec<(String, usize)> = vec![(String::new(), 0); columns];
    for cell in cells {
        for _ in 0..cell.repeats {
            fill(&mut row, &mut spans, budget)?;
            while row.len() >= columns {
                rows.push(std::mem::take(&mut row));
                fill(&mut row, &mut spans, budget)?;
            }
            for number in 0..cell.columns.min(columns.saturating_sub(row.len())) {
                let text = if number == 0 {
                    cell.text.clone()
                } else {
                    String::new()
                };
                budget.spend(text.len() + 3)?;
                spans[row.len()] = (text.clone(), cell.rows - 1);
                row.push(text);
            }
        }
    }
    fill(&mut row, &mut spans, budget)?;
    rows.extend((!row.is_empty()).then_some(row));
    Ok(rows)
}

/// Adds the cells of earlier rows that reach into the row.
fn fill(row: &mut Vec<String>, spans: &mut [(String, usize)], budget: &mut Budget) -> Result<(), Problem> {
    while let Some((text, left)) = spans.get_mut(row.len()).filter(|(_, left)| *left > 0) {
        budget.spend(text.len() + 3)?;
        *left -= 1;
        row.push(text.clone());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(table: &str, attributes: &str) -> Vec<String> {
        let lines: Vec<&str> = table.lines().collect();
        let mut list = BlockAttributes::default();
        list.read(attributes);
        let rows = rows(&lines, '|', &list, &mut Budget::default()).unwrap();
        rows.iter().map(|row| row.join("/")).collect()
    }

    #[test]
    fn cells_fill_the_columns() {
        assert_eq!(joined("|a |b\n\n|1\n|2 \\| 3\n", ""), ["a/b", "1/2 | 3"]);
        assert_eq!(joined("|a\n|b\n|c\n|d", "[cols=\"1,1\"]"), ["a/b", "c/d"]);
        assert_eq!(joined("a,\"b,c\"\nd,e", "[format=csv]"), ["a/b,c", "d/e"]);
    }

    #[test]
    fn cells_span_and_repeat() {
        assert_eq!(
            joined("|a |b |c\n2+|d e |f\n.2+h|g s|i |j\na|\n* k |l", ""),
            ["a/b/c", "d e//f", "g/i/j", "g/k/l"]
        );
        assert_eq!(joined("|a |b\n2*|c", ""), ["a/b", "c/c"]);
    }
}
