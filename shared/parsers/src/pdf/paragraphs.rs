//! Paragraphs, items, tables and code from the lines of a column.

use super::{
    columns::median,
    lines::Line,
    table::{self, Table},
};

/// Lines that are further apart than this many times the usual distance begin a paragraph.
const SPACED: f32 = 1.25;
/// Differences of sizes below this are not seen.
const SAME_SIZE: f32 = 0.07;
/// How far, in points, one line may reach beyond all others.
const OVERFULL: f32 = 1.0;
/// Fewer lines than this do not show the width of their column.
const FEW: usize = 4;
/// The least indent of the first line of a paragraph, in font sizes.
const INDENT: f32 = 0.8;

/// The longest distance of lines of code, in font sizes.
const MAX_BLANK: f32 = 4.0;

/// What a paragraph is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Text,
    /// An item of a list with its marker: `-` or a number with a full stop.
    Item(String),
    Code,
    Table(Vec<Vec<String>>),
}

/// Lines that belong together.
#[derive(Debug, Clone)]
pub(super) struct Paragraph {
    pub(super) kind: Kind,
    /// The text of the lines, without the marker of an item. Tables have none.
    pub(super) lines: Vec<String>,
    /// Number of the page, from 1.
    pub(super) page: u32,
    pub(super) x0: f32,
    pub(super) size: f32,
    pub(super) is_bold: bool,
    /// Whether its last line reaches the right edge, so that the text may go on elsewhere.
    pub(super) is_full: bool,
    /// Whether its first line is indented, so that it is not the rest of a paragraph.
    pub(super) is_indented: bool,
}

/// The paragraphs of a column. `has_code` says whether a font of fixed width is that of code.
pub(super) fn group(mut lines: Vec<Line>, page: u32, has_code: bool) -> Vec<Paragraph> {
    let mut paragraphs = Vec::new();
    let column = Column::new(&mut lines);
    let lines = lines.as_slice();
    let mut open: Vec<&Line> = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let is_code = has_code && line.is_mono;
        if !is_code
            && let Some(Table {
                lines: of_table,
                rows,
            }) = table::at(lines, at)
        {
            column.close(&mut open, page, has_code, &mut paragraphs);
            let kind = Kind::Table(rows);
            paragraphs.push(Paragraph {
                kind,
                lines: Vec::new(),
                page,
                x0: line.x0,
                size: line.size,
                is_bold: false,
                is_full: false,
                is_indented: false,
            });
            at = of_table.end.max(at + 1);
            continue;
        }
        if open
            .last()
            .is_some_and(|last| column.begins(&open, last, line, lines.get(at + 1), has_code))
        {
            column.close(&mut open, page, has_code, &mut paragraphs);
        }
        open.push(line);
        at += 1;
    }
    column.close(&mut open, page, has_code, &mut paragraphs);
    paragraphs
}

/// What the lines of a column have in common.
struct Column {
    left: f32,
    /// The usual distance of lines, in font sizes.
    leading: f32,
}

impl Column {
    /// Finds the right ends of the lines, too.
    fn new(lines: &mut [Line]) -> Self {
        let distances = lines.windows(2).filter_map(|pair| match pair {
            [one, other] => Some((other.y - one.y) / one.size.max(other.size)),
            _ => None,
        });
        let close = median(distances.filter(|distance| (0.8..2.2).contains(distance)));
        let leading = if close > 0.0 { close } else { 1.2 };
        let right = |lines: &[Line]| {
            let mut ends: Vec<f32> = lines.iter().map(|line| line.x1).collect();
            ends.sort_by(|one, other| other.total_cmp(one));
            match ends.as_slice() {
                // One line alone may be too long.
                [first, second, _, _, ..] if first - second > OVERFULL => *second,
                ends => ends.first().copied().unwrap_or(f32::MAX),
            }
        };
        let of_column = right(lines);
        // A block has no space between its lines. Few lines do not show where they could end.
        let is_block = |one: &Line, other: &Line| {
            other.y - one.y < leading * SPACED * one.size
                && (one.size - other.size).abs() < one.size * SAME_SIZE
        };
        for block in lines.chunk_by_mut(is_block) {
            let end = if block.len() < FEW {
                of_column
            } else {
                right(block)
            };
            block.iter_mut().for_each(|line| line.right = end);
        }
        Self {
            left: lines.iter().map(|line| line.x0).fold(f32::MAX, f32::min),
            leading,
        }
    }

