//! SciFact (Wadden et al. 2020) with verdicts: cited abstracts support a claim, contradict it, or lack the
//! evidence.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
};

use anyhow::Context;
use serde::Deserialize;

use super::{
    citation::{self, Reply, Request, Source, share_refuted, share_supported},
    dataset,
    dataset::Split,
    scifact::Abstract,
    table::Row,
};
use crate::server::Server;

#[derive(Deserialize)]
struct Claim {
    claim: String,
    /// The rationales of each abstract that supports or contradicts the claim, by abstract id.
    evidence: BTreeMap<String, Vec<Rationale>>,
    cited_doc_ids: Vec<u64>,
}

#[derive(Deserialize)]
struct Rationale {
    label: Label,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "UPPERCASE")]
enum Label {
    Support,
    Contradict,
}

/// Measures how many claims are supported or refuted, by the annotated stance of each cited abstract.
pub(super) async fn measure(folder: &Path, split: Split, server: &Server) -> anyhow::Result<Vec<Row>> {
    let corpus: Vec<Abstract> = dataset::json_lines(&folder.join("corpus.jsonl"))?;
    let corpus: HashMap<&str, &Abstract> = corpus.iter().map(|entry| (entry.id.as_str(), entry)).collect();
    let claims: Vec<Claim> = dataset::json_lines(&folder.join("claims_train.jsonl"))?;
    let mut requests = Vec::new();
    let mut labels = Vec::new();
    for claim in split.select(claims) {
        for id in claim.cited_doc_ids.iter().map(u64::to_string) {
            let cited = corpus
                .get(id.as_str())
                .with_context(|| format!("abstract {id} is not in the corpus"))?;
            requests.push(Request {
                text: claim.claim.clone(),
                source: Source {
                    title: cited.title.clone(),
                    text: cited.text(),
                },
            });
            labels.push(claim.label(&id));
        }
    }
    let replies = citation::verify_all("scifact-claims", server, requests).await?;
    let of = |label: Option<Label>| -> Vec<&Reply> {
        let pairs = labels.iter().zip(&replies);
        pairs
            .filter(|(of, _)| **of == label)
            .map(|(_, reply)| reply)
            .collect()
    };
    let row = |measure, replies: &[&Reply], value| Row {
        set: "scifact-claims",
        measure,
        part: split.as_str().into(),
        examples: replies.len(),
        value,
        count: None,
        refuted: None,
        floor: None,
        goal: None,
    };
    let supported =
        |measure, replies: &[&Reply]| row(measure, replies, share_supported(replies.iter().copied()));
    let refuted = |measure, replies: &[&Reply]| row(measure, replies, share_refuted(replies.iter().copied()));
    let contradicted = of(Some(Label::Contradict));
    Ok(vec![
        supported("SUPPORT supported", &of(Some(Label::Support))),
        refuted("CONTRADICT refuted", &contradicted),
        supported("CONTRADICT supported", &contradicted),
        supported("no evidence, supported", &of(None)),
    ])
}

impl Claim {
    /// The annotated stance of an abstract towards the claim; `None` without enough evidence.
    fn label(&self, id: &str) -> Option<Label> {
        Some(self.evidence.get(id)?.first()?.label)
    }
}
