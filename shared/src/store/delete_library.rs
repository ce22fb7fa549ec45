//! Deleting a library. Its counter and its row in the list say that it is being deleted, from the first step to the last.

use std::ops::Range;

use async_trait::async_trait;
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem, Update};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use ulid::Ulid;

use super::{
    batch, condition, delete,
    documents::Knowledge,
    error::unbuildable,
    key::{self, Key},
    libraries::{DELETING, DELETIONS, LISTED, library_from_row},
    query,
    rows::{Item, WRITTEN_BY, is_written_by, n, number, s},
    transaction::transact,
    write::LAST_SK,
};
use crate::{
    domain::LibraryId,
    ports::{Closing, DeleteLibraries, Ordinal, Segment, StoreError},
};

/// How long the counter of a deleted library remains: longer than any writer lives.
const COUNTER_TTL: SignedDuration = SignedDuration::from_hours(24);
/// Attribute of a library in the list: since when somebody deletes it.
const HELD_SINCE: &str = "held_since_ms";
/// Chunks of a partition.
const PARTITION: u64 = 256;
/// Partitions that are deleted concurrently.
const CONCURRENCY: usize = 8;
/// The first sort key.
const FIRST_SK: &str = "!";

#[async_trait]
impl DeleteLibraries for Knowledge {
    async fn close(&self, library: &LibraryId, before: Timestamp) -> Result<Closing, StoreError> {
        if !self.exists(library).await? {
            return Ok(Closing::Missing);
        }
        let token = Ulid::generate().to_string();
        // The list first: from it, the sweep knows what to go on with.
        let acquire = self
            .update(Key::library(library))
            .update_expression(format!(
                "SET {DELETING} = :one, {HELD_SINCE} = :now, {WRITTEN_BY} = :token"
            ))
            .condition_expression(format!(
                "attribute_not_exists({HELD_SINCE}) OR {HELD_SINCE} < :before"
            ))
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":now", n(Timestamp::now().as_millisecond()))
            .expression_attribute_values(":token", s(&token))
            .expression_attribute_values(":before", n(before.as_millisecond()));
        match condition::update(acquire).await? {
            Err(row) if !is_written_by(&row, &token) => return Ok(Closing::Held),
            _ => {}
        }
        let close = self
            .update(Key::ordinals(library))
            .update_expression(format!("SET {DELETING} = :one REMOVE expires_at"))
            .expression_attribute_values(":one", n(1));
        let counter = condition::update(close).await?.unwrap_or_default();
        Ok(Closing::Acquired(number(&counter, "next_ordinal").unwrap_or(0)))
    }

    async fn release(&self, library: &LibraryId) -> Result<(), StoreError> {
        let release = self
            .update(Key::library(library))
            .update_expression(format!("REMOVE {HELD_SINCE}"))
            .condition_expression("attribute_exists(pk)");
        condition::update(release).await?.unwrap_or_default();
        Ok(())
    }

    async fn drop_segments(&self, library: &LibraryId, segments: &[Segment]) -> Result<(), StoreError> {
        let keys = segments.iter().map(|segment| Key::manifest(library, segment.id));
        batch::delete(&self.client, &self.table, keys.collect()).await
    }

    async fn drop_headers(&self, library: &LibraryId) -> Result<bool, StoreError> {
        let range = query::Range {
            pk: key::library_pk(library),
            from: key::header_sk(""),
            to: LAST_SK.into(),
        };
        let (rows, next) = query::page(&self.client, &self.table, &range, true, None).await?;
        let keys = rows.iter().filter_map(Key::from_row).collect();
        batch::delete(&self.client, &self.table, keys).await?;
        Ok(next.is_none())
    }

    async fn drop_chunks(&self, library: &LibraryId, ordinals: Range<Ordinal>) -> Result<(), StoreError> {
        let partitions = ordinals.start / PARTITION..ordinals.end.div_ceil(PARTITION);
        let deletions = partitions.map(|partition| async move {
            let range = all_of(key::chunks_pk(library, partition * PARTITION));
            delete::range(&self.client, &self.table, &range).await
        });
        stream::iter(deletions)
            .buffer_unordered(CONCURRENCY)
            .try_collect()
            .await
    }

    async fn drop_waiting(&self, library: &LibraryId) -> Result<bool, StoreError> {
        let (notes, next) = self.notes(library).await?;
        for note in notes.iter().filter_map(Key::from_row) {
            if let Some(pk) = key::noted_pk(library, &note.sk) {
                delete::range(&self.client, &self.table, &all_of(pk)).await?;
            }
            // Until the note is gone, an interrupted deletion finds the rest again.
            delete::row(&self.client, &self.table, note).await?;
        }
        Ok(next.is_none())
    }

    async fn forget(&self, library: &LibraryId) -> Result<(), StoreError> {
        delete::row(&self.client, &self.table, Key::merging(library)).await?;
        let expires_at = Timestamp::now()
            .saturating_add(COUNTER_TTL)
            .unwrap_or(Timestamp::MAX);
        let unlist = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(Key::library(library).attributes()));
        let open = Update::builder()
            .table_name(&self.table)
            .set_key(Some(Key::ordinals(library).attributes()))
            .update_expression(format!(
                "SET expires_at = :expires REMOVE {DELETING}, {LISTED} ADD {DELETIONS} :one"
            ))
            .condition_expression(format!("attribute_exists({DELETING})"))
            .expression_attribute_values(":expires", n(expires_at.as_second()))
            .expression_attribute_values(":one", n(1));
        let writes = vec![
            TransactWriteItem::builder()
                .delete(unlist.build().map_err(unbuildable)?)
                .build(),
            TransactWriteItem::builder()
                .update(open.build().map_err(unbuildable)?)
                .build(),
        ];
        // If the condition does not hold, another deletion was faster, or the response of an earlier attempt was lost.
        let _forgotten = transact(&self.client, writes).await?;
        Ok(())
    }

    async fn closed(&self) -> Result<Vec<LibraryId>, StoreError> {
        let rows = query::rows(&self.client, &self.table, key::LIBRARIES_PK, "").await?;
        let closed = rows.iter().filter(|row| row.contains_key(DELETING));
        closed.map(library_from_row).collect()
    }
}

impl Knowledge {
    /// Whether a library has, or may have, anything to delete.
    async fn exists(&self, library: &LibraryId) -> Result<bool, StoreError> {
        let counter = self.get(Key::ordinals(library)).await?;
        // The counter of a deleted library expires.
        let is_written = counter.is_some_and(|counter| !counter.contains_key("expires_at"));
        if is_written || self.get(Key::library(library)).await?.is_some() {
            return Ok(true);
        }
        Ok(!self.notes(library).await?.0.is_empty())
    }

    /// About 1 MB of the notes of what waits, and where to go on.
    async fn notes(&self, library: &LibraryId) -> Result<(Vec<Item>, Option<Item>), StoreError> {
        let range = all_of(key::waiting_pk(library));
        query::page(&self.client, &self.table, &range, true, None).await
    }
}

/// All rows of a partition.
fn all_of(pk: String) -> query::Range {
    query::Range {
        pk,
        from: FIRST_SK.into(),
        to: LAST_SK.into(),
    }
}
