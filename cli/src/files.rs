//! Atomic file writes: readers see the old content or the new content, even after a crash.

use std::path::Path;

use anyhow::Context;

/// Replaces the content of a file atomically. Creates missing parent folders.
pub(crate) fn write_atomic(file: &Path, text: &str) -> anyhow::Result<()> {
    let context = || format!("cannot write {}", file.display());
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).with_context(context)?;
    }
    let mut temporary = file.as_os_str().to_owned();
    temporary.push(".new");
    std::fs::write(&temporary, text).with_context(context)?;
    std::fs::rename(&temporary, file).with_context(context)
}

/// Writes an executable script for a test. Another process does the writing: a file that is open for writing cannot be
/// executed, and a process that another test forks at that moment inherits our open files.
#[cfg(test)]
pub(crate) fn write_script(file: &Path, script: &str) {
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", r#"printf '%s' "$2" > "$1" && chmod +x "$1""#, "sh"]);
    assert!(shell.arg(file).arg(script).status().unwrap().success());
}
