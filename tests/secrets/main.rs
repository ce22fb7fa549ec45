//! What is authenticated with AWS credentials, against third-party servers that `.ci/checks/secrets` starts: the Parameter
//! Store adapter (`AWS_ENDPOINT_URL_SSM`), and requests to Amazon Bedrock (`BEDROCK_URL`).

#![expect(clippy::unwrap_used, reason = "tests and their helpers fail by panicking")]

use std::{sync::Arc, time::Duration};

use secrecy::ExposeSecret;
use shared::{
    bootstrap,
    deadline::Deadline,
    domain::{Model, OnInterruption, Prompt, TextUse, UserId},
    llm::{Router, Settings, Standalone, catalog},
    ports::{Embedder, GenerateRequest, Llm, SecretError, Secrets},
    store::ParameterStore,
};
use tokio_util::sync::CancellationToken;

/// The value of a parameter, which its `Debug` output must not contain.
async fn read(store: &ParameterStore, parameter: &str) -> Result<String, SecretError> {
    let value = store.get(parameter).await?;
    assert!(!format!("{value:?}").contains(value.expose_secret()));
    Ok(value.expose_secret().to_owned())
}

/// With the variables of a function whose list of providers, longer than all its variables may be, is in a parameter.
#[tokio::test]
async fn the_list_of_providers_may_be_in_a_parameter() {
    let config = bootstrap::config().await.unwrap();
    let names: Vec<&str> = config
        .llm
        .providers
        .iter()
        .map(|provider| provider.name.as_str())
        .collect();
    assert_eq!(names.len(), 40, "{names:?}");
    assert_eq!((names[0], names[39]), ("provider-0", "provider-39"));
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

#[tokio::test]
async fn bedrock_accepts_what_is_signed_with_the_role() {
    let url = address("BEDROCK_URL");
    let deadline = Deadline::after(Duration::from_secs(20));
    for stream in [true, false] {
        let list = format!(
            r#"[{{"kind": "bedrock", "base_url": "{url}", "region": "eu-central-1", "stream": {stream},
                "models": ["openai.gpt-oss-20b-1:0"], "embedding": {{"model": "amazon.titan-embed-text-v2:0"}}}}]"#
        );
        let variable = |name: &str| match name {
            "AWS_ACCESS_KEY_ID" => Some("AKIDEXAMPLE".to_owned()),
            "AWS_SECRET_ACCESS_KEY" => Some("secret/of+the=role".to_owned()),
            "AWS_SESSION_TOKEN" => Some("token of the session".to_owned()),
            _ => None,
        };
        let settings = Settings {
            providers: catalog::parse(&list, &variable).unwrap(),
            ..Settings::default()
        };
        let provider = settings.providers[0].clone();
        let router = Router::standalone(settings, Arc::new(Standalone));
        assert_eq!(
            router.list_models(&provider).await.unwrap(),
            ["openai.gpt-oss-20b-1:0"]
        );
        let request = GenerateRequest {
            user: &UserId::anonymous(),
            model: &Model::Auto,
            prompt: &Prompt::new("Regeln für 漢.", "A \"question\"?", 64),
            deadline,
            on_interruption: OnInterruption::Restart,
            cancellation: &CancellationToken::new(),
            enough: &CancellationToken::new(),
        };
        let outcome = router.generate(request, &mut |_| true).await;
        assert_eq!(
            outcome.result.unwrap().text,
            "Signed, 漢.",
            "{:?}",
            outcome.attempts
        );
        let texts = ["one".to_owned(), "three".to_owned()];
        let vectors = router
            .embed(&UserId::anonymous(), &texts, TextUse::Document, deadline)
            .await;
        assert_eq!(vectors.result.unwrap(), [[3.0, 1.0], [5.0, 1.0]]);
    }
}

/// The address of a server, which the check passes in the environment.
#[expect(
    clippy::disallowed_methods,
    reason = "the check passes the addresses of its servers in the environment"
)]
fn address(variable: &str) -> String {
    std::env::var(variable).unwrap()
}

/// Deletes all values through the test interface of the server.
async fn empty_the_server() {
    let url = address("AWS_ENDPOINT_URL_SSM");
    let client = shared::http_client::builder()
        .unwrap()
        .no_proxy()
        .build()
        .unwrap();
    let response = client.post(format!("{url}/moto-api/reset")).send().await.unwrap();
    assert_eq!(response.status(), 200);
}
