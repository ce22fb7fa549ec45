//! Errors of the template parser, with the path of the faulty value.

use serde_json::Value as Json;

/// A value in the template that is invalid or unsupported.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("template.yaml: {path}: {problem}")]
pub struct TemplateError {
    /// The path of the value, for example `Resources.Ask.Properties.Timeout`.
    pub path: String,
    /// What is wrong with it.
    pub problem: String,
}

impl TemplateError {
    pub(super) fn new(path: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            problem: problem.into(),
        }
    }
}

/// Deserializes a resolved part of the template. The error carries the path inside that part.
pub(super) fn deserialize<T: serde::de::DeserializeOwned>(
    value: Json,
    path: &str,
) -> Result<T, TemplateError> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let inner = error.path().to_string();
        let path = if inner == "." {
            path.to_owned()
        } else {
            format!("{path}.{inner}")
        };
        TemplateError::new(path, error.into_inner().to_string())
    })
}
