//! The environment as typed settings. The only reader of the environment; every fault is reported at once.

use std::{fmt, time::Duration};

use secrecy::SecretString;
use tracing::level_filters::LevelFilter;

use crate::llm;

/// How long an answer may take where the runtime does not say.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(27);

/// What a function is told by its environment.
#[derive(Debug, Clone)]
pub struct Config {
    /// Table of queries and answers.
    pub queries_table: String,
    /// Table of documents and their index.
    pub knowledge_table: String,
    /// Table of keys, limits and provider health.
    pub access_table: String,
    /// Signs the cursors of lists. Only the functions that list have it.
    pub cursor_secret: Option<SecretString>,
    /// The model providers and how they are used. Only the functions that call models have them.
    pub llm: llm::Settings,
    /// How long an answer may take where the runtime does not say. `ANSWER_TIMEOUT_MS`.
    pub timeout: Duration,
    /// The least severe log lines of ours that are written: Lambda's own `AWS_LAMBDA_LOG_LEVEL`.
    pub log_level: LevelFilter,
    /// Whether log lines are for people instead of JSON: Lambda's own `AWS_LAMBDA_LOG_FORMAT` is `Text`.
    pub log_text: bool,
}

/// Everything that is wrong with the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError(Vec<String>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the environment is not complete: {}", self.0.join("; "))
    }
}

impl std::error::Error for ConfigError {}

/// The address of one of AWS's services, such as `DYNAMODB`, when it is not the region's own: `AWS_ENDPOINT_URL_DYNAMODB`,
/// else `AWS_ENDPOINT_URL` (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>).
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the environment"
)]
pub(crate) fn aws_endpoint(service: &str) -> Option<String> {
    let names = [
        format!("AWS_ENDPOINT_URL_{service}"),
        "AWS_ENDPOINT_URL".to_owned(),
    ];
    let mut values = names.iter().filter_map(|name| std::env::var(name).ok());
    values.find(|value| !value.is_empty())
}

impl Config {
    /// Reads the environment of the process.
    ///
    /// # Errors
    /// Names every variable that is missing or does not parse.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the environment"
    )]
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(|name| std::env::var(name).ok())
    }

    /// Reads variables from anywhere.
    ///
    /// # Errors
    /// Names every variable that is missing or does not parse.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let variable = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let mut faults = Vec::new();
        let mut required = |name: &str| {
            variable(name).unwrap_or_else(|| {
                faults.push(format!("{name} is not set"));
                String::new()
            })
        };
        let queries_table = required("QUERIES_TABLE");
        let knowledge_table = required("KNOWLEDGE_TABLE");
        let access_table = required("ACCESS_TABLE");
        let timeout = match variable("ANSWER_TIMEOUT_MS").map(|ms| ms.parse()) {
            None => DEFAULT_TIMEOUT,
            Some(Ok(ms @ 1..=900_000)) => Duration::from_millis(ms),
            Some(_) => {
                faults.push("ANSWER_TIMEOUT_MS is not a number from 1 to 900000".to_owned());
                DEFAULT_TIMEOUT
            }
        };
        let log_level = match variable("AWS_LAMBDA_LOG_LEVEL").as_deref() {
            None => LevelFilter::INFO,
            // Lambda knows one level more.
            Some("FATAL") => LevelFilter::ERROR,
            Some(level) => level.parse().unwrap_or_else(|_| {
                faults.push("AWS_LAMBDA_LOG_LEVEL is not a level".to_owned());
                LevelFilter::INFO
            }),
        };
        let llm = llm::Settings::read(&variable).unwrap_or_else(|mut wrong| {
            faults.append(&mut wrong);
            llm::Settings::default()
        });
        let config = Self {
            queries_table,
            knowledge_table,
            access_table,
            cursor_secret: variable("CURSOR_SECRET").map(SecretString::from),
            llm,
            timeout,
            log_level,
            log_text: variable("AWS_LAMBDA_LOG_FORMAT").is_some_and(|format| format == "Text"),
        };
        if faults.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError(faults))
        }
    }

    /// The secret that signs cursors.
    ///
    /// # Errors
    /// When this function was not given one.
    pub fn cursor_secret(&self) -> Result<SecretString, ConfigError> {
        self.cursor_secret
            .clone()
            .ok_or_else(|| ConfigError(vec!["CURSOR_SECRET is not set".to_owned()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_tables(name: &str) -> Option<String> {
        name.ends_with("_TABLE").then(|| name.to_lowercase())
    }

    #[test]
    fn every_fault_is_reported_at_once() {
        let error =
            Config::read(|name| (name == "ANSWER_TIMEOUT_MS").then(|| "soon".to_owned())).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the environment is not complete: QUERIES_TABLE is not set; KNOWLEDGE_TABLE is not set; \
             ACCESS_TABLE is not set; ANSWER_TIMEOUT_MS is not a number from 1 to 900000"
        );
    }

    #[test]
    fn an_empty_variable_is_not_set() {
        let empty = |name: &str| (name == "ACCESS_TABLE").then(String::new);
        let error = Config::read(|name| empty(name).or_else(|| with_tables(name))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the environment is not complete: ACCESS_TABLE is not set"
        );
    }

    #[test]
    fn levels_are_those_of_lambda() {
        let read = |level: &str| {
            let level = |name: &str| (name == "AWS_LAMBDA_LOG_LEVEL").then(|| level.to_owned());
            Config::read(|name| level(name).or_else(|| with_tables(name)))
        };
        assert_eq!(read("FATAL").unwrap().log_level, LevelFilter::ERROR);
        assert_eq!(read("DEBUG").unwrap().log_level, LevelFilter::DEBUG);
        assert!(read("loud").is_err());
    }

    #[test]
    fn a_secret_is_not_shown() {
        let secret =
            |name: &str| matches!(name, "CURSOR_SECRET" | "OPENAI_API_KEY").then(|| "7777".to_owned());
        let config = Config::read(|name| secret(name).or_else(|| with_tables(name))).unwrap();
        assert_eq!(config.llm.providers.len(), 1);
        assert!(!format!("{config:?}").contains("7777"));
    }
}
