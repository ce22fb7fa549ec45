//! Parser for `template.yaml` (AWS SAM): functions, routes, schedules, table streams and tables.

mod error;
mod function;
mod intrinsics;
mod table;

use std::path::Path;

use serde_json::Value as Json;
use serde_norway::Value as Yaml;

pub use error::TemplateError;
pub use function::{Function, ResponseMode, Route, Schedule, Trigger};
pub use table::{Table, TimeToLive};

use intrinsics::Resolver;

/// The parts of a SAM template that the local cloud uses.
#[derive(Clone, Debug)]
pub struct Template {
    /// The stage of the REST API, for example `prod`.
    pub stage: String,
    /// Media types of bodies that the REST API passes on in base64.
    pub binary_media_types: Vec<String>,
    /// The `AWS::Serverless::Function` resources, in file order.
    pub functions: Vec<Function>,
    /// The `AWS::DynamoDB::Table` resources, in file order.
    pub tables: Vec<Table>,
}

impl Template {
    /// Reads and parses a template file. The error names the file or the path of the faulty value.
    pub fn load(file: &Path) -> anyhow::Result<Self> {
        use anyhow::Context;
        let text =
            std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        Ok(Self::parse(&text)?)
    }

    /// Parses a template. Supports the short (`!Ref`) and the long (`Ref:`) form of `CloudFormation`'s functions.
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
            binary_media_types: Vec::new(),
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
                    let api = resolver.pick(properties, &path, &["StageName", "BinaryMediaTypes"])?;
                    // SAM writes a slash as in a JSON pointer.
                    let types = api["BinaryMediaTypes"].as_array().into_iter().flatten();
                    let types = types.filter_map(Json::as_str);
                    template.binary_media_types = types.map(|name| name.replace("~1", "/")).collect();
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

    /// Returns the function whose binary has this name.
    pub fn function(&self, binary: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.binary == binary)
    }
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
    Properties: { StageName: !Ref Stage, BinaryMediaTypes: [application~1pdf] }
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
    fn reads_functions_with_globals_and_event_sources() {
        let template = Template::parse(TEMPLATE).unwrap();
        assert_eq!(template.stage, "prod");
        assert_eq!(template.binary_media_types, ["application/pdf"]);
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
                parallelization_factor: 1,
                max_retries: 4
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
    fn errors_name_the_path_of_the_faulty_value() {
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
            "template.yaml: Globals.Function.MemorySize: !Ref Memry: the template has no such parameter or resource"
        );
        assert_eq!(
            wrong(", Path: /queries }", " }"),
            "template.yaml: Resources.ListQueries.Properties.Events.List.Properties: missing field `Path`"
        );
        assert_eq!(
            wrong("BatchSize: 1", "BatchSize: 10"),
            "template.yaml: Resources.Sweep.Properties.Events.Queue.Properties.BatchSize: the local cloud supports only 1"
        );
        assert_eq!(
            wrong("MemorySize: !Ref Memory", "MemorySize: !FindInMap [a, b, c]"),
            "template.yaml: Globals.Function.MemorySize: the local cloud does not support the function FindInMap"
        );
    }
}
