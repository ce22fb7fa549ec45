//! Jupyter notebooks (nbformat 3 and 4): text cells as they are, code and its text outputs as fenced code.

use serde_json::Value;

use crate::{
    Format, Original, Parsed, Place, Problem, json,
    markdown::{Block, Markdown, fenced},
    text,
};

/// Parses a notebook.
///
/// # Errors
/// [`Problem::Damaged`], [`Problem::TooLarge`], [`Problem::NoText`].
pub(crate) fn parse(original: &Original<'_>) -> Result<Parsed, Problem> {
    let text = text::decode(original)?;
    let notebook: Value = serde_json::from_str(&text).map_err(json::problem)?;
    let metadata = &notebook["metadata"];
    let stated = [
        &metadata["language_info"]["name"],
        &metadata["kernelspec"]["language"],
    ];
    let language = stated.into_iter().find_map(Value::as_str).unwrap_or_default();
    let mut writer = Writer {
        language: info(language),
        markdown: Markdown::default(),
        pictures: 0,
    };
    let cells = cells(&notebook).ok_or_else(|| Problem::damaged("the notebook has no cells"))?;
    for (number, cell) in (1..).zip(cells) {
        writer.markdown.place(Place::Cell(number));
        writer.cell(cell)?;
    }
    if writer.pictures > 0 {
        let note = format!("pictures left out: {}", writer.pictures);
        writer.markdown.notes.push(note);
    }
    Ok(Parsed {
        title: metadata["title"].as_str().map(str::to_owned),
        ..writer.markdown.finish(Format::Notebook.media_type())?
    })
}

/// The cells; those of version 3 are in worksheets.
fn cells(notebook: &Value) -> Option<Vec<&Value>> {
    if let Some(cells) = notebook["cells"].as_array() {
        return Some(cells.iter().collect());
    }
    let sheets = notebook["worksheets"].as_array()?;
    Some(
        sheets
            .iter()
            .filter_map(|sheet| sheet["cells"].as_array())
            .flatten()
            .collect(),
    )
}

struct Writer {
    language: String,
    markdown: Markdown,
    /// Outputs that have a picture and no text.
    pictures: usize,
}

impl Writer {
    fn cell(&mut self, cell: &Value) -> Result<(), Problem> {
        let source = joined(if cell["source"].is_null() {
            &cell["input"]
        } else {
            &cell["source"]
        });
        match cell["cell_type"].as_str() {
            Some("markdown" | "html") => self.markdown.raw(&closed(&source)),
            Some("heading") => {
                let level = cell["level"].as_u64().unwrap_or(1).min(6) as usize;
                self.markdown.block(&Block::Heading(level, source))
            }
            Some("code") => {
                let language = cell["language"]
                    .as_str()
                    .map_or_else(|| self.language.clone(), info);
                self.markdown.raw(&fenced(&source, &language))?;
                let outputs = cell["outputs"].as_array().into_iter().flatten();
                outputs.into_iter().try_for_each(|output| self.output(output))
            }
            // For other programs: LaTeX, reStructuredText.
            _ => self.markdown.raw(&fenced(&source, "")),
        }
    }

    fn output(&mut self, output: &Value) -> Result<(), Problem> {
        // Version 3 has the types of data as fields of the output.
        let data = if output["data"].is_object() {
            &output["data"]
        } else {
            output
        };
        let markdown = joined(&data["text/markdown"]);
        if !markdown.trim().is_empty() {
            return self.markdown.raw(&closed(&markdown));
        }
        let error = match (output["ename"].as_str(), output["evalue"].as_str()) {
            (Some(name), Some(value)) => format!("{name}: {value}"),
            _ => String::new(),
        };
        let texts = [error, joined(&data["text/plain"]), joined(&data["text"])];
        let text = texts.into_iter().find(|text| !text.trim().is_empty());
        let is_picture = ["image/png", "image/jpeg", "image/svg+xml", "png", "jpeg", "svg"]
            .iter()
            .any(|name| !data[*name].is_null());
        match text.map(|text| shown(&text)) {
            // Its only text is the name of the object.
            Some(text) if is_picture && text.starts_with('<') => self.pictures += 1,
            Some(text) => self.markdown.raw(&fenced(&text, ""))?,
            None => self.pictures += usize::from(is_picture),
        }
        Ok(())
    }
}

/// A text, which notebooks have as a string or as a list of lines.
fn joined(value: &Value) -> String {
    match value {
        Value::String(text) => text.replace("\r\n", "\n"),
        Value::Array(lines) => {
            let lines: String = lines.iter().filter_map(Value::as_str).collect();
            lines.replace("\r\n", "\n")
        }
        _ => String::new(),
    }
}

/// A language as the info string of a fence.
fn info(language: &str) -> String {
    let is_part = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '+' | '#' | '-' | '_');
    language
        .chars()
        .filter(is_part)
        .take(20)
        .collect::<String>()
        .to_ascii_lowercase()
}

/// Closes a fence that the text leaves open, which would take in the cells that follow.
fn closed(markdown: &str) -> String {
    let mut open = None;
    for line in markdown.lines().map(str::trim_start) {
        let Some(mark) = line.chars().next().filter(|mark| matches!(mark, '`' | '~')) else {
            continue;
        };
        let length = line.len() - line.trim_start_matches(mark).len();
        match open {
            None if length >= 3 => open = Some((mark, length)),
            Some((opening, least))
                if mark == opening && length >= least && line.trim_end().len() == length =>
            {
                open = None;
            }
            _ => {}
        }
    }
    match open {
        Some((mark, length)) => format!("{}\n{}", markdown.trim_end(), mark.to_string().repeat(length)),
        None => markdown.to_owned(),
    }
}

/// An output as a terminal shows it: without escape sequences (ECMA-48), and only what was last written on each line.
fn shown(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            '\x1B' if characters.next() == Some('[') => {
                characters.find(|c| ('@'..='~').contains(c));
            }
            '\x1B' => {}
            c => plain.push(c),
        }
    }
    let lines = plain.lines().map(|line| {
        line.trim_end_matches('\r')
            .rsplit('\r')
            .next()
            .unwrap_or_default()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_as_shown() {
        assert_eq!(shown("\x1B[0;31mbad\x1B[0m\r\n10%\r100%\r\n"), "bad\n100%");
    }

    #[test]
    fn open_fences_are_closed() {
        assert_eq!(closed("a\n````py\n```\nb\n"), "a\n````py\n```\nb\n````");
        assert_eq!(closed("~~~\na\n~~~"), "~~~\na\n~~~");
    }
}
