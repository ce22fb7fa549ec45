//! HTML as Markdown: main content of pages, and fragments such as the body of an e-mail.

use crate::{Original, Parsed, Problem};

/// Parses a page.
///
/// # Errors
/// [`Problem::NoText`].
pub(crate) fn parse(original: &Original<'_>) -> Result<Parsed, Problem> {
    let text = fragment_to_markdown(&String::from_utf8_lossy(original.bytes));
    if text.is_empty() {
        return Err(Problem::no_text("the page has no text"));
    }
    Ok(Parsed {
        text,
        media_type: "text/html".to_owned(),
        ..Parsed::default()
    })
}

/// Markdown of the whole body of a document or fragment, without a choice of its main content.
pub(crate) fn fragment_to_markdown(html: &str) -> String {
    let mut text = String::new();
    let mut is_tag = false;
    for c in html.chars() {
        match c {
            '<' => is_tag = true,
            '>' => is_tag = false,
            c if !is_tag => text.push(c),
            _ => {}
        }
    }
    text.trim().to_owned()
}
