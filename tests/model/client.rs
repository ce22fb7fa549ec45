//! Replies of a real server as the client returns them: whole and streamed, with a stop sequence, a token limit, a
//! schema, and errors.

use serde_json::json;
use shared::{
    domain::{Completion, FinishReason, OnInterruption, Progress, Prompt, Schema},
    llm::Router,
    ports::{GenerateOutcome, LlmError},
};

use crate::server::{CONTEXT, MODEL, Server, calls, providers, router, write};

const WHOLE: &str = r#", "stream": false"#;
const STREAMED: &str = "";

fn capital() -> Prompt {
    Prompt::new("Be brief.", "What is the capital of France?", 32)
}

/// The outcome, with the deltas that were streamed.
async fn generate(router: &Router, prompt: &Prompt) -> (GenerateOutcome, Vec<String>) {
    let mut deltas = Vec::new();
    let outcome = write(
        router,
        prompt,
        OnInterruption::Restart,
        &mut |progress| match progress {
            Progress::Delta(text) => deltas.push(text),
            Progress::Restart => panic!("an answer is not restarted"),
            Progress::Attempt(_) => {}
        },
    )
    .await;
    (outcome, deltas)
}

/// The same for a call that must succeed.
async fn complete(router: &Router, prompt: &Prompt) -> (Completion, Vec<String>) {
    let (outcome, deltas) = generate(router, prompt).await;
    assert_eq!(calls(&outcome), [("local", "ok", Some(200))]);
    let completion = outcome.result.unwrap();
    assert_eq!(deltas.concat(), completion.text, "the deltas add up to the text");
    (completion, deltas)
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_the_same_streamed_and_in_one_reply() {
    let server = Server::start().await;
    let whole = router(&[server.entry("local", WHOLE)]);
    let streamed = router(&[server.entry("local", STREAMED)]);

    let (all, parts) = complete(&whole, &capital()).await;
    assert!(all.text.contains("Paris"), "{}", all.text);
    assert_eq!((all.finish, parts.len()), (FinishReason::Stop, 1));
    assert_eq!((all.provider.as_str(), all.model.as_str()), ("local", MODEL));
    let (text, parts) = complete(&streamed, &capital()).await;
    assert_eq!((&text.text, text.finish), (&all.text, FinishReason::Stop));
    assert!(parts.len() > 1, "a stream has several deltas: {parts:?}");

    // Only the whole reply has the token count of the server; that of a stream is estimated from the sizes.
    let (counted, _) = generate(&whole, &capital()).await;
    let (estimated, _) = generate(&streamed, &capital()).await;
    let tokens = |outcome: &GenerateOutcome| {
        let attempt = &outcome.attempts[0];
        assert_eq!(attempt.cost_usd, 0.0);
        (attempt.input_tokens, attempt.output_tokens)
    };
    assert!(tokens(&counted).0 > 10 && tokens(&counted).1 > 3);
    assert!(tokens(&estimated).0 > 3 && tokens(&estimated).1 > 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_sequence_ends_the_answer_before_it() {
    let server = Server::start().await;
    let prompt = Prompt {
        stop: vec!["Paris".to_owned()],
        ..capital()
    };
    for mode in [WHOLE, STREAMED] {
        let router = router(&[server.entry("local", mode)]);
        let (all, _) = complete(&router, &capital()).await;
        let (stopped, _) = complete(&router, &prompt).await;
        assert_eq!(stopped.finish, FinishReason::Stop);
        assert_eq!(all.text.split_once("Paris").unwrap().0, stopped.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_tokens_come_than_requested() {
    let server = Server::start().await;
    let prompt = Prompt {
        max_tokens: 4,
        ..capital()
    };
    for mode in [WHOLE, STREAMED] {
        let router = router(&[server.entry("local", mode)]);
        let (all, _) = complete(&router, &capital()).await;
        let (outcome, parts) = generate(&router, &prompt).await;
        let cut = outcome.result.unwrap();
        assert_eq!(cut.finish, FinishReason::Length);
        assert!(
            all.text.starts_with(&cut.text) && cut.text.len() < all.text.len(),
            "{} {}",
            all.text,
            cut.text
        );
        if mode == WHOLE {
            assert_eq!(outcome.attempts[0].output_tokens, 4);
        } else {
            assert_eq!(parts.len(), 4, "one delta for each token: {parts:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_output_follows_the_schema() {
    let server = Server::start().await;
    let schema = Schema {
        name: "capital",
        json: json!({
            "type": "object",
            "properties": {
                "city": {"type": "string"},
                "sure": {"type": "boolean"},
                "size": {"enum": ["small", "large"]},
            },
            "required": ["city", "sure", "size"],
            "additionalProperties": false,
        }),
    };
    let prompt = Prompt {
        schema: Some(schema),
        max_tokens: 100,
        ..capital()
    };
    for mode in [WHOLE, STREAMED] {
        let router = router(&[server.entry("local", mode)]);
        let (json, _) = complete(&router, &prompt).await;
        let json: serde_json::Value = serde_json::from_str(&json.text).unwrap();
        assert_eq!(json.as_object().unwrap().len(), 3, "{json}");
        assert!(json["city"].is_string() && json["sure"].is_boolean(), "{json}");
        assert!(
            ["small", "large"].contains(&json["size"].as_str().unwrap()),
            "{json}"
        );
    }
}

/// This server ignores the model name of a request. A wrong name shows only in its list of models.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_model_name_shows_in_the_list_of_models() {
    let server = Server::start().await;
    let misnamed = [server.entry("local", "").replace(MODEL, "smollm9")];
    let router = router(&misnamed);
    let (completion, _) = complete(&router, &capital()).await;
    assert_eq!(completion.model, "smollm9");
    let provider = &providers(&misnamed)[0];
    assert_eq!(router.list_models(provider).await.unwrap(), [MODEL]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_longer_than_the_context_is_an_error() {
    let server = Server::start().await;
    let prompt = Prompt {
        user: "word ".repeat(CONTEXT + 1_000),
        ..capital()
    };
    // The streamed reply is a 200 with an empty body.
    let cases = [(WHOLE, "context_too_long", 400), (STREAMED, "unfinished", 200)];
    for (mode, expected, status) in cases {
        // The configured context is larger than the real one; otherwise the router would skip the provider.
        let entry = server.entry("local", mode);
        let entry = entry.replace(
            &format!(r#""context_tokens": {CONTEXT}"#),
            r#""context_tokens": 100000"#,
        );
        let router = router(&[entry]);
        let (outcome, parts) = generate(&router, &prompt).await;
        assert_eq!(calls(&outcome), [("local", expected, Some(status))]);
        assert_eq!(outcome.result, Err(LlmError::AllFailed));
        assert!(parts.is_empty(), "{parts:?}");
        assert_eq!(outcome.attempts[0].output_tokens, 0);
    }
    // The server still works. A new router opens a new connection: the server closes that of a failed stream a moment
    // later, and a request sent on it meanwhile is lost.
    complete(&router(&[server.entry("local", STREAMED)]), &capital()).await;
}
