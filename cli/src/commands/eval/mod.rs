//! `attest eval`: measures quality on public data sets, beside what simpler means reach and what we aim at.

mod begin;
mod calibration;
mod diagram;
mod fever_symmetric;
mod halueval;
mod lines;
mod measures;
mod nq;
mod nq_quotes;
mod pool;
mod qed;
mod retrieval;
mod scifact;
mod scifact_claims;
mod table;

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use indicatif::ProgressBar;

use super::Target;
use crate::exit::Exit;
use lines::Half;
use table::Row;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The sets, in the order in which they are measured.
    #[arg(required = true, value_enum)]
    sets: Vec<Set>,
    /// The folder that has a folder for each set.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Measure on the half of each labelled set that nothing was tuned on: every second line.
    #[arg(long)]
    held_out: bool,
    /// Also write the measures to this file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Also draw the calibration to this file.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    #[command(flatten)]
    target: Target,
}

/// A data set and what is measured on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Set {
    /// Science, 5,183 abstracts and claims as queries: nDCG@10. Needs a running server.
    Scifact,
    /// Questions to a search engine, each with its passage: recall@1 and @5. Needs a running server.
    Nq,
    /// Questions to a search engine with the right passage: whether two quoted sentences hold a short answer.
    NqQuotes,
    /// Questions with a paragraph: whether the sentence that is quoted first is the right one.
    Qed,
    /// Natural Questions and QED: whether the confidence of an answer is the probability that it is right.
    Calibration,
    /// Replies to what somebody said, with the knowledge they should rest on: attributable or not.
    Begin,
    /// Claims and evidence in which the same words support and refute.
    FeverSymmetric,
    /// A right and a made-up answer to the same question: which is borne out better.
    Halueval,
    /// Scientific claims and abstracts: supported, refuted, or not enough said.
    ScifactClaims,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let half = if arguments.held_out {
        Half::HeldOut
    } else {
        Half::Training
    };
    let mut rows: Vec<Row> = Vec::new();
    for set in &arguments.sets {
        let folder = |name: &str| arguments.data.join(name);
        rows.extend(match set {
            Set::Scifact => scifact::measure(&folder("scifact"), &arguments.target.server()?).await?,
            Set::Nq => nq::measure(&folder("nq"), half, &arguments.target.server()?).await?,
            Set::NqQuotes => nq_quotes::measure(&folder("nq"), half)?,
            Set::Qed => qed::measure(&folder("qed"), half)?,
            Set::Calibration => calibration::measure(&arguments.data, half, arguments.svg.as_deref())?,
            Set::Begin => begin::measure(&folder("begin"), half)?,
            Set::FeverSymmetric => fever_symmetric::measure(&folder("fever-symmetric"), half)?,
            Set::Halueval => halueval::measure(&folder("halueval"), half)?,
            Set::ScifactClaims => scifact_claims::measure(&folder("scifact"), half)?,
        });
    }
    table::print(&rows);
    if let Some(file) = &arguments.json {
        let text = serde_json::to_string_pretty(&rows)?;
        std::fs::write(file, text + "\n").with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(Exit::Done)
}

/// Runs a step for each example, with a bar that shows how far it got.
fn each<E, T>(name: &'static str, examples: &[E], mut step: impl FnMut(&E) -> T) -> Vec<T> {
    let progress = ProgressBar::new(examples.len() as u64).with_message(name);
    let results = examples
        .iter()
        .map(|example| {
            let result = step(example);
            progress.inc(1);
            result
        })
        .collect();
    progress.finish_and_clear();
    results
}
