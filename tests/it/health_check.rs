//! The scheduled health check: what it finds, what it shares, and how it fails.

use serde_json::{Value, json};
use shared::testing::{Behaviour, ScriptedAnswer, ScriptedProvider};

use crate::{
    models::{QUESTION, hub_with_models, outcomes, providers_json},
    outage::{Fault, FaultyStore},
    support::{Hub, ok},
};

/// The status and reason of each check, by name.
fn checks(run: &Value) -> Vec<(&str, &str, &str)> {
    let checks = run["checks"].as_array().unwrap().iter();
    checks
        .map(|check| {
            let text = |field: &str| check[field].as_str().unwrap_or("");
            (text("name"), text("status"), text("reason"))
        })
        .collect()
}

/// The state of a hub that was just checked.
async fn last_check(hub: &Hub) -> Value {
    hub.get("/health").await.json::<Value>().await.unwrap()["last_check"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_shown_with_its_age() {
    let provider = ScriptedProvider::start().await.unwrap();
    let hub = hub_with_models(&providers_json(&[("work", &provider, "")]), "{}").await;
    let none = last_check(&hub).await;
    assert_eq!(
        none,
        json!({ "status": "none", "at": null, "age_seconds": null, "checks": [] })
    );
    let run = hub.check_health().await.unwrap();
    let all_up = [
        ("dynamodb.queries", "ok", ""),
        ("dynamodb.knowledge", "ok", ""),
        ("dynamodb.access", "ok", ""),
        ("provider.work", "ok", ""),
    ];
    assert_eq!(checks(&run), all_up);
    let last = last_check(&hub).await;
    assert_eq!((&last["status"], checks(&last)), (&json!("up"), all_up.to_vec()));
    assert!(last["age_seconds"].as_u64().unwrap() < 60, "{last}");
    assert!(last["at"].is_string());
    // Without a call of a model.
    let paths: Vec<String> = provider
        .requests()
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert_eq!(paths, ["/openai/v1/models"]);

    // A schedule that has stopped is seen from the age of its last run.
    let old = hub.cloud.invoke("health-check", json!({ "interval_s": 0 })).await;
    assert!(old.is_ok());
    let mut status = Value::Null;
    for _ in 0..100 {
        status = last_check(&hub).await["status"].clone();
        if status == "late" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(status, "late");
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_hangs_delays_no_other() {
    let (hangs, works) = (
        ScriptedProvider::start().await.unwrap(),
        ScriptedProvider::start().await.unwrap(),
    );
    hangs.behave([Behaviour::StallBeforeHeaders]);
    let providers = providers_json(&[("hangs", &hangs, ""), ("works", &works, "")]);
    let hub = hub_with_models(&providers, "{}").await;
    let failure = hub.check_health().await.unwrap_err();
    assert!(
        failure.contains("these do not respond: provider.hangs") && !failure.contains("works"),
        "{failure}"
    );
    // All was written before the invocation failed.
    let last = last_check(&hub).await;
    assert_eq!(last["status"], "down");
    assert_eq!(
        checks(&last)[3..],
        [
            ("provider.hangs", "timed_out", "timed_out"),
            ("provider.works", "ok", "")
        ]
    );
    let ms = |check: usize| last["checks"][check]["ms"].as_u64().unwrap();
    assert!(
        (0..3).chain([4]).all(|other| ms(other) < ms(3)),
        "the others are measured on their own: {last}"
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_provider_is_skipped_until_it_responds_again() {
    let (first, second) = (
        ScriptedProvider::start().await.unwrap(),
        ScriptedProvider::start().await.unwrap(),
    );
    for provider in [&first, &second] {
        provider.answer(ScriptedAnswer::new([
            "The lighthouse of Brannock was built in 1871. [1]",
        ]));
    }
    let providers = providers_json(&[("one", &first, ""), ("two", &second, "")]);
    let hub = hub_with_models(&providers, "{}").await;
    let ask = async || {
        // A new container reads the shared circuits.
        hub.cloud.kill("ask");
        let question = json!({ "query": QUESTION, "cache": false });
        ok(hub.post("/queries", &question).await).await
    };
    first.behave([Behaviour::Status(401)]);
    let failure = hub.check_health().await.unwrap_err();
    assert!(failure.contains("provider.one"), "{failure}");
    let health = ok(hub.get("/health").await).await;
    let open = &health["open_circuits"][0];
    assert_eq!(
        (&open["provider"], &open["reason"]),
        (&json!("one"), &json!("unauthorized"))
    );
    first.behave([Behaviour::Fine]);
    let answer = ask().await;
    assert_eq!(outcomes(&answer), [("one", "skipped"), ("two", "ok")]);
    assert_eq!(
        answer["attempts"][0]["reason"],
        "circuit open after: unauthorized"
    );

    hub.check_health().await.unwrap();
    assert_eq!(ok(hub.get("/health").await).await["open_circuits"], json!([]));
    assert_eq!(outcomes(&ask().await), [("one", "ok")]);

    // A circuit that calls have opened is not closed by a list of models: it says nothing about calls.
    first.behave_by(|request| match request.path.ends_with("/models") {
        true => Behaviour::Fine,
        false => Behaviour::Status(402),
    });
    assert_eq!(
        outcomes(&ask().await),
        [("one", "quota_exhausted"), ("two", "ok")]
    );
    hub.check_health().await.unwrap();
    assert_eq!(outcomes(&ask().await), [("one", "skipped"), ("two", "ok")]);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_without_a_list_of_models_responds() {
    let provider = ScriptedProvider::start().await.unwrap();
    let hub = hub_with_models(&providers_json(&[("work", &provider, "")]), "{}").await;
    for status in [400, 404] {
        provider.behave([Behaviour::Status(status)]);
        let run = hub.check_health().await.unwrap();
        assert_eq!(checks(&run)[3], ("provider.work", "ok", ""), "{status}");
    }
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_and_writes_that_fail_are_named() {
    let faulty = FaultyStore::start().await;
    let hub = &faulty.hub;
    let tables = "dynamodb.queries, dynamodb.knowledge, dynamodb.access";
    for (operation, failed, recorded) in [
        ("GetItem", tables, tables),
        // The run before is still the last one.
        ("PutItem", "health.record", tables),
        ("Query", "health.circuits", "health.circuits"),
    ] {
        faulty.set_fault(Fault::Operation(operation));
        let failure = hub.check_health().await.unwrap_err();
        assert!(
            failure.contains(&format!("these do not respond: {failed}")),
            "{operation}: {failure}"
        );
        faulty.set_fault(Fault::Never);
        let last = last_check(hub).await;
        let known: Vec<&str> = checks(&last)
            .into_iter()
            .filter(|(_, status, _)| *status != "ok")
            .map(|(name, ..)| name)
            .collect();
        assert_eq!(known.join(", "), recorded, "{operation}");
    }
    hub.check_health().await.unwrap();
    assert_eq!(last_check(hub).await["status"], "up");
    faulty.stop().await;
}
