//! Styles of paragraphs: which are headings, items, quotations and code.

use std::collections::HashMap;

use crate::{
    Problem,
    style_names::{self, Role},
    xml::Xml,
};

/// The longest chain of styles that is followed, which ends loops.
const MAX_CHAIN: usize = 32;

/// A style; what is `None` comes from the style that it is based on.
#[derive(Debug, Clone, Default)]
pub(super) struct Style {
    based_on: Option<String>,
    role: Option<Role>,
    /// Level of the outline, from 0; 9 is running text.
    pub(super) outline: Option<usize>,
    pub(super) list: Option<String>,
    pub(super) list_level: Option<usize>,
}

#[derive(Debug, Default)]
pub(super) struct Styles {
    styles: HashMap<String, Style>,
    default: Option<String>,
}

impl Styles {
    /// # Errors
    /// [`Problem::Damaged`].
    pub(super) fn read(text: &str) -> Result<Self, Problem> {
        let (mut xml, _) = Xml::root(text)?;
        let mut all = Self::default();
        while let Some(element) = xml.child()? {
            if element.name() != "style" || element.attribute("type").is_some_and(|kind| kind != "paragraph")
            {
                xml.skip()?;
                continue;
            }
            let id = element.attribute("styleId").unwrap_or_default();
            if element.attribute("default").as_deref() == Some("1") {
                all.default = Some(id.clone());
            }
            let style = read_style(&mut xml)?;
            all.styles.insert(id, style);
        }
        Ok(all)
    }

    /// The style of a paragraph and what it is, with what the style inherits.
    pub(super) fn resolve(&self, id: Option<&str>) -> (Style, Option<Role>) {
        let mut resolved = Style::default();
        let mut role = None;
        let mut next = id.or(self.default.as_deref());
        for _ in 0..MAX_CHAIN {
            let Some(style) = next.and_then(|id| self.styles.get(id)) else {
                break;
            };
            role = role.or(style.role);
            resolved.outline = resolved.outline.or(style.outline);
            resolved.list_level = resolved.list_level.or(style.list_level);
            resolved.list = resolved.list.or_else(|| style.list.clone());
            next = style.based_on.as_deref();
        }
        (resolved, role)
    }
}

fn read_style(xml: &mut Xml<'_>) -> Result<Style, Problem> {
    let mut style = Style::default();
    while let Some(element) = xml.child()? {
        match element.name() {
            "name" => {
                let name = element.attribute("val").unwrap_or_default();
                style.role = style_names::role(&name);
                style.outline = style
                    .outline
                    .or_else(|| style_names::heading(&name).map(|level| level - 1));
            }
            "basedOn" => style.based_on = element.attribute("val"),
            "pPr" => {
                read_properties(xml, &mut style)?;
                continue;
            }
            _ => {}
        }
        xml.skip()?;
    }
    Ok(style)
}

fn read_properties(xml: &mut Xml<'_>, style: &mut Style) -> Result<(), Problem> {
    while let Some(element) = xml.child()? {
        match element.name() {
            "outlineLvl" => style.outline = element.number("val"),
            "numPr" => {
                (style.list, style.list_level) = list(xml)?;
                continue;
            }
            _ => {}
        }
        xml.skip()?;
    }
    Ok(())
}

/// The list and level of `w:numPr`.
pub(super) fn list(xml: &mut Xml<'_>) -> Result<(Option<String>, Option<usize>), Problem> {
    let (mut list, mut level) = (None, None);
    while let Some(element) = xml.child()? {
        match element.name() {
            "numId" => list = element.attribute("val"),
            "ilvl" => level = element.number("val"),
            _ => {}
        }
        xml.skip()?;
    }
    Ok((list, level))
}
