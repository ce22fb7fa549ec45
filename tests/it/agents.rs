//! Single agents (`POST /agents/{agent}`), over the sample library or over supplied texts.

use serde_json::{Value, json};
use shared::testing::{ScriptedAnswer, ScriptedProvider, WireFormat};

use crate::{
    samples::{hub_with_samples, read},
    support::{Hub, ok, problem, slice},
};

const FACT: &str = "The lighthouse of Brannock was built in 1871.";

/// Runs an agent.
async fn run(hub: &Hub, agent: &str, body: Value) -> Value {
    ok(hub.post(&format!("/agents/{agent}"), &body).await).await
}

/// The stances of the evidence of a fact check.
fn stances(check: &Value) -> Vec<&str> {
    let evidence = check["evidence"].as_array().unwrap().iter();
    evidence
        .map(|evidence| evidence["stance"].as_str().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_agent_is_listed_and_only_available_ones_run() {
    let hub = Hub::start().await;
    let list = ok(hub.get("/agents").await).await;
    let agents = list["agents"].as_array().unwrap();
    let names: Vec<&str> = agents
        .iter()
        .map(|agent| agent["name"].as_str().unwrap())
        .collect();
    let all = [
        "retrieval",
        "entities",
        "fact-check",
        "synthesis",
        "citation",
        "knowledge-graph",
        "browser",
        "pdf",
        "crawler",
    ];
    assert_eq!(names, all);
    for (agent, name) in agents.iter().zip(all) {
        assert!(agent["description"].as_str().unwrap().ends_with('.'), "{name}");
        let response = hub.post(&format!("/agents/{name}"), &json!({})).await;
        if agent["available"] == true {
            assert_eq!(
                (&agent["reason"], &agent["input"]["type"]),
                (&json!(null), &json!("object"))
            );
            let refused = problem(response, 400).await;
            let missing: Vec<&str> = refused["errors"]
                .as_array()
                .unwrap()
                .iter()
                .map(|error| error["pointer"].as_str().unwrap().trim_start_matches('/'))
                .collect();
            let required = match &agent["input"]["oneOf"][0]["required"] {
                Value::Null => &agent["input"]["required"],
                alternative => alternative,
            };
            assert_eq!(&json!(missing), required, "{name}");
        } else {
            let missing = problem(response, 404).await;
            let reason = agent["reason"].as_str().unwrap();
            assert!(missing["detail"].as_str().unwrap().contains(reason), "{missing}");
            assert_eq!(agent["input"], json!(null));
        }
    }
    let unknown = problem(hub.post("/agents/oracle", &json!({})).await, 404).await;
    assert_eq!(unknown["detail"], "there is no agent of this id");
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn retrieval_returns_the_results_of_a_search() {
    let (hub, _texts) = hub_with_samples().await;
    let body = json!({ "query": "How much faster is a Lambda cold start in Rust than in Java?", "top_k": 3 });
    let found = run(&hub, "retrieval", body.clone()).await;
    let searched = ok(hub.post("/search", &body).await).await;
    assert_eq!(found["results"].as_array().unwrap().len(), 3);
    assert_eq!(found["results"], searched["results"]);
    let fields = |reply: &Value| reply.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(fields(&found), fields(&searched));
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn entities_are_the_same_as_in_an_answer() {
    let hub = Hub::start().await;
    let text = "When did Harbour Freight Lines move to AWS, in March 2023 or in 43 minutes?";
    let found = run(&hub, "entities", json!({ "text": text })).await;
    let answer = hub.ask("default", text).await;
    assert_eq!(
        found["entities"][0],
        json!({ "name": "Harbour Freight Lines", "kind": "name" })
    );
    assert_eq!(found, json!({ "entities": answer["entities"] }));
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_is_checked_against_the_supplied_texts_only() {
    let hub = Hub::start().await;
    hub.ingest("default", &[("brannock", FACT)]).await;
    let long = "漢😀。 ".repeat(100);
    let supporting = format!("{long}{FACT}");
    let contradicting = "The lighthouse of Brannock was built in 1902.";
    let unrelated = "Bread needs flour.";
    for (evidence, verdict, expected) in [
        (vec![supporting.as_str()], "supported", vec!["supports"]),
        (
            vec![contradicting, unrelated],
            "refuted",
            vec!["refutes", "neutral"],
        ),
        (
            vec![unrelated, &supporting, contradicting],
            "disputed",
            vec!["neutral", "supports", "refutes"],
        ),
        (vec![unrelated], "unverified", vec!["neutral"]),
    ] {
        let check = run(&hub, "fact-check", json!({ "claim": FACT, "evidence": evidence })).await;
        assert_eq!(
            (check["verdict"].as_str().unwrap(), stances(&check)),
            (verdict, expected)
        );
        assert!((0.0..=1.0).contains(&check["confidence"].as_f64().unwrap()));
        assert!(!check["reasons"].as_array().unwrap().is_empty());
        assert_eq!((&check["stages"], &check["degraded"]), (&json!([]), &json!([])));
        for (supplied, checked) in evidence.iter().zip(check["evidence"].as_array().unwrap()) {
            assert_eq!(checked["source"], json!(null));
            if checked["stance"] == "neutral" {
                assert_eq!(
                    (&checked["text"], &checked["quote_start"]),
                    (&json!(null), &json!(null))
                );
            } else {
                let words = slice(supplied, &checked["quote_start"], &checked["quote_end"]);
                assert_eq!(checked["text"], words);
            }
        }
    }
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_without_texts_is_checked_against_the_library() {
    let (hub, texts) = hub_with_samples().await;
    let disputed = read("disagreements.json")[0]["claims"][0].clone();
    for (claim, verdict) in [
        (
            json!("The tower of the lighthouse on Skarv Rock is 38 metres high."),
            "supported",
        ),
        (
            json!("The tower of the lighthouse on Skarv Rock is 55 metres high."),
            "refuted",
        ),
        (disputed, "disputed"),
        (
            json!("Quantum processors dream of violet submarines."),
            "unverified",
        ),
    ] {
        let check = run(&hub, "fact-check", json!({ "claim": claim, "top_k": 5 })).await;
        assert_eq!(check["verdict"], verdict, "{check:#}");
        assert!(check["stages"].as_array().unwrap().len() == 4 && check["took_ms"].is_u64());
        assert!(!stances(&check).contains(&"neutral"));
        for evidence in check["evidence"].as_array().unwrap() {
            let document = &texts[evidence["source"]["document_id"].as_str().unwrap()];
            let words = slice(document, &evidence["quote_start"], &evidence["quote_end"]);
            assert_eq!(evidence["text"], words);
        }
    }
    let empty = run(&hub, "fact-check", json!({ "claim": FACT, "library": "empty" })).await;
    assert_eq!(
        (&empty["verdict"], &empty["evidence"]),
        (&json!("unverified"), &json!([]))
    );
    assert_eq!(
        empty["reasons"],
        json!(["nothing was found that has words of the claim"])
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn synthesis_uses_supplied_passages_or_the_library_and_stores_nothing() {
    let hub = Hub::start().await;
    let query = "When was the lighthouse of Brannock built?";
    let other = "The lighthouse of Tamsel was painted in 1899.";
    hub.ingest("default", &[("tamsel", other), ("brannock", FACT)])
        .await;
    let passages = json!([{ "text": other, "title": "Tamsel" }, { "text": FACT }]);
    let supplied = run(&hub, "synthesis", json!({ "query": query, "passages": passages })).await;
    assert_eq!(supplied["answer"], format!("{FACT} [2]"));
    assert_eq!(supplied["sources"][0]["title"], "Tamsel");
    assert_eq!(supplied["sources"].as_array().unwrap().len(), 2);
    let found = run(&hub, "synthesis", json!({ "query": query })).await;
    let answer = hub.ask("default", query).await;
    for field in [
        "answer",
        "claims",
        "sources",
        "attempts",
        "provider",
        "model",
        "abstained",
        "degraded",
    ] {
        assert_eq!(found[field], answer[field], "{field}");
    }
    assert!(found["usage"]["read_units"].as_f64().unwrap() > 0.0);
    assert_eq!(found["stages"][0]["name"], "gather.keyword");

    let body = json!({ "query": "Who invented paper?", "passages": [{ "text": FACT }] });
    let declined = run(&hub, "synthesis", body).await;
    assert_eq!(
        (&declined["answer"], &declined["claims"]),
        (&json!(""), &json!([]))
    );
    assert_eq!(declined["abstained"]["reason"], "weak_retrieval");
    let list = ok(hub.get("/queries").await).await;
    assert_eq!(
        list["queries"].as_array().unwrap().len(),
        1,
        "only the question that was asked is stored"
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_writes_from_supplied_passages_and_unsupported_sentences_are_removed() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.answer(ScriptedAnswer::new([FACT, " [2] It is the tallest of all. [2]"]));
    let providers = json!([{
        "name": "work", "kind": "openai", "base_url": provider.url(WireFormat::OpenAi), "key": "env:SCRIPTED_KEY",
        "models": [{ "name": ScriptedProvider::MODEL }],
    }]);
    let hub = Hub::with_env(&[
        ("LLM_PROVIDERS", &providers.to_string()),
        ("SCRIPTED_KEY", ScriptedProvider::KEY),
    ])
    .await;
    let body = json!({
        "query": "When was the lighthouse of Brannock built?", "max_tokens": 77, "model": "work",
        "passages": [{ "text": "Bread needs flour." }, { "text": FACT }], "options": { "extractive": false },
    });
    let written = run(&hub, "synthesis", body).await;
    assert_eq!(written["answer"], format!("{FACT} [2]"));
    assert_eq!(written["claims"][0]["citations"][0]["quote"], FACT);
    assert_eq!(
        (&written["provider"], &written["attempts"][0]["outcome"]),
        (&json!("work"), &json!("ok"))
    );
    assert_eq!(written["usage"]["input_tokens"], 7);
    let requests = provider.take_requests();
    assert_eq!(requests[0].body["max_completion_tokens"], 77);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn citation_markers_are_corrected() {
    let hub = Hub::start().await;
    let body = json!({
        "text": format!("# Brannock 😀\n\n{FACT} [1] Nobody was there. [2]"),
        "sources": [{ "text": "Bread needs flour.", "title": "Bread" }, { "text": FACT }],
    });
    let corrected = run(&hub, "citation", body).await;
    let text = corrected["text"].as_str().unwrap();
    assert_eq!(text, format!("# Brannock 😀\n\n{FACT} [2] Nobody was there."));
    let claims = corrected["claims"].as_array().unwrap();
    let verdicts: Vec<&str> = claims
        .iter()
        .map(|claim| claim["verdict"].as_str().unwrap())
        .collect();
    assert_eq!(verdicts, ["supported", "unverified"]);
    for claim in claims {
        assert_eq!(claim["text"], slice(text, &claim["start"], &claim["end"]));
    }
    hub.cloud.stop().await;
}
