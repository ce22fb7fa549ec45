//! The `cargo lambda watch` settings of Cargo.toml: the same routes and environment as template.yaml.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use attest::Template;
use serde_json::Value;

use crate::support::root;

/// The table `workspace.metadata.lambda.watch` of Cargo.toml.
fn watch() -> Value {
    let cargo = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&cargo.stdout).unwrap();
    metadata["metadata"]["lambda"]["watch"].clone()
}

#[test]
fn cargo_lambda_has_the_routes_of_the_template() {
    let template = Template::load(&root().join("template.yaml")).unwrap();
    let mut routes = BTreeSet::new();
    for function in &template.functions {
        for route in &function.routes {
            routes.insert(format!("{} {} {}", route.path, route.method, function.binary));
        }
    }
    let watch = watch();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let routed = watch["router"].as_array().unwrap().iter().flat_map(|route| {
        let methods = route["methods"].as_array().unwrap().iter();
        methods.map(|method| {
            format!(
                "{} {} {}",
                text(&route["path"]),
                text(method),
                text(&route["function"])
            )
        })
    });
    assert_eq!(
        routed.collect::<BTreeSet<_>>(),
        routes,
        "the router of Cargo.toml and the routes of template.yaml"
    );
}

#[test]
fn cargo_lambda_sets_the_environment_of_the_functions() {
    let template = Template::load(&root().join("template.yaml")).unwrap();
    let watch = watch();
    let set: BTreeMap<&str, &str> = watch["env_var"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| pair.as_str().unwrap().split_once('=').unwrap())
        .collect();
    for function in &template.functions {
        for (name, value) in &function.environment {
            // Without providers, answers are extractive, and the web is not searched. Lambda sets the log format. Times have defaults. The secret of the cursors is the
            // id of the stack, and a laptop has no DynamoDB of AWS.
            match set.get(name.as_str()) {
                None => {
                    let optional = [
                        "LLM_",
                        "WEB_SEARCH",
                        "READ_PAGES_",
                        "AWS_LAMBDA_",
                        "ANSWER_TIMEOUT_MS",
                    ]
                    .iter()
                    .any(|prefix| name.starts_with(prefix));
                    assert!(optional, "{}: {name}", function.binary);
                }
                Some(_) if ["CURSOR_SECRET", "AWS_ENDPOINT_URL_DYNAMODB"].contains(&name.as_str()) => {}
                Some(set) => assert_eq!(set, value, "{name}"),
            }
        }
    }
}
