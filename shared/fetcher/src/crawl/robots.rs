//! robots.txt (RFC 9309), with the common `Crawl-delay` and `Sitemap` lines.

use std::time::Duration;

use url::Url;

use super::normalize::spell;

/// Most bytes that are read; the rest of the file is ignored (RFC 9309, section 2.5).
const MAX_BYTES: usize = 500 * 1024;
/// Most rules that are kept.
const MAX_RULES: usize = 5_000;
/// Most sitemaps that are kept.
const MAX_SITEMAPS: usize = 100;

/// What a site asks of one crawler.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Robots {
    /// Patterns with whether they allow.
    rules: Vec<(String, bool)>,
    /// The time that the site asks for between two requests.
    pub delay: Option<Duration>,
    /// The sitemaps that the site names, as written.
    pub sitemaps: Vec<String>,
}

impl Robots {
    /// Nothing may be fetched: for a site whose robots.txt cannot be read (RFC 9309, section 2.3.1.4).
    pub fn disallow_all() -> Self {
        Self {
            rules: vec![("/".to_owned(), false)],
            ..Self::default()
        }
    }

    /// Reads a robots.txt for a user agent such as `attest/0.1`. Only its name before `/` counts.
    pub fn parse(bytes: &[u8], user_agent: &str) -> Self {
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(MAX_BYTES)]);
        let name = product(user_agent);
        let (mut own, mut any) = (Group::default(), Group::default());
        let mut sitemaps = Vec::new();
        // Whether the rules that follow are for us, and for everybody.
        let (mut is_own, mut is_any, mut is_in_rules) = (false, false, true);
        for line in text.trim_start_matches('\u{feff}').split(['\n', '\r']) {
            let line = line.split('#').next().unwrap_or_default();
            let Some((key, value)) = line.split_once(':') else {
                continue;
            };
            let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
            match key.as_str() {
                "user-agent" | "useragent" => {
                    if is_in_rules {
                        (is_own, is_any, is_in_rules) = (false, false, false);
                    }
                    is_own |= product(value).eq_ignore_ascii_case(name) && !name.is_empty();
                    // A group without rules allows everything to those that it names.
                    own.is_present |= is_own;
                    is_any |= value.starts_with('*');
                }
                "sitemap" if sitemaps.len() < MAX_SITEMAPS => sitemaps.push(value.to_owned()),
                "allow" | "disallow" | "crawl-delay" => {
                    is_in_rules = true;
                    let groups = [(is_own, &mut own), (is_any, &mut any)];
                    for (_, group) in groups.into_iter().filter(|(applies, _)| *applies) {
                        group.add(&key, value);
                    }
                }
                _ => {}
            }
        }
        let group = if own.is_present { own } else { any };
        Self {
            rules: group.rules,
            delay: group.delay,
            sitemaps,
        }
    }

    /// Whether an address may be fetched: the longest rule that matches decides, and of two of a length the one that
    /// allows.
    pub fn allows(&self, url: &Url) -> bool {
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        if path == "/robots.txt" {
            return true;
        }
        let path = escaped(&path).replace('*', "%2A").replace('$', "%24");
        let matching = self.rules.iter().filter(|(pattern, _)| matches(pattern, &path));
        let longest = matching.max_by_key(|(pattern, allows)| (pattern.len(), *allows));
        longest.is_none_or(|(_, allows)| *allows)
    }
}

#[derive(Default)]
struct Group {
    rules: Vec<(String, bool)>,
    delay: Option<Duration>,
    is_present: bool,
}

impl Group {
    fn add(&mut self, key: &str, value: &str) {
        if key == "crawl-delay" {
            let seconds = value.parse::<f64>().ok().filter(|seconds| *seconds >= 0.0);
            self.delay = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            return;
        }
        // An empty rule says nothing.
        if !value.is_empty() && self.rules.len() < MAX_RULES {
            let (body, end) = value.strip_suffix('$').map_or((value, ""), |body| (body, "$"));
            let pattern = escaped(body).replace('$', "%24") + end;
            self.rules.push((pattern, key == "allow"));
        }
    }
}

/// The name of a crawler: letters, `_` and `-`.
pub(crate) fn product(user_agent: &str) -> &str {
    let end = user_agent.find(|c: char| !(c.is_ascii_alphabetic() || matches!(c, '-' | '_')));
    &user_agent[..end.unwrap_or(user_agent.len())]
}

/// A path in one spelling: what is not ASCII is percent-encoded, unreserved characters are not, digits are upper case.
fn escaped(path: &str) -> String {
    let mut spelled = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            0x21..=0x7e => spelled.push(char::from(byte)),
            _ => spelled.push_str(&format!("%{byte:02X}")),
        }
    }
    spell(&spelled)
}

