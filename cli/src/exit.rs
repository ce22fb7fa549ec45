//! What the exit codes mean.

use std::process::ExitCode;

use crate::server::ServerError;

/// Shown at the end of `--help`.
pub(crate) const HELP: &str = "\
Exit codes:
  0  done
  1  the server reported a failure, or some documents or providers failed
  2  the command line is wrong
  3  the server cannot be reached
  4  the answer abstained: the library does not hold enough evidence";

/// How a command ended. A wrong command line (2) is clap's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    Done = 0,
    Failed = 1,
    Unreachable = 3,
    Abstained = 4,
    /// 128 + SIGINT, as shells have it.
    Interrupted = 130,
}

impl Exit {
    pub(crate) fn of(error: &anyhow::Error) -> Self {
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
