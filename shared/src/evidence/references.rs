//! Lists of references at the end of an answer: they name sources and claim nothing.

/// The headings of such lists, in lower case.
const HEADINGS: [&str; 16] = [
    "bibliography",
    "citations",
    "cited sources",
    "footnotes",
    "further reading",
    "literature",
    "notes",
    "quellen",
    "quellenangaben",
    "reference",
    "references",
    "referencias",
    "références",
    "source",
    "sources",
    "works cited",
];

/// Returns where the list of references starts, in bytes: at a heading before a list, or at a definition `[1]: ...` if
/// nothing but definitions follows. The length of the answer if it has none.
pub(super) fn references_start(answer: &str) -> usize {
    let mut start = 0;
    for line in answer.split_inclusive('\n') {
        let after = &answer[start + line.len()..];
        let ends_in_definitions = || {
            after
                .lines()
                .all(|line| line.trim().is_empty() || is_definition(line))
        };
        if is_definition(line) && ends_in_definitions() || is_heading(line, after) {
            return start;
        }
        start += line.len();
    }
    answer.len()
}

/// Whether a line is a definition of Markdown: `[1]: https://example.com`, `[^1]: A title`.
fn is_definition(line: &str) -> bool {
    let label = line
        .trim_start()
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("]:"));
    label.is_some_and(|(label, _)| {
        let label = label.trim_start_matches('^');
        !label.is_empty() && label.len() <= 16 && label.chars().all(char::is_alphanumeric)
    })
}

/// Whether a line is a heading of references, and a list follows it.
fn is_heading(line: &str, after: &str) -> bool {
    let is_markup = |character: char| matches!(character, '#' | '*' | '_' | '=' | '>' | '-' | ' ');
    let line = line.trim().trim_matches(is_markup);
    let (heading, rest) = line.split_once(':').unwrap_or((line, ""));
    if !HEADINGS.contains(&heading.trim_matches(is_markup).to_lowercase().as_str()) {
        return false;
    }
    let rest = rest.trim_matches(is_markup);
    let list = if rest.is_empty() { after } else { rest };
    let entry = list.trim_start_matches(|character: char| character.is_whitespace());
    let is_bullet = rest.is_empty() && entry.starts_with(['-', '*', '•', '–']);
    is_bullet
        || entry.starts_with(|character: char| {
            character.is_numeric() || matches!(character, '[' | '(' | '^' | '【')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_references_are_found() {
        for list in [
            "References:\n[1] The Lamp\n[2] The Keeper",
            "**Sources**\n\n1. The Lamp, https://example.com/lamp",
            "## Sources\n- The Lamp",
            "**References:** [1] The Lamp",
            "Sources: [1], [2]",
            "Quellen:\n* Die Lampe",
            "[^1]: The Lamp",
            "[1]: https://example.com/lamp",
            "[1]: https://example.com/lamp\n\n[2]: https://example.com/keeper\n",
        ] {
            let answer = format!("The lamp was lit in 1871 [1].\n\n{list}");
            assert_eq!(references_start(&answer), 31, "{list}");
            assert_eq!(references_start(list), 0, "{list}");
        }
    }

    #[test]
    fn other_lines_are_the_answer() {
        for answer in [
            "",
            "The lamp was lit in 1871.\n[1] Its keeper was Ada Holm.",
            "The river has two sources:\n- A spring.\n- A lake.",
            "Sources: a spring and a lake.",
            "Notes\nThe lamp was lit in 1871.",
            "References",
            "The lamp is [lit][1].\n\n[1]: https://example.com\n\nIts keeper was Ada Holm. [1]",
        ] {
            assert_eq!(references_start(answer), answer.len(), "{answer}");
        }
    }
}
