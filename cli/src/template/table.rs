//! One `AWS::DynamoDB::Table` of the template, as the requests that create it.

use serde::Deserialize;
use serde_json::{Value as Json, json};
use serde_norway::Value as Yaml;

use super::intrinsics::Resolver;
use super::{TemplateError, typed};

/// The properties that `CreateTable` takes under the same name and that matter locally.
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

/// A table to create.
#[derive(Clone, Debug)]
pub struct Table {
    /// The table's name locally: `TableName` when it is plain text, else the logical id.
    pub name: String,
    /// The JSON of a `CreateTable` request.
    pub create_request: Json,
    /// What `UpdateTimeToLive` sets, if the template says so.
    pub time_to_live: Option<TimeToLive>,
}

/// Which attribute holds the second at which an item may go.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct TimeToLive {
    /// The attribute's name.
    #[serde(rename = "AttributeName")]
    pub attribute: String,
    /// Whether expired items are removed.
    #[serde(rename = "Enabled")]
    pub enabled: bool,
}

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
    // CloudFormation leaves it out: naming a view is switching the stream on.
    if let Some(stream) = create_request
        .get_mut("StreamSpecification")
        .and_then(Json::as_object_mut)
    {
        stream.insert("StreamEnabled".into(), true.into());
    }

    let time_to_live = resolver.pick(properties, &path, &["TimeToLiveSpecification"])?;
    let time_to_live = match time_to_live.get("TimeToLiveSpecification") {
        Some(specification) => Some(typed(
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
