//! Tests of the request parsers of the agents.

use lambda_http::http::header::CONTENT_TYPE;

use super::{super::crawls, *};

fn faults_of(agent: Agent, body: &str) -> Vec<crate::domain::FieldError> {
    let mut request = Request::new(body.into());
    request
        .headers_mut()
        .insert(CONTENT_TYPE, "application/json".parse().unwrap());
    let error = match agent {
        Agent::Retrieval => search::search(&request).err(),
        Agent::Entities => entities(&request).err(),
        Agent::FactCheck => fact_check(&request).err(),
        Agent::Synthesis => synthesis(&request, |_| true).err(),
        Agent::Citation => citation(&request).err(),
        Agent::Browser => browser(&request).err(),
        Agent::Pdf => pdf(&request).err(),
        Agent::Crawler => crawls::crawl(&request).err(),
    };
    let Some(HubError::Invalid(input)) = error else {
        panic!("{agent:?} accepts {body}")
    };
    input.errors
}

#[test]
fn the_schemas_list_the_fields_that_are_parsed_and_those_that_are_required() {
    for entry in AGENTS {
        let Ok(agent) = entry.agent else { continue };
        let schema = schema::agent_body(agent);
        let names = schema["properties"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str);
        let known = format!(
            "is not a known field; the fields are `{}`",
            names.collect::<Vec<_>>().join("`, `")
        );
        let missing = schema["required"].as_array().unwrap().iter();
        let missing = missing.map(|name| (format!("/{}", name.as_str().unwrap()), "is required".to_owned()));
        let mut expected: Vec<(String, String)> = vec![("/?".to_owned(), known)];
        expected.extend(missing);
        let faults = faults_of(agent, r#"{"?":1}"#).into_iter();
        let faults: Vec<(String, String)> = faults.map(|error| (error.pointer, error.detail)).collect();
        assert_eq!(faults, expected, "{}", entry.name);
    }
}

#[test]
fn an_unlisted_agent_is_not_found_and_an_unavailable_one_says_why() {
    assert!(matches!(
        directory::find("oracle"),
        Err(HubError::NotFound("agent"))
    ));
    for entry in AGENTS {
        match directory::find(entry.name) {
            Ok(agent) => assert_eq!(Ok(agent), entry.agent),
            Err(error) => assert!(error.to_string().contains(entry.agent.unwrap_err())),
        }
    }
}
