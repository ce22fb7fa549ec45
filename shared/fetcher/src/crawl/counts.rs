//! What a run has come to, in numbers.

use serde::{Deserialize, Serialize};

use super::page::{Effect, Outcome, State};

/// What a run has come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Requests for pages.
    pub requested: usize,
    /// Pages with new or changed content.
    pub stored: usize,
    /// Pages whose content has not changed.
    pub unchanged: usize,
    /// Pages with the content of another page.
    pub duplicates: usize,
    /// Redirects.
    pub moved: usize,
    /// Pages that are not wanted.
    pub skipped: usize,
    /// Pages that do not exist.
    pub gone: usize,
    /// Pages without result.
    pub failed: usize,
    /// Links that were not followed because they look endless.
    pub traps: usize,
}

impl Counts {
    /// Counts an outcome by the state that the page has after it, if that has changed.
    pub(crate) fn add(&mut self, outcome: &Outcome, state: Option<&State>, effect: Effect) {
        let count = match (outcome, state) {
            (Outcome::NotModified, _) => &mut self.unchanged,
            (_, Some(State::Stored)) if effect == Effect::Nothing => &mut self.unchanged,
            (_, Some(State::Stored)) => &mut self.stored,
            (_, Some(State::Duplicate { .. })) => &mut self.duplicates,
            (Outcome::Moved { .. }, _) => &mut self.moved,
            (Outcome::Gone, _) => &mut self.gone,
            (Outcome::Failed { .. }, _) => &mut self.failed,
            _ => &mut self.skipped,
        };
        *count += 1;
    }
}
