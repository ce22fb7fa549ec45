//! What users set for providers and models, as the real client uses it: parameters, keys, addresses, proxies.

mod bedrock;
mod keys;
mod network;
mod parameters;

use std::{sync::Arc, time::Duration};

use shared::{
    deadline::Deadline,
    domain::{Model, OnInterruption, Prompt, UserId},
    llm::{Router, Settings, Standalone, catalog},
    ports::{GenerateOutcome, GenerateRequest, Llm},
    testing::ScriptedProvider,
};
use tokio_util::sync::CancellationToken;

/// A router with these providers, whose keys are in the variable `KEY`.
fn router(list: &str) -> Router {
    let key = |name: &str| (name == "KEY").then(|| ScriptedProvider::KEY.to_owned());
    let settings = Settings {
        providers: catalog::parse(list, &key).unwrap(),
        ..Settings::default()
    };
    Router::standalone(settings, Arc::new(Standalone))
}

/// The list with one provider.
fn entry(kind: &str, url: &str, model: &str) -> String {
    format!(r#"[{{"kind": "{kind}", "base_url": "{url}", "key": "env:KEY", "models": [{model}]}}]"#)
}

/// Asks the first model.
async fn ask(router: &Router) -> GenerateOutcome {
    let prompt = Prompt::new("Rules.", "A question?", 64);
    let request = GenerateRequest {
        user: &UserId::anonymous(),
        model: &Model::Auto,
        prompt: &prompt,
        deadline: Deadline::after(Duration::from_secs(20)),
        on_interruption: OnInterruption::Restart,
        cancellation: &CancellationToken::new(),
        enough: &CancellationToken::new(),
    };
    router.generate(request, &mut |_| true).await
}

/// The outcome of each attempt.
fn outcomes(outcome: &GenerateOutcome) -> Vec<&str> {
    outcome
        .attempts
        .iter()
        .map(|attempt| attempt.outcome.as_str())
        .collect()
}
