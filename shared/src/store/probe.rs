//! Whether a table answers.

use async_trait::async_trait;

use super::{Client, error::failed};
use crate::{
    domain::UserId,
    ports::{Probe, StoreError},
};

/// Reads one row of a table that is never there. Needs `GetItem` on it.
#[derive(Debug, Clone)]
pub struct TableProbe {
    client: Client,
    name: &'static str,
    table: String,
}

impl TableProbe {
    /// `name` is shown; `table` is asked.
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
        let nobody = super::key::Key::usage(&UserId::new("!probe"), jiff::civil::Date::MIN);
        self.client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(nobody.attributes()))
            .send()
            .await
            .map_err(failed("GetItem"))?;
        Ok(())
    }
}
