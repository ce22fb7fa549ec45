//! Tables: lines whose cells stand below each other.

use std::ops::Range;

use super::{
    columns::median,
    lines::{Cell, Line},
    paragraphs::marker,
};

/// The least gap between columns, in font sizes.
const GAP: f32 = 0.2;
/// The least gap between cells in at least half of the lines, in font sizes.
const WIDE_GAP: f32 = 0.9;
/// Lines closer than this, in font sizes, may belong to one row.
const TIGHT: f32 = 1.6;
/// The largest distance of rows, in font sizes.
const MAX_LEADING: f32 = 4.0;

/// A table with the lines that it is made of. Cells keep their lines.
pub(super) struct Table {
    pub(super) lines: Range<usize>,
    pub(super) rows: Vec<Vec<String>>,
}

/// A gap between words: from and to.
type Gap = (f32, f32);

/// The table that begins at a line.
pub(super) fn at(lines: &[Line], start: usize) -> Option<Table> {
    let first = lines.get(start).filter(|line| has_wide_gap(line))?;
    let mut gaps = vec![(f32::MIN, f32::MAX)];
    let mut above = first;
    // Where the table ends, with its columns so far.
    let mut found: Option<(usize, Vec<Gap>)> = None;
    for (end, line) in lines.iter().enumerate().skip(start) {
        let is_far = line.y - above.y > MAX_LEADING * first.size;
        let is_other = line.is_mono != first.is_mono || (line.size - first.size).abs() > 0.1 * first.size;
        if is_far || is_other || marker(&line.text).is_some() {
            break;
        }
        gaps = shared(&gaps, &free(line), GAP * first.size);
        let columns = supported(lines.get(start..=end).unwrap_or_default(), &gaps);
        // A column more is worth more than a line more.
        let is_worse = end > start + 2
            && found
                .as_ref()
                .is_some_and(|(_, before)| columns.len() < before.len());
        if columns.is_empty() || is_worse {
            break;
        }
        if has_wide_gap(line) || end > start && is_continuation(above, line, &columns) {
            found = Some((end + 1, columns));
        }
        above = line;
    }
    let (end, gaps) = found?;
    let rows = merged(lines.get(start..end)?, &gaps);
    is_table(&rows).then_some(Table {
        lines: start..end,
        rows,
    })
}

/// The gaps between columns that at least half of the lines show clearly, and a third of them between words.
fn supported(lines: &[Line], gaps: &[Gap]) -> Vec<Gap> {
    let is_supported = |gap: &Gap| {
        let own = lines.iter().filter_map(|line| {
            let own = free(line)
                .into_iter()
                .find(|own| own.0 <= gap.0 && own.1 >= gap.1)?;
            (own.1 - own.0 >= WIDE_GAP * line.size).then_some(own)
        });
        let (clear, between) = own.fold((0, 0), |(clear, between), own| {
            (clear + 1, between + usize::from(is_interior(own)))
        });
        clear * 2 >= lines.len() && between * 3 >= lines.len()
    };
    let supported = gaps
        .iter()
        .copied()
        .filter(|gap| is_interior(*gap) && is_supported(gap));
    without_sparse_columns(lines, supported.collect())
}

/// Joins columns that few lines fill to the nearer neighbour: words that happen to stand between the others.
fn without_sparse_columns(lines: &[Line], mut gaps: Vec<Gap>) -> Vec<Gap> {
    loop {
        let is_sparse = |column: &usize| {
            let is_filled = |line: &&Line| line.cells.iter().any(|word| column_of(word, &gaps) == *column);
            // A few lines say little: half of them have to agree.
            lines.iter().filter(is_filled).count() * if lines.len() < 5 { 2 } else { 3 } < lines.len()
        };
        let Some(column) = (0..=gaps.len()).find(is_sparse).filter(|_| !gaps.is_empty()) else {
            return gaps;
        };
        let width = |at: usize| gaps.get(at).map_or(f32::MAX, |gap| gap.1 - gap.0);
        let before = column.checked_sub(1).map_or(f32::MAX, width);
        let nearer = if before < width(column) {
            column - 1
        } else {
            column.min(gaps.len() - 1)
        };
        gaps.remove(nearer);
    }
}

