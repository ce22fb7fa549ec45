//! Keys as users copy them, from every place.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;
use shared::{
    llm::{Router, Settings, catalog},
    ports::{SecretError, Secrets},
    testing::{ScriptedProvider, WireFormat},
};

use super::{ask, outcomes};

/// A parameter store whose only parameter has this value.
struct Parameter(String);

#[async_trait]
impl Secrets for Parameter {
    async fn get(&self, _parameter: &str) -> Result<SecretString, SecretError> {
        Ok(self.0.clone().into())
    }
}

fn router(reference: &str, value: &str, url: &str, kind: &str) -> Router {
    let list = format!(
        r#"[{{"kind": "{kind}", "base_url": "{url}", "key": "{reference}", "models": ["{}"]}}]"#,
        ScriptedProvider::MODEL
    );
    let variable = |_: &str| Some(value.to_owned());
    let settings = Settings {
        providers: catalog::parse(&list, &variable).unwrap(),
        ..Settings::default()
    };
    let secrets = Arc::new(Parameter(value.to_owned()));
    Router::standalone(settings, secrets)
}

#[tokio::test]
async fn a_key_is_sent_without_what_was_copied_with_it() {
    let provider = ScriptedProvider::start().await.unwrap();
    let key = ScriptedProvider::KEY;
    for (reference, value) in [
        ("env:KEY", format!("{key}\n")),
        ("env:KEY", format!("Bearer \"{key}\"")),
        ("ssm:/key", format!("'{key}'\r\n")),
        ("secret:key#field", format!("{{\"field\": \"Bearer {key}\"}}\n")),
    ] {
        for format in WireFormat::ALL {
            let kind = format!("{format:?}").to_lowercase();
            let outcome = ask(&router(reference, &value, &provider.url(format), &kind)).await;
            assert_eq!(outcomes(&outcome), ["ok"], "{kind} {reference}");
        }
    }
}

#[tokio::test]
async fn a_key_that_no_header_may_have_is_an_error_and_no_call() {
    let provider = ScriptedProvider::start().await.unwrap();
    for value in [
        "scripted\nkey",
        "scripted-k\u{e9}y",
        "scripted\u{1}key",
        "''",
        r#"{"a": "scripted-key"}"#,
    ] {
        for reference in ["env:KEY", "ssm:/key"] {
            let url = provider.url(WireFormat::Ollama);
            let outcome = ask(&router(reference, value, &url, "ollama")).await;
            assert_eq!(outcomes(&outcome), ["invalid_key"], "{value:?}");
            let reason = outcome.attempts[0].reason.as_deref().unwrap();
            assert!(
                reason.starts_with("the key cannot be sent: ") && !reason.contains("scripted"),
                "{reason}"
            );
        }
    }
    assert_eq!(provider.requests().len(), 0);
}
