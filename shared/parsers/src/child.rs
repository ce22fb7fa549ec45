//! Parsing in a child process with limits: the same program again, with one argument. A file on which a parser loops,
//! overflows the stack or uses up the memory ends the child and nothing else.
//!
//! The parent writes one line of JSON and the file to the child's standard input; the child writes the result as JSON to its
//! standard output. The child has no environment, so it has no credentials.

use std::{
    env,
    io::{self, BufRead, Read, Write},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::Command,
    time::timeout,
};

use crate::{MAX_TEXT_BYTES, Original, Parsed, Problem, parse as parse_here};

/// The argument that makes a program a child.
const ARGUMENT: &str = "--parse-document";
/// The memory of a child, in bytes. Smaller functions than 512 MB do not parse.
const MAX_MEMORY: u64 = 384 * 1024 * 1024;
/// The longest result: a text whose every byte is escaped, and its locations.
const MAX_RESULT_BYTES: u64 = 8 * MAX_TEXT_BYTES as u64;
/// The most that is read of a child's log.
const MAX_LOG_BYTES: u64 = 4_096;

/// What is known of the file beside its content.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    media_type: Option<String>,
    name: Option<String>,
    url: Option<String>,
}

/// Parses a file in a child process, which is killed after `limit` or when the future is dropped.
///
/// # Errors
/// Every [`Problem`].
pub async fn parse(original: &Original<'_>, limit: Duration) -> Result<Parsed, Problem> {
    match timeout(limit, parse_in_child(original)).await {
        Ok(Ok(result)) => result,
        Ok(Err(error)) => Err(crashed(format!("its parser did not start: {error}"))),
        Err(_elapsed) => Err(Problem::TimedOut {
            seconds: limit.as_secs(),
        }),
    }
}

async fn parse_in_child(original: &Original<'_>) -> io::Result<Result<Parsed, Problem>> {
    let mut child = Command::new(env::current_exe()?)
        .arg(ARGUMENT)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let write = async {
        if let Some(mut stdin) = stdin {
            // A child that ends early closes its input; its status says why.
            let _closed = stdin.write_all(&header(original)).await;
            let _closed = stdin.write_all(original.bytes).await;
        }
    };
    let ((), result, log) = tokio::join!(write, read(stdout, MAX_RESULT_BYTES), read(stderr, MAX_LOG_BYTES));
    // A child that writes more than is read would wait for ever.
    let _ended = child.start_kill();
    let status = child.wait().await?;
    let result = result?;
    Ok(serde_json::from_slice(&result)
        .unwrap_or_else(|_partial| Err(reason(status, &log.unwrap_or_default()))))
}

fn header(original: &Original<'_>) -> Vec<u8> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let header = Header {
        media_type: owned(original.media_type),
        name: owned(original.name),
        url: owned(original.url),
    };
    let mut line = serde_json::to_vec(&header).unwrap_or_default();
    line.push(b'\n');
    line
}

async fn read(from: Option<impl AsyncRead + Unpin>, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(from) = from {
        from.take(most).read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}

/// Why a child ended without a result.
fn reason(status: ExitStatus, log: &[u8]) -> Problem {
    let log = String::from_utf8_lossy(log);
    if log.contains("memory allocation of") {
        return crashed(format!(
            "it needs more than {} MB of memory",
            MAX_MEMORY / 1024 / 1024
        ));
    }
    if log.contains("overflowed its stack") {
        return crashed("it is nested too deeply");
    }
    crashed(format!("its parser ended with {status}"))
}

fn crashed(detail: impl Into<String>) -> Problem {
    Problem::Crashed {
        detail: detail.into(),
    }
}

/// Parses the file on standard input if this process is a child; every program that calls [`parse`] calls this first, and
/// ends if it returns true.
pub fn serve() -> bool {
    serve_with(parse_here)
}

/// Like [`serve`], with another parser. Tests use parsers that misbehave.
#[doc(hidden)]
pub fn serve_with(parser: impl FnOnce(&Original<'_>) -> Result<Parsed, Problem>) -> bool {
    if env::args().nth(1).as_deref() != Some(ARGUMENT) {
        return false;
    }
    limit_resources();
    let result = read_and_parse(parser);
    let mut stdout = io::stdout().lock();
    // The parent reports a child that wrote nothing.
    let _closed = serde_json::to_writer(&mut stdout, &result);
    let _closed = stdout.flush();
    true
}

fn read_and_parse(parser: impl FnOnce(&Original<'_>) -> Result<Parsed, Problem>) -> Result<Parsed, Problem> {
    let unreadable = |error: io::Error| crashed(format!("its parser got no file: {error}"));
    let mut stdin = io::stdin().lock();
    let (mut line, mut bytes) = (String::new(), Vec::new());
    stdin.read_line(&mut line).map_err(unreadable)?;
    stdin.read_to_end(&mut bytes).map_err(unreadable)?;
    let header: Header = serde_json::from_str(&line).map_err(|error| crashed(error.to_string()))?;
    parser(&Original {
        bytes: &bytes,
        media_type: header.media_type.as_deref(),
        name: header.name.as_deref(),
        url: header.url.as_deref(),
    })
}

/// Limits the memory of this process, and forbids it to open files and connections. The parent limits the time.
#[cfg(unix)]
fn limit_resources() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // Of files, the standard streams are open.
    for (resource, limit) in [
        (Resource::As, MAX_MEMORY),
        (Resource::Nofile, 3),
        (Resource::Core, 0),
    ] {
        let limit = Rlimit {
            current: Some(limit),
            maximum: Some(limit),
        };
        // Where a system does not know a limit, the time still ends the child.
        let _unknown = setrlimit(resource, limit);
    }
}

#[cfg(not(unix))]
fn limit_resources() {}
