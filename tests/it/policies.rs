//! Who may do what: the policies of template.yaml against the ports that the code uses and the calls that it makes.

use std::collections::{BTreeMap, BTreeSet};

use attest::Template;
use serde_json::{Value, json};
use shared::testing::Call;

use crate::{
    blocks::{block, template_text},
    files::read,
    outage::{Fault, Faulty, prepare, routes},
    queue,
    support::{Hub, root},
};

/// A table and a DynamoDB operation on it or on an index of it.
type Right = (String, String);

/// What the code of a function says when it uses a port without naming it.
const PORTS_BY_USE: [(&str, &str); 23] = [
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
    (".indexer.ingest(", "WriteDocuments"),
    (".indexer.delete(", "WriteDocuments"),
    (".indexer.sweep(", "SweepDocuments"),
];

/// The operations of DynamoDB that change nothing.
const READS: [&str; 5] = ["BatchGetItem", "DescribeTable", "GetItem", "Query", "Scan"];

/// What needs nothing but itself.
const STANDS_ALONE: [&str; 1] = ["docs"];

#[test]
fn a_function_may_do_what_its_ports_need_and_nothing_else() {
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
        if handler.contains("TableProbe::new(") {
            let tables = template.tables.iter().map(|table| &table.name);
            let probed =
                tables.filter(|name| handler.contains(&format!("config.{}_table", name.to_lowercase())));
            needed
                .rights
                .extend(probed.map(|table| (table.clone(), "GetItem".to_owned())));
        }
        assert_eq!(
            needed.rights.is_empty(),
            STANDS_ALONE.contains(&function.binary.as_str()),
            "{} uses a port that this test knows, or none",
            function.binary
        );
        assert_eq!(
            granted(&function.logical_id),
            needed,
            "{}: granted and needed",
            function.binary
        );
        let reads_keys = block(&template_text(), &function.logical_id).contains("ssm:GetParameter");
        assert_eq!(
            reads_keys,
            ["ParameterStore", "Services::new(", "http::Ask<"]
                .iter()
                .any(|used| handler.contains(used)),
            "{}: only who calls models reads their keys",
            function.binary
        );
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
    assert!(
        readers.len() > 5,
        "functions of which nothing but GET leads to them"
    );
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
    let faulty = Faulty::start().await;
    let hub = &faulty.hub;
    let [things, _] = prepare(hub).await;
    let mut callers = BTreeSet::new();
    for route in routes(&things) {
        faulty.calls();
        assert!(route.send(hub).await.status().is_success(), "{}", route.function);
        if let Some((path, body)) = route.post() {
            assert!(
                hub.post_once(path, body, path).await.status().is_success(),
                "{path}"
            );
        }
        allowed(hub, route.function, &faulty.calls());
        callers.insert(route.function);
    }
    faulty.calls();
    assert_eq!(hub.get("/health").await.status(), 200);
    allowed(hub, "health", &faulty.calls());
    for path in ["/openapi.json", "/docs"] {
        assert_eq!(hub.get(path).await.status(), 200);
        assert!(faulty.calls().is_empty(), "{path} needs nothing");
    }

    faulty.calls();
    let queued = hub
        .queue(&json!({ "query": "What is blue?", "cache": false }), None)
        .await;
    let location = queued.headers()["location"].to_str().unwrap().to_owned();
    queue::ended(hub, &location).await;
    // Accepting it and asking how far it is need less than the worker may do.
    allowed(hub, "query-worker", &faulty.calls());

    // A write that is refused in the middle leaves the sweep all of its work.
    faulty.script(Fault::Of("BatchWriteItem"));
    let halved = json!({ "documents": [{ "id": "guide", "text": "The Periwinkle is blue." }] });
    assert_eq!(hub.post("/documents", &halved).await.status(), 207);
    faulty.script(Fault::Never);
    faulty.calls();
    assert_eq!(hub.sweep().await, 1);
    allowed(hub, "sweep", &faulty.calls());

    callers.extend(
        ["health", "query-worker", "sweep"]
            .into_iter()
            .chain(STANDS_ALONE),
    );
    let functions = hub
        .cloud
        .template()
        .functions
        .iter()
        .map(|function| function.binary.as_str());
    assert_eq!(callers, functions.collect(), "every function was watched");
    faulty.stop().await;
}

/// Rights on tables, and the indexes they reach.
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

    fn add_each(&mut self, tables: &BTreeSet<String>, actions: &[&str]) {
        for table in tables {
            self.rights
                .extend(actions.iter().map(|action| (table.clone(), (*action).to_owned())));
        }
    }
}

/// The rights of each port, from the sentence `Needs ...` of its documentation.
fn ports() -> BTreeMap<&'static str, Rights> {
    let files = [
        "shared/src/ports/answers.rs",
        "shared/src/ports/documents.rs",
        "shared/src/ports/events.rs",
        "shared/src/ports/idempotency.rs",
        "shared/src/ports/index.rs",
        "shared/src/ports/provider_health.rs",
        "shared/src/ports/queries.rs",
        "shared/src/ports/queue.rs",
        "shared/src/ports/spend.rs",
        "shared/src/ports/versions.rs",
    ];
    let source: &'static str = files.map(|file| read(&root().join(file))).concat().leak();
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
    assert!(ports.len() > 6, "the ports say what they need: {ports:?}");
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
    let (policies, _) = policies.split_once("\n      Events:\n").unwrap_or_default();
    assert!(
        !policies.contains('*'),
        "{logical_id} may not do or reach just anything:\n{policies}"
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

/// Checks calls that a function has made against its policy.
fn allowed(hub: &Hub, function: &str, calls: &[Call]) {
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
