//! Explicit markup: directives, footnotes, targets and comments.

use csv::ReaderBuilder;

use super::{Around, Reader, lines::*, list};
use crate::Problem;

/// Directives without text for readers.
const SILENT: [&str; 22] = [
    "bibliography",
    "contents",
    "currentmodule",
    "default-domain",
    "default-role",
    "footer",
    "header",
    "highlight",
    "include",
    "index",
    "literalinclude",
    "meta",
    "module",
    "plot",
    "program",
    "raw",
    "sectnum",
    "tabularcolumns",
    "target-notes",
    "title",
    "toctree",
    "unicode",
];

/// Directives with code as their body, and the language if they have no argument for it.
const CODE: [(&str, &str); 13] = [
    ("code", ""),
    ("code-block", ""),
    ("sourcecode", ""),
    ("parsed-literal", ""),
    ("literal", ""),
    ("doctest", "python"),
    ("testcode", "python"),
    ("testoutput", ""),
    ("ipython", "python"),
    ("math", "math"),
    ("productionlist", ""),
    ("graphviz", "dot"),
    ("mermaid", "mermaid"),
];

/// Directives of Sphinx that describe an object, which their argument names.
const OBJECTS: [&str; 30] = [
    "attribute",
    "class",
    "classmethod",
    "cmdoption",
    "confval",
    "data",
    "decorator",
    "decoratormethod",
    "describe",
    "directive",
    "enum",
    "enumerator",
    "envvar",
    "exception",
    "function",
    "macro",
    "member",
    "method",
    "object",
    "opcode",
    "option",
    "property",
    "role",
    "setting",
    "staticmethod",
    "struct",
    "type",
    "union",
    "var",
    "variable",
];

/// The parts of a directive.
struct Directive<'a> {
    name: &'a str,
    argument: String,
    options: Vec<(&'a str, &'a str)>,
    body: Vec<&'a str>,
}

impl<'a> Directive<'a> {
    fn read(name: &'a str, argument: &'a str, body: &[&'a str]) -> Self {
        let mut body = dedent(body);
        // The argument may go on in the lines that follow, up to the options or a blank line.
        let is_end = |line: &&str| line.is_empty() || list::field(line).is_some();
        let options_start = body.iter().take_while(|line| !is_end(line)).count();
        let options = body[options_start..]
            .iter()
            .map_while(|line| list::field(line))
            .collect::<Vec<_>>();
        let mut argument = argument.to_owned();
        if !options.is_empty() {
            for line in &body[..options_start] {
                argument.push(' ');
                argument.push_str(line);
            }
            body.drain(..options_start + options.len());
        }
        Self {
            name,
            argument,
            options,
            body,
        }
    }

    fn option(&self, name: &str) -> &'a str {
        let option = self.options.iter().find(|(option, _)| *option == name);
        option.map_or("", |(_, value)| value)
    }
}

