//! `attest doctor` and `attest monitor` as programs, against a running hub.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::path::{Path, PathBuf};

use attest::{Cloud, CloudOptions};
use serde_json::Value;
use tokio::process::Command;

/// Runs `attest` in an empty folder, with these variables only. Returns its exit code and stdout.
async fn attest(arguments: &[&str], variables: &[(&str, &str)]) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_attest"))
        .args(arguments)
        .current_dir(folder.path())
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .await
        .unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

/// The severity of each subject, the worst one.
fn severities(json: &str) -> Vec<(String, String)> {
    let findings: Value = serde_json::from_str(json).unwrap();
    let text = |finding: &Value, field: &str| finding[field].as_str().unwrap().to_owned();
    let findings = findings.as_array().unwrap().iter();
    findings
        .map(|finding| (text(finding, "subject"), text(finding, "severity")))
        .collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_is_examined_and_watched() {
    let cloud = Cloud::start(CloudOptions::memory(root())).await.unwrap();
    let url = cloud.url().to_owned();
    let tables = [
        ("QUERIES_TABLE", "Queries"),
        ("KNOWLEDGE_TABLE", "Knowledge"),
        ("ACCESS_TABLE", "Access"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_ENDPOINT_URL_DYNAMODB", cloud.dynamodb_url()),
    ];
    let doctor = ["doctor", "--json", "--url", url.as_str()];
    let (code, shown) = attest(&doctor, &tables).await;
    let found = severities(&shown);
    assert_eq!(code, 0, "{shown}");
    let of = |subject: &str| -> Vec<&str> {
        let about = found.iter().filter(|(name, _)| name == subject);
        about.map(|(_, severity)| severity.as_str()).collect()
    };
    for subject in [
        "hub",
        "version",
        "clock",
        "dependencies",
        "circuits",
        "settings",
        "environment",
        "region",
    ] {
        assert_eq!(of(subject), ["ok"], "{subject}: {shown}");
    }
    assert_eq!(of("tables"), ["ok"; 3], "{shown}");
    assert_eq!(of("health_check"), ["skipped"], "no run yet");

    // A wrong key, a table that is not there, and a run that found a fault.
    let mut wrong = tables.to_vec();
    wrong[0].1 = "Elsewhere";
    wrong.push((
        "LLM_PROVIDERS",
        r#"[{"kind": "openai", "key": "env:GONE", "models": ["m"]}]"#,
    ));
    let (code, shown) = attest(&["doctor", "--url", &url], &wrong).await;
    assert_eq!(code, 1, "{shown}");
    for line in [
        "failure  settings",
        "failure  tables        Elsewhere: there is no such table -> ",
    ] {
        assert!(shown.contains(line), "{shown}");
    }
    assert!(shown.contains("GONE"), "{shown}");

    let (code, shown) = attest(&["monitor", "--once", "--json", "--url", &url], &[]).await;
    let view: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(
        (code, &view["status"], &view["answers_today"]),
        (0, &"up".into(), &0.into()),
        "{view}"
    );
    cloud.stop_dynamodb().await;
    let (code, shown) = attest(&["monitor", "--once", "--url", &url], &[]).await;
    assert_eq!(code, 1, "{shown}");
    assert!(
        shown.contains("  down  ") && shown.contains("errors: dynamodb.queries"),
        "{shown}"
    );
    let (code, shown) = attest(&doctor, &[]).await;
    assert_eq!(code, 1, "{shown}");
    let failed = severities(&shown);
    let failed = failed.iter().filter(|(_, severity)| severity == "failure");
    assert_eq!(failed.count(), 3, "one for each table: {shown}");
    cloud.stop().await;

    let (code, shown) = attest(&doctor, &[]).await;
    assert_eq!(code, 1, "a hub that is named must respond: {shown}");
}
