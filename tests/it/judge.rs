//! Sentences that the rules find no proof for, judged by a model in one more call.

use serde_json::{Value, json};
use shared::{
    domain::Tokens,
    testing::{Behaviour, ScriptedAnswer, ScriptedProvider},
};

use crate::{
    models::{PRICED, outcomes, providers},
    support::{Hub, ok},
};

const FACT: &str = "The lighthouse of Brannock was built in 1871.";
/// The same in words that the rules do not know for the same.
const REPHRASED: &str = "Masons raised Brannock's beacon while Victoria ruled.";
const CLOSE: &str = "The lighthouse of Brannock went up under Queen Victoria, stone by stone.";
/// Nothing in the library comes close.
const INVENTED: &str = "Pelicans nest on every roof of the harbour town.";

async fn hub(provider: &ScriptedProvider, model: &str, caps: &str) -> Hub {
    let hub = Hub::with(&[
        ("LLM_PROVIDERS", &providers(&[("work", provider, model)])),
        ("LLM_ROUTING", "ordered"),
        ("LLM_CAPS", caps),
        ("SCRIPTED_KEY", ScriptedProvider::KEY),
    ])
    .await;
    let text = format!("{FACT} {CLOSE} Its lamp was replaced twice.");
    hub.ingest("default", &[("brannock", &text)]).await;
    hub
}

fn says(text: impl Into<String>) -> ScriptedAnswer {
    ScriptedAnswer::new([text.into()])
}

/// What the model writes, with the three kinds of sentences.
fn written() -> ScriptedAnswer {
    says(format!("{FACT} [1] {REPHRASED} [1] {INVENTED} [1]"))
}

fn verdict(pair: usize, supported: bool) -> String {
    json!({ "verdicts": [{ "pair": pair, "supported": supported }] }).to_string()
}

async fn ask(hub: &Hub, judge: bool) -> Value {
    let body = json!({
        "query": "When was the lighthouse of Brannock built?",
        "options": { "judge": judge },
        "cache": false,
    });
    ok(hub.post("/queries", &body).await).await
}

fn stage<'a>(answer: &'a Value, name: &str) -> Option<&'a Value> {
    answer["stages"]
        .as_array()
        .unwrap()
        .iter()
        .find(|stage| stage["name"] == name)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rephrased_sentence_is_borne_out_by_the_judge_and_an_invented_one_is_not() {
    let provider = ScriptedProvider::start().await.unwrap();
    let everything = json!({ "verdicts": (0..9).map(|pair| json!({ "pair": pair, "supported": true })).collect::<Vec<_>>() });
    provider.answer_in_turn([written(), says(everything.to_string())]);
    let hub = hub(&provider, PRICED, "{}").await;
    let answer = ask(&hub, true).await;
    assert_eq!(answer["answer"], format!("{FACT} [1] {REPHRASED} [1]"));
    let judged = &answer["claims"][1];
    assert_eq!(
        (&judged["verdict"], &judged["citations"][0]["quote"]),
        (&json!("supported"), &json!(CLOSE))
    );
    assert_eq!(
        judged["reason"],
        format!("judged by work/{}", ScriptedProvider::MODEL)
    );
    assert_eq!(stage(&answer, "verify.judge").unwrap()["status"], "ok");
    assert_eq!(
        stage(&answer, "verify").unwrap()["reason"],
        "1 of 3 sentences were removed: no source bears them out"
    );
    assert_eq!(
        (outcomes(&answer).len(), &answer["usage"]["input_tokens"]),
        (2, &json!(14))
    );

    let requests = provider.take_requests();
    assert_eq!(requests.len(), 2, "one call for all claims");
    let judging = &requests[1].body;
    let pairs = judging["messages"][1]["content"].as_str().unwrap();
    assert!(pairs.contains(REPHRASED) && pairs.contains(CLOSE), "{pairs}");
    assert!(
        !pairs.contains(INVENTED),
        "without words to show, there is nothing to judge"
    );
    assert_eq!(judging["response_format"]["type"], "json_schema");
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_judge_does_wrong_the_claims_stay_as_the_rules_left_them() {
    let provider = ScriptedProvider::start().await.unwrap();
    let hub = hub(&provider, PRICED, "{}").await;
    let left = format!("{FACT} [1]");
    for (reply, status) in [
        (verdict(1, false), "ok"),
        (verdict(7, true), "ok"),
        (json!({ "verdicts": [] }).to_string(), "ok"),
        (
            r#"{"verdicts":[{"pair":1,"supported":true},{"pair":1,"supported":false}]}"#.to_owned(),
            "ok",
        ),
        (
            r#"{"verdicts":[{"pair":"one","supported":true}]}"#.to_owned(),
            "failed",
        ),
        ("Yes, all of it.".to_owned(), "failed"),
    ] {
        provider.answer_in_turn([written(), says(&reply)]);
        let answer = ask(&hub, true).await;
        assert_eq!(answer["answer"], left, "{reply}");
        let judging = stage(&answer, "verify.judge").unwrap();
        assert_eq!(judging["status"], status, "{reply}");
        let degraded = answer["degraded"].as_array().unwrap();
        assert_eq!(
            degraded.contains(&json!("verify.judge")),
            status == "failed",
            "{reply}"
        );
    }
    provider.answer(written());
    let mut calls = 0;
    provider.behave_by(move |_| {
        calls += 1;
        if calls == 1 {
            Behaviour::Fine
        } else {
            Behaviour::Status(503)
        }
    });
    let answer = ask(&hub, true).await;
    assert_eq!(
        (&answer["answer"], &answer["provider"]),
        (&json!(left), &json!("work"))
    );
    assert_eq!(answer["degraded"], json!(["verify.judge"]));
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_asked_only_when_it_is_wanted_and_there_is_something_to_judge() {
    let provider = ScriptedProvider::start().await.unwrap();
    let hub = hub(&provider, "", "{}").await;
    provider.answer_in_turn([written(), says(verdict(1, true))]);
    let answer = ask(&hub, false).await;
    assert_eq!(
        (&answer["answer"], stage(&answer, "verify.judge")),
        (&json!(format!("{FACT} [1]")), None)
    );
    provider.answer_in_turn([says(format!("{FACT} [1] {INVENTED} [1]")), says(verdict(1, true))]);
    let answer = ask(&hub, true).await;
    assert_eq!(
        (&answer["answer"], stage(&answer, "verify.judge")),
        (&json!(format!("{FACT} [1]")), None)
    );
    assert_eq!(provider.requests().len(), 2);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_money_for_it_the_judge_is_skipped_and_named() {
    let provider = ScriptedProvider::start().await.unwrap();
    let tokens = Tokens {
        input: 10_000,
        output: 1_000,
    };
    provider.answer_in_turn([ScriptedAnswer { tokens, ..written() }, says(verdict(1, true))]);
    // The answer costs 1.20 dollars, which leaves less than the judge may cost.
    let hub = hub(&provider, PRICED, r#"{"user_day": {"usd": 1.25}}"#).await;
    let answer = ask(&hub, true).await;
    assert_eq!(answer["answer"], format!("{FACT} [1]"));
    let judging = stage(&answer, "verify.judge").unwrap();
    assert_eq!(
        (&judging["status"], &judging["reason"]),
        (&json!("skipped"), &json!("the budget for models is used up"))
    );
    assert_eq!((provider.requests().len(), &answer["degraded"]), (1, &json!([])));
    hub.cloud.stop().await;
}
