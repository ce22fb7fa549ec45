//! A circuit breaker per model, shared between containers
//! (<https://learn.microsoft.com/azure/architecture/patterns/circuit-breaker>).
//!
//! Consecutive failures open the circuit for a cooldown. Afterwards the circuit is half-open: one probe call decides.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use tokio::time::timeout;

use super::{
    failure::{Cooldown, Failure},
    routing::Choice,
};
use crate::{
    error::source_chain,
    ports::{OpenCircuit, ProviderHealth},
};

/// Consecutive failures that open a circuit.
const FAILURE_THRESHOLD: u32 = 3;
/// The first cooldown. It doubles each time the circuit opens again, up to [`MAX_COOLDOWN`].
const INITIAL_COOLDOWN: Duration = Duration::from_secs(30);
/// The longest cooldown.
const MAX_COOLDOWN: Duration = Duration::from_secs(300);
/// The interval between two reads of the shared circuits.
const REFRESH_INTERVAL: Duration = Duration::from_secs(10);
/// The timeout of reading and writing the shared circuits.
const SHARED_TIMEOUT: Duration = Duration::from_millis(300);
/// The timeout of a probe of a half-open circuit; afterwards another call may probe.
const PROBE_TIMEOUT: Duration = Duration::from_secs(30);

/// The circuit breaker: the circuits of this container, and access to the shared ones.
pub(super) struct CircuitBreaker {
    shared: Arc<dyn ProviderHealth>,
    circuits: Mutex<Circuits>,
    /// Wall-clock time, because the monotonic clock stops while a container is frozen.
    now: Now,
}

/// Returns the time.
type Now = Box<dyn Fn() -> Timestamp + Send + Sync>;

#[derive(Default)]
struct Circuits {
    /// By provider and model.
    by_model: HashMap<(String, String), Circuit>,
    /// The last read of the shared circuits.
    refreshed_at: Option<Timestamp>,
}

/// The circuit of one model; a closed circuit has no `cooldown_until`.
#[derive(Default)]
struct Circuit {
    consecutive_failures: u32,
    times_opened: u32,
    cooldown_until: Option<Timestamp>,
    /// Whether the last read of the shared circuits had it. When they no longer do, it has been closed.
    is_shared: bool,
    reason: String,
    probe_started: Option<Timestamp>,
}

impl CircuitBreaker {
    /// Creates a breaker without open circuits that shares its state through `shared`.
    pub(super) fn new(shared: Arc<dyn ProviderHealth>) -> Self {
        Self {
            shared,
            circuits: Mutex::default(),
            now: Box::new(Timestamp::now),
        }
    }

    /// Merges the circuits that other containers opened, at most every 10 s. On failure, the local state stays in use.
    pub(super) async fn refresh(&self) {
        let now = (self.now)();
        {
            let mut circuits = self.lock();
            if circuits
                .refreshed_at
                .is_some_and(|at| now < after(at, REFRESH_INTERVAL))
            {
                return;
            }
            circuits.refreshed_at = Some(now);
        }
        match timeout(SHARED_TIMEOUT, self.shared.open_circuits(now)).await {
            Ok(Ok(open_circuits)) => self.merge(open_circuits, now),
            Ok(Err(error)) => {
                tracing::warn!(
                    error = source_chain(&error),
                    "the shared provider health cannot be read"
                );
            }
            Err(_elapsed) => tracing::warn!("the shared provider health cannot be read in time"),
        }
    }

    /// Takes the shared circuits over. One that is no longer among them was closed, so the next call probes its model.
    fn merge(&self, open_circuits: Vec<OpenCircuit>, now: Timestamp) {
        let mut circuits = self.lock();
        let known = circuits.by_model.iter_mut();
        let shared =
            known.filter_map(|(key, circuit)| std::mem::take(&mut circuit.is_shared).then(|| key.clone()));
        let shared: Vec<_> = shared.collect();
        for open in open_circuits {
            let circuit = circuits.by_model.entry((open.provider, open.model)).or_default();
            circuit.is_shared = true;
            let until = open.until.min(after(now, MAX_COOLDOWN));
            if circuit.cooldown_until.is_none_or(|known| known < until) {
                circuit.cooldown_until = Some(until);
                circuit.reason = open.reason;
            }
        }
        for key in shared {
            if let Some(circuit) = circuits.by_model.get_mut(&key)
                && !circuit.is_shared
            {
                circuit.cooldown_until = circuit.cooldown_until.min(Some(now));
            }
        }
    }

