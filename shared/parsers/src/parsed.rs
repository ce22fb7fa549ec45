//! The text of a file, and where its parts come from.

use serde::{Deserialize, Serialize};

/// The text of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parsed {
    /// The text as Markdown: headings, lists, tables, quotations and code as blocks. Plain text has `is_plain`.
    pub text: String,
    /// Whether the text is plain, so that characters such as `*` have no meaning.
    pub is_plain: bool,
    /// Media type of the file, as found.
    pub media_type: String,
    /// Title that the file states.
    pub title: Option<String>,
    /// Canonical address that the file states.
    pub url: Option<String>,
    /// When it was published, as stated: RFC 3339, or a date.
    pub published_at: Option<String>,
    /// Where parts of the text come from, in the order of their start. A part ends where the next begins.
    pub locations: Vec<Location>,
    /// What was left out, in English: `3 pages have no text`.
    pub notes: Vec<String>,
}

/// Where a part of the text comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// Start in the text, in code points.
    pub start: usize,
    /// The place in the file.
    #[serde(flatten)]
    pub place: Place,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A page, from 1.
    Page(u32),
    /// A slide, from 1.
    Slide(u32),
    /// A chapter of a book, from 1, in reading order.
    Chapter(u32),
    /// A cell of a notebook, from 1.
    Cell(u32),
    /// A table of consecutive rows and columns of a sheet. In the text each row is one line `| .. | .. |`; the separator line
    /// after the header is not a row.
    Sheet {
        /// Name of the sheet; empty for files with one unnamed sheet, such as CSV.
        name: String,
        /// Row of the first line, from 1.
        row: u32,
        /// Column of the first cell, from 1: 1 is `A`.
        column: u32,
    },
}
