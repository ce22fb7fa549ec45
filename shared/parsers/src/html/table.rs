//! Tables of HTML: those with data become tables, those that place things on the page become blocks.

use super::{
    dom::{Dom, Id},
    output::Output,
    render::Renderer,
};

/// Number of columns that a cell may span.
const MAX_SPAN: usize = 100;
/// Length of a cell with blocks in it from which it is no data.
const LONG_CELL: usize = 250;
/// Length of a cell from which a table of two rows is no data.
const LONG_CELL_OF_TWO: usize = 120;

/// Writes a table.
pub(super) fn write(renderer: &mut Renderer<'_>, id: Id, nesting: usize, output: &mut Output) {
    let rows = rows(renderer, id);
    if is_layout(renderer, id, &rows) {
        return renderer.children(id, nesting, output);
    }
    let dom = renderer.dom;
    let caption = dom.children(id).find(|child| dom.name(*child) == "caption");
    if let Some(caption) = caption {
        renderer.children(caption, nesting, output);
        output.end_line();
    }
    let lines = cells(renderer, &rows);
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let is_vertical = columns == 2 && rows.iter().all(|row| is_pair(dom, row));
    let mut text = String::new();
    if is_vertical {
        text.push_str("| | |\n| --- | --- |\n");
    }
    for (number, line) in lines.iter().enumerate() {
        if renderer.is_full() {
            break;
        }
        text.push('|');
        for cell in line
            .iter()
            .map(String::as_str)
            .chain(std::iter::repeat(""))
            .take(columns)
        {
            renderer.spend(2);
            text.push_str(&match cell {
                "" => " |".to_owned(),
                cell => format!(" {cell} |"),
            });
        }
        text.push('\n');
        if number == 0 && !is_vertical {
            text.push_str(&format!("|{}\n", " --- |".repeat(columns)));
        }
    }
    output.block(text.trim_end().to_owned());
}

/// The rows of a table, each with its cells.
fn rows(renderer: &Renderer<'_>, id: Id) -> Vec<Vec<Id>> {
    let dom = renderer.dom;
    let is_seen = |node: &Id| !renderer.is_silent(*node);
    let sections = dom
        .children(id)
        .filter(is_seen)
        .flat_map(|child| match dom.name(child) {
            "tr" => vec![child],
            "thead" | "tbody" | "tfoot" => dom.children(child).filter(is_seen).collect(),
            _ => Vec::new(),
        });
    let is_cell = |node: &Id| matches!(dom.name(*node), "td" | "th");
    let rows = sections.filter(|row| dom.name(*row) == "tr");
    rows.map(|row| dom.children(row).filter(is_seen).filter(is_cell).collect())
        .collect()
}

/// Whether a table only places things on the page.
fn is_layout(renderer: &Renderer<'_>, id: Id, rows: &[Vec<Id>]) -> bool {
    let dom = renderer.dom;
    let role = dom.attribute(id, "role").unwrap_or_default();
    if matches!(role, "presentation" | "none") {
        return true;
    }
    let has_header = rows.iter().flatten().any(|cell| dom.name(*cell) == "th");
    let widest = rows.iter().map(Vec::len).max().unwrap_or(0);
    let filled = rows.iter().filter(|row| !row.is_empty()).count();
    if widest < 2 || filled < 2 && !has_header {
        return true;
    }
    rows.iter().flatten().any(|cell| {
        let mut length = 0;
        let mut blocks = 0;
        for node in dom.tree(*cell) {
            length += dom.text(node).map_or(0, str::len);
            match dom.name(node) {
                "table" | "h1" | "h2" | "pre" | "blockquote" => return true,
                "p" | "li" | "div" | "h3" | "h4" | "br" => blocks += 1,
                _ => {}
            }
        }
        !has_header && (blocks > 1 && length > LONG_CELL || filled < 3 && length > LONG_CELL_OF_TWO)
    })
}

/// Whether a row is a name and its value.
fn is_pair(dom: &Dom, row: &[Id]) -> bool {
    matches!(row, [name, value] if dom.name(*name) == "th" && dom.name(*value) == "td")
}

/// The texts of all cells. A cell that spans rows is repeated, so that each row can be read alone.
fn cells(renderer: &mut Renderer<'_>, rows: &[Vec<Id>]) -> Vec<Vec<String>> {
    let mut lines: Vec<Vec<String>> = Vec::new();
    // For each column the cell from above, and the number of further rows that it spans.
    let mut spans: Vec<(usize, String)> = Vec::new();
    for row in rows {
        let mut line: Vec<String> = Vec::new();
        let mut row = row.iter();
        loop {
            let column = line.len();
            if let Some((left, text)) = spans.get_mut(column).filter(|(left, _)| *left > 0) {
                *left -= 1;
                renderer.spend(text.len());
                line.push(text.clone());
                continue;
            }
            let Some(cell) = row.next() else { break };
            if renderer.is_full() {
                return lines;
            }
            let text = renderer.line(*cell).replace('|', "\\|");
            let span = |name: &str| {
                let stated = renderer.dom.attribute(*cell, name)?;
                stated.trim().parse::<usize>().ok()
            };
            let width = span("colspan").unwrap_or(1).clamp(1, MAX_SPAN);
            let height = span("rowspan").unwrap_or(1).clamp(1, rows.len());
            spans.resize(spans.len().max(column + width), (0, String::new()));
            for (place, span) in spans.iter_mut().enumerate().skip(column).take(width) {
                let text = if place == column {
                    text.clone()
                } else {
                    String::new()
                };
                *span = (height - 1, text.clone());
                renderer.spend(3);
                line.push(text);
            }
        }
        if line.iter().any(|cell| !cell.is_empty()) {
            lines.push(line);
        }
    }
    lines
}
