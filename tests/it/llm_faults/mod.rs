//! Every wire format against every fault of a provider: the real client over real connections. The golden file
//! `snapshots/it__llm_faults__formats_and_faults.snap` lists the outcome of each; cells with the same outcome share an
//! entry.

mod cell;
mod faults;

use std::fmt::Write as _;

use futures::{StreamExt, stream};
use shared::testing::WireFormat;

use self::{
    cell::{Cell, Setting, run},
    faults::faults,
};

const MAX_CONCURRENT_CELLS: usize = 6;

/// The outcomes of a fault, each with its cells.
type Outcomes = Vec<(String, Vec<Cell>)>;

#[tokio::test(flavor = "multi_thread")]
async fn formats_and_faults() {
    let cells = faults().into_iter().flat_map(|(name, fault)| {
        let cell = move |format, streamed| {
            (
                name,
                Cell {
                    format,
                    streamed,
                    fault,
                },
            )
        };
        WireFormat::ALL
            .into_iter()
            .flat_map(move |format| [cell(format, true), cell(format, false)])
    });
    let mut results = stream::iter(cells)
        .map(|(name, cell)| async move { (name, cell, outcome(cell).await) })
        .buffered(MAX_CONCURRENT_CELLS);
    // By fault, in order; then by outcome.
    let mut golden: Vec<(&str, Outcomes)> = Vec::new();
    while let Some((name, cell, outcome)) = results.next().await {
        if golden.last().is_none_or(|(last, _)| *last != name) {
            golden.push((name, Vec::new()));
        }
        let outcomes = &mut golden.last_mut().unwrap().1;
        match outcomes.iter_mut().find(|(known, _)| *known == outcome) {
            Some((_, cells)) => cells.push(cell),
            None => outcomes.push((outcome, vec![cell])),
        }
    }
    let mut text = String::new();
    for (name, outcomes) in golden {
        let _ = writeln!(text, "# {name}\n");
        for (outcome, cells) in outcomes {
            let _ = writeln!(text, "{}\n{outcome}", names(&cells));
        }
    }
    insta::with_settings!({ snapshot_path => "../snapshots" }, { insta::assert_snapshot!(text) });
}

/// The formats of the cells: `OpenAi, Gemini streamed; all formats whole:`.
fn names(cells: &[Cell]) -> String {
    let part = |streamed: bool, word: &str| {
        let formats: Vec<String> = cells
            .iter()
            .filter(|cell| cell.streamed == streamed)
            .map(|cell| format!("{:?}", cell.format))
            .collect();
        match formats.len() {
            0 => None,
            4 => Some(format!("all formats {word}")),
            _ => Some(format!("{} {word}", formats.join(", "))),
        }
    };
    let parts: Vec<String> = [part(true, "streamed"), part(false, "whole")]
        .into_iter()
        .flatten()
        .collect();
    format!("{}:", parts.join("; "))
}

/// The outcome of a cell in every setting.
async fn outcome(cell: Cell) -> String {
    let (incomplete, restart, single) = futures::join!(
        run(cell, Setting::FailoverIncomplete),
        run(cell, Setting::FailoverRestart),
        run(cell, Setting::Single)
    );
    let mut text = String::new();
    if incomplete == restart {
        let _ = write!(text, "  with another provider\n{incomplete}");
    } else {
        let _ = write!(
            text,
            "  with another provider\n{incomplete}  with another provider, restart allowed\n{restart}"
        );
    }
    let _ = write!(text, "  without another provider\n{single}");
    text
}
