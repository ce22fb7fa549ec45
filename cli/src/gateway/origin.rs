//! Which requests the local cloud accepts from browsers. It has no credentials to check, so any page could otherwise write
//! into it: with a request that needs no preflight, or by a name that its own DNS resolves to 127.0.0.1 (DNS rebinding).

use std::net::IpAddr;

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, Method, Uri};
use url::Url;

use super::problem::Problem;

/// Names from which requests are accepted, beside those of the loopback interface.
#[derive(Clone, Debug, Default)]
pub(crate) struct AllowedNames(Vec<String>);

impl AllowedNames {
    /// Accepts these host names, too.
    pub(crate) fn new(names: &[String]) -> Self {
        Self(names.iter().map(|name| name.to_ascii_lowercase()).collect())
    }

    /// Checks who sent a request: its `Host`, and its `Origin` if the request may change something. Returns the problem.
    pub(super) fn refusal(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Problem> {
        // A request that names no host does not come from a browser.
        let authority = uri.authority().map(|authority| authority.as_str().as_bytes());
        let host = authority.or_else(|| headers.get(HOST).map(|host| host.as_bytes()));
        if host.is_some_and(|host| !self.accepts_host(host)) {
            return Some(Problem::foreign("Host"));
        }
        let origin = headers.get(ORIGIN).filter(|_| !method.is_safe());
        origin
            .is_some_and(|origin| !self.accepts_origin(origin.as_bytes()))
            .then(|| Problem::foreign("Origin"))
    }

    fn accepts_host(&self, host: &[u8]) -> bool {
        let url = std::str::from_utf8(host).map(|host| format!("http://{host}"));
        url.is_ok_and(|url| self.accepts(&url))
    }

    /// The origin of a page in a sandbox is `null`, which is no URL.
    fn accepts_origin(&self, origin: &[u8]) -> bool {
        std::str::from_utf8(origin).is_ok_and(|origin| self.accepts(origin))
    }

    fn accepts(&self, url: &str) -> bool {
        let Ok(url) = Url::parse(url) else {
            return false;
        };
        let Some(name) = url.host_str() else {
            return false;
        };
        let address = name
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>();
        name == "localhost"
            || name.ends_with(".localhost")
            || address.is_ok_and(|address| address.is_loopback())
            || self.0.iter().any(|allowed| allowed == name)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn is_accepted(method: Method, headers: &[(&'static str, &'static str)]) -> bool {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                let value = HeaderValue::from_static(value);
                (axum::http::HeaderName::from_static(name), value)
            })
            .collect();
        AllowedNames::new(&["Hub.Example".to_owned()])
            .refusal(&method, &Uri::from_static("/documents"), &headers)
            .is_none()
    }

    #[test]
    fn only_loopback_names_and_allowed_ones_are_hosts() {
        for host in [
            "127.0.0.1:9000",
            "localhost",
            "hub.localhost:9000",
            "[::1]:9000",
            "hub.example",
        ] {
            assert!(is_accepted(Method::GET, &[("host", host)]), "{host}");
        }
        for host in [
            "evil.example",
            "127.0.0.1.evil.example:9000",
            "localhost.evil.example",
            "192.168.0.7",
            "",
        ] {
            assert!(!is_accepted(Method::GET, &[("host", host)]), "{host}");
        }
        assert!(is_accepted(Method::POST, &[]), "not from a browser");
    }

    #[test]
    fn only_pages_of_this_machine_and_allowed_ones_may_write() {
        for origin in [
            "http://localhost:3000",
            "http://127.0.0.1:9000",
            "https://hub.example",
        ] {
            assert!(is_accepted(Method::POST, &[("origin", origin)]), "{origin}");
        }
        for origin in [
            "https://evil.example",
            "null",
            "http://localhost.evil.example",
            "file://",
        ] {
            assert!(!is_accepted(Method::POST, &[("origin", origin)]), "{origin}");
            assert!(!is_accepted(Method::DELETE, &[("origin", origin)]), "{origin}");
            assert!(is_accepted(Method::GET, &[("origin", origin)]), "{origin}");
        }
    }
}
