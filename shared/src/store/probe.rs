//! Health check of a DynamoDB table, and its settings.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_dynamodb::{
    Client,
    types::{TableStatus, TimeToLiveStatus},
};

use super::{key::Key, retry};
use crate::{
    config::Config,
    domain::UserId,
    ports::{Probe, StoreError},
};

/// Health check that reads a row which never exists. Needs `GetItem` on the table.
#[derive(Debug, Clone)]
pub struct TableProbe {
    client: Client,
    name: &'static str,
    table: String,
}

impl TableProbe {
    /// Creates a health check of each table of the configuration.
    pub fn all(client: &Client, config: &Config) -> Vec<Arc<dyn Probe>> {
        let tables = [
            ("queries", &config.queries_table),
            ("knowledge", &config.knowledge_table),
            ("access", &config.access_table),
        ];
        let probe =
            |(name, table): (_, &String)| Arc::new(Self::new(client.clone(), name, table)) as Arc<dyn Probe>;
        tables.into_iter().map(probe).collect()
    }

    /// Creates a health check of `table`; `name` is its name in the report.
    pub fn new(client: Client, name: &'static str, table: impl Into<String>) -> Self {
        Self {
            client,
            name,
            table: table.into(),
        }
    }
}

#[async_trait]
impl Probe for TableProbe {
    fn name(&self) -> String {
        format!("dynamodb.{}", self.name)
    }

    async fn probe(&self) -> Result<(), StoreError> {
        let missing = Key::usage(&UserId::new("!probe"), jiff::civil::Date::MIN);
        let get = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(missing.attributes()));
        retry::call("GetItem", || get.clone().send()).await.map(drop)
    }
}

/// The settings of a table that the application relies on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableSettings {
    /// Whether it takes reads and writes.
    pub is_active: bool,
    /// The attribute with the time at which an item is deleted; `None` while time to live is off.
    pub ttl_attribute: Option<String>,
    /// Whether its stream is on.
    pub has_stream: bool,
}

/// Reads the settings of a table. No function calls this: it needs `DescribeTable` and `DescribeTimeToLive`.
///
/// # Errors
/// When there is no such table, or the caller may not describe it.
pub async fn table_settings(client: &Client, table: &str) -> Result<TableSettings, StoreError> {
    let describe = client.describe_table().table_name(table);
    let described = retry::call("DescribeTable", || describe.clone().send()).await?;
    let describe = client.describe_time_to_live().table_name(table);
    let ttl = retry::call("DescribeTimeToLive", || describe.clone().send()).await?;
    let table = described.table.as_ref();
    let stream = table.and_then(|table| table.stream_specification.as_ref());
    let ttl = ttl.time_to_live_description.filter(|ttl| {
        let status = ttl.time_to_live_status.as_ref();
        matches!(
            status,
            Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)
        )
    });
    Ok(TableSettings {
        is_active: table.and_then(|table| table.table_status.as_ref()) == Some(&TableStatus::Active),
        ttl_attribute: ttl.and_then(|ttl| ttl.attribute_name),
        has_stream: stream.is_some_and(|stream| stream.stream_enabled),
    })
}
