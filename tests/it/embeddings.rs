//! Texts to vectors by the same router as everything else, over real connections.

use std::{sync::Arc, time::Duration};

use shared::{
    deadline::Deadline,
    domain::UserId,
    llm::{Router, Settings, Standalone, catalog, routing::Routing},
    ports::{EmbedOutcome, Embedder, LlmError},
    testing::{Behaviour, ScriptedProvider, WireFormat},
};

/// A router over providers of vectors, each with its format and model.
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
    Router::new(
        settings,
        Arc::new(Standalone),
        Arc::new(Standalone),
        Arc::new(Standalone),
    )
}

async fn embed(router: &Router, texts: &[String]) -> EmbedOutcome {
    let deadline = Deadline::after(Duration::from_secs(20));
    router.embed(&UserId::anonymous(), texts, deadline).await
}

fn texts(count: usize) -> Vec<String> {
    (0..count)
        .map(|number| format!("Text number {number}."))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_format_with_vectors_gives_them_in_order() {
    let provider = ScriptedProvider::start().await.unwrap();
    for format in [WireFormat::OpenAi, WireFormat::Gemini, WireFormat::Ollama] {
        let router = router(&[("one", &provider, format, ScriptedProvider::EMBEDDING_MODEL)]);
        let texts = texts(70);
        let all = embed(&router, &texts).await;
        assert_eq!(
            all.attempts.len(),
            2,
            "{format:?}: two calls for 70 texts: {:?}",
            all.attempts
        );
        let all = all.result.unwrap();
        for place in [0, 63, 64, 69] {
            let alone = embed(&router, &texts[place..=place]).await.result.unwrap();
            assert_eq!(all[place], alone[0], "{format:?}: text {place}");
        }
        assert_ne!(all[0], all[1]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_provider_helps_only_with_the_same_model() {
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
        "its vectors would mean something else"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_provider_of_vectors_there_are_none() {
    let nobody = router(&[]);
    assert_eq!(nobody.space(), None);
    assert_eq!(embed(&nobody, &texts(1)).await.result, Err(LlmError::NoProvider));
}
