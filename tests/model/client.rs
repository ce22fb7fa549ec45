//! What the client makes of the server's answers: whole and streamed, ended by themselves, by a stop text, by the limit of
//! tokens, held to a schema, and refused.

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

/// The result with the parts that came on the way.
async fn written(router: &Router, prompt: &Prompt) -> (GenerateOutcome, Vec<String>) {
    let mut deltas = Vec::new();
    let generated = write(
        router,
        prompt,
        OnInterruption::Restart,
        &mut |progress| match progress {
            Progress::Delta(text) => deltas.push(text),
            Progress::Restart => panic!("nothing is to be taken back"),
            Progress::Attempt(_) => {}
        },
    )
    .await;
    (generated, deltas)
}

/// The same from a server that does not fail.
async fn completed(router: &Router, prompt: &Prompt) -> (Completion, Vec<String>) {
    let (generated, deltas) = written(router, prompt).await;
    assert_eq!(calls(&generated), [("local", "ok", Some(200))]);
    let completion = generated.result.unwrap();
    assert_eq!(deltas.concat(), completion.text, "the parts are the text");
    (completion, deltas)
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_the_same_streamed_and_in_one_reply() {
    let server = Server::start().await;
    let whole = router(&[server.entry("local", WHOLE)]);
    let streamed = router(&[server.entry("local", STREAMED)]);

    let (all, parts) = completed(&whole, &capital()).await;
    assert!(all.text.contains("Paris"), "{}", all.text);
    assert_eq!((all.finish, parts.len()), (FinishReason::Stop, 1));
    assert_eq!((all.provider.as_str(), all.model.as_str()), ("local", MODEL));
    let (text, parts) = completed(&streamed, &capital()).await;
    assert_eq!((&text.text, text.finish), (&all.text, FinishReason::Stop));
    assert!(parts.len() > 1, "a stream comes in parts: {parts:?}");

    // Only the whole answer has the server's own count; that of a stream is reckoned from the sizes.
    let (counted, _) = written(&whole, &capital()).await;
    let (reckoned, _) = written(&streamed, &capital()).await;
    let tokens = |generated: &GenerateOutcome| {
        let attempt = &generated.attempts[0];
        assert_eq!(attempt.cost_usd, 0.0);
        (attempt.input_tokens, attempt.output_tokens)
    };
    assert!(tokens(&counted).0 > 10 && tokens(&counted).1 > 3);
    assert!(tokens(&reckoned).0 > 3 && tokens(&reckoned).1 > 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_sequence_ends_the_answer_before_it() {
    let server = Server::start().await;
    let prompt = Prompt {
        stop: vec!["Paris".to_owned()],
        ..capital()
    };
    for how in [WHOLE, STREAMED] {
        let router = router(&[server.entry("local", how)]);
        let (all, _) = completed(&router, &capital()).await;
        let (until, _) = completed(&router, &prompt).await;
        assert_eq!(until.finish, FinishReason::Stop);
        assert_eq!(all.text.split_once("Paris").unwrap().0, until.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_tokens_come_than_requested() {
    let server = Server::start().await;
    let prompt = Prompt {
        max_tokens: 4,
        ..capital()
    };
    for how in [WHOLE, STREAMED] {
        let router = router(&[server.entry("local", how)]);
        let (all, _) = completed(&router, &capital()).await;
        let (generated, parts) = written(&router, &prompt).await;
        let cut = generated.result.unwrap();
        assert_eq!(cut.finish, FinishReason::Length);
        assert!(
            all.text.starts_with(&cut.text) && cut.text.len() < all.text.len(),
            "{} {}",
            all.text,
            cut.text
        );
        if how == WHOLE {
            assert_eq!(generated.attempts[0].output_tokens, 4);
        } else {
            assert_eq!(parts.len(), 4, "one part for each token: {parts:?}");
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
    for how in [WHOLE, STREAMED] {
        let router = router(&[server.entry("local", how)]);
        let (json, _) = completed(&router, &prompt).await;
        let json: serde_json::Value = serde_json::from_str(&json.text).unwrap();
        assert_eq!(json.as_object().unwrap().len(), 3, "{json}");
        assert!(json["city"].is_string() && json["sure"].is_boolean(), "{json}");
        assert!(
            ["small", "large"].contains(&json["size"].as_str().unwrap()),
            "{json}"
        );
    }
}

/// This server answers with the model that it has, whatever the name. Its list of models is where a wrong name shows.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_model_name_shows_in_the_list_of_models() {
    let server = Server::start().await;
    let misnamed = [server.entry("local", "").replace(MODEL, "smollm9")];
    let router = router(&misnamed);
    let (completion, _) = completed(&router, &capital()).await;
    assert_eq!(completion.model, "smollm9");
    let provider = &providers(&misnamed)[0];
    assert_eq!(router.models_of(provider).await.unwrap(), [MODEL]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_longer_than_the_context_is_an_error() {
    let server = Server::start().await;
    let prompt = Prompt {
        user: "word ".repeat(CONTEXT + 1_000),
        ..capital()
    };
    // The streamed reply is a 200 without a single byte.
    let ends = [(WHOLE, "context_too_long", 400), (STREAMED, "unfinished", 200)];
    for (how, outcome, status) in ends {
        // Said to read more than it does, or it would not be asked.
        let entry = server.entry("local", how);
        let entry = entry.replace(
            &format!(r#""context_tokens": {CONTEXT}"#),
            r#""context_tokens": 100000"#,
        );
        let router = router(&[entry]);
        let (generated, parts) = written(&router, &prompt).await;
        assert_eq!(calls(&generated), [("local", outcome, Some(status))]);
        assert_eq!(generated.result, Err(LlmError::AllFailed));
        assert!(parts.is_empty(), "{parts:?}");
        assert_eq!(generated.attempts[0].output_tokens, 0);
    }
    // The server is well. A new router has a new connection: that of a failed stream is closed a moment later, and what is
    // sent on it meanwhile is lost.
    completed(&router(&[server.entry("local", STREAMED)]), &capital()).await;
}
