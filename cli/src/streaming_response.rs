//! Streaming responses of functions: a JSON prelude, eight zero bytes, then the body
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming>).

use axum::body::{Body, Bytes};
use futures::StreamExt;
use serde_json::{Value as Json, json};
use tokio::sync::mpsc;

/// The delimiter between the prelude and the body.
const SEPARATOR: [u8; 8] = [0; 8];
/// The maximum size of a prelude in bytes.
const MAX_PRELUDE_BYTES: usize = 1 << 20;
/// Body chunks buffered for a slow reader before the function is made to wait.
const CHANNEL_CAPACITY: usize = 8;

/// The reading side of a streaming response.
#[derive(Debug)]
pub(crate) struct StreamingResponse {
    /// Status and headers, as JSON.
    pub(crate) prelude: Bytes,
    body: mpsc::Receiver<BodyChunk>,
}

#[derive(Debug)]
enum BodyChunk {
    Data(Bytes),
    /// The end of the body. A channel that closes without it carried a truncated response.
    End,
}

/// The writing side of a streaming response: forwards the function's body to the reader.
pub(crate) struct BodyForwarder {
    chunks: axum::body::BodyDataStream,
    /// The part of the body that arrived with the prelude.
    first: Bytes,
    reader: mpsc::Sender<BodyChunk>,
}

/// Reads the prelude. Returns `None` when the body ends, fails or exceeds 1 MiB without a delimiter.
pub(crate) async fn read_prelude(body: Body) -> Option<(StreamingResponse, BodyForwarder)> {
    let mut chunks = body.into_data_stream();
    let mut read = Vec::new();
    let end = loop {
        if let Some(at) = read.windows(SEPARATOR.len()).position(|bytes| bytes == SEPARATOR) {
            break at;
        }
        if read.len() > MAX_PRELUDE_BYTES {
            return None;
        }
        read.extend_from_slice(&chunks.next().await?.ok()?);
    };
    let read = Bytes::from(read);
    let (reader, body) = mpsc::channel(CHANNEL_CAPACITY);
    let prelude = read.slice(..end);
    let first = read.slice(end + SEPARATOR.len()..);
    Some((
        StreamingResponse { prelude, body },
        BodyForwarder {
            chunks,
            first,
            reader,
        },
    ))
}

impl BodyForwarder {
    /// Forwards each chunk as it arrives, until the body ends. As on AWS, a function does not notice when the reader leaves:
    /// the rest of the body is read and dropped
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html>).
    pub(crate) async fn forward(mut self) {
        if !self.first.is_empty() {
            let _ = self.reader.send(BodyChunk::Data(self.first)).await;
        }
        while let Some(chunk) = self.chunks.next().await {
            let Ok(bytes) = chunk else { return };
            let _ = self.reader.send(BodyChunk::Data(bytes)).await;
        }
        let _ = self.reader.send(BodyChunk::End).await;
    }
}

impl StreamingResponse {
    /// The next bytes of the body: `None` at its end, an error when it was truncated.
    async fn next(&mut self) -> Option<std::io::Result<Bytes>> {
        match self.body.recv().await {
            Some(BodyChunk::Data(bytes)) => Some(Ok(bytes)),
            Some(BodyChunk::End) => None,
            None => Some(Err(std::io::ErrorKind::UnexpectedEof.into())),
        }
    }

    /// The body as a stream. A truncated response aborts the connection, so that it never looks complete.
    pub(crate) fn into_body(self) -> Body {
        Body::from_stream(futures::stream::unfold(Some(self), |response| async {
            let mut response = response?;
            let next = response.next().await?;
            let rest = next.is_ok().then_some(response);
            Some((next, rest))
        }))
    }

    /// Collects the response into the JSON of a buffered one. Returns `None` when it was truncated.
    pub(crate) async fn into_buffered(mut self) -> Option<Bytes> {
        let mut body = Vec::new();
        while let Some(bytes) = self.next().await {
            body.extend_from_slice(&bytes.ok()?);
        }
        let mut response: Json = serde_json::from_slice(&self.prelude).ok()?;
        response["body"] = json!(String::from_utf8_lossy(&body));
        Some(response.to_string().into())
    }
}
