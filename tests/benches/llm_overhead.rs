//! Overhead of the model client over plain reqwest: `cargo bench --bench llm_overhead -- [CALLS] [CONCURRENT_CALLS]`.
//!
//! Three clients send the same request to the same upstream on loopback and read the same reply, whole and streamed.
//! `sockets` does not parse HTTP and shows the limit of the upstream, `reqwest` reads the body to its end, and `ours`
//! is the router with one provider. First they take turns with one call at a time on one thread, as in a function; then
//! each has 16 concurrent calls on two threads. Nothing is logged. Only times of the same run are comparable.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark prints its results and panics on failure"
)]

use std::{
    env,
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use shared::{
    deadline::Deadline,
    domain::{Model, OnInterruption, Prompt, UserId},
    llm::{
        Router, Settings, Standalone,
        wire::{self, ApiFormat, ApiKey, Parameters, ProviderRequest, Target},
    },
    ports::{GenerateRequest, Llm},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime,
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

/// Sequential calls for each client and reply.
const CALLS: usize = 3_000;
/// Concurrent calls in each round, for each client and reply.
const CONCURRENT_CALLS: usize = 6_000;
const ROUNDS: usize = 3;
/// Calls in flight at the same time.
const CONCURRENCY: usize = 16;
const THREADS: usize = 2;
const WARM_UP: usize = 200;

const CLIENTS: [&str; 3] = ["sockets", "reqwest", "ours"];
/// The index of `reqwest` in [`CLIENTS`].
const REQWEST: usize = 1;

/// The number of parts of a reply; each part is [`WORD`].
const PARTS: usize = 20;
const WORD: &str = "evidence ";
const MODEL: &str = "gpt-4o-mini";
const KEY: &str = "opens-nothing";

fn main() {
    let mut counts = env::args().filter_map(|argument| argument.parse().ok());
    let calls = counts.next().unwrap_or(CALLS).max(1);
    let concurrent_calls = counts.next().unwrap_or(CONCURRENT_CALLS).max(CONCURRENCY);
    println!(
        "{calls} calls one at a time; then {concurrent_calls} with {CONCURRENCY} at once, the median of {ROUNDS} rounds\n\
         goals for ours: at most 0.1 ms over reqwest, at least 10000 calls a second\n"
    );
    println!("| reply | client | ms, p50 | p95 | p99 | p50 over reqwest | calls a second | of reqwest |");
    println!("|---|---|---|---|---|---|---|---|");
    for (reply, stream) in [("whole", false), ("streamed", true)] {
        let upstream = Upstream::start(stream);
        let times = sequential(&upstream, calls);
        let rates = concurrent(&upstream, concurrent_calls);
        for (client, name) in CLIENTS.into_iter().enumerate() {
            println!(
                "| {reply} | {name} | {:.3} | {:.3} | {:.3} | {:+.3} | {:.0} | {:.2} |",
                percentile(&times[client], 50),
                percentile(&times[client], 95),
                percentile(&times[client], 99),
                percentile(&times[client], 50) - percentile(&times[REQWEST], 50),
                rates[client],
                rates[client] / rates[REQWEST],
            );
        }
    }
}

/// The milliseconds of each sequential call, by client.
fn sequential(upstream: &Upstream, calls: usize) -> [Vec<f64>; 3] {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime starts").block_on(async {
        let clients = upstream.clients();
        let mut times = [const { Vec::new() }; 3];
        for call in 0..WARM_UP + calls {
            for (client, times) in clients.iter().zip(&mut times) {
                let started = Instant::now();
                client.call(upstream).await;
                if call >= WARM_UP {
                    times.push(started.elapsed().as_secs_f64() * 1_000.0);
                }
            }
        }
        times
    })
}

/// The calls per second of concurrent calls, by client.
fn concurrent(upstream: &Upstream, calls: usize) -> [f64; 3] {
    let mut runtime = runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(THREADS).enable_all().build();
    runtime.expect("a runtime starts").block_on(async {
        let clients = upstream.clients().map(Arc::new);
        let mut rates = [const { Vec::new() }; 3];
        for client in &clients {
            call_concurrently(client, upstream, WARM_UP).await;
        }
        for _ in 0..ROUNDS {
            for (client, rates) in clients.iter().zip(&mut rates) {
                let started = Instant::now();
                let made = call_concurrently(client, upstream, calls).await;
                rates.push(made as f64 / started.elapsed().as_secs_f64());
            }
        }
        rates.map(|rates| percentile(&rates, 50))
    })
}