fn column_of(word: &Cell, gaps: &[Gap]) -> usize {
    gaps.iter().filter(|gap| word.x0 >= gap.0.midpoint(gap.1)).count()
}

fn has_wide_gap(line: &Line) -> bool {
    free(line)
        .into_iter()
        .any(|gap| is_interior(gap) && gap.1 - gap.0 >= WIDE_GAP * line.size)
}

/// Whether a line of one cell continues a cell of the line above, in another column than the first.
fn is_continuation(above: &Line, line: &Line, gaps: &[Gap]) -> bool {
    line.y - above.y < TIGHT * line.size && gaps.first().is_some_and(|gap| line.x0 >= gap.1)
}

fn is_table(rows: &[Vec<String>]) -> bool {
    let columns = rows.first().map_or(0, Vec::len);
    let filled = |column: usize| {
        rows.iter()
            .filter(|row| row.get(column).is_some_and(|cell| !cell.is_empty()))
            .count()
    };
    let is_marker = |cell: &String| {
        let core = cell.trim_end_matches(['.', ')']);
        cell.is_empty()
            || core.is_empty()
            || cell != core && core.len() <= 3
            || cell.chars().all(|c| !c.is_alphanumeric())
    };
    let has_markers = rows.iter().all(|row| row.first().is_some_and(is_marker));
    columns > 1
        && rows.len() >= 3
        && (0..columns).all(|column| filled(column) * 3 >= rows.len())
        && !has_markers
}

/// The gaps beside and between the words of a line.
fn free(line: &Line) -> Vec<Gap> {
    let mut words: Vec<&Cell> = line.cells.iter().collect();
    words.sort_by(|one, other| one.x0.total_cmp(&other.x0));
    let mut free = Vec::new();
    let mut end = f32::MIN;
    for word in words {
        free.push((end, word.x0));
        end = end.max(word.x1);
    }
    free.push((end, f32::MAX));
    free
}

fn shared(one: &[Gap], other: &[Gap], width: f32) -> Vec<Gap> {
    let pairs = one
        .iter()
        .flat_map(|a| other.iter().map(move |b| (a.0.max(b.0), a.1.min(b.1))));
    pairs.filter(|gap| gap.1 - gap.0 >= width).collect()
}

fn is_interior(gap: Gap) -> bool {
    gap.0 > f32::MIN && gap.1 < f32::MAX
}

/// The rows of a table: lines of cells that are wrapped belong to the row above.
fn merged(lines: &[Line], gaps: &[Gap]) -> Vec<Vec<String>> {
    let leading = median(
        lines
            .windows(2)
            .filter_map(|pair| Some(pair.get(1)?.y - pair.first()?.y)),
    );
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut above = f32::MIN;
    for line in lines {
        let mut row = vec![String::new(); gaps.len() + 1];
        for cell in &line.cells {
            let column = column_of(cell, gaps);
            if let Some(into) = row.get_mut(column) {
                append(into, &cell.text, ' ');
            }
        }
        let is_tight = line.y - above < TIGHT * line.size;
        let is_wrapped = row.first().is_some_and(String::is_empty) || line.y - above < leading * 0.8;
        above = line.y;
        match rows.last_mut() {
            Some(last) if is_tight && is_wrapped => {
                for (into, cell) in last.iter_mut().zip(&row) {
                    append(into, cell, '\n');
                }
            }
            _ => rows.push(row),
        }
    }
    rows
}

fn append(into: &mut String, text: &str, separator: char) {
    if !into.is_empty() && !text.is_empty() {
        into.push(separator);
    }
    into.push_str(text);
}
