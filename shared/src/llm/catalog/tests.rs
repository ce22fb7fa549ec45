//! Tests of the catalog's two sources.

use std::time::Duration;

use super::{environment::ollama_address, *};
use crate::llm::budget::Price;

fn no_variables(_: &str) -> Option<String> {
    None
}

fn parse_error(json: &str) -> String {
    parse(json, &no_variables).unwrap_err().to_string()
}

#[test]
fn a_list_with_every_setting_is_parsed() {
    let json = r#"[
        {"kind": "llamacpp", "models": ["smol"]},
        {"name": "work", "kind": "azure", "base_url": "https://x.openai.azure.com/openai/v1", "key": "ssm:/attest/keys#azure",
         "models": [{"name": "gpt", "context_tokens": 1000, "max_output_tokens": 50, "input_usd_per_million": 1,
                     "output_usd_per_million": 2.5, "json": false, "temperature": false, "quality": 90}],
         "embedding": {"model": "e", "dimensions": 256, "input_usd_per_million": 0.02},
         "timeouts": {"first_token_ms": 100}, "stream": false}
    ]"#;
    let providers = parse(json, &no_variables).unwrap();
    assert_eq!(
        (providers[0].name.as_str(), providers[0].tier),
        ("llamacpp", Tier::Local)
    );
    assert_eq!(providers[0].models[0].price, Some(Price::FREE));
    assert_eq!(providers[1].tier, Tier::Paid);
    assert_eq!(providers[1].timeouts.first_token, Duration::from_millis(100));
    assert!(
        matches!(&providers[1].key, Key::Parameter { name, field: Some(field) } if name == "/attest/keys" && field == "azure")
    );
}

#[test]
fn each_error_names_its_place() {
    for (json, expected) in [
        ("[{", "is not JSON (line 1, column 2)"),
        ("{}", "has the wrong type, not a sequence at line 1 column 0"),
        (r#"[{"kind": "opanai"}]"#, "unknown variant `opanai`"),
        (
            r#"[{"kind": "openai", "models": [{"name": "m", "quality": "high"}]}]"#,
            "has the wrong type, not u8 at line 1 column 62",
        ),
        (
            r#"[{"kind": "openai", "models": [7]}]"#,
            "not a name or an object with a name at line 1 column 32",
        ),
        (r#"[{"kind": "openai", "modles": []}]"#, "unknown field `modles`"),
        (r#"[{"kind": "openai"}]"#, "provider `openai`: it has no models"),
        (r#"[{"kind": "azure", "models": ["m"]}]"#, "base_url is missing"),
        (r#"[{"kind": "bedrock", "models": ["m"]}]"#, "set `region`"),
        (
            r#"[{"kind": "bedrock", "region": "us-east-1", "models": ["m"]}]"#,
            "the variable AWS_ACCESS_KEY_ID is not set",
        ),
        (
            r#"[{"kind": "openai", "region": "us-east-1", "models": ["m"]}]"#,
            "only providers of kind bedrock have a region",
        ),
        (
            r#"[{"kind": "anthropic", "embedding": {"model": "e"}}]"#,
            "has no embedding models",
        ),
        (
            r#"[{"kind": "openai", "base_url": "ftp://x", "models": ["m"]}]"#,
            "base_url is not an http",
        ),
        (
            r#"[{"kind": "openai", "base_url": "https://u:p@x", "models": ["m"]}]"#,
            "base_url is not an http",
        ),
        (
            r#"[{"kind": "openai", "key": "sk-123", "models": ["m"]}]"#,
            "key is none of",
        ),
        (
            r#"[{"kind": "openai", "key": "env:NO", "models": ["m"]}]"#,
            "the variable NO that should hold its key is not set",
        ),
        (
            r#"[{"kind": "openai", "models": [{"name": "m", "input_usd_per_million": 1}]}]"#,
            "both prices or none",
        ),
        (
            r#"[{"kind": "openai", "models": ["m"], "timeouts": {"total_ms": 0}}]"#,
            "a timeout is 1 to",
        ),
        (
            r#"[{"kind": "vllm", "models": ["m"]}, {"kind": "vllm", "models": ["n"]}]"#,
            "two providers",
        ),
        (
            r#"[{"name": "auto", "kind": "vllm", "models": ["m"]}]"#,
            "this name is reserved",
        ),
    ] {
        assert!(
            parse_error(json).contains(expected),
            "{json}: {}",
            parse_error(json)
        );
    }
}

#[test]
fn a_server_without_a_domain_is_local() {
    let tier = |url: &str| {
        let list = format!(r#"[{{"kind": "vllm", "base_url": "{url}", "models": ["m"]}}]"#);
        parse(&list, &no_variables).unwrap()[0].tier
    };
    assert_eq!(tier("http://vllm:8000"), Tier::Local);
    assert_eq!(tier("https://vllm.example"), Tier::Paid);
}

#[test]
fn a_misplaced_key_is_not_in_the_error() {
    assert!(!parse_error(r#"[{"kind": "openai", "key": "sk-123", "models": ["m"]}]"#).contains("sk-123"));
    assert!(!parse_error(r#"[{"kind": "openai", "models": ["m"], "stream": "sk-123"}]"#).contains("sk-123"));
}

#[test]
fn an_api_key_alone_enables_its_provider() {
    let keys = |name: &str| match name {
        "OPENAI_API_KEY" => Some("sk-123".to_owned()),
        "OLLAMA_HOST" => Some("0.0.0.0:9999".to_owned()),
        "OLLAMA_MODEL" => Some("qwen".to_owned()),
        _ => None,
    };
    let providers = from_environment(&keys).unwrap();
    let found: Vec<_> = providers
        .iter()
        .map(|p| (p.name.as_str(), p.base_url.as_str(), p.models[0].name.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("ollama", "http://127.0.0.1:9999/", "qwen"),
            ("openai", "https://api.openai.com/v1", "gpt-6-luna")
        ]
    );
    assert!(!format!("{providers:?}").contains("sk-123"));
    assert_eq!(ollama_address("box"), "http://box:11434/");
    assert_eq!(ollama_address("https://box"), "https://box/");
}
