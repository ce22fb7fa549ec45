//! The parts of an answer.

/// A part of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::llm) enum Part {
    /// Text that continues the answer; never empty.
    Text(String),
    /// All text so far was a thought: the answer begins after it.
    Retract,
}

/// Appends text to the parts; joins adjacent texts.
pub(super) fn append(parts: &mut Vec<Part>, text: &str) {
    match parts.last_mut() {
        Some(Part::Text(last)) => last.push_str(text),
        _ if text.is_empty() => {}
        _ => parts.push(Part::Text(text.to_owned())),
    }
}
