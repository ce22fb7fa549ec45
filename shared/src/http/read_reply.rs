//! Responses of the agents that read documents: `browser` and `pdf`.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    domain::{Document, Location, Place},
    error::HubError,
};

/// The response of the browser agent.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct BrowserReply {
    /// The title of the page.
    pub title: String,
    /// The address after redirects, or the canonical address that the page names on the same host.
    pub url: Option<String>,
    /// When the page was published, if it says so.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<String>", extend("format" = "date-time")))]
    pub published_at: Option<Timestamp>,
    /// The media type of the file at the address.
    pub media_type: String,
    /// The main text in Markdown, as it would be stored.
    pub text: String,
    /// What was left out, in English.
    pub notes: Vec<String>,
    /// Duration of the request, in milliseconds.
    pub took_ms: u64,
}

/// The response of the pdf agent.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PdfReply {
    /// The title of the document.
    pub title: String,
    /// The pages that have text, in order.
    pub pages: Vec<PdfPage>,
    /// What was left out, in English, such as pages without text.
    pub notes: Vec<String>,
    /// Duration of the request, in milliseconds.
    pub took_ms: u64,
}

/// The text of one page.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PdfPage {
    /// The number of the page, from 1.
    pub page: u32,
    /// Its text in Markdown. A paragraph that continues on the next page belongs to the page on which it begins.
    pub text: String,
}

impl BrowserReply {
    /// The page as it would be stored.
    pub fn new(document: Document, took: Duration) -> Self {
        let (media_type, notes) = origin(&document);
        Self {
            title: document.title,
            url: document.url,
            published_at: document.published_at,
            media_type,
            text: document.text.into_string(),
            notes,
            took_ms: took.as_millis() as u64,
        }
    }
}

impl PdfReply {
    /// The pages of a document.
    ///
    /// # Errors
    /// [`HubError::UnsupportedFile`] if it is no PDF.
    pub fn new(document: &Document, took: Duration) -> Result<Self, HubError> {
        let (media_type, notes) = origin(document);
        if media_type != "application/pdf" {
            let detail = format!("the file is not a PDF; its type is `{media_type}`");
            return Err(HubError::UnsupportedFile(detail));
        }
        Ok(Self {
            title: document.title.clone(),
            pages: pages(document.text.as_str(), &document.locations),
            notes,
            took_ms: took.as_millis() as u64,
        })
    }
}

fn origin(document: &Document) -> (String, Vec<String>) {
    let origin = document.origin.clone();
    origin.map_or_else(Default::default, |origin| (origin.media_type, origin.notes))
}

/// Cuts a text at the places where pages begin.
fn pages(text: &str, locations: &[Location]) -> Vec<PdfPage> {
    let mut pages: Vec<PdfPage> = Vec::new();
    let mut characters = text.chars();
    for (place, location) in locations.iter().enumerate() {
        let end = locations.get(place + 1).map_or(usize::MAX, |next| next.start);
        let part: String = characters
            .by_ref()
            .take(end.saturating_sub(location.start))
            .collect();
        let Place::Page(number) = location.place else {
            continue;
        };
        match pages.iter_mut().find(|page| page.page == number) {
            // Footnotes follow the text of their page.
            Some(page) => page.text.push_str(&format!("\n\n{}", part.trim())),
            None => pages.push(PdfPage {
                page: number,
                text: part.trim().to_owned(),
            }),
        }
    }
    pages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_where_pages_begin() {
        let at = |start, page| Location {
            start,
            place: Place::Page(page),
        };
        let text = "Häuser\n\nzwei\n\n*note*\n\nthree";
        let page = |page, text: &str| PdfPage {
            page,
            text: text.to_owned(),
        };
        assert_eq!(
            pages(text, &[at(0, 1), at(8, 2), at(14, 1), at(22, 4)]),
            [page(1, "Häuser\n\n*note*"), page(2, "zwei"), page(4, "three")]
        );
        assert_eq!(pages("text", &[]), []);
    }
}
