//! Gives this crate a name for its own sources, so that answers of an earlier build are told from those of this one.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::Path,
};

fn main() -> io::Result<()> {
    let mut hasher = DefaultHasher::new();
    add(Path::new("src"), &mut hasher)?;
    let lines = [
        "cargo::rerun-if-changed=src".to_owned(),
        format!("cargo::rustc-env=ATTEST_BUILD={:016x}", hasher.finish()),
    ];
    io::Write::write_all(&mut io::stdout(), lines.join("\n").as_bytes())
}

/// Names and contents of all files of a folder, in the order of their names.
fn add(folder: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    let entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    let mut paths: Vec<_> = entries.iter().map(fs::DirEntry::path).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            add(&path, hasher)?;
            continue;
        }
        path.hash(hasher);
        fs::read(&path)?.hash(hasher);
    }
    Ok(())
}
