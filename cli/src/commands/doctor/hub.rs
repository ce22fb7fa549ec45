//! What a hub says of itself over HTTP: `GET /health`, and the `Date` of its response.

use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use serde_json::Value as Json;

use super::finding::{Finding, Subject};
use crate::server::{Probe, Server, ServerError};
use crate::terminal::one_line;

/// AWS refuses signatures whose time is further off than this
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>).
const MAX_SKEW: SignedDuration = SignedDuration::from_mins(5);
/// A clock that is synchronised is never off by this much.
const USUAL_SKEW: SignedDuration = SignedDuration::from_secs(30);

/// Checks a hub. `is_named` says whether the command line names it; without a name, a laptop without a running hub is fine.
pub(super) async fn check(server: &Server, is_named: bool) -> Vec<Finding> {
    let sent = Timestamp::now();
    match server.probe("/health").await {
        Ok(probe) => read(&probe, sent),
        Err(error @ ServerError::Unreachable { .. }) if !is_named => {
            let remedy = "run `cargo dev`, or name a hub with --url";
            vec![Finding::skipped(Subject::Hub, error.to_string(), remedy)]
        }
        Err(error) => {
            let remedy = "check the address, the network, and a proxy in between";
            vec![Finding::failure(Subject::Hub, error.to_string(), remedy)]
        }
    }
}

/// Reads the response to `GET /health`, which was sent at `sent`.
fn read(probe: &Probe, sent: Timestamp) -> Vec<Finding> {
    let health = &probe.json;
    let Some(version) = health["version"].as_str() else {
        let detail = format!("GET /health returned {} and no report", probe.status);
        let remedy = "check that the address ends with the stage, such as /live, and is that of a hub";
        return vec![Finding::failure(Subject::Hub, detail, remedy)];
    };
    let mut findings = vec![Finding::ok(Subject::Hub, "it responds")];
    let own = env!("CARGO_PKG_VERSION");
    findings.push(match version == own {
        true => Finding::ok(Subject::Version, format!("{own}, like this command")),
        false => Finding::warning(
            Subject::Version,
            format!("the hub has {version}, this command {own}"),
            "use the command of the same release as the hub",
        ),
    });
    findings.extend(probe.date.as_deref().map(|date| clock(date, sent)));
    findings.extend(stages(&health["checks"], Subject::Dependencies));
    findings.extend(last_check(&health["last_check"]));
    findings.extend(circuits(&health["open_circuits"]));
    findings
}

/// Compares the clock of this machine with that of the hub.
fn clock(date: &str, now: Timestamp) -> Finding {
    let Ok(date) = rfc2822::parse(date) else {
        return Finding::skipped(Subject::Clock, "the hub sends no time that can be read", "");
    };
    let skew = now.duration_since(date.timestamp()).abs();
    let detail = format!("{} s off the hub's", skew.as_secs());
    let remedy = "set the clock by NTP (`timedatectl set-ntp true`)";
    if skew > MAX_SKEW {
        let detail = format!("{detail}; AWS refuses signed requests");
        Finding::failure(Subject::Clock, detail, remedy)
    } else if skew > USUAL_SKEW {
        Finding::warning(Subject::Clock, detail, remedy)
    } else {
        Finding::ok(Subject::Clock, detail)
    }
}

/// A finding for each stage that is not `ok`, or one for all.
fn stages(checks: &Json, subject: Subject) -> Vec<Finding> {
    let checks = checks.as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |check: &Json, field: &str| one_line(check[field].as_str().unwrap_or_default());
    let failed = checks.iter().filter(|check| check["status"] != "ok");
    let failed: Vec<Finding> = failed
        .map(|check| {
            let (name, reason) = (text(check, "name"), text(check, "reason"));
            let remedy = match name.strip_prefix("provider.") {
                Some(provider) => format!(
                    "run `attest providers test {provider}`; see HealthCheckFailed in docs/OPERATIONS.md"
                ),
                None => {
                    "see TablesThrottled in docs/OPERATIONS.md, the function's rights and the log".to_owned()
                }
            };
            Finding::failure(subject, format!("{name}: {reason}"), remedy)
        })
        .collect();
    if !failed.is_empty() {
        return failed;
    }
    let names: Vec<String> = checks.iter().map(|check| text(check, "name")).collect();
    vec![Finding::ok(subject, format!("{} respond", names.join(", ")))]
}

