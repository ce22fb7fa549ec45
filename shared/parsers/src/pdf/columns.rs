//! Columns of a page. A gutter is a gap that lines which follow each other have in common.

use super::lines::{Word, rows};

/// The least width of a gutter, in font sizes.
const GUTTER: f32 = 0.75;
/// The fewest lines on either side of a gutter.
const LINES: usize = 3;
/// The fewest characters between wide gaps, on average. Cells of tables have fewer.
const CHARACTERS: usize = 15;
/// A wide gap, in font sizes.
const WIDE: f32 = 1.0;
/// How much of the widest line the other lines of a column fill, at least half of them.
const FILL: f32 = 0.7;
/// The most lines of a page that is searched for columns.
const MAX_ROWS: usize = 1_000;

/// A gap between words: from and to.
type Gap = (f32, f32);

/// A row with the gaps between its words.
struct Row {
    words: Vec<Word>,
    gaps: Vec<Gap>,
}

/// Splits the words of a page into parts of one column, in the order of reading.
pub(super) fn split(words: Vec<Word>) -> Vec<Vec<Word>> {
    let mut parts = Vec::new();
    split_into(words, 0, &mut parts);
    parts
}

fn split_into(words: Vec<Word>, depth: usize, parts: &mut Vec<Vec<Word>>) {
    if words.is_empty() {
        return;
    }
    let size = median(words.iter().map(|word| word.size));
    let mut all: Vec<Row> = rows(words).into_iter().map(row).collect();
    let found = (depth < 8 && all.len() <= MAX_ROWS)
        .then(|| columns(&all, GUTTER * size))
        .flatten();
    let Some((start, end, middle)) = found else {
        parts.push(all.into_iter().flat_map(|row| row.words).collect());
        return;
    };
    let below = all.split_off(end);
    let beside = all.split_off(start);
    let flat = |rows: Vec<Row>| rows.into_iter().flat_map(|row| row.words).collect::<Vec<Word>>();
    let (left, right) = flat(beside).into_iter().partition(|word| word.x1 <= middle);
    for part in [flat(all), left, right, flat(below)] {
        split_into(part, depth + 1, parts);
    }
}

fn row(mut words: Vec<Word>) -> Row {
    words.sort_by(|one, other| one.x0.total_cmp(&other.x0));
    let mut gaps = Vec::new();
    let mut end = f32::MIN;
    for word in &words {
        if word.x0 > end {
            gaps.push((end, word.x0));
        }
        end = end.max(word.x1);
    }
    gaps.push((end, f32::MAX));
    Row { words, gaps }
}

/// The longest run of rows that a gutter parts into columns: its start, its end and the middle of the gutter.
fn columns(rows: &[Row], width: f32) -> Option<(usize, usize, f32)> {
    let mut best: Option<(usize, usize, f32)> = None;
    for start in 0..rows.len() {
        if best.is_some_and(|(from, to, _)| to - from >= rows.len() - start) {
            break;
        }
        let mut common: Vec<Gap> = vec![(f32::MIN, f32::MAX)];
        for (end, row) in rows.iter().enumerate().skip(start) {
            common = shared(&common, &row.gaps, width);
            if common.is_empty() {
                break;
            }
            let length = end + 1 - start;
            if best.is_some_and(|(from, to, _)| to - from >= length) {
                continue;
            }
            let run = rows.get(start..=end).unwrap_or_default();
            if let Some(gutter) = common.iter().find(|gap| is_gutter(run, **gap)) {
                best = Some((start, end + 1, gutter.0.midpoint(gutter.1)));
            }
        }
    }
    best
}

/// The gaps that two lists of gaps share.
fn shared(one: &[Gap], other: &[Gap], width: f32) -> Vec<Gap> {
    let pairs = one
        .iter()
        .flat_map(|a| other.iter().map(move |b| (a.0.max(b.0), a.1.min(b.1))));
    pairs.filter(|gap| gap.1 - gap.0 >= width).collect()
}

/// Whether a gap parts columns: there is text on both sides, or text beside a block whose lines are not those of the text.
fn is_gutter(rows: &[Row], gap: Gap) -> bool {
    if gap.0 == f32::MIN || gap.1 == f32::MAX {
        return false;
    }
    let left = Side::of(rows, |word| word.x1 <= gap.0);
    let right = Side::of(rows, |word| word.x0 >= gap.1);
    let shared = left.lines + right.lines - rows.len();
    let are_apart = left.is_apart(shared) && right.is_apart(shared);
    left.is_text() && right.is_text() || are_apart && (left.is_text() || right.is_text())
}

/// The words on one side of a gap.
struct Side {
    /// Number of rows that have some.
    lines: usize,
    characters: usize,
    /// Widths of the parts with wide gaps between.
    pieces: Vec<f32>,
}

impl Side {
    fn of(rows: &[Row], is_on_side: impl Fn(&Word) -> bool) -> Self {
        let (mut lines, mut characters, mut pieces) = (0, 0, Vec::new());
        for row in rows {
            let mut piece: Option<(f32, f32)> = None;
            for word in row.words.iter().filter(|word| is_on_side(word)) {
                characters += word.text.chars().count() + 1;
                piece = match piece {
                    Some((start, end)) if word.x0 - end <= WIDE * word.size => {
                        Some((start, end.max(word.x1)))
                    }
                    before => {
                        pieces.extend(before.map(|(start, end)| end - start));
                        Some((word.x0, word.x1))
                    }
                };
            }
            lines += usize::from(piece.is_some());
            pieces.extend(piece.map(|(start, end)| end - start));
        }
        Self {
            lines,
            characters,
            pieces,
        }
    }

    /// Whether it is running text, whose lines fill their column.
    fn is_text(&self) -> bool {
        let widest = self.pieces.iter().copied().fold(0.0, f32::max);
        self.lines >= LINES
            && self.characters >= self.pieces.len() * CHARACTERS
            && median(self.pieces.iter().copied()) >= FILL * widest
    }

    /// Whether its lines do not stand beside those of the other side, as the cells of a table do. `shared` is the number of
    /// rows that both sides have.
    fn is_apart(&self, shared: usize) -> bool {
        self.lines >= LINES && shared * 3 <= self.lines * 2
    }
}

/// The middle one of some numbers.
pub(super) fn median(numbers: impl Iterator<Item = f32>) -> f32 {
    let mut numbers: Vec<f32> = numbers.collect();
    numbers.sort_by(f32::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(0.0)
}
