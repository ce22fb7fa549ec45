//! Links of an HTML page, and what the page asks of crawlers.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use url::Url;

/// Most links of a page that are kept.
const MAX_LINKS: usize = 5_000;

/// The links of a page, and what it asks of crawlers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// Addresses that the page links to, absolute, without fragments and duplicates, in order. Empty when the page asks
    /// not to follow its links.
    pub urls: Vec<Url>,
    /// The address that the page names as its own.
    pub canonical: Option<Url>,
    /// Whether the page asks not to be stored.
    pub is_noindex: bool,
}

/// Reads the links of a page. `header` is its `X-Robots-Tag` header; `agent` is the name of the crawler, to which a
/// `meta` element may be addressed.
pub fn links(bytes: &[u8], url: &Url, header: Option<&str>, agent: &str) -> Links {
    let mut page = Page {
        base: None,
        is_nofollow: false,
        url,
        agent,
        links: Links::default(),
        hrefs: Vec::new(),
    };
    page.directives(header.unwrap_or_default());
    let mut emitter = DefaultEmitter::default();
    // The content of scripts and styles is no markup.
    emitter.naively_switch_states(true);
    for Ok(token) in Tokenizer::new_with_emitter(bytes, emitter) {
        if let Token::StartTag(tag) = token {
            page.tag(&tag);
        }
    }
    page.finish()
}

struct Page<'a> {
    url: &'a Url,
    agent: &'a str,
    base: Option<Url>,
    is_nofollow: bool,
    links: Links,
    /// Links as written: the base may follow.
    hrefs: Vec<String>,
}

impl Page<'_> {
    fn tag(&mut self, tag: &StartTag<()>) {
        let href = || attribute(tag, b"href").map(|href| href.trim().to_owned());
        match tag.name.as_slice() {
            b"a" | b"area" if !has_word(tag, b"rel", "nofollow") && self.hrefs.len() < MAX_LINKS => {
                self.hrefs.extend(href());
            }
            b"base" if self.base.is_none() => {
                self.base = href().and_then(|href| self.url.join(&href).ok());
            }
            b"link" if has_word(tag, b"rel", "canonical") && self.links.canonical.is_none() => {
                self.links.canonical =
                    href().and_then(|href| resolved(self.base.as_ref().unwrap_or(self.url), &href));
            }
            b"meta" => {
                let name = attribute(tag, b"name").unwrap_or_default();
                if name.eq_ignore_ascii_case("robots") || name.eq_ignore_ascii_case(self.agent) {
                    self.directives(&attribute(tag, b"content").unwrap_or_default());
                }
            }
            _ => {}
        }
    }

    /// Directives such as `noindex, nofollow`. In a header, those of another crawler stand behind its name:
    /// `otherbot: noindex`.
    fn directives(&mut self, directives: &str) {
        let mut is_ours = true;
        for directive in directives.split(',') {
            let directive = match directive.split_once(':') {
                Some((agent, directive)) => {
                    is_ours = agent.trim().eq_ignore_ascii_case(self.agent);
                    directive
                }
                None => directive,
            };
            if !is_ours {
                continue;
            }
            match directive.trim().to_ascii_lowercase().as_str() {
                "noindex" => self.links.is_noindex = true,
                "nofollow" => self.is_nofollow = true,
                "none" => (self.links.is_noindex, self.is_nofollow) = (true, true),
                _ => {}
            }
        }
    }

    fn finish(mut self) -> Links {
        if self.is_nofollow {
            return self.links;
        }
        let base = self.base.as_ref().unwrap_or(self.url);
        let mut seen = std::collections::HashSet::new();
        let urls = self.hrefs.iter().filter_map(|href| resolved(base, href));
        self.links.urls = urls.filter(|url| seen.insert(url.clone())).collect();
        self.links
    }
}

