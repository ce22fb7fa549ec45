//! SciFact (Wadden et al. 2020): claims, each with the abstracts that it cites, which support it, contradict it, or say
//! too little of it.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
};

use anyhow::Context;
use serde::Deserialize;
use shared::evidence::support::{Stance, support};

use super::{each, lines, lines::Half, measures::macro_f1, scifact::Abstract, table::Row};

#[derive(Deserialize)]
struct Claim {
    claim: String,
    /// For each abstract that takes a side, what it says where.
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

pub(super) fn measure(folder: &Path, half: Half) -> anyhow::Result<Vec<Row>> {
    let corpus: Vec<Abstract> = lines::json_lines(&folder.join("corpus.jsonl"))?;
    let corpus: HashMap<&str, &Abstract> = corpus.iter().map(|entry| (entry.id.as_str(), entry)).collect();
    let claims: Vec<Claim> = lines::json_lines(&folder.join("claims_train.jsonl"))?;
    let claims = half.of(claims);
    let told = each("scifact-claims", &claims, |claim| {
        let stances = claim.cited_doc_ids.iter().map(|id| {
            let id = id.to_string();
            let cited = corpus
                .get(id.as_str())
                .with_context(|| format!("abstract {id} is not in the corpus"))?;
            let told = support(&claim.claim, &cited.text(), &cited.title).stance();
            Ok((told, truth(claim, &id)))
        });
        stances.collect::<anyhow::Result<Vec<_>>>()
    });
    let told: Vec<(Stance, Stance)> = told.into_iter().collect::<anyhow::Result<Vec<_>>>()?.concat();
    Ok(vec![Row {
        set: "scifact-claims",
        measure: "three stances, macro-F1",
        part: half.as_str(),
        examples: told.len(),
        value: macro_f1(&told, &[Stance::Supports, Stance::Refutes, Stance::Neutral]),
        floor: Some(0.41),
        goal: Some(0.55),
    }])
}

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
