//! FEVER-Symmetric (Schuster et al. 2019): claims with supporting and refuting evidence in nearly the same words, so that
//! word overlap alone performs near chance.

use std::path::Path;

use serde::Deserialize;

use super::{
    citation::{self, Reply, Request, Source, share_refuted, share_supported},
    dataset,
    dataset::Split,
    table::{Goal, Row},
};
use crate::server::Server;

#[derive(Deserialize)]
struct Example {
    claim: String,
    evidence: String,
    label: Label,
}

#[derive(Deserialize, PartialEq, Eq, Clone, Copy)]
#[serde(rename_all = "UPPERCASE")]
enum Label {
    Supports,
    Refutes,
}

/// Measures how many true and false claims are supported, and how many false ones are refuted.
pub(super) async fn measure(folder: &Path, split: Split, server: &Server) -> anyhow::Result<Vec<Row>> {
    let examples: Vec<Example> = dataset::json_lines(&folder.join("fever_symmetric_v0.2_dev.jsonl"))?;
    let examples = split.select(examples);
    let request = |example: &Example| Request {
        text: example.claim.clone(),
        source: Source {
            title: String::new(),
            text: example.evidence.clone(),
        },
    };
    let requests = examples.iter().map(request).collect();
    let replies = citation::verify_all("fever-symmetric", server, requests).await?;
    let of = |label: Label| -> Vec<&Reply> {
        let pairs = examples.iter().zip(&replies);
        pairs
            .filter(|(example, _)| example.label == label)
            .map(|(_, reply)| reply)
            .collect()
    };
    let (true_claims, false_claims) = (of(Label::Supports), of(Label::Refutes));
    let row = |measure, examples, value, goal| Row {
        set: "fever-symmetric",
        measure,
        part: split.as_str().into(),
        examples,
        value,
        count: None,
        refuted: None,
        floor: None,
        goal: Some(goal),
    };
    let supported = share_supported(true_claims.iter().copied());
    let falsely = share_supported(false_claims.iter().copied());
    let refuted = share_refuted(false_claims.iter().copied());
    Ok(vec![
        row(
            "true supported",
            true_claims.len(),
            supported,
            Goal::AtLeast(0.50),
        ),
        row("false supported", false_claims.len(), falsely, Goal::AtMost(0.04)),
        row("false refuted", false_claims.len(), refuted, Goal::AtLeast(0.35)),
    ])
}
