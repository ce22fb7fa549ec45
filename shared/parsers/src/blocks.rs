//! Writes the blocks of markup languages: paragraphs join the item, the admonition or the quotation around them.

use crate::{
    Problem,
    markdown::{Block, Markdown, fenced},
};

/// The blocks so far.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    pub(crate) markdown: Markdown,
    /// The item to which paragraphs belong: number of lists around it, marker and text.
    item: Option<(usize, String, String)>,
    /// What the next paragraph begins with: `Note`.
    label: Option<String>,
    /// Number of quotations around.
    pub(crate) quotes: usize,
}

impl Blocks {
    /// Begins an item. The paragraphs that follow are its text, up to [`Blocks::end_item`] or another kind of block.
    ///
    /// # Errors
    /// [`Problem::TooLarge`].
    pub(crate) fn begin_item(&mut self, depth: usize, marker: &str, text: &str) -> Result<(), Problem> {
        self.end_label()?;
        self.end_item()?;
        self.item = Some((depth, marker.to_owned(), text.to_owned()));
        Ok(())
    }

    /// # Errors
    /// [`Problem::TooLarge`].
    pub(crate) fn end_item(&mut self) -> Result<(), Problem> {
        let Some((depth, marker, text)) = self.item.take() else {
            return Ok(());
        };
        self.markdown.block(&Block::Item { depth, marker, text })
    }

    /// Labels the next paragraph.
    ///
    /// # Errors
    /// [`Problem::TooLarge`].
    pub(crate) fn label(&mut self, label: &str) -> Result<(), Problem> {
        self.end_label()?;
        self.label = Some(label.to_owned()).filter(|label| !label.is_empty());
        Ok(())
    }

    /// Writes a label that no paragraph followed.
    ///
    /// # Errors
    /// [`Problem::TooLarge`].
    pub(crate) fn end_label(&mut self) -> Result<(), Problem> {
        match self.label.take() {
            Some(label) => {
                let colon = if label.ends_with(['.', ':', '?', '!']) {
                    ""
                } else {
                    ":"
                };
                self.paragraph(&format!("{label}{colon}"))
            }
            None => Ok(()),
        }
    }

    /// # Errors
    /// [`Problem::TooLarge`].
    pub(crate) fn paragraph(&mut self, text: &str) -> Result<(), Problem> {
        if text.trim().is_empty() {
            return Ok(());
        }
        let text = match self.label.take() {
            Some(label) if label.ends_with(['.', ':', '?', '!']) => format!("{label} {text}"),
            Some(label) => format!("{label}: {text}"),
            None => text.to_owned(),
        };
        match &mut self.item {
            Some((.., item)) => {
                item.push_str(if item.is_empty() || item.ends_with(": ") {
                    ""
                } else {
                    "\n"
                });
                item.push_str(&text);
                Ok(())
            }
            None if self.quotes > 0 => self.markdown.block(&Block::Quote(text)),
            None => self.markdown.block(&Block::Paragraph(text)),
        }
    }

    /// # Errors
    /// [`Problem::TooLarge`].
    pub(crate) fn heading(&mut self, level: usize, text: &str) -> Result<(), Problem> {
        self.block(&Block::Heading(level, text.to_owned()))
    }

    /// # Errors
    /// [`Problem::TooLarge`].
    pub(crate) fn table(&mut self, rows: Vec<Vec<String>>) -> Result<(), Problem> {
        self.block(&Block::Table(rows))
    }

    /// # Errors
    /// [`Problem::TooLarge`].
    pub(crate) fn code(&mut self, code: &str, language: &str) -> Result<(), Problem> {
        self.end_label()?;
        self.end_item()?;
        self.markdown.raw(&fenced(code, language))
    }

    fn block(&mut self, block: &Block) -> Result<(), Problem> {
        self.end_label()?;
        self.end_item()?;
        self.markdown.block(block)
    }
}
