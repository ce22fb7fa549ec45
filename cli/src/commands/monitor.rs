//! `attest monitor`: a live view of a hub, from `GET /health` and `GET /usage`.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use anstream::{print, println};
use clap::Args;
use console::style;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value as Json;

use super::target::Target;
use crate::exit::Exit;
use crate::server::{Server, ServerError};
use crate::terminal::one_line;

/// Moves to the top left and clears what is below (ECMA-48).
const CLEAR: &str = "\u{1b}[H\u{1b}[J";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The time between two views, in seconds.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3600))]
    interval: u64,
    /// Prints one view and exits.
    #[arg(long)]
    once: bool,
    /// Prints one JSON object for each view.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: Target,
}

/// One view.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct View {
    at: Timestamp,
    /// `up`, `down`, or `unreachable`.
    status: String,
    /// The time of `GET /health`, as seen from here, in milliseconds.
    latency_ms: u64,
    /// Your answers of today (UTC); null if the hub does not tell.
    answers_today: Option<u64>,
    /// Your answers in a minute, since the view before; null in the first one.
    answers_per_minute: Option<f64>,
    cost_usd_today: Option<f64>,
    read_units_today: Option<f64>,
    write_units_today: Option<f64>,
    /// The state of the scheduled health check.
    last_check: Option<String>,
    last_check_age_seconds: Option<u64>,
    /// What does not respond, now or at the last check, with its reason.
    errors: Vec<String>,
    /// The models that are skipped, each with its reason.
    open_circuits: Vec<String>,
}

/// Runs the command. Exits with 1 if the hub is not up at the end.
pub(super) async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let server = arguments.target.server()?;
    let redraws = std::io::stdout().is_terminal() && !arguments.json && !arguments.once;
    let mut last: Option<(View, Instant)> = None;
    loop {
        let mut view = look(&server).await;
        let now = Instant::now();
        if let Some((before, at)) = &last {
            view.answers_per_minute = rate(before, &view, now - *at);
        }
        if arguments.json {
            println!("{}", serde_json::to_string(&view)?);
        } else if redraws {
            print!("{CLEAR}{}\n", view.text());
        } else {
            println!("{}", view.line());
        }
        if arguments.once {
            return Ok(if view.status == "up" {
                Exit::Done
            } else {
                Exit::Failed
            });
        }
        last = Some((view, now));
        tokio::time::sleep(Duration::from_secs(arguments.interval)).await;
    }
}

/// Reads the hub once. A hub that does not respond is a view, too.
async fn look(server: &Server) -> View {
    let at = Timestamp::now();
    let today = at.strftime("%Y-%m-%d");
    let usage_path = format!("/usage?from={today}&to={today}");
    let started = Instant::now();
    let health = async { (server.probe("/health").await, started.elapsed()) };
    let ((health, latency), usage) = tokio::join!(health, server.get(&usage_path));
    let usage = usage.map(|usage| usage.json);
    view(at, health.map(|probe| probe.json), latency, &usage)
}

fn view(
    at: Timestamp,
    health: Result<Json, ServerError>,
    latency: Duration,
    usage: &Result<Json, ServerError>,
) -> View {
    let mut errors = Vec::new();
    let (health, status) = match health {
        Ok(health) => {
            let status = health["status"].as_str().map_or("unknown".to_owned(), one_line);
            (health, status)
        }
        Err(error) => {
            errors.push(one_line(&error.to_string()));
            (Json::Null, "unreachable".to_owned())
        }
    };
    for checks in [&health["checks"], &health["last_check"]["checks"]] {
        let failed = items(checks).iter().filter(|check| check["status"] != "ok");
        errors.extend(failed.map(|check| format!("{}: {}", text(check, "name"), text(check, "reason"))));
    }
    errors.dedup();
    let total = match usage {
        Ok(usage) => &usage["total"],
        Err(ServerError::Unreachable { .. }) => &Json::Null,
        Err(error) => {
            errors.push(format!("usage: {}", one_line(&error.to_string())));
            &Json::Null
        }
    };
    let circuits = items(&health["open_circuits"]).iter().map(|circuit| {
        let (provider, model) = (text(circuit, "provider"), text(circuit, "model"));
        format!("{provider}/{model}: {}", text(circuit, "reason"))
    });
    View {
        at,
        status,
        latency_ms: latency.as_millis() as u64,
        answers_today: total["answers"].as_u64(),
        answers_per_minute: None,
        cost_usd_today: total["cost_usd"].as_f64(),
        read_units_today: total["read_units"].as_f64(),
        write_units_today: total["write_units"].as_f64(),
        last_check: health["last_check"]["status"].as_str().map(one_line),
        last_check_age_seconds: health["last_check"]["age_seconds"].as_u64(),
        errors,
        open_circuits: circuits.collect(),
    }
}

fn items(value: &Json) -> &[Json] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Json, field: &str) -> String {
    one_line(value[field].as_str().unwrap_or_default())
}

