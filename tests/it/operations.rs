//! What runs it: alarms that are explained and seen, tables that are safe, logs that end.

use std::fs;

use crate::support::root;

/// Alarms that AWS gives to an account for nothing.
const FREE_ALARMS: usize = 10;

/// The resources of a type, each with its block of the template.
fn resources<'a>(template: &'a str, kind: &str) -> Vec<(&'a str, &'a str)> {
    let (_, resources) = template.split_once("\nResources:\n").unwrap();
    let (resources, _) = resources.split_once("\nOutputs:\n").unwrap();
    let is_name = |line: &str| line.starts_with("  ") && line.as_bytes()[2].is_ascii_uppercase();
    let starts: Vec<usize> = resources
        .match_indices('\n')
        .map(|(at, _)| at + 1)
        .filter(|at| {
            resources[*at..]
                .lines()
                .next()
                .is_some_and(|line| line.len() > 2 && is_name(line))
        })
        .collect();
    let ends = starts.iter().skip(1).copied().chain([resources.len()]);
    let blocks = starts
        .iter()
        .zip(ends)
        .map(|(start, end)| &resources[*start..end]);
    blocks
        .filter(|block| block.contains(&format!("    Type: {kind}\n")))
        .map(|block| (block.trim_start().split(':').next().unwrap(), block))
        .collect()
}

fn template() -> String {
    fs::read_to_string(root().join("template.yaml")).unwrap()
}

#[test]
fn every_alarm_is_explained_seen_told_and_free() {
    let template = template();
    let handbook = fs::read_to_string(root().join("docs/OPERATIONS.md")).unwrap();
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
    let template = template();
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
