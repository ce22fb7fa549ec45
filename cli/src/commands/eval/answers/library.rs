//! Libraries of a data set: their documents, and the library of the server that holds them.

use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
};

use anyhow::{Context, bail};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::super::{dataset, retrieval};
use crate::{documents::Document, server::Server};

/// The longest part of a library's name that comes from the set. The limit of the API is 64 in all.
const MAX_SET_CHARACTERS: usize = 40;

/// The documents of a set, and the name of their library.
pub(super) struct Library {
    /// The name of the set and a hash of the documents, so that other documents get another library.
    pub(super) name: String,
    documents: Vec<Document>,
}

/// One line of a file of documents.
#[derive(Deserialize)]
struct Line {
    path: String,
    text: String,
}

impl Library {
    /// Reads the documents of a set: the file `SET.jsonl.gz` or `SET.jsonl` of the folder.
    pub(super) fn read(folder: &Path, set: &str) -> anyhow::Result<Self> {
        let files = [".jsonl.gz", ".jsonl"].map(|extension| folder.join(format!("{set}{extension}")));
        let Some(file) = files.iter().find(|file| file.is_file()) else {
            bail!("{} has no {set}.jsonl.gz and no {set}.jsonl", folder.display());
        };
        let lines: Vec<Line> = dataset::json_lines(file)?;
        let documents = lines.into_iter().map(|line| Document {
            content_type: if line.path.ends_with(".txt") {
                "text/plain"
            } else {
                "text/markdown"
            },
            id: line.path,
            title: None,
            text: line.text,
        });
        Self::new(set, documents.collect())
    }

    /// A library of these documents.
    pub(super) fn new(set: &str, documents: Vec<Document>) -> anyhow::Result<Self> {
        let mut hash = Sha256::new();
        for document in &documents {
            hash.update(serde_json::to_vec(document)?);
        }
        let hash: String = hash.finalize()[..6]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let set = set.chars().take(MAX_SET_CHARACTERS);
        let set: String = set
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        Ok(Self {
            name: format!("{set}-{hash}"),
            documents,
        })
    }

    /// Ingests the documents, unless the server holds as many under this name.
    pub(super) async fn fill(self, server: &Server) -> anyhow::Result<()> {
        if self.is_filled(server).await? {
            return Ok(());
        }
        retrieval::ingest(server, &self.name, self.documents).await
    }

    async fn is_filled(&self, server: &Server) -> anyhow::Result<bool> {
        let mut count = 0;
        let mut cursor = String::new();
        loop {
            let path = format!("/documents?library={}&limit=100{cursor}", self.name);
            let page = server.get(&path).await?.json;
            let documents = page["documents"].as_array();
            count += documents.context("a list has no `documents`")?.len();
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(count == self.documents.len()),
            }
        }
    }
}

/// The texts of these documents as the server keeps them, by id: quotations refer to them.
pub(super) async fn stored_texts(
    server: &Server,
    library: &str,
    documents: BTreeSet<&str>,
) -> anyhow::Result<HashMap<String, String>> {
    let mut texts = HashMap::new();
    for id in documents {
        let encoded = utf8_percent_encode(id, NON_ALPHANUMERIC);
        let path = format!("/documents/{encoded}?library={library}");
        let stored = server.get(&path).await?.json;
        let text = stored["text"].as_str().context("a document has no `text`")?;
        texts.insert(id.to_owned(), text.to_owned());
    }
    Ok(texts)
}
