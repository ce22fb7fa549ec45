//! Forms of addresses that lead to machines that are not public.

use std::{net::SocketAddr, time::Duration};

use fetcher::{FetchError, Policy, parse_url};

use crate::server::{Names, Reply, Server, fetcher, policy};

const LIMIT: Duration = Duration::from_secs(2);

/// Refused whatever they resolve to.
const FORMS: &[&str] = &[
    // Addresses in plain form, of each block that is not public.
    "http://127.0.0.1/",
    "http://127.1.2.3/",
    "https://127.0.0.1/",
    "http://0.0.0.0/",
    "http://0.1.2.3/",
    "http://10.0.0.1/",
    "http://100.64.0.1/",
    "http://100.100.100.200/",
    "http://168.63.129.16/",
    "http://169.254.169.254/latest/meta-data/",
    "http://169.254.170.2/v2/credentials",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.0.0.192/",
    "http://192.0.2.1/",
    "http://192.88.99.1/",
    "http://192.168.1.1/",
    "http://198.18.0.1/",
    "http://198.19.255.255/",
    "http://198.51.100.7/",
    "http://203.0.113.9/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    // Decimal, octal, hexadecimal, short and mixed spellings.
    "http://2130706433/",
    "http://017700000001/",
    "http://0x7f000001/",
    "http://0X7F000001/",
    "http://0177.0.0.1/",
    "http://0x7f.0.0.1/",
    "http://0x7f.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://0/",
    "http://00000000177.0.0.01/",
    "http://0251.0376.0251.0376/",
    "http://2852039166/",
    "http://0xA9FEA9FE/",
    "http://0xa9.254.0251.0xfe/",
    "http://169.16689662/",
    "http://169.254.43518/",
    "http://10.1/",
    "http://192.168.257/",
    "http://127.0.0.1./",
    "http://169.254.169.254./",
    // Digits and dots of other scripts, invisible characters, percent-encoding, control characters.
    "http://①②⑦.⓪.⓪.①/",
    "http://１２７.０.０.１/",
    "http://127。0。0。1/",
    "http://127｡0｡0｡1/",
    "http://127．0．0．1/",
    "http://１６９。２５４。１６９。２５４/",
    "http://𝟭𝟮𝟳.𝟬.𝟬.𝟭/",
    "http://127.0.0\u{ad}.1/",
    "http://127.0\u{200b}.0.1/",
    "http://%31%32%37.%30.%30.%31/",
    "http://127%2e0%2e0%2e1/",
    "http://%6c%6f%63%61%6c%68%6f%73%74/",
    "http://127.0.\t0.1/",
    "http://127.0.0.1\\@site.example/",
    // IPv6.
    "http://[::]/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[0000::0001]/",
    "http://[::127.0.0.1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[::ffff:8.8.8.8]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[64:ff9b:1::10.0.0.1]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:a9fe:a9fe::1]/",
    "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
    "http://[2001:10::1]/",
    "http://[2001:db8::1]/",
    "http://[3fff::1]/",
    "http://[100::1]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fe80::1%eth0]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[4000::1]/",
    "http://[::1]:80/",
    // User names, and hosts that only look like the one meant.
    "http://user@site.example/",
    "http://user:secret@site.example/",
    "http://:secret@site.example/",
    "http://site.example@127.0.0.1/",
    "http://site.example:80@127.0.0.1/",
    "http://site.example%40127.0.0.1/",
    "http://127.0.0.1#@site.example/",
    "http://127.0.0.1?@site.example/",
    "http:\\\\127.0.0.1\\",
    "http:127.0.0.1",
    "http:///127.0.0.1/",
    "http://[::1]@site.example/",
    // Ports.
    "http://site.example:22/",
    "http://site.example:0/",
    "http://site.example:8080/",
    "http://site.example:6379/",
    "https://site.example:65535/",
    "http://127.0.0.1:11211/",
    // Schemes.
    "file:///etc/passwd",
    "file://localhost/etc/passwd",
    "ftp://site.example/",
    "gopher://127.0.0.1:6379/_INFO",
    "dict://127.0.0.1:11211/stats",
    "ldap://127.0.0.1/",
    "ws://site.example/",
    "data:text/html,hello",
    "javascript:alert(1)",
    "view-source:http://127.0.0.1/",
    "jar:http://127.0.0.1!/",
    "unix:///var/run/docker.sock",
    // No addresses at all.
    "",
    "http://",
    "http:// /",
    "//127.0.0.1/",
    "http://[::1",
    "http://[127.0.0.1]/",
    "http://256.256.256.256/",
    "http://4294967296/",
    "http://0x100000000/",
    // Names that resolve to what is not public, and names that do not resolve.
    "http://private.example/",
    "http://PRIVATE.example/",
    "http://private.example./",
    "http://mapped.example/",
    "http://unspecified.example/",
    "http://metadata.example/",
    "http://metadata6.example/",
    "http://linklocal.example/",
    "http://mixed.example/",
    "http://mixed6.example/",
    "http://empty.example/",
    "http://missing.example/",
    "http://localhost/",
    "http://LocalHost/",
    "http://localhost./",
    "http://localhost.localdomain/",
    "http://foo.localhost/",
    "http://ip6-localhost/",
    "http://127.0.0.1.nip.example/",
    "http://private。example/",
];

