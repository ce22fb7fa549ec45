//! Blocks between delimiters: code, tables, quotations, examples and comments.

use super::{ADMONITIONS, Reader, attributes::BlockAttributes, inline, table};
use crate::Problem;

impl Reader {
    /// Reads a block between delimiters, and returns the number of lines taken.
    pub(super) fn delimited(&mut self, lines: &[&str], nesting: usize) -> Result<Option<usize>, Problem> {
        let Some(mark) = delimiter(lines[0]) else {
            return Ok(None);
        };
        let opening = lines[0];
        let closing = if mark == '`' { "```" } else { opening };
        // A block that is not closed takes the rest.
        let end = lines[1..]
            .iter()
            .position(|line| *line == closing)
            .map_or(lines.len(), |end| end + 1);
        let body = &lines[1..end];
        let taken = (end + 1).min(lines.len());
        let above = std::mem::take(&mut self.above);
        if mark != '/' {
            self.end_lists_unless_attached()?;
        }
        match (mark, above.style()) {
            ('/', _) => self.above = above,
            ('|' | ',' | ':' | '!', _) => self.table(body, mark, &above)?,
            ('+', "stem" | "latexmath" | "asciimath") => self.code(&body.join("\n"), &above)?,
            ('+', _) => self.blocks.end_label()?,
            ('`', _) => {
                let language = opening
                    .trim_start_matches('`')
                    .split(',')
                    .next()
                    .unwrap_or_default();
                self.blocks.code(&body.join("\n"), language.trim())?;
            }
            ('-', "NOTE" | "TIP" | "IMPORTANT" | "WARNING" | "CAUTION" | "quote" | "abstract" | "")
                if opening == "--" =>
            {
                self.within(body, mark, &above, nesting)?;
            }
            ('-' | '.', _) => self.code(&body.join("\n"), &above)?,
            ('_', "verse") => {
                self.blocks.end_item()?;
                self.blocks.quotes += 1;
                let text = self.text(&body.join("\n"))?;
                self.blocks.paragraph(&text)?;
                self.attribution(&above)?;
                self.blocks.quotes -= 1;
            }
            _ => self.within(body, mark, &above, nesting)?,
        }
        Ok(Some(taken))
    }

    /// Reads the blocks of an example, a sidebar, a quotation, an admonition or an open block.
    fn within(
        &mut self,
        body: &[&str],
        mark: char,
        above: &BlockAttributes,
        nesting: usize,
    ) -> Result<(), Problem> {
        let outer = std::mem::take(&mut self.lists);
        let is_quote = mark == '_' || above.style() == "quote";
        self.blocks.end_item()?;
        if let Some((_, label)) = ADMONITIONS.iter().find(|(name, _)| *name == above.style()) {
            self.blocks.label(label)?;
        }
        self.blocks.quotes += usize::from(is_quote);
        self.read(body, nesting + 1)?;
        self.end_lists()?;
        self.attribution(above)?;
        self.blocks.quotes -= usize::from(is_quote);
        self.blocks.end_label()?;
        self.lists = outer;
        Ok(())
    }

    /// Writes who is quoted.
    pub(super) fn attribution(&mut self, above: &BlockAttributes) -> Result<(), Problem> {
        if !matches!(above.style(), "quote" | "verse") || above.positional(1).is_empty() {
            return Ok(());
        }
        let source = [above.positional(1), above.positional(2)].join(", ");
        let text = self.text(source.trim_end_matches(", "))?;
        self.blocks.paragraph(&text)
    }

    pub(super) fn code(&mut self, code: &str, above: &BlockAttributes) -> Result<(), Problem> {
        let stated = match above.style() {
            "source" | "" => above.positional(1),
            "stem" | "latexmath" | "asciimath" => "math",
            _ => "",
        };
        let default = match above.style() {
            "source" => self.attributes.get("source-language").unwrap_or_default(),
            _ => "",
        };
        let language = above
            .named("language")
            .unwrap_or(if stated.is_empty() { default } else { stated });
        let language = language.split(['%', '.']).next().unwrap_or_default().to_owned();
        // Attributes in code are text, unless the block asks for them.
        let code = match above
            .named("subs")
            .is_some_and(|subs| subs.contains("attributes") || subs.contains("normal"))
        {
            true => inline::substituted(code, &self.attributes, &mut self.budget)?,
            false => code.to_owned(),
        };
        self.blocks.code(&code, &language)
    }

    fn table(&mut self, body: &[&str], mark: char, above: &BlockAttributes) -> Result<(), Problem> {
        let rows = table::rows(body, mark, above, &mut self.budget)?;
        let rows = rows
            .into_iter()
            .map(|row| row.iter().map(|cell| self.text(cell)).collect());
        let rows = rows.collect::<Result<_, _>>()?;
        self.blocks.table(rows)
    }
}

/// The first character of the line that opens or closes a block.
pub(super) fn delimiter(line: &str) -> Option<char> {
    let first = line.chars().next()?;
    let is_same = || line.len() >= 4 && line.chars().all(|c| c == first);
    let is_delimiter = match first {
        '-' => line == "--" || is_same(),
        '.' | '=' | '*' | '_' | '+' | '/' => is_same(),
        '`' => line.starts_with("```") && !line[3..].contains('`'),
        '|' | ',' | ':' | '!' => line.len() >= 4 && line[1..].bytes().all(|byte| byte == b'='),
        _ => false,
    };
    is_delimiter.then_some(first)
}
