//! Plain-text tables whose columns are as wide as their widest cell. ANSI colours do not count towards the width.

use console::{Alignment, measure_text_width, pad_str, style};

/// The separator between columns.
const SEPARATOR: &str = "  ";

/// Formats rows below their column headers, without trailing spaces.
pub(crate) fn table<const COLUMNS: usize>(headers: [&str; COLUMNS], rows: &[[String; COLUMNS]]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| measure_text_width(&row[column]));
        cells.max().unwrap_or(0).max(measure_text_width(headers[column]))
    };
    let widths: Vec<usize> = (0..COLUMNS).map(width).collect();
    let line = |cells: &[String; COLUMNS]| {
        let padded: Vec<_> = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| pad_str(cell, *width, Alignment::Left, None))
            .collect();
        padded.join(SEPARATOR).trim_end().to_owned()
    };
    // Trimmed before styling: an escape code at the end would hide trailing spaces.
    let header = style(line(&headers.map(str::to_owned))).dim().to_string();
    let lines: Vec<String> = std::iter::once(header).chain(rows.iter().map(line)).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        console::set_colors_enabled(false);
        let row = |a: &str, b: &str| [a.to_owned(), b.to_owned()];
        let rows = [row("groq", "free"), row("a", ""), row("größer als", "x")];
        assert_eq!(
            table(["name", "price"], &rows),
            "name        price\ngroq        free\na\ngrößer als  x"
        );
        assert_eq!(table(["name", "price"], &[]), "name  price");
    }

    #[test]
    fn colours_do_not_count_towards_the_width() {
        let red = style("no").red().force_styling(true).to_string();
        let rows = [[red.clone(), "b".to_owned()]];
        assert!(table(["abc", "d"], &rows).ends_with(&format!("{red}   b")));
    }
}
