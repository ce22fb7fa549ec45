//! Documents in the shape of `POST /documents`, read from Markdown and text files.

use std::path::Path;

use anyhow::Context;
use serde::Serialize;
use shared::domain::{self, ContentType};

use super::files::SourceFile;

/// A document in the request body of `POST /documents`. The server reads the front matter and the heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Document {
    pub(crate) id: String,
    /// Only for a text that states no title itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    pub(crate) text: String,
    pub(crate) content_type: &'static str,
}

impl Document {
    /// Reads a UTF-8 file.
    pub(crate) fn read(source: &SourceFile) -> anyhow::Result<Self> {
        let bytes =
            std::fs::read(&source.file).with_context(|| format!("cannot read {}", source.file.display()))?;
        let text =
            String::from_utf8(bytes).map_err(|_invalid| anyhow::anyhow!("the file is not UTF-8 text"))?;
        let is_plain = source
            .file
            .extension()
            .is_some_and(|extension| extension == "txt");
        let name = source.file.to_string_lossy();
        Ok(Self {
            id: source.id.clone(),
            ..Self::new(&name, text, is_plain)
        })
    }

    /// A text with its name as id. Without front matter and heading, it has the last part of its name as title, without
    /// an extension.
    pub(crate) fn new(name: &str, text: String, is_plain: bool) -> Self {
        let (content_type, media_type) = if is_plain {
            (ContentType::Plain, "text/plain")
        } else {
            (ContentType::Markdown, "text/markdown")
        };
        let title = match domain::Document::stated_title(&text, content_type) {
            Some(_) => None,
            None => Path::new(name)
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned()),
        };
        Self {
            id: name.to_owned(),
            title,
            text,
            content_type: media_type,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_sent_as_it_is_and_its_name_is_the_last_resort_for_a_title() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text, title, content_type) in [
            (
                "a.md",
                "\u{feff}---\r\ntitle: Front\r\n---\r\nbody",
                None,
                "text/markdown",
            ),
            ("b.md", "# Heading\nbody", None, "text/markdown"),
            (
                "c.md",
                "---\ndate: 2026-01-31\n---\nbody",
                Some("c"),
                "text/markdown",
            ),
            ("d.md", "```\n# comment\n```", Some("d"), "text/markdown"),
            ("e.txt", "# no", Some("e"), "text/plain"),
        ] {
            let file = folder.path().join(name);
            std::fs::write(&file, text).unwrap();
            let document = Document::read(&SourceFile {
                id: name.into(),
                file,
            });
            assert_eq!(
                document.unwrap(),
                Document {
                    id: name.to_owned(),
                    title: title.map(str::to_owned),
                    text: text.to_owned(),
                    content_type
                }
            );
        }
    }
}
