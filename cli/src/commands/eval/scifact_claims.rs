//! SciFact (Wadden et al. 2020) as stance classification: cited abstracts support a claim, contradict it, or lack the
//! evidence.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
};

use anyhow::Context;
use serde::Deserialize;
use shared::evidence::support::{Stance, support};

use super::{
    dataset, dataset::Split, measures::macro_f1, progress::map_with_progress, scifact::Abstract, table::Row,
};

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

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "UPPERCASE")]
enum Label {
    Support,
    Contradict,
}

/// Measures the macro-F1 of the three stances.
pub(super) fn measure(folder: &Path, split: Split) -> anyhow::Result<Vec<Row>> {
    let corpus: Vec<Abstract> = dataset::json_lines(&folder.join("corpus.jsonl"))?;
    let corpus: HashMap<&str, &Abstract> = corpus.iter().map(|entry| (entry.id.as_str(), entry)).collect();
    let claims: Vec<Claim> = dataset::json_lines(&folder.join("claims_train.jsonl"))?;
    let claims = split.select(claims);
    let predictions = map_with_progress("scifact-claims", &claims, |claim| {
        let stances = claim.cited_doc_ids.iter().map(|id| {
            let id = id.to_string();
            let cited = corpus
                .get(id.as_str())
                .with_context(|| format!("abstract {id} is not in the corpus"))?;
            let predicted = support(&claim.claim, &cited.text(), &cited.title).stance();
            Ok((predicted, truth(claim, &id)))
        });
        stances.collect::<anyhow::Result<Vec<_>>>()
    });
    let predictions: Vec<(Stance, Stance)> = predictions
        .into_iter()
        .collect::<anyhow::Result<Vec<_>>>()?
        .concat();
    Ok(vec![Row {
        set: "scifact-claims",
        measure: "three stances, macro-F1",
        part: split.as_str(),
        examples: predictions.len(),
        value: macro_f1(
            &predictions,
            &[Stance::Supports, Stance::Refutes, Stance::Neutral],
        ),
        floor: Some(0.41),
        goal: Some(0.55),
    }])
}

/// The annotated stance of an abstract towards a claim.
fn truth(claim: &Claim, id: &str) -> Stance {
    match claim.evidence.get(id).and_then(|rationales| rationales.first()) {
        Some(Rationale {
            label: Label::Support,
        }) => Stance::Supports,
        Some(Rationale {
            label: Label::Contradict,
        }) => Stance::Refutes,
        None => Stance::Neutral,
    }
}
