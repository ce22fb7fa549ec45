//! Instance pools of the functions: reuse idle instances, scale out under load, stop instances that stay idle.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant, SystemTime};

use axum::body::Bytes;
use tokio::sync::{Semaphore, oneshot};

use crate::account::{ACCOUNT_ID, REGION};
use crate::instance::{Instance, LaunchConfig};
use crate::logs::LogSink;
use crate::runtime_api::{Invocation, InvocationOutcome};
use crate::streaming_response::StreamingResponse;
use crate::tasks::{Tasks, lock};

/// Lambda's maximum event size in bytes.
pub(crate) const MAX_EVENT_BYTES: usize = 6_291_456;
/// The maximum number of concurrent instances of one function; further events wait.
const MAX_INSTANCES: usize = 10;
/// The maximum number of events that wait for an instance of one function. Lambda lets none wait, but has a hundred times as
/// many instances. A longer queue would only delay the refusal.
const MAX_WAITING: usize = 250;
/// How long an instance may stay idle before it is stopped.
const IDLE_TIMEOUT: Duration = Duration::from_secs(5 * 60);
const IDLE_CHECK_INTERVAL: Duration = Duration::from_secs(30);
/// The minimum initialization timeout. Lambda allows 10 seconds, then retries within the function's timeout.
const MIN_INIT_TIMEOUT: Duration = Duration::from_secs(10);
/// An idle instance may exit just before it fetches an event; the event is then offered to another one.
const MAX_DELIVERY_ATTEMPTS: usize = 3;
/// How long stopping waits for the killed processes.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// Why an invocation failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvokeError {
    /// The template has no function of this name.
    #[error("there is no function `{0}`")]
    Unknown(String),
    /// The event exceeds Lambda's limit of 6,291,456 bytes.
    #[error("the event has {bytes} bytes; the maximum is {MAX_EVENT_BYTES}")]
    EventTooLarge {
        /// The size of the event.
        bytes: usize,
    },
    /// Every instance is busy, and too many events wait or this one has waited for the length of the function's timeout.
    #[error("Rate Exceeded: every instance of `{0}` is busy")]
    Throttled(String),
    /// No instance finished its initialization.
    #[error("`{function}` did not start: {reason}\n{log}")]
    StartFailed {
        /// The function's name.
        function: String,
        /// What went wrong.
        reason: String,
        /// The last lines of the instance's log.
        log: String,
    },
    /// The process exited before it responded.
    #[error("`{function}` ended before it answered ({status})")]
    Crashed {
        /// The function's name.
        function: String,
        /// The exit status, for example `exit status: 1` or `signal: 9 (SIGKILL)`.
        status: String,
    },
    /// The function's timeout passed; its process was killed.
    #[error("Task timed out after {:.2} seconds", .after.as_secs_f64())]
    TimedOut {
        /// The function's timeout.
        after: Duration,
    },
    /// The function reported an error, or its response was too large.
    #[error("{error_type}: {message}")]
    Failed {
        /// Lambda's `errorType`.
        error_type: String,
        /// Lambda's `errorMessage`.
        message: String,
    },
    /// The local cloud is shutting down.
    #[error("the local cloud was stopped")]
    Stopped,
}

/// A function's successful response.
#[derive(Debug)]
pub(crate) enum FunctionResponse {
    /// A complete response.
    Buffered(Bytes),
    /// A streaming response whose body is still arriving.
    Streaming(StreamingResponse),
}

/// Sends the first result of an invocation to its caller; later failures only go to the log.
struct ResultSender(Option<oneshot::Sender<Result<FunctionResponse, InvokeError>>>);

impl ResultSender {
    fn send(&mut self, result: Result<FunctionResponse, InvokeError>) {
        if let Some(sender) = self.0.take() {
            // The caller may have stopped waiting.
            let _ = sender.send(result);
        }
    }
}

/// How to run one version of a function.
pub(crate) struct FunctionSettings {
    pub(crate) launch: LaunchConfig,
    pub(crate) timeout: Duration,
}

/// The instance pools of all functions.
pub(crate) struct Pool {
    functions: HashMap<String, Versions>,
    tasks: Tasks,
    logs: LogSink,
    stopping: AtomicBool,
}

/// The deployed versions of one function, invoked round-robin. There are two only while a test simulates an upgrade.
#[derive(Default)]
struct Versions {
    pools: Vec<FunctionPool>,
    next_index: AtomicUsize,
}

impl Versions {
    fn next(&self) -> Option<&FunctionPool> {
        let index = self.next_index.fetch_add(1, Ordering::Relaxed);
        self.pools.get(index % self.pools.len().max(1))
    }

