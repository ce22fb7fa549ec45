//! Headers, footers and page numbers: the outermost lines of pages that other pages have too.

use super::lines::{Word, rows};

/// How many lines from the top and from the bottom of a page may repeat.
const OUTERMOST: usize = 3;
/// How far from a page the same line is looked for: headers of left and right pages differ.
const REACH: usize = 4;
/// How much the height of a repeated line may differ, in points.
const TOLERANCE: f32 = 2.0;
/// Running heads are at most this much larger than the text.
const MAX_SIZE: f32 = 1.2;

/// One of the outermost lines of a page.
struct Edge {
    y: f32,
    size: f32,
    is_top: bool,
    /// Whether no line is nearer to the edge.
    is_outermost: bool,
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
    let edge = |mut words: Vec<Word>, is_top, at: usize| {
        words.sort_by(|one, other| one.x0.total_cmp(&other.x0));
        Edge {
            y: words.iter().map(|word| word.y).fold(f32::MIN, f32::max),
            size: words.iter().map(|word| word.size).fold(0.0, f32::max),
            is_top,
            is_outermost: at == 0,
            at: words.iter().map(|word| (word.x0, word.y)).collect(),
            words: words.into_iter().map(|word| word.text).collect(),
        }
    };
    // A page of few lines has no more running heads than other lines.
    let most = OUTERMOST.min(rows.len() / 2 + 1);
    let top = rows
        .iter()
        .take(most)
        .enumerate()
        .map(|(at, row)| edge(row.clone(), true, at));
    let bottom = rows
        .iter()
        .rev()
        .take(most)
        .enumerate()
        .map(|(at, row)| edge(row.clone(), false, at));
    top.chain(bottom).collect()
}

fn is_repeated(edge: &Edge, page: usize, pages: &[Vec<Edge>]) -> bool {
    if is_page_number(edge, page) {
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

/// Whether a line is the number of its page, with signs or one word beside it.
fn is_page_number(edge: &Edge, page: usize) -> bool {
    let says_more = |word: &&String| word.contains(char::is_alphanumeric);
    let mut words = edge.words.iter().filter(says_more);
    let is_number = edge
        .words
        .iter()
        .any(|word| number(word) == Some(page as u64 + 1));
    edge.is_outermost
        && is_number
        && words.next().is_some()
        && words.next().is_none_or(|_| words.next().is_none())
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
    let mut total = 0_u64;
    for (at, one) in values.iter().enumerate() {
        match values.get(at + 1) {
            Some(next) if next > one => {
                total = total
                    .checked_sub(*one)
                    .unwrap_or(next - one)
                    .max(total.saturating_sub(*one))
            }
            _ => total += one,
        }
    }
    Some(total)
}
