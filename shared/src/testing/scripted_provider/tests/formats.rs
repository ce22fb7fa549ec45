//! What is said, as the wire formats of this crate read it.

use secrecy::SecretString;
use url::Url;

use super::super::*;
use crate::{
    domain::Prompt,
    llm::wire::{self, Event, Fault, Kind, ProviderRequest, StreamReader, Target},
};

const KINDS: [(Kind, WireFormat); 5] = [
    (Kind::Openai, WireFormat::OpenAi),
    (Kind::Azure, WireFormat::OpenAi),
    (Kind::Anthropic, WireFormat::Anthropic),
    (Kind::Gemini, WireFormat::Gemini),
    (Kind::Ollama, WireFormat::Ollama),
];

struct Caller {
    client: reqwest::Client,
    kind: Kind,
    url: Url,
    key: SecretString,
    model: &'static str,
}

impl Caller {
    fn new(provider: &ScriptedProvider, (kind, format): (Kind, WireFormat)) -> Self {
        Self {
            client: crate::http_client::builder().unwrap().no_proxy().build().unwrap(),
            kind,
            url: provider.url(format).parse().unwrap(),
            key: ScriptedProvider::KEY.into(),
            model: ScriptedProvider::MODEL,
        }
    }

    fn target(&self) -> Target<'_> {
        Target {
            base_url: &self.url,
            key: Some(&self.key),
            model: self.model,
            takes_temperature: true,
        }
    }

    async fn send(&self, outgoing: ProviderRequest) -> reqwest::Response {
        let request = self.client.request(outgoing.method, outgoing.url);
        let request = request.headers(outgoing.headers).body(outgoing.body);
        request.send().await.unwrap()
    }

    async fn generate(&self, stream: bool) -> reqwest::Response {
        let prompt = Prompt::new("rules", "question", 100);
        self.send(wire::generate(self.kind, self.target(), &prompt, stream))
            .await
    }

    async fn whole(&self) -> Result<Vec<Event>, Fault> {
        let body = self.generate(false).await.bytes().await.unwrap();
        wire::read_whole(self.kind, &body)
    }

    /// The events before the first fault, and the fault.
    async fn streamed(&self) -> (Vec<Event>, Option<Fault>) {
        let mut response = self.generate(true).await;
        let mut reader = StreamReader::new(self.kind);
        let mut events = Vec::new();
        while let Some(chunk) = response.chunk().await.unwrap() {
            match reader.push(&chunk) {
                Ok(more) => events.extend(more),
                Err(fault) => return (events, Some(fault)),
            }
        }
        match reader.end() {
            Ok(more) => events.extend(more),
            Err(fault) => return (events, Some(fault)),
        }
        (events, None)
    }
}

fn text(events: &[Event]) -> String {
    let text = |event: &Event| match event {
        Event::Text(text) => text.clone(),
        _ => String::new(),
    };
    events.iter().map(text).collect()
}

fn tokens(events: &[Event]) -> Option<Tokens> {
    let tokens = |event: &Event| match event {
        Event::Tokens(tokens) => Some(*tokens),
        _ => None,
    };
    events.iter().rev().find_map(tokens)
}

fn finish(events: &[Event]) -> Option<FinishReason> {
    let finish = |event: &Event| match event {
        Event::FinishReason(finish) => Some(*finish),
        _ => None,
    };
    events.iter().find_map(finish)
}

