//! One `AWS::Serverless::Function` of the template.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value as Json};
use serde_norway::Value as Yaml;

use super::intrinsics::{Resolver, text};
use super::{TemplateError, typed};

/// The properties that matter here, of a function and of `Globals.Function`.
pub(super) const KEYS: &[&str] = &["Timeout", "MemorySize", "Environment", "Events", "LoggingConfig"];

/// What the local cloud needs to know of a function.
#[derive(Clone, Debug)]
pub struct Function {
    /// The resource's name in the template, for example `ListQueries`.
    pub logical_id: String,
    /// The binary and the package it is built from, for example `list-queries`.
    pub binary: String,
    /// The longest an invocation may take.
    pub timeout: Duration,
    /// The memory set for it in MiB; told to the function, not enforced.
    pub memory_mb: u64,
    /// Its environment, the globals merged with its own.
    pub environment: BTreeMap<String, String>,
    /// The routes of the REST API that lead to it.
    pub routes: Vec<Route>,
    /// When it is run by the clock.
    pub schedules: Vec<Schedule>,
    /// The tables whose changes it is told of.
    pub triggers: Vec<Trigger>,
}

/// A method and path of the REST API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Upper case, or `ANY`.
    pub method: String,
    /// As API Gateway writes it, for example `/queries/{id}`.
    pub path: String,
    /// How its responses leave.
    pub response_mode: ResponseMode,
}

/// A run by the clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// For example `rate(1 day)`.
    pub expression: String,
    /// The event it sends, when it is not `EventBridge`'s own.
    pub input: Option<Json>,
}

/// The stream of a table, whose records a function is given one batch after another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// The table's name locally.
    pub table: String,
    /// Event patterns; a record is delivered when one of them fits, or there is none.
    pub patterns: Vec<Json>,
    /// Batches at the same time.
    pub at_once: usize,
    /// How often a failed batch is delivered again.
    pub retries: u32,
}

/// How a function's response leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseMode {
    /// Whole, once the function is done.
    Buffered,
    /// Bit by bit, while the function runs.
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

/// `CloudFormation`'s own defaults.
fn default_timeout_s() -> u64 {
    3
}

fn default_memory_mb() -> u64 {
    128
}

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
    let properties: Properties = typed(merged, &path)?;

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
    // Lambda passes its logging settings on in these two.
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
            let api: ApiEvent = typed(properties, &path)?;
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
            let schedule: ScheduleEvent = typed(properties, &path)?;
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
            .push(trigger(resolver, typed(properties, &path)?, &path)?),
        "HttpApi" => {
            return Err(TemplateError::new(
                path,
                "only events of type Api (REST) are served locally",
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
        return Err(wrong("BatchSize", "only 1 is served locally"));
    }
    let filters = event.filter_criteria.filters.iter();
    let patterns: Result<_, serde_json::Error> = filters
        .map(|filter| serde_json::from_str(&filter.pattern))
        .collect();
    Ok(Trigger {
        table: resolver.table_name(table).to_owned(),
        patterns: patterns.map_err(|error| wrong("FilterCriteria", &error.to_string()))?,
        at_once: event.parallelization_factor.max(1),
        retries: event.maximum_retry_attempts,
    })
}

/// `Globals` under a function's own values, as SAM does it: objects are merged, everything else replaced.
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
