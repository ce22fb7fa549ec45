//! Document discovery: expands paths, folders and glob patterns to files with document ids.

use std::path::{Path, PathBuf};

use anyhow::bail;
use globset::GlobBuilder;
use ignore::WalkBuilder;

const EXTENSIONS: [&str; 3] = ["md", "markdown", "txt"];

/// A file to ingest, with its document id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SourceFile {
    pub(crate) id: String,
    pub(crate) file: PathBuf,
}

/// Finds the Markdown and text files of a folder, sorted by id. Ids are relative to the folder.
pub(crate) fn find_texts(folder: &Path) -> anyhow::Result<Vec<SourceFile>> {
    find_files(&[folder.display().to_string()], is_text)
}

fn is_text(file: &Path) -> bool {
    let extension = file.extension().unwrap_or_default();
    EXTENSIONS.iter().any(|known| extension == *known)
}

/// Finds the files for a list of files, folders and glob patterns, sorted by id. Of folders, those that are taken. Ids are relative to the folder or to the fixed part of the pattern, so that they are the same on every
/// machine.
///
/// Fails when an argument matches no file, or when two files would get the same id.
pub(super) fn find_files(
    arguments: &[String],
    is_taken: fn(&Path) -> bool,
) -> anyhow::Result<Vec<SourceFile>> {
    let mut sources = Vec::new();
    for argument in arguments {
        let path = Path::new(argument);
        if path.is_dir() {
            sources.extend(walk(path, is_taken));
        } else if path.is_file() {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            sources.push(SourceFile {
                id: name,
                file: path.to_owned(),
            });
        } else if argument.contains(['*', '?', '[', '{']) {
            let glob = GlobBuilder::new(argument)
                .literal_separator(true)
                .build()?
                .compile_matcher();
            let matches = walk(&glob_base(path), |file| glob.is_match(file));
            if matches.is_empty() {
                bail!("no file matches the pattern {argument}");
            }
            sources.extend(matches);
        } else {
            bail!("no such file or folder: {argument}");
        }
    }
    sources.sort_by(|left, right| left.id.cmp(&right.id));
    if let Some([first, second]) = sources
        .array_windows()
        .find(|[first, second]| first.id == second.id)
    {
        let (left, right) = (first.file.display(), second.file.display());
        bail!(
            "{left} and {right} would both get the id `{}`; specify a folder that contains both",
            first.id
        );
    }
    Ok(sources)
}

/// Lists the files below a folder that match. Skips hidden and unreadable files, and includes ignored ones.
fn walk(base: &Path, matches: impl Fn(&Path) -> bool) -> Vec<SourceFile> {
    let entries = WalkBuilder::new(base)
        .standard_filters(false)
        .hidden(true)
        .build()
        .flatten();
    let files = entries.filter(|entry| entry.path().is_file() && matches(entry.path()));
    files
        .map(|entry| {
            let relative = entry.path().strip_prefix(base).unwrap_or(entry.path());
            let parts: Vec<_> = relative
                .components()
                .map(|part| part.as_os_str().to_string_lossy())
                .collect();
            SourceFile {
                id: parts.join("/"),
                file: entry.path().to_owned(),
            }
        })
        .collect()
}

/// The folder prefix of a pattern: its components before the first one with a special character.
fn glob_base(pattern: &Path) -> PathBuf {
    let is_plain =
        |part: &std::path::Component<'_>| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']);
    let base: PathBuf = pattern.components().take_while(is_plain).collect();
    if base.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        base
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_relative_to_the_argument() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir(root.join("sub")).unwrap();
        for name in ["b.md", "sub/a.txt", "sub/c.rs", ".hidden.md"] {
            std::fs::write(root.join(name), "text").unwrap();
        }
        let ids = |argument: String| -> Vec<String> {
            find_files(&[argument], is_text)
                .unwrap()
                .into_iter()
                .map(|source| source.id)
                .collect()
        };
        assert_eq!(ids(root.display().to_string()), ["b.md", "sub/a.txt"]);
        assert_eq!(ids(root.join("sub/c.rs").display().to_string()), ["c.rs"]);
        assert_eq!(ids(root.join("*/*.txt").display().to_string()), ["sub/a.txt"]);
        assert!(find_files(&[root.join("none").display().to_string()], is_text).is_err());
        let file = root.join("b.md").display().to_string();
        assert!(
            find_files(&[file.clone(), file], is_text)
                .unwrap_err()
                .to_string()
                .contains("both get the id `b.md`")
        );
    }
}
