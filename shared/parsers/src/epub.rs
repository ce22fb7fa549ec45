//! EPUB books (EPUB 2 and 3): chapters in the order of the spine. Tables of contents are left out.

use std::collections::HashMap;

use crate::{
    Format, Parsed, Place, Problem,
    archive::Archive,
    html,
    markdown::Markdown,
    package::{date, resolve, title},
    xml::{Token, Xml},
};

/// Ways to obscure fonts, which need no key.
const FONT_ALGORITHMS: [&str; 2] = [
    "http://www.idpf.org/2008/embedding",
    "http://ns.adobe.com/pdf/enc#RC",
];

/// Parses a book.
///
/// # Errors
/// [`Problem::Damaged`], [`Problem::Encrypted`] for books with digital rights management, [`Problem::TooLarge`],
/// [`Problem::NoText`].
pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, Problem> {
    let mut archive = Archive::open(bytes)?;
    let root = root_file(&archive.required_xml("META-INF/container.xml")?)?;
    let book = Book::read(&archive.required_xml(&root)?, &root)?;
    let encrypted = match archive.xml("META-INF/encryption.xml")? {
        Some(text) => encrypted(&text)?,
        None => Vec::new(),
    };
    let mut markdown = Markdown::default();
    let mut missing = 0;
    let mut chapter = 0;
    for name in &book.chapters {
        if encrypted.contains(name) {
            return Err(Problem::Encrypted);
        }
        let Some(text) = archive.xml(name)? else {
            missing += 1;
            continue;
        };
        let text = html::fragment_to_markdown(&text);
        if text.trim().is_empty() {
            continue;
        }
        chapter += 1;
        markdown.place(Place::Chapter(chapter));
        markdown.raw(&text)?;
    }
    if missing > 0 {
        markdown
            .notes
            .push(format!("chapters missing from the file: {missing}"));
    }
    let mut parsed = markdown.finish(Format::Epub.media_type())?;
    parsed.title = book.title;
    parsed.published_at = book.date;
    Ok(parsed)
}

/// The name of the package document.
fn root_file(text: &str) -> Result<String, Problem> {
    let mut found = None;
    elements(text, |_, name, attribute| {
        if name == "rootfile" && found.is_none() {
            found = attribute("full-path");
        }
        Ok(false)
    })?;
    let found = found.ok_or_else(|| Problem::damaged("the book names no package document"))?;
    Ok(resolve("", &found))
}

#[derive(Default)]
struct Book {
    title: Option<String>,
    date: Option<String>,
    /// Names of the chapters, in reading order.
    chapters: Vec<String>,
}

impl Book {
    fn read(text: &str, root: &str) -> Result<Self, Problem> {
        let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut book = Self::default();
        let mut items = HashMap::new();
        elements(text, |xml, name, attribute| {
            match name {
                "title" if book.title.is_none() => book.title = title(&xml.text()?),
                "date" if book.date.is_none() => book.date = date(&xml.text()?),
                "item" => {
                    let is_text = attribute("media-type").is_some_and(|kind| kind.contains("html"));
                    let properties = attribute("properties").unwrap_or_default();
                    let is_navigation = properties
                        .split_ascii_whitespace()
                        .any(|property| property == "nav");
                    if let (true, false, Some(id), Some(href)) =
                        (is_text, is_navigation, attribute("id"), attribute("href"))
                    {
                        items.insert(id, resolve(folder, &unescaped(&href)));
                    }
                    xml.skip()?;
                }
                "itemref" => {
                    let name = attribute("idref").and_then(|id| items.get(&id));
                    // Each chapter once, so that a spine cannot repeat a large one.
                    book.chapters
                        .extend(name.filter(|name| !book.chapters.contains(name)).cloned());
                    xml.skip()?;
                }
                "metadata" | "manifest" | "spine" => return Ok(false),
                _ => xml.skip()?,
            }
            Ok(true)
        })?;
        Ok(book)
    }
}

/// The names of entries that need a key.
fn encrypted(text: &str) -> Result<Vec<String>, Problem> {
    let mut names = Vec::new();
    let mut is_font = false;
    elements(text, |_, name, attribute| {
        match name {
            "EncryptedData" => is_font = false,
            "EncryptionMethod" => {
                let algorithm = attribute("Algorithm").unwrap_or_default();
                is_font = FONT_ALGORITHMS.contains(&algorithm.as_str());
            }
            "CipherReference" if !is_font => {
                let uri = attribute("URI").unwrap_or_default();
                names.push(resolve("", &unescaped(&uri)));
            }
            _ => {}
        }
        Ok(false)
    })?;
    Ok(names)
}

/// Visits the elements below the root. The visitor says whether it has read up to the close of the element.
fn elements<'a>(
    text: &'a str,
    mut visit: impl FnMut(&mut Xml<'a>, &str, &dyn Fn(&str) -> Option<String>) -> Result<bool, Problem>,
) -> Result<(), Problem> {
    let (mut xml, _) = Xml::root(text)?;
    let mut depth = 1;
    while depth > 0 {
        match xml.next()? {
            Token::Open(element) => {
                let attribute = |name: &str| element.attribute(name);
                if !visit(&mut xml, element.name(), &attribute)? {
                    depth += 1;
                }
            }
            Token::Close => depth -= 1,
            Token::Text(_) => {}
        }
    }
    Ok(())
}

/// Resolves percent escapes and drops a fragment.
fn unescaped(href: &str) -> String {
    let href = href.split('#').next().unwrap_or_default();
    let mut bytes = Vec::new();
    let mut rest = href.as_bytes();
    while let [first, after @ ..] = rest {
        let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        let byte = code
            .filter(|_| *first == b'%')
            .and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