/// Whether a pattern matches the beginning of a path. `*` stands for any characters, a last `$` for the end.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, is_anchored) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut parts = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return !is_anchored || rest.is_empty();
    };
    // The first occurrence of each part leaves the most for the parts that follow.
    for part in parts {
        let Some(place) = rest.find(part) else {
            return false;
        };
        rest = &rest[place + part.len()..];
    }
    if is_anchored {
        rest.ends_with(last)
    } else {
        rest.contains(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(robots: &str, agent: &str, path: &str) -> bool {
        let url = Url::parse("https://site.example").unwrap().join(path).unwrap();
        Robots::parse(robots.as_bytes(), agent).allows(&url)
    }

    #[test]
    fn the_examples_of_the_specification_hold() {
        // Section 5.1.
        let simple = "User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\n\
            User-Agent: foobot\nDisallow:/\nAllow:/example/page.html\nAllow:/example/allowed.gif\n\n\
            User-Agent: barbot\nUser-Agent: bazbot\nDisallow: /example/page.html\n\nUser-Agent: quxbot\n";
        for (agent, path, expected) in [
            ("other", "/publications/", true),
            ("other", "/publications/a.gif", true),
            ("other", "/example/page.html", false),
            ("other", "/a.gif", false),
            ("other", "/a.gif?b", true),
            ("foobot", "/example/page.html", true),
            ("foobot", "/example/allowed.gif", true),
            ("FooBot/2.1", "/publications/", false),
            ("barbot", "/example/page.html", false),
            ("bazbot", "/example/page.html", false),
            ("bazbot", "/example/", true),
        ] {
            assert_eq!(allows(simple, agent, path), expected, "{agent} {path}");
        }
        // Section 5.2: the longest match.
        let longest = "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n";
        assert!(!allows(longest, "foobot", "/example/page/disallowed.gif"));
        assert!(allows(longest, "foobot", "/example/page/other.gif"));
        // Section 2.2.1: groups of one name are merged.
        let merged = "User-Agent: ExampleBot\nDisallow: /foo\nDisallow: /bar\n\nUser-Agent: *\nDisallow: /x\n\n\
            User-Agent: ExampleBot\nDisallow: /baz\n";
        for (path, expected) in [("/foo", false), ("/bar", false), ("/baz", false), ("/x", true)] {
            assert_eq!(allows(merged, "ExampleBot", path), expected, "{path}");
        }
        // Section 2.2.2: percent-encoding.
        for (rule, path) in [
            ("/foo/bar?baz=quz", "/foo/bar?baz=quz"),
            ("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https://foo.bar"),
            ("/foo/bar/\u{30c4}", "/foo/bar/%E3%83%84"),
            ("/foo/bar/%E3%83%84", "/foo/bar/%e3%83%84"),
            ("/foo/bar/%62%61%7A", "/foo/bar/baz"),
            ("/foo/bar/baz", "/foo/bar/%62%61%7A"),
        ] {
            assert!(
                !allows(&format!("User-agent: *\nDisallow: {rule}"), "foobot", path),
                "{rule} {path}"
            );
        }
        // Section 2.2.3: special characters.
        for (rule, path, expected) in [
            ("/this/path/exactly$", "/this/path/exactly", false),
            ("/this/path/exactly$", "/this/path/exactly/", true),
            ("/this/*/exactly", "/this/path/exactly", false),
            ("/this/*/exactly", "/this/path/or/that/exactly/deep", false),
            ("/path/file-with-a-%2A.html", "/path/file-with-a-*.html", false),
            ("/path/foo-%24", "/path/foo-$", false),
        ] {
            let robots = format!("User-agent: *\nDisallow: {rule} # comment");
            assert_eq!(allows(&robots, "foobot", path), expected, "{rule} {path}");
        }
    }

    #[test]
    fn the_lines_that_sites_add_are_read() {
        let text = "\u{feff}Sitemap: https://site.example/a.xml\r\nUser-agent: *\r\nCrawl-delay: 2.5\r\n\r\n\
            sitemap:/b.xml\r\nUser-agent: slow\r\nCrawl-delay: -1\r\n";
        let robots = Robots::parse(text.as_bytes(), "attest/0.1");
        assert_eq!(robots.delay, Some(Duration::from_millis(2500)));
        assert_eq!(robots.sitemaps, ["https://site.example/a.xml", "/b.xml"]);
        assert_eq!(Robots::parse(text.as_bytes(), "slow").delay, None);
    }

    #[test]
    fn what_is_no_robots_txt_allows_everything() {
        for text in [
            "",
            "<html><body>Not found: sorry</body></html>",
            "Disallow: /",
            "User-agent *\nDisallow: /",
        ] {
            assert!(allows(text, "attest", "/page"), "{text}");
        }
        assert!(!Robots::disallow_all().allows(&Url::parse("https://site.example/").unwrap()));
        // Many wildcards cost no more than few.
        let robots = format!("User-agent: *\nDisallow: /{}z$", "*a".repeat(10_000));
        assert!(allows(&robots, "attest", &format!("/{}", "a".repeat(9_000))));
    }
}
