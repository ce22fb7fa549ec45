//! A pull reader of XML 1.0 with a limit on depth. Document type definitions are not read, so entities are never expanded.

use std::borrow::Cow;

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use crate::Problem;

/// The deepest element. Recursion over elements is limited by it.
const MAX_DEPTH: usize = 256;

/// A part of a document.
pub(crate) enum Token<'a> {
    /// An element opens.
    Open(Element<'a>),
    /// Text between tags, with references resolved. References to declared entities are dropped.
    Text(Cow<'a, str>),
    /// The element closes, or the document ends.
    Close,
}

/// The start of an element. Names are compared without their prefix: producers choose prefixes freely.
pub(crate) struct Element<'a>(BytesStart<'a>);

impl Element<'_> {
    /// The name without its prefix.
    pub(crate) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// The prefix as written, empty when missing.
    pub(crate) fn prefix(&self) -> &str {
        self.0.name().prefix().map_or("", |prefix| prefix.into_inner())
    }

    /// The value of the first attribute with this name, whatever its prefix.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        self.find(|prefix, local| local == name && prefix != Some("xmlns"))
    }

    /// The value of an attribute that has a prefix: `r:id` beside `id`.
    pub(crate) fn prefixed(&self, name: &str) -> Option<String> {
        self.find(|prefix, local| local == name && prefix.is_some_and(|prefix| prefix != "xmlns"))
    }

    /// The value of a number, `None` when missing or not a number.
    pub(crate) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.attribute(name)?.trim().parse().ok()
    }

    /// Whether the element, a property such as `w:vanish`, is not switched off by its value.
    pub(crate) fn is_on(&self) -> bool {
        !matches!(
            self.attribute("val").as_deref(),
            Some("0" | "false" | "off" | "none")
        )
    }

    fn find(&self, wanted: impl Fn(Option<&str>, &str) -> bool) -> Option<String> {
        // Without checks: the check for duplicates takes quadratic time.
        let mut attributes = self.0.attributes();
        attributes.with_checks(false);
        let mut found = attributes.flatten().filter(|attribute| {
            let prefix = attribute.key.prefix();
            wanted(
                prefix.map(|prefix| prefix.into_inner()),
                attribute.key.local_name().into_inner(),
            )
        });
        let value = found.next()?.value;
        Some(match quick_xml::escape::unescape(&value) {
            Ok(text) => text.into_owned(),
            Err(_) => value.into_owned(),
        })
    }
}

/// A reader. Each element that [`Self::child`] or [`Self::next`] opens is consumed by reading up to its close, or by
/// [`Self::skip`] or [`Self::text`].
pub(crate) struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
}

impl<'a> Xml<'a> {
    /// Starts before the root element.
    pub(crate) fn new(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, depth: 0 }
    }

    /// Starts within the root element.
    ///
    /// # Errors
    /// [`Problem::Damaged`] for text without an element.
    pub(crate) fn root(text: &'a str) -> Result<(Self, Element<'a>), Problem> {
        let mut xml = Self::new(text);
        let root = xml.child()?;
        let root = root.ok_or_else(|| Problem::damaged("the XML has no element"))?;
        Ok((xml, root))
    }

    /// The next part.
    ///
    /// # Errors
    /// [`Problem::Damaged`] for malformed XML and for elements that nest too deeply.
    pub(crate) fn next(&mut self) -> Result<Token<'a>, Problem> {
        loop {
            let event = self.reader.read_event();
            let position = self.reader.buffer_position();
            let event = event
                .map_err(|error| Problem::damaged(format!("malformed XML at byte {position}: {error}")))?;
            match event {
                Event::Start(start) => {
                    self.depth += 1;
                    if self.depth > MAX_DEPTH {
                        return Err(Problem::damaged(format!(
                            "XML elements nest deeper than {MAX_DEPTH} levels"
                        )));
                    }
                    return Ok(Token::Open(Element(start)));
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Token::Close);
                }
                Event::Text(text) => return Ok(Token::Text(text.into_inner())),
                Event::CData(text) => return Ok(Token::Text(text.into_inner())),
                Event::GeneralRef(reference) => {
                    if let Some(c) = character(&reference) {
                        return Ok(Token::Text(Cow::Owned(c.to_string())));
                    }
                }
                Event::Eof if self.depth > 0 => return Err(Problem::damaged("the XML ends early")),
                Event::Eof => return Ok(Token::Close),
                _ => {}
            }
        }
    }

    /// The next child of the open element, `None` when the element closes. Text between children is passed over.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub(crate) fn child(&mut self) -> Result<Option<Element<'a>>, Problem> {
        loop {
            match self.next()? {
                Token::Open(element) => return Ok(Some(element)),
                Token::Text(_) => {}
                Token::Close => return Ok(None),
            }
        }
    }

    /// Reads up to the close of the open element.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub(crate) fn skip(&mut self) -> Result<(), Problem> {
        self.within(|_| {})
    }

    /// All text up to the close of the open element.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub(crate) fn text(&mut self) -> Result<String, Problem> {
        let mut all = String::new();
        self.within(|text| all.push_str(text))?;
        Ok(all)
    }

    fn within(&mut self, mut take: impl FnMut(&str)) -> Result<(), Problem> {
        let outside = self.depth.saturating_sub(1);
        loop {
            match self.next()? {
                Token::Text(text) => take(&text),
                Token::Close if self.depth <= outside => return Ok(()),
                _ => {}
            }
        }
    }
}

/// The character of a reference: one of the five that XML names, or a number.
fn character(name: &str) -> Option<char> {
    let code = match name {
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "amp" => return Some('&'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        _ => name.strip_prefix('#')?,
    };
    let number = match code.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
        None => code.parse(),
    };
    char::from_u32(number.ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_entities_are_dropped_and_others_resolved() {
        let text = r#"<!DOCTYPE a [<!ENTITY b "bomb">]><a>1 &lt; &#50; &#x33;&b;</a>"#;
        let (mut xml, _) = Xml::root(text).unwrap();
        assert_eq!(xml.text().unwrap(), "1 < 2 3");
    }

    #[test]
    fn children_are_found_by_local_name_and_attributes_by_prefix() {
        let (mut xml, root) =
            Xml::root(r#"<p:a id="1" r:id="2"><x/>text<q:y>in <z>deep</z></q:y></p:a>"#).unwrap();
        assert_eq!((root.name(), root.prefix()), ("a", "p"));
        assert_eq!(root.prefixed("id").as_deref(), Some("2"));
        assert_eq!(xml.child().unwrap().unwrap().name(), "x");
        xml.skip().unwrap();
        assert_eq!(xml.child().unwrap().unwrap().name(), "y");
        assert_eq!(xml.text().unwrap(), "in deep");
        assert!(xml.child().unwrap().is_none());
    }

    #[test]
    fn depth_is_limited_and_early_ends_are_found() {
        let deep = "<a>".repeat(MAX_DEPTH + 1);
        assert!(matches!(Xml::new(&deep).skip(), Err(Problem::Damaged { .. })));
        let (mut xml, _) = Xml::root("<a><b>").unwrap();
        assert!(xml.skip().is_err());
    }
}
