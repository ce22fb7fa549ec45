//! One spelling for the addresses of one page (RFC 3986, section 6.2).

use url::Url;

/// Parameters that say where a visitor came from.
const TRACKING: [&str; 14] = [
    "_ga", "_gl", "_hsenc", "_hsmi", "dclid", "fbclid", "gbraid", "gclid", "igshid", "mc_cid", "mc_eid",
    "msclkid", "wbraid", "yclid",
];
/// Parameters that say who the visitor is.
const SESSION: [&str; 8] = [
    "cfid",
    "cftoken",
    "jsessionid",
    "oscsid",
    "phpsessid",
    "session_id",
    "sessionid",
    "zenid",
];
/// Parameters that say who the visitor is, if their value is long and random.
const PERHAPS_SESSION: [&str; 3] = ["s", "session", "sid"];

/// An address in one spelling: without fragment, parameters of tracking and sessions, empty query and needless
/// percent-encoding. Parameters keep their order, which some servers depend on.
pub fn normalize(url: &Url) -> Url {
    let mut normal = url.clone();
    normal.set_fragment(None);
    // Spelled first: `%41` in the name or value of a parameter is an `A`.
    normal.set_path(&without_path_session(&spell(url.path())));
    let query = spell(url.query().unwrap_or_default());
    let kept: Vec<&str> = parameters(&query)
        .filter(|parameter| !is_dropped(parameter))
        .collect();
    let query = kept.join("&");
    normal.set_query((!query.is_empty()).then_some(&query));
    normal
}

/// What two addresses of one page have in common: they may differ by scheme, by `www.` and by the order of parameters.
pub(crate) fn key(url: &Url) -> String {
    let host = site(url);
    let mut parameters: Vec<&str> = parameters(url.query().unwrap_or_default()).collect();
    parameters.sort_by_key(|parameter| parameter.split('=').next());
    match parameters.as_slice() {
        [] => format!("{host}{}", url.path()),
        parameters => format!("{host}{}?{}", url.path(), parameters.join("&")),
    }
}

/// The site of an address: its host without `www.`, and its port unless it is the one of the scheme.
pub(crate) fn site(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    let host = host.strip_prefix("www.").unwrap_or(host);
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Percent-encoding in one spelling: unreserved characters are not encoded, digits are upper case.
pub(crate) fn spell(text: &str) -> String {
    let mut spelled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find('%') {
        spelled.push_str(&rest[..place]);
        let digits = rest
            .get(place + 1..place + 3)
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) else {
            // A bare `%` could become the beginning of another encoding.
            spelled.push_str("%25");
            rest = &rest[place + 1..];
            continue;
        };
        match char::from(byte) {
            c if c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~') => spelled.push(c),
            _ => spelled.push_str(&format!("%{byte:02X}")),
        }
        rest = &rest[place + 3..];
    }
    spelled.push_str(rest);
    spelled
}

fn parameters(query: &str) -> impl Iterator<Item = &str> {
    query.split('&').filter(|parameter| !parameter.is_empty())
}

fn is_dropped(parameter: &str) -> bool {
    let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
    let name = name.to_ascii_lowercase();
    let is_session = SESSION.contains(&name.as_str())
        || name.starts_with("aspsessionid")
        || PERHAPS_SESSION.contains(&name.as_str()) && is_random(value);
    name.starts_with("utm_") || TRACKING.contains(&name.as_str()) || is_session
}

/// Whether a value looks like the identifier of a session: long, of letters and digits alone, and of both.
fn is_random(value: &str) -> bool {
    value.len() >= 16
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// A path without the session that Java servers append: `/page;jsessionid=1A2B`.
fn without_path_session(path: &str) -> String {
    let is_kept = |part: &&str| !part.to_ascii_lowercase().starts_with("jsessionid=");
    let segments = path.split('/').map(|segment| {
        let mut parts = segment.split(';');
        let first = parts.next().unwrap_or_default();
        parts
            .filter(is_kept)
            .fold(first.to_owned(), |kept, part| format!("{kept};{part}"))
    });
    segments.collect::<Vec<String>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(url: &str) -> String {
        normalize(&Url::parse(url).unwrap()).to_string()
    }

    #[test]
    fn addresses_of_one_page_have_one_spelling() {
        for (url, expected) in [
            (
                "HTTP://Site.Example:80/a/../b/./c#part",
                "http://site.example/b/c",
            ),
            ("https://site.example", "https://site.example/"),
            (
                "https://site.example/%7euser/%41%2fb/%e3%83%84",
                "https://site.example/~user/A%2Fb/%E3%83%84",
            ),
            ("https://site.example/a%", "https://site.example/a%25"),
            ("https://site.example/a?", "https://site.example/a"),
            ("https://site.example/a?&&x=1&", "https://site.example/a?x=1"),
            (
                "https://site.example/a?utm_source=x&id=7&UTM_medium=y&gclid=z",
                "https://site.example/a?id=7",
            ),
            ("https://site.example/a?PHPSESSID=0123", "https://site.example/a"),
            (
                "https://site.example/a?sid=0123456789abcdef%41",
                "https://site.example/a",
            ),
            ("https://site.example/a?sid=5", "https://site.example/a?sid=5"),
            (
                "https://site.example/a?sid=5f2a9c0d7e6b4f318890",
                "https://site.example/a",
            ),
            (
                "https://site.example/a?s=words+to+search",
                "https://site.example/a?s=words+to+search",
            ),
            (
                "https://site.example/a;jsessionid=1A2B?x=1",
                "https://site.example/a?x=1",
            ),
            (
                "https://site.example/a;v=2;JSESSIONID=1/b",
                "https://site.example/a;v=2/b",
            ),
            ("https://site.example/a?b=2&a=1", "https://site.example/a?b=2&a=1"),
        ] {
            assert_eq!(normal(url), expected);
            assert_eq!(normal(expected), expected, "it is stable");
        }
    }

    #[test]
    fn the_key_ignores_scheme_www_and_the_order_of_parameters() {
        let key_of = |url: &str| key(&normalize(&Url::parse(url).unwrap()));
        let expected = key_of("https://site.example/a?a=1&b=2");
        for url in [
            "http://www.site.example/a?b=2&a=1",
            "https://site.example.:443/a?b=2&a=1#x",
        ] {
            assert_eq!(key_of(url), expected, "{url}");
        }
        for url in [
            "https://site.example/a?a=2&b=1",
            "https://site.example:8443/a?a=1&b=2",
            "https://docs.site.example/a?a=1&b=2",
            "https://site.example/A?a=1&b=2",
        ] {
            assert_ne!(key_of(url), expected, "{url}");
        }
        // The order of values of one parameter has a meaning.
        assert_ne!(
            key_of("https://site.example/?a=1&a=2"),
            key_of("https://site.example/?a=2&a=1")
        );
    }
}
