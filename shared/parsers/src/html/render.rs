//! Writes a tree of HTML as Markdown.

use super::{
    code,
    dom::{Dom, Id},
    list,
    output::{Output, Piece, join},
    table,
};
use crate::{MAX_TEXT_BYTES, markdown};

/// Number of lists and quotations within each other that are indented.
const MAX_NESTING: usize = 12;

/// Elements without text for readers.
const SILENT: [&str; 33] = [
    "applet", "area", "audio", "base", "button", "canvas", "datalist", "embed", "frame", "frameset", "head",
    "iframe", "img", "input", "label", "link", "meta", "noembed", "noframes", "noscript", "object", "option",
    "optgroup", "param", "progress", "rp", "rt", "script", "select", "style", "svg", "template", "textarea",
];

/// Elements within a line. All others stand on lines of their own.
const INLINE: [&str; 45] = [
    "a",
    "abbr",
    "acronym",
    "b",
    "bdi",
    "bdo",
    "big",
    "blink",
    "cite",
    "data",
    "del",
    "dfn",
    "em",
    "font",
    "i",
    "ins",
    "mark",
    "math",
    "mfrac",
    "mi",
    "mn",
    "mo",
    "mrow",
    "mstyle",
    "msub",
    "msup",
    "mtext",
    "nobr",
    "output",
    "picture",
    "q",
    "ruby",
    "s",
    "semantics",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "time",
    "u",
    "var",
    "video",
    "wbr",
];

/// Writes parts of a document.
pub(super) struct Renderer<'a> {
    pub(super) dom: &'a Dom,
    /// Whether a node is left out, by its number.
    pub(super) is_dropped: &'a [bool],
    bytes_left: usize,
}

impl<'a> Renderer<'a> {
    pub(super) fn new(dom: &'a Dom, is_dropped: &'a [bool]) -> Self {
        Self {
            dom,
            is_dropped,
            bytes_left: MAX_TEXT_BYTES,
        }
    }

    /// Whether text was left out because the rest had the greatest size.
    pub(super) fn is_full(&self) -> bool {
        self.bytes_left == 0
    }

    pub(super) fn spend(&mut self, bytes: usize) {
        self.bytes_left = self.bytes_left.saturating_sub(bytes);
    }

    /// Markdown of a node and all below it.
    pub(super) fn markdown(&mut self, id: Id) -> String {
        let mut output = Output::default();
        self.node(id, 0, &mut output);
        output.end_line();
        join(&output.pieces)
    }

    /// The text of a node on one line.
    pub(super) fn line(&mut self, id: Id) -> String {
        let mut output = Output {
            is_flat: true,
            ..Output::default()
        };
        self.children(id, 0, &mut output);
        markdown::clean(&output.line).replace('\n', " ")
    }

    /// Whether a node is left out.
    pub(super) fn is_silent(&self, id: Id) -> bool {
        self.is_dropped.get(id as usize).copied().unwrap_or(false) || is_silent(self.dom, id)
    }

    pub(super) fn children(&mut self, id: Id, nesting: usize, output: &mut Output) {
        let mut child = self.dom.children(id).next();
        while let Some(id) = child {
            self.node(id, nesting, output);
            child = self.dom.next(id);
        }
    }

    pub(super) fn node(&mut self, id: Id, nesting: usize, output: &mut Output) {
        if self.is_full() || self.is_silent(id) {
            return;
        }
        if let Some(text) = self.dom.text(id) {
            let before = output.line.len();
            output.push(text);
            return self.spend(output.line.len() - before);
        }
        let name = self.dom.name(id);
        match name {
            "br" if output.is_flat => output.push(" "),
            "br" => output.line.push('\n'),
            "code" | "kbd" | "samp" | "tt" => self.code(id, output),
            "a" if self.is_mark(id) => {}
            "sup" | "sub" => self.raised(id, nesting, output),
            "q" => {
                output.line.push('“');
                self.children(id, nesting, output);
                output.line.push('”');
            }
            _ if INLINE.contains(&name) => {
                if self.is_apart(id) {
                    output.push(" ");
                }
                self.children(id, nesting, output);
            }
            _ if output.is_flat => {
                output.push(" ");
                if name == "li" && self.dom.previous(id).is_some() && output.line.ends_with(|c| c != ' ') {
                    output.push("; ");
                }
                self.children(id, nesting, output);
                output.push(" ");
            }
            _ => {
                output.end_line();
                self.block(id, name, nesting, output);
                output.end_line();
            }
        }
    }

