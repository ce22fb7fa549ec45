//! Comma-separated and tab-separated values (RFC 4180 and what programs write in its name), as the tables of a sheet.

use csv::{Reader, ReaderBuilder, StringRecord};

use crate::{
    Format, Original, Parsed, Problem,
    grid::{Cell, Grid, MAX_COLUMNS, MAX_ROWS},
    markdown::{Budget, Markdown},
    text,
};

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Records and bytes from which the delimiter is told.
const SAMPLE_RECORDS: usize = 50;
const SAMPLE_BYTES: usize = 64 * 1024;

/// Parses values. The first row of a table is its header; blank rows divide tables, as in sheets.
///
/// # Errors
/// [`Problem::Damaged`] for binary files, [`Problem::TooLarge`], [`Problem::NoText`].
pub(crate) fn parse(original: &Original<'_>, format: Format) -> Result<Parsed, Problem> {
    let text = text::decode(original)?;
    let (stated, text) = split_stated(&text);
    let usual = if format == Format::Tsv { b'\t' } else { b',' };
    let delimiter = stated.unwrap_or_else(|| detect(text, usual));
    let mut grid = Grid::default();
    let mut budget = Budget::default();
    // Excel hides the line that states the delimiter, but counts it.
    let mut row = u32::from(stated.is_some());
    let mut reader = reader(text, delimiter);
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(Problem::damaged)? {
        let start = record.position().map_or(0, |position| position.byte());
        row = row.saturating_add(1 + blank_lines(text, start));
        for (column, field) in (1..=MAX_COLUMNS).zip(&record) {
            let text = field.to_owned();
            grid.push(Cell { row, column, text }, &mut budget)?;
        }
        if row >= MAX_ROWS {
            return Err(Problem::too_large(format!("it has more than {MAX_ROWS} rows")));
        }
    }
    let mut markdown = Markdown::default();
    grid.write("", &mut markdown)?;
    Ok(Parsed {
        title: text::file_name(original),
        ..markdown.finish(format.media_type())?
    })
}

/// The delimiter that the first line states for Excel (`sep=;`), and the lines that follow it.
fn split_stated(text: &str) -> (Option<u8>, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    match first.strip_prefix("sep=").map(str::as_bytes) {
        Some([delimiter]) if delimiter.is_ascii() => (Some(*delimiter), rest),
        _ => (None, text),
    }
}

fn reader(text: &str, delimiter: u8) -> Reader<&[u8]> {
    ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        // A quote that is never closed would take the rest of the file into one cell.
        .quoting(
            text.bytes()
                .filter(|byte| *byte == b'"')
                .count()
                .is_multiple_of(2),
        )
        .from_reader(text.as_bytes())
}

/// Blank lines at a byte, which the reader skips. Programs that show sheets count them as rows.
fn blank_lines(text: &str, start: u64) -> u32 {
    let start = usize::try_from(start).unwrap_or(usize::MAX);
    let rest = text.get(start..).unwrap_or_default();
    let lines = rest.len() - rest.trim_start_matches('\n').len();
    u32::try_from(lines).unwrap_or(u32::MAX)
}

/// The delimiter that divides the most records into the same number of fields; with as many, the usual one, or else the one
/// that makes more fields.
fn detect(text: &str, usual: u8) -> u8 {
    let mut end = text.len().min(SAMPLE_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let score = |delimiter: u8| {
        let mut reader = reader(&text[..end], delimiter);
        let records = reader.records().take(SAMPLE_RECORDS).filter_map(Result::ok);
        let counts: Vec<usize> = records
            .map(|record| record.len())
            .filter(|count| *count > 1)
            .collect();
        let same = |count: &usize| counts.iter().filter(|other| *other == count).count();
        let most = counts.iter().map(|count| (same(count), *count)).max();
        let (records, fields) = most.unwrap_or_default();
        (records, delimiter == usual && records > 0, fields)
    };
    let best = DELIMITERS.into_iter().max_by_key(|delimiter| score(*delimiter));
    best.filter(|delimiter| score(*delimiter).0 > 0).unwrap_or(usual)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Place;

    fn parsed(text: &str) -> Parsed {
        let original = Original {
            bytes: text.as_bytes(),
            ..Original::default()
        };
        parse(&original, Format::Csv).unwrap()
    }

    #[test]
    fn delimiters_are_told_by_the_rows() {
        assert_eq!(detect("a;b\n1,5;2,5\n3,5;4,5\n", b','), b';');
        assert_eq!(detect("a\tb, c\n1\t2\n", b','), b'\t');
        assert_eq!(detect("a,b|c,d\n", b','), b',');
        assert_eq!(detect("one\ntwo\n", b'\t'), b'\t');
    }

    #[test]
    fn rows_count_blank_lines_but_not_lines_within_quotes() {
        let parsed = parsed("sep=;\r\na;b\r\n\"x\ny\";2\r\n\r\n\r\nc;d\r\n");
        assert_eq!(
            parsed.text,
            "| a | b |\n| --- | --- |\n| x y | 2 |\n\n| c | d |\n| --- | --- |"
        );
        let rows = parsed.locations.iter().map(|location| match &location.place {
            Place::Sheet { row, .. } => *row,
            _ => 0,
        });
        assert_eq!(rows.collect::<Vec<_>>(), [2, 6]);
    }

    #[test]
    fn an_open_quote_does_not_swallow_the_rest() {
        assert_eq!(
            parsed("a,b\n1,5\" disk\n").text,
            "| a | b |\n| --- | --- |\n| 1 | 5\" disk |"
        );
    }
}
