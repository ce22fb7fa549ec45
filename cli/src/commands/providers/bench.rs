//! `attest providers bench`: measures the latency and throughput of models, one at a time so that they do not compete.

use std::sync::Arc;
use std::time::Duration;

use console::style;
use serde::Serialize;
use shared::domain::Prompt;
use shared::ports::Secrets;

use super::advice::advice;
use super::call::{self, CallResult};
use super::selection::SelectedModel;
use crate::model_settings::ModelSettings;
use crate::table::table;

/// The parameters of a benchmark.
#[derive(Clone, Copy, Debug)]
pub(super) struct BenchOptions {
    /// The number of calls per model.
    pub(super) runs: u16,
    /// The maximum number of output tokens per call.
    pub(super) tokens: u32,
}

/// The measurements of one model.
#[derive(Clone, Debug, Serialize)]
pub(super) struct BenchResult {
    provider: String,
    model: String,
    /// The number of successful runs.
    runs: usize,
    /// The median time to first token in milliseconds.
    first_words_ms_p50: Option<f64>,
    /// The output rate after the first token, over all runs. `None` without streaming.
    tokens_per_second: Option<f64>,
    /// The output tokens of all runs.
    tokens: u64,
    /// The cost of all runs in US dollars; `None` when the price is not known.
    cost_usd: Option<f64>,
    /// Why the measurement is missing or incomplete.
    problem: Option<String>,
    /// Whether the model was skipped because its calls are billed.
    passed_over: bool,
}

impl BenchResult {
    /// Whether a call failed.
    pub(super) fn failed(&self) -> bool {
        self.problem.is_some() && !self.passed_over
    }
}

/// Measures models one at a time.
pub(super) async fn bench(
    settings: &ModelSettings,
    models: &[SelectedModel<'_>],
    options: BenchOptions,
    secrets: &Arc<dyn Secrets>,
) -> Vec<BenchResult> {
    let mut results = Vec::with_capacity(models.len());
    for model in models {
        results.push(bench_one(settings, *model, options, secrets).await);
    }
    results
}

async fn bench_one(
    settings: &ModelSettings,
    selected: SelectedModel<'_>,
    options: BenchOptions,
    secrets: &Arc<dyn Secrets>,
) -> BenchResult {
    let (provider, model) = (selected.choice.provider, selected.choice.model);
    let mut result = BenchResult {
        provider: provider.name.clone(),
        model: model.name.clone(),
        runs: 0,
        first_words_ms_p50: None,
        tokens_per_second: None,
        tokens: 0,
        cost_usd: model.price.map(|_| 0.0),
        problem: None,
        passed_over: !selected.should_call,
    };
    if !selected.should_call {
        result.problem = Some("not called because calls are billed (use --paid)".to_owned());
        return result;
    }
    let router = call::router(selected.choice, secrets);
    let prompt = Prompt::new(
        "You are a patient teacher.",
        "Count from one upwards, in words, and do not stop.",
        options.tokens,
    );
    let mut first_token_times = Vec::new();
    let mut streaming_time = Duration::ZERO;
    let mut streamed_tokens = 0;
    for _ in 0..options.runs {
        let CallResult {
            attempt,
            completion,
            parameters: _,
            time_to_first_token,
            duration,
        } = call::call(&router, selected.choice, &prompt).await;
        let cost = attempt.as_ref().map_or(0.0, |attempt| attempt.cost_usd);
        result.cost_usd = result.cost_usd.map(|sum| sum + cost);
        let (Ok(_), Some(attempt), Some(first_token)) = (&completion, &attempt, time_to_first_token) else {
            let outcome = attempt.as_ref().map_or("", |attempt| &attempt.outcome);
            let advice = advice(settings, provider, &model.name, outcome);
            let reason = attempt.as_ref().and_then(|attempt| attempt.reason.clone());
            let reason = reason.unwrap_or_else(|| outcome.to_owned());
            result.problem = Some(advice.map_or(reason.clone(), |advice| format!("{reason}: {advice}")));
            break;
        };
        result.runs += 1;
        result.tokens += attempt.output_tokens;
        first_token_times.push(first_token);
        if provider.stream {
            streaming_time += duration.saturating_sub(first_token);
            // The measured interval starts after the first token.
            streamed_tokens += attempt.output_tokens.saturating_sub(1);
        }
    }
    result.first_words_ms_p50 = median(first_token_times).map(|time| time.as_secs_f64() * 1e3);
    result.tokens_per_second = (streamed_tokens > 0 && !streaming_time.is_zero())
        .then(|| streamed_tokens as f64 / streaming_time.as_secs_f64());
    result
}

/// The median; for an even number of times, the upper one.
fn median(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}

/// Renders the results as a table.
pub(super) fn text(results: &[BenchResult]) -> String {
    let number = |value: Option<f64>, digits: usize| {
        value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"))
    };
    let cells: Vec<_> = results
        .iter()
        .map(|row| {
            let cost = match row.cost_usd {
                Some(0.0) => "free".to_owned(),
                Some(cost) => format!("${cost:.6}"),
                None => "not known".to_owned(),
            };
            let has_runs = row.runs > 0;
            [
                style(&row.provider).bold().to_string(),
                row.model.clone(),
                row.runs.to_string(),
                number(row.first_words_ms_p50, 0),
                number(row.tokens_per_second, 1),
                if has_runs { cost } else { "-".to_owned() },
                row.problem.clone().unwrap_or_default(),
            ]
        })
        .collect();
    let headers = [
        "provider",
        "model",
        "runs",
        "first token ms p50",
        "tokens/s",
        "cost",
        "",
    ];
    table(headers, &cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_one() {
        let times = |ms: &[u64]| ms.iter().map(|&ms| Duration::from_millis(ms)).collect();
        assert_eq!(median(times(&[9, 1, 5])), Some(Duration::from_millis(5)));
        assert_eq!(median(times(&[4])), Some(Duration::from_millis(4)));
        assert_eq!(median(Vec::new()), None);
    }

    #[test]
    fn a_missing_measurement_is_shown_as_a_dash() {
        console::set_colors_enabled(false);
        let result = BenchResult {
            provider: "groq".into(),
            model: "fast".into(),
            runs: 3,
            first_words_ms_p50: Some(120.4),
            tokens_per_second: None,
            tokens: 3,
            cost_usd: Some(0.0),
            problem: None,
            passed_over: false,
        };
        assert!(!result.failed());
        assert_eq!(
            text(&[result]),
            "provider  model  runs  first token ms p50  tokens/s  cost\n\
             groq      fast   3     120                 -         free"
        );
    }
}
