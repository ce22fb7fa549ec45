//! The queue of accepted documents. The row of a document holds its lease; the table's stream invokes the worker for rows that
//! are pending.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure};
use futures::{StreamExt, stream};
use jiff::Timestamp;
use ulid::Ulid;

use super::{
    batch, capacity, condition, delete,
    documents::Knowledge,
    key::{self, Key},
    pending::{
        AcceptedRows, Finishing, acceptance, accepted_rows, content, pending_from_row, queued_from_row,
    },
    query, retry,
    rows::{Item, is_written_by, n, number, s, string},
};
use crate::{
    domain::{DocumentId, DocumentStatus, LibraryId, Upload},
    error::source_chain,
    ports::{
        Acquisition, DocumentLease, IngestQueue, PendingDocument, QueueDocuments, QueuedDocument,
        ReadPending, StoreError, WriteDocuments,
    },
};

/// Number of documents whose rows are written concurrently.
const CONCURRENCY: usize = 8;
/// Number of parts that are written by one request: together 600 KB, which fits into the time of an attempt.
const PARTS_OF_A_REQUEST: usize = 2;
/// Progress of a document once it is acquired.
const FIRST_PROGRESS: f64 = 0.1;

#[async_trait]
impl ReadPending for Knowledge {
    async fn pending(
        &self,
        library: &LibraryId,
        id: &DocumentId,
    ) -> Result<Option<PendingDocument>, StoreError> {
        match self.get(Key::pending(library, id)).await? {
            Some(row) => pending_from_row(&row),
            None => Ok(None),
        }
    }
}

#[async_trait]
impl QueueDocuments for Knowledge {
    async fn accept(&self, library: &LibraryId, uploads: &[Upload]) -> Vec<Result<(), StoreError>> {
        let writing = uploads.iter().map(|upload| self.put_content(library, upload));
        let writing: Vec<_> = writing.collect();
        let rows: Vec<_> = stream::iter(writing).buffered(CONCURRENCY).collect().await;
        // After all notes: a deletion of the library that begins later finds them.
        if let Err(error) = self.check_not_deleting(library).await {
            return uploads.iter().map(|_| Err(error.copy())).collect();
        }
        // After all content, because workers begin with the first row.
        let accepting = rows.into_iter().map(|row| self.put_accepted(row));
        let accepting: Vec<_> = accepting.collect();
        stream::iter(accepting).buffered(CONCURRENCY).collect().await
    }

    async fn withdraw(&self, library: &LibraryId, ids: &[DocumentId]) -> Result<usize, StoreError> {
        let keys = ids.iter().map(|id| Key::pending(library, id)).collect();
        let rows = batch::get(&self.client, &self.table, keys, true).await?;
        for row in &rows {
            let Some(key) = Key::from_row(row) else { continue };
            // Whichever acceptance is in the row by now goes with it.
            delete::row(&self.client, &self.table, key.clone()).await?;
            if let Some(acceptance) = acceptance(row)
                && let Err(error) = self.delete_parts(&key.pk, acceptance).await
            {
                // The document is withdrawn. What is left of it expires.
                tracing::warn!(
                    error = source_chain(&error),
                    "content of a withdrawn document not deleted"
                );
            }
        }
        Ok(rows.len())
    }
}

impl Knowledge {
    /// Writes the content of a document; returns the row that makes it visible.
    async fn put_content(&self, library: &LibraryId, upload: &Upload) -> Result<Item, StoreError> {
        let AcceptedRows { mut parts, note, row } = accepted_rows(library, upload)?;
        parts.push(note);
        for parts in parts.chunks(PARTS_OF_A_REQUEST) {
            batch::put(&self.client, &self.table, parts.to_vec()).await?;
        }
        Ok(row)
    }

    /// Writes the row of an accepted document, unless a later acceptance waits: that one supersedes it.
    async fn put_accepted(&self, row: Result<Item, StoreError>) -> Result<(), StoreError> {
        let row = row?;
        let acceptance = row.get("acceptance").cloned().unwrap_or_else(|| s(""));
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(row))
            .condition_expression("attribute_not_exists(pk) OR acceptance < :acceptance")
            .expression_attribute_values(":acceptance", acceptance)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        if let Ok(output) = condition::write("PutItem", || put.clone().send()).await? {
            capacity::written(output.consumed_capacity());
        }
        Ok(())
    }

    /// Deletes the parts of an acceptance and of earlier ones.
    async fn delete_parts(&self, pk: &str, acceptance: Ulid) -> Result<(), StoreError> {
        let range = query::Range {
            pk: pk.to_owned(),
            from: "0".into(),
            to: key::parts_of(acceptance).1,
        };
        delete::range(&self.client, &self.table, &range).await
    }
}

