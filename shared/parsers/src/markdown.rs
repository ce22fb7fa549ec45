//! Writes Markdown: blocks, their escapes, the cap on the text and where its parts come from.

use crate::{Location, MAX_TEXT_BYTES, Parsed, Place, Problem};

/// A block of text. Texts are plain: the writer escapes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    /// A heading with its level, from 1.
    Heading(usize, String),
    /// A paragraph; line breaks are kept.
    Paragraph(String),
    /// A quotation.
    Quote(String),
    /// Lines of code.
    Code(String),
    /// An item of a list.
    Item {
        /// Number of lists around it.
        depth: usize,
        /// `-`, or a number with a full stop.
        marker: String,
        /// Its text.
        text: String,
    },
    /// A table; the first row is its header.
    Table(Vec<Vec<String>>),
}

/// Limits the text that a parser gathers before it is written.
#[derive(Debug)]
pub(crate) struct Budget {
    bytes_left: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            bytes_left: MAX_TEXT_BYTES,
        }
    }
}

impl Budget {
    /// # Errors
    /// [`Problem::TooLarge`] when more than the largest text was gathered.
    pub(crate) fn spend(&mut self, bytes: usize) -> Result<(), Problem> {
        let left = self.bytes_left.checked_sub(bytes);
        self.bytes_left = left.ok_or_else(too_large)?;
        Ok(())
    }
}

/// The text so far.
#[derive(Debug, Default)]
pub(crate) struct Markdown {
    text: String,
    code_points: usize,
    /// Widths of the markers of the items that are open.
    indents: Vec<usize>,
    pending: Option<Place>,
    locations: Vec<Location>,
    pub(crate) notes: Vec<String>,
}

impl Markdown {
    /// Says where the blocks that follow come from.
    pub(crate) fn place(&mut self, place: Place) {
        self.pending = Some(place);
    }

    /// Writes blocks.
    ///
    /// # Errors
    /// [`Problem::TooLarge`].
    pub(crate) fn blocks(&mut self, blocks: &[Block]) -> Result<(), Problem> {
        blocks.iter().try_for_each(|block| self.block(block))
    }

    /// Writes a block; one without text is left out.
    ///
    /// # Errors
    /// [`Problem::TooLarge`].
    pub(crate) fn block(&mut self, block: &Block) -> Result<(), Problem> {
        if let Block::Item { depth, marker, text } = block {
            return self.item(*depth, marker, text);
        }
        let written = match block {
            Block::Heading(level, text) => heading(*level, text),
            Block::Quote(text) => prefixed(&clean(text), "> "),
            Block::Code(text) => fenced(text, ""),
            Block::Table(rows) => return self.table(rows),
            Block::Paragraph(text) | Block::Item { text, .. } => escape_lines(&clean(text)),
        };
        self.raw(&written)
    }

    /// Writes text that is Markdown already.
    ///
    /// # Errors
    /// [`Problem::TooLarge`].
    pub(crate) fn raw(&mut self, markdown: &str) -> Result<(), Problem> {
        let markdown = markdown.trim_matches('\n');
        if markdown.trim().is_empty() {
            return Ok(());
        }
        self.indents.clear();
        self.begin("\n\n")?;
        self.push(markdown)
    }

    /// Appends text to the last block, a paragraph or an item.
    ///
    /// # Errors
    /// [`Problem::TooLarge`].
    pub(crate) fn continued(&mut self, text: &str) -> Result<(), Problem> {
        let is_apart = text.starts_with(' ') && !self.text.is_empty();
        let text = clean(text).replace('\n', " ");
        if is_apart && !text.is_empty() {
            self.push(" ")?;
        }
        self.begin("")?;
        self.push(&text)
    }

    fn item(&mut self, depth: usize, marker: &str, text: &str) -> Result<(), Problem> {
        let text = clean(text);
        if text.is_empty() {
            return Ok(());
        }
        let is_first = self.indents.is_empty();
        // An item may be at most one level deeper than the one before it.
        self.indents.truncate(depth.min(self.indents.len()));
        let indent = " ".repeat(self.indents.iter().sum());
        self.begin(if is_first { "\n\n" } else { "\n" })?;
        let hanging = format!("\n{indent}{}", " ".repeat(marker.len() + 1));
        self.push(&format!(
            "{indent}{marker} {}",
            escape_lines(&text).replace('\n', &hanging)
        ))?;
        self.indents.push(marker.len() + 1);
        Ok(())
    }

