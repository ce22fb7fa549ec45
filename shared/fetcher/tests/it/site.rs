//! A site of more than 300 pages with what crawlers meet: sitemaps, traps, faults, duplicates, files.

use std::{
    collections::{BTreeSet, HashMap},
    io::Write,
    sync::{Arc, Mutex},
    time::Instant,
};

use flate2::{Compression, write::GzEncoder};
use tokio::sync::Notify;

use crate::server::{Reply, Request, Server};

pub(crate) const SECTIONS: usize = 12;
pub(crate) const PAGES: usize = 20;
pub(crate) const NEWS: usize = 30;
pub(crate) const GUIDES: usize = 20;

/// What changes on the site while a test runs.
#[derive(Default)]
pub(crate) struct Edits {
    /// Further text of pages.
    pub(crate) texts: HashMap<String, String>,
    /// Pages that have gone.
    pub(crate) gone: BTreeSet<String>,
    /// Requests for the page that fails at first.
    flaky: usize,
    /// Replies that said that nothing had changed.
    pub(crate) not_modified: usize,
    /// When requests came.
    pub(crate) times: Vec<Instant>,
    /// Tells of this request, counted from 1.
    pub(crate) signal: Option<(usize, Arc<Notify>)>,
}

pub(crate) struct Site {
    pub(crate) server: Server,
    pub(crate) edits: Arc<Mutex<Edits>>,
}

impl Site {
    pub(crate) async fn start() -> Self {
        let edits = Arc::new(Mutex::new(Edits::default()));
        let state = Arc::clone(&edits);
        let server = Server::start(move |request| answer(request, &mut state.lock().unwrap())).await;
        Self { server, edits }
    }
}

/// Every page that must be stored, but for those of the calendar and the list, which have no end.
pub(crate) fn stored() -> BTreeSet<String> {
    let mut paths: BTreeSet<String> = [
        "/",
        "/flaky",
        "/nofollow",
        "/files/",
        "/files/manual.pdf",
        "/again/",
        "/again/again/",
    ]
    .map(str::to_owned)
    .into();
    for section in 1..=SECTIONS {
        paths.insert(format!("/docs/s{section}/"));
        paths.extend((1..=PAGES).map(|page| format!("/docs/s{section}/p{page}")));
    }
    paths.extend((1..=NEWS).map(|n| format!("/news/n{n}")));
    paths.extend((1..=GUIDES).map(|n| format!("/guides/g{n}")));
    paths
}

/// Requested, but not stored: what redirects, fails, repeats another page or asks not to be stored.
pub(crate) fn requested_in_vain() -> BTreeSet<String> {
    let mut paths: BTreeSet<String> = [
        "/error/1",
        "/error/2",
        "/slow",
        "/loop/a",
        "/loop/b",
        "/away",
        "/copy/1",
        "/copy/2",
        "/noindex/1",
        "/noindex/2",
        "/noindex/3",
        "/noindex/header",
        "/files/photo.png",
        "/files/huge.html",
    ]
    .map(str::to_owned)
    .into();
    for kind in ["/missing", "/old", "/print"] {
        paths.extend((1..=5).map(|n| format!("{kind}/{n}")));
    }
    paths
}

