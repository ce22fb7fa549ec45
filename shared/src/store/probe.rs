//! Health check of a DynamoDB table.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;

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
