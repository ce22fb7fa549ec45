//! The LLM judge: sentences that the rules cannot verify are judged by a model in one more call.

use serde_json::{Value, json};
use shared::{
    domain::Tokens,
    testing::{Behaviour, ScriptedAnswer, ScriptedProvider},
};

use crate::{
    models::{PRICED, outcomes, providers_json},
    support::{Hub, ok},
};

const FACT: &str = "The lighthouse of Brannock was built in 1871.";
/// The same fact in words that the rules do not recognize.
const REPHRASED: &str = "Masons raised Brannock's beacon while Victoria ruled.";
/// A source that supports the rephrased fact.
const CLOSE: &str = "The lighthouse of Brannock went up under Queen Victoria, stone by stone.";
/// A fact that no source supports.
const INVENTED: &str = "Pelicans nest on every roof of the harbour town.";

/// A hub with this provider, fields of its model and spending caps, and one document.
async fn hub(provider: &ScriptedProvider, model: &str, caps: &str) -> Hub {
    let hub = Hub::with_env(&[
        ("LLM_PROVIDERS", &providers_json(&[("work", provider, model)])),
        ("LLM_ROUTING", "ordered"),
        ("LLM_CAPS", caps),
        ("SCRIPTED_KEY", ScriptedProvider::KEY),
    ])
    .await;
    let text = format!("{FACT} {CLOSE} Its lamp was replaced twice.");
    hub.ingest("default", &[("brannock", &text)]).await;
    hub
}

/// A scripted answer with this text.
fn reply(text: impl Into<String>) -> ScriptedAnswer {
    ScriptedAnswer::new([text.into()])
}

/// The model's answer: one sentence of each kind.
fn draft() -> ScriptedAnswer {
    reply(format!("{FACT} [1] {REPHRASED} [1] {INVENTED} [1]"))
}

/// The judge's verdict on one pair.
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

/// The stage of this name in an answer.
fn stage<'a>(answer: &'a Value, name: &str) -> Option<&'a Value> {
    answer["stages"]
        .as_array()
        .unwrap()
        .iter()
        .find(|stage| stage["name"] == name)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_judge_supports_a_rephrased_sentence_and_not_an_invented_one() {
    let provider = ScriptedProvider::start().await.unwrap();
    let all_supported = json!({ "verdicts": (0..9).map(|pair| json!({ "pair": pair, "supported": true })).collect::<Vec<_>>() });
    provider.answer_in_turn([draft(), reply(all_supported.to_string())]);
    let hub = hub(&provider, PRICED, "{}").await;
    let answer = ask(&hub, true).await;
    assert_eq!(answer["answer"], format!("{FACT} [1] {REPHRASED} [1]"));
    let judged = &answer["claims"][1];
    let bases: Vec<&Value> = answer["claims"]
        .as_array()
        .unwrap()
        .iter()
        .map(|claim| &claim["basis"])
        .collect();
    assert_eq!(bases, ["quote", "judge"]);
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
        "1 of 3 sentences was removed: no source supports it"
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
        "a sentence without a quotation is not judged"
    );
    assert_eq!(judging["response_format"]["type"], "json_schema");
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_judgement_leaves_the_claims_as_the_rules_decided() {
    let provider = ScriptedProvider::start().await.unwrap();
    let hub = hub(&provider, PRICED, "{}").await;
    let expected = format!("{FACT} [1]");
    for (judgement, status) in [
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
        provider.answer_in_turn([draft(), reply(&judgement)]);
        let answer = ask(&hub, true).await;
        assert_eq!(answer["answer"], expected, "{judgement}");
        let judging = stage(&answer, "verify.judge").unwrap();
        assert_eq!(judging["status"], status, "{judgement}");
        let degraded = answer["degraded"].as_array().unwrap();
        assert_eq!(
            degraded.contains(&json!("verify.judge")),
            status == "failed",
            "{judgement}"
        );
    }
    provider.answer(draft());
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
        (&json!(expected), &json!("work"))
    );
    assert_eq!(answer["degraded"], json!(["verify.judge"]));
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_judge_is_called_only_on_request_and_with_claims_to_judge() {
    let provider = ScriptedProvider::start().await.unwrap();
    let hub = hub(&provider, "", "{}").await;
    provider.answer_in_turn([draft(), reply(verdict(1, true))]);
    let answer = ask(&hub, false).await;
    assert_eq!(
        (&answer["answer"], stage(&answer, "verify.judge")),
        (&json!(format!("{FACT} [1]")), None)
    );
    provider.answer_in_turn([
        reply(format!("{FACT} [1] {INVENTED} [1]")),
        reply(verdict(1, true)),
    ]);
    let answer = ask(&hub, true).await;
    assert_eq!(
        (&answer["answer"], stage(&answer, "verify.judge")),
        (&json!(format!("{FACT} [1]")), None)
    );
    assert_eq!(provider.requests().len(), 2);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contradicted_sentence_is_not_judged_and_what_the_judge_rejects_is_repaired() {
    let provider = ScriptedProvider::start().await.unwrap();
    let hub = hub(&provider, PRICED, "{}").await;
    let contradicted = FACT.replace("1871", "1902");
    let dubious = "Under Queen Victoria, the lighthouse of Brannock amazed foreign sailors.";
    provider.answer_in_turn([
        reply(format!("{contradicted} [1] {dubious} [1]")),
        reply(verdict(1, false)),
    ]);
    let answer = ask(&hub, true).await;
    assert_eq!(answer["answer"], format!("{FACT} [1] {CLOSE} [1]"), "{answer:#}");
    for (place, said, quote) in [(0, contradicted.as_str(), FACT), (1, dubious, CLOSE)] {
        let claim = &answer["claims"][place];
        assert_eq!(
            (&claim["verdict"], &claim["basis"], &claim["repaired"]),
            (&json!("supported"), &json!("quote"), &json!(true))
        );
        assert_eq!(
            (&claim["said"], &claim["citations"][0]["quote"]),
            (&json!(said), &json!(quote))
        );
    }
    assert_eq!(
        stage(&answer, "verify").unwrap()["reason"],
        "2 of 2 sentences were replaced by the passage they come close to"
    );
    let requests = provider.take_requests();
    let pairs = requests[1].body["messages"][1]["content"].as_str().unwrap();
    assert!(
        pairs.contains(dubious) && !pairs.contains(&contradicted),
        "{pairs}"
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_budget_the_judge_is_skipped_and_reported() {
    let provider = ScriptedProvider::start().await.unwrap();
    let tokens = Tokens {
        input: 10_000,
        output: 1_000,
    };
    provider.answer_in_turn([ScriptedAnswer { tokens, ..draft() }, reply(verdict(1, true))]);
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
