use super::*;

/// Every value under this key, wherever it stands.
fn all<'a>(value: &'a Value, key: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(object) => {
            found.extend(object.get(key));
            object.values().for_each(|value| all(value, key, found));
        }
        Value::Array(array) => array.iter().for_each(|value| all(value, key, found)),
        _ => {}
    }
}

#[test]
fn what_is_referred_to_is_there() {
    let document = document();
    let (mut references, mut operations) = (Vec::new(), Vec::new());
    all(&document, "$ref", &mut references);
    assert!(
        references.len() > 100,
        "it refers to parts of it: {}",
        references.len()
    );
    for reference in references {
        let place = reference.as_str().unwrap().strip_prefix('#').unwrap();
        assert!(document.pointer(place).is_some(), "{place}");
    }
    all(&document, "operationId", &mut operations);
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
fn every_operation_and_every_example_is_there() {
    let document = document();
    let paths = document["paths"].as_object().unwrap();
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().unwrap() {
            for field in ["operationId", "summary", "description"] {
                let text = operation[field].as_str().unwrap();
                assert!(!text.is_empty(), "{method} {path} has no {field}");
            }
            let mut examples = Vec::new();
            all(operation, "example", &mut examples);
            assert!(
                examples.iter().all(|example| !example.is_null()),
                "{method} {path}: an example is not JSON"
            );
        }
    }
}

#[test]
fn patterns_say_what_the_parsers_take() {
    use crate::domain::LibraryId;
    assert!(LibraryId::PATTERN.contains(&format!("{{1,{}}}", LibraryId::MAX)));
}
