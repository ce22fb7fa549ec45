//! The instances of every function: reused while idle, more of them when busy, ended in time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant, SystemTime};

use axum::body::Bytes;
use tokio::sync::{Semaphore, oneshot};

use crate::instance::{Instance, Launch};
use crate::logs::LogSink;
use crate::runtime_api::{Ending, Invocation};
use crate::streamed::Streamed;
use crate::tasks::{Tasks, lock};

/// The largest event in bytes, as Lambda has it.
pub(crate) const MAX_EVENT_BYTES: usize = 6_291_456;
/// Instances of one function at the same time; further events wait.
const MAX_INSTANCES: usize = 10;
/// Instances that had nothing to do for this long are ended.
const IDLE_LIMIT: Duration = Duration::from_secs(5 * 60);
const IDLE_CHECK: Duration = Duration::from_secs(30);
/// The least time an instance has to get ready. Lambda gives 10 seconds and then tries again within the timeout.
const MIN_INIT_LIMIT: Duration = Duration::from_secs(10);
/// An instance may end between two events without anybody's fault; ending again and again is one.
const MAX_DELIVERIES: usize = 3;
/// How long stopping waits for the killed processes.
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// Why an invocation gave no response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvokeError {
    /// The template has no function of this name.
    #[error("there is no function `{0}`")]
    Unknown(String),
    /// The event is larger than Lambda takes.
    #[error("the event has {bytes} bytes, and a function takes {MAX_EVENT_BYTES}")]
    EventTooLarge {
        /// Its size.
        bytes: usize,
    },
    /// Every instance was busy until the function's timeout had passed.
    #[error("Rate Exceeded: every instance of `{0}` is busy")]
    Throttled(String),
    /// No instance got ready.
    #[error("`{function}` did not start: {reason}\n{log}")]
    StartFailed {
        /// The function's name.
        function: String,
        /// What went wrong.
        reason: String,
        /// The last lines of the instance's log.
        log: String,
    },
    /// The process ended before it answered.
    #[error("`{function}` ended before it answered ({status})")]
    Crashed {
        /// The function's name.
        function: String,
        /// How it ended, for example `exit status: 1` or `signal: 9 (SIGKILL)`.
        status: String,
    },
    /// The function's timeout passed; its process was ended.
    #[error("Task timed out after {:.2} seconds", .after.as_secs_f64())]
    TimedOut {
        /// The function's timeout.
        after: Duration,
    },
    /// The function reported a failure, or its answer was too large.
    #[error("{error_type}: {message}")]
    Failed {
        /// Lambda's `errorType`.
        error_type: String,
        /// Lambda's `errorMessage`.
        message: String,
    },
    /// The local cloud is being stopped.
    #[error("the local cloud was stopped")]
    Stopped,
}

/// What a function answers.
#[derive(Debug)]
pub(crate) enum Reply {
    /// All at once.
    Whole(Bytes),
    /// Bit by bit.
    Streamed(Streamed),
}

/// Who waits for a reply: once it has been given, a failure only shows in the log.
struct Answer(Option<oneshot::Sender<Result<Reply, InvokeError>>>);

impl Answer {
    fn give(&mut self, reply: Result<Reply, InvokeError>) {
        if let Some(waiting) = self.0.take() {
            // Nobody may be left to hear it.
            let _ = waiting.send(reply);
        }
    }
}

/// A function as the pool needs it.
pub(crate) struct FunctionSettings {
    pub(crate) launch: Launch,
    pub(crate) timeout: Duration,
}

/// Every function's instances.
pub(crate) struct Pool {
    functions: HashMap<String, Versions>,
    tasks: Tasks,
    logs: LogSink,
    stopping: AtomicBool,
}

/// The versions of one function, which take turns: there is one, but for trials of an upgrade.
#[derive(Default)]
struct Versions {
    pools: Vec<FunctionPool>,
    turn: AtomicUsize,
}

impl Versions {
    fn next(&self) -> Option<&FunctionPool> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        self.pools.get(turn % self.pools.len().max(1))
    }

    fn instances(&self) -> impl Iterator<Item = Arc<Instance>> {
        self.pools.iter().flat_map(FunctionPool::instances)
    }

    fn kill_all(&self) -> usize {
        self.instances().filter(|instance| instance.kill()).count()
    }
}

struct FunctionPool {
    settings: FunctionSettings,
    permits: Semaphore,
    idle: Mutex<Vec<Arc<Instance>>>,
    all: Mutex<Vec<Weak<Instance>>>,
}

