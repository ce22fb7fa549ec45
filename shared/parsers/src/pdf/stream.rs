//! Decompresses streams within limits.

use std::{
    borrow::Cow,
    io::{self, Read},
};

use flate2::read::ZlibDecoder;
use hayro_syntax::{
    Filter,
    object::{Array, Stream, dict::keys},
    page::Page,
};

use crate::Problem;

/// The largest content of a page, in bytes.
const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// The content of a page.
///
/// # Errors
/// [`Problem::TooLarge`].
pub(super) fn content(page: &Page<'_>) -> Result<Vec<u8>, Problem> {
    let dict = page.raw();
    if let Some(stream) = dict.get::<Stream<'_>>(keys::CONTENTS) {
        return Ok(decode(&stream)?.into_owned());
    }
    let mut content = Vec::new();
    for stream in dict
        .get::<Array<'_>>(keys::CONTENTS)
        .iter()
        .flat_map(|parts| parts.iter::<Stream<'_>>())
    {
        content.extend_from_slice(&decode(&stream)?);
        content.push(b' ');
        if content.len() as u64 > MAX_BYTES {
            return Err(too_large());
        }
    }
    Ok(content)
}

/// The content of a stream; damaged streams are empty.
///
/// # Errors
/// [`Problem::TooLarge`].
pub(super) fn decode<'a>(stream: &Stream<'a>) -> Result<Cow<'a, [u8]>, Problem> {
    let filters = stream.filters();
    let compressions = filters
        .iter()
        .filter(|filter| matches!(filter, Filter::FlateDecode | Filter::LzwDecode));
    if compressions.count() > 1 {
        return Err(Problem::too_large("a page of it is compressed twice"));
    }
    // The decoder has no limit of its own, so the length is found first.
    if filters.first() == Some(&Filter::FlateDecode) {
        let raw = stream.raw_data();
        let length = io::copy(&mut ZlibDecoder::new(&*raw).take(MAX_BYTES + 1), &mut io::sink());
        if length.is_ok_and(|length| length > MAX_BYTES) {
            return Err(too_large());
        }
    }
    match stream.decoded_data() {
        Ok(content) if content.len() as u64 > MAX_BYTES => Err(too_large()),
        Ok(content) => Ok(content),
        Err(_damaged) => Ok(Cow::default()),
    }
}

fn too_large() -> Problem {
    Problem::too_large(format!(
        "the content of a page has more than {} MB",
        MAX_BYTES / 1024 / 1024
    ))
}