#[async_trait]
impl IngestQueue for Knowledge {
    async fn acquire(
        &self,
        lease: &DocumentLease,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Acquisition<QueuedDocument>, StoreError> {
        let update = self
            .update(Key::pending(&lease.library, &lease.id))
            .update_expression(
                "SET #status = :processing, lease_ms = :until, run_id = :run, progress = :progress ADD tries :one",
            )
            .expression_attribute_names("#status", "status")
            .condition_expression(
                "acceptance = :acceptance AND (#status = :pending OR (#status = :processing AND lease_ms < :now))",
            )
            .expression_attribute_values(":acceptance", s(lease.acceptance.to_string()))
            .expression_attribute_values(":pending", s(DocumentStatus::Pending.as_str()))
            .expression_attribute_values(":processing", s(DocumentStatus::Processing.as_str()))
            .expression_attribute_values(":until", n(until.as_millisecond()))
            .expression_attribute_values(":now", n(now.as_millisecond()))
            .expression_attribute_values(":run", s(lease.run.to_string()))
            .expression_attribute_values(":progress", n(FIRST_PROGRESS))
            .expression_attribute_values(":one", n(1))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match condition::write("UpdateItem", || update.clone().send()).await? {
            Ok(output) => {
                capacity::written(output.consumed_capacity());
                acquired(&output.attributes.unwrap_or_default())
            }
            Err(row) => acquisition_of_refused(lease, &row),
        }
    }

    async fn content(
        &self,
        lease: &DocumentLease,
        queued: &QueuedDocument,
    ) -> Result<Option<Upload>, StoreError> {
        let (from, to) = key::parts_of(lease.acceptance);
        let pk = key::pending_pk(&lease.library, &lease.id);
        let parts = query::range(&self.client, &self.table, &query::Range { pk, from, to }, true).await?;
        if parts.len() as u64 != queued.parts {
            return Ok(None);
        }
        content(&parts).map(Some)
    }

    fn writer(&self, lease: &DocumentLease, queued: &QueuedDocument) -> Arc<dyn WriteDocuments> {
        let finishing = Finishing {
            lease: lease.clone(),
            accepted_at: queued.accepted_at,
        };
        Arc::new(Self {
            finishing: Some(finishing),
            ..self.clone()
        })
    }

    async fn release(&self, lease: &DocumentLease) -> Result<(), StoreError> {
        let update = self
            .update(Key::pending(&lease.library, &lease.id))
            .update_expression("SET lease_ms = :over")
            .condition_expression("run_id = :run")
            .expression_attribute_values(":run", s(lease.run.to_string()))
            .expression_attribute_values(":over", n(0));
        let output = retry::call("UpdateItem", || update.clone().send()).await?;
        capacity::written(output.consumed_capacity());
        Ok(())
    }

    async fn mark_failed(&self, lease: &DocumentLease, problem: &str) -> Result<(), StoreError> {
        let update = self
            .update(Key::pending(&lease.library, &lease.id))
            .update_expression(
                "SET #status = :failed, problem = :problem, written_by = :run REMOVE lease_ms, run_id, progress, tries",
            )
            .condition_expression("run_id = :run")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":run", s(lease.run.to_string()))
            .expression_attribute_values(":failed", s(DocumentStatus::Failed.as_str()))
            .expression_attribute_values(":problem", s(problem))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match condition::write("UpdateItem", || update.clone().send()).await? {
            Ok(output) => capacity::written(output.consumed_capacity()),
            Err(row) if is_written_by(&row, &lease.run.to_string()) => {}
            Err(_other) => return Err(StoreError::Conflict),
        }
        self.discard_content(lease).await
    }

    async fn finish(&self, lease: &DocumentLease) -> Result<(), StoreError> {
        let key = Key::pending(&lease.library, &lease.id);
        let run = s(lease.run.to_string());
        // Otherwise it was published, or the lease was lost.
        delete::row_if(&self.client, &self.table, key, "run_id = :run", (":run", run)).await?;
        self.discard_content(lease).await
    }

    async fn discard_content(&self, lease: &DocumentLease) -> Result<(), StoreError> {
        let pk = key::pending_pk(&lease.library, &lease.id);
        self.delete_parts(&pk, lease.acceptance).await
    }
}

fn acquired(row: &Item) -> Result<Acquisition<QueuedDocument>, StoreError> {
    Ok(Acquisition::Acquired(Box::new(queued_from_row(row)?)))
}

/// Explains why the condition of an acquisition failed, from the row.
fn acquisition_of_refused(
    lease: &DocumentLease,
    row: &Item,
) -> Result<Acquisition<QueuedDocument>, StoreError> {
    // The response of an earlier attempt was lost.
    if string(row, "run_id").is_some_and(|run| run == lease.run.to_string()) {
        return acquired(row);
    }
    let is_running = acceptance(row) == Some(lease.acceptance)
        && string(row, "status") == Some(DocumentStatus::Processing.as_str());
    let until = number(row, "lease_ms").filter(|_| is_running);
    let until = until.and_then(|ms| Timestamp::from_millisecond(i64::try_from(ms).ok()?).ok());
    Ok(until.map_or(Acquisition::Finished, Acquisition::Leased))
}
