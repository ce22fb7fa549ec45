//! The HTTP client for AWS and the model providers: one TLS stack, one set of trusted roots.

use std::{error::Error, time::Duration};

use reqwest::{Client, ClientBuilder, Proxy, redirect::Policy};
use rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::CertificateDer};
use url::Url;

/// A client builder that trusts Mozilla's root certificates. They are compiled in: loading the system's roots takes
/// longer than everything else that a container does before its first call.
///
/// # Errors
/// When TLS cannot be set up, which only happens when the library was built without it.
pub fn builder() -> Result<ClientBuilder, rustls::Error> {
    builder_with_roots(mozilla_roots())
}

fn mozilla_roots() -> RootCertStore {
    RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    }
}

fn builder_with_roots(roots: RootCertStore) -> Result<ClientBuilder, rustls::Error> {
    let tls = ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Client::builder().tls_backend_preconfigured(tls))
}

/// The client of functions: follows no redirects and uses no proxy.
pub(crate) fn client(connect_timeout: Duration) -> Result<Client, Box<dyn Error + Send + Sync>> {
    client_through(connect_timeout, None, &[])
}

/// The client of a provider: like [`client`], but through a proxy if there is one, and with further trusted authorities.
pub(crate) fn client_through(
    connect_timeout: Duration,
    proxy: Option<&Url>,
    authorities: &[CertificateDer<'static>],
) -> Result<Client, Box<dyn Error + Send + Sync>> {
    let mut roots = mozilla_roots();
    // A bundle may have certificates that this TLS stack does not read.
    let (added, _ignored) = roots.add_parsable_certificates(authorities.iter().cloned());
    if added == 0 && !authorities.is_empty() {
        return Err("no certificate of the authorities can be used".into());
    }
    let mut builder = builder_with_roots(roots)?
        .connect_timeout(connect_timeout)
        .redirect(Policy::none())
        .no_proxy();
    if let Some(proxy) = proxy {
        builder = builder.proxy(Proxy::all(proxy.clone())?);
    }
    Ok(builder.build()?)
}

#[cfg(test)]
mod tests {
    use std::{net::Ipv4Addr, sync::Arc};

    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    use rustls::{ServerConfig, pki_types::PrivateKeyDer};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };
    use tokio_rustls::TlsAcceptor;

    use super::*;

    #[tokio::test]
    async fn only_servers_with_a_trusted_certificate_are_called() {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = params.self_signed(&key).unwrap();
        let issuer = Issuer::new(params, key);
        let key = KeyPair::generate().unwrap();
        let names = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = names.signed_by(&key, &issuer).unwrap();
        let server = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let serve = async || {
            let (socket, _) = listener.accept().await.unwrap();
            // A client that does not trust the certificate aborts the handshake.
            let Ok(mut stream) = TlsAcceptor::from(Arc::new(server.clone())).accept(socket).await else {
                return;
            };
            let mut request = [0; 4096];
            assert!(stream.read(&mut request).await.unwrap() > 0);
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                .await
                .unwrap();
            stream.flush().await.unwrap();
        };
        let mut trusted_roots = RootCertStore::empty();
        trusted_roots.add(authority.der().clone()).unwrap();
        for (trusted, builder) in [(true, builder_with_roots(trusted_roots)), (false, builder())] {
            let client = builder.unwrap().no_proxy().build().unwrap();
            let (called, ()) = tokio::join!(client.get(&url).send(), serve());
            assert_eq!(called.is_ok(), trusted);
        }
    }
}
