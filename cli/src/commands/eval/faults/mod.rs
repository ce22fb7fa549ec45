//! Planted faults and true rewritings of sentences of any texts: how many of them are shown as supported.

mod examples;
mod kind;
mod passages;
mod planted;
mod rewritings;
pub(super) mod seeded;
mod tables;
#[cfg(test)]
mod tests;
mod texts;
mod words;

use std::path::Path;

use anstream::println;

use super::{
    citation::{self, Reply, share_refuted, share_supported},
    dataset::Split,
    table::{Goal, Row},
};
use crate::{server::Server, terminal};
use examples::Example;
use kind::Kind;

const SET: &str = "faults";
/// Of fewer examples, one alone may make a kind the worst.
const MIN_EXAMPLES_OF_THE_WORST: usize = 10;
/// How much of a text is shown.
const SHOWN_CHARACTERS: usize = 400;

/// What to generate and to show.
#[derive(Debug, Clone, Copy)]
pub(super) struct Options {
    /// Maximum number of examples of each kind.
    pub(super) limit: usize,
    /// How many examples with a wrong verdict are printed for each kind.
    pub(super) show: usize,
}

/// Measures, for each kind of fault and rewriting, the share of examples that are shown as supported.
pub(super) async fn measure(
    data: &Path,
    split: Split,
    options: Options,
    server: &Server,
) -> anyhow::Result<Vec<Row>> {
    let texts = examples::half(texts::read(data)?, split);
    let kinds: Vec<Kind> = planted::kinds().into_iter().chain(rewritings::kinds()).collect();
    let examples = examples::examples(&kinds, &texts, options.limit);
    let requests = examples.iter().map(|example| example.request.clone()).collect();
    let replies = citation::verify_all(SET, server, requests).await?;
    let results: Vec<(&Example, &Reply)> = examples.iter().zip(&replies).collect();
    show_failures(&kinds, &results, options.show);
    Ok(rows(&kinds, &results, split))
}

/// One row a kind, then the totals.
fn rows(kinds: &[Kind], results: &[(&Example, &Reply)], split: Split) -> Vec<Row> {
    let row = |measure, replies: &[&Reply], goal| Row {
        set: SET,
        measure,
        part: split.as_str().into(),
        examples: replies.len(),
        value: share_supported(replies.iter().copied()),
        count: None,
        refuted: Some(share_refuted(replies.iter().copied())),
        floor: None,
        goal,
    };
    let of = |is_counted: &dyn Fn(usize) -> bool| -> Vec<&Reply> {
        let counted = results.iter().filter(|(example, _)| is_counted(example.kind));
        counted.map(|(_, reply)| *reply).collect()
    };
    let mut rows = Vec::new();
    let mut worst: Option<Row> = None;
    for (number, kind) in kinds.iter().enumerate() {
        let replies = of(&|kind| kind == number);
        if replies.is_empty() {
            continue;
        }
        let row_of_kind = row(kind.name, &replies, None);
        if !kind.is_true
            && replies.len() >= MIN_EXAMPLES_OF_THE_WORST
            && worst.as_ref().is_none_or(|worst| worst.value < row_of_kind.value)
        {
            worst = Some(row_of_kind.clone());
        }
        rows.push(row_of_kind);
    }
    let faults = of(&|kind| !kinds[kind].is_true);
    let rewritings = of(&|kind| kinds[kind].is_true);
    rows.push(row(
        "faults shown as supported",
        &faults,
        Some(Goal::AtMost(0.03)),
    ));
    rows.extend(worst.map(|worst| Row {
        measure: "worst kind",
        goal: Some(Goal::AtMost(0.05)),
        ..worst
    }));
    rows.push(row(
        "true rewritings supported",
        &rewritings,
        Some(Goal::AtLeast(0.98)),
    ));
    rows
}

/// Prints faults that are supported and rewritings that are not.
fn show_failures(kinds: &[Kind], results: &[(&Example, &Reply)], count: usize) {
    for (number, kind) in kinds.iter().enumerate() {
        let failures = results
            .iter()
            .filter(|(example, reply)| example.kind == number && reply.is_supported() != kind.is_true);
        for (example, reply) in failures.take(count) {
            println!("{}:", kind.name);
            println!("  claim   {}", one_line(&example.request.text));
            if !example.original.is_empty() {
                println!("  source  {}", one_line(&example.original));
            }
            println!("  title   {}", one_line(&example.request.source.title));
            for claim in &reply.claims {
                println!(
                    "  {}: {}",
                    claim.verdict,
                    claim.reason.as_deref().unwrap_or("no reason")
                );
            }
            if reply.claims.is_empty() {
                println!("  no claims");
            }
        }
    }
}

fn one_line(text: &str) -> String {
    let line = text.replace('\n', "⏎");
    terminal::one_line(&line).chars().take(SHOWN_CHARACTERS).collect()
}
