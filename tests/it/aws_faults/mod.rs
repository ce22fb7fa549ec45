//! Every write of every function against every fault of DynamoDB that AWS shows. The golden file
//! `snapshots/it__aws_faults__writes_and_faults.snap` lists, for each function, its writes and what the caller gets; cells
//! with the same outcome share an entry. It is rewritten with `INSTA_UPDATE=always`.

mod batches;
mod faulty_hub;
mod function;
mod stored;

use std::{collections::BTreeMap, fmt::Write as _};

use futures::future::join_all;
use shared::testing::{ScriptedAnswer, ScriptedProvider};

use self::{
    faulty_hub::{Fault, FaultyHub},
    function::Function,
    stored::Stored,
};
use crate::models::{PRICED, providers_json};

/// Number of hubs among which the functions are divided that need no model.
const HUBS: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn writes_and_faults() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.answer(ScriptedAnswer::new(["The heron stands in cold water."]));
    let providers = providers_json(&[("paid", &provider, PRICED)]);
    let model = [
        ("LLM_PROVIDERS", providers.as_str()),
        ("LLM_CAPS", r#"{"user_day": {"usd": 1000}, "day": {"usd": 1000}}"#),
        ("SCRIPTED_KEY", ScriptedProvider::KEY),
    ];
    let free = (0..HUBS).map(|hub| {
        let functions = Function::ALL.into_iter().filter(|function| !function.is_paid());
        (
            functions.skip(hub).step_by(HUBS).collect::<Vec<_>>(),
            [].as_slice(),
        )
    });
    let paid = Function::ALL.into_iter().filter(|function| function.is_paid());
    let hubs = free.chain([(paid.collect(), model.as_slice())]);
    let hubs = hubs.map(|(functions, variables)| async move {
        let hub = FaultyHub::start(variables).await;
        let mut tables = BTreeMap::new();
        for function in functions {
            tables.insert(function, table(&hub, function).await);
        }
        hub.stop().await;
        tables
    });
    let tables: BTreeMap<Function, String> = join_all(hubs).await.into_iter().flatten().collect();
    let text: String = tables.into_values().collect();
    insta::with_settings!({ snapshot_path => "../snapshots" }, { insta::assert_snapshot!(text) });
}

/// The part of the golden file on one function.
async fn table(hub: &FaultyHub, function: Function) -> String {
    let without_fault = run(hub, function, None).await;
    let mut outcomes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (place, operation) in (1..).zip(&without_fault.writes) {
        for fault in Fault::ALL.into_iter().filter(|fault| fault.concerns(operation)) {
            let outcome = run(hub, function, Some((place, fault))).await;
            let outcome = outcome.compared_with(&without_fault);
            let cell = format!("{fault:?} at {place}");
            outcomes.entry(outcome).or_default().push(cell);
        }
    }
    let writes = without_fault.writes.join(", ");
    let mut text = format!("# {function:?}: {}\nwrites: {writes}\n", without_fault.status);
    let most = outcomes.values().map(Vec::len).max();
    for (outcome, cells) in outcomes {
        let cells = match Some(cells.len()) == most {
            true => "all others".to_owned(),
            false => cells.join(", "),
        };
        let _ = writeln!(text, "{cells}: {outcome}");
    }
    text.push('\n');
    text
}

/// What happened in a cell.
struct Outcome {
    status: String,
    writes: Vec<&'static str>,
    is_reached: bool,
    stored: Stored,
    /// What is stored after the same request was sent again; `None` if the first one succeeded.
    repeated: Option<(String, Stored)>,
}

impl Outcome {
    fn compared_with(&self, expected: &Self) -> String {
        let mut text = self.status.clone();
        if !self.is_reached {
            text.push_str(", the write is not reached");
        }
        let _ = write!(text, ", {}", self.stored.compared_with(&expected.stored));
        if let Some((status, stored)) = &self.repeated {
            let _ = write!(
                text,
                "; again: {status}, {}",
                stored.compared_with(&expected.stored)
            );
        }
        text
    }
}

/// Runs a function with a fault at one of its writes, from 1.
async fn run(hub: &FaultyHub, function: Function, fault: Option<(usize, Fault)>) -> Outcome {
    let prepared = function.prepare(&hub.hub).await;
    let before = Stored::all(&hub.hub);
    hub.arm(fault);
    let worked = function.worked(&hub.hub);
    let status = function.send(&hub.hub, &prepared).await;
    function.wait_for_worker(&hub.hub, &status, worked).await;
    let (writes, is_reached) = hub.disarm();
    let stored = Stored::since(&hub.hub, &before);
    let repeated = match status.starts_with('2') {
        true => None,
        false => {
            let status = function.send(&hub.hub, &prepared).await;
            Some((status, Stored::since(&hub.hub, &before)))
        }
    };
    Outcome {
        status,
        writes,
        is_reached,
        stored,
        repeated,
    }
}
