//! Tests of the replies, parsed by the wire formats of this crate.

use serde_json::Value;
use url::Url;

use super::super::*;
use crate::{
    domain::{FinishReason, Prompt, TextUse, Tokens},
    llm::wire::{
        self, ApiFormat, ApiKey, Parameters, ProviderRequest, ReplyError, ReplyEvent, StreamReader, Target,
    },
};

const KINDS: [(ApiFormat, WireFormat); 5] = [
    (ApiFormat::Openai, WireFormat::OpenAi),
    (ApiFormat::Azure, WireFormat::OpenAi),
    (ApiFormat::Anthropic, WireFormat::Anthropic),
    (ApiFormat::Gemini, WireFormat::Gemini),
    (ApiFormat::Ollama, WireFormat::Ollama),
];

struct Client {
    http: reqwest::Client,
    kind: ApiFormat,
    url: Url,
    key: ApiKey,
    model: &'static str,
}

impl Client {
    fn new(provider: &ScriptedProvider, (kind, format): (ApiFormat, WireFormat)) -> Self {
        Self {
            http: crate::http_client::builder().unwrap().no_proxy().build().unwrap(),
            kind,
            url: provider.url(format).parse().unwrap(),
            key: ApiKey::parse(ScriptedProvider::KEY).unwrap(),
            model: ScriptedProvider::MODEL,
        }
    }

    fn target(&self) -> Target<'_> {
        Target {
            base_url: &self.url,
            key: Some(&self.key),
            model: self.model,
            parameters: Parameters::default(),
        }
    }

    async fn send(&self, request: ProviderRequest) -> reqwest::Response {
        let builder = self.http.request(request.method, request.url);
        let builder = builder.headers(request.headers).body(request.body);
        builder.send().await.unwrap()
    }

    async fn generate(&self, stream: bool) -> reqwest::Response {
        let prompt = Prompt::new("rules", "question", 100);
        self.send(wire::generate(self.kind, self.target(), &prompt, stream))
            .await
    }

    async fn whole(&self) -> Result<Vec<ReplyEvent>, ReplyError> {
        let body = self.generate(false).await.bytes().await.unwrap();
        wire::read_whole(self.kind, &body)
    }

    /// Streams a reply; returns the events before the first error, and the error.
    async fn streamed(&self) -> (Vec<ReplyEvent>, Option<ReplyError>) {
        let mut response = self.generate(true).await;
        let mut reader = StreamReader::new(self.kind, true);
        let mut events = Vec::new();
        while let Some(chunk) = response.chunk().await.unwrap() {
            match reader.push(&chunk) {
                Ok(more) => events.extend(more),
                Err(error) => return (events, Some(error)),
            }
        }
        match reader.end() {
            Ok(more) => events.extend(more),
            Err(error) => return (events, Some(error)),
        }
        (events, None)
    }
}

fn text(events: &[ReplyEvent]) -> String {
    let text = |event: &ReplyEvent| match event {
        ReplyEvent::Text(text) => text.clone(),
        _ => String::new(),
    };
    events.iter().map(text).collect()
}

fn tokens(events: &[ReplyEvent]) -> Option<Tokens> {
    let tokens = |event: &ReplyEvent| match event {
        ReplyEvent::Tokens(tokens) => Some(*tokens),
        _ => None,
    };
    events.iter().rev().find_map(tokens)
}

fn finish(events: &[ReplyEvent]) -> Option<FinishReason> {
    let finish = |event: &ReplyEvent| match event {
        ReplyEvent::Finish(finish) => Some(*finish),
        _ => None,
    };
    events.iter().find_map(finish)
}

