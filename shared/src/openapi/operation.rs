//! An operation of the document: its parameters, its body and every response.

use ::http::Method;
use serde_json::{Map, Value, json};

/// Failures of every operation, from the gateway or the service.
const COMMON_FAILURES: [u16; 8] = [403, 413, 429, 431, 500, 502, 503, 504];

/// One method of one path, as an OpenAPI operation object.
pub(super) struct Operation {
    pub(super) method: String,
    pub(super) path: &'static str,
    value: Map<String, Value>,
    parameters: Vec<Value>,
    responses: Map<String, Value>,
}

impl Operation {
    /// An operation without parameters, body or successful responses. `id` names it in generated clients; `tag`
    /// groups it in the reference. A POST takes `Idempotency-Key`.
    pub(super) fn new(
        method: Method,
        path: &'static str,
        id: &str,
        tag: &str,
        summary: &str,
        description: &str,
    ) -> Self {
        let head =
            json!({ "operationId": id, "tags": [tag], "summary": summary, "description": description });
        let responses = COMMON_FAILURES.map(|status| (status.to_string(), problem(status)));
        let operation = Self {
            method: method.as_str().to_lowercase(),
            path,
            value: head.as_object().cloned().unwrap_or_default(),
            parameters: Vec::new(),
            responses: responses.into_iter().collect(),
        };
        if method == Method::POST {
            return operation.idempotent();
        }
        operation
    }

    fn idempotent(self) -> Self {
        let key = json!({ "type": "string", "pattern": crate::http::IDEMPOTENCY_KEY_PATTERN });
        let description = "A unique key that makes retries safe. For 24 hours, a request with the same key returns the \
                           response of the first one. A key whose first request is still running returns 409; a key \
                           that was used for a different request returns 422.";
        self.header("Idempotency-Key", key, description)
            .fails(&[400, 409, 422])
    }

    /// Makes the operation public: no signature is required.
    pub(super) fn public(mut self) -> Self {
        self.value.insert("security".to_owned(), json!([]));
        self
    }

    /// Adds a path parameter.
    pub(super) fn path_part(self, name: &str, schema: Value, description: &str) -> Self {
        self.parameter("path", name, schema, description)
    }

    /// Adds an optional query parameter.
    pub(super) fn query(self, name: &str, schema: Value, description: &str) -> Self {
        self.parameter("query", name, schema, description).fails(&[400])
    }

    /// Adds an optional request header.
    pub(super) fn header(self, name: &str, schema: Value, description: &str) -> Self {
        self.parameter("header", name, schema, description)
    }

    fn parameter(mut self, place: &str, name: &str, schema: Value, description: &str) -> Self {
        self.parameters.push(json!({
            "name": name, "in": place, "required": place == "path", "description": description, "schema": schema,
        }));
        self
    }

    /// Sets a required JSON body with its example.
    pub(super) fn json_body(self, schema: Value, example: &str) -> Self {
        self.body(
            true,
            json!({ "application/json": { "schema": schema, "example": parsed(example) } }),
        )
        .fails(&[400, 415, 422])
    }

    /// Sets an optional JSON body.
    pub(super) fn optional_json_body(self, schema: Value) -> Self {
        self.body(
            false,
            json!({ "application/json": { "schema": schema, "example": {} } }),
        )
        .fails(&[400, 415, 422])
    }

    /// Sets the body; `content` has a schema for each media type.
    pub(super) fn body(mut self, required: bool, content: Value) -> Self {
        let body = json!({ "required": required, "content": content });
        self.value.insert("requestBody".to_owned(), body);
        self
    }

    /// Adds a successful response.
    pub(super) fn responds(mut self, response: SuccessResponse) -> Self {
        let mut value = response.value;
        if self.method == "post" {
            let replayed = json!({ "$ref": "#/components/headers/Idempotency-Replayed" });
            value["headers"]["Idempotency-Replayed"] = replayed;
        }
        self.responses.insert(response.status.to_string(), value);
        self
    }

    /// Adds problem responses with these statuses.
    pub(super) fn fails(mut self, statuses: &[u16]) -> Self {
        for &status in statuses {
            self.responses.insert(status.to_string(), problem(status));
        }
        self
    }

    /// The operation object.
    pub(super) fn value(mut self) -> Value {
        self.responses.sort_keys();
        if !self.parameters.is_empty() {
            self.value.insert("parameters".to_owned(), self.parameters.into());
        }
        self.value.insert("responses".to_owned(), self.responses.into());
        self.value.into()
    }
}

/// A reference to the problem response of a status.
fn problem(status: u16) -> Value {
    json!({ "$ref": format!("#/components/responses/Problem{status}") })
}

/// An example file as JSON. A test checks that every example is valid.
fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// A response object that is not a problem.
pub(super) struct SuccessResponse {
    status: u16,
    value: Value,
}

impl SuccessResponse {
    /// A response without a body.
    pub(super) fn new(status: u16, description: &str) -> Self {
        let id = json!({ "$ref": "#/components/headers/X-Request-Id" });
        Self {
            status,
            value: json!({ "description": description, "headers": { "X-Request-Id": id } }),
        }
    }

    /// 200 with a JSON body.
    pub(super) fn ok(description: &str, schema: Value, example: &str) -> Self {
        Self::new(200, description).json(schema, example)
    }

    /// Adds a JSON body with its example.
    pub(super) fn json(mut self, schema: Value, example: &str) -> Self {
        self.value["content"]["application/json"] = json!({ "schema": schema, "example": parsed(example) });
        self
    }

    /// Adds a body of another media type.
    pub(super) fn content(mut self, media_type: &str, schema: Value) -> Self {
        self.value["content"][media_type] = json!({ "schema": schema });
        self
    }

    /// Adds a header of `components/headers`.
    pub(super) fn header(mut self, name: &str) -> Self {
        self.value["headers"][name] = json!({ "$ref": format!("#/components/headers/{name}") });
        self
    }

    /// Links to operations that take a value of this response as `parameter`; `from` is a runtime expression.
    pub(super) fn links(mut self, operations: &[&str], parameter: &str, from: &str) -> Self {
        for &operation in operations {
            self.value["links"][operation] =
                json!({ "operationId": operation, "parameters": { parameter: from } });
        }
        self
    }
}

/// The text of an example file, which the integration tests generate from the real functions
/// (`tests/it/openapi/examples.rs`).
macro_rules! example {
    ($name:literal) => {
        include_str!(concat!("examples/", $name, ".json"))
    };
}
pub(super) use example;