/// The address of a link, unless it is one of another scheme or leads to the page itself.
fn resolved(base: &Url, href: &str) -> Option<Url> {
    if href.is_empty() || href.starts_with('#') {
        return None;
    }
    let mut url = base.join(href).ok()?;
    url.set_fragment(None);
    matches!(url.scheme(), "http" | "https").then_some(url)
}

fn attribute(tag: &StartTag<()>, name: &[u8]) -> Option<String> {
    tag.attributes
        .get(name)
        .map(|value| String::from_utf8_lossy(value).into_owned())
}

fn has_word(tag: &StartTag<()>, name: &[u8], word: &str) -> bool {
    let value = attribute(tag, name).unwrap_or_default();
    value
        .split_ascii_whitespace()
        .any(|one| one.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(html: &str, header: Option<&str>) -> Links {
        links(
            html.as_bytes(),
            &Url::parse("https://site.example/docs/page?x=1").unwrap(),
            header,
            "attest",
        )
    }

    fn urls(html: &str) -> Vec<String> {
        of(html, None).urls.iter().map(Url::to_string).collect()
    }

    #[test]
    fn links_are_absolute_and_lead_elsewhere() {
        let html = r##"<!-- <a href="/comment"> --><script>document.write('<a href="/script">')</script>
            <style>/* <a href="/style"> */</style><textarea><a href="/area"></textarea>
            <A HREF=" other#part ">x</a> <a href='/top?a=1&amp;b=2'>x</a> <a href=//cdn.example/x>x</a>
            <a href="#here">x</a><a href="">x</a><a>x</a><a href="mailto:a@site.example">x</a>
            <a href="javascript:void(0)">x</a><a href="https://[bad">x</a><a rel="noopener NoFollow" href="/no">x</a>
            <map><area href="../up"></map><a href="/top?a=1&b=2">again</a><a href="?y=2">x</a><a href="/last"##;
        assert_eq!(
            urls(html),
            [
                "https://site.example/docs/other",
                "https://site.example/top?a=1&b=2",
                "https://cdn.example/x",
                "https://site.example/up",
                "https://site.example/docs/page?y=2",
            ]
        );
    }

    #[test]
    fn the_first_base_counts_wherever_it_stands() {
        let html = r#"<a href="a"><base href="/root/"><base href="/other/"><a href="b"><link rel=canonical href="c">"#;
        assert_eq!(
            urls(html),
            ["https://site.example/root/a", "https://site.example/root/b"]
        );
        let canonical = of(html, None).canonical.unwrap();
        assert_eq!(canonical.as_str(), "https://site.example/root/c");
    }

    #[test]
    fn what_a_page_asks_of_crawlers_is_heard() {
        let page = |content: &str| format!(r#"<meta content="{content}" name="Robots"><a href="/a">a</a>"#);
        for (content, header, is_noindex, followed) in [
            ("index, follow", None, false, 1),
            ("noindex", None, true, 1),
            ("NoFollow", None, false, 0),
            ("none", None, true, 0),
            ("max-snippet:5, noindex", Some(""), false, 1),
            ("", Some("noindex, nofollow"), true, 0),
            ("", Some("otherbot: noindex, nofollow"), false, 1),
            ("", Some("otherbot: noindex, attest: nofollow"), false, 0),
        ] {
            let links = of(&page(content), header);
            let heard = (links.is_noindex, links.urls.len());
            assert_eq!(heard, (is_noindex, followed), "{content} {header:?}");
        }
        let links = of(
            r#"<meta name="attest" content="noindex"><meta name="otherbot" content="nofollow">"#,
            None,
        );
        assert!(links.is_noindex);
    }

    #[test]
    fn pages_with_many_links_and_deep_nesting_are_read() {
        let html = "<div>".repeat(200_000) + &"<a href=/x>".repeat(100_000);
        assert_eq!(urls(&html), ["https://site.example/x"]);
        let html: String = (0..100_000).map(|n| format!("<a href=/{n}>")).collect();
        assert_eq!(urls(&html).len(), MAX_LINKS);
    }
}
