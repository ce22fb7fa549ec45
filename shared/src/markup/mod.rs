//! Markup of documents: Markdown with HTML and template tags, read once into leaves with their places, and shown clean.

mod hidden;
mod mask;
mod outline;
mod render;
mod tags;

pub use hidden::without_hidden;
pub use mask::mask;
pub use outline::{Inline, InlineKind, Leaf, LeafKind, List, Outline, parser};
