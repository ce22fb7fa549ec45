//! The pages and the questions of the data set.

use std::{collections::HashSet, path::Path};

use anyhow::ensure;
use serde::Deserialize;
use shared::domain::{self, ContentType, DocumentId, DocumentText};

use super::super::dataset;
use crate::documents::Document;

/// A page in Markdown.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Page {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) text: String,
}

/// A question, and the page that answers it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Query {
    /// The id of the page.
    #[serde(rename = "id")]
    pub(super) page: String,
    #[serde(rename = "query")]
    pub(super) text: String,
}

impl Page {
    /// The page as a request of `POST /documents` has it.
    pub(super) fn to_request(&self) -> Document {
        Document {
            id: self.id.clone(),
            title: (!self.title.trim().is_empty()).then(|| self.title.clone()),
            text: self.text.clone(),
            content_type: "text/markdown",
        }
    }

    /// The page as the server stores it.
    pub(super) fn to_stored(&self) -> anyhow::Result<domain::Document> {
        let (_, text) = DocumentText::parse(self.text.clone())?.split_front_matter();
        let title = self.title.trim();
        Ok(domain::Document {
            origin: None,
            locations: Vec::new(),
            id: DocumentId::parse(&self.id)?,
            title: if title.is_empty() {
                domain::Document::derive_title(text.as_str(), ContentType::Markdown)
            } else {
                title.to_owned()
            },
            url: None,
            text,
            content_type: ContentType::Markdown,
            published_at: None,
            metadata: serde_json::Map::new(),
        })
    }
}

/// Reads the pages of a folder, at least `count`.
pub(super) fn pages(folder: &Path, count: usize) -> anyhow::Result<Vec<Page>> {
    let file = folder.join("corpus.jsonl.gz");
    let pages: Vec<Page> = dataset::json_lines(&file)?;
    ensure!(
        pages.len() >= count,
        "{} has {} pages; at least {count} are needed",
        file.display(),
        pages.len()
    );
    Ok(pages)
}

/// Reads the questions of a folder.
pub(super) fn queries(folder: &Path) -> anyhow::Result<Vec<Query>> {
    dataset::json_lines(&folder.join("queries.jsonl"))
}

/// At most `count` of the questions whose page is among `pages`, evenly spread over them; the same in every run.
pub(super) fn answerable(queries: &[Query], pages: &[Page], count: usize) -> Vec<Query> {
    let ids: HashSet<&str> = pages.iter().map(|page| page.id.as_str()).collect();
    let known: Vec<&Query> = queries
        .iter()
        .filter(|query| ids.contains(query.page.as_str()))
        .collect();
    let count = count.min(known.len());
    (0..count)
        .map(|number| known[number * known.len() / count].clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_evenly_spread_over_those_whose_page_is_loaded() {
        let page = |id: usize| Page {
            id: id.to_string(),
            title: String::new(),
            text: "# Heading\n\ntext".to_owned(),
        };
        let pages: Vec<Page> = (0..10).map(page).collect();
        let queries: Vec<Query> = (0..20)
            .map(|id| Query {
                page: id.to_string(),
                text: String::new(),
            })
            .collect();
        let ids = |count| -> Vec<String> {
            let selected = answerable(&queries, &pages, count);
            selected.into_iter().map(|query| query.page).collect()
        };
        assert_eq!(ids(5), ["0", "2", "4", "6", "8"]);
        assert_eq!(ids(300).len(), 10);
        assert!(ids(0).is_empty());
        assert_eq!(pages[0].to_stored().unwrap().title, "Heading");
    }
}
