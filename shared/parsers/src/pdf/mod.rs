//! PDF (ISO 32000-2): the text of each page in the order of reading.
//!
//! The glyphs of a page become words and lines, and lines become columns, paragraphs, items and tables, by their places
//! alone: most files do not say more.

mod bullets;
mod columns;
mod content;
mod document;
mod font;
mod glyphs;
mod hyphens;
mod lines;
mod paragraphs;
mod running_heads;
mod stream;
mod strings;
mod table;
mod title;

use hayro_syntax::{
    DecryptionError, LoadPdfError, Pdf,
    object::{Dict, dict::keys},
};

use self::{
    glyphs::{Glyph, Reader},
    lines::{Line, Word},
};
use crate::{Format, Parsed, Problem};

/// The most pages of a file.
const MAX_PAGES: usize = 5_000;

/// Parses a PDF file.
///
/// # Errors
/// Every [`Problem`] of [`crate::parse`].
pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, Problem> {
    let pdf = Pdf::new(bytes.to_vec()).map_err(problem)?;
    let pages = pdf.pages();
    if pages.is_empty() {
        return Err(Problem::damaged("it has no pages"));
    }
    if pages.len() > MAX_PAGES {
        return Err(Problem::too_large(format!(
            "it has {} pages, more than {MAX_PAGES}",
            pages.len()
        )));
    }
    let root = pdf
        .xref()
        .get::<Dict<'_>>(pdf.xref().root_id())
        .unwrap_or_default();
    let marked = root
        .get::<Dict<'_>>(keys::MARK_INFO)
        .and_then(|info| info.get::<bool>(b"Marked"));
    let mut reader = Reader::new(marked.unwrap_or(false));
    let mut upright: Vec<Vec<Word>> = Vec::new();
    let mut turned: Vec<Vec<Word>> = Vec::new();
    let (mut unreadable, mut readable, mut without_text, mut has_images) = (0, 0, 0, false);
    for page in pages.iter() {
        let shown = reader.read(page)?;
        unreadable += shown.unreadable;
        let written = shown
            .glyphs
            .iter()
            .filter(|glyph| glyph.text != bullets::DRAWN)
            .count();
        readable += written;
        without_text += usize::from(written == 0 && shown.has_images);
        has_images |= shown.has_images;
        let (main, other) = by_direction(shown.glyphs);
        upright.push(lines::words(&main));
        turned.push(lines::words(&other));
    }
    let mut notes = Vec::new();
    if unreadable > 0 {
        notes.push(format!(
            "{unreadable} characters were left out, because their fonts do not say what they mean"
        ));
    }
    if without_text > 0 {
        let pages = if without_text == 1 {
            "1 page has".to_owned()
        } else {
            format!("{without_text} pages have")
        };
        notes.push(format!("{pages} images but no text, as scans do"));
    }
    if unreadable > readable {
        return Err(Problem::no_text(
            "its fonts do not say which characters they show",
        ));
    }
    if readable == 0 {
        return Err(Problem::no_text(match has_images {
            true => "it has images only, as scans do; recognise its text first",
            false => "its pages are empty",
        }));
    }
    let body = body_size(upright.iter().flatten());
    running_heads::drop_repeated(&mut upright, body);
    let columns = upright.into_iter().zip(turned).map(|(upright, turned)| {
        let columns = columns::split(upright).into_iter().chain(std::iter::once(turned));
        columns.map(column).filter(|column| !column.is_empty()).collect()
    });
    let mut markdown = document::write(columns.collect(), body)?;
    markdown.notes = notes;
    let mut parsed = markdown.finish(Format::Pdf.media_type())?;
    parsed.title = title::of(&pdf, &root);
    Ok(parsed)
}

fn problem(error: LoadPdfError) -> Problem {
    match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => Problem::Encrypted,
        LoadPdfError::Decryption(_) => Problem::damaged("its encryption is damaged or not supported"),
        LoadPdfError::Invalid => Problem::damaged("it has no list of its objects or pages"),
    }
}

/// Parts the glyphs of a page that run in the main direction from others.
fn by_direction(glyphs: Vec<Glyph>) -> (Vec<Glyph>, Vec<Glyph>) {
    let count = |turns: u8| glyphs.iter().filter(|glyph| glyph.turns == turns).count();
    let main = (0..4).rev().max_by_key(|turns| count(*turns)).unwrap_or(0);
    glyphs.into_iter().partition(|glyph| glyph.turns == main)
}

/// The size of most of the text.
fn body_size<'w>(words: impl Iterator<Item = &'w Word>) -> f32 {
    let mut sizes: std::collections::BTreeMap<u32, usize> = std::collections::BTreeMap::new();
    for word in words {
        *sizes.entry((word.size * 4.0).round() as u32).or_default() += word.text.len();
    }
    let most = sizes.into_iter().max_by_key(|(_, characters)| *characters);
    most.map_or(10.0, |(size, _)| size as f32 / 4.0)
}

fn column(words: Vec<Word>) -> Vec<Line> {
    let mut lines: Vec<Line> = lines::rows(words).into_iter().filter_map(lines::line).collect();
    lines::mirror(&mut lines);
    lines
}
