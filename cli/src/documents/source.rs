//! What `attest ingest` is given: files of every format that is parsed, addresses, and standard input.

use std::{io::Read, path::Path, time::Duration};

use anyhow::{Context, bail};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use parsers::{Format, Original, child};
use serde_json::json;
use shared::domain;

use super::{
    document::Document,
    files::{self, SourceFile},
    upload::Upload,
};

/// The largest file that is sent as it is: in base64 it fits into a request. Larger ones are parsed here.
const MAX_FILE_BYTES: usize = 4_000_000;
/// The longest that parsing a file may take here.
const MAX_PARSING: Duration = Duration::from_secs(120);

/// Something to ingest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A file.
    File(SourceFile),
    /// A page or file of the web, which the server fetches.
    Address(String),
    /// Standard input, with its name.
    StandardInput(String),
}

/// Finds the sources of a list of addresses, files, folders, glob patterns and `-`, which has this name. Folders are searched
/// for documents: files of every format but source code and JSON, which have to be named. Ids of files begin with the prefix.
///
/// Fails when an argument matches no file, or when two files would get the same id.
pub(crate) fn find(arguments: &[String], name: Option<&str>, prefix: &str) -> anyhow::Result<Vec<Source>> {
    let mut sources = Vec::new();
    let mut paths = Vec::new();
    for argument in arguments {
        match argument.as_str() {
            "-" => {
                let name = name.context("standard input needs a name: --name notes.md")?;
                sources.push(Source::StandardInput(format!("{prefix}{name}")));
            }
            url if url.starts_with("http://") || url.starts_with("https://") => {
                sources.push(Source::Address(url.to_owned()));
            }
            _ => paths.push(argument.clone()),
        }
    }
    let found = files::find_files(&paths, is_document)?;
    sources.extend(found.into_iter().map(|file| {
        Source::File(SourceFile {
            id: format!("{prefix}{}", file.id),
            ..file
        })
    }));
    Ok(sources)
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
            Self::File(file) => &file.id,
            Self::Address(url) => url,
            Self::StandardInput(name) => name,
        }
    }

    /// Reads it, as the request of an upload has it.
    pub(crate) async fn read(&self) -> anyhow::Result<Upload> {
        match self {
            Self::Address(url) => {
                let id = domain::Document::derive_id(Some(url), "");
                let body = json!({ "id": id.as_str(), "url": url });
                Ok(Upload::new(id.as_str(), body, url.len()))
            }
            Self::File(SourceFile { id, file }) => {
                let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
                of_bytes(id, &file.to_string_lossy(), bytes).await
            }
            Self::StandardInput(name) => {
                let mut bytes = Vec::new();
                std::io::stdin()
                    .read_to_end(&mut bytes)
                    .context("cannot read standard input")?;
                of_bytes(name, name, bytes).await
            }
        }
    }
}

async fn of_bytes(id: &str, name: &str, bytes: Vec<u8>) -> anyhow::Result<Upload> {
    if bytes.is_empty() {
        bail!("it is empty");
    }
    let bytes = match (Format::of_name(name), String::from_utf8(bytes)) {
        (Some(format @ (Format::Markdown | Format::Plain)), Ok(text)) => {
            let document = Document::new(name, text, format == Format::Plain);
            return Ok(Upload::from(Document {
                id: id.to_owned(),
                ..document
            }));
        }
        (_, Ok(text)) => text.into_bytes(),
        // The server tells encodings apart.
        (_, Err(error)) => error.into_bytes(),
    };
    if bytes.len() > MAX_FILE_BYTES {
        return parsed(id, name, &bytes).await;
    }
    let file_name = Path::new(name).file_name().unwrap_or_default().to_string_lossy();
    let data = BASE64_STANDARD.encode(&bytes);
    let size = data.len();
    Ok(Upload::new(
        id,
        json!({ "id": id, "name": file_name, "data": data }),
        size,
    ))
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

    #[test]
    fn folders_yield_documents_and_named_files_are_always_taken() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir(root.join("sub")).unwrap();
        for name in [
            "a.md",
            "b.PDF",
            "sub/c.docx",
            "sub/main.rs",
            "sub/lock.json",
            "sub/photo.png",
        ] {
            std::fs::write(root.join(name), "text").unwrap();
        }
        let labels = |arguments: &[String], prefix: &str| -> Vec<String> {
            let sources = find(arguments, None, prefix).unwrap();
            sources.iter().map(|source| source.label().to_owned()).collect()
        };
        let path = |name: &str| root.join(name).display().to_string();
        assert_eq!(labels(&[path("")], ""), ["a.md", "b.PDF", "sub/c.docx"]);
        let named = [path("sub/*.rs"), "https://a.example/".to_owned()];
        assert_eq!(labels(&named, "team/"), ["https://a.example/", "team/main.rs"]);
        assert!(find(&["-".to_owned()], None, "").is_err());
    }

    #[tokio::test]
    async fn texts_are_sent_as_texts_and_other_files_in_base64() {
        let text = of_bytes("n/a.md", "a.md", b"# Title\nbody".to_vec())
            .await
            .unwrap();
        assert_eq!(
            text.body,
            json!({ "id": "n/a.md", "text": "# Title\nbody", "content_type": "text/markdown" })
        );
        for (name, bytes) in [("n/latin.txt", b"caf\xe9".as_slice()), ("n/page.html", b"<p>a")] {
            let file = of_bytes(name, name, bytes.to_vec()).await.unwrap();
            let data = BASE64_STANDARD.encode(bytes);
            assert_eq!(file.body, json!({ "id": name, "name": &name[2..], "data": data }));
        }
        assert!(of_bytes("a", "a.md", Vec::new()).await.is_err());
    }
}
