//! The check of providers: the free call that lists models, for each provider at once.

use std::time::Duration;

use futures::future::join_all;

use super::{Failure, Router};
use crate::{
    deadline::Deadline,
    domain::{Stage, StageStatus},
    isolate::{Isolated, branch},
    llm::catalog::{Key, Provider},
};

/// The timeout of checking one provider.
const CHECK_TIMEOUT: Duration = Duration::from_secs(5);

/// What the check of one provider found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderCheck {
    /// Name of the provider in the configuration.
    pub provider: String,
    /// Names of its models.
    pub models: Vec<String>,
    /// `provider.NAME` with its latency. `reason` is the outcome code of the failure.
    pub stage: Stage,
    /// Whether the failure is one that calls of its models would meet as well.
    pub affects_calls: bool,
}

impl Router {
    /// Checks every provider concurrently, each with its own timeout, so that one that hangs delays no other.
    pub async fn check_providers(&self, deadline: Deadline) -> Vec<ProviderCheck> {
        let providers = self.settings.providers.iter();
        join_all(providers.map(|provider| self.check_provider(provider, deadline))).await
    }

    async fn check_provider(&self, provider: &Provider, deadline: Deadline) -> ProviderCheck {
        let call = async || match self.list_models(provider).await {
            Err(failure) if failure.is_retryable() => self.list_models(provider).await,
            listed => listed,
        };
        let name = format!("provider.{}", provider.name);
        let checked = branch(name, deadline.cap(CHECK_TIMEOUT), async {
            match call().await {
                // Not every provider has a list. It responds, and that is what counts.
                Err(failure) if matches!(failure.outcome(), "not_found" | "malformed" | "rejected") => Ok(()),
                listed => listed.map(|_models| ()),
            }
        })
        .await;
        let mut stage = checked.stage;
        let affects_calls = match &checked.result {
            Ok(()) => false,
            Err(Isolated::Failed(failure)) => {
                if matches!(failure, Failure::TimedOut { .. }) {
                    stage.status = StageStatus::TimedOut;
                }
                stage.reason = Some(failure.outcome().to_owned());
                match failure.outcome() {
                    // Listing and calling have limits of their own, and rights of their own at AWS.
                    "rate_limited" => false,
                    "unauthorized" => !matches!(provider.key, Key::Role(_)),
                    _ => true,
                }
            }
            Err(Isolated::TimedOut) => {
                stage.reason = Some("timed_out".to_owned());
                true
            }
            Err(Isolated::Panicked(_) | Isolated::Skipped) => false,
        };
        ProviderCheck {
            provider: provider.name.clone(),
            models: provider.models.iter().map(|model| model.name.clone()).collect(),
            stage,
            affects_calls,
        }
    }
}
