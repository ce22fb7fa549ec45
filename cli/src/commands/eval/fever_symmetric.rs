//! FEVER-Symmetric (Schuster et al. 2019): each claim comes with evidence for it and against it in nearly the same words,
//! so that counting words alone is near chance.

use std::path::Path;

use serde::Deserialize;
use shared::evidence::support;

use super::{each, lines, lines::Half, measures::balanced_accuracy, table::Row};

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

pub(super) fn measure(folder: &Path, half: Half) -> anyhow::Result<Vec<Row>> {
    let examples: Vec<Example> = lines::json_lines(&folder.join("fever_symmetric_v0.2_dev.jsonl"))?;
    let examples = half.of(examples);
    let scored = each("fever-symmetric", &examples, |example| {
        let score = support::probability(&example.claim, &example.evidence, "");
        (score, example.label == Label::Supports)
    });
    Ok(vec![Row {
        set: "fever-symmetric",
        measure: "balanced accuracy",
        part: half.as_str(),
        examples: scored.len(),
        value: balanced_accuracy(&scored, support::LIKELY),
        floor: Some(0.666),
        goal: Some(0.72),
    }])
}
