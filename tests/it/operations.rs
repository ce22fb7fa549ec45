//! Operational settings of template.yaml: alarms, tables and log groups.

use std::collections::BTreeSet;

use shared::telemetry;

use crate::{
    blocks::{resources, template_text},
    files::read,
    support::root,
};

/// Alarms in the AWS free tier.
const FREE_ALARMS: usize = 10;

#[test]
fn every_alarm_is_documented_on_the_dashboard_notifies_and_is_free() {
    let template = template_text();
    let manual = read(&root().join("docs/OPERATIONS.md"));
    let alarms = resources(&template, "AWS::CloudWatch::Alarm");
    assert!(
        (1..=FREE_ALARMS).contains(&alarms.len()),
        "{} alarms",
        alarms.len()
    );
    let dashboards = resources(&template, "AWS::CloudWatch::Dashboard");
    let documented: Vec<&str> = manual
        .lines()
        .filter_map(|line| line.strip_prefix("### "))
        .collect();
    let names: Vec<&str> = alarms.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        documented, names,
        "docs/OPERATIONS.md documents the alarms in the order of the template"
    );
    for (name, block) in alarms {
        assert!(
            dashboards[0].1.contains(&format!("${{{name}.Arn}}")),
            "{name} is on the dashboard"
        );
        for needed in [
            "AlarmDescription:",
            "AlarmActions:",
            "OKActions:",
            "TreatMissingData: notBreaching",
        ] {
            assert!(block.contains(needed), "{name}: {needed}");
        }
    }
}

#[test]
fn tables_are_protected_and_logs_expire() {
    let template = template_text();
    let tables = resources(&template, "AWS::DynamoDB::Table");
    assert_eq!(tables.len(), 3);
    for (name, block) in tables {
        for needed in [
            "DeletionPolicy: Retain",
            "UpdateReplacePolicy: Retain",
            "BillingMode: PAY_PER_REQUEST",
            "DeletionProtectionEnabled: true",
            "PointInTimeRecoveryEnabled: true",
            "SSEEnabled: true",
            "TimeToLiveSpecification:",
        ] {
            assert!(block.contains(needed), "{name}: {needed}");
        }
    }
    let logs = resources(&template, "AWS::Logs::LogGroup");
    let functions = resources(&template, "AWS::Serverless::Function");
    for (name, block) in &functions {
        let own = format!("LoggingConfig: {{ LogGroup: !Ref {name}Logs }}");
        assert!(block.contains(&own), "{name} has its own log group");
    }
    assert_eq!(
        logs.len(),
        functions.len() + 1,
        "one for each function and one for the API"
    );
    for (name, block) in logs {
        assert!(block.contains("RetentionInDays: !Ref LogRetentionDays"), "{name}");
    }
}

/// The names of all metrics.
fn metrics() -> BTreeSet<&'static str> {
    let sets = telemetry::ALL.iter();
    sets.flat_map(|set| set.metrics.iter().map(|(name, _)| *name))
        .collect()
}

#[test]
fn every_metric_and_dimension_is_documented() {
    let manual = read(&root().join("docs/OPERATIONS.md"));
    let (_, section) = manual.split_once("\n## Metrics\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let cells = rows.map(|row| row.split('|').nth(1).unwrap());
    let documented: BTreeSet<&str> = cells
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect();
    assert_eq!(
        documented,
        metrics(),
        "the metrics in OPERATIONS.md and in the code"
    );
    for dimension in telemetry::ALL.iter().flat_map(|set| set.dimensions) {
        assert!(section.contains(&format!("`{dimension}`")), "{dimension}");
    }
}

#[test]
fn the_dashboard_shows_metrics_that_exist() {
    let template = template_text();
    let dashboards = resources(&template, "AWS::CloudWatch::Dashboard");
    let shown: BTreeSet<&str> = dashboards[0]
        .1
        .split(r#"MetricName=\""#)
        .skip(1)
        .map(|rest| rest.split('\\').next().unwrap())
        .collect();
    assert!(shown.len() > 8, "{shown:?}");
    assert!(shown.is_subset(&metrics()), "{shown:?}");
    for set in telemetry::ALL {
        let is_shown = set.metrics.iter().any(|(name, _)| shown.contains(name));
        assert!(is_shown, "{:?}", set.dimensions);
    }
}
