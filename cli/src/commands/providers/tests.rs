//! Tests of `providers test` and `providers bench` with a scripted provider.

use std::path::Path;

use shared::testing::{Behaviour, ScriptedAnswer, ScriptedProvider, WireFormat};

use super::selection::SelectedModel;
use super::test::{State, TestResult};
use super::*;

const KEY: &str = "SCRIPTED_KEY";

/// Model settings from a provider list whose keys are all in one variable.
fn settings(list: &str, key: &str) -> ModelSettings {
    console::set_colors_enabled(false);
    let variable = |name: &str| match name {
        "LLM_PROVIDERS" => Some(list.to_owned()),
        KEY => Some(key.to_owned()),
        _ => None,
    };
    ModelSettings::read(Path::new("/no/such/folder"), &variable).unwrap()
}

fn entry(kind: &str, url: &str, more: &str) -> String {
    let model = ScriptedProvider::MODEL;
    format!(
        r#"{{"name": "{kind}", "kind": "{kind}", "base_url": "{url}", "key": "env:{KEY}", "tier": "local",
            "models": ["{model}"] {more}}}"#
    )
}

async fn test_all(settings: &ModelSettings) -> Vec<TestResult> {
    let secrets: Arc<dyn Secrets> = Arc::new(ParameterStore::default());
    test::test(settings, &all_but_paid(settings), &secrets).await
}

#[tokio::test]
async fn every_format_is_listed_and_called_once() {
    let provider = ScriptedProvider::start().await.unwrap();
    let formats = [
        ("openai", WireFormat::OpenAi),
        ("anthropic", WireFormat::Anthropic),
        ("gemini", WireFormat::Gemini),
        ("ollama", WireFormat::Ollama),
    ];
    let entries = formats.map(|(kind, format)| entry(kind, &provider.url(format), ""));
    let settings = settings(&format!("[{}]", entries.join(",")), ScriptedProvider::KEY);
    let results = test_all(&settings).await;
    for row in &results {
        assert_eq!(row.state, State::Works, "{row:?}");
        assert!(row.detail.starts_with("model found; responded in"), "{row:?}");
    }
    assert_eq!((results.len(), provider.requests().len()), (4, 8));
    let exceeds_limit = provider.requests().into_iter().any(|request| {
        ["max_tokens", "max_completion_tokens"]
            .iter()
            .any(|field| request.body[*field].as_u64() > Some(400))
    });
    assert!(!exceeds_limit);
}

#[tokio::test]
async fn failures_come_with_advice() {
    let provider = ScriptedProvider::start().await.unwrap();
    let refused = provider.refused_url(WireFormat::Ollama).unwrap();
    let entries = [
        entry("groq", &provider.url(WireFormat::OpenAi), ""),
        entry("ollama", &refused, ""),
    ];
    let wrong_key = settings(&format!("[{}]", entries.join(",")), "wrong");
    let results = test_all(&wrong_key).await;
    let outcomes: Vec<_> = results.iter().map(|row| row.outcome.as_str()).collect();
    assert_eq!(outcomes, ["unauthorized", "unreachable"]);
    assert!(results.iter().all(TestResult::failed));
    let shown = test::text(&results);
    assert!(
        shown.contains("groq: the key in SCRIPTED_KEY is invalid"),
        "{shown}"
    );
    assert!(shown.contains("ollama: start Ollama"), "{shown}");
    assert!(!shown.contains(ScriptedProvider::FAILURE_WORDS), "{shown}");
}

#[tokio::test]
async fn a_missing_ollama_model_is_reported_without_a_call() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.serve_models(["other:latest"]);
    let list = format!("[{}]", entry("ollama", &provider.url(WireFormat::Ollama), ""));
    let results = test_all(&settings(&list, ScriptedProvider::KEY)).await;
    assert_eq!(results[0].detail, "available models: other:latest");
    assert_eq!(
        results[0].advice.as_deref(),
        Some("run `ollama pull scripted-model`")
    );
    assert_eq!(provider.requests().len(), 1);
}

