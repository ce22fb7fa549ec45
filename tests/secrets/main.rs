//! Keys read through the adapter from an SSM that is not ours. `.ci/checks/secrets` starts it, puts the values in and
//! names it in the environment.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use secrecy::ExposeSecret;
use shared::{
    ports::{SecretError, Secrets},
    store::ParameterStore,
};

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
        assert_eq!(read(&store, parameter).await.unwrap(), value, "it is kept");
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

/// Forgets all values, as the server's own interface for tests offers.
async fn empty_the_server() {
    #[expect(
        clippy::disallowed_methods,
        reason = "this names the server that the check has started"
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
