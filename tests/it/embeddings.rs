//! The embedding router against scripted providers, over real connections.

use std::{sync::Arc, time::Duration};

use shared::{
    deadline::Deadline,
    domain::{TextUse, UserId},
    llm::{Router, Settings, Standalone, catalog, routing::Routing},
    ports::{EmbedOutcome, Embedder, LlmError},
    testing::{Behaviour, ScriptedProvider, WireFormat},
};

/// A router over embedding providers: name, provider, wire format and model.
fn router(providers: &[(&str, &ScriptedProvider, WireFormat, &str)]) -> Router {
    let entry = |(name, provider, format, model): &(&str, &ScriptedProvider, WireFormat, &str)| {
        let kind = format!("{format:?}").to_lowercase();
        format!(
            r#"{{"name": "{name}", "kind": "{kind}", "base_url": "{}", "key": "env:KEY", "tier": "paid",
                "embedding": {{"model": "{model}", "input_usd_per_million": 1000}}}}"#,
            provider.url(*format)
        )
    };
    let list = providers.iter().map(entry).collect::<Vec<_>>().join(",");
    let key = |_: &str| Some(ScriptedProvider::KEY.to_owned());
    let settings = Settings {
        providers: catalog::parse(&format!("[{list}]"), &key).unwrap(),
        routing: Routing::Ordered,
        ..Settings::default()
    };
    Router::standalone(settings, Arc::new(Standalone))
}

async fn embed(router: &Router, texts: &[String]) -> EmbedOutcome {
    let deadline = Deadline::after(Duration::from_secs(20));
    router
        .embed(&UserId::anonymous(), texts, TextUse::Document, deadline)
        .await
}

fn texts(count: usize) -> Vec<String> {
    (0..count)
        .map(|number| format!("Text number {number}."))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_embedding_format_returns_vectors_in_order() {
    let provider = ScriptedProvider::start().await.unwrap();
    for format in [WireFormat::OpenAi, WireFormat::Gemini, WireFormat::Ollama] {
        let router = router(&[("one", &provider, format, ScriptedProvider::EMBEDDING_MODEL)]);
        let texts = texts(70);
        let outcome = embed(&router, &texts).await;
        assert_eq!(
            outcome.attempts.len(),
            2,
            "{format:?}: two calls for 70 texts: {:?}",
            outcome.attempts
        );
        let vectors = outcome.result.unwrap();
        for place in [0, 63, 64, 69] {
            let single = embed(&router, &texts[place..=place]).await.result.unwrap();
            assert_eq!(vectors[place], single[0], "{format:?}: text {place}");
        }
        assert_ne!(vectors[0], vectors[1]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failover_needs_a_provider_of_the_same_embedding_model() {
    let (first, second) = (
        ScriptedProvider::start().await.unwrap(),
        ScriptedProvider::start().await.unwrap(),
    );
    first.behave([Behaviour::Status(503)]);
    let (format, model) = (WireFormat::OpenAi, ScriptedProvider::EMBEDDING_MODEL);

    let same = router(&[("one", &first, format, model), ("two", &second, format, model)]);
    let embedded = embed(&same, &texts(1)).await;
    let outcomes: Vec<(&str, &str)> = embedded
        .attempts
        .iter()
        .map(|attempt| (attempt.provider.as_str(), attempt.outcome.as_str()))
        .collect();
    assert_eq!(
        outcomes,
        [("one", "server_error"), ("one", "server_error"), ("two", "ok")]
    );
    assert!(embedded.attempts[2].cost_usd > 0.0, "{:?}", embedded.attempts[2]);
    assert_eq!(embedded.result.unwrap().len(), 1);
    assert_eq!(same.space().unwrap(), format!("{model}@full"));

    second.take_requests();
    let other = router(&[
        ("one", &first, format, model),
        ("two", &second, format, ScriptedProvider::MODEL),
    ]);
    assert_eq!(embed(&other, &texts(1)).await.result, Err(LlmError::AllFailed));
    assert_eq!(
        second.requests().len(),
        0,
        "vectors of another model cannot be compared"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_embedding_provider_there_are_no_vectors() {
    let empty = router(&[]);
    assert_eq!(empty.space(), None);
    assert_eq!(embed(&empty, &texts(1)).await.result, Err(LlmError::NoProvider));
}
