//! Open circuits of providers: the adapter over the embedded DynamoDB, compared with a model of it.

use std::collections::BTreeMap;

use attest::{LocalDynamoDb, Template};
use jiff::{Timestamp, ToSpan};
use proptest::{
    collection::vec,
    prelude::Strategy,
    test_runner::{Config, TestRunner},
};
use shared::{
    ports::{OpenCircuit, ProviderHealth},
    store::{Access, local_client},
};
use tokio::runtime::Runtime;

use crate::support::root;

const CASES: u32 = 32;
/// Provider and model names that collide when they are joined without escaping.
const MODELS: [(&str, &str); 4] = [("a", "b#c"), ("a#b", "c"), ("a%23b", "c"), ("a", "")];

fn start() -> Timestamp {
    "2026-01-31T12:00:00.123Z".parse().unwrap()
}

/// An open circuit of one of the models, with a cooldown from the start on.
fn open_circuit() -> impl Strategy<Value = OpenCircuit> {
    (0..MODELS.len(), 0_i64..20, "[a-z ]{0,8}").prop_map(|(model, minutes, reason)| OpenCircuit {
        provider: MODELS[model].0.to_owned(),
        model: MODELS[model].1.to_owned(),
        until: start() + minutes.minutes(),
        reason,
        by_check: false,
    })
}

#[test]
fn the_longest_cooldown_applies_until_it_ends() {
    let runtime = Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config {
        cases: CASES,
        ..Config::default()
    });
    let outcome = runner.run(&vec(open_circuit(), 0..12), |circuits| {
        runtime.block_on(async {
            let template = Template::load(&root().join("template.yaml")).unwrap();
            let database = LocalDynamoDb::in_memory(&template).await.unwrap();
            let access = Access::new(local_client(database.url()), "Access");
            let mut longest: BTreeMap<(String, String), OpenCircuit> = BTreeMap::new();
            for circuit in circuits {
                access.record_open_circuit(&circuit).await.unwrap();
                let key = (circuit.provider.clone(), circuit.model.clone());
                let known = longest.entry(key).or_insert_with(|| circuit.clone());
                if circuit.until > known.until {
                    *known = circuit;
                }
            }
            for minutes in 0..20 {
                let now = start() + minutes.minutes();
                let mut found = access.open_circuits(now).await.unwrap();
                found.sort_by(|one, other| (&one.provider, &one.model).cmp(&(&other.provider, &other.model)));
                let expected: Vec<OpenCircuit> = longest
                    .values()
                    .filter(|circuit| circuit.until > now)
                    .cloned()
                    .collect();
                assert_eq!(found, expected, "after {minutes} minutes");
            }
        });
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}