impl Reader {
    /// Reads what begins with two dots, and returns the number of lines taken.
    ///
    /// # Errors
    /// [`Problem::TooLarge`].
    pub(super) fn explicit(&mut self, lines: &[&str], around: Around) -> Result<usize, Problem> {
        let first = lines[0][2..].trim();
        let (body, taken) = indented(&lines[1..]);
        if first.is_empty() && lines.get(1).is_none_or(|line| line.is_empty()) {
            // An empty comment, which does not take the text that follows.
            return Ok(1);
        }
        if lines[0].starts_with("__") {
            return Ok(1);
        }
        if let Some((label, text)) = first.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            let note = format!("[{}] {}", label.trim_start_matches('#'), text.trim());
            let body: Vec<&str> = std::iter::once(note.as_str()).chain(dedent(body)).collect();
            self.blocks.end_item()?;
            self.read(&body, around.block())?;
        } else if let Some((name, argument)) = directive(first) {
            let directive = Directive::read(name, argument, body);
            self.directive(&directive, around)?;
        }
        Ok(1 + taken)
    }

    fn directive(&mut self, directive: &Directive<'_>, around: Around) -> Result<(), Problem> {
        let name = directive.name.rsplit(':').next().unwrap_or_default();
        let Directive { argument, body, .. } = directive;
        if SILENT.contains(&name) {
            return Ok(());
        }
        if let Some((_, language)) = CODE.iter().find(|(code, _)| *code == name) {
            let language = if language.is_empty() {
                argument.as_str()
            } else {
                language
            };
            let is_language = language
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+#-_".contains(&byte));
            self.caption(directive.option("caption"))?;
            // Without options the argument is the first line of code, as in `.. math:: x`.
            let language = if is_language { language } else { "" };
            let is_code = name == "math" || !is_language;
            let first = Some(argument.as_str()).filter(|argument| is_code && !argument.is_empty());
            let code: Vec<&str> = first.into_iter().chain(body.iter().copied()).collect();
            return self.blocks.code(&code.join("\n"), language);
        }
        match name {
            "image" | "figure" => {
                self.caption(directive.option("alt"))?;
                self.read(body, around.block())
            }
            "table" => {
                self.caption(argument)?;
                self.read(body, around.block())
            }
            "list-table" => {
                self.caption(argument)?;
                self.list_table(body)
            }
            "csv-table" => {
                self.caption(argument)?;
                self.csv_table(directive)
            }
            "rubric" | "centered" => self.caption(argument),
            "epigraph" | "highlights" | "pull-quote" => {
                let body: Vec<String> = body.iter().map(|line| format!(" {line}")).collect();
                let body: Vec<&str> = body.iter().map(|line| line.trim_end()).collect();
                self.read(&body, around.block())
            }
            // Sphinx fills objects such as `autoclass` from source code, which is not at hand.
            name if OBJECTS.contains(&name.strip_prefix("auto").unwrap_or(name)) => {
                self.blocks.end_item()?;
                self.blocks.paragraph(&if argument.is_empty() {
                    String::new()
                } else {
                    format!("`{argument}`")
                })?;
                self.read(body, around.block())
            }
            "class" | "container" | "compound" | "only" | "rst-class" | "grid" | "tabs" | "tab-set"
            | "glossary" | "hlist" => self.read(body, around.block()),
            name => self.labelled_body(name, argument, body, around),
        }
    }

    /// Writes an admonition, or a directive that is not known.
    fn labelled_body(
        &mut self,
        name: &str,
        argument: &str,
        body: &[&str],
        around: Around,
    ) -> Result<(), Problem> {
        let version = |label: &str| {
            let version = argument.split(' ').next().unwrap_or_default();
            (
                format!("{label} {version}"),
                argument[version.len()..].trim().to_owned(),
            )
        };
        let (label, first) = match name {
            "attention" | "caution" | "danger" | "error" | "hint" | "important" | "note" | "tip"
            | "warning" | "todo" => (capitalized(name), argument.to_owned()),
            "seealso" => ("See also".to_owned(), argument.to_owned()),
            "versionadded" => version("New in version"),
            "versionchanged" => version("Changed in version"),
            "versionremoved" => version("Removed in version"),
            "deprecated" => version("Deprecated since version"),
            _ => (argument.to_owned(), String::new()),
        };
        self.blocks.end_item()?;
        let label = self.inline.text(&label)?;
        self.blocks.label(&label)?;
        let body: Vec<&str> = std::iter::once(first.as_str())
            .chain(body.iter().copied())
            .collect();
        self.read(&body, around.block())?;
        self.blocks.end_label()
    }

    /// Writes a caption as a paragraph.
    fn caption(&mut self, text: &str) -> Result<(), Problem> {
        self.blocks.end_item()?;
        let text = self.inline.text(text)?;
        self.blocks.paragraph(&text)
    }

    /// A table as a list of lists: `* - a` begins a row, `  - b` adds a cell.
    fn list_table(&mut self, body: &[&str]) -> Result<(), Problem> {
        let mut rows: Vec<Vec<String>> = Vec::new();
        for line in body {
            let (line, is_row) = match line.strip_prefix(['*', '-']).filter(|rest| rest.starts_with(' ')) {
                Some(rest) => (rest, true),
                None => (*line, false),
            };
            if is_row {
                rows.push(Vec::new());
            }
            let text = line.trim();
            let cell = text
                .strip_prefix(['-', '*'])
                .filter(|rest| rest.is_empty() || rest.starts_with(' '));
            let Some(row) = rows.last_mut() else {
                continue;
            };
            // Deeper markers are those of lists within a cell.
            match (cell, row.last_mut()) {
                (Some(cell), _) if is_row || indent(line) <= 2 => row.push(cell.trim().to_owned()),
                (_, Some(last)) if !text.is_empty() => {
                    last.push_str(if last.is_empty() { "" } else { " " });
                    last.push_str(cell.unwrap_or(text).trim());
                }
                _ => {}
            }
        }
        self.table(&rows)
    }

    fn csv_table(&mut self, directive: &Directive<'_>) -> Result<(), Problem> {
        let header = directive.option("header");
        let delimiter = match directive.option("delim") {
            "tab" => b'\t',
            "space" => b' ',
            stated => stated.bytes().next().unwrap_or(b','),
        };
        let text = [&[header], directive.body.as_slice()].concat().join("\n");
        let mut reader = ReaderBuilder::new();
        let reader = reader
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All);
        // Blanks may stand between a comma and a quotation mark.
        let text = text.replace(", \"", ",\"");
        let records = reader.from_reader(text.as_bytes()).into_records();
        let rows = records
            .map_while(Result::ok)
            .map(|record| record.iter().map(str::to_owned).collect());
        let rows: Vec<Vec<String>> = rows.collect();
        self.table(&rows)
    }
}

/// The name and the argument of `name:: argument`; substitutions have their name in front.
fn directive(text: &str) -> Option<(&str, &str)> {
    let (name, argument) = text.split_once("::")?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_+:.".contains(c);
    (!name.is_empty() && name.chars().all(is_name) && !name.starts_with('_')).then(|| (name, argument.trim()))
}

fn capitalized(word: &str) -> String {
    let mut characters = word.chars();
    let first = characters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}
