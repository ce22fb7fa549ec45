//! IAM policies of template.yaml, compared with the ports that each function uses and the DynamoDB calls that it makes.

use std::collections::{BTreeMap, BTreeSet};

use attest::Template;
use reqwest::Response;
use serde_json::{Value, json};
use shared::testing::DynamoDbCall;

use crate::{
    blocks::{block, template_text},
    crawls, document_queue,
    files::{files, read},
    outage::{Fault, FaultyStore, prepare, routes},
    queue,
    support::{Hub, root},
    website::{Website, page, status},
};

/// A table and a DynamoDB operation on it or on an index of it.
type Right = (String, String);

/// Code that uses a port without naming it, with the port.
const PORTS_BY_USE: [(&str, &str); 25] = [
    ("Services::new(", "ReadIndex"),
    ("Services::new(", "RecordAnswers"),
    ("Services::new(", "CacheAnswers"),
    ("Services::new(", "ProviderHealth"),
    ("Services::new(", "SpendLedger"),
    ("http::Ask<", "ReadIndex"),
    ("http::Ask<", "RecordAnswers"),
    ("http::Ask<", "CacheAnswers"),
    ("http::Ask<", "ProviderHealth"),
    ("http::Ask<", "SpendLedger"),
    ("http::Ask<", "QueueQuestions"),
    ("http::Ask<", "Idempotency"),
    ("AnswerStream::accept(", "WorkQueue"),
    ("AnswerStream::accept(", "WriteEvents"),
    ("idempotent(", "Idempotency"),
    ("KeywordLane::new(", "ReadIndex"),
    ("EventHistory {", "ReadAnswers"),
    ("EventHistory {", "ReadEvents"),
    ("Router::new(", "ProviderHealth"),
    ("Router::new(", "SpendLedger"),
    ("crawl::run(", "WriteDocuments"),
    (".indexer.ingest(", "WriteDocuments"),
    (".indexer.delete(", "WriteDocuments"),
    (".indexer.delete_library(", "DeleteLibraries"),
    (".indexer.sweep(", "DeleteLibraries"),
];

/// DynamoDB operations that only read.
const READS: [&str; 5] = ["BatchGetItem", "DescribeTable", "GetItem", "Query", "Scan"];

/// Functions that use no port.
const WITHOUT_PORTS: [&str; 1] = ["docs"];

#[test]
fn a_function_is_granted_exactly_what_its_ports_need() {
    let template = Template::load(&root().join("template.yaml")).unwrap();
    let ports = ports();
    for function in &template.functions {
        let handler = read(
            &root()
                .join("functions")
                .join(&function.binary)
                .join("src/handler.rs"),
        );
        let by_name = ports
            .keys()
            .copied()
            .filter(|port| handler.contains(&format!("dyn {port}")));
        let by_use = PORTS_BY_USE
            .into_iter()
            .filter(|(used, _)| handler.contains(used))
            .map(|(_, port)| port);
        let mut needed = Rights::default();
        for port in by_name.chain(by_use) {
            needed.add(&ports[port]);
        }
        if handler.contains("TableProbe::all(") {
            let tables = template.tables.iter().map(|table| table.name.clone());
            needed
                .rights
                .extend(tables.map(|table| (table, "GetItem".to_owned())));
        }
        assert_eq!(
            needed.rights.is_empty(),
            WITHOUT_PORTS.contains(&function.binary.as_str()),
            "{} uses a port that this test does not know",
            function.binary
        );
        assert_eq!(
            granted(&function.logical_id),
            needed,
            "{}: granted and needed",
            function.binary
        );
        let template = template_text();
        let policies = block(&template, &function.logical_id);
        let checks_models = handler.contains("ScheduledCheck");
        let calls_models = !checks_models
            && ["Router::new(", "Services::new(", "http::Ask<"]
                .iter()
                .any(|used| handler.contains(used));
        for (right, is_needed) in [
            (
                "- !If [HasModelKeys, !Ref ModelKeys, !Ref AWS::NoValue]",
                calls_models || checks_models,
            ),
            (
                "- !If [HasBedrockModels, !Ref BedrockCalls, !Ref AWS::NoValue]",
                calls_models,
            ),
            ("bedrock:ListFoundationModels", checks_models),
            (
                "- !If [SearchesWeb, !Ref WebReads, !Ref AWS::NoValue]",
                ["Services::new(", "http::Ask<", "web_lane("]
                    .iter()
                    .any(|used| handler.contains(used)),
            ),
        ] {
            assert_eq!(
                policies.contains(right),
                is_needed,
                "{}: {right} is granted to functions that need it",
                function.binary
            );
        }
    }
}