#[tokio::test]
async fn a_billed_model_is_reached_and_not_called() {
    let provider = ScriptedProvider::start().await.unwrap();
    let url = provider.url(WireFormat::OpenAi);
    let list = format!("[{}]", entry("openai", &url, "").replace("local", "paid"));
    let settings = settings(&list, ScriptedProvider::KEY);
    assert_eq!(test_all(&settings).await[0].state, State::Reached);
    let paths: Vec<_> = provider
        .requests()
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert_eq!(paths, ["/openai/v1/models"]);
}

/// The advice of a test of the only model.
async fn advice_of(list: &str, key: &str) -> (State, String) {
    let results = test_all(&settings(list, key)).await;
    (results[0].state, results[0].advice.clone().unwrap_or_default())
}

#[tokio::test]
async fn a_model_that_spends_its_tokens_on_reasoning_does_not_work() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.behave_by(|request| match request.path.ends_with("/models") {
        true => Behaviour::Fine,
        false => Behaviour::EmptyContent,
    });
    let list = format!("[{}]", entry("openai", &provider.url(WireFormat::OpenAi), ""));
    let (state, advice) = advice_of(&list, ScriptedProvider::KEY).await;
    assert_eq!(state, State::Failed);
    assert!(
        advice.contains("spent all tokens on reasoning") && advice.contains("reasoning_effort"),
        "{advice}"
    );
}

#[tokio::test]
async fn a_key_with_something_around_it_works_and_is_reported() {
    let provider = ScriptedProvider::start().await.unwrap();
    let list = format!("[{}]", entry("openai", &provider.url(WireFormat::OpenAi), ""));
    for (key, what) in [
        (format!("{}\n", ScriptedProvider::KEY), "white space"),
        (format!("\"{}\"", ScriptedProvider::KEY), "in quotes"),
        (format!("Bearer {}", ScriptedProvider::KEY), "`Bearer`"),
    ] {
        let (state, advice) = advice_of(&list, &key).await;
        assert_eq!(state, State::Works, "{what}");
        assert!(
            advice.contains("correct SCRIPTED_KEY") && advice.contains(what),
            "{advice}"
        );
        assert!(!advice.contains(ScriptedProvider::KEY), "{advice}");
    }
    provider.take_requests();
    let (state, advice) = advice_of(&list, "scripted\nkey").await;
    assert_eq!(
        (state, advice.as_str()),
        (
            State::Failed,
            "set SCRIPTED_KEY to the key alone, as the provider shows it"
        )
    );
    assert_eq!(provider.requests().len(), 0, "no call without the key");
    let (state, advice) = advice_of(&list, "gsk_1").await;
    assert_eq!(state, State::Failed);
    assert!(
        advice.contains("looks like a key of groq, not of openai"),
        "{advice}"
    );
}

#[tokio::test]
async fn a_refused_parameter_comes_with_its_setting() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.behave([Behaviour::RefusesParameter("temperature")]);
    let list = format!("[{}]", entry("openai", &provider.url(WireFormat::OpenAi), ""));
    let (state, advice) = advice_of(&list, ScriptedProvider::KEY).await;
    assert_eq!(state, State::Works);
    assert_eq!(
        advice,
        "scripted-model refuses temperature; set `\"temperature\": false` for it"
    );
}

#[tokio::test]
async fn an_unknown_model_comes_with_a_similar_name() {
    let provider = ScriptedProvider::start().await.unwrap();
    for (kind, format) in [("openai", WireFormat::OpenAi), ("ollama", WireFormat::Ollama)] {
        let list = format!("[{}]", entry(kind, &provider.url(format), ""))
            .replace("scripted-model", "scriptd-model");
        let (state, advice) = advice_of(&list, ScriptedProvider::KEY).await;
        assert_eq!(state, State::Failed);
        assert!(advice.contains("did you mean scripted-model?"), "{advice}");
    }
}

