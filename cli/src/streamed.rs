//! A response that leaves while the function still writes it: a JSON head, eight zero bytes, then the body
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming>).

use axum::body::{Body, Bytes};
use futures::StreamExt;
use serde_json::{Value as Json, json};
use tokio::sync::mpsc;

/// What parts the head from the body.
const SEPARATOR: [u8; 8] = [0; 8];
/// The longest head in bytes.
const MAX_HEAD: usize = 1 << 20;
/// Pieces that are held for a slow reader; then the function waits.
const BUFFERED: usize = 8;

/// A response on its way.
#[derive(Debug)]
pub(crate) struct Streamed {
    /// Status and headers, as JSON.
    pub(crate) head: Bytes,
    body: mpsc::Receiver<Piece>,
}

#[derive(Debug)]
enum Piece {
    Data(Bytes),
    /// Nothing follows. Without it the response was cut off.
    End,
}

/// Where the function's bytes go.
pub(crate) struct Upload {
    chunks: axum::body::BodyDataStream,
    /// What of the body came with the head.
    first: Bytes,
    reader: mpsc::Sender<Piece>,
}

/// Reads the head. `None` when there is none.
pub(crate) async fn begin(body: Body) -> Option<(Streamed, Upload)> {
    let mut chunks = body.into_data_stream();
    let mut read = Vec::new();
    let end = loop {
        if let Some(at) = read.windows(SEPARATOR.len()).position(|bytes| bytes == SEPARATOR) {
            break at;
        }
        if read.len() > MAX_HEAD {
            return None;
        }
        read.extend_from_slice(&chunks.next().await?.ok()?);
    };
    let read = Bytes::from(read);
    let (reader, body) = mpsc::channel(BUFFERED);
    let head = read.slice(..end);
    let first = read.slice(end + SEPARATOR.len()..);
    Some((
        Streamed { head, body },
        Upload {
            chunks,
            first,
            reader,
        },
    ))
}

impl Upload {
    /// Passes on each piece as it comes, until the end, or until nobody reads any more.
    pub(crate) async fn pass_on(mut self) {
        if !self.first.is_empty() && self.reader.send(Piece::Data(self.first)).await.is_err() {
            return;
        }
        loop {
            let chunk = tokio::select! {
                chunk = self.chunks.next() => chunk,
                () = self.reader.closed() => return,
            };
            let piece = match chunk {
                Some(Ok(bytes)) => Piece::Data(bytes),
                Some(Err(_broken)) => return,
                None => Piece::End,
            };
            let is_end = matches!(piece, Piece::End);
            if self.reader.send(piece).await.is_err() || is_end {
                return;
            }
        }
    }
}

impl Streamed {
    /// The next bytes of the body; `None` at its end, an error when it was cut off.
    async fn next(&mut self) -> Option<std::io::Result<Bytes>> {
        match self.body.recv().await {
            Some(Piece::Data(bytes)) => Some(Ok(bytes)),
            Some(Piece::End) => None,
            None => Some(Err(std::io::ErrorKind::UnexpectedEof.into())),
        }
    }

    /// The body as it comes. A response that is cut off cuts the connection off: it must not look whole.
    pub(crate) fn into_body(self) -> Body {
        Body::from_stream(futures::stream::unfold(Some(self), |streamed| async {
            let mut streamed = streamed?;
            let next = streamed.next().await?;
            let rest = next.is_ok().then_some(streamed);
            Some((next, rest))
        }))
    }

    /// All of it, in the form of a response that was not streamed; `None` when it was cut off.
    pub(crate) async fn whole(mut self) -> Option<Bytes> {
        let mut body = Vec::new();
        while let Some(bytes) = self.next().await {
            body.extend_from_slice(&bytes.ok()?);
        }
        let mut response: Json = serde_json::from_slice(&self.head).ok()?;
        response["body"] = json!(String::from_utf8_lossy(&body));
        Some(response.to_string().into())
    }
}
