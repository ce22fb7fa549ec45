//! Reads `template.yaml` (AWS SAM): which functions, routes, schedules and tables there are.

mod function;
mod intrinsics;
mod table;

use std::path::Path;

use serde_json::Value as Json;
use serde_norway::Value as Yaml;

pub use function::{Function, ResponseMode, Route, Schedule, Trigger};
pub use table::{Table, TimeToLive};

use intrinsics::Resolver;

/// What the local cloud takes from the template.
#[derive(Clone, Debug)]
pub struct Template {
    /// The stage of the REST API, for example `prod`.
    pub stage: String,
    /// Every `AWS::Serverless::Function`, in the order of the file.
    pub functions: Vec<Function>,
    /// Every `AWS::DynamoDB::Table`, in the order of the file.
    pub tables: Vec<Table>,
}

/// Something in the template that cannot be understood, and where it is.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("template.yaml: {path}: {problem}")]
pub struct TemplateError {
    /// The way to the place, for example `Resources.Ask.Properties.Timeout`.
    pub path: String,
    /// What is wrong there.
    pub problem: String,
}

impl TemplateError {
    fn new(path: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            problem: problem.into(),
        }
    }
}

impl Template {
    /// Reads the file. The error names the file, or the place in it.
    pub fn load(file: &Path) -> anyhow::Result<Self> {
        use anyhow::Context;
        let text =
            std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        Ok(Self::parse(&text)?)
    }

    /// Reads the text of a template, with `CloudFormation`'s short (`!Ref`) and long (`Ref:`) functions.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let document: Yaml = serde_norway::from_str(text)
            .map_err(|error| TemplateError::new("(the whole file)", error.to_string()))?;
        let resolver = Resolver::new(&document)?;
        let globals = match resolver.pick(
            &document["Globals"]["Function"],
            "Globals.Function",
            function::KEYS,
        )? {
            Json::Object(globals) => globals,
            _ => serde_json::Map::new(),
        };

        let mut template = Self {
            stage: "Prod".into(),
            functions: Vec::new(),
            tables: Vec::new(),
        };
        for (id, resource) in resolver.resources() {
            let path = format!("Resources.{id}");
            let properties = &resource["Properties"];
            match resource["Type"].as_str() {
                Some("AWS::Serverless::Function") => {
                    template
                        .functions
                        .push(function::read(&resolver, id, resource, &globals, &path)?);
                }
                Some("AWS::DynamoDB::Table") => template
                    .tables
                    .push(table::read(&resolver, id, properties, &path)?),
                Some("AWS::Serverless::Api") => {
                    let path = format!("{path}.Properties");
                    let api = resolver.pick(properties, &path, &["StageName"])?;
                    if let Some(stage) = api["StageName"].as_str() {
                        template.stage = stage.to_owned();
                    }
                }
                Some(_) => {}
                None => return Err(TemplateError::new(path, "has no Type")),
            }
        }
        Ok(template)
    }

    /// The function whose binary has this name.
    pub fn function(&self, binary: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.binary == binary)
    }
}

/// Reads a resolved part of the template into a type; the error carries the path inside the part.
fn typed<T: serde::de::DeserializeOwned>(value: Json, path: &str) -> Result<T, TemplateError> {
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    const TEMPLATE: &str = r#"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: { Type: String, Default: prod }
  Memory: { Type: Number, Default: 256 }
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Globals:
  Function:
    Timeout: 28
    MemorySize: !Ref Memory
    Environment:
      Variables:
        QUERIES_TABLE: !Ref Queries
        LEVEL: !If [IsProd, warn, debug]
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties: { StageName: !Ref Stage }
  Queries:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    Properties:
      TableName: !Sub "${AWS::StackName}-queries"
      BillingMode: PAY_PER_REQUEST
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }
      AttributeDefinitions:
        - { AttributeName: pk, AttributeType: S }
        - { AttributeName: sk, AttributeType: S }
      KeySchema:
        - { AttributeName: pk, KeyType: HASH }
        - { AttributeName: sk, KeyType: RANGE }
      StreamSpecification: { StreamViewType: NEW_IMAGE }
      TimeToLiveSpecification: { AttributeName: expires_at, Enabled: true }
  ListQueries:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: rust-cargolambda }
    Properties:
      Policies:
        - Statement: { Effect: Allow, Action: "dynamodb:Query", Resource: !GetAtt Queries.Arn }
      Environment:
        Variables:
          LEVEL: info
      Events:
        List: { Type: Api, Properties: { RestApiId: !Ref Api, Method: get, Path: /queries } }
        One: { Type: Api, Properties: { Method: GET, Path: "/queries/{id}" } }
  Sweep:
    Type: AWS::Serverless::Function
    Metadata: { BuildProperties: { Binary: sweeper } }
    Properties:
      Timeout: 60
      Events:
        Daily: { Type: Schedule, Properties: { Schedule: rate(1 day), Input: '{"older_than_s": 900}' } }
        Queue:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt Queries.StreamArn
            StartingPosition: TRIM_HORIZON
            BatchSize: 1
            MaximumRetryAttempts: 4
            FilterCriteria: { Filters: [{ Pattern: '{"eventName": ["INSERT"]}' }] }
