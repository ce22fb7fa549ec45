//! Tags of HTML: where one ends, and what it means for the text around it.

/// What a tag means for the text around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TagKind {
    /// It is part of a line of text: `<b>`.
    Inline,
    /// It begins and ends a paragraph: `<p>`.
    Block,
    /// It begins an item of a list: `<li>`.
    Item,
    /// It begins a heading of this level: `<h2>`.
    Heading(u8),
    /// It begins a row of a table: `<tr>`.
    Row,
    /// It begins a cell of a table: `<td>`.
    Cell,
    /// It begins a definition: `<dd>`.
    Definition,
    /// What is in it is not text: `<script>`.
    Opaque,
}

const INLINE: [&str; 33] = [
    "a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
    "input", "ins", "kbd", "label", "mark", "picture", "q", "s", "samp", "small", "source", "span", "strong",
    "sub", "sup", "tt", "u", "wbr",
];
const BLOCK: [&str; 31] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "center",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "header",
    "hr",
    "html",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "ul",
    "video",
    "iframe",
];

/// What a tag with this name means. `None` for a name that is neither an element of HTML nor written like a component: such
/// a tag stands for text that the reader fills in.
pub(super) fn kind(name: &str) -> Option<TagKind> {
    let lower = name.to_ascii_lowercase();
    Some(match lower.as_str() {
        "li" => TagKind::Item,
        "tr" => TagKind::Row,
        "td" | "th" => TagKind::Cell,
        "dd" => TagKind::Definition,
        "h1" => TagKind::Heading(1),
        "h2" | "summary" | "caption" => TagKind::Heading(2),
        "h3" | "h4" | "h5" | "h6" => TagKind::Heading(3),
        "script" | "style" | "svg" | "template" | "head" => TagKind::Opaque,
        lower if INLINE.contains(&lower) => TagKind::Inline,
        lower if BLOCK.contains(&lower) => TagKind::Block,
        // Components of MDX begin with a capital, custom elements have a hyphen.
        _ if name.starts_with(|c: char| c.is_ascii_uppercase())
            && name.contains(|c: char| c.is_ascii_lowercase()) =>
        {
            TagKind::Block
        }
        _ => return None,
    })
}

/// A tag of HTML.
pub(super) struct Tag<'a> {
    /// Its name, as it is written.
    pub(super) name: &'a str,
    /// Whether it ends an element.
    pub(super) is_end: bool,
    /// Its length, in bytes.
    pub(super) length: usize,
}

impl<'a> Tag<'a> {
    /// Reads the tag that a text begins with. Quoted values may hold any character.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let inside = text.strip_prefix('<')?;
        let (is_end, inside) = match inside.strip_prefix('/') {
            Some(inside) => (true, inside),
            None => (false, inside),
        };
        let length = inside
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
            .count();
        let (name, mut rest) = inside.split_at(length);
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic());
        if !is_name || !rest.starts_with(|c: char| c.is_whitespace() || matches!(c, '>' | '/')) {
            return None;
        }
        loop {
            let next = rest.find(['>', '"', '\'', '<', '{'])?;
            match rest.as_bytes()[next] {
                b'>' => {
                    let length = text.len() - rest.len() + next + 1;
                    return Some(Self { name, is_end, length });
                }
                b'<' => return None,
                open => {
                    let close = if open == b'{' { '}' } else { char::from(open) };
                    let value = &rest[next + 1..];
                    rest = &value[value.find(close)? + 1..];
                }
            }
        }
    }
}
