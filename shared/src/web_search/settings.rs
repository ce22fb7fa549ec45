//! Settings of web search.

use secrecy::SecretString;
use url::Url;

use super::provider::Provider;

/// The settings of web search.
#[derive(Debug, Clone)]
pub struct WebSettings {
    /// The provider. `WEB_SEARCH`: `wikipedia`, `searxng`, `brave` or `tavily`.
    pub provider: Provider,
    /// The root of the provider's addresses. `WEB_SEARCH_URL`: required for SearXNG; for Wikipedia, that of an edition, such as
    /// `https://de.wikipedia.org`.
    pub url: Url,
    /// The provider's key, which Brave and Tavily require. `WEB_SEARCH_KEY`, or `WEB_SEARCH_KEY_PARAMETER`.
    pub key: Option<Key>,
    /// The name or ARN of the function that reads pages. `READ_PAGES_FUNCTION`.
    pub reader: String,
}

/// A provider's key.
#[derive(Debug, Clone)]
pub enum Key {
    /// The key itself.
    Known(SecretString),
    /// The name of the SSM parameter that holds it.
    Parameter(String),
}

impl WebSettings {
    /// Reads the settings; `None` without `WEB_SEARCH`.
    pub fn read(variable: &dyn Fn(&str) -> Option<String>, faults: &mut Vec<String>) -> Option<Self> {
        let name = variable("WEB_SEARCH")?;
        let Some(provider) = Provider::parse(name.trim()) else {
            faults.push("WEB_SEARCH is none of `wikipedia`, `searxng`, `brave` and `tavily`".to_owned());
            return None;
        };
        let url = variable("WEB_SEARCH_URL").or_else(|| provider.default_url().map(str::to_owned));
        let url = url
            .and_then(|url| Url::parse(url.trim()).ok())
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.query().is_none());
        if url.is_none() {
            faults.push("WEB_SEARCH_URL is not set to an http or https address without a query".to_owned());
        }
        let known = variable("WEB_SEARCH_KEY").map(|key| Key::Known(SecretString::from(key.trim())));
        let key = known.or_else(|| variable("WEB_SEARCH_KEY_PARAMETER").map(Key::Parameter));
        if provider.needs_key() && key.is_none() {
            faults.push(format!("WEB_SEARCH_KEY is not set, which {provider} requires"));
        }
        let reader = variable("READ_PAGES_FUNCTION");
        if reader.is_none() {
            faults.push("READ_PAGES_FUNCTION is not set, which WEB_SEARCH requires".to_owned());
        }
        Some(Self {
            provider,
            url: url?,
            key,
            reader: reader?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> (Option<WebSettings>, Vec<String>) {
        let mut faults = Vec::new();
        let variable = |name: &str| {
            let value = variables.iter().find(|(key, _)| *key == name);
            value.map(|(_, value)| (*value).to_owned())
        };
        (WebSettings::read(&variable, &mut faults), faults)
    }

    #[test]
    fn each_provider_has_what_it_needs() {
        const READER: (&str, &str) = ("READ_PAGES_FUNCTION", "read-pages");
        assert!(read(&[]).0.is_none() && read(&[]).1.is_empty());
        let (settings, faults) = read(&[("WEB_SEARCH", "wikipedia"), READER]);
        assert_eq!(settings.unwrap().url.as_str(), "https://en.wikipedia.org/");
        assert!(faults.is_empty(), "{faults:?}");
        for (variables, fault) in [
            (&[("WEB_SEARCH", "bing"), READER][..], "WEB_SEARCH is none of"),
            (&[("WEB_SEARCH", "searxng"), READER], "WEB_SEARCH_URL"),
            (&[("WEB_SEARCH", "brave"), READER], "WEB_SEARCH_KEY"),
            (&[("WEB_SEARCH", "wikipedia")], "READ_PAGES_FUNCTION"),
            (
                &[
                    ("WEB_SEARCH", "searxng"),
                    ("WEB_SEARCH_URL", "file:///etc"),
                    READER,
                ],
                "WEB_SEARCH_URL",
            ),
        ] {
            let (_, faults) = read(variables);
            assert!(faults.len() == 1 && faults[0].contains(fault), "{faults:?}");
        }
    }

    #[test]
    fn a_key_is_not_in_the_debug_output() {
        let variables = [
            ("WEB_SEARCH", "brave"),
            ("WEB_SEARCH_KEY", "7777"),
            ("READ_PAGES_FUNCTION", "read-pages"),
        ];
        let (settings, _) = read(&variables);
        assert!(matches!(settings.as_ref().unwrap().key, Some(Key::Known(_))));
        assert!(!format!("{settings:?}").contains("7777"));
        let variables = [
            variables[0],
            ("WEB_SEARCH_KEY_PARAMETER", "/attest/web"),
            variables[2],
        ];
        let key = read(&variables).0.unwrap().key;
        assert!(matches!(key, Some(Key::Parameter(name)) if name == "/attest/web"));
    }
}
