//! Which providers rest: the adapter over the embedded DynamoDB beside a model.

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
/// Names whose parts could be taken for one another.
const MODELS: [(&str, &str); 4] = [("a", "b#c"), ("a#b", "c"), ("a%23b", "c"), ("a", "")];

fn start() -> Timestamp {
    "2026-01-31T12:00:00.123Z".parse().unwrap()
}

/// A rest of one of the models, from the start on.
fn rest() -> impl Strategy<Value = OpenCircuit> {
    (0..MODELS.len(), 0_i64..20, "[a-z ]{0,8}").prop_map(|(model, minutes, reason)| OpenCircuit {
        provider: MODELS[model].0.to_owned(),
        model: MODELS[model].1.to_owned(),
        until: start() + minutes.minutes(),
        reason,
    })
}

#[test]
fn the_longest_rest_counts_until_it_is_over() {
    let runtime = Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config {
        cases: CASES,
        ..Config::default()
    });
    let outcome = runner.run(&vec(rest(), 0..12), |rests| {
        runtime.block_on(async {
            let template = Template::load(&root().join("template.yaml")).unwrap();
            let database = LocalDynamoDb::in_memory(&template).await.unwrap();
            let access = Access::new(local_client(database.url()), "Access");
            let mut longest: BTreeMap<(String, String), OpenCircuit> = BTreeMap::new();
            for rest in rests {
                access.record_open_circuit(&rest).await.unwrap();
                let key = (rest.provider.clone(), rest.model.clone());
                let kept = longest.entry(key).or_insert_with(|| rest.clone());
                if rest.until > kept.until {
                    *kept = rest;
                }
            }
            for minutes in 0..20 {
                let now = start() + minutes.minutes();
                let mut found = access.open_circuits(now).await.unwrap();
                found.sort_by(|one, other| (&one.provider, &one.model).cmp(&(&other.provider, &other.model)));
                let expected: Vec<OpenCircuit> = longest
                    .values()
                    .filter(|rest| rest.until > now)
                    .cloned()
                    .collect();
                assert_eq!(found, expected, "after {minutes} minutes");
            }
        });
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}
