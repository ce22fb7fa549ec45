//! Reading the keyword index from the knowledge table.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;

use super::{
    batch, capacity,
    documents::{Knowledge, chunk_row, header_row},
    error::failed,
    key::{self, Key},
    rows::{number, read_posting, s, string},
};
use crate::{
    domain::{ChunkId, DocumentHeader, DocumentId, LibraryId},
    ports::{Chunk, LibraryStatistics, ReadIndex, StoreError, TermPage},
};

#[async_trait]
impl ReadIndex for Knowledge {
    async fn statistics(&self, library: &LibraryId) -> Result<LibraryStatistics, StoreError> {
        let item = self
            .get(Key::library_statistics(library))
            .await?
            .unwrap_or_default();
        let count = |name| number(&item, name).unwrap_or(0);
        Ok(LibraryStatistics {
            version: count("version"),
            chunks: count("chunks"),
            terms: count("terms"),
        })
    }

    async fn term(&self, library: &LibraryId, term: &str, limit: usize) -> Result<TermPage, StoreError> {
        let output = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(key::term_pk(library, term)))
            .limit(limit as i32 + 1)
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(failed("Query"))?;
        capacity::read(output.consumed_capacity());
        let mut page = TermPage::default();
        for item in output.items.unwrap_or_default() {
            if string(&item, "sk") == Some("!") {
                page.document_frequency = number(&item, "df").unwrap_or(0);
            } else {
                page.postings.push(read_posting(&item)?);
            }
        }
        Ok(page)
    }

    async fn chunks(
        &self,
        library: &LibraryId,
        ids: &[ChunkId],
    ) -> Result<Vec<(ChunkId, Chunk)>, StoreError> {
        let key = |id: &ChunkId| Key::chunk(library, &id.document, id.version, id.number);
        let prefix = format!("{}#D#", key::library_pk(library));
        let items = batch::get(&self.client, &self.table, ids.iter().map(key).collect(), false).await?;
        items
            .into_iter()
            .map(|item| {
                let row = chunk_row(item)?;
                let name = key::unescape(row.pk.strip_prefix(&prefix).unwrap_or_default());
                let document = DocumentId::parse(&name).map_err(|_| StoreError::Corrupt {
                    row: "chunk",
                    reason: "its key does not parse".into(),
                })?;
                let (version, chunk) = row.chunk()?;
                Ok((
                    ChunkId {
                        document,
                        version,
                        number: chunk.number,
                    },
                    chunk,
                ))
            })
            .collect()
    }

    async fn headers(
        &self,
        library: &LibraryId,
        ids: &[DocumentId],
    ) -> Result<Vec<Arc<DocumentHeader>>, StoreError> {
        let keys = ids.iter().map(|id| Key::header(library, id)).collect();
        let mut headers = Vec::with_capacity(ids.len());
        for item in batch::get(&self.client, &self.table, keys, true).await? {
            headers.extend(header_row(item)?.published()?.map(Arc::new));
        }
        Ok(headers)
    }
}