/// Makes this many calls, divided among the tasks; returns how many were made.
async fn call_concurrently(client: &Arc<Client>, upstream: &Upstream, calls: usize) -> usize {
    let mut tasks = JoinSet::new();
    let share = calls / CONCURRENCY;
    for _ in 0..CONCURRENCY {
        let (client, upstream) = (client.clone(), upstream.clone());
        tasks.spawn(async move {
            for _ in 0..share {
                client.call(&upstream).await;
            }
        });
    }
    tasks.join_all().await;
    share * CONCURRENCY
}

/// A server that answers one fixed request with one fixed reply.
#[derive(Clone)]
struct Upstream {
    prompt: Prompt,
    settings: Settings,
    request: ProviderRequest,
    request_bytes: Arc<[u8]>,
    reply: Arc<[u8]>,
    reply_body: usize,
}

impl Upstream {
    /// Starts it with a thread for each connection, which reads up to the end of the request body and writes the
    /// prepared reply.
    fn start(stream: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let prompt = Prompt::new("Answer from the passages only.", "Passage. ".repeat(200), 500);
        let settings = settings(address, stream);
        let target = Target {
            base_url: &settings.providers[0].base_url,
            key: Some(&ApiKey::parse(KEY).expect("it is a key")),
            model: MODEL,
            parameters: Parameters::default(),
        };
        let request = wire::generate(ApiFormat::Openai, target, &prompt, stream);
        let (reply, reply_body) = if stream { streamed() } else { whole() };
        let upstream = Self {
            request_bytes: request_bytes(&request, address).into(),
            reply: reply.into(),
            reply_body,
            prompt,
            settings,
            request,
        };
        let server = upstream.clone();
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (connection, server) = (connection.expect("it connects"), server.clone());
                thread::spawn(move || server.answer(connection));
            }
        });
        upstream
    }

    fn answer(&self, mut connection: std::net::TcpStream) {
        connection.set_nodelay(true).expect("an option of TCP");
        let (mut request, mut read) = (vec![0; 64 << 10], 0);
        while let Ok(more @ 1..) = connection.read(&mut request[read..]) {
            read += more;
            if request[..read].ends_with(&self.request.body) {
                connection.write_all(&self.reply).expect("the client reads");
                read = 0;
            }
        }
    }

    /// The clients in the order of [`CLIENTS`].
    fn clients(&self) -> [Client; 3] {
        let bare = shared::http_client::builder().expect("TLS").no_proxy().build();
        [
            Client::Sockets(Mutex::default()),
            Client::Reqwest(bare.expect("a client")),
            Client::Ours(Box::new(Router::standalone(
                self.settings.clone(),
                Arc::new(Standalone),
            ))),
        ]
    }
}

/// A client under test.
enum Client {
    /// Raw sockets; holds the idle ones.
    Sockets(Mutex<Vec<TcpStream>>),
    Reqwest(reqwest::Client),
    Ours(Box<Router>),
}

impl Client {
    /// Makes one call and checks only the length of the reply.
    async fn call(&self, upstream: &Upstream) {
        match self {
            Self::Sockets(idle) => {
                let free = idle.lock().expect("no one panics").pop();
                let mut socket = match free {
                    Some(socket) => socket,
                    None => connect(&upstream.settings).await,
                };
                let written = socket.write_all(&upstream.request_bytes).await;
                written.expect("the upstream reads");
                let (mut reply, mut read) = ([0; 8 << 10], 0);
                while read < upstream.reply.len() {
                    let more = socket.read(&mut reply).await.expect("the upstream replies");
                    assert_ne!(more, 0, "the upstream replies to the end");
                    read += more;
                }
                idle.lock().expect("no one panics").push(socket);
            }
            Self::Reqwest(client) => {
                let provider_request = upstream.request.clone();
                let request = client
                    .request(provider_request.method, provider_request.url)
                    .headers(provider_request.headers)
                    .header("accept-encoding", "identity")
                    .header("content-type", "application/json")
                    .body(provider_request.body);
                let mut response = request.send().await.expect("the upstream replies");
                let mut read = 0;
                while let Some(bytes) = response.chunk().await.expect("the body comes") {
                    read += bytes.len();
                }
                assert_eq!(read, upstream.reply_body);
            }
            Self::Ours(router) => {
                let request = GenerateRequest {
                    user: &UserId::anonymous(),
                    model: &Model::Auto,
                    prompt: &upstream.prompt,
                    deadline: Deadline::after(Duration::from_secs(30)),
                    on_interruption: OnInterruption::Restart,
                    cancellation: &CancellationToken::new(),
                    enough: &CancellationToken::new(),
                };
                let outcome = router.generate(request, &mut |_| false).await;
                let completion = outcome.result.expect("the upstream replies");
                assert_eq!(completion.text.len(), PARTS * WORD.len());
            }
        }
    }
}