/// Answers in a minute between two views; `None` if the day changed or the hub does not tell.
fn rate(before: &View, view: &View, elapsed: Duration) -> Option<f64> {
    let answers = view.answers_today?.checked_sub(before.answers_today?)?;
    (!elapsed.is_zero()).then(|| answers as f64 * 60.0 / elapsed.as_secs_f64())
}

fn number(value: Option<f64>, decimals: usize) -> String {
    value.map_or("-".to_owned(), |value| format!("{value:.decimals$}"))
}

impl View {
    /// The view as one line.
    fn line(&self) -> String {
        let answers = self.answers_today.map(|answers| answers as f64);
        let list = |name: &str, items: &[String]| match items {
            [] => String::new(),
            items => format!("  {name}: {}", items.join("; ")),
        };
        format!(
            "{}  {}  {} ms  {} answers today  {} a minute  {} dollars  check {}{}{}",
            self.at.strftime("%H:%M:%S"),
            self.status,
            self.latency_ms,
            number(answers, 0),
            number(self.answers_per_minute, 1),
            number(self.cost_usd_today, 4),
            self.last_check.as_deref().unwrap_or("-"),
            list("errors", &self.errors),
            list("skipped", &self.open_circuits),
        )
    }

    /// The view as a page.
    fn text(&self) -> String {
        let status = match self.status.as_str() {
            "up" => style("up").green(),
            other => style(other).red(),
        };
        let age = self.last_check_age_seconds.map(|age| format!(", {age} s ago"));
        let mut lines = vec![
            format!(
                "{:<10} {status} in {} ms at {}",
                "hub",
                self.latency_ms,
                self.at.strftime("%H:%M:%S")
            ),
            format!(
                "{:<10} {} today, {} a minute",
                "answers",
                number(self.answers_today.map(|answers| answers as f64), 0),
                number(self.answers_per_minute, 1)
            ),
            format!("{:<10} {} dollars today", "spend", number(self.cost_usd_today, 4)),
            format!(
                "{:<10} {} read, {} written today",
                "units",
                number(self.read_units_today, 1),
                number(self.write_units_today, 1)
            ),
            format!(
                "{:<10} {}{}",
                "check",
                self.last_check.as_deref().unwrap_or("-"),
                age.unwrap_or_default()
            ),
        ];
        let list = |name: &str, items: &[String]| -> Vec<String> {
            match items {
                [] => vec![format!("{name:<10} none")],
                items => items
                    .iter()
                    .map(|item| format!("{name:<10} {}", style(item).red()))
                    .collect(),
            }
        };
        lines.extend(list("errors", &self.errors));
        lines.extend(list("circuits", &self.open_circuits));
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn seen(answers: u64) -> View {
        let health = json!({
            "status": "up", "checks": [{ "name": "dynamodb.access", "status": "ok", "reason": null }],
            "last_check": {
                "status": "down", "age_seconds": 7,
                "checks": [{ "name": "provider.a", "status": "failed", "reason": "unauthorized\u{1b}[2J" }],
            },
            "open_circuits": [{ "provider": "a", "model": "m", "until": "x", "reason": "unauthorized" }],
        });
        let usage = json!({ "total": { "answers": answers, "cost_usd": 0.25, "read_units": 3.5, "write_units": 9.0 } });
        view(
            "2026-01-31T12:00:00Z".parse().unwrap(),
            Ok(health),
            Duration::from_millis(12),
            &Ok(usage),
        )
    }

    #[test]
    fn a_view_shows_rate_spend_errors_and_circuits() {
        console::set_colors_enabled(false);
        let mut view = seen(30);
        view.answers_per_minute = rate(&seen(20), &view, Duration::from_secs(5));
        assert_eq!(
            view.line(),
            "12:00:00  up  12 ms  30 answers today  120.0 a minute  0.2500 dollars  check down  errors: provider.a: \
             unauthorized[2J  skipped: a/m: unauthorized"
        );
        let page = view.text();
        for shown in [
            "30 today, 120.0 a minute",
            "3.5 read, 9.0 written",
            "down, 7 s ago",
            "a/m: unauthorized",
        ] {
            assert!(page.contains(shown), "{page}");
        }
        assert!(!page.contains('\u{1b}'));
    }

    #[test]
    fn the_next_day_has_no_rate() {
        assert_eq!(rate(&seen(20), &seen(1), Duration::from_secs(5)), None);
    }

    #[test]
    fn a_hub_that_is_away_is_a_view() {
        let away = || ServerError::Unreachable {
            url: "http://x".into(),
            reason: "refused".into(),
        };
        let view = view(Timestamp::UNIX_EPOCH, Err(away()), Duration::ZERO, &Err(away()));
        assert_eq!((view.status.as_str(), view.errors.len()), ("unreachable", 1));
        assert!(view.line().contains("- answers today"));
    }
}
