//! Lists: levels of their styles and labels of their items.

use std::collections::HashMap;

use crate::{Problem, numerals::written, xml::Xml};

const MAX_LEVELS: usize = 10;

/// A level of a list style.
#[derive(Debug, Clone, Default)]
pub(super) struct Level {
    /// Format of the number; empty for bullets.
    format: String,
    prefix: String,
    suffix: String,
    /// How many levels the number shows.
    shown: usize,
    start: u32,
}

/// Reads the levels of the open list style.
///
/// # Errors
/// [`Problem::Damaged`].
pub(super) fn levels(xml: &mut Xml<'_>) -> Result<Vec<Level>, Problem> {
    let mut levels = vec![Level::default(); MAX_LEVELS];
    while let Some(element) = xml.child()? {
        let place = element
            .number::<usize>("level")
            .and_then(|level| level.checked_sub(1));
        if let Some(level) = place.and_then(|place| levels.get_mut(place))
            && element.name() == "list-level-style-number"
        {
            *level = Level {
                format: element.attribute("num-format").unwrap_or_default(),
                prefix: element.attribute("num-prefix").unwrap_or_default(),
                suffix: element.attribute("num-suffix").unwrap_or_default(),
                shown: element.number("display-levels").unwrap_or(1),
                start: element.number("start-value").unwrap_or(1),
            };
        }
        xml.skip()?;
    }
    Ok(levels)
}

/// Counts the items of nested lists.
#[derive(Debug, Default)]
pub(super) struct Counter {
    numbers: Vec<Option<u32>>,
    /// Last numbers of lists, by identifier and by style.
    saved: HashMap<String, u32>,
}

impl Counter {
    /// Opens a list that is not within another. It goes on as the list saved under `name`, or starts anew.
    pub(super) fn resume(&mut self, name: Option<&str>) {
        self.numbers = vec![name.and_then(|name| self.saved.get(name).copied())];
    }

    /// Saves the last number of such a list under its names.
    pub(super) fn save(&mut self, names: [String; 2]) {
        if let Some(Some(number)) = self.numbers.first() {
            self.saved.extend(names.map(|name| (name, *number)));
        }
    }

    /// Opens a nested list, which starts anew.
    pub(super) fn open(&mut self, depth: usize) {
        self.numbers.resize(self.numbers.len().max(depth + 1), None);
        self.numbers[depth..].fill(None);
    }

    /// Counts an item and returns its marker, and the text that precedes its words.
    pub(super) fn next(&mut self, levels: &[Level], depth: usize, start: Option<u32>) -> (String, String) {
        self.numbers.resize(self.numbers.len().max(depth + 1), None);
        let Some(level) = levels.get(depth) else {
            return ("-".to_owned(), String::new());
        };
        let next = self.numbers[depth].map_or(level.start, |number| number.saturating_add(1));
        let number = start.unwrap_or(next);
        self.numbers[depth] = Some(number);
        self.numbers[depth + 1..].fill(None);
        if level.format.is_empty() {
            return ("-".to_owned(), String::new());
        }
        let shown = level.shown.clamp(1, depth + 1);
        let numbers = (depth + 1 - shown..=depth).map(|place| {
            let number = self.numbers[place].unwrap_or(levels[place].start);
            written(number, &levels[place].format)
        });
        let label = numbers.collect::<Vec<_>>().join(".");
        if shown == 1 && level.format == "1" && level.prefix.is_empty() && level.suffix.chars().count() <= 1 {
            return (format!("{label}."), String::new());
        }
        (
            "-".to_owned(),
            format!("{}{label}{} ", level.prefix, level.suffix),
        )
    }
}
