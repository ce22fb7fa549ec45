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

/// The locations of the parts of a text, in the order of the parts.
#[derive(Debug)]
pub struct LocationsOfParts<'a> {
    /// Those that begin after the previous part.
    rest: &'a [Location],
    /// The last one before, with the byte of its start.
    last: Option<(Location, usize)>,
}

impl<'a> LocationsOfParts<'a> {
    /// Begins with the first part of a text.
    pub fn new(locations: &'a [Location]) -> Self {
        Self {
            rest: locations,
            last: None,
        }
    }

    /// The locations of the next part, which begins where the previous one ended; `bytes` and `points` (code points) are its
    /// place in the text. The first location is where the part begins. Rows of a sheet begin at the line, which may be before
    /// the part.
    pub fn next(&mut self, text: &str, bytes: &Range<usize>, points: &Range<usize>) -> Vec<Location> {
        let (inside, rest) = self
            .rest
            .split_at(self.rest.partition_point(|location| location.start < points.end));
        self.rest = rest;
        let mut within = Vec::new();
        if inside.first().is_none_or(|first| first.start > points.start) {
            self.last = self
                .last
                .take()
                .map(|last| advanced(last, text, bytes.start, points.start));
            within.extend(self.last.iter().map(|(location, _)| location.clone()));
        }
        within.extend_from_slice(inside);
        if let Some(last) = inside.last() {
            let mut characters = text[bytes.clone()].char_indices();
            let byte = characters
                .nth(last.start - points.start)
                .map_or(0, |(byte, _)| byte);
            self.last = Some((last.clone(), bytes.start + byte));
        }
        within
    }
}

/// A location, with the byte of its start, as it is at a later byte and code point.
fn advanced((location, from): (Location, usize), text: &str, byte: usize, point: usize) -> (Location, usize) {
    let (start, byte, place) = match location.place {
        Place::Sheet { name, row, column } => {
            let passed = &text[from..byte];
            let line = passed.rfind('\n').map_or(0, |end| end + 1);
            let row = row + rows(&passed[..line]);
            let start = point - code_points(&passed[line..]);
            (start, from + line, Place::Sheet { name, row, column })
        }
        place => (point, byte, place),
    };
    (Location { start, place }, byte)
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
/// `start` of the document; `quote` is bytes of it, the first of which is the code point `at` of the document.
pub(super) fn place_of_quote(
    locations: &[Location],
    text: &str,
    start: usize,
    quote: &Range<usize>,
    at: usize,
) -> Option<(Option<u32>, String)> {
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

    /// The locations of a part, in code points, that follows one other part.
    fn within(locations: &[Location], text: &str, part: Range<usize>) -> Vec<Location> {
        let mut ends = text.char_indices().map(|(byte, _)| byte).chain([text.len()]);
        let start = ends.nth(part.start).unwrap();
        let end = ends.nth(part.len() - 1).unwrap();
        let mut parts = LocationsOfParts::new(locations);
        parts.next(text, &(0..start), &(0..part.start));
        parts.next(text, &(start..end), &part)
    }

    fn place(locations: &[Location], text: &str, start: usize, quote: &str) -> Option<(Option<u32>, String)> {
        let at = text.find(quote).unwrap();
        let point = start + code_points(&text[..at]);
        place_of_quote(locations, text, start, &(at..at + quote.len()), point)
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
        let part = within(&locations, TABLE, lens..TABLE.len());
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
        assert_eq!(within(&locations, text, 9..14), [page(9, 2), page(12, 4)]);
        assert_eq!(within(&locations, text, 7..12), [page(7, 2)]);
        assert_eq!(within(&[], text, 7..12), []);
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