fn answer(request: &Request, edits: &mut Edits) -> Reply {
    edits.times.push(Instant::now());
    if let Some((number, notify)) = &edits.signal
        && *number == edits.times.len()
    {
        notify.notify_one();
    }
    let path = request.path.as_str();
    if edits.gone.contains(path) {
        return Reply::new(410, &[], b"");
    }
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts.as_slice() {
        ["robots.txt"] => Reply::new(200, &[("content-type", "text/plain")], ROBOTS.as_bytes()),
        ["sitemaps.xml"] => xml("<sitemapindex><sitemap><loc>/news.xml</loc></sitemap>\
            <sitemap><loc>http://site.example/guides.xml.gz</loc></sitemap>\
            <sitemap><loc>/sitemaps.xml</loc></sitemap></sitemapindex>"),
        ["news.xml"] => xml(&urlset("news/n", NEWS)),
        ["guides.xml.gz"] => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(urlset("guides/g", GUIDES).as_bytes()).unwrap();
            Reply::new(
                200,
                &[("content-type", "application/gzip")],
                &encoder.finish().unwrap(),
            )
        }
        ["missing", _] | ["favicon.ico"] => {
            Reply::new(404, &[("content-type", "text/html")], b"<a href=/hidden>x</a>")
        }
        ["error", _] => Reply::new(500, &[], b""),
        ["slow"] => Reply::Stall(b"HTTP/1.1 200 OK\r\n".to_vec()),
        ["flaky"] => {
            edits.flaky += 1;
            match edits.flaky {
                1 => Reply::new(503, &[("retry-after", "0")], b""),
                _ => page(request, edits, "", ""),
            }
        }
        ["old", n] => Reply::redirect(301, &format!("/docs/s1/p{n}?utm_source=old")),
        ["loop", "a"] => Reply::redirect(302, "/loop/b"),
        ["loop", "b"] => Reply::redirect(302, "a"),
        ["away"] => Reply::redirect(302, "http://other.example/"),
        ["print", n] => page(
            &Request {
                path: format!("/docs/s1/p{n}#print"),
                headers: request.headers.clone(),
            },
            edits,
            &format!("<link rel=canonical href='/docs/s1/p{n}'>"),
            "",
        ),
        ["copy", _] => page(
            &Request {
                path: "/docs/s2/p1".to_owned(),
                headers: request.headers.clone(),
            },
            edits,
            "",
            &doc_links(2, 1),
        ),
        ["noindex", "header"] => Reply::new(
            200,
            &[("content-type", "text/html"), ("x-robots-tag", "noindex")],
            b"<p>Header",
        ),
        ["noindex", _] => page(request, edits, "<meta name=robots content=noindex>", ""),
        ["nofollow"] => page(
            request,
            edits,
            "<meta name=robots content=nofollow>",
            "<a href=/hidden>x</a>",
        ),
        ["files", "manual.pdf"] => Reply::new(
            200,
            &[("content-type", "application/pdf"), ("etag", "\"m\"")],
            b"%PDF-1.7",
        ),
        ["files", "photo.png"] => Reply::new(200, &[("content-type", "image/png")], b"\x89PNG"),
        ["files", "huge.html"] => Reply::Stall(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 30000000\r\n\r\n".to_vec(),
        ),
        ["files"] => page(
            request,
            edits,
            "",
            "<a href=manual.pdf>x</a><a href=photo.png>x</a><a href=huge.html>x</a>",
        ),
        [""] => page(request, edits, "", &home()),
        ["docs", section] => {
            let links: String = (1..=PAGES).map(|n| format!("<a href='p{n}'>x</a>")).collect();
            page(
                request,
                edits,
                "",
                &format!("{links}<a href='/docs/{section}/?PHPSESSID=77'>x</a>"),
            )
        }
        ["docs", section, n] => {
            let number = |text: &str| text[1..].split(['?', '#']).next().unwrap().parse().unwrap_or(0);
            page(request, edits, "", &doc_links(number(section), number(n)))
        }
        ["calendar", year, month] => page(
            request,
            edits,
            "",
            &calendar(year.parse().unwrap(), month.parse().unwrap()),
        ),
        ["again", ..] => page(request, edits, "", "<a href='again/'>x</a>"),
        [last] if last.starts_with("list?") => {
            let n: usize = last
                .split(['=', '&'])
                .find_map(|part| part.parse::<usize>().ok())
                .unwrap_or_default()
                + 1;
            Reply::html(&format!(
                "<p>{path}<a href='/list?sort=a&amp;page={n}'>x</a><a href='/list?page={n}&amp;sort=b'>x</a>"
            ))
        }
        ["news", _] | ["guides", _] => page(request, edits, "", "<a href='/'>x</a>"),
        _ => Reply::new(404, &[], b""),
    }
}