#[tokio::test]
async fn every_format_sends_the_scripted_answer() {
    let provider = ScriptedProvider::start().await.unwrap();
    for each in KINDS {
        let client = Client::new(&provider, each);
        for end in [FinishReason::Stop, FinishReason::Length] {
            let answer = ScriptedAnswer {
                finish: end,
                ..ScriptedAnswer::new(["Caf", "é ", "costs 3 €."])
            };
            provider.answer(answer.clone());
            let whole = client.whole().await.unwrap();
            let (streamed, error) = client.streamed().await;
            assert_eq!(error, None);
            for events in [whole, streamed] {
                assert_eq!(text(&events), answer.text(), "{each:?}");
                assert_eq!(tokens(&events), Some(answer.tokens), "{each:?}");
                assert_eq!(finish(&events), Some(end), "{each:?}");
            }
        }
    }
    let stream = provider.take_requests().remove(1);
    assert_eq!(stream.path, "/openai/v1/chat/completions");
    assert_eq!(stream.body["stream"], true);
}

#[tokio::test]
async fn valid_behaviours_do_not_change_the_parsed_reply() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.answer(ScriptedAnswer::new(["Caf", "é ", "costs 3 €."]));
    for each in KINDS {
        let client = Client::new(&provider, each);
        provider.behave([Behaviour::Fine]);
        let whole = client.whole().await;
        let streamed = client.streamed().await;
        for behaviour in [
            Behaviour::Utf8CutAcrossChunks,
            Behaviour::CrLineEnds,
            Behaviour::CrlfLineEnds,
            Behaviour::Comments,
            Behaviour::MultiLineData,
            Behaviour::Bom,
            Behaviour::OddData,
            Behaviour::JsonContentType,
            Behaviour::NoFinalLineEnd,
        ] {
            provider.behave([behaviour]);
            assert_eq!(client.whole().await, whole, "{each:?} {behaviour:?}");
            assert_eq!(client.streamed().await, streamed, "{each:?} {behaviour:?}");
        }
    }
}

#[tokio::test]
async fn harmful_behaviours_with_a_success_status_are_detected() {
    let provider = ScriptedProvider::start().await.unwrap();
    for each in KINDS {
        let client = Client::new(&provider, each);
        let both = async |behaviour| {
            provider.behave([behaviour]);
            (client.whole().await, client.streamed().await)
        };
        let is_in_band = |error| matches!(error, Some(ReplyError::InBand(_)));

        let (whole, (events, error)) = both(Behaviour::InBandErrorFirst).await;
        assert!(is_in_band(whole.err()) && is_in_band(error), "{each:?}");
        assert_eq!(text(&events), "");

        let (whole, (events, error)) = both(Behaviour::InBandErrorAfterTokens(1)).await;
        assert!(is_in_band(whole.err()) && is_in_band(error), "{each:?}");
        assert_eq!(text(&events), "A scripted ");

        let (whole, (events, error)) = both(Behaviour::EndWithoutFinish).await;
        assert_eq!(
            (text(&events), finish(&events), error),
            ("A scripted answer.".into(), None, None)
        );
        assert_eq!(whole.ok().and_then(|events| finish(&events)), None, "{each:?}");

        let (whole, (events, error)) = both(Behaviour::EmptyContent).await;
        assert_eq!(
            (text(&events), finish(&events), error),
            (String::new(), Some(FinishReason::Stop), None)
        );
        assert_eq!(whole.map(|events| text(&events)).unwrap_or_default(), "");

        for behaviour in [Behaviour::MalformedJson, Behaviour::DeepNesting] {
            let (whole, (events, error)) = both(behaviour).await;
            assert!(
                matches!(whole, Err(ReplyError::Malformed(_))),
                "{each:?} {behaviour:?}"
            );
            assert!(
                matches!(error, Some(ReplyError::Malformed(_))),
                "{each:?} {behaviour:?}"
            );
            assert_eq!(text(&events), "");
        }

        let (whole, (_, error)) = both(Behaviour::HugeLine).await;
        assert_eq!(text(&whole.unwrap()).len(), 5 * 1024 * 1024);
        assert!(matches!(error, Some(ReplyError::TooLong(_))), "{each:?}");

        for behaviour in [Behaviour::HtmlWith200, Behaviour::GzipBomb] {
            let (whole, (events, _)) = both(behaviour).await;
            assert!(whole.is_err(), "{each:?} {behaviour:?}");
            assert_eq!(events, []);
        }
    }
}

