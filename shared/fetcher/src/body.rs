//! Bodies of replies, unpacked while they arrive and never beyond a limit.

use std::io::{self, Write};

use flate2::write::{MultiGzDecoder, ZlibDecoder};
use reqwest::{Response, header::CONTENT_ENCODING};

use crate::FetchError;

/// The encodings that [`read`] unpacks, for the `Accept-Encoding` header.
pub(crate) const ENCODINGS: &str = "gzip, deflate";

/// Reads the body of a reply.
pub(crate) async fn read(mut response: Response, limit: usize) -> Result<Vec<u8>, FetchError> {
    let too_large = FetchError::TooLarge { limit };
    if response
        .content_length()
        .is_some_and(|length| length > limit as u64)
    {
        return Err(too_large);
    }
    let mut decoder = Decoder::new(&encoding(&response)?, limit)?;
    let mut is_empty = true;
    loop {
        let chunk = response
            .chunk()
            .await
            .map_err(|error| FetchError::of_client(&error))?;
        let Some(chunk) = chunk else { break };
        is_empty &= chunk.is_empty();
        decoder.write(&chunk)?;
    }
    // Servers send an empty body as it is, whatever encoding they state.
    if is_empty {
        return Ok(Vec::new());
    }
    decoder.finish()
}

fn encoding(response: &Response) -> Result<String, FetchError> {
    let mut encodings = response.headers().get_all(CONTENT_ENCODING).iter();
    let first = encodings.next().map_or("", |value| value.to_str().unwrap_or("?"));
    let encoding = first.trim().to_ascii_lowercase();
    match encodings.next() {
        None => Ok(encoding),
        Some(_) => Err(FetchError::Encoding { encoding }),
    }
}

/// Unpacks bytes as they arrive.
pub(crate) struct Decoder {
    kind: Kind,
    limit: usize,
}

enum Kind {
    Identity(Capped),
    Gzip(MultiGzDecoder<Capped>),
    Deflate(ZlibDecoder<Capped>),
}

impl Decoder {
    /// A decoder of a content encoding, empty for none.
    pub(crate) fn new(encoding: &str, limit: usize) -> Result<Self, FetchError> {
        let capped = Capped {
            bytes: Vec::new(),
            limit,
        };
        let kind = match encoding {
            "" | "identity" => Kind::Identity(capped),
            "gzip" | "x-gzip" => Kind::Gzip(MultiGzDecoder::new(capped)),
            "deflate" => Kind::Deflate(ZlibDecoder::new(capped)),
            other => {
                return Err(FetchError::Encoding {
                    encoding: other.to_owned(),
                });
            }
        };
        Ok(Self { kind, limit })
    }

    pub(crate) fn write(&mut self, chunk: &[u8]) -> Result<(), FetchError> {
        let written = match &mut self.kind {
            Kind::Identity(capped) => capped.write_all(chunk),
            Kind::Gzip(decoder) => decoder.write_all(chunk),
            Kind::Deflate(decoder) => decoder.write_all(chunk),
        };
        written.map_err(|error| failed(&error, self.limit))
    }

    /// The unpacked bytes.
    pub(crate) fn finish(self) -> Result<Vec<u8>, FetchError> {
        let finished = match self.kind {
            Kind::Identity(capped) => Ok(capped),
            Kind::Gzip(decoder) => decoder.finish(),
            Kind::Deflate(decoder) => decoder.finish(),
        };
        finished
            .map(|capped| capped.bytes)
            .map_err(|error| failed(&error, self.limit))
    }
}

fn failed(error: &io::Error, limit: usize) -> FetchError {
    if error.kind() == io::ErrorKind::FileTooLarge {
        return FetchError::TooLarge { limit };
    }
    FetchError::Broken {
        detail: format!("its compressed content is damaged: {error}"),
    }
}

/// A buffer that refuses to grow beyond a limit.
struct Capped {
    bytes: Vec<u8>,
    limit: usize,
}

impl Write for Capped {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        if chunk.len() > self.limit - self.bytes.len() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(chunk);
        Ok(chunk.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
