//! Questions to the person at the terminal.

use std::io::IsTerminal;

use anstream::eprint;
use tokio::sync::oneshot;

/// Asks a yes/no question on the terminal. Resolves to no without one.
pub(crate) async fn confirm(question: &str) -> bool {
    if !is_interactive() {
        return false;
    }
    eprint!("{question} [y/N] ");
    // On a detached thread: a blocking read cannot be cancelled, and Ctrl-C must still end the command.
    let (send, receive) = oneshot::channel();
    std::thread::spawn(move || {
        let mut answer = String::new();
        let read = std::io::stdin().read_line(&mut answer);
        send.send(read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    });
    receive.await.unwrap_or(false)
}

/// Whether there is somebody to ask.
pub(crate) fn is_interactive() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}
