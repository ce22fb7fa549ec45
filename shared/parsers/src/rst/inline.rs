//! Inline markup: literals stay code, everything else becomes its text.

use std::collections::{HashMap, HashSet};

use crate::{Problem, markdown::Budget};

/// Roles whose text is the name of an object: `~os.path.join` is shown as `join`.
const OBJECTS: [&str; 12] = [
    "any", "attr", "class", "data", "exc", "func", "meth", "mod", "obj", "const", "type", "macro",
];

/// The longest name of a role, in bytes.
const MAX_ROLE: usize = 60;

/// Resolves inline markup.
#[derive(Debug, Default)]
pub(super) struct Inline {
    pub(super) substitutions: HashMap<String, String>,
    budget: Budget,
}

impl Inline {
    /// The text of inline markup. Literals are code of Markdown.
    ///
    /// # Errors
    /// [`Problem::TooLarge`] when substitutions repeat more than the largest text.
    pub(super) fn text(&mut self, source: &str) -> Result<String, Problem> {
        let mut scan = Scan {
            source,
            exhausted: HashSet::new(),
            text: String::with_capacity(source.len()),
        };
        let mut at = 0;
        while let Some(c) = source[at..].chars().next() {
            at = match scan.markup(at, c) {
                Some((Found::Text, end)) => end,
                Some((Found::Substitution(name), end)) => {
                    let value = self.substitutions.get(name).map_or(name, String::as_str);
                    self.budget.spend(value.len())?;
                    scan.text.push_str(value);
                    end
                }
                None => {
                    scan.text.push(c);
                    at + c.len_utf8()
                }
            };
        }
        Ok(scan.text)
    }
}

enum Found<'a> {
    /// Its text was written.
    Text,
    Substitution(&'a str),
}

struct Scan<'a> {
    source: &'a str,
    /// Marks with no end in the rest of the text. Looking for each of them again would take quadratic time.
    exhausted: HashSet<&'static str>,
    text: String,
}

impl<'a> Scan<'a> {
    /// Reads the markup that begins at a character, and returns where it ends.
    fn markup(&mut self, at: usize, c: char) -> Option<(Found<'a>, usize)> {
        let rest = &self.source[at..];
        if c == '\\' {
            let escaped = rest.chars().nth(1);
            self.text.extend(escaped.filter(|c| !c.is_whitespace()));
            return Some((Found::Text, at + 1 + escaped.map_or(0, char::len_utf8)));
        }
        if c == '_' && self.is_reference(at) {
            let end = rest.len() - rest.trim_start_matches('_').len();
            return Some((Found::Text, at + end));
        }
        if !matches!(c, '*' | '`' | '|' | ':' | '_' | '[') || !self.can_begin(at) {
            return None;
        }
        if rest.starts_with("``") {
            let (inner, end) = self.enclosed(at, "``")?;
            let fence = if inner.contains('`') { "``" } else { "`" };
            self.text.push_str(&format!("{fence}{}{fence}", inner.trim()));
            return Some((Found::Text, end));
        }
        for mark in ["**", "*"] {
            if rest.starts_with(mark) {
                let (inner, end) = self.enclosed(at, mark)?;
                self.text.push_str(&unescaped(inner));
                return Some((Found::Text, end));
            }
        }
        if c == '|' {
            let (name, end) = self.enclosed(at, "|")?;
            return Some((Found::Substitution(name), self.without_underscores(end)));
        }
        if c == '[' {
            let label = &rest[1..1 + rest[1..].find(['[', ']', '\n'])?];
            let after = rest.get(1 + label.len()..)?;
            if !after.starts_with("]_") || label.is_empty() {
                return None;
            }
            self.text
                .push_str(&format!("[{}]", label.trim_start_matches('#')));
            return Some((Found::Text, at + label.len() + 3));
        }
        self.interpreted(at)
    }

    /// Reads interpreted text (`` :role:`text <target>` ``), a phrase reference or an inline target.
    fn interpreted(&mut self, at: usize) -> Option<(Found<'a>, usize)> {
        let rest = &self.source[at..];
        let role = match rest.strip_prefix(':') {
            Some(rest) => {
                let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-._:".contains(byte);
                &rest[..rest.bytes().take(MAX_ROLE).take_while(is_part).count()]
            }
            None => "",
        };
        let opening = at + role.len() + usize::from(rest.starts_with(':'));
        let opening = opening + usize::from(rest.starts_with("_`"));
        let is_role = role.is_empty() || role.ends_with(':');
        if !is_role || !self.source[opening..].starts_with('`') {
            return None;
        }
        let (inner, end) = self.enclosed(opening, "`")?;
        let role = role.trim_end_matches(':').rsplit(':').next().unwrap_or_default();
        self.text.push_str(&role_text(role, inner));
        // A role may also follow its text.
        Some((Found::Text, self.without_underscores(end)))
    }

