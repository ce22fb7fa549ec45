//! Document discovery: expands paths, folders and glob patterns to files.

use std::{
    collections::BTreeMap,
    path::{Component, Path, PathBuf},
};

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

/// What one argument yields.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// The folder, the folder of the file, or the fixed part of the pattern.
    pub(super) base: PathBuf,
    /// The files that are taken. Their ids are their paths relative to the base, with `/` on every machine.
    pub(super) files: Vec<SourceFile>,
    /// How many files of a folder are not taken, by extension.
    pub(super) not_taken: BTreeMap<String, usize>,
    /// Why parts of a folder could not be listed.
    pub(super) unreadable: Vec<String>,
}

/// Finds the Markdown and text files of a folder, sorted by id. Ids are relative to the folder.
pub(crate) fn find_texts(folder: &Path) -> anyhow::Result<Vec<SourceFile>> {
    let listing = list(&folder.display().to_string(), is_text)?;
    sorted(listing.files)
}

fn is_text(file: &Path) -> bool {
    let extension = file.extension().unwrap_or_default();
    EXTENSIONS.iter().any(|known| extension == *known)
}

/// Lists the files of a file, folder or glob pattern. Of a folder, those that are taken.
///
/// Fails when the argument matches no file.
pub(super) fn list(argument: &str, is_taken: fn(&Path) -> bool) -> anyhow::Result<Listing> {
    let path = Path::new(argument);
    if path.is_dir() {
        return Ok(walk(path, is_taken));
    }
    if path.is_file() {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let parent = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        return Ok(Listing {
            base: parent.to_owned(),
            files: vec![SourceFile {
                id: name.into_owned(),
                file: path.to_owned(),
            }],
            ..Listing::default()
        });
    }
    if !argument.contains(['*', '?', '[', '{']) {
        bail!("no such file or folder: {argument}");
    }
    let glob = GlobBuilder::new(argument)
        .literal_separator(true)
        .build()?
        .compile_matcher();
    let mut matches = walk(&glob_base(path), |file| glob.is_match(file));
    if matches.files.is_empty() {
        bail!("no file matches the pattern {argument}");
    }
    matches.not_taken.clear();
    Ok(matches)
}

/// Sorts files by id.
///
/// Fails when two have the same id.
pub(super) fn sorted(mut files: Vec<SourceFile>) -> anyhow::Result<Vec<SourceFile>> {
    files.sort_by(|left, right| left.id.cmp(&right.id));
    if let Some([first, second]) = files
        .array_windows()
        .find(|[first, second]| first.id == second.id)
    {
        let (left, right) = (first.file.display(), second.file.display());
        bail!(
            "{left} and {right} would both get the id `{}`; specify a folder that contains both",
            first.id
        );
    }
    Ok(files)
}

/// Lists the files below a folder. Skips hidden files, and includes ignored ones.
fn walk(base: &Path, is_taken: impl Fn(&Path) -> bool) -> Listing {
    let mut listing = Listing {
        base: base.to_owned(),
        ..Listing::default()
    };
    for entry in WalkBuilder::new(base)
        .standard_filters(false)
        .hidden(true)
        .build()
    {
        match entry {
            Ok(entry) if !entry.path().is_file() => {}
            Ok(entry) if is_taken(entry.path()) => listing.files.push(SourceFile {
                id: relative_path(entry.path(), base),
                file: entry.path().to_owned(),
            }),
            Ok(entry) => *listing.not_taken.entry(kind(entry.path())).or_default() += 1,
            Err(error) => listing.unreadable.push(error.to_string()),
        }
    }
    listing
}

/// What a file that is not taken is counted as, such as `.png`.
fn kind(file: &Path) -> String {
    match file.extension() {
        Some(extension) => format!(".{}", extension.to_string_lossy().to_lowercase()),
        None => "without extension".to_owned(),
    }
}

/// The path of a file below a folder, with `/` between its parts; empty for the folder itself.
pub(super) fn relative_path(file: &Path, base: &Path) -> String {
    let relative = file.strip_prefix(base).unwrap_or(file);
    let parts: Vec<_> = relative
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

/// The folder prefix of a pattern: its components before the first one with a special character.
fn glob_base(pattern: &Path) -> PathBuf {
    let is_plain = |part: &Component<'_>| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']);
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
    fn paths_are_relative_to_the_argument() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir(root.join("sub")).unwrap();
        for name in [
            "b.md",
            "sub/a.txt",
            "sub/c.rs",
            "sub/d.RS",
            "LICENSE",
            ".hidden.md",
        ] {
            std::fs::write(root.join(name), "text").unwrap();
        }
        let ids = |argument: &Path| -> Vec<String> {
            let listing = list(&argument.display().to_string(), is_text).unwrap();
            let files = sorted(listing.files).unwrap();
            files.into_iter().map(|source| source.id).collect()
        };
        assert_eq!(ids(root), ["b.md", "sub/a.txt"]);
        assert_eq!(ids(&root.join("sub/c.rs")), ["c.rs"]);
        assert_eq!(ids(&root.join("*/*.txt")), ["sub/a.txt"]);
        assert!(list(&root.join("none").display().to_string(), is_text).is_err());
        let not_taken = list(&root.display().to_string(), is_text).unwrap().not_taken;
        assert_eq!(
            not_taken,
            BTreeMap::from([(".rs".to_owned(), 2), ("without extension".to_owned(), 1)])
        );
    }

    #[test]
    fn two_files_with_one_id_are_refused() {
        let file = |path: &str| SourceFile {
            id: "b.md".to_owned(),
            file: path.into(),
        };
        let error = sorted(vec![file("one/b.md"), file("two/b.md")]).unwrap_err();
        assert!(error.to_string().contains("both get the id `b.md`"), "{error}");
    }
}
