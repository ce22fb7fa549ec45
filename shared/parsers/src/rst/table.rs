//! Simple tables and grid tables.

use crate::{Problem, markdown::Budget};

/// The most columns of a table. A line with more is text.
const MAX_COLUMNS: usize = 1000;

/// The rows of a table, and the number of lines that it takes.
type Found = (Vec<Vec<String>>, usize);

/// Reads the table that the first line begins. `is_open` says that no simple table ends in the lines; looking for the end of
/// each again would take quadratic time.
///
/// # Errors
/// [`Problem::TooLarge`].
pub(super) fn read(
    lines: &[&str],
    is_open: &mut bool,
    budget: &mut Budget,
) -> Result<Option<Found>, Problem> {
    let first = lines.first().copied().unwrap_or_default();
    if is_grid_border(first) {
        return grid(lines, budget);
    }
    if *is_open || !is_simple_border(first) || !first.contains(' ') {
        return Ok(None);
    }
    match simple_end(lines) {
        Some(last) => simple(lines, last, budget),
        None => {
            *is_open = true;
            Ok(None)
        }
    }
}

fn is_grid_border(line: &str) -> bool {
    line.len() > 2
        && line.starts_with("+-")
        && line.ends_with('+')
        && line.bytes().all(|byte| b"+-=".contains(&byte))
}

fn is_simple_border(line: &str) -> bool {
    line.starts_with('=') && line.bytes().all(|byte| byte == b'=' || byte == b' ')
}

/// Characters of a line, with a zero behind those that take two columns.
fn columns(line: &str) -> Vec<char> {
    let wide = |c: char| {
        matches!(c, '\u{1100}'..='\u{115F}' | '\u{2E80}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}'
            | '\u{FE30}'..='\u{FE6F}' | '\u{FF00}'..='\u{FF60}' | '\u{1F300}'..='\u{1FAFF}' | '\u{20000}'..='\u{3FFFD}')
    };
    line.chars()
        .flat_map(|c| std::iter::once(c).chain(wide(c).then_some('\0')))
        .collect()
}

fn slice(line: &[char], start: usize, end: usize) -> String {
    let end = end.min(line.len());
    line[start.min(end)..end]
        .iter()
        .filter(|c| **c != '\0')
        .collect::<String>()
        .trim()
        .to_owned()
}

fn grid(lines: &[&str], budget: &mut Budget) -> Result<Option<Found>, Problem> {
    let taken = lines
        .iter()
        .take_while(|line| line.starts_with(['+', '|']))
        .count();
    let lines: Vec<Vec<char>> = lines[..taken].iter().map(|line| columns(line)).collect();
    let mut borders: Vec<usize> = Vec::new();
    for line in lines.iter().filter(|line| line.first() == Some(&'+')) {
        budget.spend(line.len() / 16)?;
        borders.extend(
            line.iter()
                .enumerate()
                .filter(|(_, c)| **c == '+')
                .map(|(place, _)| place),
        );
    }
    borders.sort_unstable();
    borders.dedup();
    let Some(cells) = borders
        .len()
        .checked_sub(1)
        .filter(|cells| (1..=MAX_COLUMNS).contains(cells))
    else {
        return Ok(None);
    };
    let mut rows = Vec::new();
    let mut row = vec![String::new(); cells];
    for (number, line) in lines.iter().enumerate() {
        budget.spend(cells)?;
        let ends: Vec<bool> = borders
            .windows(2)
            .map(|pair| is_rule(line, pair[0], pair[1]))
            .collect();
        if ends.contains(&true) && line.first() == Some(&'+') || line.contains(&'+') && ends.contains(&true) {
            if number > 0 {
                budget.spend(row.iter().map(String::len).sum::<usize>() + 3 * cells)?;
                rows.push(row.clone());
            }
            // Cells that span rows go on.
            for (cell, _) in row.iter_mut().zip(&ends).filter(|(_, ends)| **ends) {
                cell.clear();
            }
        }
        let mut start = 0;
        for column in 0..cells {
            let end = borders[column + 1];
            // A cell that spans columns has its text in the first.
            if column + 1 < cells && !matches!(line.get(end), Some('|' | '+')) {
                continue;
            }
            let text = slice(line, borders[start] + 1, end);
            if !ends[start] && !text.is_empty() {
                add(&mut row[start], &text);
            }
            start = column + 1;
        }
    }
    rows.retain(|row| row.iter().any(|cell| !cell.is_empty()));
    Ok(Some((rows, taken)).filter(|(rows, _)| !rows.is_empty()))
}

