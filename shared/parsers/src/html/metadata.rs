//! What a page states about itself: its title, address and date.

use jiff::{Timestamp, civil::Date};
use serde_json::Value;
use url::Url;

use super::dom::{Dom, Id, ROOT};
use crate::markdown;

/// Depth to which JSON-LD is searched.
const MAX_DEPTH: usize = 8;
/// Length of a title in characters; longer ones are cut.
const MAX_TITLE: usize = 300;

/// What stands between the title of a page and the name of its site.
const SEPARATORS: [&str; 6] = [" | ", " - ", " – ", " — ", " · ", " :: "];

/// What a page states about itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Metadata {
    pub(super) title: Option<String>,
    /// Absolute, `http` or `https`.
    pub(super) url: Option<String>,
    /// RFC 3339, or a date.
    pub(super) published_at: Option<String>,
}

impl Metadata {
    /// Reads the metadata of a page that was fetched from `url`. `is_dropped` tells nodes outside the main content.
    pub(super) fn read(dom: &Dom, url: Option<&str>, is_dropped: &[bool]) -> Self {
        Self {
            title: title(dom),
            url: canonical(dom, url),
            published_at: published_at(dom, is_dropped),
        }
    }
}

/// The title for people: that for social networks, else the first heading when the title of the window has it beside
/// the name of the site, else the title of the window without that name.
fn title(dom: &Dom) -> Option<String> {
    let window = dom
        .find("title")
        .map(|title| clean(&dom.text_below(title)))
        .unwrap_or_default();
    let named = |name: &str| {
        dom.tree(ROOT)
            .filter(move |node| dom.name(*node) == name)
            .collect::<Vec<_>>()
    };
    let leads_home = |node: Id| matches!(dom.attribute(node, "href"), Some("/" | "./" | "index.html"));
    let headings = named("h1")
        .into_iter()
        .filter(|node| !dom.tree(*node).any(leads_home));
    let mut headings = headings
        .map(|node| clean(&dom.text_below(node)))
        .filter(|text| text.chars().nth(2).is_some() && (window.starts_with(text) || window.ends_with(text)));
    let title = meta(dom, &["og:title"])
        .or_else(|| headings.next())
        .unwrap_or_else(|| {
            let site = meta(dom, &["og:site_name", "application-name"]);
            let is_site = |part: &str| {
                site.as_deref() == Some(part) || named("a").iter().any(|link| dom.text_below(*link) == part)
            };
            let parted = SEPARATORS
                .iter()
                .filter_map(|separator| window.rsplit_once(separator));
            let mut parted = parted.filter(|(title, site)| !title.is_empty() && is_site(site.trim()));
            parted
                .next()
                .map_or_else(|| window.clone(), |(title, _)| title.to_owned())
        });
    let title: String = clean(&title).chars().take(MAX_TITLE).collect();
    (!title.is_empty()).then_some(title)
}

/// Whether a heading is a link to the start of the site.
pub(super) fn leads_home(dom: &Dom, heading: Id) -> bool {
    let mut targets = dom.tree(heading).filter_map(|node| dom.attribute(node, "href"));
    targets.any(|target| matches!(target, "/" | "./" | "index.html" | "index.php"))
}

fn clean(text: &str) -> String {
    let text = markdown::clean(&text.replace(['\n', '\u{A0}'], " "));
    text.trim_end_matches(['¶', '#', '§']).trim_end().to_owned()
}

fn canonical(dom: &Dom, url: Option<&str>) -> Option<String> {
    let is_canonical = |node: &Id| {
        let relation = dom.attribute(*node, "rel").unwrap_or_default();
        dom.name(*node) == "link" && relation.eq_ignore_ascii_case("canonical")
    };
    let link = dom.tree(ROOT).find(is_canonical);
    let stated = link.and_then(|link| dom.attribute(link, "href").map(str::to_owned));
    let stated = stated.or_else(|| meta(dom, &["og:url"]))?;
    let resolved = match url.and_then(|url| Url::parse(url).ok()) {
        Some(base) => base.join(stated.trim()).ok()?,
        None => Url::parse(stated.trim()).ok()?,
    };
    matches!(resolved.scheme(), "http" | "https").then(|| resolved.to_string())
}

fn published_at(dom: &Dom, is_dropped: &[bool]) -> Option<String> {
    const NAMES: [&str; 8] = [
        "article:published_time",
        "og:article:published_time",
        "datepublished",
        "date",
        "dc.date",
        "dc.date.issued",
        "dcterms.created",
        "pubdate",
    ];
    let by_meta = NAMES.iter().find_map(|name| moment(&meta(dom, &[name])?));
    by_meta.or_else(|| by_json(dom)).or_else(|| {
        let is_kept = |node: &Id| {
            let mut around = std::iter::once(*node).chain(dom.ancestors(*node));
            !around.any(|node| is_dropped.get(node as usize).copied().unwrap_or(false))
        };
        let times = dom
            .tree(ROOT)
            .filter(|node| dom.name(*node) == "time")
            .filter(is_kept);
        let mut moments = times.filter_map(|time| moment(dom.attribute(time, "datetime")?));
        moments.next()
    })
}

fn meta(dom: &Dom, names: &[&str]) -> Option<String> {
    let mut all = dom.tree(ROOT).filter(|node| dom.name(*node) == "meta");
    let content = all.find_map(|node| {
        let named = ["property", "name", "itemprop"]
            .iter()
            .find_map(|key| dom.attribute(node, key))?;
        let is_named = names.iter().any(|name| named.trim().eq_ignore_ascii_case(name));
        let content = dom.attribute(node, "content")?.trim();
        (is_named && !content.is_empty()).then_some(content)
    })?;
    Some(content.to_owned())
}