    /// What stands between the mark at a byte and the next one, and where that ends.
    fn enclosed(&mut self, at: usize, mark: &'static str) -> Option<(&'a str, usize)> {
        let start = at + mark.len();
        let is_blank = self.source[start..]
            .chars()
            .next()
            .is_none_or(char::is_whitespace);
        if is_blank || self.exhausted.contains(mark) {
            return None;
        }
        let bytes = self.source.as_bytes();
        for (found, _) in self.source[start..].match_indices(mark) {
            let end = start + found;
            let before = self.source[..end].chars().next_back().unwrap_or(' ');
            let after = self.source[end + mark.len()..].chars().next();
            let is_escaped = before == '\\' && mark != "``";
            let is_inside =
                mark == "`" && after == Some('`') || mark == "*" && bytes.get(end + 1) == Some(&b'*');
            let can_end = after.is_none_or(|c| !c.is_alphanumeric());
            if end > start && !before.is_whitespace() && !is_escaped && can_end && !is_inside {
                return Some((&self.source[start..end], end + mark.len()));
            }
        }
        self.exhausted.insert(mark);
        None
    }

    /// Whether markup may begin at a byte: behind a blank or punctuation, and not within quotation marks of its own.
    fn can_begin(&self, at: usize) -> bool {
        let before = self.source[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | '`' | '*' | '\\'))
    }

    /// Whether an underscore ends a reference: `name_` or `name__`.
    fn is_reference(&self, at: usize) -> bool {
        let before = self.source[..at].chars().next_back();
        let after = self.source[at..].trim_start_matches('_').chars().next();
        before.is_some_and(char::is_alphanumeric)
            && after.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '(' | '/' | '=' | '*' | '.'))
            || before.is_some_and(char::is_alphanumeric) && self.source[at..].starts_with("_.") && {
                let after = self.source[at + 2..].chars().next();
                after.is_none_or(char::is_whitespace)
            }
    }

    fn without_underscores(&self, end: usize) -> usize {
        let rest = &self.source[end..];
        let count = rest.bytes().take_while(|byte| *byte == b'_').take(2).count();
        end + count
    }
}

/// The text that a role shows.
fn role_text(role: &str, inner: &str) -> String {
    let inner = inner.trim();
    let (title, target) = match inner.rsplit_once('<') {
        Some((title, target)) if inner.ends_with('>') => (title.trim(), Some(target.trim_end_matches('>'))),
        _ => (inner, None),
    };
    let shown = unescaped(match (title, target) {
        ("", Some(target)) => target,
        (title, _) => title,
    });
    match (role, target) {
        ("pep", None) => format!("PEP {shown}"),
        ("rfc", None) => format!("RFC {shown}"),
        ("code" | "literal" | "command" | "file" | "samp" | "option" | "envvar" | "program", _) => {
            format!("`{shown}`")
        }
        (name, None) if OBJECTS.contains(&name) => {
            let name = shown.trim_start_matches('!');
            match name.strip_prefix('~') {
                Some(path) => path.rsplit('.').next().unwrap_or(path).to_owned(),
                None => name.trim_start_matches('.').to_owned(),
            }
        }
        _ => shown,
    }
}

fn unescaped(text: &str) -> String {
    let mut characters = text.chars();
    let mut plain = String::with_capacity(text.len());
    while let Some(c) = characters.next() {
        match c {
            '\\' => plain.extend(characters.next().filter(|c| !c.is_whitespace())),
            c => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(source: &str) -> String {
        let mut inline = Inline::default();
        inline
            .substitutions
            .insert("version".to_owned(), "3.2".to_owned());
        inline.text(source).unwrap()
    }

    #[test]
    fn markup_is_reduced_to_its_text() {
        let cases = [
            ("a *b c* **d** ``e_f``.", "a b c d `e_f`."),
            (
                "see :ref:`the guide <guide>`, :py:class:`~a.b.C`, :pep:`8`",
                "see the guide, C, PEP 8",
            ),
            (
                "`Rust <https://rust.example>`_ and docs_ and `more`__",
                "Rust and docs and more",
            ),
            (
                "|version|, |other|_ [1]_ [#n]_ [CIT2002]_",
                "3.2, other [1] [n] [CIT2002]",
            ),
            (r"\*a\* b\ c snake_case 2*3*4 *", "*a* bc snake_case 2*3*4 *"),
            ("__init__.py, x_, y_.", "__init__.py, x, y."),
            ("_`target` `unclosed :sup:`2`", "target unclosed :sup:`2"),
        ];
        for (source, expected) in cases {
            assert_eq!(text(source), expected, "{source}");
        }
    }

    #[test]
    fn open_marks_take_linear_time() {
        let source = "*a `b **c ``d |e ".repeat(200_000);
        assert_eq!(text(&source).len(), source.len());
    }
}
