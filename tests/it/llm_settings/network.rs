//! Proxies and certificate authorities: a real proxy on loopback, and a TLS server with an authority of its own.

use std::{collections::BTreeMap, net::Ipv4Addr, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};
use shared::{
    llm::{Router, Settings, Standalone, catalog},
    testing::{ScriptedProvider, WireFormat},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

use super::{ask, outcomes};

/// Accepts a connection and returns its stream with the address that it asks to be connected to: by `CONNECT`, or as the
/// absolute address of a request, which is then forwarded as it is.
async fn proxy(listener: TcpListener, target: String) -> String {
    let (mut client, _) = listener.accept().await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await.unwrap());
    }
    let text = String::from_utf8(head).unwrap();
    let mut server = TcpStream::connect(&target).await.unwrap();
    if text.starts_with("CONNECT ") {
        client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
    } else {
        // A server takes a path where a proxy takes an address.
        let (method, rest) = text.split_once(' ').unwrap();
        let path = rest.strip_prefix("http://").unwrap();
        let path = &path[path.find('/').unwrap()..];
        server
            .write_all(format!("{method} {path}").as_bytes())
            .await
            .unwrap();
    }
    // The client closes the connection when it is dropped.
    let _ = copy_bidirectional(&mut client, &mut server).await;
    text
}

/// An authority in PEM, and a TLS server for `name` that forwards to `target`.
fn authority(name: &str) -> (String, TlsAcceptor) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&key).unwrap();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().unwrap();
    let names = CertificateParams::new([name.to_owned()]).unwrap();
    let signed = names.signed_by(&key, &issuer).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![signed.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    (certificate.pem(), TlsAcceptor::from(Arc::new(config)))
}

fn router(url: &str, more: &str, environment: &[(&str, String)]) -> Router {
    let list = format!(
        r#"[{{"kind": "openai", "base_url": "{url}", "key": "env:KEY", "models": ["{}"] {more}}}]"#,
        ScriptedProvider::MODEL
    );
    let variables: BTreeMap<&str, String> = environment.iter().cloned().collect();
    let variable = |name: &str| match name {
        "KEY" => Some(ScriptedProvider::KEY.to_owned()),
        name => variables.get(name).cloned(),
    };
    let mut providers = catalog::parse(&list, &variable).unwrap();
    catalog::use_environment(&mut providers[0], &variable).unwrap();
    let settings = Settings {
        providers,
        ..Settings::default()
    };
    Router::standalone(settings, Arc::new(Standalone))
}

/// The host and port of a provider.
fn address(provider: &ScriptedProvider) -> String {
    let url = provider.url(WireFormat::OpenAi);
    let address = url.strip_prefix("http://").unwrap().split('/').next();
    address.unwrap().to_owned()
}

#[tokio::test]
async fn a_provider_is_called_through_its_proxy() {
    let provider = ScriptedProvider::start().await.unwrap();
    let target = address(&provider);
    for by_environment in [false, true] {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = format!("http://me:word@{}", listener.local_addr().unwrap());
        // The name is known to the proxy only.
        let url = "http://models.example/openai/v1";
        let router = match by_environment {
            true => router(url, "", &[("HTTP_PROXY", address)]),
            false => router(url, r#", "proxy": "env:PROXY""#, &[("PROXY", address)]),
        };
        let call = async move {
            let outcome = ask(&router).await;
            drop(router);
            outcome
        };
        let (outcome, head) = tokio::join!(call, proxy(listener, target.clone()));
        assert_eq!(outcomes(&outcome), ["ok"]);
        assert!(
            head.starts_with("POST http://models.example/openai/v1/chat/completions "),
            "{head}"
        );
        assert!(
            head.to_lowercase().contains("proxy-authorization: basic "),
            "{head}"
        );
    }
}

#[tokio::test]
async fn a_server_with_an_authority_of_its_own_is_trusted_through_a_tunnel() {
    let provider = ScriptedProvider::start().await.unwrap();
    let target = address(&provider);
    let (pem, acceptor) = authority("models.example");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("authority.pem");
    std::fs::write(&file, pem).unwrap();
    let file = file.display().to_string();

    let tls = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let tls_address = tls.local_addr().unwrap().to_string();
    let mut servers = JoinSet::new();
    servers.spawn(async move {
        loop {
            let (socket, _) = tls.accept().await.unwrap();
            // A client that does not trust the certificate aborts the handshake.
            let Ok(mut stream) = acceptor.accept(socket).await else {
                continue;
            };
            let mut server = TcpStream::connect(&target).await.unwrap();
            let _ = copy_bidirectional(&mut stream, &mut server).await;
        }
    });
    for (more, environment, expected) in [
        (format!(r#", "ca_file": "{file}""#), None, "ok"),
        (String::new(), Some(("SSL_CERT_FILE", file.clone())), "ok"),
        (String::new(), None, "tls_failed"),
    ] {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let variables: Vec<_> = environment
            .into_iter()
            .chain([("HTTPS_PROXY", address)])
            .collect();
        let router = router("https://models.example/openai/v1", &more, &variables);
        let call = async move {
            let outcome = ask(&router).await;
            drop(router);
            outcome
        };
        let (outcome, head) = tokio::join!(call, proxy(listener, tls_address.clone()));
        assert_eq!(outcomes(&outcome), [expected]);
        assert!(head.starts_with("CONNECT models.example:443 "), "{head}");
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named_as_the_failure() {
    let provider = ScriptedProvider::start().await.unwrap();
    let refused = provider.refused_url(WireFormat::Ollama).unwrap();
    let address = refused.strip_suffix("/ollama").unwrap();
    let router = router(
        "https://models.example/v1",
        &format!(r#", "proxy": "{address}""#),
        &[("NO_PROXY", "models.example".to_owned())],
    );
    let outcome = ask(&router).await;
    assert_eq!(outcomes(&outcome), ["proxy_failed", "proxy_failed"]);
}
