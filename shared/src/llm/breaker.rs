//! The circuit breaker: a provider's model that fails rests for a while, in this container and in the others
//! (<https://learn.microsoft.com/azure/architecture/patterns/circuit-breaker>).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, timeout};

use super::{
    failure::{Cooldown, Failure},
    routing::Choice,
};
use crate::{
    ports::{OpenCircuit, ProviderHealth},
    telemetry::source_chain,
};

/// Failures in a row after which a provider rests.
const PATIENCE: u32 = 3;
/// How long it rests then; twice as long each time it fails again, up to [`LONGEST`].
const FIRST_REST: Duration = Duration::from_secs(30);
const LONGEST: Duration = Duration::from_secs(300);
/// How long what other containers have seen is believed.
const SHARED_FOR: Duration = Duration::from_secs(10);
/// How long telling them may hold a request up.
const TELLING: Duration = Duration::from_millis(300);
/// How long one call may find out whether a rested provider is well again, before another may.
const PROBE: Duration = Duration::from_secs(30);

/// Remembers who rests.
pub(super) struct Breaker {
    shared: Arc<dyn ProviderHealth>,
    states: Mutex<States>,
}

#[derive(Default)]
struct States {
    of: HashMap<(String, String), State>,
    /// When the others were asked last.
    asked: Option<Instant>,
}

#[derive(Default)]
struct State {
    failures: u32,
    rests: u32,
    until: Option<Instant>,
    reason: String,
    probed: Option<Instant>,
}

impl Breaker {
    /// Sharing what it sees there.
    pub(super) fn new(shared: Arc<dyn ProviderHealth>) -> Self {
        Self {
            shared,
            states: Mutex::default(),
        }
    }

    /// Learns what other containers have seen, at most every 10 s. Without them, goes on with what is known here.
    pub(super) async fn refresh(&self) {
        {
            let mut states = self.lock();
            if states.asked.is_some_and(|at| at.elapsed() < SHARED_FOR) {
                return;
            }
            states.asked = Some(Instant::now());
        }
        let now = Timestamp::now();
        match timeout(TELLING, self.shared.open_circuits(now)).await {
            Ok(Ok(circuits)) => {
                let mut states = self.lock();
                for one in circuits {
                    let left = Duration::try_from(one.until.duration_since(now)).unwrap_or_default();
                    let state = states.of.entry((one.provider, one.model)).or_default();
                    let until = Instant::now() + left.min(LONGEST);
                    if state.until.is_none_or(|known| known < until) {
                        state.until = Some(until);
                        state.reason = one.reason;
                    }
                }
            }
            Ok(Err(error)) => {
                tracing::warn!(
                    error = source_chain(&error),
                    "the shared provider health cannot be read"
                );
            }
            Err(_elapsed) => tracing::warn!("the shared provider health cannot be read in time"),
        }
    }

    /// Why this model rests now; `None` when it may be called.
    pub(super) fn open_reason(&self, choice: Choice<'_>) -> Option<String> {
        let states = self.lock();
        let state = states.of.get(&key(choice))?;
        let now = Instant::now();
        let open = state.until?;
        let probing = state.probed.is_some_and(|at| now < at + PROBE);
        (now < open || probing).then(|| format!("circuit open after: {}", state.reason))
    }

    /// Notes that the model is being called: after a rest, one call goes first and the others wait for its end.
    pub(super) fn calls(&self, choice: Choice<'_>) {
        if let Some(state) = self.lock().of.get_mut(&key(choice))
            && state.until.is_some()
        {
            state.probed = Some(Instant::now());
        }
    }

    /// The call went well.
    pub(super) fn succeeded(&self, choice: Choice<'_>) {
        self.lock().of.remove(&key(choice));
    }

