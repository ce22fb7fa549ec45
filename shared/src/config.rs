//! Typed configuration from environment variables. No other module reads the environment.
//!
//! All missing and malformed variables are reported in one error.

use std::{fmt, time::Duration};

use secrecy::SecretString;
use tracing::level_filters::LevelFilter;

use crate::{llm, telemetry::LogSettings, web_search::WebSettings};

/// The answer timeout when the Lambda runtime reports no deadline.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(27);

/// The configuration of a function.
#[derive(Debug, Clone)]
pub struct Config {
    /// The DynamoDB table of queries and answers. `QUERIES_TABLE`.
    pub queries_table: String,
    /// The DynamoDB table of documents and their index. `KNOWLEDGE_TABLE`.
    pub knowledge_table: String,
    /// The DynamoDB table of idempotency keys, spend and provider health. `ACCESS_TABLE`.
    pub access_table: String,
    /// The secret that signs pagination cursors; only list functions have one. `CURSOR_SECRET`.
    pub cursor_secret: Option<SecretString>,
    /// The model providers, routing and spending caps; empty in functions that call no model.
    pub llm: llm::Settings,
    /// The time for an answer, or for an accepted document, when the Lambda runtime reports no deadline or a later one.
    /// `ANSWER_TIMEOUT_MS`, 1 to 900,000.
    pub timeout: Duration,
    /// Which addresses are fetched.
    pub fetch: FetchSettings,
    /// Web search; `None` in functions that do not search it, and where it is not configured.
    pub web: Option<WebSettings>,
    /// The log level and format: Lambda's own `AWS_LAMBDA_LOG_LEVEL` and `AWS_LAMBDA_LOG_FORMAT`. The metrics in the log:
    /// `METRICS_NAMESPACE`, by Lambda's `AWS_LAMBDA_FUNCTION_NAME`.
    pub log: LogSettings,
}

/// Which addresses are fetched for documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchSettings {
    /// The ports that are called. `FETCH_PORTS`, separated by commas; 80 and 443 if unset.
    pub ports: Vec<u16>,
    /// Whether addresses of private networks and of this machine are called, on every port. `FETCH_INTRANET`, `true` or `false`.
    pub intranet: bool,
}

impl FetchSettings {
    fn read(variable: impl Fn(&str) -> Option<String>, faults: &mut Vec<String>) -> Self {
        let ports = variable("FETCH_PORTS").map_or(Ok(vec![80, 443]), |list| {
            list.split(',').map(|port| port.trim().parse()).collect()
        });
        let intranet = variable("FETCH_INTRANET").map_or(Ok(false), |is_on| is_on.trim().parse());
        if ports.is_err() {
            faults.push("FETCH_PORTS is not a list of ports".to_owned());
        }
        if intranet.is_err() {
            faults.push("FETCH_INTRANET is neither true nor false".to_owned());
        }
        Self {
            ports: ports.unwrap_or_default(),
            intranet: intranet.unwrap_or(false),
        }
    }
}

/// All missing and malformed environment variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError(Vec<String>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the environment is not complete: {}", self.0.join("; "))
    }
}

impl std::error::Error for ConfigError {}

impl ConfigError {
    /// The list of providers is in this parameter, which cannot be read.
    pub(crate) fn unreadable_providers(parameter: &str, reason: &dyn fmt::Display) -> Self {
        Self(vec![format!("{PROVIDERS_PARAMETER}: {parameter}: {reason}")])
    }
}

/// The variable with the name of the parameter that holds the list of providers.
const PROVIDERS_PARAMETER: &str = "LLM_PROVIDERS_PARAMETER";

/// The name of the Parameter Store parameter that holds the list of providers; `None` if `LLM_PROVIDERS` is set, or neither.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the environment"
)]
pub(crate) fn providers_parameter() -> Option<String> {
    let variable = |name| {
        std::env::var(name)
            .ok()
            .filter(|value: &String| !value.trim().is_empty())
    };
    match variable("LLM_PROVIDERS") {
        Some(_) => None,
        None => variable(PROVIDERS_PARAMETER),
    }
}

