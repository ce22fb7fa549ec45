//! Decodes the content encoding of a reply. Requests ask for none, but some proxies compress every reply.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;
use http::{HeaderMap, header::CONTENT_ENCODING};

use super::failure::Failure;

/// An incremental decoder of a body.
pub(super) enum Decoder {
    Identity,
    Gzip(Box<MultiGzDecoder<Bounded>>),
}

/// Decoded bytes, of which not more than a limit are kept.
pub(super) struct Bounded {
    bytes: Vec<u8>,
    max: usize,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.max {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Decoder {
    /// Creates a decoder for a response with these headers. Each push may yield at most `max` bytes.
    ///
    /// # Errors
    /// When the encoding is unknown.
    pub(super) fn new(headers: &HeaderMap, max: usize) -> Result<Self, Failure> {
        let encoding = headers
            .get(CONTENT_ENCODING)
            .map(|value| value.as_bytes().trim_ascii());
        match encoding.map(<[u8]>::to_ascii_lowercase).as_deref() {
            None | Some(b"" | b"identity") => Ok(Self::Identity),
            Some(b"gzip" | b"x-gzip") => {
                let bytes = Vec::new();
                Ok(Self::Gzip(Box::new(MultiGzDecoder::new(Bounded { bytes, max }))))
            }
            Some(_) => Err(Failure::Compressed),
        }
    }

    /// Decodes more bytes.
    ///
    /// # Errors
    /// When they are malformed or yield too much.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
        let decoder = match self {
            Self::Identity => return Ok(bytes.to_vec()),
            Self::Gzip(decoder) => decoder,
        };
        // Flushing yields what has arrived, although its block goes on.
        match decoder.write_all(bytes).and_then(|()| decoder.flush()) {
            Ok(()) => Ok(std::mem::take(&mut decoder.get_mut().bytes)),
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                Err(Failure::TooLarge(decoder.get_ref().max))
            }
            Err(_) => Err(Failure::Compressed),
        }
    }
}

#[cfg(test)]
mod tests {
    use flate2::{Compression, write::GzEncoder};
    use http::HeaderValue;

    use super::*;

    fn decoder(encoding: &'static str, max: usize) -> Result<Decoder, Failure> {
        let headers = [(CONTENT_ENCODING, HeaderValue::from_static(encoding))];
        Decoder::new(&headers.into_iter().collect(), max)
    }

    #[test]
    fn what_has_arrived_is_decoded_at_once() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        let mut decoder = decoder("GZIP", 100).unwrap();
        for text in ["data: 1\n\n", "data: 2\n\n"] {
            encoder.write_all(text.as_bytes()).unwrap();
            encoder.flush().unwrap();
            let bytes = std::mem::take(encoder.get_mut());
            let decoded: Vec<u8> = bytes
                .chunks(1)
                .flat_map(|chunk| decoder.push(chunk).unwrap())
                .collect();
            assert_eq!(decoded, text.as_bytes());
        }
    }

    #[test]
    fn no_push_yields_more_than_the_limit() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&[b' '; 100_000]).unwrap();
        let bytes = encoder.finish().unwrap();
        assert_eq!(
            decoder("gzip", 1_000).unwrap().push(&bytes),
            Err(Failure::TooLarge(1_000))
        );
        assert_eq!(
            decoder("gzip", 1_000).unwrap().push(b"{\"choices\": []}"),
            Err(Failure::Compressed)
        );
        assert_eq!(decoder("br", 1_000).err(), Some(Failure::Compressed));
    }
}