#[tokio::test]
async fn errors_have_the_shape_of_the_format() {
    let provider = ScriptedProvider::start().await.unwrap();
    for each in KINDS {
        let client = Client::new(&provider, each);
        for status in [401, 402, 403, 404, 408, 413, 422, 429, 500, 502, 503, 504, 529] {
            provider.behave([Behaviour::Status(status)]);
            let response = client.generate(true).await;
            assert_eq!(response.status(), status);
            let body: Value = response.json().await.unwrap();
            assert!(body["error"].is_object() || body["error"].is_string());
            assert!(body.to_string().contains(ScriptedProvider::FAILURE_WORDS));
        }
        provider.behave([Behaviour::InsufficientQuota, Behaviour::ContextLengthExceeded]);
        let response = client.generate(true).await;
        assert!([400, 429].contains(&response.status().as_u16()));
        let error = wire::read_error(client.kind, &response.bytes().await.unwrap());
        assert!(error.is_quota, "{each:?}");
        assert!(!error.is_context_length, "{each:?}");

        let response = client.generate(true).await;
        assert_eq!(response.status(), 400);
        let error = wire::read_error(client.kind, &response.bytes().await.unwrap());
        assert!(error.is_context_length && !error.is_quota, "{each:?}");
    }
}

#[tokio::test]
async fn wrong_keys_and_unknown_models_are_rejected_without_consuming_the_script() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.behave([Behaviour::Status(503), Behaviour::Fine]);
    for each in KINDS {
        let mut client = Client::new(&provider, each);
        client.key = ApiKey::parse("wrong").unwrap();
        if each.0 != ApiFormat::Ollama {
            assert_eq!(client.generate(true).await.status(), 401, "{each:?}");
        }
        client.key = ApiKey::parse(ScriptedProvider::KEY).unwrap();
        client.model = "unknown";
        assert_eq!(client.generate(true).await.status(), 404, "{each:?}");
    }
    let client = Client::new(&provider, KINDS[0]);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(client.generate(true).await.status().as_u16());
    }
    assert_eq!(statuses, [503, 200, 200]);
}

#[tokio::test]
async fn a_function_may_select_the_behaviour() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.serve_models(["small", "large"]);
    provider.behave_by(|request| match request.body["model"].as_str() {
        Some("small") => Behaviour::ContextLengthExceeded,
        _ => Behaviour::Fine,
    });
    let mut client = Client::new(&provider, KINDS[0]);
    for (model, status) in [("small", 400), ("large", 200), (ScriptedProvider::MODEL, 404)] {
        client.model = model;
        assert_eq!(client.generate(false).await.status(), status);
    }
}

#[tokio::test]
async fn models_are_listed_and_texts_embedded() {
    let provider = ScriptedProvider::start().await.unwrap();
    let texts = ["one two".to_owned(), "one three".to_owned(), String::new()];
    for each in KINDS {
        let client = Client::new(&provider, each);
        let body = client
            .send(wire::list_models(client.kind, client.target()))
            .await
            .bytes()
            .await
            .unwrap();
        assert_eq!(
            wire::read_models(client.kind, &body).unwrap(),
            [ScriptedProvider::MODEL, ScriptedProvider::EMBEDDING_MODEL],
            "{each:?}"
        );
        let Some(request) = wire::embed(client.kind, client.target(), &texts, TextUse::Document, Some(16))
        else {
            assert_eq!(each.0, ApiFormat::Anthropic);
            continue;
        };
        let body = client.send(request).await.bytes().await.unwrap();
        let vectors = wire::read_vectors(client.kind, &body).unwrap().vectors;
        assert_eq!(vectors.len(), 3, "{each:?}");
        for (text, vector) in texts.iter().zip(vectors) {
            assert_eq!(vector.len(), 16);
            let expected = protocol::vector(text, 16);
            assert!(
                vector
                    .iter()
                    .zip(expected)
                    .all(|(found, expected)| (found - expected).abs() < 1e-6)
            );
        }
    }
}
