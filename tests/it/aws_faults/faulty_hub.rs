//! A hub with a fault at a chosen write.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use shared::testing::{DynamoDbCall, FaultProxy, Verdict};

use crate::support::Hub;

/// How long writes are throttled.
const THROTTLED: Duration = Duration::from_millis(500);
/// How long a write waits before it is applied.
const SLOW: Duration = Duration::from_secs(1);

/// What happens to a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is applied, and its response is lost.
    LostResponse,
    /// It fails once with 500.
    Failure,
    /// It and all other writes are throttled for half a second.
    Throttled,
    /// A transaction holds one of its rows.
    Conflict,
    /// Half of a batch is processed.
    Part,
    /// It takes a second, longer than the client waits.
    Slow,
}

impl Fault {
    pub(super) const ALL: [Self; 6] = [
        Self::LostResponse,
        Self::Failure,
        Self::Throttled,
        Self::Conflict,
        Self::Part,
        Self::Slow,
    ];

    /// Whether it can happen to an operation.
    pub(super) fn concerns(self, operation: &str) -> bool {
        let is_batch = operation == "BatchWriteItem";
        match self {
            Self::Part => is_batch,
            Self::Conflict => !is_batch,
            _ => true,
        }
    }
}

#[derive(Default)]
struct State {
    writes: Vec<&'static str>,
    fault: Option<(usize, Fault)>,
    since: Option<Instant>,
}

impl State {
    fn verdict(&mut self, call: &DynamoDbCall) -> Verdict {
        let operations = [
            "PutItem",
            "UpdateItem",
            "DeleteItem",
            "BatchWriteItem",
            "TransactWriteItems",
        ];
        let Some(operation) = operations.into_iter().find(|name| **name == call.operation) else {
            return Verdict::Forward;
        };
        self.writes.push(operation);
        let Some((place, fault)) = self.fault else {
            return Verdict::Forward;
        };
        if self
            .since
            .is_some_and(|since| fault == Fault::Throttled && since.elapsed() < THROTTLED)
        {
            return Verdict::Throttle;
        }
        if self.writes.len() != place {
            return Verdict::Forward;
        }
        self.since = Some(Instant::now());
        match fault {
            Fault::LostResponse => Verdict::LoseResponse,
            Fault::Failure => Verdict::Fail(500, "InternalServerError"),
            Fault::Throttled => Verdict::Throttle,
            Fault::Conflict => Verdict::Conflict,
            Fault::Part => Verdict::Part,
            Fault::Slow => Verdict::ForwardAfter(SLOW),
        }
    }
}

/// A hub whose functions reach DynamoDB through a proxy.
pub(super) struct FaultyHub {
    pub(super) hub: Hub,
    state: Arc<Mutex<State>>,
    _proxy: FaultProxy,
}

impl FaultyHub {
    /// Starts a hub with these environment variables.
    pub(super) async fn start(variables: &[(&str, &str)]) -> Self {
        let state: Arc<Mutex<State>> = Arc::default();
        let decide = {
            let state = state.clone();
            move |call: &DynamoDbCall| state.lock().unwrap().verdict(call)
        };
        let proxy = FaultProxy::start(decide).await.unwrap();
        Self {
            hub: Hub::behind_proxy_with_env(&proxy, variables).await,
            state,
            _proxy: proxy,
        }
    }

    /// Counts writes from now on; the fault happens to the one at its place.
    pub(super) fn arm(&self, fault: Option<(usize, Fault)>) {
        *self.state.lock().unwrap() = State {
            fault,
            ..State::default()
        };
    }

    /// Ends the fault. Returns the writes since it began, and whether it happened.
    pub(super) fn disarm(&self) -> (Vec<&'static str>, bool) {
        let state = std::mem::take(&mut *self.state.lock().unwrap());
        (state.writes, state.fault.is_none() || state.since.is_some())
    }

    pub(super) async fn stop(self) {
        self.hub.cloud.stop().await;
    }
}