    /// The call failed, and the provider is left for another.
    pub(super) async fn failed(&self, choice: Choice<'_>, failure: &Failure) {
        let Some((cooldown, reason)) = self.note(choice, failure) else {
            return;
        };
        tracing::warn!(
            provider = choice.provider.name,
            model = choice.model.name,
            reason,
            rest_ms = cooldown.as_millis() as u64,
            "provider rests"
        );
        let circuit = OpenCircuit {
            provider: choice.provider.name.clone(),
            model: choice.model.name.clone(),
            until: Timestamp::now() + SignedDuration::try_from(cooldown).unwrap_or_default(),
            reason,
        };
        match timeout(TELLING, self.shared.record_open_circuit(&circuit)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(
                    error = source_chain(&error),
                    "the shared provider health cannot be written"
                );
            }
            Err(_elapsed) => tracing::warn!("the shared provider health cannot be written in time"),
        }
    }

    /// How long the model rests from now on, and why, if it begins to rest.
    fn note(&self, choice: Choice<'_>, failure: &Failure) -> Option<(Duration, String)> {
        let mut states = self.lock();
        let state = states.of.entry(key(choice)).or_default();
        let had_rested = state.until.is_some();
        state.probed = None;
        let cooldown = match failure.cooldown() {
            Cooldown::None => return None,
            Cooldown::For(cooldown) => cooldown,
            Cooldown::Counted => {
                state.failures += 1;
                // The first call after a rest decides alone.
                if state.failures < PATIENCE && !had_rested {
                    return None;
                }
                (FIRST_REST * 2u32.saturating_pow(state.rests.min(10))).min(LONGEST)
            }
        };
        state.rests += 1;
        state.failures = 0;
        state.until = Some(Instant::now() + cooldown);
        failure.outcome().clone_into(&mut state.reason);
        Some((cooldown, state.reason.clone()))
    }

    fn lock(&self) -> MutexGuard<'_, States> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(choice: Choice<'_>) -> (String, String) {
    (choice.provider.name.clone(), choice.model.name.clone())
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;

    use super::*;
    use crate::{
        llm::{catalog, routing::choices},
        ports::StoreError,
    };

    /// What two containers share.
    #[derive(Default)]
    struct Shared(Mutex<Vec<OpenCircuit>>);

    #[async_trait]
    impl ProviderHealth for Shared {
        async fn open_circuits(&self, now: Timestamp) -> Result<Vec<OpenCircuit>, StoreError> {
            let all = self.0.lock().unwrap();
            Ok(all.iter().filter(|one| one.until > now).cloned().collect())
        }

        async fn record_open_circuit(&self, circuit: &OpenCircuit) -> Result<(), StoreError> {
            self.0.lock().unwrap().push(circuit.clone());
            Ok(())
        }
    }

    fn providers() -> Vec<catalog::Provider> {
        catalog::parse(r#"[{"kind": "vllm", "models": ["a", "b"]}]"#, &|_| None).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn three_failures_in_a_row_bring_a_rest_that_one_call_ends() {
        let (providers, shared) = (providers(), Arc::new(Shared::default()));
        let [a, b] = choices(&providers).collect::<Vec<_>>()[..] else {
            panic!("two models")
        };
        let breaker = Breaker::new(shared.clone());
        for _ in 0..2 {
            breaker.failed(a, &Failure::BrokenOff).await;
            assert_eq!(breaker.open_reason(a), None);
        }
        breaker.failed(a, &Failure::BrokenOff).await;
        assert_eq!(breaker.open_reason(a).unwrap(), "circuit open after: broken_off");
        assert_eq!(breaker.open_reason(b), None, "another model is another matter");
        assert_eq!(shared.0.lock().unwrap().len(), 1);

        tokio::time::advance(FIRST_REST).await;
        assert_eq!(breaker.open_reason(a), None);
        breaker.calls(a);
        assert!(breaker.open_reason(a).is_some(), "one call goes first");
        breaker.failed(a, &Failure::BrokenOff).await;
        tokio::time::advance(FIRST_REST).await;
        assert!(breaker.open_reason(a).is_some(), "the second rest is longer");
        tokio::time::advance(FIRST_REST).await;
        breaker.calls(a);
        breaker.succeeded(a);
        assert_eq!(breaker.open_reason(a), None);
    }

    #[tokio::test]
    async fn a_refusal_is_known_to_the_other_containers() {
        let (providers, shared) = (providers(), Arc::new(Shared::default()));
        let a = choices(&providers).next().unwrap();
        let refused = Failure::Status {
            status: 401,
            body: crate::llm::wire::ErrorBody::default(),
            retry_after: None,
        };
        Breaker::new(shared.clone()).failed(a, &refused).await;
        let other = Breaker::new(shared);
        assert_eq!(other.open_reason(a), None);
        other.refresh().await;
        assert_eq!(other.open_reason(a).unwrap(), "circuit open after: unauthorized");
    }
}