    fn table(&mut self, rows: &[Vec<String>]) -> Result<(), Problem> {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        if rows.iter().flatten().all(|cell| cell.trim().is_empty()) {
            return Ok(());
        }
        self.rows(columns, rows.iter().map(|row| row.iter().map(String::as_str)))
    }

    /// Writes a table row by row, so that blank cells need no memory. The first row is its header; rows that are shorter
    /// than `columns` are filled up.
    ///
    /// # Errors
    /// [`Problem::TooLarge`].
    pub(crate) fn rows<'a, R: Iterator<Item = &'a str>>(
        &mut self,
        columns: usize,
        rows: impl Iterator<Item = R>,
    ) -> Result<(), Problem> {
        self.indents.clear();
        self.begin("\n\n")?;
        for (number, row) in rows.enumerate() {
            self.push(if number > 0 { "\n|" } else { "|" })?;
            for cell in row.chain(std::iter::repeat("")).take(columns) {
                let cell = clean(cell).replace('|', "\\|").replace('\n', " ");
                self.push(" ")?;
                self.push(&cell)?;
                self.push(if cell.is_empty() { "|" } else { " |" })?;
            }
            if number == 0 {
                self.push("\n|")?;
                for _ in 0..columns {
                    self.push(" --- |")?;
                }
            }
        }
        Ok(())
    }

    fn begin(&mut self, separator: &str) -> Result<(), Problem> {
        if !self.text.is_empty() {
            self.push(separator)?;
        }
        if let Some(place) = self.pending.take() {
            let start = self.code_points;
            self.locations.push(Location { start, place });
        }
        Ok(())
    }

    fn push(&mut self, text: &str) -> Result<(), Problem> {
        if self.text.len() + text.len() > MAX_TEXT_BYTES {
            return Err(too_large());
        }
        self.text.push_str(text);
        self.code_points += text.chars().count();
        Ok(())
    }

    /// The text with its places and notes.
    ///
    /// # Errors
    /// [`Problem::NoText`].
    pub(crate) fn finish(self, media_type: &str) -> Result<Parsed, Problem> {
        if self.text.is_empty() {
            let detail = match self.notes.is_empty() {
                true => "it is empty, or has pictures only".to_owned(),
                false => self.notes.join("; "),
            };
            return Err(Problem::no_text(detail));
        }
        Ok(Parsed {
            text: self.text,
            media_type: media_type.to_owned(),
            locations: self.locations,
            notes: self.notes,
            ..Parsed::default()
        })
    }
}

/// Adds a table, given as the blocks of the cells of its rows. A table of one cell is a frame around text.
pub(crate) fn push_table(mut rows: Vec<Vec<Vec<Block>>>, blocks: &mut Vec<Block>) {
    let mut cells = rows.iter_mut().flatten();
    match (cells.next(), cells.next()) {
        (Some(only), None) => blocks.append(only),
        _ => {
            let rows = rows
                .iter()
                .map(|row| row.iter().map(|cell| one_line(cell)).collect());
            blocks.push(Block::Table(rows.collect()));
        }
    }
}

/// The text of blocks on one line, as in a cell of a table. Rows of nested tables are separated by semicolons.
pub(crate) fn one_line(blocks: &[Block]) -> String {
    let texts = blocks.iter().map(|block| match block {
        Block::Heading(_, text) | Block::Paragraph(text) | Block::Quote(text) | Block::Code(text) => {
            text.clone()
        }
        Block::Item { marker, text, .. } if marker == "-" => text.clone(),
        Block::Item { marker, text, .. } => format!("{marker} {text}"),
        Block::Table(rows) => {
            let rows = rows.iter().map(|row| {
                let cells = row.iter().filter(|cell| !cell.trim().is_empty());
                cells.map(String::as_str).collect::<Vec<_>>().join(", ")
            });
            rows.collect::<Vec<_>>().join("; ")
        }
    });
    let texts = texts.map(|text| clean(&text).replace('\n', " "));
    let texts: Vec<String> = texts.filter(|text| !text.is_empty()).collect();
    texts.join(" ")
}

/// Drops control characters, soft hyphens and zero-width spaces, and joins runs of spaces. Line breaks are kept.
pub(crate) fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => {
                cleaned.truncate(cleaned.trim_end_matches(' ').len());
                if !cleaned.is_empty() && !cleaned.ends_with('\n') {
                    cleaned.push('\n');
                }
            }
            ' ' | '\t' | '\r' if cleaned.is_empty() || cleaned.ends_with([' ', '\n']) => {}
            ' ' | '\t' | '\r' => cleaned.push(' '),
            '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}' => {}
            c if c.is_control() => {}
            c => cleaned.push(c),
        }
    }
    cleaned.truncate(cleaned.trim_end().len());
    cleaned
}

