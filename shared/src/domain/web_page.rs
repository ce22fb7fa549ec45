//! Copies of web pages that answers quote.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    document::{Document, DocumentHeader, hex},
    ids::DocumentId,
    invalid::InvalidInput,
};

/// A page of the web as it was when it was fetched, and what is known of its text. Answers quote this copy, which never changes:
/// another content of the same page is another copy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebPage {
    /// The header that readers of the copy see.
    pub header: DocumentHeader,
    /// The page. Its id follows from its address and its content.
    pub document: Document,
}

impl DocumentId {
    /// What ids of copies of web pages begin with.
    const WEB_PAGE: &str = "web-";
    /// Length of the hash in the id of a copy, in hexadecimal digits.
    const WEB_PAGE_DIGITS: usize = 32;

    /// The id of the copy of a web page.
    pub fn of_web_page(page: &Document) -> Self {
        let content = format!(
            "{}\n{}",
            page.url.as_deref().unwrap_or_default(),
            page.content_hash()
        );
        let hash = hex(&Sha256::digest(content)[..Self::WEB_PAGE_DIGITS / 2]);
        // A hash is always a valid id.
        Self::parse(&format!("{}{hash}", Self::WEB_PAGE))
            .unwrap_or_else(|_| unreachable!("hexadecimal is a valid id"))
    }

    /// Parses the id of a document that a caller stores or deletes: as [`DocumentId::parse`], and not that of a copy of a web page.
    ///
    /// # Errors
    /// If it breaks one of these rules.
    pub fn parse_own(name: &str) -> Result<Self, InvalidInput> {
        let id = Self::parse(name)?;
        if id.is_web_page() {
            let detail =
                "is the id of the copy of a web page, which answers quote and which expires by itself";
            return Err(InvalidInput::invalid_value("", detail));
        }
        Ok(id)
    }

    /// Whether this is an id of the copy of a web page. Such ids cannot be given to other documents.
    pub fn is_web_page(&self) -> bool {
        let hash = self.as_str().strip_prefix(Self::WEB_PAGE);
        hash.is_some_and(|hash| {
            hash.len() == Self::WEB_PAGE_DIGITS && hash.bytes().all(|digit| digit.is_ascii_hexdigit())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_copies_of_web_pages_have_their_ids() {
        let id = "web-0123456789abcdef0123456789abcdef";
        assert!(DocumentId::parse(id).unwrap().is_web_page());
        assert!(DocumentId::parse_own(id).is_err());
        for own in [
            "web-page",
            "web-0123456789abcdef0123456789abcde",
            "web-0123456789abcdef0123456789abcdeg",
        ] {
            assert!(!DocumentId::parse_own(own).unwrap().is_web_page(), "{own}");
        }
    }
}
