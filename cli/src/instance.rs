//! Function instances: one process each, with its own Runtime API server.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::path::PathBuf;
use std::pin::pin;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::watch;

use crate::logs::LogSink;
use crate::runtime_api::{self, Mailbox};
use crate::tasks::{Tasks, lock};

/// How many of an instance's last log lines a start failure shows.
const TAIL_LINES: usize = 20;
/// How long to wait for the last log lines of an exited process: a grandchild may hold the pipe open.
const LOG_DRAIN_TIMEOUT: Duration = Duration::from_millis(500);

/// How to start an instance of a function.
#[derive(Clone, Debug)]
pub(crate) struct LaunchConfig {
    pub(crate) function: String,
    pub(crate) executable: PathBuf,
    pub(crate) environment: Vec<(String, String)>,
}

/// One process of a function. Dropping it kills the process.
pub(crate) struct Instance {
    pub(crate) mailbox: Arc<Mailbox>,
    child: Arc<Mutex<Child>>,
    killed: AtomicBool,
    /// The exit status, once the process has exited.
    exit: watch::Receiver<Option<String>>,
    tail: Arc<Mutex<VecDeque<String>>>,
    last_used: Mutex<Instant>,
}

impl Instance {
    /// Starts the process. [`Instance::wait_until_ready`] waits until it accepts events.
    pub(crate) async fn spawn(launch: &LaunchConfig, tasks: &Tasks, logs: &LogSink) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mut command = Command::new(&launch.executable);
        command
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", listener.local_addr()?.to_string())
            .env(
                "AWS_LAMBDA_LOG_STREAM_NAME",
                format!("local/[$LATEST]{}", uuid::Uuid::new_v4().simple()),
            )
            .envs(launch.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        // Ctrl-C reaches the terminal's whole process group; in its own group, an instance ends when the cloud stops it.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn()?;

        let tail = Arc::new(Mutex::new(VecDeque::with_capacity(TAIL_LINES)));
        let log = Log {
            function: launch.function.clone(),
            sink: logs.clone(),
            tail: Arc::clone(&tail),
        };
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let read_logs = async move { tokio::join!(log.follow(stdout), log.follow(stderr)) };

        let mailbox = Arc::new(Mailbox::default());
        let child = Arc::new(Mutex::new(child));
        let (exited, exit) = watch::channel(None);
        tasks.spawn({
            let (child, mailbox) = (Arc::clone(&child), Arc::clone(&mailbox));
            async move {
                let mut read_logs = pin!(read_logs);
                let mut serve = pin!(runtime_api::serve(listener, Arc::clone(&mailbox)));
                let (mut logs_ended, mut serving) = (false, true);
                let status = loop {
                    tokio::select! {
                        status = wait_for_exit(&child) => break status,
                        _ = &mut read_logs, if !logs_ended => logs_ended = true,
                        () = &mut serve, if serving => serving = false,
                    }
                };
                if !logs_ended {
                    let _ = tokio::time::timeout(LOG_DRAIN_TIMEOUT, read_logs).await;
                }
                exited.send_replace(Some(status));
                mailbox.close();
            }
        });
        let last_used = Mutex::new(Instant::now());
        Ok(Self {
            mailbox,
            child,
            killed: AtomicBool::new(false),
            exit,
            tail,
            last_used,
        })
    }

    /// Waits until the process requests its first event. Kills it after `timeout`.
    /// The error carries the reason and the last lines of the log.
    pub(crate) async fn wait_until_ready(&self, timeout: Duration) -> Result<(), StartFailure> {
        let reason = tokio::select! {
            () = self.mailbox.ready() => return Ok(()),
            status = self.wait_for_exit() => match self.mailbox.init_error() {
                Some(error) => format!("{}: {}", error.error_type, error.error_message),
                None => format!("the process exited during initialization ({status})"),
            },
            () = tokio::time::sleep(timeout) => {
                self.kill();
                format!("initialization timed out after {} seconds", timeout.as_secs())
            }
        };
        let tail: Vec<String> = lock(&self.tail).iter().cloned().collect();
        Err(StartFailure {
            reason,
            log: tail.join("\n"),
        })
    }

    /// Waits for the process to exit and returns its status, for example `exit status: 1`.
    pub(crate) async fn wait_for_exit(&self) -> String {
        match self.exit.clone().wait_for(Option::is_some).await {
            Ok(status) => status.clone().unwrap_or_default(),
            Err(_watcher_gone) => "the local cloud was stopped".to_owned(),
        }
    }

    /// Kills the process (SIGKILL), from any thread. Returns whether it was still running.
    pub(crate) fn kill(&self) -> bool {
        self.killed.store(true, Ordering::SeqCst);
        lock(&self.child).start_kill().is_ok()
    }

    /// Whether the instance can take another event.
    pub(crate) fn is_usable(&self) -> bool {
        !self.killed.load(Ordering::SeqCst) && self.exit.borrow().is_none()
    }

    /// Restarts the idle time.
    pub(crate) fn mark_used(&self) {
        *lock(&self.last_used) = Instant::now();
    }

    /// The time since the last event.
    pub(crate) fn idle_for(&self) -> Duration {
        lock(&self.last_used).elapsed()
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Why an instance did not initialize.
#[derive(Debug)]
pub(crate) struct StartFailure {
    pub(crate) reason: String,
    pub(crate) log: String,
}

/// Waits for the exit with the lock held only while polling, so that [`Instance::kill`] never blocks.
async fn wait_for_exit(child: &Mutex<Child>) -> String {
    let status = poll_fn(|context| {
        let mut child = lock(child);
        let wait = pin!(child.wait());
        wait.poll(context)
    });
    match status.await {
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    }
}

/// Copies an instance's output to the log sink and remembers its last lines.
struct Log {
    function: String,
    sink: LogSink,
    tail: Arc<Mutex<VecDeque<String>>>,
}

impl Log {
    /// Copies every line until the pipe closes. Replaces bytes that are not UTF-8.
    async fn follow(&self, pipe: Option<impl AsyncRead + Unpin>) {
        let Some(pipe) = pipe else { return };
        let mut reader = BufReader::new(pipe);
        let mut bytes = Vec::new();
        while matches!(reader.read_until(b'\n', &mut bytes).await, Ok(1..)) {
            let line = String::from_utf8_lossy(&bytes);
            let line = line.trim_end_matches(['\r', '\n']);
            self.sink.line(&self.function, line);
            let mut tail = lock(&self.tail);
            if tail.len() == TAIL_LINES {
                tail.pop_front();
            }
            tail.push_back(line.to_owned());
            bytes.clear();
        }
    }
}
