//! One operation of the document: what is sent, and everything that may come back.

use ::http::Method;
use serde_json::{Map, Value, json};

/// What any request may be answered with, whatever it asks for: by the gateway in front, or because something failed.
const ANY_TIME: [u16; 7] = [403, 413, 429, 500, 502, 503, 504];

/// One method of one path.
pub(super) struct Operation {
    pub(super) method: String,
    pub(super) path: &'static str,
    value: Map<String, Value>,
    parameters: Vec<Value>,
    responses: Map<String, Value>,
}

impl Operation {
    /// Under `id`, which clients are generated from. The tag is the part of the reference that shows it.
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
        let responses = ANY_TIME.map(|status| (status.to_string(), problem(status)));
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
        let what = "Carries the request out once, however often it is sent: for a day a repetition has the same \
                    response. While the first is running it is 409; with another request it is 422.";
        self.header("Idempotency-Key", key, what).fails(&[400, 409, 422])
    }

    /// Asks nobody for a signature.
    pub(super) fn open(mut self) -> Self {
        self.value.insert("security".to_owned(), json!([]));
        self
    }

    /// A part of the path.
    pub(super) fn path_part(self, name: &str, schema: Value, description: &str) -> Self {
        self.parameter("path", name, schema, description)
    }

    /// A parameter of the query string, which may be left out.
    pub(super) fn query(self, name: &str, schema: Value, description: &str) -> Self {
        self.parameter("query", name, schema, description).fails(&[400])
    }

    /// A header, which may be left out.
    pub(super) fn header(self, name: &str, schema: Value, description: &str) -> Self {
        self.parameter("header", name, schema, description)
    }

    fn parameter(mut self, place: &str, name: &str, schema: Value, description: &str) -> Self {
        self.parameters.push(json!({
            "name": name, "in": place, "required": place == "path", "description": description, "schema": schema,
        }));
        self
    }

    /// A body of JSON, with an example of it.
    pub(super) fn takes(self, schema: Value, example: &str) -> Self {
        self.body(
            true,
            json!({ "application/json": { "schema": schema, "example": parsed(example) } }),
        )
        .fails(&[400, 415, 422])
    }

    /// A body of JSON that may be left out.
    pub(super) fn may_take(self, schema: Value) -> Self {
        self.body(
            false,
            json!({ "application/json": { "schema": schema, "example": {} } }),
        )
        .fails(&[400, 415, 422])
    }

    /// Bodies by their media types.
    pub(super) fn body(mut self, required: bool, content: Value) -> Self {
        let body = json!({ "required": required, "content": content });
        self.value.insert("requestBody".to_owned(), body);
        self
    }

    /// What it is answered with.
    pub(super) fn answers(mut self, reply: Reply) -> Self {
        let mut value = reply.value;
        if self.method == "post" {
            let replayed = json!({ "$ref": "#/components/headers/Idempotency-Replayed" });
            value["headers"]["Idempotency-Replayed"] = replayed;
        }
        self.responses.insert(reply.status.to_string(), value);
        self
    }

    /// Problems that it can be answered with.
    pub(super) fn fails(mut self, statuses: &[u16]) -> Self {
        for &status in statuses {
            self.responses.insert(status.to_string(), problem(status));
        }
        self
    }

    /// As the document has it.
    pub(super) fn value(mut self) -> Value {
        self.responses.sort_keys();
        if !self.parameters.is_empty() {
            self.value.insert("parameters".to_owned(), self.parameters.into());
        }
        self.value.insert("responses".to_owned(), self.responses.into());
        self.value.into()
    }
}

/// A problem of this status, by reference.
fn problem(status: u16) -> Value {
    json!({ "$ref": format!("#/components/responses/Problem{status}") })
}

/// JSON that stands in this crate, which a test reads all of.
fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// A response that is no problem.
pub(super) struct Reply {
    status: u16,
    value: Value,
}

impl Reply {
    pub(super) fn new(status: u16, description: &str) -> Self {
        let id = json!({ "$ref": "#/components/headers/X-Request-Id" });
        Self {
            status,
            value: json!({ "description": description, "headers": { "X-Request-Id": id } }),
        }
    }

    /// 200 with JSON.
    pub(super) fn ok(description: &str, schema: Value, example: &str) -> Self {
        Self::new(200, description).json(schema, example)
    }

    /// A body of JSON, with an example of it.
    pub(super) fn json(mut self, schema: Value, example: &str) -> Self {
        self.value["content"]["application/json"] = json!({ "schema": schema, "example": parsed(example) });
        self
    }

    /// Another body.
    pub(super) fn content(mut self, media_type: &str, schema: Value) -> Self {
        self.value["content"][media_type] = json!({ "schema": schema });
        self
    }

    /// A header of `components/headers`.
    pub(super) fn header(mut self, name: &str) -> Self {
        self.value["headers"][name] = json!({ "$ref": format!("#/components/headers/{name}") });
        self
    }

    /// Operations that take something of this response as `parameter`.
    pub(super) fn leads_to(mut self, operations: &[&str], parameter: &str, from: &str) -> Self {
        for &operation in operations {
            self.value["links"][operation] =
                json!({ "operationId": operation, "parameters": { parameter: from } });
        }
        self
    }
}

/// An example that the integration tests have made with the real functions (`tests/it/openapi/examples.rs`).
macro_rules! example {
    ($name:literal) => {
        include_str!(concat!("examples/", $name, ".json"))
    };
}
pub(super) use example;
