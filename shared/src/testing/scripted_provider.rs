//! A provider of language models that answers what a test scripts, in each wire format, and misbehaves on request.

mod anthropic;
mod behaviour;
mod connection;
mod format;
mod gemini;
mod ollama;
mod openai;
mod reply;
#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    fmt, io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use http::{HeaderMap, Method};
use serde_json::Value;
use tokio::{
    net::{TcpListener, TcpSocket},
    task::{JoinHandle, JoinSet},
};

use crate::domain::{FinishReason, Tokens};

pub use behaviour::{Behaviour, RetryAfter};
pub use format::WireFormat;

/// More connections than these wait.
const MOST_CONNECTIONS: usize = 1024;
/// Of more requests than these, the oldest are forgotten.
const MOST_REQUESTS: usize = 10_000;

/// What is said to a call that all is well with.
#[derive(Debug, Clone, PartialEq)]
pub struct ScriptedAnswer {
    /// The text, as the pieces that a stream sends one by one; each stands for a token.
    pub pieces: Vec<String>,
    /// The tokens that are charged.
    pub tokens: Tokens,
    /// Why the model stops.
    pub finish: FinishReason,
}

impl ScriptedAnswer {
    /// These pieces, with seven tokens read and one written for each.
    pub fn new<T: Into<String>>(pieces: impl IntoIterator<Item = T>) -> Self {
        let pieces: Vec<String> = pieces.into_iter().map(Into::into).collect();
        let output = pieces.len() as u64;
        Self {
            pieces,
            tokens: Tokens { input: 7, output },
            finish: FinishReason::Stop,
        }
    }

    /// The whole text.
    pub fn text(&self) -> String {
        self.pieces.concat()
    }
}

/// One request as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceivedRequest {
    /// The method.
    pub method: Method,
    /// The path with the query.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; null when it is empty or not JSON.
    pub body: Value,
}

/// The running provider, on plain HTTP/1.1; it ends when dropped.
#[derive(Debug)]
pub struct ScriptedProvider {
    address: SocketAddr,
    /// Bound and never listening, so that nobody else can have the port.
    closed: TcpSocket,
    scene: Arc<Mutex<Scene>>,
    serving: JoinHandle<()>,
}

/// What the test has set, and what has come.
struct Scene {
    /// What is said in the next calls, one each; the last goes on for ever.
    answers: VecDeque<ScriptedAnswer>,
    models: Vec<String>,
    behave: Box<dyn FnMut(&ReceivedRequest) -> Behaviour + Send>,
    received: VecDeque<ReceivedRequest>,
}

impl ScriptedProvider {
    /// The key that is right, for each format but Ollama, which takes any or none.
    pub const KEY: &str = "scripted-key";
    /// A model that is served.
    pub const MODEL: &str = "scripted-model";
    /// Another; every model can do everything.
    pub const EMBEDDING_MODEL: &str = "scripted-embedding";
    /// Words in every message of failure. As with a real one, which may quote the prompt, nobody should pass them on.
    pub const FAILURE_WORDS: &str = "words of the provider";

    /// Listens on a free port of loopback and answers well until told otherwise.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let closed = TcpSocket::new_v4()?;
        closed.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let address = listener.local_addr()?;
        let scene = Arc::new(Mutex::new(Scene {
            answers: [ScriptedAnswer::new(["A scripted ", "answer."])].into(),
            models: vec![Self::MODEL.into(), Self::EMBEDDING_MODEL.into()],
            behave: Box::new(|_| Behaviour::Fine),
            received: VecDeque::new(),
        }));
        #[expect(
            clippy::disallowed_methods,
            reason = "no Lambda runs here; the server is ended when dropped"
        )]
        let serving = tokio::spawn(serve(listener, scene.clone()));
        Ok(Self {
            address,
            closed,
            scene,
            serving,
        })
    }

    /// The base address of a format, without a slash at its end.
    pub fn url(&self, format: WireFormat) -> String {
        format!("http://{}{}", self.address, format.base_path())
    }

    /// The same on a port that refuses connections while this provider lives.
    ///
    /// # Errors
    /// When the system does not tell the port.
    pub fn refused_url(&self, format: WireFormat) -> io::Result<String> {
        Ok(format!(
            "http://{}{}",
            self.closed.local_addr()?,
            format.base_path()
        ))
    }

    /// The same by `https`, which is not spoken here: the handshake fails.
    pub fn tls_url(&self, format: WireFormat) -> String {
        format!("https://{}{}", self.address, format.base_path())
    }

    /// Sets what is said from the next call on.
    pub fn answer(&self, answer: ScriptedAnswer) {
        self.answer_in_turn([answer]);
    }

    /// Sets what is said in the next calls, one each; the last goes on for ever. Calls that are refused use none up.
    pub fn answer_in_turn(&self, answers: impl IntoIterator<Item = ScriptedAnswer>) {
        lock(&self.scene).answers = answers.into_iter().collect();
    }

    /// Sets the models that are served; others are not found.
    pub fn serve_models<T: Into<String>>(&self, models: impl IntoIterator<Item = T>) {
        lock(&self.scene).models = models.into_iter().map(Into::into).collect();
    }

    /// Behaves so in the next calls, one each; the last goes on for ever. Calls with a wrong key, of an unknown model or
    /// that cannot be read are refused and use none up.
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

    /// Behaves in each call as the function says.
    pub fn behave_by(&self, behave: impl FnMut(&ReceivedRequest) -> Behaviour + Send + 'static) {
        lock(&self.scene).behave = Box::new(behave);
    }

    /// The requests so far, refused ones too, in the order of their arrival.
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        lock(&self.scene).received.iter().cloned().collect()
    }

    /// The requests so far, which are then forgotten.
    pub fn take_requests(&self) -> Vec<ReceivedRequest> {
        lock(&self.scene).received.drain(..).collect()
    }
}

impl Drop for ScriptedProvider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl fmt::Debug for Scene {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scene").finish_non_exhaustive()
    }
}

/// A script that panicked in one call leaves the others as they are.
fn lock(scene: &Mutex<Scene>) -> MutexGuard<'_, Scene> {
    scene.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The connections are held in a set, so that they end with this.
async fn serve(listener: TcpListener, scene: Arc<Mutex<Scene>>) {
    let mut connections = JoinSet::new();
    loop {
        // A connection that broke before it was accepted concerns no other.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        if connections.len() >= MOST_CONNECTIONS {
            connections.join_next().await;
        }
        let scene = scene.clone();
        connections.spawn(async move {
            // What ends a connection early is the client's doing, and often what the test wants.
            let _ = connection::serve(stream, |request| lock(&scene).reply(request)).await;
        });
    }
}

impl Scene {
    fn reply(&mut self, request: ReceivedRequest) -> reply::Reply {
        if self.received.len() >= MOST_REQUESTS {
            self.received.pop_front();
        }
        self.received.push_back(request.clone());
        let (wire, asked) = match format::read(&request, &self.models) {
            Ok(read) => read,
            Err(refusal) => return refusal,
        };
        let behaviour = (self.behave)(&request);
        let answer = match self.answers.len() {
            0 | 1 => self.answers.front().cloned(),
            _ => self.answers.pop_front(),
        };
        let answer = answer.unwrap_or_else(|| ScriptedAnswer::new([""; 0]));
        reply::make(behaviour, wire, &asked, &answer, &self.models)
    }
}
