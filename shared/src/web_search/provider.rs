//! The wire formats of the providers: the request for a question, and the addresses in the reply.

use std::fmt;

use http::{HeaderName, HeaderValue, Method, header};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;

use crate::ports::WebQuery;

/// The longest question that is sent, in characters: Brave takes 400, and the others little more.
const MAX_QUESTION: usize = 400;

/// A provider of web search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// An edition of Wikipedia (<https://www.mediawiki.org/wiki/API:REST_API/Reference#Search_pages>).
    Wikipedia,
    /// A SearXNG server whose settings allow the format JSON (<https://docs.searxng.org/dev/search_api.html>).
    Searxng,
    /// Brave Search (<https://api-dashboard.search.brave.com/app/documentation/web-search>).
    Brave,
    /// Tavily (<https://docs.tavily.com/documentation/api-reference/endpoint/search>).
    Tavily,
}

/// A request to a provider.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    /// The header with the key, marked as sensitive.
    pub(super) authorization: Option<(HeaderName, HeaderValue)>,
    /// The body, if there is one.
    pub(super) json: Option<Value>,
}

impl Provider {
    const ALL: [Self; 4] = [Self::Wikipedia, Self::Searxng, Self::Brave, Self::Tavily];

    /// The provider of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.name() == name)
    }

    /// The name in settings, answers and logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wikipedia => "wikipedia",
            Self::Searxng => "searxng",
            Self::Brave => "brave",
            Self::Tavily => "tavily",
        }
    }

    /// Whether calls need a key.
    pub fn needs_key(self) -> bool {
        matches!(self, Self::Brave | Self::Tavily)
    }

    /// The root of the provider's addresses, if it has one.
    pub(super) fn default_url(self) -> Option<&'static str> {
        match self {
            Self::Wikipedia => Some("https://en.wikipedia.org/"),
            Self::Searxng => None,
            Self::Brave => Some("https://api.search.brave.com/"),
            Self::Tavily => Some("https://api.tavily.com/"),
        }
    }

    /// The request for at most `limit` results; `None` if the key cannot be sent in a header.
    pub(super) fn request(
        self,
        root: &Url,
        key: Option<&SecretString>,
        query: WebQuery<'_>,
        limit: usize,
    ) -> Option<Request> {
        // Wikipedia finds only pages that have every word; few have "who".
        let question = match self {
            Self::Wikipedia => query.words,
            Self::Searxng | Self::Brave | Self::Tavily => query.question,
        };
        let question: String = question.chars().take(MAX_QUESTION).collect();
        let (path, query, json) = match self {
            Self::Wikipedia => (
                "w/rest.php/v1/search/page",
                vec![("q", question), ("limit", limit.to_string())],
                None,
            ),
            Self::Searxng => (
                "search",
                vec![("q", question), ("format", "json".to_owned())],
                None,
            ),
            Self::Brave => (
                "res/v1/web/search",
                vec![
                    ("q", question),
                    ("count", limit.to_string()),
                    ("result_filter", "web".to_owned()),
                ],
                None,
            ),
            Self::Tavily => (
                "search",
                Vec::new(),
                Some(json!({ "query": question, "max_results": limit, "search_depth": "basic" })),
            ),
        };
        let authorization = match key.map(ExposeSecret::expose_secret) {
            None => None,
            Some(key) => {
                let (name, value) = match self {
                    Self::Brave => (HeaderName::from_static("x-subscription-token"), key.to_owned()),
                    _ => (header::AUTHORIZATION, format!("Bearer {key}")),
                };
                let mut value = HeaderValue::try_from(value).ok()?;
                value.set_sensitive(true);
                Some((name, value))
            }
        };
        let mut url = below(root, path)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Some(Request {
            method: if json.is_some() { Method::POST } else { Method::GET },
            url,
            authorization,
            json,
        })
    }

    /// The distinct addresses in a reply, at most `limit`; `None` if it is not a reply of this provider.
    pub(super) fn addresses(self, root: &Url, reply: &Value, limit: usize) -> Option<Vec<String>> {
        let results = match self {
            Self::Wikipedia => &reply["pages"],
            // Brave leaves `web` out when it finds nothing.
            Self::Brave if reply["web"].is_null() && reply["type"] == "search" => &json!([]),
            Self::Brave => &reply["web"]["results"],
            Self::Searxng | Self::Tavily => &reply["results"],
        };
        let mut addresses: Vec<String> = Vec::new();
        for result in results.as_array()? {
            let address = match self {
                Self::Wikipedia => result["key"].as_str().and_then(|key| article(root, key)),
                _ => result["url"].as_str().and_then(|url| Url::parse(url).ok()),
            };
            // SearXNG also returns magnet links and files of its own.
            let address = address.filter(|url| matches!(url.scheme(), "http" | "https"));
            let address = address.map(String::from);
            addresses.extend(address.filter(|address| !addresses.contains(address)));
        }
        addresses.truncate(limit);
        Some(addresses)
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An address below a root, which may have a path itself.
fn below(root: &Url, path: &str) -> Option<Url> {
    let mut url = root.clone();
    url.path_segments_mut()
        .ok()?
        .pop_if_empty()
        .extend(path.split('/'));
    Some(url)
}

/// The address of an article. Its key may have a slash, which is part of the name.
fn article(root: &Url, key: &str) -> Option<Url> {
    below(root, &format!("wiki/{key}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUERY: WebQuery<'_> = WebQuery {
        question: "Who kept it?",
        words: "kept",
    };

    fn addresses(provider: Provider, reply: &Value) -> Option<Vec<String>> {
        let root = Url::parse(provider.default_url().unwrap_or("http://search.example/sub/")).unwrap();
        provider.addresses(&root, reply, 2)
    }

    #[test]
    fn requests_are_those_of_the_providers() {
        for (provider, method, url, header) in [
            (
                Provider::Wikipedia,
                "GET",
                "https://en.wikipedia.org/w/rest.php/v1/search/page?q=kept&limit=2",
                None,
            ),
            (
                Provider::Searxng,
                "GET",
                "http://search.example/sub/search?q=Who+kept+it%3F&format=json",
                None,
            ),
            (
                Provider::Brave,
                "GET",
                "https://api.search.brave.com/res/v1/web/search?q=Who+kept+it%3F&count=2&result_filter=web",
                Some(("x-subscription-token", "k")),
            ),
            (
                Provider::Tavily,
                "POST",
                "https://api.tavily.com/search",
                Some(("authorization", "Bearer k")),
            ),
        ] {
            let root = Url::parse(provider.default_url().unwrap_or("http://search.example/sub")).unwrap();
            let key = provider.needs_key().then(|| SecretString::from("k"));
            let request = provider.request(&root, key.as_ref(), QUERY, 2).unwrap();
            assert_eq!((request.method.as_str(), request.url.as_str()), (method, url));
            let sent = request
                .authorization
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
            assert_eq!(
                sent,
                header.map(|(name, value)| (name.to_owned(), value.to_owned()))
            );
            let body = json!({ "query": "Who kept it?", "max_results": 2, "search_depth": "basic" });
            assert_eq!(request.json, (provider == Provider::Tavily).then_some(body));
        }
        let broken = SecretString::from("k\n");
        let root = Url::parse("https://api.tavily.com").unwrap();
        assert!(Provider::Tavily.request(&root, Some(&broken), QUERY, 1).is_none());
    }

    #[test]
    fn only_addresses_are_taken_from_replies() {
        let result = |url: &str| json!({ "url": url, "title": "T", "content": "a snippet" });
        let results = json!([
            result("https://a.example/1"),
            result("magnet:?xt=urn"),
            result("https://a.example/1"),
            result("http://b.example/"),
            result("https://c.example/")
        ]);
        let expected = Some(vec![
            "https://a.example/1".to_owned(),
            "http://b.example/".to_owned(),
        ]);
        for provider in [Provider::Searxng, Provider::Tavily] {
            assert_eq!(addresses(provider, &json!({ "results": results })), expected);
        }
        let brave = json!({ "type": "search", "web": { "results": results } });
        assert_eq!(addresses(Provider::Brave, &brave), expected);
        assert_eq!(
            addresses(Provider::Brave, &json!({ "type": "search" })),
            Some(Vec::new())
        );
        let pages = json!({ "pages": [
            { "id": 1, "key": "Argand_lamp", "title": "Argand lamp", "excerpt": "<span>lamp</span>" },
            { "id": 2, "key": "AC/DC?", "title": "AC/DC?", "excerpt": "" },
        ] });
        let expected = vec![
            "https://en.wikipedia.org/wiki/Argand_lamp".to_owned(),
            "https://en.wikipedia.org/wiki/AC/DC%3F".to_owned(),
        ];
        assert_eq!(addresses(Provider::Wikipedia, &pages), Some(expected));
        for provider in Provider::ALL {
            assert_eq!(addresses(provider, &json!({ "error": "no" })), None, "{provider}");
        }
    }
}
