//! Amazon Bedrock: chat completions as at OpenAI; embeddings and the list of models by APIs of its own.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/inference-chat-completions.html>,
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html>,
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html>.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::{
    body,
    openai::{self, Dialect},
    reply::{ReplyError, Vectors},
    request::{self, ProviderRequest, Target},
};
use crate::domain::TextUse;

/// What a part of a path keeps unencoded (RFC 3986, unreserved). Signatures encode the rest once more.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The embedding models, which have request formats of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EmbeddingModel {
    /// <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html>.
    Titan,
    /// <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed-v4.html>.
    Cohere,
}

/// Returns the family of an embedding model by its id, that of an inference profile, or an ARN with one of them.
fn family(model: &str) -> Option<EmbeddingModel> {
    if model.contains("amazon.titan-embed-text-v2") {
        Some(EmbeddingModel::Titan)
    } else if model.contains("cohere.embed") {
        Some(EmbeddingModel::Cohere)
    } else {
        None
    }
}

/// Returns the most texts that one call to an embedding model takes; `None` for a model of another family.
pub(super) fn max_texts(model: &str) -> Option<usize> {
    family(model).map(|family| match family {
        EmbeddingModel::Titan => 1,
        EmbeddingModel::Cohere => 96,
    })
}

/// Returns the name of the service in signatures of requests to this address.
pub(super) fn signing_name(base_url: &Url) -> &'static str {
    if is_mantle(base_url) {
        "bedrock-mantle"
    } else {
        "bedrock"
    }
}

/// The second endpoint of Bedrock, which has OpenAI's list of models.
fn is_mantle(base_url: &Url) -> bool {
    let host = base_url.host_str().unwrap_or_default();
    host.starts_with("bedrock-mantle.")
}

/// Creates a request to embed texts; `None` for a model of another family. Titan takes one text, the first.
pub(super) fn embed(
    dialect: Dialect,
    target: Target<'_>,
    texts: &[String],
    text_use: TextUse,
    dimensions: Option<u32>,
) -> Option<ProviderRequest> {
    let (mut request, dimensions_field) = match family(target.model)? {
        EmbeddingModel::Titan => (json!({"inputText": texts.first()?}), "dimensions"),
        EmbeddingModel::Cohere => {
            let input_type = match text_use {
                TextUse::Document => "search_document",
                TextUse::Query => "search_query",
            };
            (
                json!({"texts": texts, "input_type": input_type, "embedding_types": ["float"]}),
                "output_dimension",
            )
        }
    };
    if let Some(dimensions) = dimensions {
        request[dimensions_field] = json!(dimensions);
    }
    let model = utf8_percent_encode(target.model, UNRESERVED);
    let url = at_root(target.base_url, &format!("model/{model}/invoke"));
    Some(request::post(url, openai::key_header(dialect, target), &request))
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Embeddings {
    Titan {
        embedding: Vec<f32>,
        #[serde(default, rename = "inputTextTokenCount")]
        tokens: Value,
    },
    Cohere {
        embeddings: CohereVectors,
    },
}

/// By type if types were requested, else a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum CohereVectors {
    ByType { float: Vec<Vec<f32>> },
    List(Vec<Vec<f32>>),
}

/// Parses vectors, in the order of the texts.
pub(super) fn read_vectors(body: &[u8]) -> Result<Vectors, ReplyError> {
    match body::json(body, "a list of vectors")? {
        Embeddings::Titan { embedding, tokens } => body::vectors(vec![embedding], &tokens),
        Embeddings::Cohere {
            embeddings: CohereVectors::ByType { float: vectors } | CohereVectors::List(vectors),
        } => body::vectors(vectors, &Value::Null),
    }
}

/// Creates a request to list the models. The control plane has it, at a host of its own; any other address has both.
pub(super) fn list_models(dialect: Dialect, target: Target<'_>) -> ProviderRequest {
    if is_mantle(target.base_url) {
        return openai::list_models(dialect, target);
    }
    let mut url = at_root(target.base_url, "foundation-models");
    let control_plane = url
        .host_str()
        .filter(|host| host.starts_with("bedrock-runtime"))
        .map(|host| host.replacen("bedrock-runtime", "bedrock", 1));
    if let Some(host) = control_plane {
        // A prefix of a host is a host.
        let _ = url.set_host(Some(&host));
    }
    request::get(url, openai::key_header(dialect, target))
}

/// Parses the names of the models.
pub(super) fn read_models(body: &[u8]) -> Result<Vec<String>, ReplyError> {
    let reply = body::object(body, "a list of models")?;
    match &reply["modelSummaries"] {
        Value::Null => openai::read_models(body),
        summaries => body::names(summaries, "modelId"),
    }
}

