//! Writing documents and their keyword index to the knowledge table.

use async_trait::async_trait;
use aws_sdk_dynamodb::{
    operation::update_item::builders::UpdateItemFluentBuilder,
    types::{ReturnConsumedCapacity, ReturnValue},
};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use jiff::Timestamp;

use super::{
    batch, capacity,
    documents::{Knowledge, chunk_row},
    error::{corrupt, failed},
    key::{self, Key},
    rows::{ChunkRow, SCHEMA, n, number, posting_item, s},
};
use crate::{
    domain::{DocumentHeader, DocumentId, LibraryId},
    ports::{Chunk, Posting, StatisticsChange, StoreError, VersionReservation, VersionRows, WriteDocuments},
    retrieval::analyzer,
};

/// Number of concurrent counter updates.
const CONCURRENCY: usize = 32;

impl Knowledge {
    /// Starts an update of a row.
    pub(super) fn update(&self, key: Key) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
    }

    /// Sends an update and ignores a failed condition: a later write superseded this one, so there is nothing to do.
    async fn unless_superseded(&self, update: UpdateItemFluentBuilder) -> Result<(), StoreError> {
        match update.send().await.map_err(failed("UpdateItem")) {
            Ok(output) => {
                capacity::written(output.consumed_capacity());
                Ok(())
            }
            Err(StoreError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Adds to the document frequency of a term.
    async fn count_term(&self, library: &LibraryId, term: &str, by: i64) -> Result<(), StoreError> {
        let output = self
            .update(Key::term_statistics(library, term))
            .update_expression("ADD df :by")
            .expression_attribute_values(":by", n(by))
            .return_values(ReturnValue::UpdatedNew)
            .send()
            .await
            .map_err(failed("UpdateItem"))?;
        capacity::written(output.consumed_capacity());
        if number(&output.attributes.unwrap_or_default(), "df") == Some(0) {
            self.drop_unused_term(library, term).await?;
        }
        Ok(())
    }

    /// Deletes the document frequency of a term that no chunk contains any more.
    pub(super) async fn drop_unused_term(&self, library: &LibraryId, term: &str) -> Result<(), StoreError> {
        self.delete_if(Key::term_statistics(library, term), "df <= :zero", ":zero", 0)
            .await
    }

    /// Deletes a row if the condition holds; otherwise does nothing.
    pub(super) async fn delete_if(
        &self,
        key: Key,
        condition: &str,
        name: &str,
        value: u64,
    ) -> Result<(), StoreError> {
        let deleted = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .condition_expression(condition)
            .expression_attribute_values(name, n(value))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(failed("DeleteItem"));
        match deleted {
            Ok(output) => {
                capacity::written(output.consumed_capacity());
                Ok(())
            }
            Err(StoreError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl WriteDocuments for Knowledge {
    async fn reserve(
        &self,
        library: &LibraryId,
        id: &DocumentId,
        now: Timestamp,
        delete: bool,
    ) -> Result<Option<VersionReservation>, StoreError> {
        let update = self
            .update(Key::header(library, id))
            .expression_attribute_values(":zero", n(0))
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":doc", s(id.as_str()))
            .expression_attribute_values(":library", s(library.as_str()))
            .expression_attribute_values(":now", n(now.as_millisecond()))
            .return_values(ReturnValue::AllOld);
        let reserve = "SET last_version = if_not_exists(last_version, :zero) + :one, doc = :doc, unfinished = :library, \
                       unfinished_since = :now";
        let update = if delete {
            update
                .update_expression(format!("{reserve} REMOVE live"))
                .condition_expression("attribute_exists(live)")
        } else {
            update.update_expression(reserve)
        };
        let old = match update.send().await.map_err(failed("UpdateItem")) {
            Ok(output) => {
                capacity::written(output.consumed_capacity());
                output.attributes.unwrap_or_default()
            }
            Err(StoreError::Conflict) => return Ok(None),
            Err(error) => return Err(error),
        };
        let version = number(&old, "last_version").unwrap_or(0) + 1;
        Ok(Some(VersionReservation {
            version,
            superseded: old.contains_key("unfinished"),
        }))
    }

    async fn put_chunks(
        &self,
        library: &LibraryId,
        id: &DocumentId,
        version: u64,
        chunks: &[Chunk],
    ) -> Result<(), StoreError> {
        let item = |chunk| serde_dynamo::to_item(ChunkRow::new(library, id, version, chunk));
        let items = chunks
            .iter()
            .map(item)
            .collect::<Result<_, _>>()
            .map_err(corrupt("chunk"))?;
        batch::put(&self.client, &self.table, items).await
    }

    async fn put_postings(
        &self,
        library: &LibraryId,
        postings: &[(String, Posting)],
    ) -> Result<(), StoreError> {
        let items = postings
            .iter()
            .map(|(term, posting)| posting_item(library, term, posting))
            .collect();
        batch::put(&self.client, &self.table, items).await
    }

    async fn delete_postings(
        &self,
        library: &LibraryId,
        postings: &[(String, Posting)],
    ) -> Result<(), StoreError> {
        let keys = postings
            .iter()
            .map(|(term, posting)| Key::posting(library, term, posting))
            .collect();
        batch::delete(&self.client, &self.table, keys).await
    }

    async fn delete_chunks(
        &self,
        library: &LibraryId,
        id: &DocumentId,
        version: u64,
        chunks: &[Chunk],
    ) -> Result<(), StoreError> {
        let keys = chunks
            .iter()
            .map(|chunk| Key::chunk(library, id, version, chunk.number))
            .collect();
        batch::delete(&self.client, &self.table, keys).await
    }

    async fn publish(&self, library: &LibraryId, header: &DocumentHeader) -> Result<(), StoreError> {
        let mut set = vec![
            ("live", n(header.version)),
            ("title", s(&header.title)),
            (
                "content_type",
                serde_dynamo::to_attribute_value(header.content_type).map_err(corrupt("header"))?,
            ),
            (
                "metadata",
                s(serde_json::Value::from(header.metadata.clone()).to_string()),
            ),
            ("chunks", n(header.chunks)),
            ("characters", n(header.characters)),
            ("terms", n(header.terms)),
            ("hash", s(&header.content_hash)),
            ("updated_at", s(header.updated_at.to_string())),
            ("analyzer", n(analyzer::VERSION)),
            ("schema", n(SCHEMA)),
        ];
        let mut remove = Vec::new();
        let published_at = header.published_at.map(|at| at.to_string());
        for (name, value) in [("url", header.url.clone()), ("published_at", published_at)] {
            match value {
                Some(value) => set.push((name, s(value))),
                None => remove.push(format!("#{name}")),
            }
        }
        let assignments: Vec<String> = set.iter().map(|(name, _)| format!("#{name} = :{name}")).collect();
        let mut expression = format!("SET {}", assignments.join(", "));
        if !remove.is_empty() {
            expression = format!("{expression} REMOVE {}", remove.join(", "));
        }
        let mut update = self
            .update(Key::header(library, &header.id))
            .update_expression(expression)
            .condition_expression("last_version = :live");
        for (name, value) in set {
            update = update
                .expression_attribute_names(format!("#{name}"), name)
                .expression_attribute_values(format!(":{name}"), value);
        }
        for name in remove {
            update = update.expression_attribute_names(name.clone(), name.trim_start_matches('#'));
        }
        let output = update.send().await.map_err(failed("UpdateItem"))?;
        capacity::written(output.consumed_capacity());
        Ok(())
    }

    async fn finish(&self, library: &LibraryId, id: &DocumentId, version: u64) -> Result<(), StoreError> {
        let update = self
            .update(Key::header(library, id))
            .update_expression("REMOVE unfinished, unfinished_since")
            .condition_expression("last_version = :version")
            .expression_attribute_values(":version", n(version));
        self.unless_superseded(update).await
    }

    async fn forget(&self, library: &LibraryId, id: &DocumentId, version: u64) -> Result<(), StoreError> {
        self.delete_if(
            Key::header(library, id),
            "last_version = :version",
            ":version",
            version,
        )
        .await
    }

    async fn versions(&self, library: &LibraryId, id: &DocumentId) -> Result<Vec<VersionRows>, StoreError> {
        let mut versions: Vec<VersionRows> = Vec::new();
        for item in self.rows(&key::chunks_pk(library, id), "").await? {
            let (version, chunk) = chunk_row(item)?.chunk()?;
            match versions.iter_mut().find(|rows| rows.version == version) {
                Some(rows) => rows.chunks.push(chunk),
                None => versions.push(VersionRows {
                    version,
                    chunks: vec![chunk],
                }),
            }
        }
        Ok(versions)
    }

    async fn add_statistics(&self, library: &LibraryId, change: &StatisticsChange) -> Result<(), StoreError> {
        let counts: Vec<_> = change
            .document_frequency
            .iter()
            .filter(|(_, by)| **by != 0)
            .map(|(term, &by)| self.count_term(library, term, by).boxed())
            .collect();
        stream::iter(counts)
            .buffer_unordered(CONCURRENCY)
            .try_collect::<()>()
            .await?;
        let output = self
            .update(Key::library_statistics(library))
            .update_expression("ADD #chunks :chunks, #terms :terms")
            .expression_attribute_names("#chunks", "chunks")
            .expression_attribute_names("#terms", "terms")
            .expression_attribute_values(":chunks", n(change.chunks))
            .expression_attribute_values(":terms", n(change.terms))
            .send()
            .await
            .map_err(failed("UpdateItem"))?;
        capacity::written(output.consumed_capacity());
        Ok(())
    }

    async fn bump_version(&self, library: &LibraryId) -> Result<(), StoreError> {
        let output = self
            .update(Key::library_statistics(library))
            .update_expression("ADD #version :one")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":one", n(1))
            .send()
            .await
            .map_err(failed("UpdateItem"))?;
        capacity::written(output.consumed_capacity());
        Ok(())
    }
}
