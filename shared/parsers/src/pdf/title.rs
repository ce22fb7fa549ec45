//! The title of a document, as its metadata state it.

use hayro_syntax::{
    Pdf,
    object::{Dict, Stream, dict::keys},
};

use super::{stream, strings};
use crate::xml::{Token, Xml};

/// The title in the XMP metadata (ISO 16684-1), else in the information dictionary.
pub(super) fn of(pdf: &Pdf, root: &Dict<'_>) -> Option<String> {
    let stated = pdf.metadata().title.as_deref().map(strings::decode);
    let title = of_xmp(root).or(stated)?;
    let title = crate::markdown::clean(&title).replace('\n', " ");
    (!title.is_empty()).then_some(title)
}

fn of_xmp(root: &Dict<'_>) -> Option<String> {
    let metadata = root.get::<Stream<'_>>(keys::METADATA)?;
    let content = stream::decode(&metadata).ok()?;
    let text = String::from_utf8_lossy(&content);
    let mut xml = Xml::new(&text);
    let mut depth = 0_usize;
    loop {
        match xml.next().ok()? {
            Token::Open(element) if element.name() == "title" && element.prefix() == "dc" => {
                return Some(xml.text().ok()?).filter(|title| !title.trim().is_empty());
            }
            Token::Open(_) => depth += 1,
            Token::Text(_) => {}
            Token::Close => depth = depth.checked_sub(1)?,
        }
    }
}
