//! The HTTP/1.1 server side of one connection (RFC 9112), limited to what LLM clients use.

use std::{io, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde_json::Value;
use tokio::{
    io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

use super::{
    reply::{Ending, Head, ScriptedReply},
    request::ReceivedRequest,
};

/// The maximum size of a request head, in bytes.
const MAX_HEAD: u64 = 32 * 1024;
/// The pause before a slow chunk.
const PAUSE: Duration = Duration::from_millis(300);
/// The maximum size of a request body, in bytes.
const MAX_BODY: u64 = 16 * 1024 * 1024;

/// Serves requests until either side closes the connection.
///
/// # Errors
/// When the connection fails.
pub(super) async fn serve(
    stream: TcpStream,
    mut answer: impl FnMut(ReceivedRequest) -> ScriptedReply,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    loop {
        let request = match read_request(&mut stream).await {
            Ok(request) => request,
            Err(ReadError::Closed) => return Ok(()),
            Err(ReadError::Rejected(status)) => {
                let head = Head {
                    status,
                    headers: vec![("connection", "close".to_owned())],
                    length: Some(0),
                };
                stream.write_all(&head_bytes(&head)).await?;
                return stream.shutdown().await;
            }
        };
        let closes = request
            .headers
            .get("connection")
            .is_some_and(|value| value == "close");
        let reply = answer(request);
        write(&mut stream, &reply).await?;
        match reply.ending {
            Ending::Complete if closes => return stream.shutdown().await,
            Ending::Complete => {}
            Ending::Reset => return stream.get_ref().set_zero_linger(),
            Ending::Stall => return wait_for_close(&mut stream).await,
        }
    }
}

/// The reason why no request was read.
enum ReadError {
    /// The client closed the connection.
    Closed,
    /// The request is malformed or too large. Holds the status.
    Rejected(u16),
}

impl From<io::Error> for ReadError {
    fn from(_: io::Error) -> Self {
        Self::Closed
    }
}

async fn read_request(stream: &mut BufReader<TcpStream>) -> Result<ReceivedRequest, ReadError> {
    // Checked first because a TLS handshake may contain no line end.
    match stream.fill_buf().await?.first() {
        None => return Err(ReadError::Closed),
        Some(byte) if byte.is_ascii_uppercase() => {}
        Some(_) => return Err(ReadError::Rejected(400)),
    }
    let head = read_head(stream).await?;
    let (method, path, headers) = parse_head(&head).ok_or(ReadError::Rejected(400))?;
    if headers.get("expect").is_some_and(|value| value == "100-continue") {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
    }
    let body = if headers
        .get("transfer-encoding")
        .is_some_and(|value| value == "chunked")
    {
        read_chunked(stream).await?
    } else {
        let length = headers.get("content-length").map_or(Ok(0), |value| {
            let digits = value.to_str().unwrap_or_default();
            digits.parse().map_err(|_| ReadError::Rejected(400))
        })?;
        let mut body = Vec::new();
        read_exactly(stream, length, &mut body).await?;
        body
    };
    Ok(ReceivedRequest {
        method,
        path,
        headers,
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
        raw_body: body,
    })
}

/// Reads the head, including its final empty line.
async fn read_head(stream: &mut BufReader<TcpStream>) -> Result<String, ReadError> {
    let mut stream = stream.take(MAX_HEAD);
    let mut head = String::new();
    loop {
        let line = read_line(&mut stream).await?;
        head.push_str(&line);
        if line.trim_end().is_empty() {
            return Ok(head);
        }
    }
}

async fn read_line(stream: &mut (impl AsyncBufRead + Unpin)) -> Result<String, ReadError> {
    let mut line = Vec::new();
    stream.read_until(b'\n', &mut line).await?;
    if line.last() != Some(&b'\n') {
        return Err(ReadError::Rejected(400));
    }
    String::from_utf8(line).map_err(|_| ReadError::Rejected(400))
}

fn parse_head(head: &str) -> Option<(Method, String, HeaderMap)> {
    let mut lines = head.lines();
    let mut words = lines.next()?.split(' ');
    let method = words.next()?.parse().ok()?;
    let path = words.next()?.to_owned();
    words.next().filter(|version| version.starts_with("HTTP/1."))?;
    let mut headers = HeaderMap::new();
    for line in lines.take_while(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':')?;
        let name = HeaderName::try_from(name).ok()?;
        let value = HeaderValue::try_from(value.trim()).ok()?;
        headers.try_append(name, value).ok()?;
    }
    Some((method, path, headers))
}

/// Reads a chunked body: each chunk after its size, the last with size 0, then trailers and an empty line.
async fn read_chunked(stream: &mut BufReader<TcpStream>) -> Result<Vec<u8>, ReadError> {
    let mut body = Vec::new();
    loop {
        let line = read_line(&mut stream.take(MAX_HEAD)).await?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(size, 16).map_err(|_| ReadError::Rejected(400))?;
        if size == 0 {
            read_head(stream).await?;
            return Ok(body);
        }
        read_exactly(stream, size, &mut body).await?;
        read_line(&mut stream.take(2)).await?;
    }
}

async fn read_exactly(
    stream: &mut BufReader<TcpStream>,
    size: u64,
    body: &mut Vec<u8>,
) -> Result<(), ReadError> {
    if size.saturating_add(body.len() as u64) > MAX_BODY {
        return Err(ReadError::Rejected(413));
    }
    let read = stream.take(size).read_to_end(body).await?;
    if read as u64 == size {
        Ok(())
    } else {
        Err(ReadError::Closed)
    }
}

fn head_bytes(head: &Head) -> Vec<u8> {
    let reason = StatusCode::from_u16(head.status)
        .ok()
        .and_then(|status| status.canonical_reason());
    let mut text = format!("HTTP/1.1 {} {}\r\n", head.status, reason.unwrap_or_default());
    for (name, value) in &head.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    match head.length {
        Some(length) => text.push_str(&format!("content-length: {length}\r\n\r\n")),
        None => text.push_str("transfer-encoding: chunked\r\n\r\n"),
    }
    text.into_bytes()
}

async fn write(stream: &mut BufReader<TcpStream>, reply: &ScriptedReply) -> io::Result<()> {
    let Some(head) = &reply.head else {
        return Ok(());
    };
    let mut bytes = head_bytes(head);
    if head.length.is_some() {
        bytes.extend(reply.chunks.iter().flatten());
        return stream.write_all(&bytes).await;
    }
    stream.write_all(&bytes).await?;
    for (index, chunk) in reply.chunks.iter().enumerate() {
        if reply.slow.contains(&index) {
            tokio::time::sleep(PAUSE).await;
        }
        let size = format!("{:x}\r\n", chunk.len());
        stream
            .write_all(&[size.as_bytes(), chunk, b"\r\n"].concat())
            .await?;
    }
    if reply.ending == Ending::Complete {
        stream.write_all(b"0\r\n\r\n").await?;
    }
    Ok(())
}

async fn wait_for_close(stream: &mut BufReader<TcpStream>) -> io::Result<()> {
    let mut ignored = [0; 1024];
    while stream.read(&mut ignored).await? > 0 {}
    Ok(())
}
