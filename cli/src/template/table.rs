//! Tables of the template (`AWS::DynamoDB::Table`), converted to `CreateTable` requests.

use serde::Deserialize;
use serde_json::{Value as Json, json};
use serde_norway::Value as Yaml;

use super::error::{TemplateError, deserialize};
use super::intrinsics::Resolver;

/// The properties that are copied to `CreateTable` under the same name.
const CREATE_KEYS: &[&str] = &[
    "AttributeDefinitions",
    "KeySchema",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
    "VectorIndexes",
    "BillingMode",
    "ProvisionedThroughput",
    "StreamSpecification",
];

/// A `DynamoDB` table of the template.
#[derive(Clone, Debug)]
pub struct Table {
    /// The local name: `TableName` when it is a literal, else the logical id.
    pub name: String,
    /// The JSON of the `CreateTable` request.
    pub create_request: Json,
    /// The settings for `UpdateTimeToLive`, if the template has any.
    pub time_to_live: Option<TimeToLive>,
}

/// A table's `TimeToLiveSpecification`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct TimeToLive {
    /// The attribute that holds an item's expiry time, in seconds since the Unix epoch.
    #[serde(rename = "AttributeName")]
    pub attribute: String,
    /// Whether expired items are deleted.
    #[serde(rename = "Enabled")]
    pub enabled: bool,
}

/// Reads a table resource.
pub(super) fn read<'a>(
    resolver: &Resolver<'a>,
    logical_id: &'a str,
    properties: &Yaml,
    path: &str,
) -> Result<Table, TemplateError> {
    let path = format!("{path}.Properties");
    let name = resolver.table_name(logical_id);
    let mut create_request = json!({ "TableName": name });
    let picked = resolver.pick(properties, &path, CREATE_KEYS)?;
    if let (Some(request), Json::Object(picked)) = (create_request.as_object_mut(), picked) {
        request.extend(picked);
    }
    // CloudFormation has no `StreamEnabled`: a `StreamViewType` enables the stream.
    if let Some(stream) = create_request
        .get_mut("StreamSpecification")
        .and_then(Json::as_object_mut)
    {
        stream.insert("StreamEnabled".into(), true.into());
    }

    let time_to_live = resolver.pick(properties, &path, &["TimeToLiveSpecification"])?;
    let time_to_live = match time_to_live.get("TimeToLiveSpecification") {
        Some(specification) => Some(deserialize(
            specification.clone(),
            &format!("{path}.TimeToLiveSpecification"),
        )?),
        None => None,
    };
    Ok(Table {
        name: name.to_owned(),
        create_request,
        time_to_live,
    })
}