#[test]
fn a_function_that_only_reads_cannot_write() {
    let template = Template::load(&root().join("template.yaml")).unwrap();
    let readers: Vec<_> = template
        .functions
        .iter()
        .filter(|function| !function.routes.is_empty())
        .filter(|function| function.routes.iter().all(|route| route.method == "GET"))
        .collect();
    assert!(readers.len() > 5, "functions with GET routes only");
    for function in readers {
        let writes = granted(&function.logical_id).rights.into_iter();
        let writes: Vec<Right> = writes
            .filter(|(_, action)| !READS.contains(&action.as_str()))
            .collect();
        assert_eq!(writes, [], "{}", function.binary);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_function_makes_a_call_that_its_policy_forbids() {
    let faulty = FaultyStore::start().await;
    let hub = &faulty.hub;
    let [fixtures, _] = prepare(hub).await;
    let mut callers = BTreeSet::new();
    for route in routes(&fixtures) {
        faulty.take_calls();
        complete(route.send(hub).await).await;
        if let Some((path, body)) = route.post() {
            complete(hub.post_with_key(path, body, path).await).await;
        }
        assert_allowed(hub, route.function, &faulty.take_calls());
        callers.insert(route.function);
    }
    faulty.take_calls();
    assert_eq!(hub.get("/health").await.status(), 200);
    assert_allowed(hub, "health", &faulty.take_calls());
    for path in ["/openapi.json", "/docs"] {
        assert_eq!(hub.get(path).await.status(), 200);
        assert!(faulty.take_calls().is_empty(), "{path} makes no call");
    }

    faulty.take_calls();
    let queued = hub
        .queue(&json!({ "query": "What is blue?", "cache": false }), None)
        .await;
    let location = queued.headers()["location"].to_str().unwrap().to_owned();
    queue::wait_until_ended(hub, &location).await;
    // Accepting the question and polling its status need fewer rights than the worker has.
    assert_allowed(hub, "query-worker", &faulty.take_calls());

    faulty.take_calls();
    document_queue::accept(
        hub,
        &document_queue::batch("later", "guide", "The Periwinkle is blue."),
    )
    .await;
    document_queue::wait_until_settled(hub, "later", "guide").await;
    document_queue::wait_until_empty(hub).await;
    // Accepting the document and reading it need fewer rights than the worker has.
    assert_allowed(hub, "index-worker", &faulty.take_calls());

    // A write that is refused halfway leaves work for every step of the sweep.
    faulty.set_fault(Fault::Operation("BatchWriteItem"));
    let partial = json!({ "documents": [{ "id": "guide", "text": "The Periwinkle is blue." }] });
    assert_eq!(hub.post("/documents", &partial).await.status(), 207);
    faulty.set_fault(Fault::Never);
    faulty.take_calls();
    assert_eq!(hub.sweep().await, 1);
    assert_allowed(hub, "sweep", &faulty.take_calls());

    reads_the_web(&faulty).await;

    faulty.take_calls();
    hub.check_health().await.unwrap();
    assert_allowed(hub, "health-check", &faulty.take_calls());

    callers.extend(
        ["health", "health-check", "query-worker", "index-worker", "sweep"]
            .into_iter()
            .chain(["crawl-worker", "crawler", "document-agents", "read-pages"])
            .chain(WITHOUT_PORTS),
    );
    let functions = hub
        .cloud
        .template()
        .functions
        .iter()
        .map(|function| function.binary.as_str());
    assert_eq!(callers, functions.collect(), "every function was checked");
    faulty.stop().await;
}

/// Runs the functions that read the web.
async fn reads_the_web(faulty: &FaultyStore) {
    let hub = &faulty.hub;
    let website = Website::start(|path| match path {
        "/" => page("<p>The Periwinkle is blue, as the garden book says.</p>"),
        _ => status(404),
    })
    .await;
    faulty.take_calls();
    let body = json!({ "url": website.url("/") });
    let read = hub.post_with_key("/agents/browser", &body, "browser").await;
    assert_eq!(read.status(), 200);
    assert_allowed(hub, "document-agents", &faulty.take_calls());

    let crawl = hub.post("/agents/crawler", &body).await.json().await.unwrap();
    let ended = crawls::wait_until_ended(hub, &crawl).await;
    assert_eq!(ended["pages"]["stored"], 1, "{ended}");
    // Starting the crawl and polling it need fewer rights than the worker has.
    assert_allowed(hub, "crawl-worker", &faulty.take_calls());
    faulty.take_calls();
    let event = json!({ "addresses": [website.url("/")], "limit_ms": 8000 });
    let read = hub.cloud.invoke("read-pages", event).await.unwrap();
    assert_eq!(read["pages"].as_array().unwrap().len(), 1, "{read}");
    assert_allowed(hub, "read-pages", &faulty.take_calls());

    let path = format!("/crawls/{}", crawl["crawl_id"].as_str().unwrap());
    assert_eq!(hub.get(&path).await.status(), 200);
    let cancelled = hub
        .post_with_key(&format!("{path}/cancel"), &json!({}), "cancel")
        .await;
    assert_eq!(cancelled.status(), 200);
    assert_allowed(hub, "crawler", &faulty.take_calls());
}

/// Reads a response to its end: a streamed one is still being made, and stored, after its headers.
async fn complete(response: Response) {
    assert!(response.status().is_success(), "{}", response.url());
    response.bytes().await.unwrap();
}

/// Operations on tables, and the indexes that they may use.
#[derive(Clone, Debug, Default, PartialEq)]
struct Rights {
    rights: BTreeSet<Right>,
    indexes: BTreeSet<String>,
}

impl Rights {
    fn add(&mut self, other: &Self) {
        self.rights.extend(other.rights.iter().cloned());
        self.indexes.extend(other.indexes.iter().cloned());
    }

    /// Adds each action on each table.
    fn add_each(&mut self, tables: &BTreeSet<String>, actions: &[&str]) {
        for table in tables {
            self.rights
                .extend(actions.iter().map(|action| (table.clone(), (*action).to_owned())));
        }
    }
}

/// The rights of each port, from the sentence `Needs ...` of its documentation.
fn ports() -> BTreeMap<&'static str, Rights> {
    let mut sources = files(&root().join("shared/src/ports"));
    sources.sort();
    let source: &'static str = sources.iter().map(|file| read(file)).collect::<String>().leak();
    let mut ports: BTreeMap<&str, Rights> = BTreeMap::new();
    let mut doc = String::new();
    for line in source.lines() {
        if let Some(text) = line.strip_prefix("///") {
            doc.push_str(text);
        } else if let Some(port) = line.strip_prefix("pub trait ") {
            let port = port.split(':').next().unwrap();
            if let Some((_, needs)) = doc.split_once("Needs ") {
                let needs = needs.split('.').next().unwrap();
                let rights = rights_in_words(needs, &ports);
                ports.insert(port, rights);
            }
        }
        if !line.starts_with("///") && !line.starts_with("#[") {
            doc.clear();
        }
    }
    assert!(ports.len() > 6, "the ports document what they need: {ports:?}");
    ports
}

/// "`Query` on the queries table and its index `by_status`", or "`Scan` on the index `x` besides [`OtherPort`]".
fn rights_in_words(needs: &str, ports: &BTreeMap<&str, Rights>) -> Rights {
    let mut rights = Rights::default();
    let mut actions = Vec::new();
    for word in needs.split('`').skip(1).step_by(2) {
        match ports.get(word) {
            Some(other) => rights.add(other),
            None if word.starts_with(char::is_uppercase) => actions.push(word),
            None => {
                rights.indexes.insert(word.to_owned());
            }
        }
    }
    let named = ["Queries", "Knowledge", "Access"].map(str::to_owned);
    let named = named
        .into_iter()
        .filter(|table| needs.contains(&format!("{} table", table.to_lowercase())));
    let mut tables: BTreeSet<String> = named.collect();
    if tables.is_empty() {
        tables = rights.rights.iter().map(|(table, _)| table.clone()).collect();
    }
    assert!(!tables.is_empty() && !actions.is_empty(), "{needs}");
    rights.add_each(&tables, &actions);
    rights
}

/// The rights that template.yaml grants a function.
fn granted(logical_id: &str) -> Rights {
    let template = template_text();
    let (_, policies) = block(&template, logical_id)
        .split_once("\n      Policies:\n")
        .unwrap_or_default();
    // A function that others invoke has no events.
    let policies = policies.split("\n      Events:\n").next().unwrap();
    // Amazon Bedrock has no resource for this right.
    let listing = r#"{ Effect: Allow, Action: bedrock:ListFoundationModels, Resource: "*" }"#;
    let policies = &policies.replace(listing, "");
    assert!(
        !policies.contains('*'),
        "{logical_id} has a wildcard in its policies:\n{policies}"
    );
    assert_eq!(
        policies.matches("Effect:").count(),
        policies.matches("Effect: Allow").count(),
        "{logical_id}"
    );
    let mut rights = Rights::default();
    for statement in policies.split("Effect: Allow").skip(1) {
        let word = |text: &str| {
            text.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect::<String>()
        };
        let actions: Vec<String> = statement.split("dynamodb:").skip(1).map(word).collect();
        let actions: Vec<&str> = actions.iter().map(String::as_str).collect();
        let before = |text: &str| {
            text.rsplit(|c: char| !c.is_alphanumeric())
                .next()
                .unwrap()
                .to_owned()
        };
        let tables = statement
            .match_indices(".Arn")
            .map(|(at, _)| before(&statement[..at]))
            .collect();
        rights.add_each(&tables, &actions);
        rights
            .indexes
            .extend(statement.split("/index/").skip(1).map(word));
    }
    rights
}

/// Checks the calls of a function against its policies.
fn assert_allowed(hub: &Hub, function: &str, calls: &[DynamoDbCall]) {
    let granted = granted(&hub.cloud.template().function(function).unwrap().logical_id);
    assert!(!calls.is_empty(), "{function} made no call");
    for call in calls {
        let body: Value = serde_json::from_slice(&call.body).unwrap();
        let table = |request: &Value| request["TableName"].as_str().unwrap().to_owned();
        let rights: Vec<Right> = match (&body["RequestItems"], &body["TransactItems"]) {
            (Value::Object(tables), _) => tables
                .keys()
                .map(|table| (table.clone(), call.operation.clone()))
                .collect(),
            // A transaction needs the rights of its parts: `Update` is `UpdateItem`.
            (_, Value::Array(parts)) => {
                let parts = parts.iter().flat_map(|part| part.as_object().unwrap());
                parts
                    .map(|(kind, part)| (table(part), format!("{kind}Item")))
                    .collect()
            }
            _ => vec![(table(&body), call.operation.clone())],
        };
        for right in rights {
            assert!(granted.rights.contains(&right), "{function} may not {right:?}");
        }
        if let Some(index) = body["IndexName"].as_str() {
            assert!(
                granted.indexes.contains(index),
                "{function} may not use the index {index}"
            );
        }
    }
}
