//! Writes a document: paragraphs that columns and pages part become whole, and headings have levels.

use super::{
    hyphens::Vocabulary,
    lines::Line,
    paragraphs::{Kind, Paragraph, group},
};
use crate::{
    Place, Problem,
    markdown::{Block, Markdown},
};

/// Text this much smaller than the body is that of notes.
const NOTE: f32 = 0.93;
/// The longest heading, in bytes.
const MAX_HEADING: usize = 200;

/// Writes the columns of pages. `body` is the size of most of the text.
///
/// # Errors
/// [`Problem::TooLarge`].
pub(super) fn write(pages: Vec<Vec<Vec<Line>>>, body: f32) -> Result<Markdown, Problem> {
    let mut vocabulary = Vocabulary::default();
    let (mut mono, mut all) = (0, 0);
    for line in pages.iter().flatten().flatten() {
        vocabulary.add(&line.text);
        all += line.text.len();
        mono += if line.is_mono { line.text.len() } else { 0 };
    }
    // In a document of one font of fixed width, it is not that of code.
    let has_code = mono * 2 < all;
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    for (page, columns) in (1..).zip(pages) {
        paragraphs.extend(columns.into_iter().flat_map(|lines| group(lines, page, has_code)));
    }
    let levels = Levels::of(&paragraphs, body);
    let continued = continuations(&paragraphs, &levels, body);
    let mut writer = Writer {
        markdown: Markdown::default(),
        page: 0,
        items: Vec::new(),
    };
    for (at, paragraph) in paragraphs.iter().enumerate() {
        if continued.iter().flatten().any(|rest| *rest == at) {
            continue;
        }
        writer.page(paragraph.page);
        let block = match (&paragraph.kind, levels.of_paragraph(at)) {
            (_, Some(level)) => Block::Heading(level, heading(paragraph, &vocabulary)),
            (Kind::Table(rows), _) => Block::Table(cells(rows, &vocabulary)),
            (Kind::Code, _) => Block::Code(paragraph.lines.join("\n")),
            (Kind::Item(marker), _) => {
                let depth = writer.depth(paragraph);
                Block::Item {
                    depth,
                    marker: marker.clone(),
                    text: text(&paragraph.lines, &vocabulary),
                }
            }
            (Kind::Text, _) => Block::Paragraph(text(&paragraph.lines, &vocabulary)),
        };
        if !matches!(block, Block::Item { .. }) {
            writer.items.clear();
        }
        let mut whole = match &block {
            Block::Paragraph(text) | Block::Item { text, .. } => text.clone(),
            _ => String::new(),
        };
        let mut rests = Vec::new();
        let mut from = at;
        while let Some(rest) = continued
            .get(from)
            .copied()
            .flatten()
            .and_then(|next| Some((next, paragraphs.get(next)?)))
        {
            let before = whole.len();
            let (next, paragraph) = rest;
            let text = text(&paragraph.lines, &vocabulary);
            vocabulary.join(&mut whole, &text);
            // A word that is hyphenated stays on the page where it begins.
            let end_of_word = match whole
                .get(before.saturating_sub(1)..)
                .and_then(|rest| rest.find(' '))
            {
                Some(at) if whole.get(before.saturating_sub(1)..before) != Some(" ") => {
                    before.saturating_sub(1) + at
                }
                _ => before,
            };
            rests.push((end_of_word.min(whole.len()), paragraph.page));
            from = next;
        }
        let first = rests.first().map_or(whole.len(), |(start, _)| *start);
        let block = match block {
            Block::Paragraph(_) => Block::Paragraph(whole.get(..first).unwrap_or_default().to_owned()),
            Block::Item { depth, marker, .. } => Block::Item {
                depth,
                marker,
                text: whole.get(..first).unwrap_or_default().to_owned(),
            },
            block => block,
        };
        writer.markdown.block(&block)?;
        let mut rests = rests.into_iter().peekable();
        while let Some((start, page)) = rests.next() {
            let end = rests.peek().map_or(whole.len(), |(next, _)| *next);
            writer.page(page);
            writer
                .markdown
                .continued(whole.get(start..end).unwrap_or_default())?;
        }
    }
    Ok(writer.markdown)
}

struct Writer {
    markdown: Markdown,
    page: u32,
    /// Left ends of the items that are open.
    items: Vec<f32>,
}

impl Writer {
    fn page(&mut self, page: u32) {
        if self.page != page {
            self.page = page;
            self.markdown.place(Place::Page(page));
        }
    }

    /// The number of items around an item: those that begin further to the left.
    fn depth(&mut self, item: &Paragraph) -> usize {
        self.items.retain(|left| *left < item.x0 - 0.5 * item.size);
        self.items.push(item.x0);
        self.items.len() - 1
    }
}