    fn instances(&self) -> impl Iterator<Item = Arc<Instance>> {
        self.pools.iter().flat_map(FunctionPool::instances)
    }

    fn kill_all(&self) -> usize {
        self.instances().filter(|instance| instance.kill()).count()
    }
}

/// The instances of one version of a function.
struct FunctionPool {
    settings: FunctionSettings,
    /// Events that run or wait.
    admitted: Semaphore,
    /// Events that run.
    permits: Semaphore,
    idle: Mutex<Vec<Arc<Instance>>>,
    all: Mutex<Vec<Weak<Instance>>>,
}

impl Pool {
    /// Creates the pools and spawns the task that stops idle instances. Settings with the same function name become
    /// versions of that function.
    pub(crate) fn new(functions: Vec<FunctionSettings>, tasks: Tasks, logs: LogSink) -> Arc<Self> {
        let mut versions: HashMap<String, Versions> = HashMap::new();
        for settings in functions {
            let name = settings.launch.function.clone();
            versions.entry(name).or_default().pools.push(FunctionPool {
                admitted: Semaphore::new(MAX_INSTANCES + MAX_WAITING),
                permits: Semaphore::new(MAX_INSTANCES),
                idle: Mutex::default(),
                all: Mutex::default(),
                settings,
            });
        }
        let pool = Self {
            functions: versions,
            tasks: tasks.clone(),
            logs,
            stopping: AtomicBool::new(false),
        };
        let pool = Arc::new(pool);
        let weak_pool = Arc::downgrade(&pool);
        tasks.spawn(async move {
            loop {
                tokio::time::sleep(IDLE_CHECK_INTERVAL).await;
                let Some(pool) = weak_pool.upgrade() else { return };
                pool.functions
                    .values()
                    .flat_map(|versions| &versions.pools)
                    .for_each(FunctionPool::stop_idle);
            }
        });
        pool
    }

    /// Invokes a function and collects its response, streaming or not.
    pub(crate) async fn invoke_buffered(
        self: &Arc<Self>,
        function: &str,
        payload: Bytes,
    ) -> Result<Bytes, InvokeError> {
        match self.invoke(function, payload).await? {
            FunctionResponse::Buffered(response) => Ok(response),
            FunctionResponse::Streaming(response) => {
                response.into_buffered().await.ok_or_else(|| InvokeError::Failed {
                    error_type: "Runtime.TruncatedResponse".into(),
                    message: "the response was truncated".into(),
                })
            }
        }
    }

    /// Invokes a function and returns its response; the body of a streaming one may still be arriving. As with Lambda,
    /// dropping the future does not stop the function.
    pub(crate) async fn invoke(
        self: &Arc<Self>,
        function: &str,
        payload: Bytes,
    ) -> Result<FunctionResponse, InvokeError> {
        if !self.functions.contains_key(function) {
            return Err(InvokeError::Unknown(function.to_owned()));
        }
        if payload.len() > MAX_EVENT_BYTES {
            return Err(InvokeError::EventTooLarge { bytes: payload.len() });
        }
        let (sender, result) = oneshot::channel();
        let (pool, name) = (Arc::clone(self), function.to_owned());
        self.tasks.spawn(async move {
            let mut sender = ResultSender(Some(sender));
            if let Err(error) = pool.run(&name, payload, &mut sender).await {
                // Further lines of the text repeat the instance's log, which is in the sink already.
                let text = error.to_string();
                pool.logs.line(&name, text.lines().next().unwrap_or_default());
                sender.send(Err(error));
            }
        });
        result.await.unwrap_or(Err(InvokeError::Stopped))
    }

    /// Kills every instance of a function and returns how many were running.
    pub(crate) fn kill(&self, function: &str) -> usize {
        self.functions.get(function).map_or(0, Versions::kill_all)
    }

    /// Kills every instance of every function and starts no new ones.
    pub(crate) fn kill_all(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        for function in self.functions.values() {
            function.kill_all();
        }
    }

    /// Kills every instance and waits up to 5 seconds for the processes to exit.
    pub(crate) async fn stop(&self) {
        self.kill_all();
        let instances: Vec<_> = self.functions.values().flat_map(Versions::instances).collect();
        let all_exited = futures::future::join_all(instances.iter().map(|instance| instance.wait_for_exit()));
        let _ = tokio::time::timeout(STOP_TIMEOUT, all_exited).await;
    }

