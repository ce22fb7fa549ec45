//! Numbers of lists and headings, as Word shows them.

use std::collections::HashMap;

use crate::{Problem, numerals::written, xml::Xml};

pub(super) const LEVELS: usize = 9;

#[derive(Debug, Clone, Default)]
struct Level {
    start: u32,
    format: String,
    /// The text around the numbers: `%1.%2)`.
    text: String,
}

#[derive(Debug, Default)]
struct List {
    of: String,
    /// Numbers at which levels start anew in this list.
    starts: [Option<u32>; LEVELS],
    /// Levels that differ from the definition.
    levels: HashMap<usize, Level>,
    is_used: bool,
}

#[derive(Debug, Default)]
struct Definition {
    levels: [Level; LEVELS],
    /// The style whose definition has the levels.
    link: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct Numbering {
    definitions: HashMap<String, Definition>,
    /// Definitions that styles of lists have.
    of_styles: HashMap<String, String>,
    lists: HashMap<String, List>,
    /// The current number of each level, `None` before the first item. Lists of one definition count on together.
    counters: HashMap<String, [Option<u32>; LEVELS]>,
}

/// What stands before an item.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Label {
    Bullet,
    /// A number with a full stop or bracket and nothing else.
    Number(u32),
    /// Any other text: `2.1`, `(b)`.
    Text(String),
    Nothing,
}

impl Numbering {
    /// # Errors
    /// [`Problem::Damaged`].
    pub(super) fn read(text: &str) -> Result<Self, Problem> {
        let (mut xml, _) = Xml::root(text)?;
        let mut all = Self::default();
        while let Some(element) = xml.child()? {
            match element.name() {
                "abstractNum" => {
                    let id = element.attribute("abstractNumId").unwrap_or_default();
                    let (definition, style) = read_definition(&mut xml)?;
                    all.of_styles.extend(style.map(|style| (style, id.clone())));
                    all.definitions.insert(id, definition);
                }
                "num" => {
                    let id = element.attribute("numId").unwrap_or_default();
                    let list = read_list(&mut xml)?;
                    all.lists.insert(id, list);
                }
                _ => xml.skip()?,
            }
        }
        Ok(all)
    }

    /// Counts an item and returns its label; `None` for lists that are not defined.
    pub(super) fn next(&mut self, list: &str, level: usize) -> Option<Label> {
        let level = level.min(LEVELS - 1);
        let list = self.lists.get_mut(list)?;
        let mut definition = self.definitions.get(&list.of)?;
        if let Some(id) = definition.link.as_ref().and_then(|link| self.of_styles.get(link)) {
            definition = self.definitions.get(id)?;
        }
        let levels: [&Level; LEVELS] =
            std::array::from_fn(|level| list.levels.get(&level).unwrap_or(&definition.levels[level]));
        let counters = self.counters.entry(list.of.clone()).or_default();
        if !list.is_used {
            list.is_used = true;
            for (counter, start) in counters.iter_mut().zip(list.starts) {
                *counter = start.map_or(*counter, |start| start.checked_sub(1));
            }
        }
        let start = list.starts[level].unwrap_or(levels[level].start);
        counters[level] = Some(counters[level].map_or(start, |number| number.saturating_add(1)));
        counters[level + 1..].fill(None);
        Some(label(&levels, level, counters))
    }
}

fn label(levels: &[&Level; LEVELS], level: usize, counters: &[Option<u32>; LEVELS]) -> Label {
    let Level { format, text, .. } = levels[level];
    if format == "bullet" {
        return Label::Bullet;
    }
    let mut label = text.clone();
    for (place, counter) in counters.iter().enumerate().take(level + 1) {
        let number = counter.unwrap_or(levels[place].start);
        label = label.replace(
            &format!("%{}", place + 1),
            &written(number, &levels[place].format),
        );
    }
    let label = label.trim();
    let number = label.trim_end_matches(['.', ')']);
    match (number.parse(), label.len() - number.len()) {
        _ if label.is_empty() => Label::Nothing,
        (Ok(number), 1) => Label::Number(number),
        _ => Label::Text(label.to_owned()),
    }
}

/// Reads a definition, and the style of lists that has it.
fn read_definition(xml: &mut Xml<'_>) -> Result<(Definition, Option<String>), Problem> {
    let mut definition = Definition::default();
    let mut style = None;
    while let Some(element) = xml.child()? {
        let place = element.number::<usize>("ilvl").filter(|place| *place < LEVELS);
        match (element.name(), place) {
            ("lvl", Some(place)) => {
                definition.levels[place] = read_level(xml)?;
                continue;
            }
            ("numStyleLink", _) => definition.link = element.attribute("val"),
            ("styleLink", _) => style = element.attribute("val"),
            _ => {}
        }
        xml.skip()?;
    }
    Ok((definition, style))
}

fn read_level(xml: &mut Xml<'_>) -> Result<Level, Problem> {
    let mut level = Level::default();
    while let Some(element) = xml.child()? {
        match element.name() {
            "start" => level.start = element.number("val").unwrap_or(1),
            "numFmt" => level.format = element.attribute("val").unwrap_or_default(),
            "lvlText" => level.text = element.attribute("val").unwrap_or_default(),
            _ => {}
        }
        xml.skip()?;
    }
    Ok(level)
}

fn read_list(xml: &mut Xml<'_>) -> Result<List, Problem> {
    let mut list = List::default();
    while let Some(element) = xml.child()? {
        let place = element.number::<usize>("ilvl").filter(|place| *place < LEVELS);
        match (element.name(), place) {
            ("abstractNumId", _) => list.of = element.attribute("val").unwrap_or_default(),
            ("lvlOverride", Some(place)) => {
                while let Some(child) = xml.child()? {
                    match child.name() {
                        "lvl" => drop(list.levels.insert(place, read_level(xml)?)),
                        "startOverride" => {
                            list.starts[place] = child.number("val");
                            xml.skip()?;
                        }
                        _ => xml.skip()?,
                    }
                }
                continue;
            }
            _ => {}
        }
        xml.skip()?;
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_count_and_restart() {
        let text = r#"<n><abstractNum abstractNumId="0">
            <lvl ilvl="0"><start val="1"/><numFmt val="decimal"/><lvlText val="%1."/></lvl>
            <lvl ilvl="1"><start val="1"/><numFmt val="lowerLetter"/><lvlText val="%1.%2)"/></lvl>
            </abstractNum><num numId="7"><abstractNumId val="0"/></num>
            <num numId="8"><abstractNumId val="0"/><lvlOverride ilvl="0"><startOverride val="5"/></lvlOverride></num></n>"#;
        let mut numbering = Numbering::read(text).unwrap();
        assert_eq!(numbering.next("7", 0), Some(Label::Number(1)));
        assert_eq!(numbering.next("7", 1), Some(Label::Text("1.a)".into())));
        assert_eq!(numbering.next("7", 1), Some(Label::Text("1.b)".into())));
        assert_eq!(numbering.next("7", 0), Some(Label::Number(2)));
        assert_eq!(numbering.next("8", 0), Some(Label::Number(5)));
        assert_eq!(numbering.next("9", 0), None);
    }
}
