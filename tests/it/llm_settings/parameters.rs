//! Parameters that a model takes or refuses.

use shared::testing::{Behaviour, ScriptedProvider, WireFormat};

use super::{ask, entry, outcomes, router};

/// The parameters of the requests whose presence depends on the model.
const OPTIONAL: [&str; 5] = [
    "temperature",
    "max_tokens",
    "max_completion_tokens",
    "reasoning_effort",
    "stream_options",
];

fn optional_fields(provider: &ScriptedProvider) -> Vec<Vec<&'static str>> {
    let fields = |body: serde_json::Value| {
        OPTIONAL
            .into_iter()
            .filter(|name| !body[*name].is_null())
            .collect()
    };
    provider
        .take_requests()
        .into_iter()
        .map(|request| fields(request.body))
        .collect()
}

#[tokio::test]
async fn a_reasoning_model_is_known_by_its_name_or_by_its_settings() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.serve_models(["openai/gpt-5-mini", "mine"]);
    let url = provider.url(WireFormat::OpenAi);
    for model in [
        r#""openai/gpt-5-mini""#,
        r#"{"name": "mine", "temperature": false, "reasoning_effort": "low",
            "max_tokens_parameter": "max_completion_tokens"}"#,
    ] {
        let outcome = ask(&router(&entry("openrouter", &url, model))).await;
        assert_eq!(outcomes(&outcome), ["ok"]);
        assert_eq!(
            optional_fields(&provider),
            [["max_completion_tokens", "reasoning_effort"]]
        );
    }
}

#[tokio::test]
async fn a_refused_parameter_is_left_out_once_and_from_then_on() {
    let provider = ScriptedProvider::start().await.unwrap();
    for format in WireFormat::ALL {
        provider.behave([Behaviour::RefusesParameter("temperature")]);
        let kind = format!("{format:?}").to_lowercase();
        let model = format!(r#""{}""#, ScriptedProvider::MODEL);
        let router = router(&entry(&kind, &provider.url(format), &model));
        let first = ask(&router).await;
        assert_eq!(outcomes(&first), ["parameter_refused", "ok"], "{format:?}");
        let reason = first.attempts[0].reason.as_deref().unwrap();
        assert!(reason.ends_with("temperature refused"), "{reason}");
        assert_eq!(outcomes(&ask(&router).await), ["ok"], "{format:?}: remembered");
        assert_eq!(provider.take_requests().len(), 3);
    }
}

#[tokio::test]
async fn a_model_of_unknown_name_may_refuse_several_parameters() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.behave_by(|request| {
        let refused = ["max_tokens", "temperature"]
            .into_iter()
            .find(|name| !request.body[*name].is_null());
        refused.map_or(Behaviour::Fine, Behaviour::RefusesParameter)
    });
    let model = format!(r#""{}""#, ScriptedProvider::MODEL);
    let router = router(&entry(
        "openai_compatible",
        &provider.url(WireFormat::OpenAi),
        &model,
    ));
    assert_eq!(
        outcomes(&ask(&router).await),
        ["parameter_refused", "parameter_refused", "ok"]
    );
    assert_eq!(outcomes(&ask(&router).await), ["ok"]);
    let last = optional_fields(&provider).pop();
    assert_eq!(last, Some(vec!["max_completion_tokens"]));
}

#[tokio::test]
async fn a_provider_that_refuses_everything_is_called_a_bounded_number_of_times() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.behave_by(|request| {
        let refused = [
            "stream_options",
            "max_completion_tokens",
            "max_tokens",
            "temperature",
            "messages",
        ]
        .into_iter()
        .find(|name| !request.body[*name].is_null());
        refused.map_or(Behaviour::Fine, Behaviour::RefusesParameter)
    });
    let model = format!(r#""{}""#, ScriptedProvider::MODEL);
    let router = router(&entry("openai", &provider.url(WireFormat::OpenAi), &model));
    let outcome = ask(&router).await;
    assert!(outcome.result.is_err());
    // The usage, then one name of the maximum output tokens, then the other, which is not exchanged back.
    assert_eq!(outcomes(&outcome), ["parameter_refused"; 3]);
}

#[tokio::test]
async fn a_model_that_cannot_be_streamed_answers_in_whole() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.behave_by(|request| match request.body["stream"] == true {
        true => Behaviour::RefusesParameter("stream"),
        false => Behaviour::Fine,
    });
    let model = format!(r#""{}""#, ScriptedProvider::MODEL);
    let router = router(&entry("openai", &provider.url(WireFormat::OpenAi), &model));
    let outcome = ask(&router).await;
    assert_eq!(outcomes(&outcome), ["parameter_refused", "ok"]);
    assert_eq!(outcome.result.unwrap().text, "A scripted answer.");
}
