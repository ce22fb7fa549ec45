//! reStructuredText, as docutils and Sphinx read it. Comments, targets and directives for the layout are left out; roles
//! and references become their text.

mod directive;
mod inline;
mod lines;
mod list;
mod table;

use self::{inline::Inline, lines::*};
use crate::{Format, Original, Parsed, Problem, blocks::Blocks, markdown::Budget, text};

/// How deep blocks may nest. What is deeper is read as a paragraph.
const MAX_NESTING: usize = 20;

/// Parses a text.
///
/// # Errors
/// [`Problem::Damaged`] for binary files, [`Problem::TooLarge`], [`Problem::NoText`].
pub(crate) fn parse(original: &Original<'_>) -> Result<Parsed, Problem> {
    let text = text::decode(original)?;
    let lines = split(&text);
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let mut reader = Reader::default();
    reader.define_substitutions(&lines);
    reader.read(&lines, Around::default())?;
    reader.blocks.end_label()?;
    reader.blocks.end_item()?;
    reader.blocks.markdown.finish(Format::Rst.media_type())
}

/// What is around blocks.
#[derive(Debug, Clone, Copy, Default)]
struct Around {
    /// Blocks of any kind.
    nesting: usize,
    /// Lists.
    lists: usize,
}

impl Around {
    fn block(self) -> Self {
        Self {
            nesting: self.nesting + 1,
            ..self
        }
    }

    fn list(self) -> Self {
        Self {
            nesting: self.nesting + 1,
            lists: self.lists + 1,
        }
    }
}

#[derive(Debug, Default)]
struct Reader {
    blocks: Blocks,
    inline: Inline,
    budget: Budget,
    /// Adornments of headings in the order of their appearance, which makes their level: the character, and whether it also
    /// stands above.
    adornments: Vec<(char, bool)>,
    /// The number of the last item, for items that are counted.
    number: u32,
}

impl Reader {
    /// Replacements may stand behind their use.
    fn define_substitutions(&mut self, lines: &[&str]) {
        for line in lines
            .iter()
            .filter_map(|line| line.trim_start().strip_prefix(".. |"))
        {
            if let Some((name, text)) = line.split_once("| replace::") {
                let text = text.trim().to_owned();
                self.inline.substitutions.insert(name.to_owned(), text);
            }
        }
    }

    fn read(&mut self, lines: &[&str], around: Around) -> Result<(), Problem> {
        if around.nesting > MAX_NESTING {
            return self.paragraph(lines);
        }
        let mut has_open_table = false;
        let mut at = 0;
        while at < lines.len() {
            let rest = &lines[at..];
            let first = rest[0];
            at += if first.is_empty() {
                1
            } else if first.starts_with(' ') {
                self.quotation(rest, around)?
            } else if let Some(taken) = self.heading(rest)? {
                taken
            } else if let Some((rows, taken)) = table::read(rest, &mut has_open_table, &mut self.budget)? {
                self.table(&rows)?;
                taken
            } else if first == ".." || first.starts_with(".. ") || first.starts_with("__ ") {
                self.explicit(rest, around)?
            } else if let Some(taken) = self.list(rest, around)? {
                taken
            } else {
                self.text_block(rest, around)?
            };
        }
        Ok(())
    }

    fn quotation(&mut self, lines: &[&str], around: Around) -> Result<usize, Problem> {
        let (body, taken) = indented(lines);
        self.blocks.end_item()?;
        self.blocks.quotes += 1;
        self.read(&dedent(body), around.block())?;
        self.blocks.end_item()?;
        self.blocks.quotes -= 1;
        Ok(taken)
    }

    /// Reads a heading or a rule, which are told by their adornments.
    fn heading(&mut self, lines: &[&str]) -> Result<Option<usize>, Problem> {
        let line = |number: usize| lines.get(number).copied().unwrap_or_default();
        if let Some(mark) = adornment(line(0)) {
            let title = line(1).trim();
            if !title.is_empty() && adornment(line(2)) == Some(mark) && adornment(line(1)).is_none() {
                self.write_heading(title, (mark, true))?;
                return Ok(Some(3));
            }
            let is_rule = line(0).len() >= 4 && line(1).is_empty();
            return Ok(is_rule.then_some(1));
        }
        let Some(mark) = adornment(line(1)) else {
            return Ok(None);
        };
        // A shorter underline is text, unless it is clearly meant as one.
        if line(1).len() < 4 && line(1).len() < line(0).chars().count() {
            return Ok(None);
        }
        self.write_heading(line(0), (mark, false))?;
        Ok(Some(2))
    }

    fn write_heading(&mut self, title: &str, adornment: (char, bool)) -> Result<(), Problem> {
        let known = self.adornments.iter().position(|known| *known == adornment);
        let level = known.unwrap_or_else(|| {
            self.adornments.push(adornment);
            self.adornments.len() - 1
        });
        let title = self.inline.text(title)?;
        self.blocks.heading(level + 1, &title)
    }

    fn table(&mut self, rows: &[Vec<String>]) -> Result<(), Problem> {
        let rows = rows
            .iter()
            .map(|row| row.iter().map(|cell| self.inline.text(cell)).collect());
        let rows = rows.collect::<Result<_, _>>()?;
        self.blocks.table(rows)
    }

