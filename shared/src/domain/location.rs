//! Places in the file that a document was parsed from: pages, slides, chapters and cells.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::text::code_points;

/// Where a part of a text comes from. It ends where the next one begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// Start in the text of the document, in code points.
    pub start: usize,
    /// The place in the file.
    #[serde(flatten)]
    pub place: Place,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A page, from 1.
    Page(u32),
    /// A slide, from 1.
    Slide(u32),
    /// A chapter of a book, from 1.
    Chapter(u32),
    /// A cell of a notebook, from 1.
    Cell(u32),
    /// Consecutive rows of a sheet, each of which is a line of a Markdown table in the text.
    Sheet {
        /// Name of the sheet; may be empty.
        name: String,
        /// Row of the first line, from 1.
        row: u32,
        /// Column of the first cell, from 1: 1 is `A`.
        column: u32,
    },
}

/// The locations of a part of a text, in code points; the first one is where the part begins. Rows of a sheet begin at the
/// line, which may be before the part.
pub fn locations_within(locations: &[Location], text: &str, part: &Range<usize>) -> Vec<Location> {
    let next = locations.partition_point(|location| location.start <= part.start);
    let mut within = Vec::new();
    if let Some(before) = next.checked_sub(1) {
        within.push(advanced(&locations[before], text, part.start));
    }
    let rest = locations[next..].iter();
    within.extend(rest.take_while(|location| location.start < part.end).cloned());
    within
}

/// A location as it is at a later offset.
fn advanced(location: &Location, text: &str, at: usize) -> Location {
    let Place::Sheet { name, row, column } = &location.place else {
        return Location {
            start: at,
            place: location.place.clone(),
        };
    };
    let passed: String = text
        .chars()
        .skip(location.start)
        .take(at - location.start)
        .collect();
    let line = passed.rfind('\n').map_or(0, |end| end + 1);
    Location {
        start: at - code_points(&passed[line..]),
        place: Place::Sheet {
            name: name.clone(),
            row: row + rows(&passed[..line]),
            column: *column,
        },
    }
}

/// The number of rows in whole lines of a table.
fn rows(lines: &str) -> u32 {
    let is_row = |line: &&str| line.starts_with('|') && !is_separator(line);
    lines.lines().filter(is_row).count() as u32
}

/// Whether a line separates the header of a table from its rows.
fn is_separator(line: &str) -> bool {
    line.contains('-') && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '))
}

/// The page of a quotation, and the name of its place: `page 3`, `slide 2`, `Prices!B7`. `text` begins at the code point
/// `start` of the document, and `quote` is bytes of it.
pub(super) fn place_of_quote(
    locations: &[Location],
    text: &str,
    start: usize,
    quote: &Range<usize>,
) -> Option<(Option<u32>, String)> {
    let at = start + code_points(text.get(..quote.start)?);
    let location = locations.iter().rfind(|location| location.start <= at)?;
    let name = |kind: &str, number: u32| format!("{kind} {number}");
    Some(match &location.place {
        Place::Page(page) => (Some(*page), name("page", *page)),
        Place::Slide(slide) => (None, name("slide", *slide)),
        Place::Chapter(chapter) => (None, name("chapter", *chapter)),
        Place::Cell(cell) => (None, name("cell", *cell)),
        Place::Sheet { name, row, column } => {
            let skipped = location.start.saturating_sub(start);
            let table = text.char_indices().nth(skipped).map_or(0, |(byte, _)| byte);
            let address = |end: usize| {
                let before = text.get(table..end.max(table)).unwrap_or_default();
                let line = before.rfind('\n').map_or(0, |end| end + 1);
                // A row begins with a bar.
                let bars = bars(&before[line..]).saturating_sub(1);
                format!("{}{}", letters(column + bars), row + rows(&before[..line]))
            };
            // The blanks and bars around a quotation are not part of its cells.
            let quoted = text.get(quote.clone()).unwrap_or_default();
            let inner = quoted.trim_matches(|c: char| c.is_whitespace() || c == '|');
            let lead = quoted.find(inner).unwrap_or(0);
            // The first character of a cell is behind its bar.
            let after_bars = |at: usize| at + usize::from(text[at..].starts_with('|'));
            let first = address(after_bars(quote.start + lead));
            let last = address(quote.start + lead + inner.len());
            let cells = if first == last {
                first
            } else {
                format!("{first}:{last}")
            };
            match name.as_str() {
                "" => (None, cells),
                name => (None, format!("{name}!{cells}")),
            }
        }
    })
}