/// `datePublished` of the first JSON-LD object that has it.
fn by_json(dom: &Dom) -> Option<String> {
    let is_json = |node: &Id| {
        let kind = dom.attribute(*node, "type").unwrap_or_default();
        dom.name(*node) == "script" && kind.eq_ignore_ascii_case("application/ld+json")
    };
    let scripts: Vec<Id> = dom.tree(ROOT).filter(is_json).collect();
    scripts.into_iter().find_map(|script| {
        let text: String = dom.tree(script).filter_map(|node| dom.text(node)).collect();
        let value: Value = serde_json::from_str(&text).ok()?;
        moment(find(&value, MAX_DEPTH)?)
    })
}

fn find(value: &Value, depth: usize) -> Option<&str> {
    if depth == 0 {
        return None;
    }
    match value {
        Value::Array(values) => values.iter().find_map(|value| find(value, depth - 1)),
        Value::Object(members) => {
            let stated = members.get("datePublished").and_then(Value::as_str);
            stated.or_else(|| members.values().find_map(|value| find(value, depth - 1)))
        }
        _ => None,
    }
}

/// A stated time as RFC 3339, or its date when it has no zone.
fn moment(stated: &str) -> Option<String> {
    let stated = stated.trim();
    if let Ok(timestamp) = stated.parse::<Timestamp>() {
        let has_zone =
            stated.ends_with(['Z', 'z']) || stated.get(stated.len().wrapping_sub(3)..)?.starts_with(':');
        let is_rfc_3339 = has_zone && stated.as_bytes().get(10) == Some(&b'T') && stated.is_ascii();
        return Some(if is_rfc_3339 {
            stated.to_owned()
        } else {
            timestamp.to_string()
        });
    }
    let date = stated.get(..10)?;
    let is_date = date.parse::<Date>().is_ok();
    is_date.then(|| date.to_owned())
}

/// The encoding that the first bytes of a page declare, in `<meta charset>` or its older form, or the XML declaration.
pub(super) fn charset(start: &str) -> Option<String> {
    let start = start.to_ascii_lowercase();
    let mut rest = start.as_str();
    while let Some((_, after)) = rest.split_once("charset") {
        rest = after;
        let tag = start[..start.len() - after.len()]
            .rsplit('<')
            .next()
            .unwrap_or_default();
        if let Some(value) = after.trim_start().strip_prefix('=')
            && tag.starts_with("meta")
        {
            return label(value);
        }
    }
    let declaration = start.trim_start().strip_prefix("<?xml")?.split('>').next()?;
    let (_, value) = declaration.split_once("encoding")?;
    label(value.trim_start().strip_prefix('=')?)
}

fn label(value: &str) -> Option<String> {
    let value = value.trim_start().trim_start_matches(['"', '\'']);
    let end = value.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '>' | '/'));
    let label = &value[..end.unwrap_or(value.len())];
    (!label.is_empty()).then(|| label.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(html: &str) -> Metadata {
        Metadata::read(&Dom::parse(html).unwrap(), Some("https://a.example/b/c?d"), &[])
    }

    #[test]
    fn titles_lose_the_name_of_the_site() {
        let title = |html| read(html).title.unwrap();
        assert_eq!(title("<title>Tea | Shop</title><h1>Tea</h1>"), "Tea");
        assert_eq!(title("<title>Tea | Shop</title><h1>Welcome</h1>"), "Tea | Shop");
        assert_eq!(
            title("<title>Tea - Shop</title><h1><a href=/>Shop</a></h1>"),
            "Tea"
        );
        assert_eq!(
            title("<meta property=og:title content='Green tea'><title>x</title>"),
            "Green tea"
        );
        assert_eq!(read("<title> </title>").title, None);
    }

    #[test]
    fn canonical_addresses_are_absolute() {
        let url = |href: &str| read(&format!("<link rel=canonical href='{href}'>")).url;
        assert_eq!(url("../e").as_deref(), Some("https://a.example/e"));
        assert_eq!(url("//f.example/").as_deref(), Some("https://f.example/"));
        assert_eq!(url("javascript:alert(1)"), None);
    }

    #[test]
    fn dates_are_read_from_three_places() {
        let date = |html| read(html).published_at;
        let meta = "<meta property=article:published_time content='2024-05-06T07:08:09+02:00'>";
        assert_eq!(date(meta).as_deref(), Some("2024-05-06T07:08:09+02:00"));
        let json =
            r#"<script type="application/ld+json">{"@graph":[{"datePublished":"2024-05-06"}]}</script>"#;
        assert_eq!(date(json).as_deref(), Some("2024-05-06"));
        assert_eq!(
            date("<time datetime='2024-05-06 07:08:09+0200'>").as_deref(),
            Some("2024-05-06T05:08:09Z")
        );
        assert_eq!(
            date("<time datetime='2024-05-06T07:08'>").as_deref(),
            Some("2024-05-06")
        );
        assert_eq!(date("<time datetime='PT2H'>"), None);
    }

    #[test]
    fn encodings_are_declared_in_three_forms() {
        let old = "<META http-equiv=Content-Type content='text/html; charset=Windows-1251'>";
        assert_eq!(charset(old).as_deref(), Some("windows-1251"));
        assert_eq!(
            charset("<script charset=big5></script><meta charset = \"koi8-r\"/>").as_deref(),
            Some("koi8-r")
        );
        assert_eq!(
            charset("<?xml version='1.0' encoding='euc-jp'?>").as_deref(),
            Some("euc-jp")
        );
        assert_eq!(charset("<p>charset=x"), None);
    }
}
