//! What may be fetched, and how much of it.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use url::{Host, Url};

use crate::{
    FetchError,
    address::{is_intranet, is_public},
};

/// What may be fetched, and how much of it.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Whether private and loopback addresses may be reached, for intranets. Link-local addresses and metadata services
    /// of clouds never are.
    pub allow_private: bool,
    /// Socket addresses that may be reached though they are not public, for tests.
    pub reachable: Vec<SocketAddr>,
    /// Ports that may be reached.
    pub ports: Vec<u16>,
    /// The `User-Agent` header. Its part before `/` is the name that robots.txt knows.
    pub user_agent: String,
    /// Most bytes of a body, after decompression.
    pub max_bytes: usize,
    /// Most time for one address with its redirects.
    pub timeout: Duration,
    /// Most redirects of one address.
    pub max_redirects: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            allow_private: false,
            reachable: Vec::new(),
            ports: vec![80, 443],
            user_agent: concat!("attest/", env!("CARGO_PKG_VERSION")).to_owned(),
            max_bytes: 20_000_000,
            timeout: Duration::from_secs(15),
            max_redirects: 5,
        }
    }
}

impl Policy {
    /// Checks an address before it is called. Names are checked when they are resolved.
    pub(crate) fn check(&self, url: &Url) -> Result<(), FetchError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(FetchError::Scheme {
                scheme: url.scheme().to_owned(),
            });
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(FetchError::Credentials);
        }
        let port = url.port_or_known_default().unwrap_or_default();
        let host = match url.host() {
            Some(Host::Ipv4(ip)) => IpAddr::V4(ip),
            Some(Host::Ipv6(ip)) => IpAddr::V6(ip),
            Some(Host::Domain(_)) => return self.check_port(port),
            None => {
                return Err(FetchError::InvalidUrl {
                    detail: "it has no host".to_owned(),
                });
            }
        };
        let address = SocketAddr::new(host, port);
        if self.reachable.contains(&address) {
            return Ok(());
        }
        self.check_port(port)?;
        self.check_address(&host.to_string(), address)
    }

    fn check_port(&self, port: u16) -> Result<(), FetchError> {
        if self.ports.contains(&port) {
            return Ok(());
        }
        Err(FetchError::Port { port })
    }

    /// Checks an address of a host.
    pub(crate) fn check_address(&self, host: &str, address: SocketAddr) -> Result<(), FetchError> {
        let is_allowed = is_public(address.ip())
            || self.allow_private && is_intranet(address.ip())
            || self.reachable.contains(&address);
        if is_allowed {
            return Ok(());
        }
        Err(FetchError::Address {
            host: host.to_owned(),
        })
    }
}

/// Parses an address as browsers do (WHATWG URL), without its fragment.
///
/// # Errors
/// [`FetchError::InvalidUrl`].
pub fn parse_url(text: &str) -> Result<Url, FetchError> {
    let mut url = Url::parse(text.trim()).map_err(|error| FetchError::InvalidUrl {
        detail: error.to_string(),
    })?;
    url.set_fragment(None);
    Ok(url)
}
