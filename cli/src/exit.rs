//! Exit codes of the `attest` command.

use std::process::ExitCode;

use crate::server::ServerError;

/// The list of exit codes, printed at the end of `--help`.
pub(crate) const HELP: &str = "\
Exit codes:
  0  The command succeeded.
  1  The command failed: the server returned an error, or a document or provider failed.
  2  The command line is invalid.
  3  The server is unreachable.
  4  The server abstained: the library does not hold enough evidence for an answer.";

/// The exit code of a command. clap itself exits with 2 when the command line is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    Done = 0,
    Failed = 1,
    Unreachable = 3,
    Abstained = 4,
    /// 128 + SIGINT, by shell convention.
    Interrupted = 130,
}

impl Exit {
    /// The exit code for an error that ended a command.
    pub(crate) fn from_error(error: &anyhow::Error) -> Self {
        match error.downcast_ref::<ServerError>() {
            Some(ServerError::Unreachable { .. }) => Self::Unreachable,
            _ => Self::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        (exit as u8).into()
    }
}
