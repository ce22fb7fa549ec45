//! The dependencies of `attest setup`, which tests replace.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::future::BoxFuture;
use shared::ports::Secrets;

use crate::model_settings::Variable;

/// Everything that a setup reads from its environment or writes to it.
pub(super) struct SetupContext<'a> {
    /// The workspace root.
    pub(super) root: &'a Path,
    /// Looks up an environment variable.
    pub(super) variable: Variable<'a>,
    /// The Python executable.
    pub(super) python: PathBuf,
    /// Asks a yes/no question. Resolves to no without a terminal.
    pub(super) confirm: &'a dyn Fn(&'static str) -> BoxFuture<'static, bool>,
    /// Prints a message.
    pub(super) print: &'a dyn Fn(&str),
    pub(super) secrets: Arc<dyn Secrets>,
}