#[tokio::test]
async fn every_format_says_what_is_scripted() {
    let provider = ScriptedProvider::start().await.unwrap();
    for each in KINDS {
        let caller = Caller::new(&provider, each);
        for end in [FinishReason::Stop, FinishReason::Length] {
            let answer = ScriptedAnswer {
                finish: end,
                ..ScriptedAnswer::new(["Caf", "é ", "costs 3 €."])
            };
            provider.answer(answer.clone());
            let whole = caller.whole().await.unwrap();
            let (streamed, fault) = caller.streamed().await;
            assert_eq!(fault, None);
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
async fn harmless_behaviours_change_nothing() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.answer(ScriptedAnswer::new(["Caf", "é ", "costs 3 €."]));
    for each in KINDS {
        let caller = Caller::new(&provider, each);
        provider.behave([Behaviour::Fine]);
        let whole = caller.whole().await;
        let streamed = caller.streamed().await;
        for behaviour in [
            Behaviour::Utf8CutAcrossChunks,
            Behaviour::CrLineEnds,
            Behaviour::CrlfLineEnds,
            Behaviour::Comments,
            Behaviour::MultiLineData,
            Behaviour::Bom,
        ] {
            provider.behave([behaviour]);
            assert_eq!(caller.whole().await, whole, "{each:?} {behaviour:?}");
            assert_eq!(caller.streamed().await, streamed, "{each:?} {behaviour:?}");
        }
    }
}

#[tokio::test]
async fn harmful_behaviours_with_a_good_status_are_seen_in_the_reply() {
    let provider = ScriptedProvider::start().await.unwrap();
    for each in KINDS {
        let caller = Caller::new(&provider, each);
        let both = async |behaviour| {
            provider.behave([behaviour]);
            (caller.whole().await, caller.streamed().await)
        };
        let is_in_band = |fault| matches!(fault, Some(Fault::InBand(_)));

        let (whole, (events, fault)) = both(Behaviour::InBandErrorFirst).await;
        assert!(is_in_band(whole.err()) && is_in_band(fault), "{each:?}");
        assert_eq!(text(&events), "");

        let (whole, (events, fault)) = both(Behaviour::InBandErrorAfterTokens(1)).await;
        assert!(is_in_band(whole.err()) && is_in_band(fault), "{each:?}");
        assert_eq!(text(&events), "A scripted ");

        let (whole, (events, fault)) = both(Behaviour::EndWithoutFinish).await;
        assert_eq!(
            (text(&events), finish(&events), fault),
            ("A scripted answer.".into(), None, None)
        );
        assert_eq!(whole.ok().and_then(|events| finish(&events)), None, "{each:?}");

        let (whole, (events, fault)) = both(Behaviour::EmptyContent).await;
        assert_eq!(
            (text(&events), finish(&events), fault),
            (String::new(), Some(FinishReason::Stop), None)
        );
        assert_eq!(whole.map(|events| text(&events)).unwrap_or_default(), "");

        for behaviour in [Behaviour::MalformedJson, Behaviour::DeepNesting] {
            let (whole, (events, fault)) = both(behaviour).await;
            assert!(
                matches!(whole, Err(Fault::Malformed(_))),
                "{each:?} {behaviour:?}"
            );
            assert!(
                matches!(fault, Some(Fault::Malformed(_))),
                "{each:?} {behaviour:?}"
            );
            assert_eq!(text(&events), "");
        }

        let (whole, (_, fault)) = both(Behaviour::HugeLine).await;
        assert_eq!(text(&whole.unwrap()).len(), 5 * 1024 * 1024);
        assert!(matches!(fault, Some(Fault::TooLong(_))), "{each:?}");

        for behaviour in [Behaviour::HtmlWith200, Behaviour::GzipBomb] {
            let (whole, (events, _)) = both(behaviour).await;
            assert!(whole.is_err(), "{each:?} {behaviour:?}");
            assert_eq!(events, []);
        }
    }
}

#[tokio::test]
async fn failures_have_the_shape_of_the_format() {
    let provider = ScriptedProvider::start().await.unwrap();
    for each in KINDS {
        let caller = Caller::new(&provider, each);
        for status in [401, 402, 403, 404, 408, 413, 422, 429, 500, 502, 503, 504, 529] {
            provider.behave([Behaviour::Status(status)]);
            let response = caller.generate(true).await;
            assert_eq!(response.status(), status);
            let body: Value = response.json().await.unwrap();
            assert!(body["error"].is_object() || body["error"].is_string());
            assert!(body.to_string().contains(ScriptedProvider::FAILURE_WORDS));
        }
        provider.behave([Behaviour::InsufficientQuota, Behaviour::ContextLengthExceeded]);
        let response = caller.generate(true).await;
        assert!([400, 429].contains(&response.status().as_u16()));
        let error = wire::read_error(caller.kind, &response.bytes().await.unwrap());
        assert!(error.is_quota, "{each:?}");
        assert!(!error.is_context_length, "{each:?}");

        let response = caller.generate(true).await;
        assert_eq!(response.status(), 400);
        let error = wire::read_error(caller.kind, &response.bytes().await.unwrap());
        assert!(error.is_context_length && !error.is_quota, "{each:?}");
    }
}

#[tokio::test]
async fn wrong_keys_and_unknown_models_are_refused_and_leave_the_script_alone() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.behave([Behaviour::Status(503), Behaviour::Fine]);
    for each in KINDS {
        let mut caller = Caller::new(&provider, each);
        caller.key = "wrong".into();
        if each.0 != Kind::Ollama {
            assert_eq!(caller.generate(true).await.status(), 401, "{each:?}");
        }
        caller.key = ScriptedProvider::KEY.into();
        caller.model = "unknown";
        assert_eq!(caller.generate(true).await.status(), 404, "{each:?}");
    }
    let caller = Caller::new(&provider, KINDS[0]);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(caller.generate(true).await.status().as_u16());
    }
    assert_eq!(statuses, [503, 200, 200]);
}

#[tokio::test]
async fn a_function_may_decide_by_the_request() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.serve_models(["small", "large"]);
    provider.behave_by(|request| match request.body["model"].as_str() {
        Some("small") => Behaviour::ContextLengthExceeded,
        _ => Behaviour::Fine,
    });
    let mut caller = Caller::new(&provider, KINDS[0]);
    for (model, status) in [("small", 400), ("large", 200), (ScriptedProvider::MODEL, 404)] {
        caller.model = model;
        assert_eq!(caller.generate(false).await.status(), status);
    }
}

#[tokio::test]
async fn models_are_listed_and_texts_become_vectors() {
    let provider = ScriptedProvider::start().await.unwrap();
    let texts = ["one two".to_owned(), "one three".to_owned(), String::new()];
    for each in KINDS {
        let caller = Caller::new(&provider, each);
        let body = caller
            .send(wire::list_models(caller.kind, caller.target()))
            .await
            .bytes()
            .await
            .unwrap();
        assert_eq!(
            wire::read_models(caller.kind, &body).unwrap(),
            [ScriptedProvider::MODEL, ScriptedProvider::EMBEDDING_MODEL],
            "{each:?}"
        );
        let Some(outgoing) = wire::embed(caller.kind, caller.target(), &texts, Some(16)) else {
            assert_eq!(each.0, Kind::Anthropic);
            continue;
        };
        let body = caller.send(outgoing).await.bytes().await.unwrap();
        let vectors = wire::read_vectors(caller.kind, &body).unwrap().vectors;
        assert_eq!(vectors.len(), 3, "{each:?}");
        for (text, vector) in texts.iter().zip(vectors) {
            assert_eq!(vector.len(), 16);
            let expected = format::vector(text, 16);
            assert!(
                vector
                    .iter()
                    .zip(expected)
                    .all(|(found, expected)| (found - expected).abs() < 1e-6)
            );
        }
    }
}
