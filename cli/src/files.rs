//! Writing files so that a reader, or a crash, finds the old text or the new one and never half of one.

use std::path::Path;

use anyhow::Context;

/// Puts a text into a file, whole or not at all. Makes its folder when missing.
pub(crate) fn write_whole(file: &Path, text: &str) -> anyhow::Result<()> {
    let context = || format!("cannot write {}", file.display());
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).with_context(context)?;
    }
    let mut unfinished = file.as_os_str().to_owned();
    unfinished.push(".new");
    std::fs::write(&unfinished, text).with_context(context)?;
    std::fs::rename(&unfinished, file).with_context(context)
}

/// A program for a test. Another process writes it: a program cannot be started while anyone has it open for writing, and
/// a process that another test starts at that moment inherits our open files.
#[cfg(test)]
pub(crate) fn write_script(file: &Path, script: &str) {
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", r#"printf '%s' "$2" > "$1" && chmod +x "$1""#, "sh"]);
    assert!(shell.arg(file).arg(script).status().unwrap().success());
}
