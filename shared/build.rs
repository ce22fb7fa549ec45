//! Build script: sets `ATTEST_BUILD` to a hash of `src`, so that an answer cached by an earlier build is not reused.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::Path,
};

fn main() -> io::Result<()> {
    let mut hasher = DefaultHasher::new();
    hash_directory(Path::new("src"), &mut hasher)?;
    let lines = [
        "cargo::rerun-if-changed=src".to_owned(),
        format!("cargo::rustc-env=ATTEST_BUILD={:016x}", hasher.finish()),
    ];
    io::Write::write_all(&mut io::stdout(), lines.join("\n").as_bytes())
}

/// Hashes the paths and contents of all files below `directory`, sorted by path.
fn hash_directory(directory: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    let entries = fs::read_dir(directory)?.collect::<io::Result<Vec<_>>>()?;
    let mut paths: Vec<_> = entries.iter().map(fs::DirEntry::path).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            hash_directory(&path, hasher)?;
            continue;
        }
        path.hash(hasher);
        fs::read(&path)?.hash(hasher);
    }
    Ok(())
}