/// The endpoint override of an AWS service, such as `DYNAMODB`: `AWS_ENDPOINT_URL_DYNAMODB`, else `AWS_ENDPOINT_URL`
/// (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>). `None` for the regional endpoint.
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
    /// Reads the configuration from the environment of the process.
    ///
    /// # Errors
    /// Lists every variable that is missing or malformed.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the environment"
    )]
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(|name| std::env::var(name).ok())
    }

    /// Reads the configuration as [`Config::from_env`] does, with this list of providers.
    ///
    /// # Errors
    /// Lists every variable that is missing or malformed.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the environment"
    )]
    pub fn from_env_with_providers(list: &str) -> Result<Self, ConfigError> {
        Self::read(|name| match name {
            "LLM_PROVIDERS" => Some(list.to_owned()),
            name => std::env::var(name).ok(),
        })
    }

    /// Reads the configuration with `variable` as the lookup. An empty value counts as unset.
    ///
    /// # Errors
    /// Lists every variable that is missing or malformed.
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
            // Lambda has one more level than `tracing`.
            Some("FATAL") => LevelFilter::ERROR,
            Some(level) => level.parse().unwrap_or_else(|_| {
                faults.push("AWS_LAMBDA_LOG_LEVEL is not a level".to_owned());
                LevelFilter::INFO
            }),
        };
        let llm = llm::Settings::read(&variable).unwrap_or_else(|mut llm_faults| {
            faults.append(&mut llm_faults);
            llm::Settings::default()
        });
        let config = Self {
            queries_table,
            knowledge_table,
            access_table,
            cursor_secret: variable("CURSOR_SECRET").map(SecretString::from),
            llm,
            timeout,
            web: WebSettings::read(&variable, &mut faults),
            fetch: FetchSettings::read(variable, &mut faults),
            log: LogSettings {
                level: log_level,
                is_text: variable("AWS_LAMBDA_LOG_FORMAT").is_some_and(|format| format == "Text"),
                metrics_namespace: variable("METRICS_NAMESPACE"),
                function: variable("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default(),
            },
        };
        if faults.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError(faults))
        }
    }

    /// Returns the secret that signs pagination cursors.
    ///
    /// # Errors
    /// When `CURSOR_SECRET` is not set.
    pub fn cursor_secret(&self) -> Result<SecretString, ConfigError> {
        self.cursor_secret
            .clone()
            .ok_or_else(|| ConfigError(vec!["CURSOR_SECRET is not set".to_owned()]))
    }
}

impl From<&Config> for LogSettings {
    fn from(config: &Config) -> Self {
        config.log.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_tables(name: &str) -> Option<String> {
        name.ends_with("_TABLE").then(|| name.to_lowercase())
    }

    #[test]
    fn all_faults_are_reported_at_once() {
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
    fn ports_and_intranet_are_read() {
        let read = |ports: &str, intranet: &str| {
            Config::read(|name| match name {
                "FETCH_PORTS" => Some(ports.to_owned()),
                "FETCH_INTRANET" => Some(intranet.to_owned()),
                name => with_tables(name),
            })
        };
        let fetch = read("", "").unwrap().fetch;
        assert_eq!((fetch.ports, fetch.intranet), (vec![80, 443], false));
        let fetch = read("443, 8443", "true").unwrap().fetch;
        assert_eq!((fetch.ports, fetch.intranet), (vec![443, 8443], true));
        let error = read("https", "yes").unwrap_err().to_string();
        assert!(
            error.contains("FETCH_PORTS is not") && error.contains("FETCH_INTRANET is neither"),
            "{error}"
        );
    }

    #[test]
    fn log_levels_are_those_of_lambda() {
        let read = |level: &str| {
            let level = |name: &str| (name == "AWS_LAMBDA_LOG_LEVEL").then(|| level.to_owned());
            Config::read(|name| level(name).or_else(|| with_tables(name)))
        };
        assert_eq!(read("FATAL").unwrap().log.level, LevelFilter::ERROR);
        assert_eq!(read("DEBUG").unwrap().log.level, LevelFilter::DEBUG);
        assert!(read("loud").is_err());
    }

    #[test]
    fn a_secret_is_not_in_the_debug_output() {
        let secret =
            |name: &str| matches!(name, "CURSOR_SECRET" | "OPENAI_API_KEY").then(|| "7777".to_owned());
        let config = Config::read(|name| secret(name).or_else(|| with_tables(name))).unwrap();
        assert_eq!(config.llm.providers.len(), 1);
        assert!(!format!("{config:?}").contains("7777"));
    }
}
