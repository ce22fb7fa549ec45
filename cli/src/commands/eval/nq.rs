//! Natural Questions as a retrieval task (Kwiatkowski et al. 2019, as published by Liu et al. 2023): one annotated passage per
//! question; the distinct passages form the library.

use std::{collections::HashMap, path::Path};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{
    dataset,
    dataset::Split,
    retrieval::{SearchResult, ingest, search_all},
    table::{Goal, Row},
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
    /// A content hash, so that questions that share a passage share its id.
    fn id(&self) -> String {
        let hash = Sha256::new()
            .chain_update(&self.title)
            .chain_update(&self.text)
            .finalize();
        hash[..10].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Measures how often the annotated passage is the first result, and how often it is among the first five.
pub(super) async fn measure(folder: &Path, split: Split, server: &Server) -> anyhow::Result<Vec<Row>> {
    let examples: Vec<Example> = dataset::json_lines(&folder.join("nq-open-oracle.jsonl.gz"))?;
    let mut library: HashMap<String, Document> = HashMap::new();
    for passage in examples.iter().flat_map(|example| &example.ctxs) {
        let id = passage.id();
        library.entry(id.clone()).or_insert_with(|| Document {
            id,
            title: Some(passage.title.clone()),
            text: passage.text.clone(),
            content_type: "text/plain",
        });
    }
    ingest(server, LIBRARY, library.into_values().collect()).await?;

    let examples = split.select(examples);
    let questions = examples.iter().map(|example| example.question.clone()).collect();
    let results = search_all(server, LIBRARY, 5, questions).await?;
    let recall = |first: usize| {
        let is_hit = |(example, result): &(&Example, &SearchResult)| {
            let relevant: Vec<String> = example.ctxs.iter().map(Passage::id).collect();
            result
                .documents
                .iter()
                .take(first)
                .any(|id| relevant.contains(id))
        };
        let hits = examples.iter().zip(&results).filter(is_hit).count();
        hits as f64 / examples.len().max(1) as f64
    };
    let row = |measure, value, floor, goal| Row {
        set: "nq",
        measure,
        part: split.as_str().into(),
        examples: examples.len(),
        value,
        count: None,
        refuted: None,
        floor: Some(floor),
        goal: Some(Goal::AtLeast(goal)),
    };
    Ok(vec![
        row("recall@1", recall(1), 0.782, 0.80),
        row("recall@5", recall(5), 0.930, 0.94),
    ])
}
