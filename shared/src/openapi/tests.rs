//! Tests of the OpenAPI document.

use super::*;

/// Collects every value with this key, at any depth.
fn collect<'a>(value: &'a Value, key: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(object) => {
            found.extend(object.get(key));
            object.values().for_each(|value| collect(value, key, found));
        }
        Value::Array(array) => array.iter().for_each(|value| collect(value, key, found)),
        _ => {}
    }
}

#[test]
fn every_reference_resolves_and_operation_ids_are_unique() {
    let document = document();
    let (mut references, mut operations) = (Vec::new(), Vec::new());
    collect(&document, "$ref", &mut references);
    assert!(references.len() > 100, "too few references: {}", references.len());
    for reference in references {
        let place = reference.as_str().unwrap().strip_prefix('#').unwrap();
        assert!(document.pointer(place).is_some(), "{place}");
    }
    collect(&document, "operationId", &mut operations);
    let ids: Vec<&Value> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|path| path.as_object().unwrap().values())
        .map(|operation| &operation["operationId"])
        .collect();
    for id in operations {
        assert_eq!(ids.iter().filter(|other| **other == id).count(), 1, "{id}");
    }
}

#[test]
fn every_operation_is_described_and_every_example_is_json() {
    let document = document();
    let paths = document["paths"].as_object().unwrap();
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().unwrap() {
            for field in ["operationId", "summary", "description"] {
                let text = operation[field].as_str().unwrap();
                assert!(!text.is_empty(), "{method} {path} has no {field}");
            }
            let mut examples = Vec::new();
            collect(operation, "example", &mut examples);
            assert!(
                examples.iter().all(|example| !example.is_null()),
                "{method} {path}: an example is not JSON"
            );
        }
    }
}

#[test]
fn the_library_pattern_has_the_limit_of_the_parser() {
    use crate::domain::LibraryId;
    assert!(LibraryId::PATTERN.contains(&format!("{{1,{}}}", LibraryId::MAX)));
}

#[test]
fn a_type_in_requests_and_responses_has_one_schema() {
    let mut schemas = Schemas::new();
    paths(&mut schemas);
    let (requests, responses) = (schemas.requests.definitions(), schemas.responses.definitions());
    for (name, schema) in requests {
        assert!(
            responses.get(name).is_none_or(|other| other == schema),
            "{name} needs two names"
        );
    }
    assert!(!requests.is_empty() && !responses.is_empty());
}
