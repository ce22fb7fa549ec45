//! Lists and definitions of HTML.

use super::{
    dom::Id,
    output::{Output, Piece, join},
    render::Renderer,
};

/// Writes a list.
pub(super) fn write(renderer: &mut Renderer<'_>, id: Id, name: &str, nesting: usize, output: &mut Output) {
    let mut number: u32 = match name {
        "ol" => renderer
            .dom
            .attribute(id, "start")
            .and_then(|start| start.parse().ok())
            .unwrap_or(1),
        _ => 0,
    };
    let mut items: Vec<String> = Vec::new();
    let children: Vec<Id> = renderer
        .dom
        .children(id)
        .filter(|child| !renderer.is_silent(*child))
        .collect();
    for child in children {
        if matches!(renderer.dom.name(child), "ul" | "ol")
            && let Some(last) = items.last_mut()
        {
            // A list beside the items belongs to the item before it.
            let nested = join(&renderer.whole(child, nesting + 1));
            last.push_str(&format!("\n{}", indent(&nested, "  ", "  ")));
            continue;
        }
        let marker = if name == "ol" {
            format!("{number}.")
        } else {
            "-".to_owned()
        };
        let pieces = match renderer.dom.name(child) {
            "li" => renderer.pieces(child, nesting + 1),
            _ => renderer.whole(child, nesting + 1),
        };
        let text = item(&marker, &pieces);
        if !text.is_empty() {
            items.push(text);
            number = number.saturating_add(1);
        }
    }
    output.list(items.join("\n"));
}

/// Terms and their definitions as items: `- term: definition`.
pub(super) fn definitions(renderer: &mut Renderer<'_>, id: Id, nesting: usize, output: &mut Output) {
    let groups = renderer.dom.children(id);
    // Groups may stand in boxes.
    let members: Vec<Id> = groups
        .flat_map(|child| match renderer.dom.name(child) {
            "div" => renderer.dom.children(child).collect(),
            _ => vec![child],
        })
        .filter(|child| !renderer.is_silent(*child))
        .collect();
    let mut items: Vec<String> = Vec::new();
    let mut terms: Vec<String> = Vec::new();
    for member in members {
        match renderer.dom.name(member) {
            "dt" => terms.push(renderer.line(member)),
            "" => {}
            _ => {
                let mut pieces = renderer.pieces(member, nesting + 1);
                let term = std::mem::take(&mut terms).join(", ");
                if let (false, Some(first)) =
                    (term.is_empty(), pieces.first_mut().filter(|piece| !piece.is_list))
                {
                    first.text = match first.text.starts_with("```") {
                        true => format!("{term}:\n\n{}", first.text),
                        false => format!("{}: {}", term.trim_end_matches(':'), first.text),
                    };
                } else if !term.is_empty() {
                    pieces.insert(
                        0,
                        Piece {
                            text: term,
                            is_list: false,
                        },
                    );
                }
                items.push(item("-", &pieces));
            }
        }
    }
    let left = terms.join(", ");
    items.extend((!left.is_empty()).then(|| format!("- {left}")));
    items.retain(|item| !item.is_empty());
    output.list(items.join("\n"));
}

/// An item of a list; a list in it follows its text directly.
pub(super) fn item(marker: &str, pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match (text.is_empty(), piece.is_list) {
            (true, _) => {}
            (false, true) => text.push('\n'),
            (false, false) => text.push_str("\n\n"),
        }
        text.push_str(&piece.text);
    }
    match text.is_empty() {
        true => text,
        false => indent(&text, &format!("{marker} "), &" ".repeat(marker.len() + 1)),
    }
}

fn indent(text: &str, first: &str, others: &str) -> String {
    let lines = text
        .lines()
        .enumerate()
        .map(|(number, line)| match (number, line) {
            (0, line) => format!("{first}{line}"),
            (_, "") => String::new(),
            (_, line) => format!("{others}{line}"),
        });
    lines.collect::<Vec<_>>().join("\n")
}
