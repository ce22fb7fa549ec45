//! Lists: bullets, numbers, descriptions and callouts.

use super::{Reader, delimited::delimiter};
use crate::Problem;

/// The lists that are open, the outermost first: the marker of their items and the number of the last.
#[derive(Debug, Default)]
pub(super) struct Lists {
    open: Vec<(String, u32)>,
    /// Whether the next block belongs to the item, because a line `+` is in front of it.
    pub(super) is_attached: bool,
    pub(super) is_after_blank: bool,
}

/// How a line begins an item.
struct Marker<'a> {
    /// The same for all items of a list.
    kind: String,
    is_numbered: bool,
    label: Option<&'a str>,
    text: &'a str,
}

impl Reader {
    /// Reads the item that the first line begins, and returns the number of lines taken.
    ///
    /// # Errors
    /// [`Problem::TooLarge`].
    pub(super) fn list(&mut self, lines: &[&str]) -> Result<Option<usize>, Problem> {
        let Some(item) = marker(lines[0]) else {
            return Ok(None);
        };
        let is_part = |line: &&&str| {
            let is_above = line.starts_with('[') && line.ends_with(']') || line.starts_with("//");
            let is_next =
                line.is_empty() || **line == "+" || marker(line).is_some() || delimiter(line).is_some();
            !is_above && !is_next
        };
        // The text of a description may follow a blank line.
        let skipped = match item.text {
            "" => lines[1..].iter().take_while(|line| line.is_empty()).count(),
            _ => 0,
        };
        let more = lines[1 + skipped..].iter().take_while(is_part).count();
        let skipped = if more == 0 { 0 } else { skipped };
        let first = std::iter::once(item.text).filter(|text| !text.is_empty());
        let rest = lines[1 + skipped..1 + skipped + more]
            .iter()
            .map(|line| line.trim());
        let source = first.chain(rest).collect::<Vec<_>>().join("\n");
        let start = self.above.named("start").and_then(|start| start.parse().ok());
        self.above = Default::default();
        let known = self.lists.open.iter().position(|(kind, _)| *kind == item.kind);
        match known {
            Some(depth) => self.lists.open.truncate(depth + 1),
            None => self.lists.open.push((item.kind, 0)),
        }
        let depth = self.lists.open.len() - 1;
        let number = match self.lists.open.last_mut() {
            Some((_, number)) => {
                *number = start.unwrap_or(number.saturating_add(1));
                *number
            }
            None => 1,
        };
        let written = if item.is_numbered {
            format!("{number}.")
        } else {
            "-".to_owned()
        };
        let label = match item.label {
            Some(label) => format!("{}: ", self.text(label)?),
            None => String::new(),
        };
        let text = self.text(&source)?;
        self.blocks.begin_item(depth, &written, &label)?;
        self.blocks.paragraph(&text)?;
        self.lists.is_attached = false;
        self.lists.is_after_blank = false;
        Ok(Some(1 + skipped + more))
    }

    /// Ends all lists.
    ///
    /// # Errors
    /// [`Problem::TooLarge`].
    pub(super) fn end_lists(&mut self) -> Result<(), Problem> {
        self.lists = Lists::default();
        self.blocks.end_item()
    }

    /// Ends all lists before a block, unless it belongs to an item.
    ///
    /// # Errors
    /// [`Problem::TooLarge`].
    pub(super) fn end_lists_unless_attached(&mut self) -> Result<(), Problem> {
        match self.lists.is_attached || !self.lists.is_after_blank {
            true => Ok(()),
            false => self.end_lists(),
        }
    }
}

fn marker(line: &str) -> Option<Marker<'_>> {
    let line = line.trim_start_matches(' ');
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let text = rest.trim();
    let kind = word.to_owned();
    let is_run = |mark: char| word.len() <= 5 && !word.is_empty() && word.chars().all(|c| c == mark);
    if is_run('*') || word == "-" || word == "•" {
        let text = ["[x] ", "[*] ", "[ ] "]
            .iter()
            .find_map(|check| text.strip_prefix(check))
            .unwrap_or(text);
        return (!text.is_empty()).then_some(Marker {
            kind,
            is_numbered: false,
            label: None,
            text,
        });
    }
    let digits = word
        .strip_suffix('.')
        .or(word.strip_prefix('<').and_then(|word| word.strip_suffix('>')));
    let is_number = digits.is_some_and(|digits| {
        let is_letter = digits.len() == 1
            && digits
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || byte == b'.');
        is_letter || (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    });
    if is_run('.') || is_number {
        let kind = match word.as_bytes().first() {
            Some(b'.') => kind,
            Some(b'<') => "<".to_owned(),
            Some(byte) if byte.is_ascii_digit() => "1".to_owned(),
            _ => "a".to_owned(),
        };
        return (!text.is_empty()).then_some(Marker {
            kind,
            is_numbered: true,
            label: None,
            text,
        });
    }
    for kind in ["::::", ":::", "::", ";;"] {
        let at = match line.strip_suffix(kind) {
            Some(label) => Some(label.len()),
            None => line.find(&format!("{kind} ")),
        };
        if let Some(at) = at.filter(|at| *at > 0 && !line[..*at].ends_with(':')) {
            return Some(Marker {
                kind: kind.to_owned(),
                is_numbered: false,
                label: Some(&line[..at]),
                text: line[at + kind.len()..].trim(),
            });
        }
    }
    None
}
