//! `attest providers test`: calls each provider concurrently, through the same client as the functions.

use std::sync::Arc;

use console::style;
use futures::future::join_all;
use serde::Serialize;
use shared::domain::Prompt;
use shared::llm::catalog::{Key, Provider};
use shared::llm::wire::ApiFormat;
use shared::llm::{Failure, Router};
use shared::ports::Secrets;

use super::advice::{self, advice};
use super::call::{self, CallResult};
use super::selection::SelectedModel;
use crate::model_settings::ModelSettings;
use crate::table::table;

/// The maximum number of output tokens of a test call: as many as an answer may have, because a reasoning model spends
/// most of them on thoughts. Other models stop after a word.
const MAX_TOKENS: u32 = 400;

/// The result of testing one model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct TestResult {
    pub(crate) provider: String,
    pub(crate) model: String,
    pub(crate) state: State,
    /// The outcome code of an attempt; `ok` for a success.
    pub(crate) outcome: String,
    /// The duration of the call in milliseconds.
    pub(crate) ms: Option<u64>,
    /// The cost in US dollars.
    pub(crate) cost_usd: f64,
    /// A description of the result.
    pub(crate) detail: String,
    /// How to resolve a failure, or what to set right although the model works.
    pub(crate) advice: Option<String>,
}

/// The state of a tested model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// The model generated text.
    Works,
    /// The provider is reachable and accepts the key. The model was not called because its calls are billed.
    Reached,
    Failed,
}

impl TestResult {
    /// Whether the test failed.
    pub(crate) fn failed(&self) -> bool {
        self.state == State::Failed
    }
}

/// Tests models concurrently. The results are in the order of `models`.
pub(crate) async fn test(
    settings: &ModelSettings,
    models: &[SelectedModel<'_>],
    secrets: &Arc<dyn Secrets>,
) -> Vec<TestResult> {
    join_all(models.iter().map(|model| test_one(settings, *model, secrets))).await
}

async fn test_one(
    settings: &ModelSettings,
    model: SelectedModel<'_>,
    secrets: &Arc<dyn Secrets>,
) -> TestResult {
    let SelectedModel { choice, should_call } = model;
    let (provider, model) = (choice.provider, choice.model.name.as_str());
    let result = TestResult {
        provider: provider.name.clone(),
        model: model.to_owned(),
        state: State::Failed,
        outcome: "ok".to_owned(),
        ms: None,
        cost_usd: 0.0,
        detail: String::new(),
        advice: None,
    };
    let router = call::router(choice, secrets);
    let mut notes = advice::address_notes(provider);
    if let Ok(Some(key)) = router.api_key(provider).await {
        notes.extend(advice::key_notes(settings, provider, &key));
    }
    let noted = |notes: &[String]| (!notes.is_empty()).then(|| notes.join("; "));
    let failed = |result: TestResult, outcome: &str, detail: String, remedy: Option<String>| {
        let remedy = remedy.or_else(|| advice(settings, provider, model, outcome));
        // What is wrong with the key or the address is the likely cause.
        let lines: Vec<String> = notes.iter().cloned().chain(remedy).collect();
        TestResult {
            state: State::Failed,
            outcome: outcome.to_owned(),
            advice: noted(&lines),
            detail,
            ..result
        }
    };
    let listing = match model_listing(&router, provider, model).await {
        Ok(listing) => listing,
        // Listing models is a right of its own; the call shows whether the model may be called.
        Err(failure)
            if should_call && matches!(provider.key, Key::Role(_)) && failure.outcome() == "unauthorized" =>
        {
            ModelListing::Unavailable
        }
        Err(failure) => return failed(result, failure.outcome(), failure.to_string(), None),
    };
    let near = match &listing {
        ModelListing::Missing(others) => advice::near_name(provider, model, others),
        _ => None,
    };
    if let ModelListing::Missing(others) = &listing
        && provider.kind == ApiFormat::Ollama
    {
        let detail = format!("available models: {}", abbreviate(others));
        return failed(result, "not_found", detail, near);
    }
    if !should_call {
        return TestResult {
            state: State::Reached,
            detail: format!(
                "{}; not called because calls are billed (use --paid)",
                listing.description()
            ),
            advice: noted(&[notes.as_slice(), near.as_slice()].concat()),
            ..result
        };
    }
    let prompt = Prompt::new("You answer with one word.", "Say: yes", MAX_TOKENS);
    let CallResult {
        attempt,
        completion,
        parameters,
        ..
    } = call::call(&router, choice, &prompt).await;
    let Some(attempt) = attempt else {
        let reason = completion.err().map(|error| error.to_string());
        return failed(result, "skipped", reason.unwrap_or_default(), None);
    };
    let result = TestResult {
        ms: Some(attempt.ms),
        cost_usd: attempt.cost_usd,
        ..result
    };
    match completion {
        Ok(_) => TestResult {
            state: State::Works,
            detail: format!("{}; responded in {} ms", listing.description(), attempt.ms),
            advice: noted(&[notes, advice::refusal_notes(choice.model, parameters)].concat()),
            ..result
        },
        Err(error) => {
            let detail = attempt.reason.unwrap_or_else(|| error.to_string());
            let near = near.filter(|_| attempt.outcome == "not_found");
            failed(result, &attempt.outcome, detail, near)
        }
    }
}

/// Whether a provider's model list contains a model.
enum ModelListing {
    Present,
    /// The list has only other models. Long lists are paged, and some providers accept unlisted names.
    Missing(Vec<String>),
    /// The provider has no model list.
    Unavailable,
}

impl ModelListing {
    fn description(&self) -> &'static str {
        match self {
            Self::Present => "model found",
            Self::Missing(_) => "model not listed",
            Self::Unavailable => "provider has no model list",
        }
    }
}

