//! The Parameter Store adapter against a third-party SSM server. `.ci/checks/secrets` starts the server, stores the
//! values and sets `AWS_ENDPOINT_URL_SSM`.

#![expect(clippy::unwrap_used, reason = "tests and their helpers fail by panicking")]

use secrecy::ExposeSecret;
use shared::{
    ports::{SecretError, Secrets},
    store::ParameterStore,
};

/// The value of a parameter, which its `Debug` output must not contain.
async fn read(store: &ParameterStore, parameter: &str) -> Result<String, SecretError> {
    let value = store.get(parameter).await?;
    assert!(!format!("{value:?}").contains(value.expose_secret()));
    Ok(value.expose_secret().to_owned())
}

#[tokio::test]
async fn values_are_decrypted_and_kept() {
    let store = ParameterStore::default();
    let parameters = [
        ("/attest/provider", "key of a provider, 漢"),
        ("/aws/reference/secretsmanager/attest-provider", "key in a secret"),
        ("attest-plain", "not encrypted"),
    ];
    for (parameter, value) in parameters {
        assert_eq!(read(&store, parameter).await.unwrap(), value);
    }
    for missing in [
        "/attest/nobody",
        "/attest/provider:7",
        "/aws/reference/secretsmanager/nobody",
    ] {
        let result = read(&store, missing).await;
        assert!(
            matches!(result, Err(SecretError::Missing)),
            "{missing}: {result:?}"
        );
    }
    empty_the_server().await;
    for (parameter, value) in parameters {
        assert_eq!(
            read(&store, parameter).await.unwrap(),
            value,
            "the value is cached"
        );
        let result = read(&ParameterStore::default(), parameter).await;
        assert!(
            matches!(result, Err(SecretError::Missing)),
            "{parameter}: {result:?}"
        );
    }
}

#[tokio::test]
async fn a_server_that_is_gone_is_a_failure_and_not_a_missing_key() {
    let store = ParameterStore::default();
    for parameter in [
        "/attest/provider",
        "/aws/reference/secretsmanager/attest-provider",
    ] {
        let result = read(&store, parameter).await;
        assert!(
            matches!(result, Err(SecretError::Unavailable(_))),
            "{parameter}: {result:?}"
        );
    }
}

/// Deletes all values through the test interface of the server.
async fn empty_the_server() {
    #[expect(
        clippy::disallowed_methods,
        reason = "the check passes the address of its server in the environment"
    )]
    let url = std::env::var("AWS_ENDPOINT_URL_SSM").unwrap();
    let client = shared::http_client::builder()
        .unwrap()
        .no_proxy()
        .build()
        .unwrap();
    let response = client.post(format!("{url}/moto-api/reset")).send().await.unwrap();
    assert_eq!(response.status(), 200);
}
