//! AsciiDoc, as Asciidoctor reads it. Comments, attributes, anchors and macros for the layout are left out; links and other
//! inline markup become their text. Included files are not read.

mod attributes;
mod conditions;
mod delimited;
mod inline;
mod list;
mod table;

use self::{
    attributes::{Attributes, BlockAttributes},
    delimited::delimiter,
    list::Lists,
};
use crate::{Format, Original, Parsed, Problem, blocks::Blocks, markdown::Budget, text};

/// How deep blocks may nest. What is deeper is left out.
const MAX_NESTING: usize = 20;

const ADMONITIONS: [(&str, &str); 5] = [
    ("NOTE", "Note"),
    ("TIP", "Tip"),
    ("IMPORTANT", "Important"),
    ("WARNING", "Warning"),
    ("CAUTION", "Caution"),
];

/// Parses a text.
///
/// # Errors
/// [`Problem::Damaged`] for binary files, [`Problem::TooLarge`], [`Problem::NoText`].
pub(crate) fn parse(original: &Original<'_>) -> Result<Parsed, Problem> {
    let text = text::decode(original)?;
    let text = text.replace(['\t', '\x0C'], " ");
    let lines = conditions::kept(text.lines().map(str::trim_end));
    let mut reader = Reader::default();
    let body = reader.header(&lines)?;
    reader.read(&lines[body..], 0)?;
    reader.end_lists()?;
    reader.blocks.end_label()?;
    if reader.includes > 0 {
        let note = format!("included files left out: {}", reader.includes);
        reader.blocks.markdown.notes.push(note);
    }
    Ok(Parsed {
        title: reader.title,
        ..reader.blocks.markdown.finish(Format::AsciiDoc.media_type())?
    })
}

#[derive(Debug, Default)]
struct Reader {
    blocks: Blocks,
    attributes: Attributes,
    budget: Budget,
    /// What stands above the next block.
    above: BlockAttributes,
    lists: Lists,
    title: Option<String>,
    includes: usize,
}

impl Reader {
    /// Reads the title, the author and the revision, and returns the number of lines taken.
    fn header(&mut self, lines: &[&str]) -> Result<usize, Problem> {
        let is_before =
            |line: &&&str| line.is_empty() || line.starts_with("//") || line.starts_with([':', '[']);
        let start = lines.iter().take_while(is_before).count();
        let Some(title) = lines
            .get(start)
            .and_then(|line| line.strip_prefix("= ").or(line.strip_prefix("# ")))
        else {
            return Ok(0);
        };
        let mut people = Vec::new();
        let rest = lines[start + 1..].iter().take_while(|line| !line.is_empty());
        let mut taken = start + 1;
        for line in rest {
            taken += 1;
            match self.attributes.define(line) {
                true => {}
                false if line.starts_with("//") => {}
                false => people.push(*line),
            }
        }
        lines[..start].iter().for_each(|line| {
            self.attributes.define(line);
        });
        let title = self.text(title)?;
        self.blocks.heading(1, &title)?;
        self.title = Some(title.trim().to_owned());
        self.blocks.paragraph(&people.join("\n"))?;
        Ok(taken)
    }

    fn text(&mut self, source: &str) -> Result<String, Problem> {
        inline::text(source, &self.attributes, &mut self.budget)
    }

    fn read(&mut self, lines: &[&str], nesting: usize) -> Result<(), Problem> {
        if nesting > MAX_NESTING {
            return Ok(());
        }
        let mut at = 0;
        while at < lines.len() {
            let rest = &lines[at..];
            at += match self.line(rest)? {
                Some(taken) => taken,
                None => match self.delimited(rest, nesting)? {
                    Some(taken) => taken,
                    None => self.paragraph(rest)?,
                },
            };
        }
        Ok(())
    }

    /// Reads what takes one line or is told by its first, and returns the number of lines taken.
    fn line(&mut self, lines: &[&str]) -> Result<Option<usize>, Problem> {
        let line = lines[0];
        if line.is_empty() {
            self.lists.is_attached = false;
            self.lists.is_after_blank = true;
            return Ok(Some(1));
        }
        if line == "+" {
            self.lists.is_attached = true;
            return Ok(Some(1));
        }
        let is_comment = line.starts_with("//") && !line.starts_with("///");
        if is_comment && !(line.len() == 4 && line == "////") || matches!(line, "'''" | "---" | "***" | "<<<")
        {
            return Ok(Some(1));
        }
        if self.attributes.define(line) || self.above.read(line) {
            return Ok(Some(1));
        }
        if line.starts_with("include::") {
            self.includes += 1;
            return Ok(Some(1));
        }
        if let Some(title) = line
            .strip_prefix('.')
            .filter(|rest| !rest.starts_with([' ', '.']) && !rest.is_empty())
        {
            self.end_lists_unless_attached()?;
            let title = self.text(title)?;
            self.blocks.end_item()?;
            self.blocks.label(&title)?;
            return Ok(Some(1));
        }
        if let Some((level, title)) = section(lines) {
            self.end_lists()?;
            let title = self.text(title)?;
            self.blocks.heading(level, &title)?;
            self.above = BlockAttributes::default();
            return Ok(Some(if line.starts_with(['=', '#']) { 1 } else { 2 }));
        }
        if let Some((name, rest)) = line.split_once("::").filter(|_| line.ends_with(']'))
            && matches!(name, "image" | "video" | "audio" | "toc" | "kbd" | "footnote")
        {
            let alternative = rest
                .split_once('[')
                .map_or("", |(_, text)| text.trim_end_matches(']'));
            let shown = alternative
                .split(',')
                .next()
                .unwrap_or_default()
                .trim_matches('"');
            let is_shown = name == "image" && !shown.contains('=');
            self.above = BlockAttributes::default();
            if is_shown && !shown.is_empty() {
                self.blocks.paragraph(shown)?;
            }
            self.blocks.end_label()?;
            return Ok(Some(1));
        }
        self.list(lines)
    }

