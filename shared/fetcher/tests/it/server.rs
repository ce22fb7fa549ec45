//! Servers on the loopback interface that answer each request as a test says, byte by byte.

use std::{
    collections::HashMap,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use fetcher::{Fetcher, Policy, Resolve};
use reqwest::{Client, ClientBuilder};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

/// A request that a server received.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The path with the query.
    pub(crate) path: String,
    /// The headers, with names in lower case.
    pub(crate) headers: HashMap<String, String>,
}

/// What a server sends.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// These bytes, then the end of the connection.
    Bytes(Vec<u8>),
    /// These bytes, then nothing, with the connection open.
    Stall(Vec<u8>),
    /// These bytes, then the second ones again and again, as fast as they are read.
    Endless(Vec<u8>, Vec<u8>),
    /// These bytes, then one byte every few milliseconds.
    Drip(Vec<u8>),
}

impl Reply {
    /// A reply with a status line, headers and a body. The length is stated.
    pub(crate) fn new(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Self {
        let mut bytes = format!("HTTP/1.1 {status} Some\r\ncontent-length: {}\r\n", body.len()).into_bytes();
        for (name, value) in headers {
            bytes.extend(format!("{name}: {value}\r\n").bytes());
        }
        bytes.extend(b"connection: close\r\n\r\n");
        bytes.extend(body);
        Self::Bytes(bytes)
    }

    pub(crate) fn html(body: &str) -> Self {
        Self::new(
            200,
            &[("content-type", "text/html; charset=utf-8")],
            body.as_bytes(),
        )
    }

    pub(crate) fn redirect(status: u16, to: &str) -> Self {
        Self::new(status, &[("location", to)], b"")
    }
}

type Handler = dyn Fn(&Request) -> Reply + Send + Sync;

/// A server on a port of its own, ended when dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) requests: Arc<Mutex<Vec<Request>>>,
    pub(crate) connections: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

impl Server {
    pub(crate) async fn start(handler: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_at(Ipv4Addr::LOCALHOST, None, handler).await
    }

    pub(crate) async fn start_at(
        ip: Ipv4Addr,
        tls: Option<TlsAcceptor>,
        handler: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((ip, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let handler: Arc<Handler> = Arc::new(handler);
        let mut tasks = JoinSet::new();
        let (log, count) = (Arc::clone(&requests), Arc::clone(&connections));
        tasks.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let (handler, log, tls) = (Arc::clone(&handler), Arc::clone(&log), tls.clone());
                open.spawn(async move {
                    // A client that goes away is what many tests are about.
                    let _gone = match tls {
                        None => serve(socket, &*handler, &log).await,
                        Some(tls) => match tls.accept(socket).await {
                            Ok(socket) => serve(socket, &*handler, &log).await,
                            Err(error) => Err(error),
                        },
                    };
                });
            }
        });
        Self {
            address,
            requests,
            connections,
            _tasks: tasks,
        }
    }

    /// The paths that were asked for, in order.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.requests
            .lock()
            .unwrap()
            .iter()
            .map(|request| request.path.clone())
            .collect()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn serve(
    mut socket: impl AsyncRead + AsyncWrite + Unpin,
    handler: &Handler,
    log: &Mutex<Vec<Request>>,
) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await?);
        // What begins a TLS handshake has no end that this loop could wait for.
        if !head[0].is_ascii_uppercase() {
            return socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut lines = head.lines();
    let path = lines
        .next()
        .unwrap_or_default()
        .split(' ')
        .nth(1)
        .unwrap_or_default()
        .to_owned();
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let request = Request { path, headers };
    let reply = handler(&request);
    log.lock().unwrap().push(request);
    match reply {
        Reply::Bytes(bytes) => socket.write_all(&bytes).await?,
        Reply::Stall(bytes) => {
            socket.write_all(&bytes).await?;
            socket.flush().await?;
            // Returns when the client closes the connection.
            socket.read_u8().await?;
        }
        Reply::Endless(bytes, chunk) => {
            socket.write_all(&bytes).await?;
            loop {
                socket.write_all(&chunk).await?;
            }
        }
        Reply::Drip(bytes) => {
            socket.write_all(&bytes).await?;
            loop {
                socket.write_all(b"x").await?;
                socket.flush().await?;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
    socket.shutdown().await
}

/// A resolver that knows the names of a test.
#[derive(Default)]
pub(crate) struct Names(pub(crate) HashMap<String, Vec<SocketAddr>>);

impl Names {
    pub(crate) fn new<const N: usize>(names: [(&str, &[SocketAddr]); N]) -> Arc<Self> {
        Arc::new(Self(
            names
                .map(|(name, addresses)| (name.to_owned(), addresses.to_vec()))
                .into(),
        ))
    }
}

#[async_trait]
impl Resolve for Names {
    async fn resolve(&self, host: &str) -> io::Result<Vec<SocketAddr>> {
        let host = host.trim_end_matches('.');
        self.0
            .get(host)
            .cloned()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// A builder that trusts these authorities.
pub(crate) fn builder(roots: RootCertStore) -> ClientBuilder {
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder().tls_backend_preconfigured(tls)
}

/// The usual policy, with these addresses reachable too.
pub(crate) fn policy(reachable: &[SocketAddr]) -> Policy {
    Policy {
        reachable: reachable.to_vec(),
        timeout: Duration::from_secs(5),
        ..Policy::default()
    }
}

pub(crate) fn fetcher(policy: Policy, names: Arc<dyn Resolve>) -> Fetcher {
    Fetcher::with_resolver(builder(RootCertStore::empty()), policy, names).unwrap()
}

/// A fetcher for which `site.example` is the server.
pub(crate) fn fetcher_of(server: &Server) -> Fetcher {
    fetcher(
        policy(&[server.address]),
        Names::new([("site.example", &[server.address])]),
    )
}