const ROBOTS: &str = "User-agent: *\nDisallow: /\n\nUser-agent: attest\nDisallow: /admin/\nDisallow: /*.cgi$\n\
    Crawl-delay: 0.002\n\nSitemap: /sitemaps.xml\n";

fn home() -> String {
    let mut html: String = (1..=SECTIONS)
        .map(|n| format!("<a href='/docs/s{n}/'>x</a>"))
        .collect();
    for kind in ["missing", "old", "print"] {
        html.extend((1..=5).map(|n| format!("<a href='/{kind}/{n}'>x</a>")));
    }
    for path in [
        "/error/1",
        "/error/2",
        "/slow",
        "/flaky",
        "/loop/a",
        "/away",
        "/noindex/1",
        "/noindex/2",
        "/noindex/3",
        "/noindex/header",
        "/nofollow",
        "/files/",
        "/calendar/2026/10",
        "/list?page=1&amp;sort=a",
        "/again/",
        "/admin/",
        "/run.cgi",
        "http://other.example/",
        "https://www.site.example:8443/",
        "mailto:a@site.example",
        "http://www.site.example/docs/s1/",
        "/#top",
        "//site.example/docs/s2/?fbclid=x",
    ] {
        html.push_str(&format!("<a href='{path}'>x</a>"));
    }
    html + "<a rel=nofollow href='/hidden'>x</a>"
}

/// The next page, pages of other sections with the session of a visitor, and a copy.
fn doc_links(section: usize, page: usize) -> String {
    let mut html = format!(
        "<a href='/docs/s{}/p{page}?sid=4f3a9b2c1d0e{section:04}{page:04}'>x</a><a href='/docs/s{section}/p{}'>x</a>",
        section % SECTIONS + 1,
        page % PAGES + 1
    );
    if (section, page) == (2, 1) {
        html += "<a href='/copy/1'>x</a><a href='/copy/2'>x</a>";
    }
    html
}

fn calendar(year: u32, month: u32) -> String {
    let (next_year, next) = if month == 12 {
        (year + 1, 1)
    } else {
        (year, month + 1)
    };
    let (last_year, last) = if month == 1 {
        (year - 1, 12)
    } else {
        (year, month - 1)
    };
    format!("<a href='/calendar/{next_year}/{next}'>x</a><a href='/calendar/{last_year}/{last}'>x</a>")
}

fn urlset(kind: &str, pages: usize) -> String {
    let urls: String = (1..=pages)
        .map(|n| format!("<url><loc>http://site.example/{kind}{n}</loc></url>"))
        .collect();
    format!("<urlset>{urls}<url><loc>http://other.example/</loc></url></urlset>")
}

fn xml(text: &str) -> Reply {
    Reply::new(200, &[("content-type", "application/xml")], text.as_bytes())
}

/// A page with its text, and with validators: a time for guides, a tag for all else.
fn page(request: &Request, edits: &mut Edits, head: &str, links: &str) -> Reply {
    let path = &request.path;
    let text = edits.texts.get(path).map_or("", String::as_str);
    let html = format!("<html><head>{head}</head><body><p>Page {path} {text}</p>{text}{links}</body></html>");
    let tag = format!("\"{}-{}\"", path.len(), text.len());
    let date = if text.is_empty() {
        "Mon, 05 Oct 2026 10:00:00 GMT"
    } else {
        "Tue, 06 Oct 2026 10:00:00 GMT"
    };
    let (asked, header, value) = match path.starts_with("/guides/") {
        true => ("if-modified-since", "last-modified", date),
        false => ("if-none-match", "etag", tag.as_str()),
    };
    if request.headers.get(asked).is_some_and(|known| known == value) {
        edits.not_modified += 1;
        return Reply::new(304, &[(header, value)], b"");
    }
    Reply::new(
        200,
        &[("content-type", "text/html"), (header, value)],
        html.as_bytes(),
    )
}
