//! Documents in the shape of `POST /documents`, read from Markdown and text files.

use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::files::SourceFile;

/// A document in the request body of `POST /documents`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Document {
    pub(crate) id: String,
    /// Blank if the server is to derive it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    pub(crate) text: String,
    pub(crate) content_type: &'static str,
}

/// YAML front matter between `---` lines at the top of a Markdown file.
#[derive(Default, Deserialize)]
#[serde(default)]
struct FrontMatter {
    title: Option<String>,
    url: Option<String>,
}

impl Document {
    /// Reads a UTF-8 file. The title comes from the front matter, else the first heading, else the file name.
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
            ..Self::parse(&name, &text, is_plain)
        })
    }

    /// Reads a text. Without another title, it has the last part of its name as title, without an extension.
    pub(crate) fn parse(name: &str, text: &str, is_plain: bool) -> Self {
        let (front, text) = if is_plain {
            (FrontMatter::default(), text)
        } else {
            split_front_matter(text)
        };
        let heading = || {
            text.lines()
                .find_map(|line| line.strip_prefix("# "))
                .filter(|_| !is_plain)
        };
        let stem = || {
            let stem = Path::new(name).file_stem().unwrap_or_default();
            stem.to_string_lossy().into_owned()
        };
        Self {
            id: name.to_owned(),
            title: front
                .title
                .or_else(|| heading().map(|title| title.trim().to_owned()))
                .unwrap_or_else(stem),
            url: front.url,
            text: text.to_owned(),
            content_type: if is_plain { "text/plain" } else { "text/markdown" },
        }
    }
}

/// Splits off the front matter. A block that is not valid YAML remains part of the text.
fn split_front_matter(text: &str) -> (FrontMatter, &str) {
    let parts = text
        .strip_prefix("---\n")
        .and_then(|rest| rest.split_once("\n---\n"));
    match parts.map(|(front, rest)| (serde_norway::from_str(front), rest)) {
        Some((Ok(front), rest)) => (front, rest.trim_start_matches('\n')),
        _ => (FrontMatter::default(), text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_comes_from_front_matter_then_heading_then_name() {
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str, text: &str| {
            let file = folder.path().join(name);
            std::fs::write(&file, text).unwrap();
            Document::read(&SourceFile {
                id: name.into(),
                file,
            })
            .unwrap()
        };
        let front = read(
            "a.md",
            "---\ntitle: Front\nurl: https://example.org\n---\n\n# Heading\nbody",
        );
        assert_eq!(
            (front.title.as_str(), front.text.as_str()),
            ("Front", "# Heading\nbody")
        );
        assert_eq!(front.url.as_deref(), Some("https://example.org"));
        assert_eq!(read("b.md", "# Heading\nbody").title, "Heading");
        assert_eq!(
            read("c.md", "---\nnot: [yaml\n---\nbody").text,
            "---\nnot: [yaml\n---\nbody"
        );
        assert_eq!(
            (read("d.txt", "# no").title, read("d.txt", "# no").content_type),
            ("d".into(), "text/plain")
        );
    }
}