impl Pool {
    /// Settings of the same function are versions of it.
    pub(crate) fn new(functions: Vec<FunctionSettings>, tasks: Tasks, logs: LogSink) -> Arc<Self> {
        let mut versions: HashMap<String, Versions> = HashMap::new();
        for settings in functions {
            let name = settings.launch.function.clone();
            versions.entry(name).or_default().pools.push(FunctionPool {
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
        let observed = Arc::downgrade(&pool);
        tasks.spawn(async move {
            loop {
                tokio::time::sleep(IDLE_CHECK).await;
                let Some(pool) = observed.upgrade() else { return };
                pool.functions
                    .values()
                    .flat_map(|versions| &versions.pools)
                    .for_each(FunctionPool::end_idle);
            }
        });
        pool
    }

    /// Runs one event to its end, and gives the response as a whole.
    pub(crate) async fn invoke(
        self: &Arc<Self>,
        function: &str,
        payload: Bytes,
    ) -> Result<Bytes, InvokeError> {
        match self.call(function, payload).await? {
            Reply::Whole(response) => Ok(response),
            Reply::Streamed(streamed) => streamed.whole().await.ok_or_else(|| InvokeError::Failed {
                error_type: "Runtime.TruncatedResponse".into(),
                message: "the response was cut off".into(),
            }),
        }
    }

    /// Runs one event to its response, which may still be on its way. Dropping the future does not stop the function, as with
    /// Lambda.
    pub(crate) async fn call(self: &Arc<Self>, function: &str, payload: Bytes) -> Result<Reply, InvokeError> {
        if !self.functions.contains_key(function) {
            return Err(InvokeError::Unknown(function.to_owned()));
        }
        if payload.len() > MAX_EVENT_BYTES {
            return Err(InvokeError::EventTooLarge { bytes: payload.len() });
        }
        let (done, result) = oneshot::channel();
        let (pool, name) = (Arc::clone(self), function.to_owned());
        self.tasks.spawn(async move {
            let mut answer = Answer(Some(done));
            if let Err(error) = pool.run(&name, payload, &mut answer).await {
                // The log's own lines were passed on when they were written.
                let text = error.to_string();
                pool.logs.line(&name, text.lines().next().unwrap_or_default());
                answer.give(Err(error));
            }
        });
        result.await.unwrap_or(Err(InvokeError::Stopped))
    }

    /// Ends every instance of a function now; says how many there were.
    pub(crate) fn kill(&self, function: &str) -> usize {
        self.functions.get(function).map_or(0, Versions::kill_all)
    }

    /// Ends every instance of every function and starts no more.
    pub(crate) fn kill_all(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        for function in self.functions.values() {
            function.kill_all();
        }
    }

    /// Ends every instance and waits until the processes are gone.
    pub(crate) async fn stop(&self) {
        self.kill_all();
        let left: Vec<_> = self.functions.values().flat_map(Versions::instances).collect();
        let all_gone = futures::future::join_all(left.iter().map(|instance| instance.wait_for_exit()));
        let _ = tokio::time::timeout(STOP_LIMIT, all_gone).await;
    }

    async fn run(&self, name: &str, payload: Bytes, answer: &mut Answer) -> Result<(), InvokeError> {
        let function = self
            .functions
            .get(name)
            .and_then(Versions::next)
            .ok_or_else(|| InvokeError::Unknown(name.to_owned()))?;
        let timeout = function.settings.timeout;
        let permit = tokio::time::timeout(timeout, function.permits.acquire()).await;
        let Ok(Ok(_permit)) = permit else {
            return Err(InvokeError::Throttled(name.to_owned()));
        };

        let mut status = String::new();
        for _ in 0..MAX_DELIVERIES {
            let instance = match function.take_idle() {
                Some(instance) => instance,
                None => self.start(function).await?,
            };
            let (ending, ended) = oneshot::channel();
            instance.mailbox.put(Invocation {
                request_id: uuid::Uuid::new_v4().to_string(),
                function_arn: format!(
                    "arn:aws:lambda:{}:{}:function:{name}",
                    crate::REGION,
                    crate::ACCOUNT_ID
                ),
                deadline: SystemTime::now() + timeout,
                payload: payload.clone(),
                ending,
            });
            let started = Instant::now();
            let Ok(ending) = tokio::time::timeout(timeout, ended).await else {
                instance.kill();
                return Err(InvokeError::TimedOut { after: timeout });
            };
            match ending {
                Ok(Ending::Responded(response)) => {
                    function.give_back(instance);
                    answer.give(Ok(Reply::Whole(response)));
                    return Ok(());
                }
                Ok(Ending::Streaming(streamed, ended)) => {
                    answer.give(Ok(Reply::Streamed(streamed)));
                    let left = timeout.saturating_sub(started.elapsed());
                    if tokio::time::timeout(left, ended).await.is_err() {
                        instance.kill();
                        return Err(InvokeError::TimedOut { after: timeout });
                    }
                    function.give_back(instance);
                    return Ok(());
                }
                Ok(Ending::Failed(error)) => {
                    function.give_back(instance);
                    return Err(InvokeError::Failed {
                        error_type: error.error_type,
                        message: error.error_message,
                    });
                }
                Ok(Ending::NeverFetched) => status = instance.wait_for_exit().await,
                Ok(Ending::Crashed) | Err(_) => {
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
        // Looked at again once the instance can be seen from outside: whoever stops the pool in between ends it, or this does.
        if self.stopping.load(Ordering::SeqCst) {
            instance.kill();
        }
        let limit = function.settings.timeout.max(MIN_INIT_LIMIT);
        instance
            .wait_until_ready(limit)
            .await
            .map_err(|failure| failed(failure.reason, failure.log))?;
        Ok(instance)
    }
}

impl FunctionPool {
    /// The instance used last, so that the others can grow old and go.
    fn take_idle(&self) -> Option<Arc<Instance>> {
        let mut idle = lock(&self.idle);
        while let Some(instance) = idle.pop() {
            if instance.is_usable() {
                return Some(instance);
            }
        }
        None
    }

    fn give_back(&self, instance: Arc<Instance>) {
        instance.mark_used();
        lock(&self.idle).push(instance);
    }

    fn end_idle(&self) {
        lock(&self.idle).retain(|instance| instance.is_usable() && instance.idle_for() < IDLE_LIMIT);
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