async fn model_listing(router: &Router, provider: &Provider, model: &str) -> Result<ModelListing, Failure> {
    match router.list_models(provider).await {
        Ok(names) if names.iter().any(|name| is_name_of(name, model)) => Ok(ModelListing::Present),
        Ok(names) => Ok(ModelListing::Missing(names)),
        Err(failure) if matches!(failure.outcome(), "not_found" | "malformed" | "rejected") => {
            Ok(ModelListing::Unavailable)
        }
        Err(failure) => Err(failure),
    }
}

/// Whether a listed name refers to the model: verbatim, with Ollama's default tag, with a version date, or as the model of
/// an inference profile of Bedrock, such as `us.VENDOR.MODEL`.
fn is_name_of(name: &str, model: &str) -> bool {
    let profile = model
        .strip_suffix(name)
        .and_then(|prefix| prefix.strip_suffix('.'));
    if profile.is_some_and(|region| {
        region
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
    }) {
        return name.contains('.');
    }
    let date = |rest: &str| rest.len() == 8 && rest.bytes().all(|byte| byte.is_ascii_digit());
    match name.strip_prefix(model) {
        Some("" | ":latest") => true,
        Some(rest) => rest.strip_prefix('-').is_some_and(date),
        None => false,
    }
}

/// The first four names and the number of further ones.
fn abbreviate(names: &[String]) -> String {
    match names {
        [] => "none".to_owned(),
        names if names.len() > 4 => format!("{} and {} more", names[..4].join(", "), names.len() - 4),
        names => names.join(", "),
    }
}

/// Renders the results as a table, followed by the advice.
pub(crate) fn text(results: &[TestResult]) -> String {
    let cells: Vec<_> = results
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
    let mut lines = vec![table(["provider", "model", "state", "detail"], &cells)];
    lines.extend(results.iter().filter_map(|row| {
        let name = style(&row.provider).bold();
        row.advice.as_ref().map(|advice| format!("{name}: {advice}"))
    }));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_name_may_leave_out_a_tag_a_date_or_a_profile() {
        for (listed, model) in [
            ("gpt", "gpt"),
            ("llama3.2:latest", "llama3.2"),
            ("claude-haiku-4-5-20251001", "claude-haiku-4-5"),
            ("vendor.model-1:0", "us.vendor.model-1:0"),
            ("vendor.model-1:0", "us-gov.vendor.model-1:0"),
        ] {
            assert!(is_name_of(listed, model), "{listed} {model}");
        }
        for (listed, model) in [
            ("gpt-mini", "gpt"),
            ("model", "us.model"),
            ("b.model", "a1.b.model"),
        ] {
            assert!(!is_name_of(listed, model), "{listed} {model}");
        }
    }
}