    /// Reads a paragraph, a definition, or a literal block with the paragraph that announces it.
    fn text_block(&mut self, lines: &[&str], around: Around) -> Result<usize, Problem> {
        if lines[0].starts_with(">>> ") {
            let taken = lines.iter().take_while(|line| !line.is_empty()).count();
            self.blocks.code(&lines[..taken].join("\n"), "python")?;
            return Ok(taken);
        }
        let is_definition =
            lines.get(1).is_some_and(|line| line.starts_with(' ')) && !lines[0].ends_with("::");
        if is_definition {
            let (body, taken) = indented(&lines[1..]);
            let term = self.inline.text(lines[0])?;
            self.item(around, "-", &format!("{term}: "), &dedent(body))?;
            return Ok(1 + taken);
        }
        let is_end = |line: &&str| line.is_empty() || line.ends_with("::");
        // A paragraph that announces a literal block ends with the line that does.
        let taken = match lines.iter().position(is_end) {
            Some(end) => end + usize::from(!lines[end].is_empty()),
            None => lines.len(),
        };
        let paragraph = &lines[..taken];
        let Some(announcing) = paragraph.last().and_then(|line| line.strip_suffix("::")) else {
            self.paragraph(paragraph)?;
            return Ok(taken);
        };
        let last = match announcing.ends_with(' ') || announcing.is_empty() {
            true => announcing.trim_end().to_owned(),
            false => format!("{announcing}:"),
        };
        self.paragraph(&[&paragraph[..taken - 1], &[last.as_str()]].concat())?;
        let (body, literal) = indented(&lines[taken..]);
        self.blocks.code(&dedent(body).join("\n"), "")?;
        Ok(taken + literal)
    }

    fn paragraph(&mut self, lines: &[&str]) -> Result<(), Problem> {
        let lines: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
        let text = self.inline.text(&lines.join("\n"))?;
        self.blocks.paragraph(&text)
    }

    /// Writes an item with its blocks.
    fn item(&mut self, around: Around, marker: &str, text: &str, body: &[&str]) -> Result<(), Problem> {
        self.blocks.begin_item(around.lists, marker, text)?;
        self.read(body, around.list())?;
        self.blocks.end_item()
    }
}

/// The character of a line of adornments: two or more of the same punctuation.
fn adornment(line: &str) -> Option<char> {
    let mark = line.chars().next().filter(char::is_ascii_punctuation)?;
    let is_line =
        line.len() >= 2 && line.chars().all(|c| c == mark) && line != ".." && line != "::" && line != "__";
    is_line.then_some(mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(source: &str) -> String {
        let original = Original {
            bytes: source.as_bytes(),
            ..Original::default()
        };
        parse(&original).unwrap().text
    }

    #[test]
    fn headings_have_levels_in_the_order_of_their_adornments() {
        let source = "=====\nTitle\n=====\n\nOne\n---\n\nTwo\n~~~\ntext\n\n----\n\nThree\n-----\n";
        assert_eq!(text(source), "# Title\n\n## One\n\n### Two\n\ntext\n\n## Three");
    }

    #[test]
    fn lists_and_definitions_nest() {
        let source = "* a\n  b\n\n  c\n\n  1. d\n  #. e\n* f::\n\n    code\n\nterm : type\n   Meaning.\n\n:Author: Ada\n:orphan:\n\n\
            -v, --verbose  Say more.\n--quiet\n    Say less.\n--bare\n";
        let expected = "- a\n  b\n  c\n  1. d\n  2. e\n- f:\n\n```\ncode\n```\n\n- term : type: Meaning.\n- Author: Ada\n\
            - `-v, --verbose`: Say more.\n- `--quiet`: Say less.\n- `--bare`";
        assert_eq!(text(source), expected);
    }

    #[test]
    fn directives_keep_their_text() {
        let source = ".. comment\n   more\n\n.. _target: https://x.example\n\n.. note:: Mind\n   the gap.\n\n   * a\n\n\
            .. code-block:: rust\n   :linenos:\n\n   fn f() {\n       g();\n   }\n\n.. figure:: a.png\n   :alt: A lamp\n\n   The *lamp*.\n\n\
            .. toctree::\n   :maxdepth: 2\n\n   intro\n\n.. list-table:: Prices\n   :header-rows: 1\n\n   * - Tea\n     - Price\n   * - Green\n     - 3\n\n\
            .. csv-table::\n   :header: \"a\", \"b, c\"\n\n   1, 2\n\n.. versionadded:: 3.2\n   Now faster.\n\n.. autofunction:: f(a)\n   :noindex:\n\n   Does it.\n\n\
            .. [1] A *note*.\n\n.. warning::\n\n   Hot.\n";
        let expected = "Note: Mind\nthe gap.\n\n- a\n\n```rust\nfn f() {\n    g();\n}\n```\n\nA lamp\n\nThe lamp.\n\nPrices\n\n\
            | Tea | Price |\n| --- | --- |\n| Green | 3 |\n\n| a | b, c |\n| --- | --- |\n| 1 | 2 |\n\n\
            New in version 3.2: Now faster.\n\n`f(a)`\n\nDoes it.\n\n[1] A note.\n\nWarning: Hot.";
        assert_eq!(text(source), expected);
    }

    #[test]
    fn nesting_is_bounded() {
        let deep: String = (0..3000)
            .map(|depth| format!("{}x\n\n", " ".repeat(depth)))
            .collect();
        assert!(text(&deep).len() >= 1000);
        assert_eq!(
            text(&format!("{}x", "- ".repeat(100_000))).matches('x').count(),
            1
        );
    }
}
