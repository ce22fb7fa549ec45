//! The knowledge table: reading and listing documents.

use std::ops::Range;

use async_trait::async_trait;
use aws_sdk_dynamodb::{Client, types::ReturnConsumedCapacity};

use super::{
    capacity,
    error::corrupt,
    key::{self, Key},
    pending::Finishing,
    query, retry,
    rows::{ChunkRow, HeaderRow, Item, s},
};
use crate::{
    domain::{DocumentHeader, DocumentId, LibraryId},
    ports::{ListDocuments, Ordinal, Page, PlacedHeader, ReadDocuments, StoreError},
};

/// The knowledge table: documents and their keyword index.
#[derive(Debug, Clone)]
pub struct Knowledge {
    pub(super) client: Client,
    pub(super) table: String,
    /// The accepted document that each publication removes from the queue.
    pub(super) finishing: Option<Finishing>,
}

impl Knowledge {
    /// Creates an adapter for a table.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self {
            client,
            table: table.into(),
            finishing: None,
        }
    }

    /// Reads one row, with a consistent read.
    pub(super) async fn get(&self, key: Key) -> Result<Option<Item>, StoreError> {
        let request = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let output = retry::call("GetItem", || request.clone().send()).await?;
        capacity::read(output.consumed_capacity());
        Ok(output.item)
    }

    /// Reads the chunks of these ordinals that exist, in order.
    pub(super) async fn chunk_items(
        &self,
        library: &LibraryId,
        ordinals: Range<Ordinal>,
        consistent: bool,
    ) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut from = ordinals.start;
        while from < ordinals.end {
            let next_partition = (from | 0xff) + 1;
            let last = next_partition.min(ordinals.end) - 1;
            let range = query::Range {
                pk: key::chunks_pk(library, from),
                from: key::chunk_sk(from),
                to: key::chunk_sk(last),
            };
            items.extend(query::range(&self.client, &self.table, &range, consistent).await?);
            from = next_partition;
        }
        Ok(items)
    }
}

/// Decodes a document header.
pub(super) fn header_row(item: Item) -> Result<HeaderRow, StoreError> {
    serde_dynamo::from_item(item).map_err(corrupt("document header"))
}

/// Decodes a chunk.
pub(super) fn chunk_row(item: Item) -> Result<ChunkRow, StoreError> {
    serde_dynamo::from_item(item).map_err(corrupt("chunk"))
}

#[async_trait]
impl ReadDocuments for Knowledge {
    async fn header(&self, library: &LibraryId, id: &DocumentId) -> Result<Option<PlacedHeader>, StoreError> {
        if id.is_web_page() {
            let page = self.web_page(id).await?;
            return Ok(page.map(|page| PlacedHeader {
                header: page.header,
                first: 0,
            }));
        }
        match self.get(Key::header(library, id)).await? {
            Some(item) => header_row(item)?.placed().map(Some),
            None => Ok(None),
        }
    }

    async fn text(&self, library: &LibraryId, header: &PlacedHeader) -> Result<Option<String>, StoreError> {
        if header.header.id.is_web_page() {
            let page = self.web_page(&header.header.id).await?;
            return Ok(page.map(|page| page.document.text.into_string()));
        }
        let ordinals = header.as_dead().ordinals();
        let count = header.header.chunks as usize;
        let items = self.chunk_items(library, ordinals, true).await?;
        if items.len() != count {
            return Ok(None);
        }
        items
            .into_iter()
            .map(|item| Ok(chunk_row(item)?.text))
            .collect::<Result<String, _>>()
            .map(Some)
    }
}

#[async_trait]
impl ListDocuments for Knowledge {
    async fn list(
        &self,
        library: &LibraryId,
        prefix: &str,
        after: Option<&DocumentId>,
        limit: usize,
    ) -> Result<Page<DocumentHeader>, StoreError> {
        let mut items: Vec<DocumentHeader> = Vec::new();
        let mut from = after.map(|id| Key::header(library, id).attributes());
        loop {
            let request = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                .expression_attribute_values(":pk", s(key::library_pk(library)))
                .expression_attribute_values(":prefix", s(key::header_sk(prefix)))
                .limit((limit + 1 - items.len()) as i32)
                .set_exclusive_start_key(from)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .consistent_read(true);
            let output = retry::call("Query", || request.clone().send()).await?;
            capacity::read(output.consumed_capacity());
            for item in output.items.unwrap_or_default() {
                items.push(header_row(item)?.placed()?.header);
            }
            from = output.last_evaluated_key;
            if items.len() > limit || from.is_none() {
                let has_more = items.len() > limit;
                items.truncate(limit);
                return Ok(Page { items, has_more });
            }
        }
    }
}
