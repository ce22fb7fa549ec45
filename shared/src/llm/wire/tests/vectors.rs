//! Replies with embeddings and with lists of models.

use super::super::{ApiFormat, ReplyError, read_models, read_vectors};

const VALID: [(ApiFormat, &str, Option<u64>); 3] = [
    (
        ApiFormat::Openai,
        r#"{"object":"list","data":[{"object":"embedding","index":1,"embedding":[0.5,-1]},{"object":"embedding","index":0,"embedding":[1.0,2]}],"model":"text-embedding-3-small","usage":{"prompt_tokens":8,"total_tokens":8}}"#,
        Some(8),
    ),
    (
        ApiFormat::Gemini,
        r#"{"embeddings":[{"values":[1,2]},{"values":[0.5,-1]}]}"#,
        None,
    ),
    (
        ApiFormat::Ollama,
        r#"{"model":"all-minilm","embeddings":[[1,2],[0.5,-1]],"total_duration":14143917,"load_duration":1019500,"prompt_eval_count":8}"#,
        Some(8),
    ),
];

#[test]
fn vectors_are_in_the_order_of_the_texts() {
    for (kind, body, tokens) in VALID {
        let read = read_vectors(kind, body.as_bytes()).unwrap();
        assert_eq!(read.vectors, [[1.0, 2.0], [0.5, -1.0]], "{kind:?}");
        assert_eq!(read.tokens, tokens, "{kind:?}");
    }
}

#[test]
fn vectors_without_an_index_keep_their_order() {
    let body = br#"{"data":[{"embedding":[2]},{"embedding":[1]}],"usage":{"prompt_tokens":"many"}}"#;
    let read = read_vectors(ApiFormat::OpenaiCompatible, body).unwrap();
    assert_eq!((read.vectors, read.tokens), (vec![vec![2.0], vec![1.0]], None));
}

#[test]
fn vectors_that_cannot_be_compared_are_malformed() {
    let lists = [
        "[]",
        "[[]]",
        "[[1],[]]",
        "[[1,2],[1]]",
        "[[1e39]]",
        "[[-1e300]]",
        "[[null]]",
        "[[\"1\"]]",
        "[1]",
        "null",
    ];
    for list in lists {
        let data: serde_json::Value = serde_json::from_str(list).unwrap();
        let each = |field: &str| match &data {
            serde_json::Value::Array(vectors) => vectors
                .iter()
                .map(|one| serde_json::json!({ field: one }))
                .collect(),
            other => other.clone(),
        };
        for (kind, body) in [
            (ApiFormat::Openai, serde_json::json!({"data": each("embedding")})),
            (
                ApiFormat::Gemini,
                serde_json::json!({"embeddings": each("values")}),
            ),
            (ApiFormat::Ollama, serde_json::json!({"embeddings": data})),
        ] {
            let read = read_vectors(kind, body.to_string().as_bytes());
            assert!(matches!(read, Err(ReplyError::Malformed(_))), "{kind:?} {list}");
        }
    }
}

#[test]
fn vectors_with_wrong_indexes_are_malformed() {
    for indexes in [["0", "0"], ["1", "2"], ["0", "null"], ["-1", "0"], ["0", "1e3"]] {
        let [first, second] = indexes;
        let body = format!(
            r#"{{"data":[{{"index":{first},"embedding":[1]}},{{"index":{second},"embedding":[2]}}]}}"#
        );
        let read = read_vectors(ApiFormat::Openai, body.as_bytes());
        assert!(matches!(read, Err(ReplyError::Malformed(_))), "{indexes:?}");
    }
}

#[test]
fn anthropic_has_no_vectors() {
    assert!(read_vectors(ApiFormat::Anthropic, VALID[0].1.as_bytes()).is_err());
}

#[test]
fn models_are_listed_by_their_names() {
    let openai = r#"{"object":"list","data":[{"id":"gpt-5.4","object":"model"},{"object":"model"},{"id":"gpt-5.4-mini"}]}"#;
    let anthropic = r#"{"data":[{"type":"model","id":"claude-opus-4-6"},{"type":"model","id":"claude-haiku-4-5"}],"has_more":false}"#;
    let gemini =
        r#"{"models":[{"name":"models/gemini-3.5-flash","version":"001"},{"name":"tunedModels/mine"}]}"#;
    let ollama = r#"{"models":[{"name":"llama3.2:latest","model":"llama3.2:latest","size":1}]}"#;
    for (kind, body, names) in [
        (ApiFormat::Openai, openai, &["gpt-5.4", "gpt-5.4-mini"][..]),
        (
            ApiFormat::Anthropic,
            anthropic,
            &["claude-opus-4-6", "claude-haiku-4-5"],
        ),
        (
            ApiFormat::Gemini,
            gemini,
            &["gemini-3.5-flash", "tunedModels/mine"],
        ),
        (ApiFormat::Ollama, ollama, &["llama3.2:latest"]),
        (ApiFormat::Ollama, r#"{"models":[]}"#, &[]),
    ] {
        assert_eq!(read_models(kind, body.as_bytes()).unwrap(), names, "{kind:?}");
    }
}

#[test]
fn a_list_of_models_of_another_shape_is_malformed() {
    for kind in ApiFormat::ALL {
        for body in ["", "[]", "{}", "<html>", r#"{"data":{}}"#, r#"{"models":"x"}"#] {
            assert!(
                matches!(read_models(kind, body.as_bytes()), Err(ReplyError::Malformed(_))),
                "{kind:?} {body}"
            );
        }
    }
}
