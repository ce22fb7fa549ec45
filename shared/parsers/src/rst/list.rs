//! Lists: bullets, numbers, fields and options.

use super::{Around, Reader, lines::*};
use crate::Problem;

impl Reader {
    /// Reads the item that the first line begins, and returns the number of lines taken.
    ///
    /// # Errors
    /// [`Problem::TooLarge`].
    pub(super) fn list(&mut self, lines: &[&str], around: Around) -> Result<Option<usize>, Problem> {
        let first = lines[0];
        if first.starts_with("| ") || first == "|" {
            return self.line_block(lines).map(Some);
        }
        if let Some((width, marker)) = self.marker(lines) {
            return self.marked(lines, width, &marker, around).map(Some);
        }
        if let Some((name, body)) = field(first) {
            let name = self.inline.text(name)?;
            // Empty fields such as `:orphan:` are for tools.
            return self.labelled(lines, &name, body, around).map(Some);
        }
        let Some((option, body)) = option(first) else {
            return Ok(None);
        };
        let is_described = !body.is_empty() || lines.get(1).is_some_and(|line| line.starts_with(' '));
        if is_described {
            return self
                .labelled(lines, &format!("`{option}`"), body, around)
                .map(Some);
        }
        self.item(around, "-", &format!("`{option}`"), &[])?;
        Ok(Some(1))
    }

    /// The width of the marker at the start of a line, with the blanks behind it, and the marker to write.
    fn marker(&mut self, lines: &[&str]) -> Option<(usize, String)> {
        let first = lines[0];
        let word = first.split(' ').next().unwrap_or_default();
        let blanks = indent(&first[word.len()..]);
        let width = word.len() + blanks.max(1);
        if matches!(word, "*" | "-" | "+" | "•" | "‣" | "⁃") {
            self.number = 0;
            return Some((width, "-".to_owned()));
        }
        let inner = word.strip_suffix(['.', ')'])?;
        let inner = inner.strip_prefix('(').unwrap_or(inner);
        let next = lines.get(1).copied().unwrap_or_default();
        let goes_on = |line: &str| line.is_empty() || line.starts_with(' ') || is_enumerator(line);
        if !is_enumerator(first) || !goes_on(next) || blanks == 0 && word.len() < first.len() {
            return None;
        }
        self.number = match inner.parse() {
            Ok(number) => number,
            // Letters and roman numerals are counted.
            Err(_) if matches!(inner, "a" | "A" | "i" | "I") => 1,
            Err(_) => self.number.saturating_add(1),
        };
        Some((width, format!("{}.", self.number)))
    }

    fn marked(
        &mut self,
        lines: &[&str],
        width: usize,
        marker: &str,
        around: Around,
    ) -> Result<usize, Problem> {
        let first = lines[0].get(width..).unwrap_or_default();
        let number = self.number;
        let (rest, taken) = indented(&lines[1..]);
        // Lines that are indented less than the text of the item belong to it all the same.
        let body: Vec<&str> = std::iter::once(first)
            .chain(rest.iter().map(|line| dedented(line, width)))
            .collect();
        self.item(around, marker, "", &body)?;
        self.number = number;
        Ok(1 + taken)
    }

    fn labelled(
        &mut self,
        lines: &[&str],
        label: &str,
        first: &str,
        around: Around,
    ) -> Result<usize, Problem> {
        let (rest, taken) = indented(&lines[1..]);
        let rest = dedent(rest);
        if !first.is_empty() || !rest.is_empty() {
            let body: Vec<&str> = std::iter::once(first).chain(rest).collect();
            self.item(around, "-", &format!("{label}: "), &body)?;
        }
        Ok(1 + taken)
    }

    fn line_block(&mut self, lines: &[&str]) -> Result<usize, Problem> {
        let is_part = |line: &&&str| line.starts_with("| ") || **line == "|" || line.starts_with(' ');
        let taken = lines.iter().take_while(is_part).count();
        let texts: Vec<&str> = lines[..taken]
            .iter()
            .map(|line| line.trim_start_matches('|'))
            .collect();
        self.paragraph(&texts)?;
        Ok(taken)
    }
}

/// Whether a line begins with a number, letter or short roman numeral of a list: `1.`, `(a)`, `#.`.
fn is_enumerator(line: &str) -> bool {
    let word = line.split(' ').next().unwrap_or_default();
    let Some(inner) = word.strip_suffix(['.', ')']) else {
        return false;
    };
    let inner = inner.strip_prefix('(').unwrap_or(inner);
    let is_roman = |c: char| "ivxlcIVXLC".contains(c);
    match inner.len() {
        1 => inner == "#" || inner.chars().all(|c| c.is_ascii_alphanumeric()),
        2..=9 => {
            inner.bytes().all(|byte| byte.is_ascii_digit()) || inner.len() < 6 && inner.chars().all(is_roman)
        }
        _ => false,
    }
}

/// The name and the text of a field: `:Author: Ada`.
pub(super) fn field(line: &str) -> Option<(&str, &str)> {
    let rest = line
        .strip_prefix(':')
        .filter(|rest| !rest.starts_with([' ', ':', '`']))?;
    let end = rest.find(": ").or_else(|| rest.strip_suffix(':').map(str::len))?;
    let name = &rest[..end];
    let is_role =
        rest[end..].starts_with(":`") || name.contains('`') && name.starts_with(|c: char| !c.is_alphabetic());
    (!is_role && !name.contains(":`")).then(|| (name, rest[end + 1..].trim()))
}

/// The options and the description of a line such as `-o FILE, --output=FILE  Write to it`.
fn option(line: &str) -> Option<(&str, &str)> {
    let name = line
        .strip_prefix("--")
        .or(line.strip_prefix('-'))
        .or(line.strip_prefix('/'))?;
    if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let (option, text) = line.split_once("  ").unwrap_or((line, ""));
    let mut words = option.split([' ', ',']).filter(|word| !word.is_empty());
    let is_word =
        |word: &str| word.starts_with(['-', '/', '<']) || !word.bytes().any(|byte| byte.is_ascii_lowercase());
    let is_option = option.len() < 80 && words.all(is_word);
    is_option.then(|| (option, text.trim()))
}
