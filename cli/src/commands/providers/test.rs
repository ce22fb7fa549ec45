//! `attest providers test`: calls each provider as a function would, all at once.

use std::sync::Arc;

use console::style;
use futures::future::join_all;
use serde::Serialize;
use shared::domain::Prompt;
use shared::llm::catalog::Provider;
use shared::llm::wire::Kind;
use shared::llm::{Failure, Router};
use shared::ports::Secrets;

use super::{Chosen, advice::advice, call};
use crate::model_settings::ModelSettings;
use crate::table::table;

/// The most tokens that a test has written.
const TOKENS: u32 = 8;

/// What became of one model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Tested {
    pub(crate) provider: String,
    pub(crate) model: String,
    pub(crate) state: State,
    /// The kind of failure in one word, as attempts have it; `ok` when there was none.
    pub(crate) outcome: String,
    /// Of the tiny completion, in milliseconds.
    pub(crate) ms: Option<u64>,
    /// In US dollars.
    pub(crate) cost_usd: f64,
    /// What was found.
    pub(crate) detail: String,
    /// What to do about a failure.
    pub(crate) advice: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// It wrote.
    Works,
    /// It is there and takes the key; it was not asked to write, because that costs money.
    Reached,
    Failed,
}

impl Tested {
    pub(crate) fn failed(&self) -> bool {
        self.state == State::Failed
    }
}

/// Tests models, all at once.
pub(crate) async fn test(
    settings: &ModelSettings,
    chosen: &[Chosen<'_>],
    secrets: &Arc<dyn Secrets>,
) -> Vec<Tested> {
    join_all(chosen.iter().map(|chosen| test_one(settings, *chosen, secrets))).await
}

async fn test_one(settings: &ModelSettings, chosen: Chosen<'_>, secrets: &Arc<dyn Secrets>) -> Tested {
    let Chosen { choice, called } = chosen;
    let (provider, model) = (choice.provider, choice.model.name.as_str());
    let tested = Tested {
        provider: provider.name.clone(),
        model: model.to_owned(),
        state: State::Failed,
        outcome: "ok".to_owned(),
        ms: None,
        cost_usd: 0.0,
        detail: String::new(),
        advice: None,
    };
    let failed = |tested: Tested, outcome: &str, detail: String| Tested {
        state: State::Failed,
        outcome: outcome.to_owned(),
        advice: advice(settings, provider, model, outcome),
        detail,
        ..tested
    };
    let router = call::router(choice, secrets);
    let listed = match listed(&router, provider, model).await {
        Ok(listed) => listed,
        Err(failure) => return failed(tested, failure.outcome(), failure.to_string()),
    };
    if let Listed::Missing(others) = &listed
        && provider.kind == Kind::Ollama
    {
        return failed(tested, "not_found", format!("it has {}", some_of(others)));
    }
    if !called {
        return Tested {
            state: State::Reached,
            detail: format!(
                "{}; not called, because that costs money (--paid)",
                listed.words()
            ),
            ..tested
        };
    }
    let prompt = Prompt::new("You answer with one word.", "Say: yes", TOKENS);
    let called = call::call(&router, &prompt).await;
    let Some(attempt) = called.attempt else {
        let why = called.result.err().map(|error| error.to_string());
        return failed(tested, "skipped", why.unwrap_or_default());
    };
    let tested = Tested {
        ms: Some(attempt.ms),
        cost_usd: attempt.cost_usd,
        ..tested
    };
    match called.result {
        Ok(_) => Tested {
            state: State::Works,
            detail: format!("{}; it wrote within {} ms", listed.words(), attempt.ms),
            ..tested
        },
        // Those that think first need more tokens than a test has; what had to be seen was seen.
        Err(_) if attempt.outcome == "empty" => Tested {
            state: State::Works,
            outcome: attempt.outcome,
            detail: format!("{}; {TOKENS} tokens were too few for a word", listed.words()),
            ..tested
        },
        Err(error) => {
            let detail = attempt.reason.unwrap_or_else(|| error.to_string());
            failed(tested, &attempt.outcome, detail)
        }
    }
}

/// Whether a provider names a model among its own.
enum Listed {
    Present,
    /// It names others. Long lists come in pages, and some providers know more names than they list.
    Missing(Vec<String>),
    /// It has no list.
    Unknown,
}

impl Listed {
    fn words(&self) -> &'static str {
        match self {
            Self::Present => "it has the model",
            Self::Missing(_) => "it does not list the model",
            Self::Unknown => "it has no list of models",
        }
    }
}

async fn listed(router: &Router, provider: &Provider, model: &str) -> Result<Listed, Failure> {
    match router.models_of(provider).await {
        Ok(names) if names.iter().any(|name| is_called(name, model)) => Ok(Listed::Present),
        Ok(names) => Ok(Listed::Missing(names)),
        Err(failure) if matches!(failure.outcome(), "not_found" | "malformed" | "rejected") => {
            Ok(Listed::Unknown)
        }
        Err(failure) => Err(failure),
    }
}

/// Whether a listed name is the model's: alone, with Ollama's usual tag, or with the date of its version.
fn is_called(name: &str, model: &str) -> bool {
    let date = |rest: &str| rest.len() == 8 && rest.bytes().all(|byte| byte.is_ascii_digit());
    match name.strip_prefix(model) {
        Some("" | ":latest") => true,
        Some(rest) => rest.strip_prefix('-').is_some_and(date),
        None => false,
    }
}

fn some_of(names: &[String]) -> String {
    match names {
        [] => "no models".to_owned(),
        names if names.len() > 4 => format!("{} and {} more", names[..4].join(", "), names.len() - 4),
        names => names.join(", "),
    }
}

/// A table, with what to do under it.
pub(crate) fn text(tested: &[Tested]) -> String {
    let cells: Vec<_> = tested
        .iter()
        .map(|row| {
            let state = match row.state {
                State::Works => style("works").green(),
                State::Reached => style("reached").yellow(),
                State::Failed => style("failed").red(),
            };
            [
                style(&row.provider).bold().to_string(),
                row.model.clone(),
                state.to_string(),
                row.detail.clone(),
            ]
        })
        .collect();
    let mut lines = vec![table(["provider", "model", "", ""], &cells)];
    lines.extend(tested.iter().filter_map(|row| {
        let name = style(&row.provider).bold();
        row.advice.as_ref().map(|advice| format!("{name}: {advice}"))
    }));
    lines.join("\n")
}
