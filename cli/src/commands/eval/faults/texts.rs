//! The texts of a folder or file: Markdown, plain text, and JSON lines with a text or sentences.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde::Deserialize;
use shared::domain::{self, ContentType, FrontMatter};

use super::super::dataset;
use crate::documents::Document;

/// A text with its title.
#[derive(Debug, Clone)]
pub(super) struct Text {
    /// Identifies the text in every run; its hash decides the half.
    pub(super) name: String,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) content_type: ContentType,
}

/// A line of a `.jsonl` file. Lines without a text are skipped.
#[derive(Deserialize)]
struct Line {
    path: Option<String>,
    title: Option<String>,
    text: Option<String>,
    sentences: Option<Vec<String>>,
}

/// Reads a file, or all files of a folder and its subfolders.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<Text>> {
    let mut files = Vec::new();
    collect(path, &mut files).with_context(|| format!("cannot read {}", path.display()))?;
    files.sort();
    let mut texts = Vec::new();
    for file in files {
        let relative = file.strip_prefix(path).unwrap_or(&file);
        let name = relative.to_string_lossy().replace('\\', "/");
        match kind(&file) {
            Some(FileKind::Lines) => texts.extend(lines(&file)?),
            Some(FileKind::Text(content_type)) => {
                let text = dataset::text(&file)?;
                texts.push(parse(&name, None, text, content_type));
            }
            None => {}
        }
    }
    ensure!(
        !texts.is_empty(),
        "{} has no text: expected .md, .txt, .jsonl or .jsonl.gz files",
        path.display()
    );
    Ok(texts)
}

enum FileKind {
    Lines,
    Text(ContentType),
}

fn kind(file: &Path) -> Option<FileKind> {
    let name = file.file_name()?.to_string_lossy();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    match name.rsplit_once('.')?.1 {
        "jsonl" => Some(FileKind::Lines),
        "md" | "markdown" => Some(FileKind::Text(ContentType::Markdown)),
        "txt" => Some(FileKind::Text(ContentType::Plain)),
        _ => None,
    }
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(path)? {
        collect(&entry?.path(), files)?;
    }
    Ok(())
}

fn lines(file: &Path) -> anyhow::Result<Vec<Text>> {
    let lines: Vec<Line> = dataset::json_lines(file)?;
    let text = |(number, line): (usize, Line)| {
        let (text, content_type) = match (line.text, line.sentences) {
            (Some(text), _) => (text, ContentType::Markdown),
            (None, Some(sentences)) => (sentences.join(" "), ContentType::Plain),
            (None, None) => return None,
        };
        let name = line.path.or_else(|| line.title.clone());
        let name = name.unwrap_or_else(|| format!("line {}", number + 1));
        Some(parse(&name, line.title, text, content_type))
    };
    Ok(lines.into_iter().enumerate().filter_map(text).collect())
}

/// A text as the server stores it when `attest ingest` sends it: without front matter, with a title.
fn parse(name: &str, title: Option<String>, text: String, content_type: ContentType) -> Text {
    let document = Document::new(name, text, content_type == ContentType::Plain);
    let stated = || domain::Document::stated_title(&document.text, content_type);
    let text = match content_type {
        ContentType::Markdown => FrontMatter::split(&document.text).1,
        ContentType::Plain => &document.text,
    };
    Text {
        name: name.to_owned(),
        text: text.to_owned(),
        title: title.or_else(stated).or(document.title).unwrap_or_default(),
        content_type,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_mixed_files_is_read_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("b.md", "---\ntitle: Bees\n---\n\nBees fly.");
        write("a.txt", "Ants walk.");
        write(
            "c.jsonl",
            "{\"path\": \"x/y.md\", \"text\": \"# Cats\\n\\nCats sleep.\"}\n{\"other\": 1}\n\
             {\"title\": \"Dogs\", \"sentences\": [\"Dogs bark.\", \"They run.\"]}\n",
        );
        write("d.bin", "no");
        let texts = read(folder.path()).unwrap();
        let seen: Vec<_> = texts
            .iter()
            .map(|text| (&*text.name, &*text.title, &*text.text))
            .collect();
        assert_eq!(
            seen,
            [
                ("a.txt", "a", "Ants walk."),
                ("b.md", "Bees", "Bees fly."),
                ("x/y.md", "Cats", "# Cats\n\nCats sleep."),
                ("Dogs", "Dogs", "Dogs bark. They run."),
            ]
        );
        assert!(read(&folder.path().join("none")).is_err());
    }
}
