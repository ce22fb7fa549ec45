//! What runs it: alarms that are explained and seen, tables that are safe, logs that end.

use crate::{
    blocks::{resources, template_text},
    files::read,
    support::root,
};

/// Alarms that AWS gives to an account for nothing.
const FREE_ALARMS: usize = 10;

#[test]
fn every_alarm_is_explained_seen_told_and_free() {
    let template = template_text();
    let handbook = read(&root().join("docs/OPERATIONS.md"));
    let alarms = resources(&template, "AWS::CloudWatch::Alarm");
    assert!(
        (1..=FREE_ALARMS).contains(&alarms.len()),
        "{} alarms",
        alarms.len()
    );
    let dashboards = resources(&template, "AWS::CloudWatch::Dashboard");
    let explained: Vec<&str> = handbook
        .lines()
        .filter_map(|line| line.strip_prefix("### "))
        .collect();
    let names: Vec<&str> = alarms.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        explained, names,
        "docs/OPERATIONS.md explains the alarms, in their order"
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
fn tables_are_safe_and_logs_end() {
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
        assert!(block.contains(&own), "{name} has a log group of its own");
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