async fn connect(settings: &Settings) -> TcpStream {
    let addresses = settings.providers[0].base_url.socket_addrs(|| None);
    let addresses = addresses.expect("the address is a number");
    let socket = TcpStream::connect(&*addresses).await.expect("it connects");
    socket.set_nodelay(true).expect("an option of TCP");
    socket
}

fn settings(address: SocketAddr, stream: bool) -> Settings {
    let providers = serde_json::json!([{
        "kind": "openai",
        "base_url": format!("http://{address}/v1"),
        "key": "env:KEY",
        "models": [{"name": MODEL, "input_usd_per_million": 0.15, "output_usd_per_million": 0.6}],
        "stream": stream,
    }])
    .to_string();
    let variable = |name: &str| match name {
        "LLM_PROVIDERS" => Some(providers.clone()),
        "KEY" => Some(KEY.to_owned()),
        _ => None,
    };
    Settings::read(&variable).expect("the settings are valid")
}

/// The bytes of the request in HTTP/1.1, with the headers that the other clients add.
fn request_bytes(request: &ProviderRequest, address: SocketAddr) -> Vec<u8> {
    let head = format!(
        "{} {} HTTP/1.1\r\nauthorization: Bearer {KEY}\r\naccept-encoding: identity\r\n\
         content-type: application/json\r\naccept: */*\r\nhost: {address}\r\ncontent-length: {}\r\n\r\n",
        request.method,
        request.url.path(),
        request.body.len(),
    );
    [head.as_bytes(), &request.body].concat()
}

/// The response of a chat completion, and the length of its body.
fn whole() -> (Vec<u8>, usize) {
    let body = serde_json::json!({
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": MODEL,
        "choices": [{
            "index": 0,
            "message": {"role": "assistant", "content": WORD.repeat(PARTS), "refusal": null},
            "logprobs": null,
            "finish_reason": "stop",
        }],
        "usage": usage(),
    })
    .to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    ((head + &body).into_bytes(), body.len())
}

/// The same completion as server-sent events, each in its own HTTP chunk, and the length of the body.
fn streamed() -> (Vec<u8>, usize) {
    let chunk = |choices: serde_json::Value, usage: serde_json::Value| {
        serde_json::json!({
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 1_700_000_000,
            "model": MODEL,
            "choices": choices,
            "usage": usage,
        })
        .to_string()
    };
    let part = |content: serde_json::Value, finish: serde_json::Value| {
        let choice = serde_json::json!([{
            "index": 0, "delta": content, "logprobs": null, "finish_reason": finish,
        }]);
        chunk(choice, serde_json::Value::Null)
    };
    let mut events = vec![part(serde_json::json!({"content": WORD}), serde_json::Value::Null); PARTS];
    events.push(part(serde_json::json!({}), serde_json::json!("stop")));
    events.push(chunk(serde_json::json!([]), usage()));
    events.push("[DONE]".to_owned());
    let events = events.iter().map(|event| format!("data: {event}\n\n"));
    let (mut body, mut length) = (String::new(), 0);
    for event in events {
        length += event.len();
        body += &format!("{:x}\r\n{event}\r\n", event.len());
    }
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    (format!("{head}{body}0\r\n\r\n").into_bytes(), length)
}

fn usage() -> serde_json::Value {
    serde_json::json!({"prompt_tokens": 412, "completion_tokens": 20, "total_tokens": 432})
}

fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[(sorted.len() * percent).div_ceil(100).clamp(1, sorted.len()) - 1]
}
