//! Why a file has no text that can be stored.

use serde::{Deserialize, Serialize};

/// Why a file was not parsed. The message is for the sender of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Problem {
    /// No parser for this format.
    #[error("files of the type `{media_type}` are not supported{}", advice(media_type))]
    Unsupported {
        /// Media type as declared, or as found.
        media_type: String,
    },
    /// It needs a password.
    #[error("the file is encrypted; remove its password first")]
    Encrypted,
    /// It breaks the rules of its format.
    #[error("the file is damaged or not of the stated type: {detail}")]
    Damaged {
        /// What is wrong, in English.
        detail: String,
    },
    /// It exceeds a limit.
    #[error("the file is too large: {detail}")]
    TooLarge {
        /// The limit and what exceeds it, in English.
        detail: String,
    },
    /// It has no text.
    #[error("the file has no text: {detail}")]
    NoText {
        /// Why, in English: scanned pages, an empty file.
        detail: String,
    },
    /// Parsing took too long.
    #[error("the file could not be read within {seconds} seconds")]
    TimedOut {
        /// The limit.
        seconds: u64,
    },
    /// Parsing needed too much memory, or the parser ended abnormally.
    #[error("the file could not be read: {detail}")]
    Crashed {
        /// What happened, in English.
        detail: String,
    },
}

impl Problem {
    /// Reports a file that breaks the rules of its format.
    pub fn damaged(detail: impl ToString) -> Self {
        Self::Damaged {
            detail: detail.to_string(),
        }
    }

    /// Reports a file that exceeds a limit.
    pub fn too_large(detail: impl ToString) -> Self {
        Self::TooLarge {
            detail: detail.to_string(),
        }
    }

    /// Reports a file without text.
    pub fn no_text(detail: impl ToString) -> Self {
        Self::NoText {
            detail: detail.to_string(),
        }
    }
}

/// The way out for formats that have a successor.
fn advice(media_type: &str) -> &'static str {
    match media_type {
        "application/msword" => "; save the document as .docx",
        "application/vnd.ms-excel" | "application/vnd.ms-excel.sheet.binary.macroenabled.12" => {
            "; save the workbook as .xlsx"
        }
        "application/vnd.ms-powerpoint" => "; save the presentation as .pptx",
        _ => "",
    }
}
