//! Attributes: those of the document, and the lists in brackets above blocks.

use std::collections::HashMap;

/// Attributes that every document has, as far as they stand for text.
const BUILT_IN: [(&str, &str); 23] = [
    ("amp", "&"),
    ("apos", "'"),
    ("asterisk", "*"),
    ("backslash", "\\"),
    ("backtick", "`"),
    ("blank", ""),
    ("caret", "^"),
    ("cpp", "C++"),
    ("deg", "°"),
    ("empty", ""),
    ("endsb", "]"),
    ("gt", ">"),
    ("hash", "#"),
    ("lt", "<"),
    ("nbsp", " "),
    ("plus", "+"),
    ("pp", "++"),
    ("quot", "\""),
    ("sp", " "),
    ("startsb", "["),
    ("tilde", "~"),
    ("vbar", "|"),
    ("zwsp", ""),
];

/// The attributes of the document.
#[derive(Debug)]
pub(super) struct Attributes(HashMap<String, String>);

impl Default for Attributes {
    fn default() -> Self {
        let built_in = BUILT_IN
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self(built_in.collect())
    }
}

impl Attributes {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Reads an entry such as `:name: value`, `:name!:` or `:!name:`, and says whether the line is one.
    pub(super) fn define(&mut self, line: &str) -> bool {
        let Some((name, value)) = entry(line) else {
            return false;
        };
        match name.strip_prefix('!').or(name.strip_suffix('!')) {
            Some(name) => {
                self.0.remove(name);
            }
            None => {
                self.0
                    .insert(name.to_owned(), value.trim_end_matches(" \\").to_owned());
            }
        }
        true
    }
}

fn entry(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.strip_prefix(':')?.split_once(':')?;
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '!');
    let is_entry =
        !name.is_empty() && name.chars().all(is_name) && (value.is_empty() || value.starts_with(' '));
    is_entry.then(|| (name, value.trim()))
}

/// The list above a block: `[source,rust]`, `[%header,cols="1,2"]`.
#[derive(Debug, Default)]
pub(super) struct BlockAttributes {
    positional: Vec<String>,
    named: Vec<(String, String)>,
}

impl BlockAttributes {
    /// Reads a line; `None` when it is no list of attributes. Lists above the same block add up.
    pub(super) fn read(&mut self, line: &str) -> bool {
        let Some(inner) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
            return false;
        };
        if inner.starts_with('[') && inner.ends_with(']') {
            return true;
        }
        if inner.starts_with(|c: char| !c.is_alphanumeric() && !"#.%\"',".contains(c)) {
            return false;
        }
        for part in split(inner) {
            match part.split_once('=') {
                Some((name, value))
                    if name
                        .trim()
                        .chars()
                        .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_')) =>
                {
                    let value = value.trim().trim_matches(['"', '\'']).to_owned();
                    self.named.push((name.trim().to_owned(), value));
                }
                _ => self
                    .positional
                    .push(part.trim().trim_matches(['"', '\'']).to_owned()),
            }
        }
        true
    }

    /// The kind of the block: `source`, `NOTE`.
    pub(super) fn style(&self) -> &str {
        self.positional(0)
            .split(['#', '.', '%'])
            .next()
            .unwrap_or_default()
    }

    pub(super) fn positional(&self, number: usize) -> &str {
        self.positional.get(number).map_or("", String::as_str)
    }

    pub(super) fn named(&self, name: &str) -> Option<&str> {
        let found = self.named.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Splits at commas that are not in quotation marks.
fn split(text: &str) -> Vec<&str> {
    let mut is_quoted = false;
    let parts = text.split(move |c| {
        is_quoted ^= c == '"';
        c == ',' && !is_quoted
    });
    parts.collect()
}
