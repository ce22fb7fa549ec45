//! Code of HTML and its language.

use super::{
    dom::{Dom, Id},
    render::Renderer,
};
use crate::markdown;

/// A fenced block of preformatted text.
pub(super) fn write(renderer: &mut Renderer<'_>, id: Id) -> String {
    let mut code = String::new();
    let nodes: Vec<Id> = renderer.dom.tree(id).collect();
    for node in nodes {
        match renderer.dom.text(node) {
            Some(text)
                if !renderer
                    .dom
                    .ancestors(node)
                    .take_while(|up| *up != id)
                    .any(|up| renderer.is_silent(up)) =>
            {
                code.push_str(text);
                renderer.spend(text.len());
            }
            None if renderer.dom.name(node) == "br" => code.push('\n'),
            // Some pages put each line into a box.
            None if matches!(renderer.dom.name(node), "div" | "li" | "tr") && !code.ends_with('\n') => {
                code.push('\n')
            }
            _ => {}
        }
        if renderer.is_full() {
            break;
        }
    }
    let language = language(renderer.dom, id).unwrap_or_default();
    markdown::fenced(&code.replace('\u{A0}', " "), &language)
}

/// The language of code: a class such as `language-rust` of the element, the one within or the box around it.
fn language(dom: &Dom, id: Id) -> Option<String> {
    let inner = dom.children(id).find(|child| dom.name(*child) == "code");
    let around = dom.ancestors(id).take(3);
    let is_language = |name: &&str| {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '#' | '-' | '_');
        (1..=20).contains(&name.len())
            && name.chars().all(is_part)
            && !matches!(*name, "none" | "default" | "text")
    };
    inner.into_iter().chain([id]).chain(around).find_map(|node| {
        let stated = ["data-lang", "data-language"]
            .iter()
            .find_map(|name| dom.attribute(node, name));
        let classes = dom.attribute(node, "class").unwrap_or_default();
        let prefixes = ["language-", "lang-", "highlight-", "highlight-source-", "brush:"];
        let mut words = classes.split_ascii_whitespace();
        let by_class =
            words.find_map(|word| prefixes.iter().rev().find_map(|prefix| word.strip_prefix(prefix)));
        stated
            .or(by_class)
            .filter(is_language)
            .map(str::to_ascii_lowercase)
    })
}
