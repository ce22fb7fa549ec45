//! The proxy of a provider.

use std::fmt;

use url::Url;

/// An HTTP proxy. Its text has no password.
#[derive(Clone)]
pub struct Proxy(Url);

impl Proxy {
    /// Returns the URL, which may have a user and a password.
    pub(in crate::llm) fn url(&self) -> &Url {
        &self.0
    }

    /// Parses a URL, whose scheme may be missing.
    pub(super) fn parse(address: &str) -> Option<Self> {
        let address = address.trim();
        let url = if address.contains("://") {
            Url::parse(address)
        } else {
            Url::parse(&format!("http://{address}"))
        };
        url.ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .map(Self)
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.0.host_str().unwrap_or_default();
        write!(f, "{}://{host}", self.0.scheme())?;
        match self.0.port_or_known_default() {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