/// Levels of headings, by paragraph.
struct Levels(Vec<Option<usize>>);

impl Levels {
    fn of(paragraphs: &[Paragraph], body: f32) -> Self {
        let mut is_title_block = false;
        let mut styles: Vec<Option<(u32, bool)>> = Vec::new();
        for (at, paragraph) in paragraphs.iter().enumerate() {
            let ratio = paragraph.size / body;
            let is_heading = is_heading(paragraph, paragraphs.get(at + 1), ratio, is_title_block);
            // Names and dates below a title are larger than the text, too.
            is_title_block = match is_heading {
                true => ratio > 1.3,
                false => is_title_block && ratio > 1.05,
            };
            styles.push(is_heading.then_some(((paragraph.size * 2.0).round() as u32, paragraph.is_bold)));
        }
        let mut kinds: Vec<(u32, bool)> = styles.iter().flatten().copied().collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds.reverse();
        let level = |style| kinds.iter().position(|kind| *kind == style).map(|at| at + 1);
        Self(styles.into_iter().map(|style| style.and_then(level)).collect())
    }

    fn of_paragraph(&self, at: usize) -> Option<usize> {
        self.0.get(at).copied().flatten()
    }
}

fn is_heading(paragraph: &Paragraph, next: Option<&Paragraph>, ratio: f32, is_title_block: bool) -> bool {
    let length: usize = paragraph.lines.iter().map(String::len).sum();
    let has_letters = paragraph
        .lines
        .iter()
        .any(|line| line.contains(char::is_alphabetic));
    if matches!(paragraph.kind, Kind::Code | Kind::Table(_)) || length > MAX_HEADING || !has_letters {
        return false;
    }
    if ratio >= 1.3 || ratio >= 1.1 && paragraph.is_bold {
        return true;
    }
    let is_sentence = paragraph
        .lines
        .last()
        .is_some_and(|line| line.ends_with(['.', ',', ';', ':']));
    let is_followed = next.is_some_and(|next| !next.is_bold && next.kind != Kind::Code);
    let is_short = paragraph.lines.len() <= 2 && !is_sentence && is_followed;
    is_short && (paragraph.is_bold && ratio >= 0.85 || ratio >= 1.12 && !is_title_block)
}

/// For each paragraph, the one that its text goes on in, past the end of a column or page.
fn continuations(paragraphs: &[Paragraph], levels: &Levels, body: f32) -> Vec<Option<usize>> {
    let mut continued = vec![None; paragraphs.len()];
    let is_body = |at: usize, paragraph: &Paragraph| {
        levels.of_paragraph(at).is_none()
            && paragraph.size >= body * NOTE
            && matches!(paragraph.kind, Kind::Text | Kind::Item(_))
    };
    let mut last: Option<usize> = None;
    for (at, paragraph) in paragraphs.iter().enumerate() {
        if !is_body(at, paragraph) {
            // Notes at the foot of a page do not end a paragraph.
            let is_note = paragraph.kind == Kind::Text && paragraph.size < body * NOTE;
            last = last.filter(|_| is_note);
            continue;
        }
        if let Some((from, before)) = last.and_then(|last| Some((last, paragraphs.get(last)?)))
            && paragraph.kind == Kind::Text
            && goes_on(before, paragraph)
            && let Some(entry) = continued.get_mut(from)
        {
            *entry = Some(at);
        }
        last = Some(at);
    }
    continued
}

fn goes_on(before: &Paragraph, after: &Paragraph) -> bool {
    let (Some(end), Some(start)) = (before.lines.last(), after.lines.first()) else {
        return false;
    };
    let is_same = (before.size - after.size).abs() < 0.05 * before.size && before.is_bold == after.is_bold;
    let ends = end
        .trim_end_matches(['"', '”', '’', ')', ']', '»'])
        .ends_with(['.', '!', '?', ':', '。', '！', '？']);
    let is_lower = start.starts_with(char::is_lowercase);
    is_same && before.is_full && !ends && (is_lower || !after.is_indented)
}

fn heading(paragraph: &Paragraph, vocabulary: &Vocabulary) -> String {
    let text = text(&paragraph.lines, vocabulary);
    match &paragraph.kind {
        Kind::Item(marker) if marker != "-" => format!("{marker} {text}"),
        _ => text,
    }
}

fn cells(rows: &[Vec<String>], vocabulary: &Vocabulary) -> Vec<Vec<String>> {
    let cell = |cell: &String| {
        let lines: Vec<String> = cell.lines().map(str::to_owned).collect();
        text(&lines, vocabulary)
    };
    rows.iter().map(|row| row.iter().map(cell).collect()).collect()
}

fn text(lines: &[String], vocabulary: &Vocabulary) -> String {
    let mut text = String::new();
    for line in lines {
        vocabulary.join(&mut text, line);
    }
    text
}
