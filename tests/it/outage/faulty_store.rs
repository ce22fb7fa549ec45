//! A hub whose DynamoDB fails on demand.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use shared::testing::{DynamoDbCall, FaultProxy, ThrottledTable, Verdict};

use crate::{addresses::INTRANET, support::Hub};

/// Which calls to DynamoDB fail.
pub(crate) enum Fault {
    Never,
    /// Every call of this operation, with a validation error.
    Operation(&'static str),
    /// Every call, with this status and error code.
    Always(u16, &'static str),
    /// Every call for this time since the first one of its operation, which the map holds.
    Throttled(Duration, BTreeMap<String, Instant>),
    /// The first call of each operation, with this status and error code; the set holds the operations that have
    /// failed.
    OncePerOperation(u16, &'static str, BTreeSet<String>),
    /// The first call of each operation takes this time; the set holds the operations that have been slow.
    SlowOnce(Duration, BTreeSet<String>),
    /// Writes beyond the limit of the table.
    Limited(ThrottledTable),
}

/// A hub whose functions reach DynamoDB through a proxy that injects a [`Fault`].
pub(crate) struct FaultyStore {
    pub(crate) hub: Hub,
    fault: Arc<Mutex<Fault>>,
    calls: Arc<Mutex<Vec<DynamoDbCall>>>,
    _proxy: FaultProxy,
}

impl FaultyStore {
    /// Starts the hub without a fault.
    pub(crate) async fn start() -> Self {
        let fault = Arc::new(Mutex::new(Fault::Never));
        let calls: Arc<Mutex<Vec<DynamoDbCall>>> = Arc::default();
        let (current, recorded) = (fault.clone(), calls.clone());
        let decide = move |call: &DynamoDbCall| {
            recorded.lock().unwrap().push(call.clone());
            match &mut *current.lock().unwrap() {
                Fault::Operation(operation) if *operation == call.operation => {
                    Verdict::Fail(400, "ValidationException")
                }
                Fault::Always(status, code) => Verdict::Fail(*status, code),
                Fault::Throttled(time, since) => {
                    let first = since.entry(call.operation.clone()).or_insert_with(Instant::now);
                    match first.elapsed() < *time {
                        true => Verdict::Throttle,
                        false => Verdict::Forward,
                    }
                }
                Fault::OncePerOperation(status, code, failed) => {
                    match failed.insert(call.operation.clone()) {
                        true => Verdict::Fail(*status, code),
                        false => Verdict::Forward,
                    }
                }
                Fault::SlowOnce(time, slow) => match slow.insert(call.operation.clone()) {
                    true => Verdict::ForwardAfter(*time),
                    false => Verdict::Forward,
                },
                Fault::Limited(table) if !table.takes(call) => Verdict::Throttle,
                Fault::Operation(_) | Fault::Limited(_) | Fault::Never => Verdict::Forward,
            }
        };
        let proxy = FaultProxy::start(decide).await.unwrap();
        Self {
            hub: Hub::behind_proxy_with_env(&proxy, &INTRANET).await,
            fault,
            calls,
            _proxy: proxy,
        }
    }

    /// Sets the fault from now on; returns the previous one.
    pub(crate) fn set_fault(&self, fault: Fault) -> Fault {
        std::mem::replace(&mut *self.fault.lock().unwrap(), fault)
    }

    /// The calls since the last `take_calls`.
    pub(crate) fn take_calls(&self) -> Vec<DynamoDbCall> {
        std::mem::take(&mut *self.calls.lock().unwrap())
    }

    /// Stops the hub.
    pub(crate) async fn stop(self) {
        self.hub.cloud.stop().await;
    }
}