fn heading(level: usize, text: &str) -> String {
    match clean(text).replace('\n', " ") {
        text if text.is_empty() => text,
        text => format!("{} {text}", "#".repeat(level.clamp(1, 6))),
    }
}

fn prefixed(text: &str, prefix: &str) -> String {
    let lines = text.lines().map(|line| format!("{prefix}{}", escape_line(line)));
    lines.collect::<Vec<_>>().join("\n")
}

/// A fenced block of code; the language may be empty.
pub(crate) fn fenced(code: &str, language: &str) -> String {
    if code.trim().is_empty() {
        return String::new();
    }
    let is_kept = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    let code: String = code.chars().filter(is_kept).collect();
    let runs = code.split(|c| c != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or(0).max(2) + 1);
    let code = code.trim_end().trim_start_matches('\n');
    format!("{fence}{language}\n{code}\n{fence}")
}

/// Escapes lines that would be read as the start of a block.
pub(crate) fn escape_lines(text: &str) -> String {
    text.lines().map(escape_line).collect::<Vec<_>>().join("\n")
}

/// Escapes a line that would be read as a heading, an item, a quotation, a table, a rule, an underline or a fence.
fn escape_line(line: &str) -> String {
    let marker = line.split(' ').next().unwrap_or_default();
    let digits = marker.trim_end_matches(['.', ')']);
    let is_number = marker.len() == digits.len() + 1
        && (1..=9).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number {
        return format!("{digits}\\{}", &line[digits.len()..]);
    }
    let is_rule = |c: char| line.len() > 2 && line.chars().all(|other| other == c || other == ' ');
    let is_underline = |c: char| !line.is_empty() && line.chars().all(|other| other == c);
    let is_marker = matches!(marker, "-" | "+" | "*")
        || (1..=6).contains(&marker.len()) && marker.bytes().all(|byte| byte == b'#')
        || line.starts_with(['>', '|'])
        || line.starts_with("```")
        || line.starts_with("~~~")
        || is_rule('-')
        || is_underline('-')
        || is_underline('=')
        || is_rule('*')
        || is_rule('_');
    match is_marker {
        true => format!("\\{line}"),
        false => line.to_owned(),
    }
}

fn too_large() -> Problem {
    Problem::too_large(format!("its text has more than {MAX_TEXT_BYTES} bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(depth: usize, marker: &str, text: &str) -> Block {
        let (marker, text) = (marker.to_owned(), text.to_owned());
        Block::Item { depth, marker, text }
    }

    #[test]
    fn blocks_are_separated_and_lists_nest() {
        let mut markdown = Markdown::default();
        let blocks = [
            Block::Heading(2, "Tea\tand\u{AD} milk".into()),
            Block::Paragraph("# one\n1. two\nthree".into()),
            item(0, "1.", "a"),
            item(1, "-", "b\nc"),
            item(5, "-", "d"),
            item(0, "2.", "e"),
            Block::Code("let a = `b`;".into()),
        ];
        markdown.blocks(&blocks).unwrap();
        let expected = "## Tea and milk\n\n\\# one\n1\\. two\nthree\n\n1. a\n   - b\n     c\n     - d\n2. e\n\n```\nlet a = `b`;\n```";
        assert_eq!(markdown.text, expected);
    }

    #[test]
    fn tables_are_padded_and_located() {
        let mut markdown = Markdown::default();
        markdown.block(&Block::Paragraph("é".into())).unwrap();
        markdown.place(Place::Slide(2));
        let rows = vec![vec!["a|b".into(), "c\nd".into()], vec!["e".into()]];
        markdown.block(&Block::Table(rows)).unwrap();
        assert_eq!(markdown.text, "é\n\n| a\\|b | c d |\n| --- | --- |\n| e | |");
        let place = Place::Slide(2);
        assert_eq!(markdown.locations, [Location { start: 3, place }]);
    }

    #[test]
    fn the_text_is_capped_while_it_is_written() {
        let mut markdown = Markdown::default();
        let rows = vec![vec![String::new(); 16_384]; 100];
        let rows = [vec![vec!["a".to_owned()]], rows].concat();
        let result = markdown.block(&Block::Table(rows));
        assert!(matches!(result, Err(Problem::TooLarge { .. })));
    }
}