/// The number of bars that separate cells.
fn bars(line: &str) -> u32 {
    let mut is_escaped = false;
    let mut bars = 0;
    for c in line.chars() {
        bars += u32::from(c == '|' && !is_escaped);
        is_escaped = c == '\\' && !is_escaped;
    }
    bars
}

/// The letters of a column: `A` to `Z`, then `AA`.
fn letters(mut column: u32) -> String {
    let mut letters = Vec::new();
    while column > 0 {
        column -= 1;
        letters.push(char::from(b'A' + (column % 26) as u8));
        column /= 26;
    }
    letters.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "Prices\n\n| Name | Price |\n| --- | --- |\n| Lens | 40 |\n| Lamp \\| wick | 7 |\n";

    fn sheet(start: usize, row: u32, column: u32) -> Location {
        Location {
            start,
            place: Place::Sheet {
                name: "P".into(),
                row,
                column,
            },
        }
    }

    fn place(locations: &[Location], text: &str, start: usize, quote: &str) -> Option<(Option<u32>, String)> {
        let at = text.find(quote).unwrap();
        place_of_quote(locations, text, start, &(at..at + quote.len()))
    }

    #[test]
    fn cells_have_addresses() {
        let locations = [sheet(8, 3, 2)];
        for (quote, address) in [
            ("Name", "P!B3"),
            ("Price |", "P!C3"),
            ("Lens", "P!B4"),
            ("40", "P!C4"),
            ("wick", "P!B5"),
            ("| Lens | 40 |", "P!B4:C4"),
            ("| Lamp \\| wick | 7 |", "P!B5:C5"),
            ("Lens | 40 |\n| Lamp", "P!B4:B5"),
        ] {
            assert_eq!(
                place(&locations, TABLE, 0, quote),
                Some((None, address.to_owned())),
                "{quote}"
            );
        }
        assert_eq!(place(&locations, TABLE, 0, "Prices"), None);
        let lens = TABLE.find("| Lens").unwrap();
        let part = locations_within(&locations, TABLE, &(lens..TABLE.len()));
        assert_eq!(part, [sheet(lens, 4, 2)]);
        assert_eq!(
            place(&part, &TABLE[lens..], lens, "wick"),
            Some((None, "P!B5".to_owned()))
        );
        assert_eq!([1, 26, 27, 702, 703].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    }

    #[test]
    fn a_part_of_a_text_has_its_pages() {
        let page = |start, page| Location {
            start,
            place: Place::Page(page),
        };
        let text = "é one.\ntwo.\nthree.";
        let locations = [page(0, 1), page(7, 2), page(12, 4)];
        assert_eq!(
            locations_within(&locations, text, &(9..14)),
            [page(9, 2), page(12, 4)]
        );
        assert_eq!(locations_within(&locations, text, &(7..12)), [page(7, 2)]);
        assert_eq!(locations_within(&[], text, &(7..12)), []);
        assert_eq!(
            place(&locations, text, 0, "three"),
            Some((Some(4), "page 4".to_owned()))
        );
        assert_eq!(
            place(&locations, text, 0, "two"),
            Some((Some(2), "page 2".to_owned()))
        );
        let json = serde_json::to_value(&locations[1]).unwrap();
        assert_eq!(json, serde_json::json!({ "start": 7, "page": 2 }));
        assert_eq!(serde_json::from_value::<Location>(json).unwrap(), locations[1]);
    }
}
