//! What `attest ingest` is given: files of every format that is parsed, addresses, and standard input.

use std::{
    collections::BTreeMap,
    io::Read,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, bail};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use parsers::{Format, Original, child};
use serde_json::json;
use shared::domain::{self, FrontMatter};

use super::{
    document::Document,
    files::{self, SourceFile},
    origin::{self, Place},
    upload::Upload,
};

/// The largest file that is sent as it is: in base64 it fits into a request. Larger ones are parsed here.
const MAX_FILE_BYTES: usize = 4_000_000;
/// The longest that parsing a file may take here.
const MAX_PARSING: Duration = Duration::from_secs(120);

/// The name of the metadata field with the origin of a document.
pub(super) const ORIGIN: &str = "ingested_from";
/// The origin of what comes from standard input.
const STANDARD_INPUT: &str = "standard input";

/// Something to ingest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A file, and where it comes from.
    File(SourceFile, String),
    /// A page or file of the web, which the server fetches.
    Address(String),
    /// Standard input, with its name.
    StandardInput(String),
}

/// A folder that is ingested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Folder {
    /// The folder.
    pub(super) path: PathBuf,
    /// Where it comes from: the origins of its files begin with it.
    pub(super) origin: String,
    /// What the ids of its files begin with.
    pub(super) prefix: String,
    /// Whether it has no file that is taken.
    pub(crate) is_empty: bool,
}

/// What the arguments yield.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// What is ingested: addresses and standard input, then files by id.
    pub(crate) sources: Vec<Source>,
    /// The folders among the arguments.
    pub(crate) folders: Vec<Folder>,
    /// How many files of folders are not taken, by extension.
    pub(crate) not_taken: BTreeMap<String, usize>,
    /// Why parts of folders could not be listed.
    pub(crate) unreadable: Vec<String>,
}

/// Finds the sources of a list of addresses, files, folders, glob patterns and `-`, which has this name. Folders are searched
/// for documents: files of every format but source code and JSON, which have to be named.
///
/// The id of a file is the prefix and its path relative to the argument. Without a prefix, it is the path in the repository
/// that contains the argument, or relative to the argument if none does.
///
/// Fails when an argument matches no file, or when two files would get the same id.
pub(crate) fn find(
    arguments: &[String],
    name: Option<&str>,
    prefix: Option<&str>,
) -> anyhow::Result<Sources> {
    let mut found = Sources::default();
    let mut files = Vec::new();
    let mut origins = BTreeMap::new();
    for argument in arguments {
        if argument == "-" {
            let name = name.context("standard input needs a name: --name notes.md")?;
            let id = format!("{}{name}", prefix.unwrap_or_default());
            found.sources.push(Source::StandardInput(id));
            continue;
        }
        if is_address(argument) {
            found.sources.push(Source::Address(argument.clone()));
            continue;
        }
        let listing = files::list(argument, is_document)?;
        let place = Place::of(&listing.base)?;
        let id = |relative: &str| match prefix {
            Some(prefix) => format!("{prefix}{relative}"),
            None => origin::join(&place.path, relative),
        };
        if Path::new(argument).is_dir() {
            found.folders.push(Folder {
                path: listing.base.clone(),
                origin: place.origin.clone(),
                // That of a file without a name.
                prefix: match id("") {
                    folder if prefix.is_none() && !folder.is_empty() => format!("{folder}/"),
                    beginning => beginning,
                },
                is_empty: listing.files.is_empty(),
            });
        }
        for file in listing.files {
            origins.insert(file.file.clone(), origin::join(&place.origin, &file.id));
            files.push(SourceFile {
                id: id(&file.id),
                ..file
            });
        }
        for (kind, count) in listing.not_taken {
            *found.not_taken.entry(kind).or_default() += count;
        }
        found.unreadable.extend(listing.unreadable);
    }
    for file in files::sorted(files)? {
        let origin = origins.remove(&file.file).unwrap_or_default();
        found.sources.push(Source::File(file, origin));
    }
    Ok(found)
}

