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
    /// Whether private and loopback addresses may be reached, and every port, for intranets. Link-local addresses and metadata
    /// services of clouds never are.
    pub allow_private: bool,
    /// Socket addresses that may be reached though they are not public, for tests.
    pub reachable: Vec<SocketAddr>,
    /// Ports that may be reached, unless private addresses are.
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
        if self.allow_private || self.ports.contains(&port) {
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

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::prelude::*;

    use super::*;

    /// A number in one of the spellings of browsers and of `inet_aton`.
    fn spelled(number: u32, spelling: u8) -> String {
        match spelling {
            0 => number.to_string(),
            1 => format!("0{number:o}"),
            2 => format!("0x{number:x}"),
            3 => format!("0X{number:08X}"),
            _ => format!("000{number:o}"),
        }
    }

    /// The same in characters that IDNA maps to ASCII.
    fn disguised(text: &str, kind: u8) -> String {
        let disguise = |c: char| match (kind, c) {
            (1, '0'..='9') => char::from_u32(c as u32 - 0x30 + 0xff10).unwrap_or(c),
            (1, '.') => '。',
            (2, '0'..='9') => char::from_u32(c as u32 - 0x30 + 0x1d7ce).unwrap_or(c),
            (2, '.') => '．',
            _ => c,
        };
        let mapped: String = text.chars().map(disguise).collect();
        match kind {
            3 => text.bytes().map(|byte| format!("%{byte:02x}")).collect(),
            _ => mapped,
        }
    }

    fn is_refused(host: &str) -> bool {
        parse_url(&format!("http://{host}/"))
            .and_then(|url| Policy::default().check(&url))
            .is_err()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever way an IPv4 address is written, it is the address that decides.
        #[test]
        fn every_spelling_of_an_address_is_judged_alike(
            bits in prop_oneof![
                any::<u32>(),
                any::<u32>().prop_map(|bits| bits >> 8 | 127 << 24),
                any::<u32>().prop_map(|bits| bits >> 16 | 0xa9fe << 16),
                any::<u32>().prop_map(|bits| bits >> 8 | 10 << 24),
            ],
            parts in 1..=4_usize,
            spellings in any::<[u8; 4]>(),
            kind in 0..=3_u8,
            dot in any::<bool>(),
        ) {
            // The last part holds what the parts before it leave.
            let octets = bits.to_be_bytes();
            let mut numbers: Vec<u32> = octets[..parts - 1].iter().map(|octet| u32::from(*octet)).collect();
            let left = 8 * (5 - parts);
            numbers.push(if left == 32 { bits } else { bits & ((1 << left) - 1) });
            let texts: Vec<String> =
                numbers.iter().zip(spellings).map(|(number, spelling)| spelled(*number, spelling % 5)).collect();
            let host = disguised(&texts.join("."), kind) + if dot { "." } else { "" };
            let is_public = is_public(IpAddr::V4(Ipv4Addr::from_bits(bits)));
            prop_assert_eq!(is_refused(&host), !is_public, "{}", host);
        }

        /// No address that is accepted names an IP address that is not public, and none makes the check panic.
        #[test]
        fn no_text_leads_to_an_address_that_is_not_public(
            text in "(http|https|ftp|HTTP)?:?/{0,3}[0-9a-fx.:@%\\[\\]／。１⑦_ \\\\]{0,24}[/?#]?.{0,4}",
        ) {
            let Ok(url) = parse_url(&text) else { return Ok(()) };
            if Policy::default().check(&url).is_err() {
                return Ok(());
            }
            if let Some(Ok(ip)) = url.host_str().map(|host| host.trim_matches(['[', ']']).parse()) {
                prop_assert!(is_public(ip), "{}", text);
            }
        }
    }
}
