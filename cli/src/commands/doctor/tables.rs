//! The tables of a deployment, as the variables of this process name them: there, complete, and allowed.

use attest::Template;
use futures::future::join_all;
use shared::error::source_chain;
use shared::ports::StoreError;
use shared::store::{self, Client, TableSettings};

use super::finding::{Finding, Subject};
use crate::model_settings::Variable;

/// The template of this release.
const TEMPLATE: &str = include_str!("../../../../template.yaml");

/// Checks the tables that `QUERIES_TABLE`, `KNOWLEDGE_TABLE` and `ACCESS_TABLE` name.
pub(super) async fn check(variable: Variable<'_>) -> Vec<Finding> {
    let template = match Template::parse(TEMPLATE) {
        Ok(template) => template,
        Err(error) => return vec![Finding::failure(Subject::Tables, error.to_string(), "")],
    };
    let named = template.tables.iter().filter_map(|table| {
        let name = variable(&format!("{}_TABLE", table.name.to_uppercase()))?;
        Some((table, name))
    });
    let named: Vec<_> = named.collect();
    if named.is_empty() {
        return vec![Finding::skipped(
            Subject::Tables,
            "no table is named",
            "set QUERIES_TABLE, KNOWLEDGE_TABLE and ACCESS_TABLE to the outputs of the stack, with AWS_REGION and credentials",
        )];
    }
    let client = store::client().await;
    let checks = named.iter().map(|(table, name)| check_one(&client, table, name));
    join_all(checks).await.concat()
}

async fn check_one(client: &Client, table: &attest::Table, name: &str) -> Vec<Finding> {
    match store::table_settings(client, name).await {
        Ok(settings) => compare(table, name, &settings),
        Err(error) => vec![failed(name, &error)],
    }
}

/// Compares a table with the template.
fn compare(table: &attest::Table, name: &str, settings: &TableSettings) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut wrong = |is_wrong: bool, what: &str, remedy: &str| {
        if is_wrong {
            findings.push(Finding::failure(
                Subject::Tables,
                format!("{name}: {what}"),
                remedy,
            ));
        }
    };
    wrong(
        !settings.is_active,
        "it is not active",
        "wait until DynamoDB has created or restored it",
    );
    let ttl = table.time_to_live.as_ref().map(|ttl| ttl.attribute.as_str());
    wrong(
        ttl != settings.ttl_attribute.as_deref(),
        "time to live is off",
        "deploy the template again, or run `aws dynamodb update-time-to-live` with expires_at; until then, nothing that \
         expires is deleted",
    );
    let needs_stream = table.create_request["StreamSpecification"].is_object();
    wrong(
        needs_stream && !settings.has_stream,
        "its stream is off",
        "deploy the template again; until then, what is sent with `Prefer: respond-async` waits",
    );
    if findings.is_empty() {
        findings.push(Finding::ok(
            Subject::Tables,
            format!("{name}: as in the template"),
        ));
    }
    findings
}

/// A table that cannot be described.
fn failed(name: &str, error: &StoreError) -> Finding {
    let cause = source_chain(error);
    let has = |code: &str| cause.contains(code);
    if has("ResourceNotFound") {
        let remedy = "correct the name and AWS_REGION, or deploy";
        return Finding::failure(Subject::Tables, format!("{name}: there is no such table"), remedy);
    }
    let is_denied = [
        "AccessDenied",
        "UnrecognizedClient",
        "ExpiredToken",
        "InvalidSignature",
        "MissingAuthentication",
    ];
    if is_denied.into_iter().any(has) {
        let detail = format!("{name}: AWS refuses these credentials");
        let remedy =
            "check `aws sts get-caller-identity`; you need dynamodb:DescribeTable and DescribeTimeToLive";
        return Finding::failure(Subject::Rights, detail, remedy);
    }
    let remedy = "check AWS_REGION, the credentials and the network";
    Finding::failure(Subject::Tables, format!("{name}: {error}"), remedy)
}

#[cfg(test)]
mod tests {
    use super::super::finding::Severity;
    use super::*;

    #[test]
    fn a_table_that_differs_from_the_template_is_found() {
        let template = Template::parse(TEMPLATE).unwrap();
        let queries = template
            .tables
            .iter()
            .find(|table| table.name == "Queries")
            .unwrap();
        let right = TableSettings {
            is_active: true,
            ttl_attribute: Some("expires_at".into()),
            has_stream: true,
        };
        assert_eq!(compare(queries, "q", &right)[0].severity, Severity::Ok);
        let wrong = TableSettings::default();
        assert_eq!(compare(queries, "q", &wrong).len(), 3);
    }
}
