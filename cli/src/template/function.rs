//! Functions of the template (`AWS::Serverless::Function`).

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value as Json};
use serde_norway::Value as Yaml;

use super::error::{TemplateError, deserialize};
use super::intrinsics::{Resolver, text};

/// The properties that the local cloud reads, of a function and of `Globals.Function`.
pub(super) const KEYS: &[&str] = &["Timeout", "MemorySize", "Environment", "Events", "LoggingConfig"];

/// A Lambda function of the template.
#[derive(Clone, Debug)]
pub struct Function {
    /// The resource's logical id, for example `ListQueries`.
    pub logical_id: String,
    /// The name of the binary and of its package, for example `list-queries`.
    pub binary: String,
    /// The maximum duration of an invocation.
    pub timeout: Duration,
    /// The configured memory in MiB. The function sees it in its environment; the local cloud does not enforce it.
    pub memory_mb: u64,
    /// The environment variables, the function's own merged over the globals.
    pub environment: BTreeMap<String, String>,
    /// The REST API routes that invoke it.
    pub routes: Vec<Route>,
    /// The schedules that invoke it.
    pub schedules: Vec<Schedule>,
    /// The table streams that invoke it.
    pub triggers: Vec<Trigger>,
}

/// A route of the REST API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The HTTP method in upper case, or `ANY`.
    pub method: String,
    /// The path in API Gateway's syntax, for example `/queries/{id}`.
    pub path: String,
    /// How API Gateway transfers the function's responses.
    pub response_mode: ResponseMode,
}

/// A scheduled invocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The schedule expression, for example `rate(1 day)`.
    pub expression: String,
    /// The event to send instead of `EventBridge`'s default one.
    pub input: Option<Json>,
}

/// An event source mapping: a table's stream that invokes a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// The table's local name.
    pub table: String,
    /// Filter patterns. A record is delivered when one of them matches, or when the list is empty.
    pub patterns: Vec<Json>,
    /// The maximum number of concurrent batches (`ParallelizationFactor`).
    pub parallelization_factor: usize,
    /// The maximum number of retries of a failed batch (`MaximumRetryAttempts`).
    pub max_retries: u32,
}