    async fn run(&self, name: &str, payload: Bytes, sender: &mut ResultSender) -> Result<(), InvokeError> {
        let function = self
            .functions
            .get(name)
            .and_then(Versions::next)
            .ok_or_else(|| InvokeError::Unknown(name.to_owned()))?;
        let Ok(_admitted) = function.admitted.try_acquire() else {
            return Err(InvokeError::Throttled(name.to_owned()));
        };
        let timeout = function.settings.timeout;
        let permit = tokio::time::timeout(timeout, function.permits.acquire()).await;
        let Ok(Ok(_permit)) = permit else {
            return Err(InvokeError::Throttled(name.to_owned()));
        };

        let mut status = String::new();
        for _ in 0..MAX_DELIVERY_ATTEMPTS {
            let instance = match function.take_idle() {
                Some(instance) => instance,
                None => self.start(function).await?,
            };
            let (outcome, received) = oneshot::channel();
            instance.mailbox.put(Invocation {
                request_id: uuid::Uuid::new_v4().to_string(),
                function_arn: format!("arn:aws:lambda:{}:{}:function:{name}", REGION, ACCOUNT_ID),
                deadline: SystemTime::now() + timeout,
                payload: payload.clone(),
                outcome,
            });
            let started = Instant::now();
            let Ok(outcome) = tokio::time::timeout(timeout, received).await else {
                instance.kill();
                return Err(InvokeError::TimedOut { after: timeout });
            };
            match outcome {
                Ok(InvocationOutcome::Responded(response)) => {
                    function.return_idle(instance);
                    sender.send(Ok(FunctionResponse::Buffered(response)));
                    return Ok(());
                }
                Ok(InvocationOutcome::Streaming(response, completed)) => {
                    sender.send(Ok(FunctionResponse::Streaming(response)));
                    let remaining = timeout.saturating_sub(started.elapsed());
                    if tokio::time::timeout(remaining, completed).await.is_err() {
                        instance.kill();
                        return Err(InvokeError::TimedOut { after: timeout });
                    }
                    function.return_idle(instance);
                    return Ok(());
                }
                Ok(InvocationOutcome::Failed(error)) => {
                    function.return_idle(instance);
                    return Err(InvokeError::Failed {
                        error_type: error.error_type,
                        message: error.error_message,
                    });
                }
                Ok(InvocationOutcome::NeverFetched) => status = instance.wait_for_exit().await,
                Ok(InvocationOutcome::Crashed) | Err(_) => {
                    status = instance.wait_for_exit().await;
                    break;
                }
            }
        }
        Err(InvokeError::Crashed {
            function: name.to_owned(),
            status,
        })
    }

    async fn start(&self, function: &FunctionPool) -> Result<Arc<Instance>, InvokeError> {
        let launch = &function.settings.launch;
        let failed = |reason, log| InvokeError::StartFailed {
            function: launch.function.clone(),
            reason,
            log,
        };
        if self.stopping.load(Ordering::SeqCst) {
            return Err(InvokeError::Stopped);
        }
        let instance = Instance::spawn(launch, &self.tasks, &self.logs).await;
        let instance = Arc::new(instance.map_err(|error| failed(error.to_string(), String::new()))?);
        function.register(&instance);
        // Checked again after the registration: of two concurrent calls, either `kill_all` sees the instance or this does.
        if self.stopping.load(Ordering::SeqCst) {
            instance.kill();
        }
        let init_timeout = function.settings.timeout.max(MIN_INIT_TIMEOUT);
        instance
            .wait_until_ready(init_timeout)
            .await
            .map_err(|failure| failed(failure.reason, failure.log))?;
        Ok(instance)
    }
}

impl FunctionPool {
    /// Takes the most recently used idle instance, so that the others reach the idle timeout.
    fn take_idle(&self) -> Option<Arc<Instance>> {
        let mut idle = lock(&self.idle);
        while let Some(instance) = idle.pop() {
            if instance.is_usable() {
                return Some(instance);
            }
        }
        None
    }

    fn return_idle(&self, instance: Arc<Instance>) {
        instance.mark_used();
        lock(&self.idle).push(instance);
    }

    fn stop_idle(&self) {
        lock(&self.idle).retain(|instance| instance.is_usable() && instance.idle_for() < IDLE_TIMEOUT);
    }

    fn register(&self, instance: &Arc<Instance>) {
        let mut all = lock(&self.all);
        all.retain(|known| known.strong_count() > 0);
        all.push(Arc::downgrade(instance));
    }

    fn instances(&self) -> Vec<Arc<Instance>> {
        lock(&self.all).iter().filter_map(Weak::upgrade).collect()
    }
}
