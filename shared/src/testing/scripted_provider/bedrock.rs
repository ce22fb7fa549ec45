//! The provider's side of Amazon Bedrock: the OpenAI API for chat completions, `InvokeModel` for embeddings.

use http::Method;
use serde_json::{Value, json};

use super::{
    answer::ScriptedAnswer,
    openai::OpenAi,
    protocol::{
        FAILURE_TEXT, ParsedRequest, Protocol, ScriptedFailure, StreamEvent, StreamedAnswer, dimensions,
        text_at, texts_at,
    },
    request::ReceivedRequest,
    signature,
};

/// The protocol of Bedrock.
pub(super) struct Bedrock;

impl Protocol for Bedrock {
    fn is_authorized(&self, request: &ReceivedRequest) -> bool {
        signature::is_valid(request, "bedrock") || OpenAi.is_authorized(request)
    }

    fn parse(&self, path: &str, request: &ReceivedRequest) -> Option<Result<ParsedRequest, u16>> {
        if let Some(path) = path.strip_prefix("openai/v1/") {
            return OpenAi.parse(path, request).filter(|_| path == "chat/completions");
        }
        match (&request.method, path) {
            (&Method::GET, "foundation-models") => Some(Ok(ParsedRequest::ListModels)),
            (&Method::POST, path) => {
                let model = path.strip_prefix("model/")?.strip_suffix("/invoke")?;
                Some(parse_embeddings(&model.replace("%3A", ":"), &request.body))
            }
            _ => None,
        }
    }

    fn stream(&self, model: &str, answer: &ScriptedAnswer, with_usage: bool) -> StreamedAnswer {
        OpenAi.stream(model, answer, with_usage)
    }

    fn whole(&self, model: &str, answer: &ScriptedAnswer, has_finish: bool) -> Value {
        OpenAi.whole(model, answer, has_finish)
    }

    fn vectors(&self, model: &str, vectors: &[Vec<f32>], tokens: usize) -> Value {
        match vectors {
            [vector] if is_titan(model) => json!({"embedding": vector, "inputTextTokenCount": tokens}),
            vectors => json!({"embeddings": {"float": vectors}, "response_type": "embeddings_by_type"}),
        }
    }

    fn models(&self, models: &[String]) -> Value {
        let summaries: Vec<Value> = models.iter().map(|model| json!({"modelId": model})).collect();
        json!({"modelSummaries": summaries})
    }

    fn failure(&self, failure: ScriptedFailure) -> (u16, Value) {
        match failure {
            // AWS rejects these before the API of OpenAI sees them.
            ScriptedFailure::Status(status @ (401 | 403)) => (
                status.max(403),
                json!({"message": format!("The request signature we calculated does not match. {FAILURE_TEXT}")}),
            ),
            failure => OpenAi.failure(failure),
        }
    }

    fn failure_headers(&self, failure: ScriptedFailure) -> Vec<(&'static str, String)> {
        let error_type = match failure {
            ScriptedFailure::Status(401) => "InvalidSignatureException",
            ScriptedFailure::Status(403) => "AccessDeniedException:http://internal.amazon.com/coral/",
            _ => return Vec::new(),
        };
        vec![("x-amzn-errortype", error_type.to_owned())]
    }

    fn failure_event(&self) -> StreamEvent {
        OpenAi.failure_event()
    }

    fn content_field(&self) -> &'static str {
        OpenAi.content_field()
    }
}

fn is_titan(model: &str) -> bool {
    model.starts_with("amazon.titan")
}

fn parse_embeddings(model: &str, body: &Value) -> Result<ParsedRequest, u16> {
    let (texts, requested) = if is_titan(model) {
        (vec![text_at(body, "inputText")?], &body["dimensions"])
    } else {
        let input_type = text_at(body, "input_type")?;
        if !matches!(input_type.as_str(), "search_document" | "search_query") {
            return Err(400);
        }
        (texts_at(body, "texts")?, &body["output_dimension"])
    };
    Ok(ParsedRequest::Embed {
        model: model.to_owned(),
        texts,
        dimensions: dimensions(requested),
    })
}
