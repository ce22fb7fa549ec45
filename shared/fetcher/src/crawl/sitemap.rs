//! Sitemaps and indexes of sitemaps (the protocol of sitemaps.org), also packed with gzip, and lists of addresses.

use quick_xml::{Reader, escape::resolve_predefined_entity, events::Event};
use url::Url;

use crate::{FetchError, body::Decoder};

/// Most addresses of a sitemap, as its protocol says.
const MAX_URLS: usize = 50_000;
/// Longest address, in bytes.
const MAX_URL_BYTES: usize = 2_048;

/// The addresses of a sitemap, absolute, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sitemap {
    /// Pages.
    pub pages: Vec<Url>,
    /// Further sitemaps, of an index.
    pub sitemaps: Vec<Url>,
}

/// Reads a sitemap, unpacked to at most `limit` bytes. What stands before a fault in the XML is kept.
///
/// # Errors
/// [`FetchError::TooLarge`], and [`FetchError::Broken`] when the packing is damaged.
pub fn sitemap(bytes: &[u8], url: &Url, limit: usize) -> Result<Sitemap, FetchError> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(read(bytes, url));
    }
    let mut decoder = Decoder::new("gzip", limit)?;
    decoder.write(bytes)?;
    Ok(read(&decoder.finish()?, url))
}

fn read(bytes: &[u8], url: &Url) -> Sitemap {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let mut sitemap = Sitemap::default();
    if !text.starts_with('<') {
        sitemap.pages = text
            .lines()
            .take(MAX_URLS)
            .filter_map(|line| address(url, line))
            .collect();
        return sitemap;
    }
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut is_index = false;
    // The text of the element `loc` that is open.
    let mut location: Option<String> = None;
    while sitemap.pages.len() + sitemap.sitemaps.len() < MAX_URLS {
        match reader.read_event() {
            Ok(Event::Start(tag)) => match tag.name().as_ref() {
                "sitemap" => is_index = true,
                "url" => is_index = false,
                "loc" => location = Some(String::new()),
                _ => {}
            },
            Ok(Event::End(tag)) if tag.name().as_ref() == "loc" => {
                let url = location.take().and_then(|location| address(url, &location));
                if is_index {
                    &mut sitemap.sitemaps
                } else {
                    &mut sitemap.pages
                }
                .extend(url);
            }
            Ok(Event::Text(part)) => push(&mut location, &part),
            Ok(Event::CData(part)) => push(&mut location, &part),
            Ok(Event::GeneralRef(reference)) => {
                let character = reference.resolve_char_ref().ok().flatten().map(String::from);
                // Entities that a document type declares are not expanded.
                let part = character.or_else(|| resolve_predefined_entity(&reference).map(str::to_owned));
                push(&mut location, &part.unwrap_or_default());
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    sitemap
}

fn push(location: &mut Option<String>, part: &str) {
    if let Some(location) = location
        && location.len() + part.len() <= MAX_URL_BYTES
    {
        location.push_str(part);
    }
}

fn address(base: &Url, text: &str) -> Option<Url> {
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_URL_BYTES {
        return None;
    }
    base.join(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    const LIMIT: usize = 1_000_000;

    fn of(bytes: &[u8]) -> Result<Sitemap, FetchError> {
        sitemap(
            bytes,
            &Url::parse("https://site.example/maps/a.xml").unwrap(),
            LIMIT,
        )
    }

    fn texts(urls: &[Url]) -> Vec<&str> {
        urls.iter().map(Url::as_str).collect()
    }

    #[test]
    fn pages_are_found_in_xml_and_text() {
        let xml = "\u{feff}<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>
            <url><loc> https://site.example/a?x=1&amp;y=&#50; </loc><lastmod>2026-10-05</lastmod>
            <image:image><image:loc>https://site.example/a.png</image:loc></image:image></url>
            <url><loc><![CDATA[/b?x=1&y=2]]></loc></url><url><loc>ftp://site.example/</loc></url><url><loc/></url>
            <url><loc>&unknown;c</loc></url></urlset>";
        let expected = [
            "https://site.example/a?x=1&y=2",
            "https://site.example/b?x=1&y=2",
            "https://site.example/maps/c",
        ];
        assert_eq!(texts(&of(xml.as_bytes()).unwrap().pages), expected);
        let list = b"https://site.example/a\r\n\r\n  https://site.example/b\nhttps://[bad\n";
        assert_eq!(
            texts(&of(list).unwrap().pages),
            ["https://site.example/a", "https://site.example/b"]
        );
    }

    #[test]
    fn an_index_names_sitemaps() {
        let xml = "<sitemapindex><sitemap><loc>b.xml</loc></sitemap><sitemap><loc>/c.xml.gz</loc></sitemap></sitemapindex>";
        let found = of(xml.as_bytes()).unwrap();
        assert_eq!(
            texts(&found.sitemaps),
            ["https://site.example/maps/b.xml", "https://site.example/c.xml.gz"]
        );
        assert!(found.pages.is_empty());
    }

    #[test]
    fn packed_sitemaps_are_unpacked_up_to_the_limit() {
        let pack = |bytes: &[u8]| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        };
        assert_eq!(
            of(&pack(b"<urlset><url><loc>/a</loc></url></urlset>"))
                .unwrap()
                .pages
                .len(),
            1
        );
        assert_eq!(
            of(&pack(&vec![b' '; LIMIT + 1])),
            Err(FetchError::TooLarge { limit: LIMIT })
        );
        assert!(matches!(
            of(&pack(b"<urlset>")[..20]),
            Err(FetchError::Broken { .. })
        ));
    }

    #[test]
    fn faulty_and_hostile_sitemaps_yield_what_stands_before_the_fault() {
        for (xml, pages) in [
            ("<urlset><url><loc>/a</loc></url><url><loc>/b", 1),
            ("<urlset><url><loc>/a</loc></url></urlset", 1),
            ("<urlset><url><loc>/a</b></loc><url><loc>/c</loc>", 2),
            ("<!DOCTYPE html><html><body>Not found</body></html>", 0),
            (
                "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><urlset><url><loc>&b;</loc></url></urlset>",
                0,
            ),
            ("", 0),
        ] {
            assert_eq!(of(xml.as_bytes()).unwrap().pages.len(), pages, "{xml}");
        }
        let deep = "<a>".repeat(300_000);
        assert!(of(deep.as_bytes()).unwrap().pages.is_empty());
        let many = "<url><loc>/a</loc></url>".repeat(MAX_URLS + 10);
        assert_eq!(
            read(many.as_bytes(), &Url::parse("https://site.example").unwrap())
                .pages
                .len(),
            MAX_URLS
        );
        let long = format!("<url><loc>/{}</loc></url>", "a".repeat(MAX_URL_BYTES));
        assert!(of(long.as_bytes()).unwrap().pages.is_empty());
    }
}