#[tokio::test]
async fn whole_endpoints_and_wrong_addresses_work_or_come_with_the_right_one() {
    let provider = ScriptedProvider::start().await.unwrap();
    let openai = provider.url(WireFormat::OpenAi);
    for (kind, url) in [
        ("openai", format!("{openai}/chat/completions")),
        (
            "anthropic",
            format!("{}/messages", provider.url(WireFormat::Anthropic)),
        ),
        (
            "anthropic",
            provider.url(WireFormat::Anthropic).replace("/v1", "/"),
        ),
        (
            "gemini",
            format!("{}/models/m:generateContent", provider.url(WireFormat::Gemini)),
        ),
        ("ollama", format!("{}/v1", provider.url(WireFormat::Ollama))),
        (
            "ollama",
            format!("{}/api/chat/", provider.url(WireFormat::Ollama)),
        ),
    ] {
        let (state, advice) = advice_of(&format!("[{}]", entry(kind, &url, "")), ScriptedProvider::KEY).await;
        assert_eq!(state, State::Works, "{url}: {advice}");
    }
    let wrong = openai.replace("/v1", "");
    let (state, advice) = advice_of(
        &format!("[{}]", entry("openai_compatible", &wrong, "")),
        ScriptedProvider::KEY,
    )
    .await;
    assert_eq!(state, State::Failed);
    assert!(advice.contains(&format!("(usually {openai})")), "{advice}");
}

#[tokio::test]
async fn a_proxy_in_the_way_and_an_unencrypted_address_are_reported() {
    let provider = ScriptedProvider::start().await.unwrap();
    // The scripted provider is the proxy, which refuses to connect to anything.
    let proxy = provider.url(WireFormat::OpenAi).replace("/openai/v1", "");
    let list = format!(
        r#"[{{"name": "far", "kind": "openai", "base_url": "https://far.example/v1", "key": "env:{KEY}",
            "tier": "free", "proxy": "{proxy}", "models": ["m"]}}]"#
    );
    let (state, advice) = advice_of(&list, ScriptedProvider::KEY).await;
    assert_eq!(state, State::Failed);
    assert!(
        advice.contains(&format!("the proxy {proxy}")) && advice.contains("NO_PROXY"),
        "{advice}"
    );
    let plain = list.replace("https://", "http://");
    let (_, advice) = advice_of(&plain, ScriptedProvider::KEY).await;
    assert!(advice.contains("unencrypted"), "{advice}");
}

#[tokio::test]
async fn a_bench_counts_its_runs_tokens_and_cost() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.answer(ScriptedAnswer::new(["one ", "two ", "three ", "four"]));
    let priced = entry("openai", &provider.url(WireFormat::OpenAi), "").replace(
        &format!(r#"["{}"]"#, ScriptedProvider::MODEL),
        &format!(
            r#"[{{"name": "{}", "input_usd_per_million": 1000000, "output_usd_per_million": 100000}}]"#,
            ScriptedProvider::MODEL
        ),
    );
    let priced = priced.replace("1000000,", "100000,");
    let settings = settings(&format!("[{priced}]"), ScriptedProvider::KEY);
    let secrets: Arc<dyn Secrets> = Arc::new(ParameterStore::default());
    let options = bench::BenchOptions { runs: 3, tokens: 64 };

    let free_only = bench::bench(&settings, &all_but_paid(&settings), options, &secrets).await;
    assert_eq!(provider.take_requests().len(), 0, "a priced model is billed");
    assert!(!free_only[0].failed());

    let selection = Selection {
        names: Vec::new(),
        paid: true,
    };
    let models = selection.resolve(&settings).unwrap();
    let results = bench::bench(&settings, &models, options, &secrets).await;
    let results = serde_json::to_value(results).unwrap();
    let row = &results[0];
    assert_eq!(
        (row["runs"].as_u64(), row["tokens"].as_u64()),
        (Some(3), Some(12))
    );
    // Each run reads 7 tokens and writes 4, at a tenth of a dollar each.
    assert!((row["cost_usd"].as_f64().unwrap() - 3.3).abs() < 1e-6, "{row}");
    assert!(row["first_words_ms_p50"].as_f64().unwrap() > 0.0, "{row}");
    let requests = provider.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|request| request.body["stream"] == true));
}