    /// Reads a paragraph, and returns the number of lines taken.
    fn paragraph(&mut self, lines: &[&str]) -> Result<usize, Problem> {
        let is_end = |line: &&str| {
            line.is_empty()
                || *line == "+"
                || delimiter(line).is_some()
                || line.starts_with('[') && line.ends_with(']')
        };
        let taken = 1 + lines[1..].iter().take_while(|line| !is_end(line)).count();
        let paragraph = &lines[..taken];
        self.end_lists_unless_attached()?;
        let above = std::mem::take(&mut self.above);
        let is_code = matches!(
            above.style(),
            "source" | "listing" | "literal" | "stem" | "latexmath"
        );
        if is_code || lines[0].starts_with(' ') {
            let width = paragraph
                .iter()
                .map(|line| line.len() - line.trim_start_matches(' ').len())
                .min();
            let code = paragraph.iter().map(|line| &line[width.unwrap_or(0)..]);
            let code = code.collect::<Vec<_>>().join("\n");
            return self.code(&code, &above).map(|()| taken);
        }
        let lines: Vec<&str> = paragraph
            .iter()
            .copied()
            .filter(|line| !line.starts_with("//"))
            .collect();
        let mut source = lines.join("\n");
        for (name, label) in ADMONITIONS {
            if let Some(rest) = source.strip_prefix(name).and_then(|rest| rest.strip_prefix(": ")) {
                source = format!("{label}: {rest}");
                break;
            }
            if above.style() == name {
                self.blocks.label(label)?;
            }
        }
        let text = self.text(&source)?;
        let is_quote = matches!(above.style(), "quote" | "verse");
        self.blocks.quotes += usize::from(is_quote);
        if is_quote {
            self.blocks.end_item()?;
        }
        self.blocks.paragraph(&text)?;
        self.attribution(&above)?;
        self.blocks.quotes -= usize::from(is_quote);
        Ok(taken)
    }
}

/// The level and the title of a section, on one line or with an underline of its length.
fn section<'a>(lines: &[&'a str]) -> Option<(usize, &'a str)> {
    let line = lines[0];
    for mark in ['=', '#'] {
        let level = line.len() - line.trim_start_matches(mark).len();
        if (1..=6).contains(&level) && line[level..].starts_with(' ') {
            return Some((level, line[level..].trim()));
        }
    }
    let underline = lines.get(1)?;
    let level = "=-~^+".find(underline.chars().next()?)? + 1;
    let length = line.chars().count();
    let is_underline = underline.len() > 2 && underline.chars().all(|c| underline.starts_with(c));
    let is_title = line.starts_with(|c: char| c.is_alphanumeric()) && length.abs_diff(underline.len()) <= 1;
    (is_underline && is_title).then_some((level, line))
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
    fn sections_and_attributes_are_read() {
        let source = "= The *Lamp*\nAda Holm <ada@x.example>\nv1.0, 2024-05-31\n:name: Lamp\n:toc:\n\nThe {name} is lit.\n\n// no\n\
            == One\n\n[[two]]\n=== Two\ntext\n\nOld\n---\n\n////\nhidden\n////\n";
        let expected = "# The Lamp\n\nAda Holm <ada@x.example>\nv1.0, 2024-05-31\n\nThe Lamp is lit.\n\n## One\n\n### Two\n\ntext\n\n## Old";
        assert_eq!(text(source), expected);
    }

    #[test]
    fn lists_nest() {
        let source = "* a\nmore\n** b\n. c\n.. d\n\n* e\n+\nattached\n+\n----\ncode\n----\n* [x] f\n\nterm:: Meaning\nother::\n  Later\n\n1. g\n2. h\n\n\
            ----\ncode\n----\n<1> call\n";
        let expected = "- a\n  more\n  - b\n    1. c\n       1. d\n- e\n  attached\n\n```\ncode\n```\n\n- f\n  - term: Meaning\n  - other: Later\n    1. g\n    2. h\n\n```\ncode\n```\n\n1. call";
        assert_eq!(text(source), expected);
    }

    #[test]
    fn blocks_keep_their_text() {
        let source = "NOTE: Mind *it*.\n\n[WARNING]\n====\nHot.\n\n* a\n====\n\n.Main\n[source,rust]\n----\nfn f() {}\n----\n\n[quote, Ada]\nLight.\n\n\
            .Prices\n[%header,cols=2*]\n|===\n|Tea |Price\n|Green |3\n|===\n\nimage::a.png[A lamp]\n\n literal\n  two\n\n****\nside\n****\n\ninclude::x.adoc[]\n";
        let expected = "Note: Mind it.\n\nWarning: Hot.\n\n- a\n\nMain:\n\n```rust\nfn f() {}\n```\n\n> Light.\n\n> Ada\n\nPrices:\n\n\
            | Tea | Price |\n| --- | --- |\n| Green | 3 |\n\nA lamp\n\n```\nliteral\n two\n```\n\nside";
        assert_eq!(text(source), expected);
    }
}
