//! Styles of paragraphs, lists, sheets and slides.

use std::collections::{HashMap, HashSet};

use super::list::{self, Level};
use crate::{
    Problem,
    style_names::{self, Role},
    xml::Xml,
};

/// The longest chain of styles that is followed, which ends loops.
const MAX_CHAIN: usize = 32;

#[derive(Debug, Default)]
pub(super) struct Styles {
    parents: HashMap<String, String>,
    /// Levels of headings, from 1, that styles of paragraphs have; 0 ends a level of the parent.
    outlines: HashMap<String, usize>,
    /// Styles of sheets and slides that are not shown.
    hidden: HashSet<String>,
    pub(super) lists: HashMap<String, Vec<Level>>,
}

impl Styles {
    /// Reads the part `styles.xml`.
    ///
    /// # Errors
    /// [`Problem::Damaged`].
    pub(super) fn read_part(&mut self, text: &str) -> Result<(), Problem> {
        let (mut xml, _) = Xml::root(text)?;
        while let Some(element) = xml.child()? {
            match element.name() {
                "styles" | "automatic-styles" => self.read(&mut xml)?,
                _ => xml.skip()?,
            }
        }
        Ok(())
    }

    /// Reads the styles of the open element.
    ///
    /// # Errors
    /// [`Problem::Damaged`].
    pub(super) fn read(&mut self, xml: &mut Xml<'_>) -> Result<(), Problem> {
        while let Some(element) = xml.child()? {
            let name = element.attribute("name").unwrap_or_default();
            match element.name() {
                "style" => {
                    if let Some(parent) = element.attribute("parent-style-name") {
                        self.parents.insert(name.clone(), parent);
                    }
                    if let Some(level) = element.attribute("default-outline-level") {
                        self.outlines.insert(name.clone(), level.parse().unwrap_or(0));
                    }
                    while let Some(properties) = xml.child()? {
                        let is_hidden = properties.attribute("display").as_deref() == Some("false")
                            || properties.attribute("visibility").as_deref() == Some("hidden");
                        let is_shape =
                            matches!(properties.name(), "table-properties" | "drawing-page-properties");
                        if is_hidden && is_shape {
                            self.hidden.insert(name.clone());
                        }
                        xml.skip()?;
                    }
                }
                "list-style" => {
                    let levels = list::levels(xml)?;
                    self.lists.insert(name, levels);
                }
                _ => xml.skip()?,
            }
        }
        Ok(())
    }

    pub(super) fn is_hidden(&self, style: Option<String>) -> bool {
        style.is_some_and(|style| self.hidden.contains(&style))
    }

    /// What the style of a paragraph, or one that it is based on, marks.
    pub(super) fn role(&self, style: Option<&str>) -> Option<Role> {
        // Spaces of names are written as their code.
        self.chain(style)
            .find_map(|name| style_names::role(&name.replace("_20_", " ")))
    }

    /// The level of a paragraph whose style is that of headings.
    pub(super) fn outline(&self, style: Option<&str>) -> Option<usize> {
        let level = self.chain(style).find_map(|name| {
            let stated = self.outlines.get(name).copied();
            stated.or_else(|| style_names::heading(&name.replace("_20_", " ")))
        });
        level.filter(|level| *level > 0)
    }

    /// A style and those that it is based on.
    fn chain<'a>(&'a self, style: Option<&'a str>) -> impl Iterator<Item = &'a str> {
        let next = |name: &&str| self.parents.get(*name).map(String::as_str);
        std::iter::successors(style, next).take(MAX_CHAIN)
    }
}
