//! Tables for people: columns as wide as their widest cell, whatever its colours.

use console::{Alignment, measure_text_width, pad_str, style};

/// Between two columns.
const GAP: &str = "  ";

/// The rows under their heads, without spaces at the ends of lines.
pub(crate) fn table<const COLUMNS: usize>(heads: [&str; COLUMNS], rows: &[[String; COLUMNS]]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| measure_text_width(&row[column]));
        cells.max().unwrap_or(0).max(measure_text_width(heads[column]))
    };
    let widths: Vec<usize> = (0..COLUMNS).map(width).collect();
    let line = |cells: &[String; COLUMNS]| {
        let padded: Vec<_> = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| pad_str(cell, *width, Alignment::Left, None))
            .collect();
        padded.join(GAP).trim_end().to_owned()
    };
    // Padded before it is styled, so that no escape code hides the spaces at its end.
    let head = style(line(&heads.map(str::to_owned))).dim().to_string();
    let lines: Vec<String> = std::iter::once(head).chain(rows.iter().map(line)).collect();
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
    fn colours_take_no_room() {
        let red = style("no").red().force_styling(true).to_string();
        let rows = [[red.clone(), "b".to_owned()]];
        assert!(table(["abc", "d"], &rows).ends_with(&format!("{red}   b")));
    }
}
