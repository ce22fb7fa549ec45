//! Words and lines from glyphs.

use super::{bullets::DRAWN, glyphs::Glyph};

/// The least gap between words, in font sizes.
const WORD_GAP: f32 = 0.16;

/// A word. Coordinates are those of [`Glyph`].
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) x0: f32,
    pub(super) x1: f32,
    pub(super) y: f32,
    pub(super) size: f32,
    pub(super) is_bold: bool,
    pub(super) is_mono: bool,
}

/// A line of a column.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) x0: f32,
    pub(super) x1: f32,
    /// Where it could end.
    pub(super) right: f32,
    /// Baseline.
    pub(super) y: f32,
    /// Size of most of its characters.
    pub(super) size: f32,
    pub(super) is_bold: bool,
    pub(super) is_mono: bool,
    /// Width of the first word.
    pub(super) first: f32,
    /// Width of the word at the right end.
    pub(super) last: f32,
    /// Its words, for tables.
    pub(super) cells: Vec<Cell>,
}

/// A word of a line, with the place that it may have in a table.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) x0: f32,
    pub(super) x1: f32,
}

/// The words of glyphs, in the order of the content.
pub(super) fn words(glyphs: &[Glyph]) -> Vec<Word> {
    let mut words = Vec::new();
    let mut open: Vec<&Glyph> = Vec::new();
    for glyph in glyphs {
        if glyph.text.trim().is_empty() {
            close(&mut open, &mut words);
            continue;
        }
        if open.last().is_some_and(|last| !continues(last, glyph)) {
            close(&mut open, &mut words);
        }
        open.push(glyph);
    }
    close(&mut open, &mut words);
    words
}

/// Whether a glyph stands next to another in a word.
fn continues(last: &Glyph, glyph: &Glyph) -> bool {
    let size = last.size.max(glyph.size);
    let gap = if is_rtl(&glyph.text) && glyph.x1 < last.x1 {
        last.x0 - glyph.x1
    } else {
        glyph.x0 - last.x1
    };
    (last.y - glyph.y).abs() < size * 0.1
        && (-0.5 * size..WORD_GAP * size).contains(&gap)
        && (last.size - glyph.size).abs() < size * 0.1
}

fn close(open: &mut Vec<&Glyph>, words: &mut Vec<Word>) {
    let letters: usize = open.iter().map(|glyph| glyph.text.chars().count()).sum();
    let bold: usize = open.iter().filter(|glyph| glyph.is_bold).count();
    if open.iter().filter(|glyph| is_rtl(&glyph.text)).count() * 2 > open.len() {
        open.sort_by(|one, other| other.x0.total_cmp(&one.x0));
    }
    if let Some(first) = open.first() {
        words.push(Word {
            text: open.iter().map(|glyph| glyph.text.as_str()).collect(),
            x0: open.iter().map(|glyph| glyph.x0).fold(f32::MAX, f32::min),
            x1: open.iter().map(|glyph| glyph.x1).fold(f32::MIN, f32::max),
            y: first.y,
            size: first.size,
            is_bold: bold * 2 > letters,
            is_mono: first.is_mono,
        });
    }
    open.clear();
}

/// The words of each line, from the top to the bottom. Raised and lowered words are in the line that they stand at.
pub(super) fn rows(mut words: Vec<Word>) -> Vec<Vec<Word>> {
    words.sort_by(|one, other| one.y.total_cmp(&other.y));
    // Each row with its largest word.
    let mut rows: Vec<(Word, Vec<Word>)> = Vec::new();
    for word in words {
        let recent = rows.iter_mut().rev().take(8);
        match recent.into_iter().find(|(largest, _)| is_beside(largest, &word)) {
            Some((largest, row)) => {
                if word.size > largest.size {
                    *largest = word.clone();
                }
                row.push(word);
            }
            None => rows.push((word.clone(), vec![word])),
        }
    }
    rows.sort_by(|one, other| one.0.y.total_cmp(&other.0.y));
    rows.into_iter().map(|(_, row)| row).collect()
}

