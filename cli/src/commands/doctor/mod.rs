//! `attest doctor`: what a deployment or a laptop can have wrong, each finding with its remedy.

mod finding;
mod hub;
mod models;
mod tables;

use anstream::println;
use clap::Args;

use super::target::Target;
use super::workspace::workspace_root;
use crate::exit::Exit;
use crate::model_settings::process_variable;
use crate::terminal::escaped_json;
use finding::{Finding, Severity, Subject};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Prints JSON instead of lines.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: Target,
}

/// Runs the command.
pub(super) async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let root = match workspace_root() {
        Ok(root) => root,
        // Outside a workspace, the environment is the only source of settings.
        Err(_no_template) => std::env::current_dir()?,
    };
    let is_named = arguments.target.named_server()?.is_some();
    let server = arguments.target.server()?;
    let (hub, models, tables) = tokio::join!(
        hub::check(&server, is_named),
        models::check(&root, &process_variable),
        tables::check(&process_variable)
    );
    let mut findings = [hub, models, tables].concat();
    findings.sort_by_key(|finding| position(finding.subject));
    print(&findings, arguments.json)?;
    Ok(exit(&findings))
}

fn position(subject: Subject) -> usize {
    Subject::ALL
        .iter()
        .position(|known| *known == subject)
        .unwrap_or_default()
}

fn print(findings: &[Finding], as_json: bool) -> anyhow::Result<()> {
    if as_json {
        println!("{}", escaped_json(&serde_json::to_string_pretty(findings)?));
        return Ok(());
    }
    for finding in findings {
        println!("{}", finding.line());
    }
    let count = |severity| {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let (failures, warnings) = (count(Severity::Failure), count(Severity::Warning));
    println!("{failures} failures, {warnings} warnings");
    Ok(())
}

fn exit(findings: &[Finding]) -> Exit {
    match findings
        .iter()
        .any(|finding| finding.severity == Severity::Failure)
    {
        true => Exit::Failed,
        false => Exit::Done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_subject_is_documented() {
        let manual = include_str!("../../../../docs/OPERATIONS.md");
        let (_, section) = manual.split_once("\n## Doctor\n").unwrap();
        let section = section.split("\n## ").next().unwrap();
        for subject in Subject::ALL {
            let row = format!("| `{}` |", subject.name());
            assert!(section.contains(&row), "{row}");
        }
    }

    #[test]
    fn a_finding_is_one_line_and_a_failure_fails() {
        console::set_colors_enabled(false);
        let failure = Finding::failure(Subject::Clock, "400 s off\u{1b}[2J\nx", "set it");
        assert_eq!(failure.line(), "failure  clock         400 s off[2J x -> set it");
        assert_eq!(exit(&[failure]), Exit::Failed);
        assert_eq!(exit(&[Finding::warning(Subject::Version, "a", "b")]), Exit::Done);
    }
}
