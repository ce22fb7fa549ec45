//! Names of built-in styles of Word, LibreOffice and pandoc. Files have them in English whatever the language of the program.

/// What a style marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The title of the document.
    Title,
    /// A line of the table of contents.
    Contents,
    /// A quotation.
    Quote,
    /// Lines of code.
    Code,
}

/// What a style marks, by its name without regard to case.
pub(crate) fn role(name: &str) -> Option<Role> {
    match name.to_lowercase().as_str() {
        "title" => Some(Role::Title),
        "toc heading" | "contents heading" => Some(Role::Contents),
        "quote" | "intense quote" | "block text" | "quotations" => Some(Role::Quote),
        "source code" | "html preformatted" | "preformatted text" => Some(Role::Code),
        name if name.starts_with("toc ") || name.starts_with("contents ") => Some(Role::Contents),
        _ => None,
    }
}

/// The level of a built-in heading, from 1, by its name without regard to case. It serves styles that state no level.
pub(crate) fn heading(name: &str) -> Option<usize> {
    let level = name.to_lowercase().strip_prefix("heading ")?.parse().ok()?;
    (1..=9).contains(&level).then_some(level)
}
