//! `attest eval`: measures quality on public data sets and compares it with baselines and goals.

mod begin;
mod calibration;
mod dataset;
mod diagram;
mod fever_symmetric;
mod halueval;
mod measures;
mod memory_index;
mod nq;
mod nq_quotes;
mod progress;
mod qed;
mod retrieval;
mod scifact;
mod scifact_claims;
mod table;

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::target::Target;
use crate::exit::Exit;
use dataset::Split;
use table::Row;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The data sets to evaluate, in this order.
    #[arg(required = true, value_enum)]
    sets: Vec<Set>,
    /// The folder that contains one subfolder for each data set.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Evaluates on the held-out half of each labelled data set (every second line) instead of the training half.
    #[arg(long)]
    held_out: bool,
    /// Writes the results to this JSON file, in addition to the table.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Writes the reliability diagram of `calibration` to this SVG file.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    #[command(flatten)]
    target: Target,
}

/// A data set and the quantity measured on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Set {
    /// SciFact: retrieval of 5,183 scientific abstracts with claims as queries (nDCG@10). Requires a running server.
    Scifact,
    /// Natural Questions: retrieval of the passage for each question (recall@1 and recall@5). Requires a running server.
    Nq,
    /// Natural Questions: share of questions whose first two quoted sentences contain a short answer.
    NqQuotes,
    /// QED: share of questions whose first quoted sentence is the annotated one.
    Qed,
    /// Natural Questions and QED: calibration of the answer confidence.
    Calibration,
    /// BEGIN: attribution of dialogue responses to their background knowledge.
    Begin,
    /// FEVER-Symmetric: support for claims whose supporting and refuting evidence share nearly all words.
    FeverSymmetric,
    /// HaluEval: support for right answers over hallucinated ones.
    Halueval,
    /// SciFact: classification of claims as supported, refuted, or without enough evidence.
    ScifactClaims,
}

/// Runs the command.
pub(super) async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let split = if arguments.held_out {
        Split::HeldOut
    } else {
        Split::Training
    };
    let mut rows: Vec<Row> = Vec::new();
    for set in &arguments.sets {
        let folder = |name: &str| arguments.data.join(name);
        rows.extend(match set {
            Set::Scifact => scifact::measure(&folder("scifact"), &arguments.target.server()?).await?,
            Set::Nq => nq::measure(&folder("nq"), split, &arguments.target.server()?).await?,
            Set::NqQuotes => nq_quotes::measure(&folder("nq"), split)?,
            Set::Qed => qed::measure(&folder("qed"), split)?,
            Set::Calibration => calibration::measure(&arguments.data, split, arguments.svg.as_deref())?,
            Set::Begin => begin::measure(&folder("begin"), split)?,
            Set::FeverSymmetric => fever_symmetric::measure(&folder("fever-symmetric"), split)?,
            Set::Halueval => halueval::measure(&folder("halueval"), split)?,
            Set::ScifactClaims => scifact_claims::measure(&folder("scifact"), split)?,
        });
    }
    table::print(&rows);
    if let Some(file) = &arguments.json {
        let text = serde_json::to_string_pretty(&rows)?;
        std::fs::write(file, text + "\n").with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(Exit::Done)
}
