//! Paragraphs of shapes (DrawingML).

use crate::{
    Problem,
    markdown::{Block, Budget, clean},
    xml::Xml,
};

/// The deepest level of a paragraph.
const MAX_LEVEL: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bullet {
    None,
    Character,
    /// A number; the list starts with it.
    Number(u32),
}

#[derive(Debug, Default)]
pub(super) struct Paragraph {
    level: usize,
    pub(super) bullet: Option<Bullet>,
    pub(super) text: String,
}

/// Reads a paragraph.
pub(super) fn paragraph(xml: &mut Xml<'_>, budget: &mut Budget) -> Result<Paragraph, Problem> {
    budget.spend(1)?;
    let mut paragraph = Paragraph::default();
    inline(xml, budget, &mut paragraph)?;
    Ok(paragraph)
}

fn inline(xml: &mut Xml<'_>, budget: &mut Budget, paragraph: &mut Paragraph) -> Result<(), Problem> {
    let mut has_choice = false;
    while let Some(element) = xml.child()? {
        match element.name() {
            "pPr" => {
                let level = element.number("lvl").unwrap_or(0_usize);
                paragraph.bullet = properties(xml)?.bullet;
                paragraph.level = level.min(MAX_LEVEL);
            }
            "t" => {
                let text = xml.text()?;
                budget.spend(text.len())?;
                paragraph.text.push_str(&text);
            }
            "br" => {
                paragraph.text.push('\n');
                xml.skip()?;
            }
            "rPr" | "endParaRPr" => xml.skip()?,
            "Fallback" if has_choice => xml.skip()?,
            "Choice" => {
                has_choice = true;
                inline(xml, budget, paragraph)?;
            }
            _ => inline(xml, budget, paragraph)?,
        }
    }
    Ok(())
}

/// Reads properties of a paragraph or of a level.
pub(super) fn properties(xml: &mut Xml<'_>) -> Result<Paragraph, Problem> {
    let mut paragraph = Paragraph::default();
    while let Some(element) = xml.child()? {
        match element.name() {
            "buNone" => paragraph.bullet = Some(Bullet::None),
            "buChar" | "buBlip" => paragraph.bullet = Some(Bullet::Character),
            "buAutoNum" => paragraph.bullet = Some(Bullet::Number(element.number("startAt").unwrap_or(1))),
            _ => {}
        }
        xml.skip()?;
    }
    Ok(paragraph)
}

/// Paragraphs as blocks. Numbers count on while paragraphs of their level follow.
pub(super) fn blocks(paragraphs: &[Paragraph], has_bullet: impl Fn(usize) -> bool) -> Vec<Block> {
    let mut numbers = [None::<u32>; MAX_LEVEL + 1];
    let mut blocks = Vec::new();
    for Paragraph { level, bullet, text } in paragraphs {
        if clean(text).is_empty() {
            continue;
        }
        let inherited = if has_bullet(*level) {
            Bullet::Character
        } else {
            Bullet::None
        };
        let marker = match bullet.unwrap_or(inherited) {
            Bullet::None => {
                numbers.fill(None);
                blocks.push(Block::Paragraph(text.clone()));
                continue;
            }
            Bullet::Character => {
                numbers[*level..].fill(None);
                "-".to_owned()
            }
            Bullet::Number(start) => {
                let number = numbers[*level].map_or(start, |number| number.saturating_add(1));
                numbers[*level..].fill(None);
                numbers[*level] = Some(number);
                format!("{number}.")
            }
        };
        blocks.push(Block::Item {
            depth: *level,
            marker,
            text: text.clone(),
        });
    }
    blocks
}
