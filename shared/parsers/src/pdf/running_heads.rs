//! Headers, footers and page numbers: the outermost lines of pages that other pages have too.

use super::lines::{Word, rows};

/// How many lines from the top and from the bottom of a page may repeat.
const OUTERMOST: usize = 3;
/// How far from a page the same line is looked for: headers of left and right pages differ.
const REACH: usize = 4;
/// How much the height of a repeated line may differ, in points.
const TOLERANCE: f32 = 2.0;
/// Lines further apart than this, in font sizes, have space between them.
const APART: f32 = 2.0;
/// Running heads are at most this much larger than the text.
const MAX_SIZE: f32 = 1.2;

/// One of the outermost lines of a page.
struct Edge {
    y: f32,
    size: f32,
    is_top: bool,
    /// Whether no line is nearer to the edge.
    is_outermost: bool,
    /// Whether there is space between it and the next line.
    is_apart: bool,
    words: Vec<String>,
    /// Where its words are.
    at: Vec<(f32, f32)>,
}

/// Drops the lines that repeat. `body` is the size of most of the text.
pub(super) fn drop_repeated(pages: &mut [Vec<Word>], body: f32) {
    let edges: Vec<Vec<Edge>> = pages.iter().map(|words| edges(words)).collect();
    for (number, page) in pages.iter_mut().enumerate() {
        let own = edges.get(number).map(Vec::as_slice).unwrap_or_default();
        for is_top in [true, false] {
            // From the edge inwards: what is inside of a line that stays is text.
            let side = own.iter().filter(|edge| edge.is_top == is_top);
            let repeated =
                side.take_while(|edge| edge.size <= body * MAX_SIZE && is_repeated(edge, number, &edges));
            for edge in repeated {
                page.retain(|word| !edge.at.contains(&(word.x0, word.y)));
            }
        }
    }
}

fn edges(words: &[Word]) -> Vec<Edge> {
    let rows = rows(words.to_vec());
    let baseline = |row: &[Word]| row.iter().map(|word| word.y).fold(f32::MIN, f32::max);
    let edge = |at: usize, row: &[Word], next: Option<&Vec<Word>>, is_top: bool| {
        let mut words = row.to_vec();
        words.sort_by(|one, other| one.x0.total_cmp(&other.x0));
        let y = baseline(row);
        let size = words.iter().map(|word| word.size).fold(0.0, f32::max);
        Edge {
            y,
            size,
            is_top,
            is_outermost: at == 0,
            is_apart: next.is_none_or(|next| (baseline(next) - y).abs() > APART * size),
            at: words.iter().map(|word| (word.x0, word.y)).collect(),
            words: words.into_iter().map(|word| word.text).collect(),
        }
    };
    // A page of few lines has no more running heads than other lines.
    let most = OUTERMOST.min(rows.len() / 2 + 1);
    let top = (0..most).filter_map(|at| Some(edge(at, rows.get(at)?, rows.get(at + 1), true)));
    let bottom = (0..most).filter_map(|at| {
        let row = rows.len().checked_sub(at + 1)?;
        Some(edge(
            at,
            rows.get(row)?,
            row.checked_sub(1).and_then(|next| rows.get(next)),
            false,
        ))
    });
    top.chain(bottom).collect()
}

fn is_repeated(edge: &Edge, page: usize, pages: &[Vec<Edge>]) -> bool {
    if is_page_number(edge, page, pages.len()) {
        return true;
    }
    let near = page.saturating_sub(REACH)..(page + REACH + 1).min(pages.len());
    near.filter(|other| *other != page).any(|other| {
        let apart = other.abs_diff(page) as u64;
        let candidates = pages.get(other).into_iter().flatten();
        let mut candidates =
            candidates.filter(|one| one.is_top == edge.is_top && (one.y - edge.y).abs() < TOLERANCE);
        candidates.any(|one| is_alike(edge, one, apart))
    })
}

/// Whether a line that stands apart is the number of its page, alone or with a few words: `Page 2 of 7`.
fn is_page_number(edge: &Edge, page: usize, pages: usize) -> bool {
    let (own, total) = (page as u64 + 1, pages as u64);
    let numbers: Vec<u64> = edge.words.iter().filter_map(|word| number(word)).collect();
    let words = edge
        .words
        .iter()
        .filter(|word| word.contains(char::is_alphanumeric));
    let others = words.count() - numbers.len();
    let is_alone = others == 0 && numbers == [own];
    let is_counted = others <= 2 && matches!(numbers.as_slice(), [one, all] if *one == own && *all == total);
    edge.is_outermost && (is_alone || edge.is_apart && (others <= 1 && numbers == [own] || is_counted))
}

/// Whether two lines say the same, apart from the numbers of their pages. The name of a chapter may differ beside a title.
fn is_alike(one: &Edge, other: &Edge, pages_apart: u64) -> bool {
    let is_same = |(a, b): &(&String, &String)| {
        a == b
            || match (number(a), number(b)) {
                (Some(a), Some(b)) => a.abs_diff(b) == pages_apart,
                _ => false,
            }
    };
    let most = one.words.len().max(other.words.len());
    let from_left = one.words.iter().zip(&other.words).take_while(is_same).count();
    let from_right = one
        .words
        .iter()
        .rev()
        .zip(other.words.iter().rev())
        .take_while(is_same)
        .count();
    from_left == most || one.is_outermost && most > 1 && (from_left + from_right) * 2 >= most
}

/// The number of a page: Arabic or Roman.
fn number(word: &str) -> Option<u64> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let word = word.split('/').next().unwrap_or_default();
    word.parse().ok().or_else(|| roman(word))
}

fn roman(word: &str) -> Option<u64> {
    let value = |c| match c {
        'i' => Some(1),
        'v' => Some(5),
        'x' => Some(10),
        'l' => Some(50),
        'c' => Some(100),
        _ => None,
    };
    let values: Option<Vec<u64>> = word.to_lowercase().chars().map(value).collect();
    let values = values.filter(|values| !values.is_empty())?;
    // A smaller value before a larger one is subtracted.
    let mut total = 0_u64;
    let mut above = 0;
    for value in values.into_iter().rev() {
        total = if value < above {
            total.saturating_sub(value)
        } else {
            total.saturating_add(value)
        };
        above = above.max(value);
    }
    Some(total)
}