    /// Whether a line begins a paragraph.
    fn begins(&self, open: &[&Line], last: &Line, line: &Line, next: Option<&Line>, has_code: bool) -> bool {
        let size = last.size.max(line.size);
        let distance = (line.y - last.y) / size;
        let is_spaced = distance > (self.leading * SPACED).max(1.0) || distance < 0.0;
        if has_code && last.is_mono != line.is_mono {
            return true;
        }
        if has_code && line.is_mono {
            return !(0.0..MAX_BLANK).contains(&distance);
        }
        if is_spaced || (last.size - line.size).abs() > size * SAME_SIZE || last.is_bold != line.is_bold {
            return true;
        }
        if marker(&line.text).is_some() && !is_full(last, line, 0.0) {
            return true;
        }
        let Some(first) = open.first() else { return true };
        let is_item = marker(&first.text).is_some();
        let indent = line.x0 - last.x0;
        if is_item {
            let is_hanging = line.x0 > first.x0 + 0.3 * size;
            return marker(&line.text).is_some()
                || !is_hanging && open.len() > 1 && last.x0 > first.x0 + 0.3 * size;
        }
        // Large and bold lines are broken by hand.
        if line.is_bold {
            return false;
        }
        if indent > INDENT * size {
            let is_hanging =
                open.len() == 1 && next.is_some_and(|next| (next.x0 - line.x0).abs() < 0.3 * size);
            return !is_hanging;
        }
        if indent < -INDENT * size && open.len() > 1 {
            return true;
        }
        !is_full(last, line, 0.5 * size)
    }

    fn close(&self, open: &mut Vec<&Line>, page: u32, has_code: bool, paragraphs: &mut Vec<Paragraph>) {
        let (Some(first), Some(last)) = (open.first(), open.last()) else {
            return;
        };
        let mut lines: Vec<String> = open.iter().map(|line| line.text.clone()).collect();
        let mut kind = Kind::Text;
        if has_code && open.iter().all(|line| line.is_mono) {
            kind = Kind::Code;
            lines = indented(open);
        } else if let (Some((sign, rest)), Some(line)) = (marker(&first.text), lines.first_mut()) {
            kind = Kind::Item(sign);
            *line = rest;
        }
        paragraphs.push(Paragraph {
            kind,
            lines,
            page,
            x0: first.x0,
            size: first.size,
            is_bold: open.iter().all(|line| line.is_bold),
            is_full: last.x1 > last.right - 2.5 * last.size,
            is_indented: first.x0 > self.left + INDENT * first.size,
        });
        open.clear();
    }
}

/// Whether the first word of a line would not have fitted on the line above.
fn is_full(last: &Line, line: &Line, tolerance: f32) -> bool {
    last.x1 + 0.25 * line.size + line.first > last.right - tolerance
}

/// Lines of code with the spaces that indent them and the blank lines between.
fn indented(lines: &[&Line]) -> Vec<String> {
    let left = lines.iter().map(|line| line.x0).fold(f32::MAX, f32::min);
    let mut indented = Vec::new();
    let mut above: Option<&Line> = None;
    for line in lines {
        let characters = line.text.chars().count().max(1) as f32;
        let width = ((line.x1 - line.x0) / characters).max(1.0);
        let columns = ((line.x0 - left) / width).round().clamp(0.0, 80.0);
        if above.is_some_and(|above| line.y - above.y > 1.8 * line.size) {
            indented.push(String::new());
        }
        indented.push(format!("{}{}", " ".repeat(columns as usize), line.text));
        above = Some(line);
    }
    indented
}

/// The marker of an item, and the text after it.
pub(super) fn marker(text: &str) -> Option<(String, String)> {
    let (sign, rest) = text.split_once(' ')?;
    let mut characters = sign.chars();
    if let (Some(c), None) = (characters.next(), characters.next()) {
        let is_bullet = matches!(
            c,
            '•' | '◦'
                | '▪'
                | '▫'
                | '‣'
                | '●'
                | '○'
                | '■'
                | '□'
                | '▶'
                | '►'
                | '➢'
                | '✓'
                | '∙'
                | '·'
                | '*'
                | '–'
                | '-'
                | '⁃'
        );
        return is_bullet.then(|| ("-".to_owned(), rest.to_owned()));
    }
    let core = sign.strip_suffix(['.', ')'])?;
    let core = core.strip_prefix('(').unwrap_or(core);
    if (1..=3).contains(&core.len()) && core.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((format!("{core}."), rest.to_owned()));
    }
    let is_letter =
        core.len() == 1 && core.bytes().all(|byte| byte.is_ascii_lowercase()) && sign.ends_with(')');
    is_letter.then(|| ("-".to_owned(), text.to_owned()))
}