fn last_check(last: &Json) -> Vec<Finding> {
    let subject = Subject::HealthCheck;
    let age = last["age_seconds"].as_u64().unwrap_or_default();
    match last["status"].as_str() {
        Some("up" | "down") => stages(&last["checks"], subject),
        Some("late") => vec![Finding::warning(
            subject,
            format!("the last run was {age} s ago"),
            "enable the rule of the function HealthCheck in Amazon EventBridge, and see its log",
        )],
        Some("none") => vec![Finding::skipped(
            subject,
            "there was no run yet",
            "the local cloud has no schedule; on AWS, wait five minutes after the deployment",
        )],
        _ => vec![Finding::warning(
            subject,
            "the last run cannot be read",
            "see the finding of dynamodb.access, and the log of the function Health",
        )],
    }
}

fn circuits(open: &Json) -> Vec<Finding> {
    let open = open.as_array().map(Vec::as_slice).unwrap_or_default();
    if open.is_empty() {
        return vec![Finding::ok(Subject::Circuits, "none is open")];
    }
    let text = |circuit: &Json, field: &str| one_line(circuit[field].as_str().unwrap_or_default());
    let findings = open.iter().map(|circuit| {
        let (provider, model) = (text(circuit, "provider"), text(circuit, "model"));
        let detail = format!(
            "{provider}/{model} is skipped until {} after: {}",
            text(circuit, "until"),
            text(circuit, "reason")
        );
        let remedy = format!("run `attest providers test {provider}`");
        Finding::warning(Subject::Circuits, detail, remedy)
    });
    findings.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::finding::Severity;
    use super::*;

    fn severities(health: Json, date: &str) -> Vec<(Subject, Severity)> {
        let probe = Probe {
            status: 200,
            date: Some(date.to_owned()),
            json: health,
        };
        let sent = "2026-01-31T12:00:00Z".parse().unwrap();
        let findings = read(&probe, sent);
        assert!(
            findings
                .iter()
                .all(|one| one.severity == Severity::Ok || one.remedy.is_some()),
            "{findings:?}"
        );
        findings.iter().map(|one| (one.subject, one.severity)).collect()
    }

    #[test]
    fn each_fault_of_a_hub_has_its_finding() {
        let check =
            |name: &str, status: &str| json!({ "name": name, "status": status, "ms": 1, "reason": "r" });
        let fine = severities(
            json!({
                "version": env!("CARGO_PKG_VERSION"), "checks": [check("dynamodb.access", "ok")],
                "last_check": { "status": "up", "checks": [check("provider.a", "ok")] }, "open_circuits": [],
            }),
            "Sat, 31 Jan 2026 12:00:01 GMT",
        );
        assert!(
            fine.iter().all(|(_, severity)| *severity == Severity::Ok),
            "{fine:?}"
        );
        let wrong = severities(
            json!({
                "version": "0.0.0", "checks": [check("dynamodb.access", "failed")],
                "last_check": { "status": "down", "checks": [check("provider.a", "timed_out")] },
                "open_circuits": [{ "provider": "a", "model": "m", "until": "x", "reason": "timed_out" }],
            }),
            "Sat, 31 Jan 2026 11:54:00 GMT",
        );
        assert_eq!(
            wrong,
            [
                (Subject::Hub, Severity::Ok),
                (Subject::Version, Severity::Warning),
                (Subject::Clock, Severity::Failure),
                (Subject::Dependencies, Severity::Failure),
                (Subject::HealthCheck, Severity::Failure),
                (Subject::Circuits, Severity::Warning),
            ]
        );
        let of = |health: Json| severities(health, "Sat, 31 Jan 2026 12:01:00 GMT");
        assert_eq!(
            of(json!({}))[0],
            (Subject::Hub, Severity::Failure),
            "another server"
        );
        for (status, severity) in [
            ("late", Severity::Warning),
            ("none", Severity::Skipped),
            ("unknown", Severity::Warning),
        ] {
            let found = of(json!({ "version": "1", "last_check": { "status": status, "age_seconds": 900 } }));
            assert!(
                found.contains(&(Subject::HealthCheck, severity)),
                "{status}: {found:?}"
            );
            assert!(found.contains(&(Subject::Clock, Severity::Warning)));
        }
    }
}
