//! Amazon Bedrock by the role of a function: signed requests for text, vectors and models.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use shared::{
    deadline::Deadline,
    domain::{TextUse, UserId},
    llm::{Router, Settings, Standalone, catalog, catalog::Provider},
    ports::Embedder,
    testing::{Behaviour, ScriptedAnswer, ScriptedProvider, WireFormat},
};

use super::{ask, outcomes};
use crate::support::{Hub, ok};

const TITAN: &str = "amazon.titan-embed-text-v2:0";
const COHERE: &str = "us.cohere.embed-v4:0";

/// The provider, with further fields, called with this secret of the role.
fn parse(scripted: &ScriptedProvider, fields: &str, secret: &str, token: Option<&str>) -> Provider {
    let list = format!(
        r#"[{{"kind": "bedrock", "base_url": "{}", "models": ["{}"]{fields}}}]"#,
        scripted.url(WireFormat::Bedrock),
        ScriptedProvider::MODEL
    );
    let variable = |name: &str| match name {
        "AWS_ACCESS_KEY_ID" => Some(ScriptedProvider::ROLE.0.to_owned()),
        "AWS_SECRET_ACCESS_KEY" => Some(secret.to_owned()),
        "AWS_SESSION_TOKEN" => token.map(str::to_owned),
        "AWS_REGION" => Some(ScriptedProvider::REGION.to_owned()),
        "KEY" => Some(ScriptedProvider::KEY.to_owned()),
        _ => None,
    };
    catalog::parse(&list, &variable).unwrap().remove(0)
}

fn router(provider: Provider) -> Router {
    let settings = Settings {
        providers: vec![provider],
        ..Settings::default()
    };
    Router::standalone(settings, Arc::new(Standalone))
}

#[tokio::test]
async fn requests_are_signed_with_the_role_or_carry_a_key() {
    let scripted = ScriptedProvider::start().await.unwrap();
    let secret = ScriptedProvider::ROLE.1;
    for (fields, secret, token, expected) in [
        ("", secret, None, "ok"),
        ("", secret, Some("token"), "ok"),
        (r#", "stream": false"#, secret, None, "ok"),
        (r#", "key": "env:KEY""#, "", None, "ok"),
        ("", "another-secret", None, "unauthorized"),
        (r#", "region": "eu-central-1""#, secret, None, "unauthorized"),
    ] {
        scripted.take_requests();
        let router = router(parse(&scripted, fields, secret, token));
        let outcome = ask(&router).await;
        assert_eq!(outcomes(&outcome), [expected], "{fields} {secret}");
        let request = &scripted.requests()[0];
        assert_eq!(request.path, "/bedrock/openai/v1/chat/completions");
        assert_eq!(
            request.headers.contains_key("x-amz-security-token"),
            token.is_some()
        );
        if expected == "unauthorized" {
            let reason = outcome.attempts[0].reason.as_deref();
            assert_eq!(reason, Some("status 403, invalidsignatureexception"));
        }
    }
}

#[tokio::test]
async fn a_missing_right_is_named_by_the_code_of_aws() {
    let scripted = ScriptedProvider::start().await.unwrap();
    scripted.behave([Behaviour::Status(403)]);
    let router = router(parse(&scripted, "", ScriptedProvider::ROLE.1, None));
    let outcome = ask(&router).await;
    assert_eq!(outcomes(&outcome), ["unauthorized"]);
    let reason = outcome.attempts[0].reason.as_deref();
    assert_eq!(reason, Some("status 403, accessdeniedexception"));
}

#[tokio::test]
async fn the_list_of_models_is_that_of_the_control_plane() {
    let scripted = ScriptedProvider::start().await.unwrap();
    let provider = parse(&scripted, "", ScriptedProvider::ROLE.1, None);
    let names = router(provider.clone()).list_models(&provider).await.unwrap();
    assert_eq!(
        names,
        [ScriptedProvider::MODEL, ScriptedProvider::EMBEDDING_MODEL]
    );
}

#[tokio::test]
async fn texts_are_embedded_by_each_embedding_model_in_order() {
    let scripted = ScriptedProvider::start().await.unwrap();
    scripted.serve_models([TITAN, COHERE]);
    let texts: Vec<String> = (0..100).map(|number| format!("Text number {number}.")).collect();
    for (model, calls) in [(TITAN, 100), (COHERE, 2)] {
        let fields = format!(r#", "embedding": {{"model": "{model}", "dimensions": 256}}"#);
        let router = router(parse(&scripted, &fields, ScriptedProvider::ROLE.1, None));
        let embed = async |texts: &[String], text_use| {
            let deadline = Deadline::after(Duration::from_secs(20));
            router
                .embed(&UserId::anonymous(), texts, text_use, deadline)
                .await
        };
        let outcome = embed(&texts, TextUse::Document).await;
        assert_eq!(outcome.attempts.len(), calls, "{model}");
        let vectors = outcome.result.unwrap();
        for place in [0, 50, 99] {
            let single = embed(&texts[place..=place], TextUse::Query).await.result.unwrap();
            assert_eq!(
                (&vectors[place], vectors[place].len()),
                (&single[0], 256),
                "{model} {place}"
            );
        }
    }
    let uses = scripted.requests().into_iter().filter_map(|request| {
        let text_use = request.body["input_type"].as_str()?;
        Some(text_use.to_owned())
    });
    let uses: Vec<String> = uses.collect();
    assert_eq!(uses[..2], ["search_document", "search_document"]);
    assert_eq!(uses[2..], ["search_query", "search_query", "search_query"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_answers_with_the_credentials_of_its_role() {
    let scripted = ScriptedProvider::start().await.unwrap();
    let fact = "The lighthouse of Brannock was built in 1871.";
    scripted.answer(ScriptedAnswer::new([fact, " [1]"]));
    let list = json!([{
        "kind": "bedrock",
        "base_url": scripted.url(WireFormat::Bedrock),
        "region": ScriptedProvider::REGION,
        "models": [ScriptedProvider::MODEL],
    }]);
    let (access_key_id, secret) = ScriptedProvider::ROLE;
    let hub = Hub::with_env(&[
        ("LLM_PROVIDERS", list.to_string().as_str()),
        ("LLM_CAPS", "{}"),
        ("AWS_ACCESS_KEY_ID", access_key_id),
        ("AWS_SECRET_ACCESS_KEY", secret),
        ("AWS_SESSION_TOKEN", "token"),
    ])
    .await;
    hub.ingest("default", &[("brannock", fact)]).await;
    let question = json!({"query": "When was the lighthouse of Brannock built?", "cache": false});
    let answer = ok(hub.post("/queries", &question).await).await;
    assert_eq!(answer["answer"], format!("{fact} [1]"), "{answer}");
    assert_eq!(answer["provider"], "bedrock");
    assert_eq!(scripted.requests()[0].headers["x-amz-security-token"], "token");
    hub.cloud.stop().await;
}
