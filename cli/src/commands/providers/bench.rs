//! `attest providers bench`: how fast models write, one after the other so that none disturbs another.

use std::sync::Arc;
use std::time::Duration;

use console::style;
use serde::Serialize;
use shared::domain::Prompt;
use shared::ports::Secrets;

use super::{Chosen, advice::advice, call};
use crate::model_settings::ModelSettings;
use crate::table::table;

/// What to do.
#[derive(Clone, Copy, Debug)]
pub(super) struct BenchOptions {
    pub(super) runs: u16,
    pub(super) tokens: u32,
}

/// What was measured of one model.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Measured {
    provider: String,
    model: String,
    /// Runs that ended well.
    runs: usize,
    /// Until the first words, in milliseconds, half of the runs above and half below.
    first_words_ms_p50: Option<f64>,
    /// Written after the first words, all runs together. `None` for a reply that came in one piece.
    tokens_per_second: Option<f64>,
    /// Written in all.
    tokens: u64,
    /// Of all runs, in US dollars; `None` when the price is not known.
    cost_usd: Option<f64>,
    /// Why it was not measured, or not to the end.
    problem: Option<String>,
    /// Whether it was not called because that costs money.
    passed_over: bool,
}

impl Measured {
    pub(super) fn failed(&self) -> bool {
        self.problem.is_some() && !self.passed_over
    }
}

/// Measures models, one after the other.
pub(super) async fn bench(
    settings: &ModelSettings,
    chosen: &[Chosen<'_>],
    wanted: BenchOptions,
    secrets: &Arc<dyn Secrets>,
) -> Vec<Measured> {
    let mut measured = Vec::with_capacity(chosen.len());
    for chosen in chosen {
        measured.push(bench_one(settings, *chosen, wanted, secrets).await);
    }
    measured
}

async fn bench_one(
    settings: &ModelSettings,
    chosen: Chosen<'_>,
    wanted: BenchOptions,
    secrets: &Arc<dyn Secrets>,
) -> Measured {
    let (provider, model) = (chosen.choice.provider, chosen.choice.model);
    let mut measured = Measured {
        provider: provider.name.clone(),
        model: model.name.clone(),
        runs: 0,
        first_words_ms_p50: None,
        tokens_per_second: None,
        tokens: 0,
        cost_usd: model.price.map(|_| 0.0),
        problem: None,
        passed_over: !chosen.called,
    };
    if !chosen.called {
        measured.problem = Some("not called, because that costs money (--paid)".to_owned());
        return measured;
    }
    let router = call::router(chosen.choice, secrets);
    let prompt = Prompt::new(
        "You are a patient teacher.",
        "Count from one upwards, in words, and do not stop.",
        wanted.tokens,
    );
    let mut first_words = Vec::new();
    let mut writing = Duration::ZERO;
    let mut in_pieces = 0;
    for _ in 0..wanted.runs {
        let called = call::call(&router, &prompt).await;
        let cost = called.attempt.as_ref().map_or(0.0, |attempt| attempt.cost_usd);
        measured.cost_usd = measured.cost_usd.map(|sum| sum + cost);
        let (Ok(_), Some(attempt), Some(first)) = (&called.result, &called.attempt, called.first_words)
        else {
            let outcome = called.attempt.as_ref().map_or("", |attempt| &attempt.outcome);
            let advice = advice(settings, provider, &model.name, outcome);
            let reason = called.attempt.as_ref().and_then(|attempt| attempt.reason.clone());
            let reason = reason.unwrap_or_else(|| outcome.to_owned());
            measured.problem = Some(advice.map_or(reason.clone(), |advice| format!("{reason}: {advice}")));
            break;
        };
        measured.runs += 1;
        measured.tokens += attempt.output_tokens;
        first_words.push(first);
        if provider.stream {
            writing += called.whole.saturating_sub(first);
            // The first words are there when the time begins.
            in_pieces += attempt.output_tokens.saturating_sub(1);
        }
    }
    measured.first_words_ms_p50 = median(first_words).map(|first| first.as_secs_f64() * 1e3);
    measured.tokens_per_second =
        (in_pieces > 0 && !writing.is_zero()).then(|| in_pieces as f64 / writing.as_secs_f64());
    measured
}

/// The middle one; of an even number the later of the two.
fn median(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}

/// A table.
pub(super) fn text(measured: &[Measured]) -> String {
    let number = |value: Option<f64>, digits: usize| {
        value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"))
    };
    let cells: Vec<_> = measured
        .iter()
        .map(|row| {
            let cost = match row.cost_usd {
                Some(0.0) => "free".to_owned(),
                Some(cost) => format!("${cost:.6}"),
                None => "not known".to_owned(),
            };
            let called = row.runs > 0;
            [
                style(&row.provider).bold().to_string(),
                row.model.clone(),
                row.runs.to_string(),
                number(row.first_words_ms_p50, 0),
                number(row.tokens_per_second, 1),
                if called { cost } else { "-".to_owned() },
                row.problem.clone().unwrap_or_default(),
            ]
        })
        .collect();
    let heads = [
        "provider",
        "model",
        "runs",
        "first words ms p50",
        "tokens/s",
        "price",
        "",
    ];
    table(heads, &cells)
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
    fn what_was_not_measured_is_not_shown_as_nothing() {
        console::set_colors_enabled(false);
        let measured = Measured {
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
        assert!(!measured.failed());
        assert_eq!(
            text(&[measured]),
            "provider  model  runs  first words ms p50  tokens/s  price\n\
             groq      fast   3     120                 -         free"
        );
    }
}
