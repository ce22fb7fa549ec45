//! HTTPS to AWS. The SDK's own client reads and parses every authority that the system trusts, which takes longer than
//! all the rest of a start; AWS's endpoints are signed by five.

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

use crate::config;

/// The authorities of Amazon Trust Services (<https://www.amazontrust.com/repository/>), by the names in their certificates.
const AUTHORITIES: [&str; 5] = [
    "Amazon Root CA 1",
    "Amazon Root CA 2",
    "Amazon Root CA 3",
    "Amazon Root CA 4",
    "Starfield Services Root Certificate Authority - G2",
];
/// How the names of the regions begin whose endpoints they sign. China, the sovereign and the isolated ones have their own.
const REGIONS: [&str; 9] = ["af-", "ap-", "ca-", "eu-", "il-", "me-", "mx-", "sa-", "us-"];

/// A client that trusts AWS alone; `None` where others sign: for endpoints of the user's own, and in other partitions.
pub(super) fn client() -> Option<SharedHttpClient> {
    let region = config::aws_region().filter(|region| is_ordinary(region))?;
    tracing::debug!(region, "only Amazon's authorities are trusted");
    trusting(&authorities())
}

fn is_ordinary(region: &str) -> bool {
    REGIONS.iter().any(|prefix| region.starts_with(prefix)) && !region.contains("-iso")
}

/// Their certificates, in PEM as the client wants it.
fn authorities() -> String {
    let is_one = |certificate: &&[u8]| {
        let names = |name: &str| memchr::memmem::find(certificate, name.as_bytes()).is_some();
        AUTHORITIES.into_iter().any(names)
    };
    let certificates = TLS_SERVER_ROOT_CERTS.iter().map(|certificate| &**certificate);
    let certificates = certificates.filter(is_one).map(|certificate| {
        let encoded = BASE64_STANDARD.encode(certificate);
        format!("-----BEGIN CERTIFICATE-----\n{encoded}\n-----END CERTIFICATE-----\n")
    });
    certificates.collect()
}

/// A client that trusts these certificates; `None` when they are none.
fn trusting(authorities: &str) -> Option<SharedHttpClient> {
    let store = TrustStore::empty().with_pem_certificate(authorities);
    let context = TlsContext::builder().with_trust_store(store).build().ok()?;
    let provider = Provider::Rustls(CryptoMode::AwsLc);
    Some(
        Builder::new()
            .tls_provider(provider)
            .tls_context(context)
            .build_https(),
    )
}

#[cfg(test)]
mod tests {
    use std::{net::Ipv4Addr, sync::Arc};

    use aws_config::BehaviorVersion;
    use aws_sdk_dynamodb::{
        Client, Config,
        config::{Credentials, Region, retry::RetryConfig},
    };
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    use rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };
    use tokio_rustls::TlsAcceptor;

    use super::*;

    #[test]
    fn amazons_authorities_are_there_and_no_others() {
        let authorities = authorities();
        assert_eq!(
            authorities.matches("BEGIN CERTIFICATE").count(),
            AUTHORITIES.len()
        );
        assert!(trusting(&authorities).is_some());
    }

    #[test]
    fn other_partitions_have_other_authorities() {
        for region in [
            "us-east-1",
            "eu-central-1",
            "us-gov-west-1",
            "ap-southeast-7",
            "mx-central-1",
        ] {
            assert!(is_ordinary(region), "{region}");
        }
        for region in [
            "cn-north-1",
            "eusc-de-east-1",
            "us-iso-east-1",
            "us-isob-east-1",
            "eu-isoe-west-1",
            "",
        ] {
            assert!(!is_ordinary(region), "{region}");
        }
    }

    #[tokio::test]
    async fn who_is_signed_by_a_trusted_authority_is_called_and_nobody_else() {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = params.self_signed(&key).unwrap();
        let issuer = Issuer::new(params, key);
        let key = KeyPair::generate().unwrap();
        let names = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = names.signed_by(&key, &issuer).unwrap();
        let server = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
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
        let call = async |authorities: &str| {
            let config = Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .credentials_provider(Credentials::new("key", "secret", None, None, "test"))
                .region(Region::new("us-east-1"))
                .retry_config(RetryConfig::disabled())
                .http_client(trusting(authorities).unwrap())
                .endpoint_url(&url)
                .build();
            Client::from_conf(config).list_tables().send().await.is_ok()
        };
        let serve = async || {
            let (socket, _) = listener.accept().await.unwrap();
            // Who does not trust the certificate breaks the handshake off.
            let Ok(mut stream) = TlsAcceptor::from(Arc::new(server.clone())).accept(socket).await else {
                return;
            };
            let mut request = [0; 4096];
            assert!(stream.read(&mut request).await.unwrap() > 0);
            let response = "HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n{\"TableNames\":[]}";
            stream.write_all(response.as_bytes()).await.unwrap();
            stream.flush().await.unwrap();
        };
        for (trusted, authorities) in [(true, authority.pem()), (false, authorities())] {
            let (called, ()) = tokio::join!(call(&authorities), serve());
            assert_eq!(called, trusted);
        }
    }
}
