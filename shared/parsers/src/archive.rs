//! A reader of zip archives (APPNOTE 6.3) with limits on entries and unpacked bytes.

use std::{
    collections::HashMap,
    io::{Cursor, Read},
};

use zip::{ZipArchive, result::ZipError};

use crate::Problem;

/// The largest number of entries.
const MAX_ENTRIES: usize = 20_000;
/// The largest entry, in unpacked bytes.
const MAX_ENTRY_BYTES: u64 = 64 << 20;
/// The most bytes that are unpacked from one archive.
const MAX_TOTAL_BYTES: u64 = 128 << 20;
/// The largest ratio of unpacked to packed bytes of entries over `MIN_RATIO_BYTES`. Sheets of equal cells reach 50;
/// deflate can reach 1,030.
const MAX_RATIO: u64 = 200;
const MIN_RATIO_BYTES: u64 = 4 << 20;

/// An archive. Entries are found by their name without regard to ASCII case, as part names of Office Open XML are.
pub(crate) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    indices: HashMap<String, usize>,
    packed_bytes: u64,
    bytes_left: u64,
}

impl<'a> Archive<'a> {
    /// Opens an archive.
    ///
    /// # Errors
    /// [`Problem::Damaged`], [`Problem::TooLarge`].
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, Problem> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(problem)?;
        if zip.len() > MAX_ENTRIES {
            return Err(Problem::too_large(format!(
                "the archive has {} entries, at most {MAX_ENTRIES} are read",
                zip.len()
            )));
        }
        let names = zip.file_names().enumerate();
        let indices = names.filter_map(|(index, name)| Some((key(&name.ok()?), index)));
        Ok(Self {
            indices: indices.collect(),
            zip,
            packed_bytes: bytes.len() as u64,
            bytes_left: MAX_TOTAL_BYTES,
        })
    }

    /// Whether the archive has the entry.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.indices.contains_key(&key(name))
    }

    /// Unpacks an entry, `None` when missing. Declared sizes are not trusted: the limits apply to what comes out.
    ///
    /// # Errors
    /// [`Problem::Damaged`], [`Problem::Encrypted`], [`Problem::TooLarge`].
    pub(crate) fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, Problem> {
        let Some(&index) = self.indices.get(&key(name)) else {
            return Ok(None);
        };
        let entry = self.zip.by_index(index).map_err(problem)?;
        let packed = entry.compressed_size().min(self.packed_bytes);
        let most_by_ratio = MIN_RATIO_BYTES.max(packed * MAX_RATIO);
        let limit = most_by_ratio.min(MAX_ENTRY_BYTES).min(self.bytes_left);
        let mut bytes = Vec::new();
        entry
            .take(limit + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| Problem::damaged(format!("`{name}` cannot be unpacked: {error}")))?;
        let size = bytes.len() as u64;
        if size > limit {
            return Err(Problem::too_large(format!(
                "`{name}` unpacks to more than {limit} bytes"
            )));
        }
        self.bytes_left -= size;
        Ok(Some(bytes))
    }

    /// Unpacks an entry of XML in UTF-8 or UTF-16, `None` when missing.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(crate) fn xml(&mut self, name: &str) -> Result<Option<String>, Problem> {
        Ok(self.read(name)?.map(decode))
    }

    /// Unpacks an entry that the format requires.
    ///
    /// # Errors
    /// As [`Self::read`]; [`Problem::Damaged`] when missing.
    pub(crate) fn required_xml(&mut self, name: &str) -> Result<String, Problem> {
        let xml = self.xml(name)?;
        xml.ok_or_else(|| Problem::damaged(format!("`{name}` is missing")))
    }
}

fn key(name: &str) -> String {
    name.trim_start_matches('/').to_ascii_lowercase()
}

fn decode(bytes: Vec<u8>) -> String {
    let utf16 = |read: fn([u8; 2]) -> u16| {
        let units = bytes[2..].chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
        char::decode_utf16(units)
            .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()
    };
    match bytes.as_slice() {
        [0xFF, 0xFE, ..] => utf16(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => utf16(u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
    }
}

fn problem(error: ZipError) -> Problem {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            Problem::Encrypted
        }
        other => Problem::damaged(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An archive of empty entries, which all share one header.
    fn entries(count: u16) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04".to_vec();
        bytes.resize(30, 0);
        let start = bytes.len() as u32;
        for number in 0..count {
            let mut entry = b"PK\x01\x02".to_vec();
            entry.resize(46, 0);
            let name = format!("{number:05}");
            entry[28] = name.len() as u8;
            bytes.extend([entry.as_slice(), name.as_bytes()].concat());
        }
        let size = bytes.len() as u32 - start;
        bytes.extend(b"PK\x05\x06\0\0\0\0");
        bytes.extend([count, count].map(u16::to_le_bytes).as_flattened());
        bytes.extend([size, start].map(u32::to_le_bytes).as_flattened());
        bytes.extend([0, 0]);
        bytes
    }

    #[test]
    fn the_number_of_entries_is_limited() {
        assert!(Archive::open(&entries(100)).is_ok_and(|archive| archive.has("00099")));
        assert!(matches!(
            Archive::open(&entries(u16::MAX - 1)),
            Err(Problem::TooLarge { .. })
        ));
    }
}
