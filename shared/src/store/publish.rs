//! Publishing: the transactions that make a segment with its documents visible, or replace segments by a merged one.

use aws_sdk_dynamodb::types::{CancellationReason, Delete, Put, TransactWriteItem, Update};

use super::{
    documents::Knowledge,
    error::{corrupt, unbuildable},
    journal::{GARBAGE, entry_row, garbage_json},
    key::Key,
    manifest::{dead_attribute, segment_row},
    rows::{HeaderRow, Item, n, s},
    transaction::transact,
};
use crate::{
    domain::LibraryId,
    ports::{Garbage, JournalEntry, NewDocument, Publication, Published, Segment, StoreError, Unmarked},
};

/// Condition of the writer's own journal entry: the sweep has not taken it.
const OWN_ENTRY: &str = "attribute_exists(pk) AND attribute_not_exists(claimed)";
const NEW: &str = "attribute_not_exists(pk)";

impl Knowledge {
    /// Publishes a segment with documents, or a deletion.
    pub(super) async fn publish_segment(
        &self,
        library: &LibraryId,
        publication: &Publication,
    ) -> Result<Published, StoreError> {
        let Publication {
            segment,
            documents,
            deleted,
            garbage,
        } = publication;
        // The writes whose conditions concern documents come first.
        let mut writes = Vec::with_capacity(documents.len() + 3);
        for document in documents {
            writes.push(self.put_header(library, document)?);
        }
        if let Some((id, version)) = deleted {
            let delete = Delete::builder()
                .table_name(&self.table)
                .set_key(Some(Key::header(library, id).attributes()))
                .condition_expression("live = :version")
                .expression_attribute_values(":version", n(version));
            writes.push(
                TransactWriteItem::builder()
                    .delete(delete.build().map_err(unbuildable)?)
                    .build(),
            );
        }
        let changing = writes.len();
        writes.push(self.put_if_new(segment_row(library, segment))?);
        writes.push(match deleted {
            // A deletion writes nothing before, so its entry begins here.
            Some(_) => self.put_if_new(entry_row(&JournalEntry {
                id: segment.id,
                library: library.clone(),
                garbage: garbage.clone(),
            }))?,
            None => self.turn_entry(segment, garbage)?,
        });
        if let Some(finishing) = &self.finishing {
            writes.push(finishing.dequeue(&self.table)?);
        }
        let Err(reasons) = transact(&self.client, writes).await? else {
            return Ok(Published::Done);
        };
        let is_failed = |reason: &CancellationReason| reason.code() == Some("ConditionalCheckFailed");
        if self.get(Key::manifest(library, segment.id)).await?.is_some() {
            // The response of an earlier attempt was lost.
            return Ok(Published::Done);
        }
        let changed: Vec<usize> = (0..changing)
            .filter(|&place| reasons.get(place).is_some_and(is_failed))
            .collect();
        Ok(if changed.is_empty() {
            Published::Superseded
        } else {
            Published::Changed(changed)
        })
    }

    /// Replaces segments by a merged one.
    pub(super) async fn swap_segments(
        &self,
        library: &LibraryId,
        merged: &Segment,
        replaced: &[Segment],
        unmarked: &[Unmarked],
    ) -> Result<Published, StoreError> {
        let mut writes = vec![self.put_if_new(segment_row(library, merged))?];
        for unmarked in unmarked {
            writes.push(self.remove_marks(library, unmarked)?);
        }
        for segment in replaced {
            let delete = Delete::builder()
                .table_name(&self.table)
                .set_key(Some(Key::manifest(library, segment.id).attributes()))
                .condition_expression("attribute_exists(pk)");
            writes.push(
                TransactWriteItem::builder()
                    .delete(delete.build().map_err(unbuildable)?)
                    .build(),
            );
        }
        let garbage = Garbage {
            segments: replaced
                .iter()
                .map(|segment| (segment.id, segment.buckets))
                .collect(),
            chunks: Vec::new(),
        };
        writes.push(self.turn_entry(merged, &garbage)?);
        if transact(&self.client, writes).await?.is_ok()
            || self.get(Key::manifest(library, merged.id)).await?.is_some()
        {
            return Ok(Published::Done);
        }
        Ok(Published::Superseded)
    }

    fn put_header(
        &self,
        library: &LibraryId,
        document: &NewDocument,
    ) -> Result<TransactWriteItem, StoreError> {
        let mut placed = document.placed.clone();
        if let Some(finishing) = &self.finishing {
            placed.header.updated_at = finishing.accepted_at;
        }
        let row: Item =
            serde_dynamo::to_item(HeaderRow::new(library, &placed)).map_err(corrupt("document header"))?;
        let put = Put::builder().table_name(&self.table).set_item(Some(row));
        let put = match document.previous {
            None => put.condition_expression(NEW),
            Some(version) => put
                .condition_expression("live = :version")
                .expression_attribute_values(":version", n(version)),
        };
        Ok(TransactWriteItem::builder()
            .put(put.build().map_err(unbuildable)?)
            .build())
    }

    /// Replaces a manifest row whose marks are still the same.
    fn remove_marks(
        &self,
        library: &LibraryId,
        unmarked: &Unmarked,
    ) -> Result<TransactWriteItem, StoreError> {
        let Unmarked { segment, left } = unmarked;
        let row = segment_row(
            library,
            &Segment {
                dead: left.clone(),
                ..segment.clone()
            },
        );
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(row))
            .condition_expression("dead = :dead")
            .expression_attribute_values(":dead", dead_attribute(&segment.dead));
        Ok(TransactWriteItem::builder()
            .put(put.build().map_err(unbuildable)?)
            .build())
    }

    fn put_if_new(&self, row: Item) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(row))
            .condition_expression(NEW);
        Ok(TransactWriteItem::builder()
            .put(put.build().map_err(unbuildable)?)
            .build())
    }

    /// Turns the writer's journal entry from what to delete if it dies before the publication into what to delete after it.
    fn turn_entry(&self, segment: &Segment, garbage: &Garbage) -> Result<TransactWriteItem, StoreError> {
        let key = Some(Key::journal(segment.id).attributes());
        if garbage.is_empty() {
            let delete = Delete::builder()
                .table_name(&self.table)
                .set_key(key)
                .condition_expression(OWN_ENTRY);
            return Ok(TransactWriteItem::builder()
                .delete(delete.build().map_err(unbuildable)?)
                .build());
        }
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(key)
            .update_expression("SET #garbage = :garbage")
            .condition_expression(OWN_ENTRY)
            .expression_attribute_names("#garbage", GARBAGE)
            .expression_attribute_values(":garbage", s(garbage_json(garbage)));
        Ok(TransactWriteItem::builder()
            .update(update.build().map_err(unbuildable)?)
            .build())
    }
}
