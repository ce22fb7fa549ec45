//! Shapes of a slide, a layout or a page of notes.

use super::text::{self, Paragraph};
use crate::{
    Problem,
    markdown::{Block, Budget, one_line},
    xml::{Element, Xml},
};

/// Whether paragraphs of each level have a bullet; `None` where nothing says so.
#[derive(Debug, Clone, Default)]
pub(super) struct Bullets(pub(super) [Option<bool>; 9]);

#[derive(Debug, Default)]
pub(super) struct Shape {
    pub(super) is_placeholder: bool,
    /// Kind of the placeholder: `title`, `body`; empty when not stated.
    pub(super) kind: String,
    pub(super) index: String,
    pub(super) bullets: Bullets,
    paragraphs: Vec<Paragraph>,
    table: Vec<Vec<String>>,
    /// Relation to the data of a SmartArt graphic.
    pub(super) diagram: Option<String>,
}

impl Shape {
    pub(super) fn is_title(&self) -> bool {
        matches!(self.kind.as_str(), "title" | "ctrTitle")
    }

    pub(super) fn plain_text(&self) -> String {
        let texts: Vec<&str> = self
            .paragraphs
            .iter()
            .map(|paragraph| paragraph.text.as_str())
            .collect();
        texts.join("\n")
    }

    /// The text of the shape; paragraphs have a bullet as they, the shape or `inherited` says.
    pub(super) fn blocks(&self, inherited: &Bullets) -> Vec<Block> {
        if !self.table.is_empty() {
            return vec![Block::Table(self.table.clone())];
        }
        let mut levels = self.bullets.clone();
        for (level, inherited) in levels.0.iter_mut().zip(inherited.0) {
            *level = level.or(inherited);
        }
        text::blocks(&self.paragraphs, |level| levels.0[level.min(8)].unwrap_or(false))
    }
}

/// Reads the shapes of a part whose root is open, in their order.
///
/// # Errors
/// [`Problem::Damaged`], [`Problem::TooLarge`].
pub(super) fn read(xml: &mut Xml<'_>, budget: &mut Budget) -> Result<Vec<Shape>, Problem> {
    let mut shapes = Vec::new();
    tree(xml, budget, &mut shapes)?;
    shapes.retain(|shape| !matches!(shape.kind.as_str(), "dt" | "ftr" | "sldNum" | "hdr" | "sldImg"));
    Ok(shapes)
}

fn tree(xml: &mut Xml<'_>, budget: &mut Budget, shapes: &mut Vec<Shape>) -> Result<(), Problem> {
    while let Some(element) = xml.child()? {
        match element.name() {
            "cSld" | "spTree" | "grpSp" => tree(xml, budget, shapes)?,
            "sp" | "graphicFrame" => {
                budget.spend(1)?;
                let mut shape = Shape::default();
                read_shape(xml, budget, &mut shape)?;
                shapes.push(shape);
            }
            "AlternateContent" => {
                let mut is_first = true;
                while xml.child()?.is_some() {
                    match is_first {
                        true => tree(xml, budget, shapes)?,
                        false => xml.skip()?,
                    }
                    is_first = false;
                }
            }
            _ => xml.skip()?,
        }
    }
    Ok(())
}

fn read_shape(xml: &mut Xml<'_>, budget: &mut Budget, shape: &mut Shape) -> Result<(), Problem> {
    while let Some(element) = xml.child()? {
        match element.name() {
            "ph" => {
                shape.is_placeholder = true;
                shape.kind = element.attribute("type").unwrap_or_default();
                shape.index = element.attribute("idx").unwrap_or_default();
                xml.skip()?;
            }
            "txBody" => body(xml, budget, shape)?,
            "tbl" => shape.table = table(xml, budget)?,
            "relIds" => {
                shape.diagram = element.attribute("dm");
                xml.skip()?;
            }
            "nvSpPr" | "nvPr" | "nvGraphicFramePr" | "graphic" | "graphicData" => {
                read_shape(xml, budget, shape)?
            }
            _ => xml.skip()?,
        }
    }
    Ok(())
}

fn body(xml: &mut Xml<'_>, budget: &mut Budget, shape: &mut Shape) -> Result<(), Problem> {
    while let Some(element) = xml.child()? {
        match element.name() {
            "lstStyle" => {
                while let Some(level) = xml.child()? {
                    let place = level
                        .name()
                        .strip_prefix("lvl")
                        .and_then(|name| name.get(..1)?.parse::<usize>().ok());
                    let has_bullet = text::properties(xml)?
                        .bullet
                        .map(|bullet| bullet != text::Bullet::None);
                    if let Some(place) =
                        place.and_then(|place| shape.bullets.0.get_mut(place.checked_sub(1)?))
                    {
                        *place = has_bullet;
                    }
                }
            }
            "p" => shape.paragraphs.push(text::paragraph(xml, budget)?),
            _ => xml.skip()?,
        }
    }
    Ok(())
}

fn table(xml: &mut Xml<'_>, budget: &mut Budget) -> Result<Vec<Vec<String>>, Problem> {
    let mut rows = Vec::new();
    while let Some(element) = xml.child()? {
        if element.name() != "tr" {
            xml.skip()?;
            continue;
        }
        let mut row = Vec::new();
        while let Some(element) = xml.child()? {
            match element.name() {
                "tc" => row.push(cell(&element, xml, budget)?),
                _ => xml.skip()?,
            }
        }
        rows.push(row);
    }
    Ok(rows)
}

/// The text of a cell. The cells that a merged one covers are there too, and blank.
fn cell(element: &Element<'_>, xml: &mut Xml<'_>, budget: &mut Budget) -> Result<String, Problem> {
    budget.spend(1)?;
    let is_covered = |name| matches!(element.attribute(name).as_deref(), Some("1" | "true"));
    let is_covered = is_covered("hMerge") || is_covered("vMerge");
    let mut shape = Shape::default();
    read_shape(xml, budget, &mut shape)?;
    Ok(match is_covered {
        true => String::new(),
        false => one_line(&shape.blocks(&Bullets::default())),
    })
}

/// Reads the texts of a SmartArt graphic whose root is open, as items of a list.
///
/// # Errors
/// [`Problem::Damaged`], [`Problem::TooLarge`].
pub(super) fn diagram(xml: &mut Xml<'_>, budget: &mut Budget) -> Result<Vec<Block>, Problem> {
    let mut items = Vec::new();
    while let Some(list) = xml.child()? {
        if list.name() != "ptLst" {
            xml.skip()?;
            continue;
        }
        while let Some(point) = xml.child()? {
            let is_node = point.attribute("type").is_none_or(|kind| kind == "node");
            let mut shape = Shape::default();
            while let Some(element) = xml.child()? {
                match element.name() {
                    "t" if is_node => body(xml, budget, &mut shape)?,
                    _ => xml.skip()?,
                }
            }
            let text = one_line(&shape.blocks(&Bullets::default()));
            if !text.is_empty() {
                let (depth, marker) = (0, "-".to_owned());
                items.push(Block::Item { depth, marker, text });
            }
        }
    }
    Ok(items)
}
