//! Text of documents: formats such as HTML, PDF and DOCX become Markdown.
//!
//! [`parse`] reads one file. Files are hostile: a parser may loop, overflow the stack or use up the memory. Functions
//! therefore call [`child::parse`], which runs [`parse`] in a child process with limits.

mod archive;
mod asciidoc;
mod blocks;
mod charset;
pub mod child;
mod delimited;
mod docx;
mod email;
mod epub;
mod format;
mod grid;
mod html;
mod json;
mod markdown;
mod notebook;
mod numerals;
mod odf;
mod ole;
mod package;
mod parsed;
mod pdf;
mod pptx;
mod problem;
mod rst;
mod style_names;
mod text;
mod xlsx;
mod xml;

pub use self::{
    format::Format,
    parsed::{Location, Parsed, Place},
    problem::Problem,
};

/// A file to parse.
#[derive(Debug, Clone, Copy, Default)]
pub struct Original<'a> {
    /// The content.
    pub bytes: &'a [u8],
    /// Media type as declared by the sender, with its parameters: `text/html; charset=utf-8`.
    pub media_type: Option<&'a str>,
    /// Name of the file, or path of its address. Only its extension is used, when the media type says nothing.
    pub name: Option<&'a str>,
    /// Address of the file, to which relative links refer.
    pub url: Option<&'a str>,
}

/// The largest text that a file may have, in bytes of UTF-8.
pub const MAX_TEXT_BYTES: usize = 1_000_000;

/// Parses a file in this process.
///
/// # Errors
/// Every [`Problem`] but those of the child process.
pub fn parse(original: &Original<'_>) -> Result<Parsed, Problem> {
    match Format::detect(original)? {
        Format::Html => html::parse(original),
        Format::Pdf => pdf::parse(original.bytes),
        Format::Docx => docx::parse(original.bytes),
        Format::Pptx => pptx::parse(original.bytes),
        Format::Xlsx => xlsx::parse(original.bytes),
        Format::Odt => odf::parse_text(original.bytes),
        Format::Ods => odf::parse_sheets(original.bytes),
        Format::Odp => odf::parse_slides(original.bytes),
        Format::Epub => epub::parse(original.bytes),
        Format::Plain => text::parse_plain(original),
        Format::Markdown => text::parse_markdown(original),
        Format::Code => text::parse_code(original),
        format @ (Format::Csv | Format::Tsv) => delimited::parse(original, format),
        Format::Rst => rst::parse(original),
        Format::Json => json::parse(original),
        Format::Notebook => notebook::parse(original),
        Format::Email => email::parse(original.bytes),
        Format::AsciiDoc => asciidoc::parse(original),
    }
}
