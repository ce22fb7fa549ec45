//! The model settings of this machine: whether they can be read and passed to functions, and whether each provider works.

use std::path::Path;
use std::sync::Arc;

use shared::llm::catalog::Key;
use shared::ports::Secrets;
use shared::store::ParameterStore;

use super::finding::{Finding, Subject};
use crate::commands::providers::{all_but_paid, test};
use crate::model_server::with_server;
use crate::model_settings::{ModelSettings, Variable};

/// The most bytes that all variables of a Lambda function have together
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>).
const MAX_ENVIRONMENT: usize = 4096;
/// What the template's own variables take: names of tables, routing, caps and the namespace of metrics.
const OWN_ENVIRONMENT: usize = 700;

/// Checks the settings and every provider. Models that are billed are not called.
pub(super) async fn check(root: &Path, variable: Variable<'_>) -> Vec<Finding> {
    let settings = match ModelSettings::read(root, variable) {
        Ok(settings) => settings,
        Err(error) => {
            let remedy = "correct LLM_PROVIDERS, or run `attest setup`; docs/MODELS.md has every field";
            return vec![Finding::failure(Subject::Settings, format!("{error:#}"), remedy)];
        }
    };
    let mut findings = vec![
        Finding::ok(Subject::Settings, settings.summary()),
        environment(&settings),
        region(&settings, variable),
    ];
    let secrets: Arc<dyn Secrets> = Arc::new(ParameterStore::default());
    let models = all_but_paid(&settings);
    let silent = |_: &str| {};
    let tests = test::test(&settings, &models, &secrets);
    let results = with_server(root, &settings.settings.providers, &silent, tests).await;
    findings.extend(results.into_iter().map(provider));
    findings
}

/// The result of testing a model.
fn provider(result: test::TestResult) -> Finding {
    let subject = match result.outcome.as_str() {
        "no_key" | "invalid_key" | "unauthorized" => Subject::Keys,
        "quota_exhausted" | "rate_limited" => Subject::Quotas,
        _ => Subject::Providers,
    };
    let detail = format!("{}/{}: {}", result.provider, result.model, result.detail);
    let failed = result.failed();
    match result.advice {
        advice if failed => {
            let remedy = advice.unwrap_or_else(|| "see docs/MODELS.md, Failures".to_owned());
            Finding::failure(subject, detail, remedy)
        }
        Some(advice) => Finding::warning(subject, detail, advice),
        None => Finding::ok(subject, detail),
    }
}

/// The size of the variables that functions on AWS would get.
fn environment(settings: &ModelSettings) -> Finding {
    let size = |(name, value): (String, String)| {
        // A path stands for the file's contents, which is what the template's parameter gets.
        let file = std::fs::metadata(&value).map(|file| file.len() as usize);
        name.len() + file.unwrap_or(value.len())
    };
    let total = OWN_ENVIRONMENT + settings.variables().into_iter().map(size).sum::<usize>();
    let detail = format!("the variables of a function take about {total} of {MAX_ENVIRONMENT} bytes");
    if total > MAX_ENVIRONMENT {
        let remedy = "leave models and fields with default values out of LLM_PROVIDERS, or keep keys in one SSM parameter";
        return Finding::failure(Subject::Environment, detail, remedy);
    }
    Finding::ok(Subject::Environment, detail)
}

/// Whether a region is set, if anything is signed for AWS.
fn region(settings: &ModelSettings, variable: Variable<'_>) -> Finding {
    let region = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
    let uses_aws = settings.settings.providers.iter().any(|provider| {
        let in_store = settings
            .key_location(provider)
            .is_some_and(|key| !key.starts_with("env:"));
        in_store || matches!(provider.key, Key::Role(_))
    });
    match region {
        Some(region) => Finding::ok(Subject::Region, region),
        None if uses_aws => Finding::failure(
            Subject::Region,
            "AWS_REGION is not set, and a provider needs AWS",
            "set AWS_REGION, and AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        ),
        None => Finding::skipped(Subject::Region, "no provider needs AWS", ""),
    }
}