/// API Gateway's transfer mode of a route's responses (`ResponseTransferMode`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseMode {
    /// `BUFFERED`: the complete response, once the function returns it.
    Buffered,
    /// `RESPONSE_STREAM`: each part as the function writes it.
    Streaming,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Properties {
    #[serde(default = "default_timeout_s")]
    timeout: u64,
    #[serde(default = "default_memory_mb")]
    memory_size: u64,
    #[serde(default)]
    environment: Environment,
    #[serde(default)]
    events: serde_json::Map<String, Json>,
    logging_config: Option<LoggingConfig>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Environment {
    #[serde(default)]
    variables: HashMap<String, Json>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct LoggingConfig {
    log_format: Option<String>,
    application_log_level: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ApiEvent {
    method: String,
    path: String,
    response_transfer_mode: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ScheduleEvent {
    #[serde(alias = "ScheduleExpression")]
    schedule: String,
    input: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StreamEvent {
    stream: String,
    batch_size: u32,
    maximum_retry_attempts: u32,
    #[serde(default = "one")]
    parallelization_factor: usize,
    #[serde(default)]
    filter_criteria: FilterCriteria,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FilterCriteria {
    filters: Vec<Filter>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Filter {
    pattern: String,
}

fn one() -> usize {
    1
}

/// Lambda's default timeout.
fn default_timeout_s() -> u64 {
    3
}

/// Lambda's default memory size.
fn default_memory_mb() -> u64 {
    128
}

/// Reads a function resource. `globals` is the resolved `Globals.Function`.
pub(super) fn read(
    resolver: &Resolver<'_>,
    logical_id: &str,
    resource: &Yaml,
    globals: &Map<String, Json>,
    path: &str,
) -> Result<Function, TemplateError> {
    let path = format!("{path}.Properties");
    let own = resolver.pick(&resource["Properties"], &path, KEYS)?;
    let merged = merge(Json::Object(globals.clone()), own);
    let properties: Properties = deserialize(merged, &path)?;

    let binary = resource["Metadata"]["BuildProperties"]["Binary"].as_str();
    let mut function = Function {
        logical_id: logical_id.to_owned(),
        binary: binary.map_or_else(|| kebab_case(logical_id), str::to_owned),
        timeout: Duration::from_secs(properties.timeout),
        memory_mb: properties.memory_size,
        environment: BTreeMap::new(),
        routes: Vec::new(),
        schedules: Vec::new(),
        triggers: Vec::new(),
    };
    let mut variables: Vec<(String, String)> = properties
        .environment
        .variables
        .iter()
        .map(|(name, value)| (name.clone(), text(value)))
        .collect();
    // Lambda passes its logging configuration to functions in these variables.
    if let Some(logging) = properties.logging_config {
        variables.extend(
            logging
                .log_format
                .map(|format| ("AWS_LAMBDA_LOG_FORMAT".into(), format)),
        );
        variables.extend(
            logging
                .application_log_level
                .map(|level| ("AWS_LAMBDA_LOG_LEVEL".into(), level)),
        );
    }
    function.environment = variables.into_iter().collect();
    for (name, event) in properties.events {
        read_event(resolver, &mut function, event, &format!("{path}.Events.{name}"))?;
    }
    Ok(function)
}

fn read_event(
    resolver: &Resolver<'_>,
    function: &mut Function,
    event: Json,
    path: &str,
) -> Result<(), TemplateError> {
    let kind = event["Type"].as_str().unwrap_or_default();
    let properties = event["Properties"].clone();
    let path = format!("{path}.Properties");
    match kind {
        "Api" => {
            let api: ApiEvent = deserialize(properties, &path)?;
            if !api.path.starts_with('/') {
                return Err(TemplateError::new(format!("{path}.Path"), "must begin with `/`"));
            }
            let response_mode = match api.response_transfer_mode.as_deref() {
                None | Some("BUFFERED") => ResponseMode::Buffered,
                Some("RESPONSE_STREAM") => ResponseMode::Streaming,
                Some(other) => {
                    let problem = format!("{other} is neither BUFFERED nor RESPONSE_STREAM");
                    return Err(TemplateError::new(
                        format!("{path}.ResponseTransferMode"),
                        problem,
                    ));
                }
            };
            function.routes.push(Route {
                method: api.method.to_uppercase(),
                path: api.path,
                response_mode,
            });
        }
        "Schedule" | "ScheduleV2" => {
            let schedule: ScheduleEvent = deserialize(properties, &path)?;
            let input = schedule
                .input
                .map(|input| serde_json::from_str(&input))
                .transpose();
            let input =
                input.map_err(|error| TemplateError::new(format!("{path}.Input"), error.to_string()))?;
            function.schedules.push(Schedule {
                expression: schedule.schedule,
                input,
            });
        }
        "DynamoDB" => function
            .triggers
            .push(trigger(resolver, deserialize(properties, &path)?, &path)?),
        "HttpApi" => {
            return Err(TemplateError::new(
                path,
                "the local cloud supports only events of type Api (REST)",
            ));
        }
        _ => {}
    }
    Ok(())
}

fn trigger(resolver: &Resolver<'_>, event: StreamEvent, path: &str) -> Result<Trigger, TemplateError> {
    let wrong = |key: &str, problem: &str| TemplateError::new(format!("{path}.{key}"), problem);
    let table = event.stream.strip_suffix(".StreamArn");
    let table = table.ok_or_else(|| wrong("Stream", "must be `!GetAtt Table.StreamArn`"))?;
    if event.batch_size != 1 {
        return Err(wrong("BatchSize", "the local cloud supports only 1"));
    }
    let filters = event.filter_criteria.filters.iter();
    let patterns: Result<_, serde_json::Error> = filters
        .map(|filter| serde_json::from_str(&filter.pattern))
        .collect();
    Ok(Trigger {
        table: resolver.table_name(table).to_owned(),
        patterns: patterns.map_err(|error| wrong("FilterCriteria", &error.to_string()))?,
        parallelization_factor: event.parallelization_factor.max(1),
        max_retries: event.maximum_retry_attempts,
    })
}

/// Merges a function's properties over `Globals` as SAM does: objects recursively, other values by replacement.
fn merge(globals: Json, own: Json) -> Json {
    match (globals, own) {
        (Json::Object(mut merged), Json::Object(own)) => {
            for (key, value) in own {
                let global = merged.remove(&key).unwrap_or_default();
                merged.insert(key, merge(global, value));
            }
            Json::Object(merged)
        }
        (_, own) => own,
    }
}

fn kebab_case(pascal: &str) -> String {
    let mut name = String::new();
    for character in pascal.chars() {
        if character.is_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.extend(character.to_lowercase());
    }
    name
}