fn is_beside(one: &Word, other: &Word) -> bool {
    let least = one.size.min(other.size);
    if one.size.max(other.size) > least * 2.0 {
        return (one.y - other.y).abs() < least * 0.2;
    }
    let top = (one.y - one.size * 0.72).max(other.y - other.size * 0.72);
    one.y.min(other.y) - top > least * 0.72 * 0.5
}

/// A line of words.
pub(super) fn line(mut words: Vec<Word>) -> Option<Line> {
    words.sort_by(|one, other| one.x0.total_cmp(&other.x0));
    // Bold text may be the same text twice.
    words.dedup_by(|one, other| one.text == other.text && (one.x0 - other.x0).abs() < one.size * 0.3);
    // A disc is a bullet before text, and a picture elsewhere.
    let is_bullet = words.first().is_some_and(|word| word.text == DRAWN) && words.len() > 1;
    words.retain(|word| word.text != DRAWN);
    let letters = |word: &Word| word.text.chars().count();
    let main = words.iter().max_by_key(|word| letters(word))?;
    let (main_size, y, is_mono) = (main.size, main.y, main.is_mono);
    let x0 = words.iter().map(|word| word.x0).fold(f32::MAX, f32::min);
    let x1 = words.iter().map(|word| word.x1).fold(f32::MIN, f32::max);
    let final_width = words.last().map_or(0.0, |word| word.x1 - word.x0);
    let first = words.first().map_or(0.0, |word| word.x1 - word.x0);
    let is_bold = words
        .iter()
        .all(|word| word.is_bold || !word.text.contains(char::is_alphabetic))
        && words.iter().any(|word| word.is_bold);
    if words.iter().filter(|word| is_rtl(&word.text)).count() * 2 > words.len() {
        reverse(&mut words);
    }
    let mut cells: Vec<Cell> = Vec::new();
    let mut text = if is_bullet {
        "• ".to_owned()
    } else {
        String::new()
    };
    let mut last: Option<&Word> = None;
    for word in &words {
        let gap = last.map_or(f32::MAX, |last| (word.x0 - last.x1).max(last.x0 - word.x1));
        if gap > 0.1 * word.size {
            cells.push(Cell {
                text: String::new(),
                x0: word.x0,
                x1: word.x1,
            });
        }
        let is_apart = gap > 0.1 * word.size;
        if is_apart && last.is_some() {
            text.push(' ');
        }
        text.push_str(&word.text);
        if let Some(cell) = cells.last_mut() {
            cell.text.push_str(&word.text);
            cell.x0 = cell.x0.min(word.x0);
            cell.x1 = cell.x1.max(word.x1);
        }
        last = Some(word);
    }
    Some(Line {
        text,
        x0,
        x1,
        right: x1,
        y,
        size: main_size,
        is_bold,
        is_mono,
        first,
        last: final_width,
        cells,
    })
}

/// Puts a line that runs from the right to the left in the order of reading. Words of other scripts keep their order.
fn reverse(words: &mut [Word]) {
    words.reverse();
    let is_left_to_right = |word: &Word| !is_rtl(&word.text);
    for run in words.chunk_by_mut(|one, other| is_left_to_right(one) == is_left_to_right(other)) {
        if run.first().is_some_and(is_left_to_right) {
            run.reverse();
        }
    }
}

/// Mirrors lines that run from the right to the left, so that they begin at their left end.
pub(super) fn mirror(lines: &mut [Line]) {
    if lines.iter().filter(|line| is_rtl(&line.text)).count() * 2 <= lines.len() {
        return;
    }
    for line in lines {
        (line.x0, line.x1) = (-line.x1, -line.x0);
        line.first = line.last;
        for cell in &mut line.cells {
            (cell.x0, cell.x1) = (-cell.x1, -cell.x0);
        }
    }
}

/// Whether a text begins with a letter of Hebrew, Arabic or a related script.
pub(super) fn is_rtl(text: &str) -> bool {
    text.starts_with(
        |c| matches!(c, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}'),
    )
}
