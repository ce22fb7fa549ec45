//! Number formats of the styles of cells.

use std::collections::HashMap;

use crate::{Problem, xml::Xml};

#[derive(Debug, Default)]
pub(super) struct Styles {
    codes: HashMap<u32, String>,
    /// The number format of each style of cells.
    formats: Vec<u32>,
}

impl Styles {
    /// # Errors
    /// [`Problem::Damaged`].
    pub(super) fn read(text: &str) -> Result<Self, Problem> {
        let (mut xml, _) = Xml::root(text)?;
        let mut styles = Self::default();
        while let Some(element) = xml.child()? {
            match element.name() {
                "numFmts" => {
                    while let Some(format) = xml.child()? {
                        let code = format.attribute("formatCode").unwrap_or_default();
                        styles
                            .codes
                            .extend(format.number("numFmtId").map(|id| (id, code)));
                        xml.skip()?;
                    }
                }
                "cellXfs" => {
                    while let Some(style) = xml.child()? {
                        styles.formats.push(style.number("numFmtId").unwrap_or(0));
                        xml.skip()?;
                    }
                }
                _ => xml.skip()?,
            }
        }
        Ok(styles)
    }

    /// The format code of a style.
    pub(super) fn code(&self, style: usize) -> &str {
        let id = self.formats.get(style).copied().unwrap_or(0);
        match self.codes.get(&id) {
            Some(code) => code,
            None => built_in(id),
        }
    }
}

/// The codes that files do not state (ECMA-376 part 1, 18.8.30). Those of dates depend on the reader's country, which is
/// not known; they are written in the one order that cannot be misread.
fn built_in(id: u32) -> &'static str {
    match id {
        1 => "0",
        2 => "0.00",
        3 => "#,##0",
        4 => "#,##0.00",
        5 | 6 => "$#,##0_);($#,##0)",
        7 | 8 => "$#,##0.00_);($#,##0.00)",
        9 => "0%",
        10 => "0.00%",
        11 => "0.00E+00",
        12 | 13 => "# ?/?",
        14 | 27..=31 | 36 | 50..=58 => "yyyy-mm-dd",
        15 => "d-mmm-yy",
        16 => "d-mmm",
        17 => "mmm-yy",
        18 => "h:mm AM/PM",
        19 => "h:mm:ss AM/PM",
        20 | 32 | 34 => "h:mm",
        21 | 33 | 35 => "h:mm:ss",
        22 => "yyyy-mm-dd h:mm",
        37 | 38 => "#,##0_);(#,##0)",
        39 | 40 => "#,##0.00_);(#,##0.00)",
        41 => "#,##0_);(#,##0);\"-\"",
        42 => "$#,##0_);($#,##0);$\"-\"",
        43 => "#,##0.00_);(#,##0.00);\"-\"",
        44 => "$#,##0.00_);($#,##0.00);$\"-\"",
        45 => "mm:ss",
        46 => "[h]:mm:ss",
        47 => "mm:ss",
        48 => "##0.0E+0",
        49 => "@",
        _ => "General",
    }
}
