//! Limits of the bodies of agents, shared by the parsers and the JSON Schemas.

/// The longest text of the entities agent, in code points.
pub(super) const MAX_ENTITIES_TEXT: usize = 10_000;
/// The longest claim of the fact-check agent, in code points.
pub(super) const MAX_CLAIM: usize = 2_000;
/// The longest text of the citation agent, in code points.
pub(super) const MAX_CITATION_TEXT: usize = 20_000;
/// The most texts or passages of a body.
pub(super) const MAX_SUPPLIED_TEXTS: usize = 40;
/// The longest of them, in code points.
pub(super) const MAX_SUPPLIED_TEXT: usize = 20_000;