#[tokio::test]
async fn a_bench_stops_at_the_first_failure_and_reports_its_reason() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.behave([Behaviour::Fine, Behaviour::Status(401)]);
    let list = format!("[{}]", entry("openai", &provider.url(WireFormat::OpenAi), ""));
    let settings = settings(&list, ScriptedProvider::KEY);
    let secrets: Arc<dyn Secrets> = Arc::new(ParameterStore::default());
    let options = bench::BenchOptions { runs: 9, tokens: 8 };
    let results = bench::bench(&settings, &all_but_paid(&settings), options, &secrets).await;
    assert!(results[0].failed());
    let shown = bench::text(&results);
    assert!(shown.contains("the key in SCRIPTED_KEY is invalid"), "{shown}");
    assert_eq!(provider.requests().len(), 2);
}

fn two_providers() -> ModelSettings {
    let list = r#"[
        {"name": "dear", "kind": "openai", "base_url": "https://x.example", "models": ["large", "small"]},
        {"name": "box", "kind": "llamacpp", "models": ["tiny"]}
    ]"#;
    settings(list, "")
}

fn selected(names: &[&str], paid: bool) -> Vec<(String, bool)> {
    let names = names.iter().map(|&name| name.to_owned()).collect();
    let settings = two_providers();
    let models = Selection { names, paid }.resolve(&settings).unwrap();
    let name = |model: &SelectedModel<'_>| (model.choice.model.name.clone(), model.should_call);
    models.iter().map(name).collect()
}

#[test]
fn billed_models_are_called_only_on_request() {
    let models = |names: &[(&str, bool)]| {
        let names = names
            .iter()
            .map(|&(name, should_call)| (name.to_owned(), should_call));
        names.collect::<Vec<_>>()
    };
    assert_eq!(
        selected(&[], false),
        models(&[("tiny", true), ("large", false), ("small", false)])
    );
    assert_eq!(selected(&["dear/small"], false), models(&[("small", true)]));
    assert_eq!(selected(&["dear"], false).len(), 2);
    assert_eq!(
        selected(&[], true),
        models(&[("tiny", true), ("large", true), ("small", true)])
    );
}

#[test]
fn an_unknown_name_is_an_error() {
    let selection = Selection {
        names: vec!["tiny".into(), "huge".into()],
        paid: false,
    };
    let error = selection.resolve(&two_providers()).err().unwrap();
    assert!(error.to_string().contains("`huge`"), "{error}");
}

#[tokio::test]
async fn each_fault_of_a_role_at_bedrock_comes_with_its_remedy() {
    let provider = ScriptedProvider::start().await.unwrap();
    let (access_key_id, secret) = ScriptedProvider::ROLE;
    let test = async |model: &str, secret: &str| {
        let list = format!(
            r#"[{{"kind": "bedrock", "base_url": "{}", "region": "{}", "tier": "free", "models": ["{model}"]}}]"#,
            provider.url(WireFormat::Bedrock),
            ScriptedProvider::REGION
        );
        let variable = |name: &str| match name {
            "LLM_PROVIDERS" => Some(list.clone()),
            "AWS_ACCESS_KEY_ID" => Some(access_key_id.to_owned()),
            "AWS_SECRET_ACCESS_KEY" => Some(secret.to_owned()),
            _ => None,
        };
        let settings = ModelSettings::read(Path::new("/no/such/folder"), &variable).unwrap();
        let names: Vec<String> = settings.variables().into_iter().map(|(name, _)| name).collect();
        assert!(
            names.contains(&"AWS_SECRET_ACCESS_KEY".to_owned()),
            "functions get the credentials: {names:?}"
        );
        test_all(&settings).await.remove(0)
    };
    let works = test(ScriptedProvider::MODEL, secret).await;
    assert_eq!((works.state, works.advice), (State::Works, None));
    assert!(works.detail.starts_with("model found"), "{}", works.detail);

    let wrong = test(ScriptedProvider::MODEL, "another-secret").await;
    assert_eq!(wrong.outcome, "unauthorized");
    assert!(
        wrong.detail.contains("invalidsignatureexception"),
        "{}",
        wrong.detail
    );
    let advice = wrong.advice.unwrap();
    assert!(
        advice.contains("BedrockModelArns") && advice.contains("get-caller-identity"),
        "{advice}"
    );

    let unknown = test("us.unknown-model", secret).await;
    assert_eq!(unknown.outcome, "not_found");
    assert!(unknown.advice.unwrap().contains("inference profile"));
}