"#;

    #[test]
    fn reads_functions_with_globals_and_what_starts_them() {
        let template = Template::parse(TEMPLATE).unwrap();
        assert_eq!(template.stage, "prod");
        let list = template.function("list-queries").unwrap();
        assert_eq!(list.logical_id, "ListQueries");
        assert_eq!((list.timeout, list.memory_mb), (Duration::from_secs(28), 256));
        assert_eq!(list.environment["QUERIES_TABLE"], "Queries");
        assert_eq!(list.environment["LEVEL"], "info");
        let routes: Vec<_> = list
            .routes
            .iter()
            .map(|route| (route.method.as_str(), route.path.as_str()))
            .collect();
        assert_eq!(routes, [("GET", "/queries"), ("GET", "/queries/{id}")]);

        let sweep = template.function("sweeper").unwrap();
        assert_eq!(sweep.timeout, Duration::from_secs(60));
        assert_eq!(sweep.environment["LEVEL"], "warn");
        assert_eq!(
            sweep.schedules,
            [Schedule {
                expression: "rate(1 day)".into(),
                input: Some(json!({"older_than_s": 900}))
            }]
        );
        assert_eq!(
            sweep.triggers,
            [Trigger {
                table: "Queries".into(),
                patterns: vec![json!({"eventName": ["INSERT"]})],
                at_once: 1,
                retries: 4
            }]
        );
    }

    #[test]
    fn reads_tables_as_create_table_requests() {
        let template = Template::parse(TEMPLATE).unwrap();
        let [table] = template.tables.as_slice() else {
            panic!("one table expected")
        };
        assert_eq!(table.name, "Queries");
        assert_eq!(
            table.time_to_live,
            Some(TimeToLive {
                attribute: "expires_at".into(),
                enabled: true
            })
        );
        assert_eq!(
            table.create_request,
            json!({
                "TableName": "Queries",
                "AttributeDefinitions": [
                    {"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
                "BillingMode": "PAY_PER_REQUEST",
                "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"}
            })
        );
    }

    #[test]
    fn a_plain_table_name_is_kept_and_referenced() {
        let text = TEMPLATE.replace("!Sub \"${AWS::StackName}-queries\"", "plain-queries");
        let template = Template::parse(&text).unwrap();
        assert_eq!(template.tables[0].name, "plain-queries");
        let value = &template.function("sweeper").unwrap().environment["QUERIES_TABLE"];
        assert_eq!(*value, "plain-queries");
    }

    #[test]
    fn errors_name_the_place() {
        let wrong = |from: &str, to: &str| {
            Template::parse(&TEMPLATE.replace(from, to))
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            wrong("Timeout: 60", "Timeout: soon"),
            "template.yaml: Resources.Sweep.Properties.Timeout: invalid type: string \"soon\", expected u64"
        );
        assert_eq!(
            wrong("!Ref Memory", "!Ref Memry"),
            "template.yaml: Globals.Function.MemorySize: !Ref Memry: there is no such parameter or resource"
        );
        assert_eq!(
            wrong(", Path: /queries }", " }"),
            "template.yaml: Resources.ListQueries.Properties.Events.List.Properties: missing field `Path`"
        );
        assert_eq!(
            wrong("BatchSize: 1", "BatchSize: 10"),
            "template.yaml: Resources.Sweep.Properties.Events.Queue.Properties.BatchSize: only 1 is served locally"
        );
        assert_eq!(
            wrong("MemorySize: !Ref Memory", "MemorySize: !FindInMap [a, b, c]"),
            "template.yaml: Globals.Function.MemorySize: the function FindInMap is not understood here"
        );
    }
}
