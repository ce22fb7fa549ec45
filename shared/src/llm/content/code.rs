//! Code in Markdown, as far as a text that is still being written shows it: spans and fences of backticks.

/// The shortest run of backticks that opens a fence.
const FENCE: usize = 3;

/// Follows a text character by character.
#[derive(Debug, Default)]
pub(super) struct CodeTracker {
    /// The length of the run of backticks that ends the text.
    run: usize,
    /// The length of the run that opened the code around the text.
    opened: Option<usize>,
}

/// Where the next character stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Prose,
    Span,
    Fence,
}

impl CodeTracker {
    /// Reads one character.
    pub(super) fn push(&mut self, character: char) {
        if character == '`' {
            self.run += 1;
            return;
        }
        self.opened = self.after_run();
        self.run = 0;
        // A span that is not closed on its line was none.
        if character == '\n' && self.opened.is_some_and(|length| length < FENCE) {
            self.opened = None;
        }
    }

    /// Returns where a character after the text stands.
    pub(super) fn place(&self) -> Place {
        match self.after_run() {
            None => Place::Prose,
            Some(FENCE..) => Place::Fence,
            Some(_) => Place::Span,
        }
    }

    /// The run that opened the code, if the run at the end of the text is complete.
    fn after_run(&self) -> Option<usize> {
        match (self.opened, self.run) {
            (opened, 0) => opened,
            (None, run) => Some(run),
            (Some(opened), run) => (opened != run).then_some(opened),
        }
    }
}
