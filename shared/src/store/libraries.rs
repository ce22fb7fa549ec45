//! Libraries: their list, and the counter of each, which also says whether the library is being deleted.
//!
//! The first writer of a library enters it into the list, and notes that in the counter, which every writer updates anyway.

use async_trait::async_trait;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;

use super::{
    capacity, condition,
    documents::Knowledge,
    key::{self, Key},
    retry,
    rows::{Item, n, number, s, string},
};
use crate::{
    domain::{Library, LibraryId, LibraryStatus},
    ports::{ListLibraries, Page, ReadIndex, Reserved, StoreError},
};

/// Attribute of a library that is being deleted: of its counter and of its row in the list.
pub(super) const DELETING: &str = "deleting";
/// Attribute of the counter: how often a library of this name was deleted.
pub(super) const DELETIONS: &str = "deletions";
/// Attribute of the counter: the library is in the list.
pub(super) const LISTED: &str = "listed";
/// Number of manifests that are read concurrently.
const CONCURRENCY: usize = 8;

#[async_trait]
impl ListLibraries for Knowledge {
    async fn list(&self, after: Option<&LibraryId>, limit: usize) -> Result<Page<Library>, StoreError> {
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(key::LIBRARIES_PK))
            .set_exclusive_start_key(after.map(|library| Key::library(library).attributes()))
            .limit(i32::try_from(limit + 1).unwrap_or(i32::MAX))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        // A page of these rows is far below the 1 MB of a query.
        let output = retry::call("Query", || request.clone().send()).await?;
        capacity::read(output.consumed_capacity());
        let mut rows = output.items.unwrap_or_default();
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let libraries: Vec<_> = rows.iter().map(|row| self.library(row)).collect();
        let items = stream::iter(libraries)
            .buffered(CONCURRENCY)
            .try_collect()
            .await?;
        Ok(Page { items, has_more })
    }
}

impl Knowledge {
    async fn library(&self, row: &Item) -> Result<Library, StoreError> {
        let name = library_from_row(row)?;
        let manifest = self.manifest(&name).await?;
        Ok(Library {
            status: match row.contains_key(DELETING) {
                true => LibraryStatus::Deleting,
                false => LibraryStatus::Ready,
            },
            documents: manifest.documents(),
            chunks: manifest.chunks(),
            updated_at: manifest.changed_at(),
            name,
        })
    }

    /// Reserves ordinals, unless the library is being deleted.
    pub(super) async fn reserve(&self, library: &LibraryId, count: u64) -> Result<Reserved, StoreError> {
        let update = self
            .update(Key::ordinals(library))
            // The counter of a deleted library would expire.
            .update_expression("ADD next_ordinal :count REMOVE expires_at")
            .condition_expression(format!("attribute_not_exists({DELETING})"))
            .expression_attribute_values(":count", n(count));
        let Ok(counter) = condition::update(update).await? else {
            return Err(StoreError::BeingDeleted);
        };
        if !counter.contains_key(LISTED) {
            self.enter(library).await?;
        }
        let next = number(&counter, "next_ordinal").unwrap_or(count);
        Ok(Reserved {
            first: next.saturating_sub(count),
            deletions: number(&counter, DELETIONS).unwrap_or(0),
        })
    }

    /// Enters a library into the list.
    async fn enter(&self, library: &LibraryId) -> Result<(), StoreError> {
        let list = self
            .update(Key::library(library))
            .update_expression("SET listed_ms = :now")
            .expression_attribute_values(":now", n(Timestamp::now().as_millisecond()));
        let note = self
            .update(Key::ordinals(library))
            .update_expression(format!("SET {LISTED} = :one"))
            .condition_expression(format!(
                "attribute_exists(pk) AND attribute_not_exists({DELETING})"
            ))
            .expression_attribute_values(":one", n(1));
        for update in [list, note] {
            if condition::update(update).await?.is_err() {
                return Err(StoreError::BeingDeleted);
            }
        }
        Ok(())
    }

    /// Fails if the library is being deleted, or was deleted more often than this.
    pub(super) async fn check_open(&self, library: &LibraryId, deletions: u64) -> Result<(), StoreError> {
        let counter = self.get(Key::ordinals(library)).await?.unwrap_or_default();
        if counter.contains_key(DELETING) || number(&counter, DELETIONS).unwrap_or(0) != deletions {
            return Err(StoreError::BeingDeleted);
        }
        Ok(())
    }

    /// Fails if the library is being deleted.
    pub(super) async fn check_not_deleting(&self, library: &LibraryId) -> Result<(), StoreError> {
        match self.get(Key::ordinals(library)).await? {
            Some(counter) if counter.contains_key(DELETING) => Err(StoreError::BeingDeleted),
            _ => Ok(()),
        }
    }
}

/// The library of a row of the list.
pub(super) fn library_from_row(row: &Item) -> Result<LibraryId, StoreError> {
    let name = string(row, "sk").and_then(|name| LibraryId::parse(name).ok());
    name.ok_or_else(|| StoreError::Corrupt {
        row: "library",
        reason: "its name does not parse".into(),
    })
}