/// Whether an argument is an address of the web.
pub(crate) fn is_address(argument: &str) -> bool {
    argument.starts_with("http://") || argument.starts_with("https://")
}

/// Whether a file of a folder is taken.
fn is_document(file: &Path) -> bool {
    let format = Format::of_name(&file.to_string_lossy());
    !matches!(format, None | Some(Format::Code | Format::Json))
}

impl Source {
    /// What messages name it.
    pub(crate) fn label(&self) -> &str {
        match self {
            Self::File(file, _) => &file.id,
            Self::Address(url) => url,
            Self::StandardInput(name) => name,
        }
    }

    /// The id that it is stored under and where it comes from; `None` for an address, which is itself the id.
    pub(crate) fn identity(&self) -> Option<(&str, &str)> {
        match self {
            Self::File(file, origin) => Some((&file.id, origin)),
            Self::StandardInput(name) => Some((name, STANDARD_INPUT)),
            Self::Address(_) => None,
        }
    }

    /// Reads it, as the request of an upload has it; `None` if it has front matter and no text.
    pub(crate) async fn read(&self) -> anyhow::Result<Option<Upload>> {
        let mut upload = match self {
            Self::Address(url) => {
                let id = domain::Document::derive_id(Some(url), "");
                let body = json!({ "id": id.as_str(), "url": url });
                return Ok(Some(Upload::new(id.as_str(), body, url.len())));
            }
            Self::File(SourceFile { id, file }, _) => {
                let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
                of_bytes(id, &file.to_string_lossy(), bytes).await?
            }
            Self::StandardInput(name) => {
                let mut bytes = Vec::new();
                std::io::stdin()
                    .read_to_end(&mut bytes)
                    .context("cannot read standard input")?;
                of_bytes(name, name, bytes).await?
            }
        };
        if let (Some(upload), Some((_, origin))) = (&mut upload, self.identity()) {
            upload.body["metadata"] = json!({ ORIGIN: origin });
        }
        Ok(upload)
    }
}

async fn of_bytes(id: &str, name: &str, bytes: Vec<u8>) -> anyhow::Result<Option<Upload>> {
    if bytes.is_empty() {
        bail!("it is empty");
    }
    let bytes = match (Format::of_name(name), String::from_utf8(bytes)) {
        (Some(format @ (Format::Markdown | Format::Plain)), Ok(text)) => {
            if format == Format::Markdown && FrontMatter::is_all_of(&text) {
                return Ok(None);
            }
            let document = Document::new(name, text, format == Format::Plain);
            return Ok(Some(Upload::from(Document {
                id: id.to_owned(),
                ..document
            })));
        }
        (_, Ok(text)) => text.into_bytes(),
        // The server tells encodings apart.
        (_, Err(error)) => error.into_bytes(),
    };
    if bytes.len() > MAX_FILE_BYTES {
        return parsed(id, name, &bytes).await.map(Some);
    }
    let file_name = Path::new(name).file_name().unwrap_or_default().to_string_lossy();
    let data = BASE64_STANDARD.encode(&bytes);
    let size = data.len();
    let body = json!({ "id": id, "name": file_name, "data": data });
    Ok(Some(Upload::new(id, body, size)))
}

