//! Passage fixtures for tests.

use std::{collections::BTreeMap, sync::Arc};

use crate::domain::{ChunkId, ContentType, DocumentId, Passage, PassageHeader, code_points};

/// A passage that is the only chunk of its document.
pub(crate) fn passage(document: &str, text: &str) -> Passage {
    let id = DocumentId::parse(document).unwrap();
    let header = PassageHeader {
        title: document.to_owned(),
        url: None,
        content_type: ContentType::Markdown,
        published_at: None,
    };
    Passage {
        id: ChunkId {
            document: id,
            version: 1,
            number: 0,
        },
        header: Arc::new(header),
        context: String::new(),
        lead: None,
        text: text.to_owned(),
        start: 0,
        end: code_points(text),
        locations: Vec::new(),
        score: 1.0,
        lanes: BTreeMap::new(),
    }
}
