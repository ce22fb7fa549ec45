//! The way to a provider: proxies and certificate authorities, by configuration or from the environment.

use std::net::Ipv4Addr;

use rustls::pki_types::{CertificateDer, pem::PemObject};
use url::{Host, Url};

use super::{provider::Provider, proxy::Proxy};

/// Parses a proxy: a URL, or `env:NAME` for one with a password.
///
/// # Errors
/// The fault. Never contains a password.
pub(super) fn parse_proxy(
    reference: &str,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Proxy, String> {
    let value = match reference.strip_prefix("env:") {
        Some(name) => variable(name)
            .ok_or_else(|| format!("the variable {name} that should hold its proxy is not set"))?,
        None => reference.to_owned(),
    };
    let proxy =
        Proxy::parse(&value).ok_or("proxy is not an http or https address, such as http://HOST:3128")?;
    let has_user = !proxy.url().username().is_empty() || proxy.url().password().is_some();
    if has_user && !reference.starts_with("env:") {
        return Err("proxy has a user or a password; set it to `env:NAME` instead".to_owned());
    }
    Ok(proxy)
}

/// Reads the certificates of a PEM file.
///
/// # Errors
/// The fault, with the file.
pub(super) fn read_authorities(file: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let text =
        std::fs::read(file).map_err(|error| format!("the file {file} cannot be read: {}", error.kind()))?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(format!("the file {file} has no certificate in PEM format")),
    }
}

/// Applies the variables of the environment to a provider without a proxy or authorities of its own: `HTTPS_PROXY`,
/// `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY` (also in lower case) and `SSL_CERT_FILE`. This machine is never reached through a
/// proxy.
///
/// # Errors
/// The fault, with its variable.
pub fn use_environment(
    provider: &mut Provider,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<(), String> {
    let either = |name: &str| variable(name).or_else(|| variable(&name.to_lowercase()));
    if provider.proxy.is_none() && !is_excluded(&provider.base_url, &either("NO_PROXY").unwrap_or_default()) {
        let name = match provider.base_url.scheme() {
            "https" => "HTTPS_PROXY",
            _ => "HTTP_PROXY",
        };
        let found = [name, "ALL_PROXY"]
            .into_iter()
            .find_map(|name| Some((name, either(name)?)));
        if let Some((name, value)) = found {
            let proxy = Proxy::parse(&value);
            provider.proxy = Some(proxy.ok_or_else(|| format!("{name} is not an http or https address"))?);
        }
    }
    if provider.authorities.is_empty()
        && let Some(file) = variable("SSL_CERT_FILE")
    {
        provider.authorities = read_authorities(&file).map_err(|fault| format!("SSL_CERT_FILE: {fault}"))?;
    }
    Ok(())
}

/// Returns whether a URL is reached without a proxy: `NO_PROXY` has hosts, domains, addresses, networks or `*`.
fn is_excluded(url: &Url, no_proxy: &str) -> bool {
    let is_loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => true,
    };
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default();
    let matches = |entry: &str| {
        let entry = entry.to_ascii_lowercase();
        let (entry, entry_port) = match entry.rsplit_once(':') {
            Some((name, digits)) if !name.contains(':') => (name, digits.parse().ok()),
            _ => (entry.as_str(), None),
        };
        if entry_port.is_some() && entry_port != port {
            return false;
        }
        if let (Some(Host::Ipv4(address)), Some((network, bits))) = (url.host(), entry.split_once('/')) {
            return is_in_network(address, network, bits);
        }
        let domain = entry.trim_start_matches('*').trim_start_matches('.');
        let prefix = host.strip_suffix(domain);
        entry == "*"
            || (!domain.is_empty() && prefix.is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
    };
    is_loopback
        || no_proxy
            .split([',', ' '])
            .filter(|entry| !entry.is_empty())
            .any(matches)
}

fn is_in_network(address: Ipv4Addr, network: &str, bits: &str) -> bool {
    let (Ok(network), Ok(bits @ 0..=32)) = (network.parse::<Ipv4Addr>(), bits.parse::<u32>()) else {
        return false;
    };
    let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
    u32::from(address) & mask == u32::from(network) & mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_proxy_has_hosts_domains_networks_and_ports() {
        let excluded = |url: &str, no_proxy| is_excluded(&Url::parse(url).unwrap(), no_proxy);
        for (url, no_proxy) in [
            ("https://api.x.example", "*"),
            ("https://api.x.example", "a.example, .x.example"),
            ("https://api.x.example", "X.example"),
            ("https://api.x.example", "*.x.example"),
            ("https://api.x.example:8443", "x.example:8443"),
            ("http://10.1.2.3", "10.0.0.0/8"),
            ("http://10.1.2.3", "10.1.2.3"),
            ("http://127.0.0.1:8080", ""),
            ("http://localhost", ""),
        ] {
            assert!(excluded(url, no_proxy), "{url} {no_proxy}");
        }
        for (url, no_proxy) in [
            ("https://api.x.example", ""),
            ("https://apix.example", "x.example"),
            ("https://api.x.example", "x.example:8443"),
            ("http://11.1.2.3", "10.0.0.0/8"),
            ("http://10.1.2.3", "10.0.0.0/99"),
        ] {
            assert!(!excluded(url, no_proxy), "{url} {no_proxy}");
        }
    }

    #[test]
    fn a_proxys_password_is_a_reference_and_never_shown() {
        let variable = |name: &str| (name == "PROXY").then(|| "http://me:secret@p.example:3128".to_owned());
        let proxy = parse_proxy("env:PROXY", &variable).unwrap();
        assert_eq!(
            format!("{proxy} {proxy:?}"),
            "http://p.example:3128 http://p.example:3128"
        );
        assert_eq!(
            parse_proxy("p.example:3128", &variable).unwrap().to_string(),
            "http://p.example:3128"
        );
        for reference in ["http://me:secret@p.example", "env:NO", "socks5://p.example", ""] {
            let fault = parse_proxy(reference, &variable).unwrap_err();
            assert!(!fault.contains("secret"), "{fault}");
        }
    }
}