/// Returns an address with another path, percent-encoded, below what stands before OpenAI's.
fn at_root(base_url: &Url, path: &str) -> Url {
    let mut url = base_url.clone();
    let before = base_url.path().trim_end_matches('/');
    let before = before
        .strip_suffix("/openai/v1")
        .or_else(|| before.strip_suffix("/v1"))
        .unwrap_or(before);
    url.set_path(&format!("{before}/{path}"));
    url
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llm::wire::{ApiFormat, Parameters, embed, list_models, max_texts};

    fn target<'a>(base_url: &'a Url, model: &'a str) -> Target<'a> {
        Target {
            base_url,
            key: None,
            model,
            parameters: Parameters::default(),
        }
    }

    /// The path and the body of a request to embed texts.
    fn embedding(model: &str, texts: &[&str], text_use: TextUse) -> (String, Value) {
        let base_url = Url::parse("https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1").unwrap();
        let texts: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
        let target = target(&base_url, model);
        let request = embed(ApiFormat::Bedrock, target, &texts, text_use, Some(256)).unwrap();
        (
            request.url.path().to_owned(),
            serde_json::from_slice(&request.body).unwrap(),
        )
    }

    #[test]
    fn each_embedding_model_has_its_request() {
        assert_eq!(
            embedding("amazon.titan-embed-text-v2:0", &["one"], TextUse::Query),
            (
                "/model/amazon.titan-embed-text-v2%3A0/invoke".to_owned(),
                json!({"inputText": "one", "dimensions": 256})
            )
        );
        for (text_use, input_type) in [
            (TextUse::Query, "search_query"),
            (TextUse::Document, "search_document"),
        ] {
            let profile = "arn:aws:bedrock:us-east-1:1:inference-profile/us.cohere.embed-v4:0";
            assert_eq!(
                embedding(profile, &["one", "two"], text_use),
                (
                    "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fus.cohere.embed-v4%3A0/invoke"
                        .to_owned(),
                    json!({
                        "texts": ["one", "two"],
                        "input_type": input_type,
                        "embedding_types": ["float"],
                        "output_dimension": 256,
                    })
                )
            );
        }
        assert_eq!(max_texts(ApiFormat::Bedrock, "openai.gpt-oss-20b-1:0"), None);
    }

    #[test]
    fn vectors_are_read_in_the_form_of_each_model() {
        for (body, vectors, tokens) in [
            (
                r#"{"embedding":[0.5,1],"inputTextTokenCount":3,"embeddingsByType":{"float":[0.5,1]}}"#,
                vec![vec![0.5, 1.0]],
                Some(3),
            ),
            (
                r#"{"id":"a","embeddings":{"float":[[1,2],[3,4]]},"response_type":"embeddings_by_type"}"#,
                vec![vec![1.0, 2.0], vec![3.0, 4.0]],
                None,
            ),
            (
                r#"{"embeddings":[[1,2]],"response_type":"embeddings_floats"}"#,
                vec![vec![1.0, 2.0]],
                None,
            ),
        ] {
            let read = read_vectors(body.as_bytes()).unwrap();
            assert_eq!((read.vectors, read.tokens), (vectors, tokens), "{body}");
        }
        for body in [
            r#"{"embedding":[]}"#,
            r#"{"embeddings":{"int8":[[1]]}}"#,
            r#"{"embeddings":{"float":[[1],[1,2]]}}"#,
            r#"{"message":"no"}"#,
        ] {
            assert!(read_vectors(body.as_bytes()).is_err(), "{body}");
        }
    }

    #[test]
    fn models_are_listed_by_the_control_plane_or_by_mantle() {
        for (base_url, expected) in [
            (
                "https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1",
                "https://bedrock.us-east-1.amazonaws.com/foundation-models",
            ),
            (
                "https://bedrock-runtime-fips.us-east-1.amazonaws.com/openai/v1",
                "https://bedrock-fips.us-east-1.amazonaws.com/foundation-models",
            ),
            (
                "http://127.0.0.1:4000/bedrock/openai/v1",
                "http://127.0.0.1:4000/bedrock/foundation-models",
            ),
            (
                "https://bedrock-mantle.us-east-1.api.aws/v1",
                "https://bedrock-mantle.us-east-1.api.aws/v1/models",
            ),
        ] {
            let base_url = Url::parse(base_url).unwrap();
            let request = list_models(ApiFormat::Bedrock, target(&base_url, ""));
            assert_eq!(request.url.as_str(), expected);
        }
        let summaries = br#"{"modelSummaries":[{"modelId":"a.b-1:0","modelName":"B"}]}"#;
        assert_eq!(read_models(summaries).unwrap(), ["a.b-1:0"]);
        assert_eq!(read_models(br#"{"data":[{"id":"c"}]}"#).unwrap(), ["c"]);
    }
}