fn is_rule(line: &[char], start: usize, end: usize) -> bool {
    let inner = line.get(start + 1..end).unwrap_or_default();
    !inner.is_empty()
        && inner.iter().all(|c| matches!(c, '-' | '=' | '+'))
        && !inner.iter().all(|c| *c == '+')
}

/// The last border of a simple table: a blank line or the end follows it.
fn simple_end(lines: &[&str]) -> Option<usize> {
    (2..lines.len()).find(|number| {
        let next = lines.get(number + 1).copied().unwrap_or_default();
        is_simple_border(lines[*number]) && next.is_empty()
    })
}

fn simple(lines: &[&str], last: usize, budget: &mut Budget) -> Result<Option<Found>, Problem> {
    let border: Vec<char> = lines[0].chars().collect();
    let is_start = |place: &usize| border[*place] == '=' && (*place == 0 || border[*place - 1] == ' ');
    let starts: Vec<usize> = (0..border.len()).filter(is_start).collect();
    if starts.len() > MAX_COLUMNS {
        return Ok(None);
    }
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in &lines[1..last] {
        let is_rule = !line.is_empty() && line.bytes().all(|byte| b"=- ".contains(&byte));
        if line.is_empty() || is_rule && line.starts_with(['=', '-']) && line.len() * 2 > border.len() {
            continue;
        }
        budget.spend(line.len() + 3 * starts.len())?;
        let cells = cells(&columns(line), &starts);
        // A line without text in the first column continues the row.
        match rows.last_mut().filter(|_| cells[0].is_empty()) {
            Some(row) => row
                .iter_mut()
                .zip(&cells)
                .for_each(|(cell, text)| add(cell, text)),
            None => rows.push(cells),
        }
    }
    Ok(Some((rows, last + 1)).filter(|(rows, _)| !rows.is_empty()))
}

fn cells(line: &[char], starts: &[usize]) -> Vec<String> {
    let mut cells = vec![String::new(); starts.len()];
    let mut first = 0;
    for column in 0..starts.len() {
        let end = starts.get(column + 1).copied().unwrap_or(usize::MAX);
        // Text over the blank between columns belongs to a cell that spans both.
        let is_spanning = end < line.len() && line[end - 1] != ' ' && line[end - 1] != '\0';
        if !is_spanning {
            cells[first] = slice(line, starts[first], end);
            first = column + 1;
        }
    }
    cells
}

fn add(cell: &mut String, text: &str) {
    let text = text
        .strip_prefix("- ")
        .or(text.strip_prefix("* "))
        .unwrap_or(text);
    if !cell.is_empty() && !text.is_empty() {
        cell.push(' ');
    }
    cell.push_str(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(table: &str) -> Vec<String> {
        let lines: Vec<&str> = table.lines().collect();
        let (rows, taken) = read(&lines, &mut false, &mut Budget::default()).unwrap().unwrap();
        assert_eq!(taken, lines.len());
        rows.iter().map(|row| row.join("/")).collect()
    }

    #[test]
    fn grids_have_spans() {
        let table = "+-----+-----+-----+\n| a   | b   | c   |\n+=====+=====+=====+\n| d   | e e | f   |\n|     | g   |     |\n\
            |     +-----+-----+\n|     | h         |\n+-----+-----+-----+";
        assert_eq!(rows(table), ["a/b/c", "d/e e g/f", "d/h/"]);
        assert_eq!(rows("+------+---+\n| 日本 | b |\n+------+---+"), ["日本/b"]);
    }

    #[test]
    fn simple_tables_have_rows_of_several_lines() {
        let table = "=====  =====  ====\nA      B      C\n=====  =====  ====\n1      two\n       three  x y z\n-----  -----  ----\nspans two     w\n\n\
            \\      5      6\n=====  =====  ====";
        assert_eq!(
            rows(table),
            ["A/B/C", "1/two three/x y z", "spans two//w", "\\/5/6"]
        );
    }
}
