//! Redirects are followed by hand and checked like the first address.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use fetcher::{FetchError, Fetcher, Status, Validators, parse_url};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{RootCertStore, ServerConfig, crypto::ring, pki_types::PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::server::{Names, Reply, Server, builder, fetcher, fetcher_of, policy};

const LIMIT: Duration = Duration::from_secs(5);

async fn fetch(fetcher: &Fetcher, url: &str) -> Result<fetcher::Fetched, FetchError> {
    fetcher.fetch(&parse_url(url).unwrap(), None, LIMIT).await
}

#[tokio::test]
async fn redirects_to_what_is_not_public_are_refused() {
    let server = Server::start(|request| {
        let to = request.path.trim_start_matches("/to/");
        match to.strip_prefix("chain/") {
            Some(to) => Reply::redirect(302, &format!("/to/{to}")),
            None => Reply::redirect(302, to),
        }
    })
    .await;
    let other = Server::start(|_| Reply::html("internal")).await;
    let private: [SocketAddr; 1] = ["10.0.0.1:0".parse().unwrap()];
    let fetcher = fetcher(
        policy(&[server.address]),
        Names::new([("site.example", &[server.address]), ("private.example", &private)]),
    );
    let port = other.address.port();
    for to in [
        "http://169.254.169.254/latest/",
        "http://127.0.0.1/",
        "http://0x7f.1/",
        "http://[::1]/",
        "//10.0.0.1/",
        "http://private.example/",
        "chain/chain/http://169.254.169.254/",
    ] {
        let fetched = fetch(&fetcher, &format!("http://site.example/to/{to}")).await;
        assert!(
            matches!(fetched, Err(FetchError::Address { .. })),
            "{to} gave {fetched:?}"
        );
    }
    for to in [
        format!("http://127.0.0.1:{port}/"),
        "http://site.example:22/".to_owned(),
    ] {
        let fetched = fetch(&fetcher, &format!("http://site.example/to/{to}")).await;
        assert!(
            matches!(fetched, Err(FetchError::Port { .. })),
            "{to} gave {fetched:?}"
        );
    }
    for to in [
        "file:///etc/passwd",
        "ftp://site.example/",
        "javascript:alert(1)",
        "data:,x",
    ] {
        let fetched = fetch(&fetcher, &format!("http://site.example/to/{to}")).await;
        assert!(
            matches!(fetched, Err(FetchError::Scheme { .. })),
            "{to} gave {fetched:?}"
        );
    }
    let fetched = fetch(
        &fetcher,
        "http://site.example/to/http://user:secret@site.example/",
    )
    .await;
    assert_eq!(fetched, Err(FetchError::Credentials));
    let fetched = fetch(&fetcher, "http://site.example/to/http://[::1").await;
    assert!(matches!(fetched, Err(FetchError::Broken { .. })), "{fetched:?}");
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn redirects_are_followed_up_to_the_limit() {
    let server = Server::start(|request| {
        let (kind, left) = request.path.trim_start_matches('/').split_once('/').unwrap();
        let left: usize = left.parse().unwrap();
        match (kind, left) {
            (_, 0) => Reply::html("arrived"),
            ("relative", left) => Reply::redirect(301, &format!("{}", left - 1)),
            ("absolute", left) => {
                Reply::redirect(308, &format!("http://site.example/absolute/{}#part", left - 1))
            }
            ("temporary", left) => Reply::redirect(307, &format!("/temporary/{}", left - 1)),
            (_, left) => Reply::redirect(302, &format!("?{left}")),
        }
    })
    .await;
    let fetcher = fetcher_of(&server);
    for (kind, is_moved) in [("relative", true), ("absolute", true), ("temporary", false)] {
        let fetched = fetch(&fetcher, &format!("http://site.example/{kind}/5"))
            .await
            .unwrap();
        assert_eq!(fetched.url.as_str(), format!("http://site.example/{kind}/0"));
        assert_eq!(
            (fetched.bytes.as_slice(), fetched.is_moved),
            (b"arrived".as_slice(), is_moved)
        );
        let fetched = fetch(&fetcher, &format!("http://site.example/{kind}/6")).await;
        assert_eq!(fetched, Err(FetchError::TooManyRedirects { limit: 5 }));
    }
}

#[tokio::test]
async fn circles_are_recognised() {
    let server = Server::start(|request| match request.path.as_str() {
        "/self" => Reply::redirect(302, "#again"),
        "/a" => Reply::redirect(302, "/b"),
        _ => Reply::redirect(302, "/a"),
    })
    .await;
    let fetcher = fetcher_of(&server);
    for path in ["self", "a", "b"] {
        let fetched = fetch(&fetcher, &format!("http://site.example/{path}")).await;
        assert_eq!(fetched, Err(FetchError::RedirectLoop), "{path}");
    }
    assert_eq!(server.paths(), ["/self", "/a", "/b", "/b", "/a"]);
}

#[tokio::test]
async fn validators_do_not_cross_hosts() {
    let server = Server::start(|request| match request.path.as_str() {
        "/same" => Reply::redirect(302, "/page"),
        "/other" => Reply::redirect(302, "http://other.example/page"),
        _ if request.headers.contains_key("if-none-match") => Reply::new(304, &[], b""),
        _ => Reply::html("page"),
    })
    .await;
    let names = Names::new([
        ("site.example", &[server.address]),
        ("other.example", &[server.address]),
    ]);
    let fetcher = fetcher(policy(&[server.address]), names);
    let validators = Validators {
        etag: Some("\"1\"".to_owned()),
        last_modified: None,
    };
    for (path, status) in [("same", Status::NotModified), ("other", Status::Content)] {
        let url = parse_url(&format!("http://site.example/{path}")).unwrap();
        let fetched = fetcher.fetch(&url, Some(&validators), LIMIT).await.unwrap();
        assert_eq!(fetched.status, status, "{path}");
    }
    let requests = server.requests.lock().unwrap();
    assert!(
        requests
            .iter()
            .all(|request| !request.headers.contains_key("referer"))
    );
    assert!(
        requests
            .iter()
            .all(|request| !request.headers.contains_key("cookie"))
    );
}

#[tokio::test]
async fn https_stays_https_and_needs_a_trusted_certificate() {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = params.self_signed(&key).unwrap();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().unwrap();
    let names = CertificateParams::new(["site.example".to_owned()]).unwrap();
    let certificate = names.signed_by(&key, &issuer).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let tls = TlsAcceptor::from(Arc::new(config));
    let server = Server::start_at([127, 0, 0, 1].into(), Some(tls), |request| {
        match request.path.as_str() {
            "/down" => Reply::redirect(301, "http://site.example/"),
            "/on" => Reply::redirect(301, "/"),
            _ => Reply::html("secure"),
        }
    })
    .await;
    let plain = Server::start(|_| Reply::html("plain")).await;
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).unwrap();
    let make = |roots| {
        let names = Names::new([
            ("site.example", &[server.address]),
            ("wrong.example", &[server.address]),
            ("plain.example", &[plain.address]),
        ]);
        Fetcher::with_resolver(builder(roots), policy(&[server.address, plain.address]), names).unwrap()
    };
    let trusting = make(roots);
    assert_eq!(
        fetch(&trusting, "https://site.example/on").await.unwrap().bytes,
        b"secure"
    );
    assert_eq!(
        fetch(&trusting, "https://site.example/down").await,
        Err(FetchError::Downgrade)
    );
    for url in ["https://wrong.example/", "https://plain.example/"] {
        let fetched = fetch(&trusting, url).await;
        assert!(
            matches!(fetched, Err(FetchError::Tls { .. })),
            "{url} gave {fetched:?}"
        );
    }
    let fetched = fetch(&make(RootCertStore::empty()), "https://site.example/").await;
    assert!(matches!(fetched, Err(FetchError::Tls { .. })), "{fetched:?}");
}
