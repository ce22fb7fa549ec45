//! Finding unfinished documents in the knowledge table and recounting its statistics.

use async_trait::async_trait;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;

use super::{
    capacity,
    documents::{Knowledge, header_row},
    error::failed,
    key::{self, HEADER_PREFIX, Key},
    rows::{n, number, read_posting, string},
};
use crate::{
    domain::{DocumentId, LibraryId},
    ports::{ReadIndex, StoreError, SweepDocuments, UnfinishedDocument},
};

/// The sparse index of the headers of unfinished documents.
const UNFINISHED: &str = "unfinished";

#[async_trait]
impl SweepDocuments for Knowledge {
    async fn unfinished(&self, before_ms: u64) -> Result<Vec<UnfinishedDocument>, StoreError> {
        let mut unfinished = Vec::new();
        let mut from = None;
        loop {
            let output = self
                .client
                .scan()
                .table_name(&self.table)
                .index_name(UNFINISHED)
                .filter_expression("unfinished_since < :before")
                .expression_attribute_values(":before", n(before_ms))
                .set_exclusive_start_key(from)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(failed("Scan"))?;
            capacity::read(output.consumed_capacity());
            for item in output.items.unwrap_or_default() {
                let corrupt = || StoreError::Corrupt {
                    row: "unfinished document",
                    reason: "its key does not parse".into(),
                };
                let library = string(&item, "unfinished").and_then(|name| LibraryId::parse(name).ok());
                let document = string(&item, "sk")
                    .and_then(|sk| sk.strip_prefix(HEADER_PREFIX))
                    .and_then(|name| DocumentId::parse(&key::unescape(name)).ok());
                unfinished.push(UnfinishedDocument {
                    library: library.ok_or_else(corrupt)?,
                    document: document.ok_or_else(corrupt)?,
                    since_ms: number(&item, "unfinished_since").ok_or_else(corrupt)?,
                });
            }
            from = output.last_evaluated_key;
            if from.is_none() {
                return Ok(unfinished);
            }
        }
    }

    async fn last_versions(
        &self,
        library: &LibraryId,
        id: &DocumentId,
    ) -> Result<Option<(Option<u64>, u64)>, StoreError> {
        let Some(item) = self.get(Key::header(library, id)).await? else {
            return Ok(None);
        };
        let row = header_row(item)?;
        Ok(Some((row.live, row.last_version)))
    }

    async fn recount_term(&self, library: &LibraryId, term: &str) -> Result<(), StoreError> {
        let mut postings = Vec::new();
        for item in self.rows(&key::term_pk(library, term), "").await? {
            if string(&item, "sk") != Some("!") {
                postings.push(read_posting(&item)?);
            }
        }
        let documents: Vec<DocumentId> = postings.iter().map(|posting| posting.document.clone()).collect();
        let headers = self.headers(library, &documents).await?;
        let current = |document: &DocumentId, version: u64| {
            headers
                .iter()
                .any(|header| header.id == *document && header.version == version)
        };
        let count: u64 = postings
            .iter()
            .filter(|posting| current(&posting.document, posting.version))
            .map(|posting| u64::from(posting.chunks))
            .sum();
        let output = self
            .update(Key::term_statistics(library, term))
            .update_expression("SET df = :count")
            .expression_attribute_values(":count", n(count))
            .send()
            .await
            .map_err(failed("UpdateItem"))?;
        capacity::written(output.consumed_capacity());
        if count == 0 {
            self.drop_unused_term(library, term).await?;
        }
        Ok(())
    }

    async fn recount_library(&self, library: &LibraryId) -> Result<(), StoreError> {
        let (mut chunks, mut terms) = (0, 0);
        for item in self.rows(&key::library_pk(library), HEADER_PREFIX).await? {
            if let Some(header) = header_row(item)?.published()? {
                chunks += u64::from(header.chunks);
                terms += header.terms;
            }
        }
        let output = self
            .update(Key::library_statistics(library))
            .update_expression("SET #chunks = :chunks, #terms = :terms")
            .expression_attribute_names("#chunks", "chunks")
            .expression_attribute_names("#terms", "terms")
            .expression_attribute_values(":chunks", n(chunks))
            .expression_attribute_values(":terms", n(terms))
            .send()
            .await
            .map_err(failed("UpdateItem"))?;
        capacity::written(output.consumed_capacity());
        Ok(())
    }
}
