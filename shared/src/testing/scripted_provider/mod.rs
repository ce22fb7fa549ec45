//! A scripted LLM provider: an HTTP server that answers in each wire format and misbehaves as a test scripts it.

mod answer;
mod anthropic;
mod bedrock;
mod behaviour;
mod connection;
mod content;
mod format;
mod gemini;
mod ollama;
mod openai;
mod protocol;
mod reply;
mod request;
mod signature;
#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    fmt, io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    net::{TcpListener, TcpSocket},
    task::{JoinHandle, JoinSet},
};

pub use answer::ScriptedAnswer;
pub use behaviour::{Behaviour, RetryAfter};
pub use format::WireFormat;
pub use request::ReceivedRequest;

/// The maximum concurrent connections; further connections wait.
const MAX_CONNECTIONS: usize = 1024;
/// The maximum recorded requests; further requests replace the oldest.
const MAX_REQUESTS: usize = 10_000;

/// A running provider on plain HTTP/1.1. Dropping it stops the server.
#[derive(Debug)]
pub struct ScriptedProvider {
    address: SocketAddr,
    /// A socket that is bound but never listens, so that its port refuses connections.
    refusing: TcpSocket,
    script: Arc<Mutex<Script>>,
    serving: JoinHandle<()>,
}

/// The scripted answers and behaviours, and the requests received.
struct Script {
    /// The answers to the next calls, one each; the last repeats.
    answers: VecDeque<ScriptedAnswer>,
    models: Vec<String>,
    behave: Box<dyn FnMut(&ReceivedRequest) -> Behaviour + Send>,
    received: VecDeque<ReceivedRequest>,
}

impl ScriptedProvider {
    /// The valid API key of every format except Ollama, which accepts any key or none.
    pub const KEY: &str = protocol::KEY;
    /// The access key id and the secret access key of the role that the format of Bedrock accepts beside [`Self::KEY`].
    pub const ROLE: (&str, &str) = signature::ROLE;
    /// The region for which requests of the role must be signed.
    pub const REGION: &str = signature::REGION;
    /// A model that is available by default.
    pub const MODEL: &str = "scripted-model";
    /// Another available model. Every model both generates and embeds.
    pub const EMBEDDING_MODEL: &str = "scripted-embedding";
    /// The text in every error message. Like that of a real provider, which may quote the prompt, it must not reach a caller.
    pub const FAILURE_WORDS: &str = protocol::FAILURE_TEXT;

    /// Starts a provider on a free loopback port, with one answer and [`Behaviour::Fine`].
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let refusing = TcpSocket::new_v4()?;
        refusing.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let address = listener.local_addr()?;
        let script = Arc::new(Mutex::new(Script {
            answers: [ScriptedAnswer::new(["A scripted ", "answer."])].into(),
            models: vec![Self::MODEL.into(), Self::EMBEDDING_MODEL.into()],
            behave: Box::new(|_| Behaviour::Fine),
            received: VecDeque::new(),
        }));
        #[expect(
            clippy::disallowed_methods,
            reason = "no Lambda runs here; the task is aborted when the provider is dropped"
        )]
        let serving = tokio::spawn(serve(listener, script.clone()));
        Ok(Self {
            address,
            refusing,
            script,
            serving,
        })
    }

    /// Returns the base URL of a format, without a trailing slash.
    pub fn url(&self, format: WireFormat) -> String {
        format!(
            "http://{}{}{}",
            self.address,
            format.base_path(),
            format.version()
        )
    }

    /// Returns a base URL on a port that refuses connections until the provider is dropped.
    ///
    /// # Errors
    /// When the port cannot be determined.
    pub fn refused_url(&self, format: WireFormat) -> io::Result<String> {
        Ok(format!(
            "http://{}{}",
            self.refusing.local_addr()?,
            format.base_path()
        ))
    }

    /// Returns the base URL with `https`. The server does not support TLS, so the handshake fails.
    pub fn tls_url(&self, format: WireFormat) -> String {
        format!("https://{}{}", self.address, format.base_path())
    }

    /// Sets the answer to all following calls.
    pub fn answer(&self, answer: ScriptedAnswer) {
        self.answer_in_turn([answer]);
    }

    /// Sets the answers to the next calls, one each; the last repeats. Rejected calls do not consume one.
    pub fn answer_in_turn(&self, answers: impl IntoIterator<Item = ScriptedAnswer>) {
        lock(&self.script).answers = answers.into_iter().collect();
    }

    /// Sets the available models; any other model is not found.
    pub fn serve_models<T: Into<String>>(&self, models: impl IntoIterator<Item = T>) {
        lock(&self.script).models = models.into_iter().map(Into::into).collect();
    }

    /// Sets the behaviours of the next calls, one each; the last repeats. Calls with a wrong key, an unknown model or a
    /// malformed request are rejected and do not consume one.
    pub fn behave(&self, behaviours: impl IntoIterator<Item = Behaviour>) {
        let mut queue: VecDeque<Behaviour> = behaviours.into_iter().collect();
        self.behave_by(move |_| {
            let next = queue.front().copied().unwrap_or(Behaviour::Fine);
            if queue.len() > 1 {
                queue.pop_front();
            }
            next
        });
    }

    /// Sets a function that selects the behaviour of each call.
    pub fn behave_by(&self, behave: impl FnMut(&ReceivedRequest) -> Behaviour + Send + 'static) {
        lock(&self.script).behave = Box::new(behave);
    }

    /// Returns the requests so far, including rejected ones, in the order of arrival.
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        lock(&self.script).received.iter().cloned().collect()
    }

    /// Returns the requests so far and clears them.
    pub fn take_requests(&self) -> Vec<ReceivedRequest> {
        lock(&self.script).received.drain(..).collect()
    }
}

impl Drop for ScriptedProvider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Script").finish_non_exhaustive()
    }
}

/// Locks the script. A panic of a behaviour function in one call does not affect the next ones.
fn lock(script: &Mutex<Script>) -> MutexGuard<'_, Script> {
    script.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Accepts connections. Their tasks are in a set, so that they end with this one.
async fn serve(listener: TcpListener, script: Arc<Mutex<Script>>) {
    let mut connections = JoinSet::new();
    loop {
        // A connection that failed before it was accepted does not affect the others.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        if connections.len() >= MAX_CONNECTIONS {
            connections.join_next().await;
        }
        let script = script.clone();
        connections.spawn(async move {
            // The client closed the connection early, often because the test wants that.
            let _ = connection::serve(stream, |request| lock(&script).reply(request)).await;
        });
    }
}

impl Script {
    /// Records a request and returns the scripted reply.
    fn reply(&mut self, request: ReceivedRequest) -> reply::ScriptedReply {
        if self.received.len() >= MAX_REQUESTS {
            self.received.pop_front();
        }
        self.received.push_back(request.clone());
        let (protocol, parsed) = match format::parse(&request, &self.models) {
            Ok(parsed) => parsed,
            Err(rejection) => return rejection,
        };
        let behaviour = match (self.behave)(&request) {
            Behaviour::RefusesParameter(name) if !request.has_field(name) => Behaviour::Fine,
            behaviour => behaviour,
        };
        let answer = match self.answers.len() {
            0 | 1 => self.answers.front().cloned(),
            _ => self.answers.pop_front(),
        };
        let answer = answer.unwrap_or_else(|| ScriptedAnswer::new([""; 0]));
        reply::build(behaviour, protocol, &parsed, &answer, &self.models)
    }
}