    fn block(&mut self, id: Id, name: &str, nesting: usize, output: &mut Output) {
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let text = self.line(id);
                // In items and quotations it is a line like others.
                let level = if nesting == 0 {
                    name[1..].parse().unwrap_or(1)
                } else {
                    0
                };
                if !text.is_empty() {
                    output.block(format!(
                        "{}{text}",
                        "#".repeat(level) + if level > 0 { " " } else { "" }
                    ));
                }
            }
            "pre" | "listing" | "xmp" | "plaintext" => output.block(code::write(self, id)),
            "blockquote" if nesting < MAX_NESTING => {
                let quoted = join(&self.pieces(id, nesting + 1));
                let lines = quoted
                    .lines()
                    .map(|line| format!("> {line}").trim_end().to_owned());
                output.block(lines.collect::<Vec<_>>().join("\n"));
            }
            "ul" | "ol" | "menu" | "dir" if nesting < MAX_NESTING => {
                list::write(self, id, name, nesting, output)
            }
            "li" if nesting < MAX_NESTING => {
                let pieces = self.pieces(id, nesting + 1);
                output.list(list::item("-", &pieces));
            }
            "dl" if nesting < MAX_NESTING => list::definitions(self, id, nesting, output),
            "table" => table::write(self, id, nesting, output),
            _ => self.children(id, nesting, output),
        }
    }

    pub(super) fn pieces(&mut self, id: Id, nesting: usize) -> Vec<Piece> {
        let mut output = Output::default();
        self.children(id, nesting, &mut output);
        output.end_line();
        output.pieces
    }

    /// Blocks of a node itself.
    pub(super) fn whole(&mut self, id: Id, nesting: usize) -> Vec<Piece> {
        let mut output = Output::default();
        self.node(id, nesting, &mut output);
        output.end_line();
        output.pieces
    }

    fn code(&mut self, id: Id, output: &mut Output) {
        let text = self.line(id);
        self.spend(2);
        match text.contains('`') {
            _ if text.is_empty() => {}
            true => output.push(&format!("`` {text} ``")),
            false => output.push(&format!("`{text}`")),
        }
    }

    /// Whether a link is a mark to copy the address of a heading or to return from a footnote.
    fn is_mark(&self, id: Id) -> bool {
        let is_inward = self
            .dom
            .attribute(id, "href")
            .is_some_and(|target| target.starts_with('#'));
        is_inward && !self.dom.text_below(id).contains(char::is_alphanumeric)
    }

    /// Whether the style sheet keeps an element apart from the one directly before it, as the parts of a box are.
    fn is_apart(&self, id: Id) -> bool {
        let is_part = |id: Option<Id>| {
            id.is_some_and(|id| matches!(self.dom.name(id), "a" | "span" | "time" | "small"))
        };
        let around = self.dom.parent(id).map_or("", |up| self.dom.name(up));
        is_part(Some(id))
            && is_part(self.dom.previous(id))
            && matches!(
                around,
                "div" | "header" | "footer" | "section" | "li" | "td" | "dd"
            )
    }

    /// Powers are marked; marks of footnotes are left out.
    fn raised(&mut self, id: Id, nesting: usize, output: &mut Output) {
        let text = self.line(id);
        let is_number = text
            .trim_start_matches(['-', '−', '+'])
            .bytes()
            .all(|byte| byte.is_ascii_digit());
        let is_link = self.dom.tree(id).any(|node| {
            let target = self.dom.attribute(node, "href");
            target.is_some_and(|target| target.contains('#'))
        });
        if is_link {
            return;
        }
        if self.dom.name(id) == "sup"
            && is_number
            && !text.is_empty()
            && output.line.ends_with(char::is_alphanumeric)
        {
            output.line.push('^');
        }
        self.children(id, nesting, output);
    }
}

/// Whether readers do not see an element.
pub(super) fn is_silent(dom: &Dom, id: Id) -> bool {
    let name = dom.name(id);
    if name.is_empty() {
        return false;
    }
    if name == "annotation" || name == "annotation-xml" || SILENT.contains(&name) {
        return name != "button" || !is_folded_heading(dom, id);
    }
    let style = dom
        .attribute(id, "style")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let style: String = style.split_whitespace().collect();
    dom.attribute(id, "hidden")
        .is_some_and(|hidden| hidden != "until-found")
        || dom.attribute(id, "aria-hidden") == Some("true")
        || style.contains("display:none")
        || style.contains("visibility:hidden")
}

/// Whether a button is the heading of a folded part: it is alone within a heading, or around one.
fn is_folded_heading(dom: &Dom, id: Id) -> bool {
    let is_heading = |node: Id| matches!(dom.name(node), "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
    let holds_text = |up: Id| is_heading(up) || matches!(dom.name(up), "dt" | "summary");
    let is_blank = |node: &Id| dom.text(*node).is_some_and(|text| text.trim().is_empty());
    let before = std::iter::successors(dom.previous(id), |node| dom.previous(*node));
    let is_last = before.take(2).all(|node| is_blank(&node));
    is_last && dom.ancestors(id).take(3).any(holds_text) || dom.tree(id).any(is_heading)
}
