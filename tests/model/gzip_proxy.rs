//! A reverse proxy before the model server that compresses every reply, whatever the request accepts, as some companies'
//! gateways do.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use reqwest::{Client, Method};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

/// A running proxy. Dropping it closes its connections.
pub(crate) struct GzipProxy {
    url: String,
    is_writing: watch::Receiver<bool>,
    _serving: JoinSet<()>,
}

impl GzipProxy {
    /// Starts it before the API at an address that ends in `/v1`.
    pub(crate) async fn start(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let origin = upstream.strip_suffix("/v1").unwrap().to_owned();
        let client = shared::http_client::builder()
            .unwrap()
            .no_proxy()
            .build()
            .unwrap();
        let (writes, is_writing) = watch::channel(false);
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (connection, _) = listener.accept().await.unwrap();
                let (client, origin, writes) = (client.clone(), origin.clone(), writes.clone());
                // A connection that breaks on either side is closed: the caller sees a broken reply.
                connections.spawn(async move { relay(connection, &client, &origin, &writes).await });
            }
        });
        Self {
            url,
            is_writing,
            _serving: serving,
        }
    }

    /// The address of the API through the proxy.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Waits until the model has written some text.
    pub(crate) async fn wait_until_writing(&mut self) {
        self.is_writing.wait_for(|is_writing| *is_writing).await.unwrap();
    }
}

/// Answers one request; `None` if a connection breaks.
async fn relay(
    connection: TcpStream,
    client: &Client,
    origin: &str,
    writes: &watch::Sender<bool>,
) -> Option<()> {
    let mut connection = BufReader::new(connection);
    let (method, path, body) = read_request(&mut connection).await?;
    let request = client.request(method, format!("{origin}{path}")).body(body);
    let request = request.header("content-type", "application/json");
    let mut response = request.send().await.ok()?;
    let head = format!(
        "HTTP/1.1 {}\r\ncontent-type: {}\r\ncontent-encoding: gzip\r\nconnection: close\r\n\r\n",
        response.status(),
        response.headers()["content-type"].to_str().ok()?
    );
    connection.write_all(head.as_bytes()).await.ok()?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    while let Some(chunk) = response.chunk().await.ok()? {
        encoder.write_all(&chunk).unwrap();
        encoder.flush().unwrap();
        connection
            .write_all(&std::mem::take(encoder.get_mut()))
            .await
            .ok()?;
        connection.flush().await.ok()?;
        if String::from_utf8_lossy(&chunk).contains("\"content\"") {
            writes.send_replace(true);
        }
    }
    connection.write_all(&encoder.finish().unwrap()).await.ok()?;
    connection.shutdown().await.ok()
}

/// Reads the method, the path and the body of a request.
async fn read_request(connection: &mut BufReader<TcpStream>) -> Option<(Method, String, Vec<u8>)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if connection.read_line(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    let mut words = head.split_whitespace();
    let (method, path) = (words.next()?.parse().ok()?, words.next()?.to_owned());
    let lower = head.to_ascii_lowercase();
    let length = lower
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"));
    let mut body = vec![0; length.map_or(Some(0), |length| length.trim().parse().ok())?];
    connection.read_exact(&mut body).await.ok()?;
    Some((method, path, body))
}
