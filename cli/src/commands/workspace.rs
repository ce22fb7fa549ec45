//! The workspace that contains the current directory.

use std::path::{Path, PathBuf};

use anyhow::Context;

/// The folder of the sample library, relative to the workspace.
pub(super) const SAMPLES: &str = "cli/samples";

/// Returns the nearest ancestor of the current directory that contains a `template.yaml`.
pub(super) fn workspace_root() -> anyhow::Result<PathBuf> {
    let current = std::env::current_dir()?;
    let root = current
        .ancestors()
        .find(|folder| folder.join("template.yaml").is_file());
    root.map(Path::to_owned).with_context(|| {
        format!(
            "found no template.yaml in {} or its parents; run this command in the workspace",
            current.display()
        )
    })
}