/// The text of a file that is too large for a request. Its pages and cells are not known to the server.
async fn parsed(id: &str, name: &str, bytes: &[u8]) -> anyhow::Result<Upload> {
    let original = Original {
        bytes,
        name: Some(name),
        ..Original::default()
    };
    let parsed = child::parse(&original, MAX_PARSING).await?;
    let document = Document::new(name, parsed.text, parsed.is_plain);
    Ok(Upload::from(Document {
        id: id.to_owned(),
        title: parsed.title.or(document.title),
        ..document
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with these files.
    fn folder(names: &[&str]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for name in names {
            let file = root.join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "text").unwrap();
        }
        (folder, root)
    }

    fn labels(found: &Sources) -> Vec<&str> {
        found.sources.iter().map(Source::label).collect()
    }

    #[test]
    fn folders_yield_documents_and_named_files_are_always_taken() {
        let (_folder, root) = folder(&[
            "a.md",
            "b.PDF",
            "sub/c.docx",
            "sub/main.rs",
            "sub/lock.json",
            "sub/photo.png",
        ]);
        let path = |name: &str| root.join(name).display().to_string();
        let found = find(&[path("")], None, None).unwrap();
        assert_eq!(labels(&found), ["a.md", "b.PDF", "sub/c.docx"]);
        let kinds: Vec<&str> = found.not_taken.keys().map(String::as_str).collect();
        assert_eq!(kinds, [".json", ".png", ".rs"]);
        let named = [path("sub/*.rs"), "https://a.example/".to_owned()];
        let found = find(&named, None, Some("team/")).unwrap();
        assert_eq!(labels(&found), ["https://a.example/", "team/main.rs"]);
        assert!(find(&["-".to_owned()], None, None).is_err());
    }

    #[test]
    fn a_file_of_a_repository_has_one_id_however_it_is_named() {
        let (_folder, root) = folder(&["docs/readme.md", "docs/api/readme.md", ".git/config"]);
        for argument in ["", "docs", "docs/readme.md", "docs/*.md", "docs/**/r*.md"] {
            let found = find(&[root.join(argument).display().to_string()], None, None).unwrap();
            let file = root.join("docs/readme.md");
            let source = Source::File(
                SourceFile {
                    id: "docs/readme.md".to_owned(),
                    file: file.clone(),
                },
                file.display().to_string(),
            );
            assert!(found.sources.contains(&source), "{argument}: {:?}", found.sources);
        }
        let arguments = [root.join("docs").display().to_string()];
        for (prefix, ids, of_folder) in [
            (None, ["docs/api/readme.md", "docs/readme.md"], "docs/"),
            (Some("a-"), ["a-api/readme.md", "a-readme.md"], "a-"),
            (Some(""), ["api/readme.md", "readme.md"], ""),
        ] {
            let found = find(&arguments, None, prefix).unwrap();
            assert_eq!(labels(&found), ids);
            assert_eq!(found.folders[0].prefix, of_folder);
        }
    }

    #[tokio::test]
    async fn texts_are_sent_as_texts_and_other_files_in_base64() {
        let text = of_bytes("n/a.md", "a.md", b"# Title\nbody".to_vec()).await;
        assert_eq!(
            text.unwrap().unwrap().body,
            json!({ "id": "n/a.md", "text": "# Title\nbody", "content_type": "text/markdown" })
        );
        for (name, bytes) in [("n/latin.txt", b"caf\xe9".as_slice()), ("n/page.html", b"<p>a")] {
            let file = of_bytes(name, name, bytes.to_vec()).await.unwrap().unwrap();
            let data = BASE64_STANDARD.encode(bytes);
            assert_eq!(file.body, json!({ "id": name, "name": &name[2..], "data": data }));
        }
        let front_matter = of_bytes("a", "a.md", b"---\ntitle: A\n---\n\n".to_vec()).await;
        assert!(front_matter.unwrap().is_none());
        assert!(of_bytes("a", "a.md", Vec::new()).await.is_err());
    }

    #[tokio::test]
    async fn a_file_is_sent_with_its_origin() {
        let (_folder, root) = folder(&["a.md"]);
        let found = find(&[root.display().to_string()], None, None).unwrap();
        let upload = found.sources[0].read().await.unwrap().unwrap();
        let origin = root.join("a.md").display().to_string();
        assert_eq!(upload.body["metadata"], json!({ "ingested_from": origin }));
    }
}