fn names() -> std::sync::Arc<Names> {
    let at = |text: &str| -> Vec<SocketAddr> {
        text.split_whitespace()
            .map(|ip| SocketAddr::new(ip.parse().unwrap(), 0))
            .collect()
    };
    Names::new([
        ("private.example", &at("10.20.30.40")),
        ("mapped.example", &at("::ffff:10.0.0.1")),
        ("unspecified.example", &at("0.0.0.0")),
        ("metadata.example", &at("169.254.169.254")),
        ("metadata6.example", &at("fd00:ec2::254")),
        ("linklocal.example", &at("fe80::1")),
        ("mixed.example", &at("93.184.216.34 127.0.0.1")),
        ("mixed6.example", &at("2606:4700:4700::1111 93.184.216.34 ::1")),
        ("empty.example", &[]),
        ("localhost", &at("127.0.0.1 ::1")),
        ("localhost.localdomain", &at("127.0.0.1")),
        ("foo.localhost", &at("127.0.0.1")),
        ("ip6-localhost", &at("::1")),
        ("127.0.0.1.nip.example", &at("127.0.0.1")),
    ])
}

#[tokio::test]
async fn no_form_of_an_address_leads_to_a_machine_that_is_not_public() {
    // It would answer whoever gets through to port 80 of the loopback interface by another port.
    let server = Server::start(|_| Reply::html("internal")).await;
    let fetcher = fetcher(policy(&[]), names());
    let mut refused = 0;
    for form in FORMS {
        let fetched = match parse_url(form) {
            Ok(url) => fetcher.fetch(&url, None, LIMIT).await,
            Err(error) => Err(error),
        };
        let is_refusal = matches!(
            fetched,
            Err(FetchError::InvalidUrl { .. }
                | FetchError::Scheme { .. }
                | FetchError::Port { .. }
                | FetchError::Credentials
                | FetchError::Address { .. }
                | FetchError::Unresolved { .. })
        );
        assert!(is_refusal, "{form:?} gave {fetched:?}");
        refused += 1;
    }
    assert_eq!(server.connections(), 0);
    println!("{refused} forms refused");
    assert!(refused >= 70);
}

#[tokio::test]
async fn the_reason_of_a_refusal_is_told_without_what_the_name_resolves_to() {
    let fetcher = fetcher(policy(&[]), names());
    for (url, message) in [
        (
            "http://private.example/",
            "the host `private.example` is not public",
        ),
        ("http://mixed.example/", "the host `mixed.example` is not public"),
        ("http://2130706433/", "the host `127.0.0.1` is not public"),
        (
            "http://missing.example/",
            "the name `missing.example` does not resolve",
        ),
        ("http://site.example:22/", "port 22 is not allowed"),
        (
            "ftp://site.example/",
            "addresses with the scheme `ftp` are not fetched; use http or https",
        ),
        (
            "http://user:secret@site.example/",
            "the address has a user name or a password; addresses that need a login are not fetched",
        ),
    ] {
        let error = fetcher
            .fetch(&parse_url(url).unwrap(), None, LIMIT)
            .await
            .unwrap_err();
        assert_eq!(error.to_string(), message, "{url}");
    }
}

#[tokio::test]
async fn an_intranet_is_reached_when_the_policy_says_so_but_no_metadata_service() {
    let server = Server::start(|_| Reply::html("wiki")).await;
    let port = server.address.port();
    let open = Policy {
        allow_private: true,
        ..policy(&[])
    };
    let fetcher = fetcher(open, names());
    for host in ["127.0.0.1", "localhost", "0x7f.1"] {
        let url = parse_url(&format!("http://{host}:{port}/")).unwrap();
        assert_eq!(
            fetcher.fetch(&url, None, LIMIT).await.unwrap().bytes,
            b"wiki",
            "{host}"
        );
    }
    for url in [
        "http://169.254.169.254/",
        "http://[fd00:ec2::254]/",
        "http://0.0.0.0/",
        "http://[::ffff:127.0.0.1]/",
        "http://metadata.example/",
        "http://metadata6.example/",
        "http://mapped.example/",
    ] {
        let fetched = fetcher.fetch(&parse_url(url).unwrap(), None, LIMIT).await;
        assert!(
            matches!(fetched, Err(FetchError::Address { .. })),
            "{url} gave {fetched:?}"
        );
    }
}