    /// Returns why the circuit of this model is open or being probed; `None` when the model may be called.
    pub(super) fn open_reason(&self, choice: Choice<'_>) -> Option<String> {
        let circuits = self.lock();
        let circuit = circuits.by_model.get(&key(choice))?;
        let now = (self.now)();
        let cooldown_until = circuit.cooldown_until?;
        let is_probing = circuit
            .probe_started
            .is_some_and(|at| now < after(at, PROBE_TIMEOUT));
        (now < cooldown_until || is_probing).then(|| format!("circuit open after: {}", circuit.reason))
    }

    /// Records the start of a call. With a half-open circuit it is the probe, and other calls skip the model until it ends.
    pub(super) fn on_call(&self, choice: Choice<'_>) {
        if let Some(circuit) = self.lock().by_model.get_mut(&key(choice))
            && circuit.cooldown_until.is_some()
        {
            circuit.probe_started = Some((self.now)());
        }
    }

    /// Records a successful call: closes the circuit.
    pub(super) fn on_success(&self, choice: Choice<'_>) {
        self.lock().by_model.remove(&key(choice));
    }

    /// Records a failed call after the last retry. If the circuit opens, shares it with the other containers.
    pub(super) async fn on_failure(&self, choice: Choice<'_>, failure: &Failure) {
        let Some((cooldown, reason)) = self.count_failure(choice, failure) else {
            return;
        };
        tracing::warn!(
            provider = choice.provider.name,
            model = choice.model.name,
            reason,
            cooldown_ms = cooldown.as_millis() as u64,
            "circuit opened"
        );
        let circuit = OpenCircuit {
            provider: choice.provider.name.clone(),
            model: choice.model.name.clone(),
            until: after((self.now)(), cooldown),
            reason,
            by_check: false,
        };
        match timeout(SHARED_TIMEOUT, self.shared.record_open_circuit(&circuit)).await {
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

    /// Returns the cooldown and its reason if this failure opens the circuit.
    fn count_failure(&self, choice: Choice<'_>, failure: &Failure) -> Option<(Duration, String)> {
        let mut circuits = self.lock();
        let circuit = circuits.by_model.entry(key(choice)).or_default();
        let is_half_open = circuit.cooldown_until.is_some();
        circuit.probe_started = None;
        let cooldown = match failure.cooldown() {
            Cooldown::None => return None,
            Cooldown::For(cooldown) => cooldown,
            Cooldown::Counted => {
                circuit.consecutive_failures += 1;
                // A failed probe opens the circuit at once.
                if circuit.consecutive_failures < FAILURE_THRESHOLD && !is_half_open {
                    return None;
                }
                (INITIAL_COOLDOWN * 2u32.saturating_pow(circuit.times_opened.min(10))).min(MAX_COOLDOWN)
            }
        };
        circuit.times_opened += 1;
        circuit.consecutive_failures = 0;
        circuit.is_shared = false;
        circuit.cooldown_until = Some(after((self.now)(), cooldown));
        failure.outcome().clone_into(&mut circuit.reason);
        Some((cooldown, circuit.reason.clone()))
    }

    fn lock(&self) -> MutexGuard<'_, Circuits> {
        self.circuits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time after a duration, which is far below that of all time.
fn after(at: Timestamp, duration: Duration) -> Timestamp {
    let duration = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
    at.saturating_add(duration).unwrap_or(Timestamp::MAX)
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

    /// In-memory provider health that two containers share.
    #[derive(Default)]
    struct InMemoryHealth(Mutex<Vec<OpenCircuit>>);

    #[async_trait]
    impl ProviderHealth for InMemoryHealth {
        async fn open_circuits(&self, now: Timestamp) -> Result<Vec<OpenCircuit>, StoreError> {
            let circuits = self.0.lock().unwrap();
            Ok(circuits
                .iter()
                .filter(|circuit| circuit.until > now)
                .cloned()
                .collect())
        }

        async fn record_open_circuit(&self, circuit: &OpenCircuit) -> Result<(), StoreError> {
            self.0.lock().unwrap().push(circuit.clone());
            Ok(())
        }
    }

    fn providers() -> Vec<catalog::Provider> {
        catalog::parse(r#"[{"kind": "vllm", "models": ["a", "b"]}]"#, &|_| None).unwrap()
    }

    /// A breaker, and what lets time pass for it: that of the wall, on which a container that was frozen finds itself later.
    fn with_clock(shared: &Arc<InMemoryHealth>) -> (CircuitBreaker, impl Fn(Duration)) {
        let time = Arc::new(Mutex::new(Timestamp::now()));
        let wall = time.clone();
        let breaker = CircuitBreaker {
            now: Box::new(move || *wall.lock().unwrap()),
            ..CircuitBreaker::new(shared.clone())
        };
        let pass = move |duration| {
            let mut time = time.lock().unwrap();
            *time = after(*time, duration);
        };
        (breaker, pass)
    }

    #[tokio::test]
    async fn three_failures_open_the_circuit_and_a_probe_closes_it() {
        let (providers, shared) = (providers(), Arc::new(InMemoryHealth::default()));
        let [a, b] = choices(&providers).collect::<Vec<_>>()[..] else {
            panic!("two models")
        };
        let (breaker, pass) = with_clock(&shared);
        for _ in 0..2 {
            breaker.on_failure(a, &Failure::ConnectionLost).await;
            assert_eq!(breaker.open_reason(a), None);
        }
        breaker.on_failure(a, &Failure::ConnectionLost).await;
        assert_eq!(breaker.open_reason(a).unwrap(), "circuit open after: broken_off");
        assert_eq!(breaker.open_reason(b), None, "each model has its own circuit");
        assert_eq!(shared.0.lock().unwrap().len(), 1);

        pass(INITIAL_COOLDOWN);
        assert_eq!(breaker.open_reason(a), None);
        breaker.on_call(a);
        assert!(breaker.open_reason(a).is_some(), "one call probes");
        breaker.on_failure(a, &Failure::ConnectionLost).await;
        pass(INITIAL_COOLDOWN);
        assert!(breaker.open_reason(a).is_some(), "the second cooldown is longer");
        pass(INITIAL_COOLDOWN);
        breaker.on_call(a);
        breaker.on_success(a);
        assert_eq!(breaker.open_reason(a), None);
    }

    #[tokio::test]
    async fn an_open_circuit_is_shared_between_containers() {
        let (providers, shared) = (providers(), Arc::new(InMemoryHealth::default()));
        let a = choices(&providers).next().unwrap();
        let rejected = Failure::Status {
            status: 401,
            body: crate::llm::wire::ErrorBody::default(),
            retry_after: None,
        };
        CircuitBreaker::new(shared.clone()).on_failure(a, &rejected).await;
        let other = CircuitBreaker::new(shared);
        assert_eq!(other.open_reason(a), None);
        other.refresh().await;
        assert_eq!(other.open_reason(a).unwrap(), "circuit open after: unauthorized");
    }

    #[tokio::test]
    async fn a_circuit_that_is_closed_for_all_may_be_probed() {
        let (providers, shared) = (providers(), Arc::new(InMemoryHealth::default()));
        let a = choices(&providers).next().unwrap();
        let (breaker, pass) = with_clock(&shared);
        let open = OpenCircuit {
            provider: a.provider.name.clone(),
            model: a.model.name.clone(),
            until: Timestamp::now() + SignedDuration::from_secs(200),
            reason: "unreachable".to_owned(),
            by_check: true,
        };
        shared.record_open_circuit(&open).await.unwrap();
        breaker.refresh().await;
        assert!(breaker.open_reason(a).is_some());
        shared.0.lock().unwrap().clear();
        pass(REFRESH_INTERVAL);
        breaker.refresh().await;
        assert_eq!(breaker.open_reason(a), None);
        breaker.on_call(a);
        assert!(breaker.open_reason(a).is_some(), "one call probes");
        // What this container opened is not in an outdated list, and stays open.
        breaker.on_failure(a, &Failure::ConnectionLost).await;
        shared.0.lock().unwrap().clear();
        pass(REFRESH_INTERVAL);
        breaker.refresh().await;
        assert!(breaker.open_reason(a).is_some());
    }
}
