//! Natural Questions with one right passage for each question (Kwiatkowski et al. 2019, as Liu et al. 2023 give it out):
//! the distinct passages are the library.

use std::{collections::HashMap, path::Path};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{
    lines,
    lines::Half,
    retrieval::{ingest, search_all},
    table::Row,
};
use crate::{documents::Document, server::Server};

const LIBRARY: &str = "nq";

#[derive(Deserialize)]
struct Example {
    question: String,
    ctxs: Vec<Passage>,
}

#[derive(Deserialize)]
struct Passage {
    title: String,
    text: String,
}

impl Passage {
    /// The same for the same passage, which several questions may share.
    fn id(&self) -> String {
        let hash = Sha256::new()
            .chain_update(&self.title)
            .chain_update(&self.text)
            .finalize();
        hash[..10].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Whether the right passage is the first, or among the first five.
pub(super) async fn measure(folder: &Path, half: Half, server: &Server) -> anyhow::Result<Vec<Row>> {
    let examples: Vec<Example> = lines::json_lines(&folder.join("nq-open-oracle.jsonl.gz"))?;
    let mut library: HashMap<String, Document> = HashMap::new();
    for passage in examples.iter().flat_map(|example| &example.ctxs) {
        let id = passage.id();
        library.entry(id.clone()).or_insert_with(|| Document {
            id,
            title: passage.title.clone(),
            url: None,
            text: passage.text.clone(),
            content_type: "text/plain",
        });
    }
    ingest(server, LIBRARY, library.into_values().collect()).await?;

    let examples = half.of(examples);
    let questions = examples.iter().map(|example| example.question.clone()).collect();
    let found = search_all(server, LIBRARY, 5, questions).await?;
    let recall = |first: usize| {
        let is_found = |(example, found): &(&Example, &super::retrieval::Found)| {
            let right: Vec<String> = example.ctxs.iter().map(Passage::id).collect();
            found.documents.iter().take(first).any(|id| right.contains(id))
        };
        let hits = examples.iter().zip(&found).filter(is_found).count();
        hits as f64 / examples.len().max(1) as f64
    };
    let row = |measure, value, floor, goal| Row {
        set: "nq",
        measure,
        part: half.as_str(),
        examples: examples.len(),
        value,
        floor: Some(floor),
        goal: Some(goal),
    };
    Ok(vec![
        row("recall@1", recall(1), 0.782, 0.80),
        row("recall@5", recall(5), 0.930, 0.94),
    ])
}
