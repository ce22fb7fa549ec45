//! Strings that cells share.

use crate::{Problem, xml::Xml};

/// The strings one after another, so that millions of empty ones need little memory.
#[derive(Debug, Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<u32>,
}

impl Strings {
    /// # Errors
    /// [`Problem::Damaged`].
    pub(super) fn read(text: &str) -> Result<Self, Problem> {
        let (mut xml, _) = Xml::root(text)?;
        let mut strings = Self::default();
        while let Some(element) = xml.child()? {
            if element.name() != "si" {
                xml.skip()?;
                continue;
            }
            rich_text(&mut xml, &mut strings.text)?;
            let end = u32::try_from(strings.text.len()).map_err(Problem::too_large)?;
            strings.ends.push(end);
        }
        Ok(strings)
    }

    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = index
            .checked_sub(1)
            .map_or(0, |before| self.ends[before] as usize);
        self.text.get(start..end)
    }
}

/// Appends the text of a string with formatted runs. Readings of East Asian characters are left out.
pub(super) fn rich_text(xml: &mut Xml<'_>, text: &mut String) -> Result<(), Problem> {
    while let Some(element) = xml.child()? {
        match element.name() {
            "t" => text.push_str(&xml.text()?),
            "r" => rich_text(xml, text)?,
            _ => xml.skip()?,
        }
    }
    Ok(())
}
