//! Which addresses of a site are pages worth getting: its own, those that the patterns name, and no traps.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use url::Url;

use super::{normalize::site, settings::Settings};

/// Longest address that is requested, in bytes.
const MAX_URL_BYTES: usize = 1_000;
/// Most segments of a path.
const MAX_SEGMENTS: usize = 20;
/// How often a sequence of segments may follow itself, and a segment may occur.
const MAX_REPEATS: usize = 3;
/// Longest sequence of segments that is looked for.
const MAX_SEQUENCE: usize = 4;
/// Most patterns of a crawl.
const MAX_PATTERNS: usize = 100;

/// The addresses of a crawl.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    site: String,
    include: Option<GlobSet>,
    exclude: GlobSet,
}

impl Filter {
    /// The filter of a crawl. The error says which pattern is wrong.
    pub(crate) fn new(settings: &Settings) -> Result<Self, String> {
        let include = patterns(&settings.include)?;
        Ok(Self {
            site: site(&settings.start),
            include: (!settings.include.is_empty()).then_some(include),
            exclude: patterns(&settings.exclude)?,
        })
    }

    /// Whether an address belongs to the site: http or https, with or without `www.`.
    pub(crate) fn is_of_site(&self, url: &Url) -> bool {
        matches!(url.scheme(), "http" | "https") && url.username().is_empty() && site(url) == self.site
    }

    /// Whether the patterns name an address. They are matched with its path and query: `*` stands for characters of
    /// one segment, `**` for any segments, `[?]` for the character `?`.
    pub(crate) fn is_named(&self, url: &Url) -> bool {
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let is_match = |set: &GlobSet| set.is_match(&path) || set.is_match(url.path());
        self.include.as_ref().is_none_or(is_match) && !is_match(&self.exclude)
    }
}

fn patterns(patterns: &[String]) -> Result<GlobSet, String> {
    if patterns.len() > MAX_PATTERNS {
        return Err(format!("there are more than {MAX_PATTERNS} patterns"));
    }
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = GlobBuilder::new(pattern).literal_separator(true).build();
        set.add(glob.map_err(|error| format!("the pattern `{pattern}` is not valid: {}", error.kind()))?);
    }
    set.build().map_err(|error| error.to_string())
}

/// Whether an address has the form that endless sites have: very long, very deep, or repeating itself.
pub(crate) fn is_trap(url: &Url) -> bool {
    let segments: Vec<&str> = url
        .path()
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    if url.as_str().len() > MAX_URL_BYTES || segments.len() > MAX_SEGMENTS {
        return true;
    }
    let occurs_too_often = segments.iter().any(|segment| {
        !is_number(segment) && segments.iter().filter(|other| *other == segment).count() > MAX_REPEATS
    });
    occurs_too_often || (1..=MAX_SEQUENCE).any(|length| repeats(&segments, length))
}

/// Whether a sequence of this many segments follows itself. Dates such as `/01/01/01` do without being a trap.
fn repeats(segments: &[&str], length: usize) -> bool {
    segments.windows(length * MAX_REPEATS).any(|window| {
        let (first, rest) = window.split_at(length);
        rest.chunks(length).all(|chunk| chunk == first) && !first.iter().all(|segment| is_number(segment))
    })
}

/// What the addresses of a calendar, or of a list in every order, have in common: the path with its numbers as `0`, and
/// whether there is a query. `None` for addresses that are told apart by words.
pub(crate) fn shape(url: &Url) -> Option<String> {
    let mut has_number = false;
    let segments = url.path().split('/').map(|segment| {
        let is_number = is_number(segment);
        has_number |= is_number;
        if is_number { "0" } else { segment }
    });
    let path = segments.collect::<Vec<&str>>().join("/");
    match (url.query(), has_number) {
        (Some(_), _) => Some(path + "?"),
        (None, true) => Some(path),
        (None, false) => None,
    }
}

/// Whether a segment is a number or a date: `12`, `2026-10`.
fn is_number(segment: &str) -> bool {
    segment.bytes().any(|byte| byte.is_ascii_digit())
        && segment
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(path: &str) -> Url {
        Url::parse("https://site.example").unwrap().join(path).unwrap()
    }

    #[test]
    fn addresses_that_never_end_are_traps() {
        for path in [
            "/a/a/a",
            "/docs/a/b/a/b/a/b",
            "/x/docs/y/docs/z/docs/docs",
            "/a/x/b/x/c/x/d/x",
            &"/p".repeat(21),
            &(0..21).map(|n| format!("/s{n}")).collect::<String>(),
            &format!("/{}", "a".repeat(1000)),
            &format!("/?q={}", "a".repeat(1000)),
        ] {
            assert!(is_trap(&url(path)), "{path}");
        }
        for path in [
            "/",
            "/en/docs/en/index",
            "/2026/10/10/10",
            "/a/a/b",
            "/docs/a/b/a/b",
            "/one/two/three/four/five/six/seven/eight/nine/ten",
        ] {
            assert!(!is_trap(&url(path)), "{path}");
        }
    }

    #[test]
    fn pages_that_differ_by_numbers_or_parameters_have_one_shape() {
        for (path, expected) in [
            ("/calendar/2026/10", Some("/calendar/0/0")),
            ("/calendar/2026-10-05", Some("/calendar/0")),
            ("/list?sort=name&order=asc", Some("/list?")),
            ("/list?page=7", Some("/list?")),
            ("/blog/2026/10/rain-in-autumn", Some("/blog/0/0/rain-in-autumn")),
            ("/docs/install", None),
            ("/docs/v1.2/install", None),
        ] {
            assert_eq!(shape(&url(path)).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn patterns_choose_among_the_pages_of_the_site() {
        let settings = Settings {
            include: vec!["/docs/**".to_owned(), "/*.html".to_owned()],
            exclude: vec!["/docs/old/**".to_owned(), "/**/*[?]print=*".to_owned()],
            ..Settings::new(url("/"))
        };
        let filter = Filter::new(&settings).unwrap();
        for (path, expected) in [
            ("/docs/a/b", true),
            ("/docs/", true),
            ("/about.html", true),
            ("/team/about.html", false),
            ("/docs/old/a", false),
            ("/docs/a?print=1", false),
            ("/docs/a?page=1", true),
            ("/", false),
        ] {
            assert_eq!(filter.is_named(&url(path)), expected, "{path}");
        }
        for (address, expected) in [
            ("http://site.example/", true),
            ("https://www.site.example/", true),
            ("https://site.example:8443/", false),
            ("https://docs.site.example/", false),
            ("https://site.example.evil.example/", false),
            ("ftp://site.example/", false),
            ("https://user@site.example/", false),
        ] {
            assert_eq!(
                filter.is_of_site(&Url::parse(address).unwrap()),
                expected,
                "{address}"
            );
        }
        let settings = Settings {
            exclude: vec!["/docs/[".to_owned()],
            ..Settings::new(url("/"))
        };
        assert!(Filter::new(&settings).unwrap_err().contains("`/docs/[`"));
    }
}
