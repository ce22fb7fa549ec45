//! FEVER-Symmetric (Schuster et al. 2019): claims with supporting and refuting evidence in nearly the same words, so that
//! word overlap alone performs near chance.

use std::path::Path;

use serde::Deserialize;
use shared::evidence::support;

use super::{dataset, dataset::Split, measures::balanced_accuracy, progress::map_with_progress, table::Row};

#[derive(Deserialize)]
struct Example {
    claim: String,
    evidence: String,
    label: Label,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "UPPERCASE")]
enum Label {
    Supports,
    Refutes,
}

/// Measures the balanced accuracy of "the evidence supports the claim".
pub(super) fn measure(folder: &Path, split: Split) -> anyhow::Result<Vec<Row>> {
    let examples: Vec<Example> = dataset::json_lines(&folder.join("fever_symmetric_v0.2_dev.jsonl"))?;
    let examples = split.select(examples);
    let scored = map_with_progress("fever-symmetric", &examples, |example| {
        let score = support::probability(&example.claim, &example.evidence, "");
        (score, example.label == Label::Supports)
    });
    Ok(vec![Row {
        set: "fever-symmetric",
        measure: "balanced accuracy",
        part: split.as_str(),
        examples: scored.len(),
        value: balanced_accuracy(&scored, support::LIKELY),
        floor: Some(0.666),
        goal: Some(0.72),
    }])
}
