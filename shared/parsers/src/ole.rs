//! OLE compound files (MS-CFB): old Office files, and Office files with a password.

use crate::Problem;

/// The first bytes of a compound file.
const MAGIC: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// The size of an entry of the directory, to which entries are aligned.
const ENTRY_BYTES: usize = 128;

/// Why a compound file is not read, `None` for other files.
pub(crate) fn problem(bytes: &[u8]) -> Option<Problem> {
    if !bytes.starts_with(&MAGIC) {
        return None;
    }
    if has_stream(bytes, "EncryptedPackage") {
        return Some(Problem::Encrypted);
    }
    let streams = [
        ("WordDocument", "application/msword"),
        ("Workbook", "application/vnd.ms-excel"),
        ("Book", "application/vnd.ms-excel"),
        ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ];
    let found = streams.iter().find(|(stream, _)| has_stream(bytes, stream));
    let media_type = found.map_or("application/x-ole-storage", |(_, media_type)| media_type);
    Some(Problem::Unsupported {
        media_type: media_type.to_owned(),
    })
}

/// Whether the directory names the stream. Its entries are looked for in all places where one can be, so that broken
/// chains of sectors do no harm.
fn has_stream(bytes: &[u8], name: &str) -> bool {
    let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    entry.resize(64, 0);
    let length = (name.len() as u16 + 1) * 2;
    entry.extend(length.to_le_bytes());
    bytes
        .chunks_exact(ENTRY_BYTES)
        .any(|chunk| chunk.starts_with(&entry))
}
