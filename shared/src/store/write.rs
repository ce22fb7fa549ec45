//! Writing documents and segments to the knowledge table, and finding what dead writers left.

use std::collections::BTreeSet;

use async_trait::async_trait;
use aws_sdk_dynamodb::{
    operation::update_item::builders::UpdateItemFluentBuilder,
    types::{ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure},
};
use jiff::Timestamp;
use ulid::Ulid;

use super::{
    batch, capacity, condition, delete,
    documents::{Knowledge, header_row},
    error::corrupt,
    journal::{GARBAGE, entry_from_row, entry_row, garbage_json},
    key::{self, Key},
    query, retry,
    rows::{ChunkRow, is_written_by, n, s, segment_bytes, segment_item, string},
};
use crate::{
    domain::{DocumentId, Language, LibraryId},
    ports::{
        Chunk, Garbage, JournalEntry, PlacedHeader, Publication, Published, Reserved, RowName, Segment,
        SegmentRow, StoreError, SweepDocuments, Unmarked, WriteDocuments,
    },
    retrieval::segment::bucket_start,
};

/// Number of journal entries that the sweep reads together.
const JOURNAL_PAGE: i32 = 100;
/// A sort key after all others.
pub(super) const LAST_SK: &str = "~";

impl Knowledge {
    /// Starts an update of a row.
    pub(super) fn update(&self, key: Key) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
    }

    /// Sends an update; false if its condition does not hold.
    async fn update_if(&self, update: UpdateItemFluentBuilder) -> Result<bool, StoreError> {
        let updated = condition::write("UpdateItem", || update.clone().send()).await?;
        if let Ok(output) = &updated {
            capacity::written(output.consumed_capacity());
        }
        Ok(updated.is_ok())
    }
}

/// The parts of a segment that have buckets.
fn parts(buckets: u32) -> Vec<u32> {
    if buckets == 0 {
        return Vec::new();
    }
    let first_hashes = (0..key::VOCABULARY_PART).map(|part| part << 28);
    // A part without the start of a bucket has no row.
    let starts = first_hashes.flat_map(|hash| {
        [
            bucket_start(hash, buckets),
            bucket_start(hash | 0x0fff_ffff, buckets),
        ]
    });
    starts
        .map(|start| start >> 28)
        .collect::<BTreeSet<u32>>()
        .into_iter()
        .collect()
}

#[async_trait]
impl WriteDocuments for Knowledge {
    async fn headers(
        &self,
        library: &LibraryId,
        ids: &[DocumentId],
    ) -> Result<Vec<PlacedHeader>, StoreError> {
        let keys = ids.iter().map(|id| Key::header(library, id)).collect();
        let rows = batch::get(&self.client, &self.table, keys, true).await?;
        rows.into_iter().map(|item| header_row(item)?.placed()).collect()
    }

    async fn reserve_ordinals(&self, library: &LibraryId, count: u64) -> Result<Reserved, StoreError> {
        self.reserve(library, count).await
    }

    async fn check_reserved(&self, library: &LibraryId, reserved: Reserved) -> Result<(), StoreError> {
        self.check_open(library, reserved.deletions).await
    }

    async fn begin(&self, entry: &JournalEntry) -> Result<(), StoreError> {
        let request = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(entry_row(entry)))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let output = retry::call("PutItem", || request.clone().send()).await?;
        capacity::written(output.consumed_capacity());
        Ok(())
    }

    async fn put_chunks(
        &self,
        library: &LibraryId,
        documents: &[(&PlacedHeader, Language, &[Chunk])],
    ) -> Result<(), StoreError> {
        let rows = documents.iter().flat_map(|(placed, language, chunks)| {
            chunks
                .iter()
                .map(|chunk| serde_dynamo::to_item(ChunkRow::new(library, placed, *language, chunk)))
        });
        let items = rows.collect::<Result<_, _>>().map_err(corrupt("chunk"))?;
        batch::put(&self.client, &self.table, items).await
    }

    async fn put_segment_rows(
        &self,
        library: &LibraryId,
        segment: Ulid,
        rows: Vec<SegmentRow>,
    ) -> Result<(), StoreError> {
        let item = |row: SegmentRow| segment_item(Key::segment_row(library, segment, row.name), row.bytes);
        let items = rows.into_iter().map(item).collect();
        batch::put(&self.client, &self.table, items).await
    }

    async fn scan_segment(
        &self,
        library: &LibraryId,
        segment: &Segment,
        after: Option<RowName>,
    ) -> Result<(Vec<SegmentRow>, bool), StoreError> {
        let after = after.map(|name| Key::segment_row(library, segment.id, name));
        let parts = parts(segment.buckets);
        let pk = |part: &u32| key::segment_pk(library, segment.id, *part);
        let start = after
            .as_ref()
            .and_then(|after| parts.iter().position(|part| pk(part) == after.pk))
            .unwrap_or(0);
        let mut after = after.map(Key::attributes);
        for (place, part) in parts.iter().enumerate().skip(start) {
            let range = query::Range {
                pk: pk(part),
                from: "0".into(),
                to: LAST_SK.into(),
            };
            let (items, next) = query::page(&self.client, &self.table, &range, false, after.take()).await?;
            let rows = items.into_iter().map(|mut item| {
                let name = string(&item, "sk").and_then(key::parse_segment_row);
                Some(SegmentRow {
                    name: name?,
                    bytes: segment_bytes(&mut item)?,
                })
            });
            let rows: Option<Vec<SegmentRow>> = rows.collect();
            let rows = rows.ok_or_else(|| StoreError::Corrupt {
                row: "segment",
                reason: "a key or its content does not parse".into(),
            })?;
            let has_more = next.is_some() || place + 1 < parts.len();
            if !rows.is_empty() || !has_more {
                return Ok((rows, has_more));
            }
        }
        Ok((Vec::new(), false))
    }

    async fn publish(&self, library: &LibraryId, publication: &Publication) -> Result<Published, StoreError> {
        self.publish_segment(library, publication).await
    }

    async fn swap(
        &self,
        library: &LibraryId,
        merged: &Segment,
        replaced: &[Segment],
        unmarked: &[Unmarked],
    ) -> Result<Published, StoreError> {
        self.swap_segments(library, merged, replaced, unmarked).await
    }

    async fn discard(&self, library: &LibraryId, garbage: &Garbage) -> Result<(), StoreError> {
        for &(segment, buckets) in &garbage.segments {
            for part in parts(buckets).into_iter().chain([key::VOCABULARY_PART]) {
                let range = query::Range {
                    pk: key::segment_pk(library, segment, part),
                    from: "0".into(),
                    to: LAST_SK.into(),
                };
                delete::range(&self.client, &self.table, &range).await?;
            }
        }
        let keys = garbage.chunks.iter().cloned().flatten();
        let keys = keys.map(|ordinal| Key::chunk(library, ordinal)).collect();
        batch::delete(&self.client, &self.table, keys).await
    }

    async fn finish(&self, entry: Ulid) -> Result<(), StoreError> {
        delete::row(&self.client, &self.table, Key::journal(entry)).await
    }

    async fn acquire_merging(
        &self,
        library: &LibraryId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let token = Ulid::generate().to_string();
        let update = self
            .update(Key::merging(library))
            .update_expression("SET lease_ms = :until, notes = :one, written_by = :token")
            .condition_expression("attribute_not_exists(lease_ms) OR lease_ms < :now")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .expression_attribute_values(":token", s(&token))
            .expression_attribute_values(":until", n(until.as_millisecond()))
            .expression_attribute_values(":now", n(now.as_millisecond()))
            .expression_attribute_values(":one", n(1));
        match condition::write("UpdateItem", || update.clone().send()).await? {
            Ok(output) => {
                capacity::written(output.consumed_capacity());
                return Ok(true);
            }
            Err(row) if is_written_by(&row, &token) => return Ok(true),
            Err(_held) => {}
        }
        // The holder of the lease sees the note when it is done.
        let note = self
            .update(Key::merging(library))
            .update_expression("ADD notes :one")
            .expression_attribute_values(":one", n(1));
        self.update_if(note).await?;
        Ok(false)
    }

    async fn release_merging(&self, library: &LibraryId, is_done: bool) -> Result<bool, StoreError> {
        if !is_done {
            let release = self
                .update(Key::merging(library))
                .update_expression("REMOVE lease_ms");
            self.update_if(release).await?;
            return Ok(true);
        }
        let condition = "attribute_not_exists(pk) OR notes <= :one";
        let key = Key::merging(library);
        let is_deleted = delete::row_if(&self.client, &self.table, key, condition, (":one", n(1))).await?;
        if !is_deleted {
            let release = self
                .update(Key::merging(library))
                .update_expression("REMOVE lease_ms");
            self.update_if(release).await?;
        }
        Ok(is_deleted)
    }
}

#[async_trait]
impl SweepDocuments for Knowledge {
    async fn journal(&self, before: Timestamp, after: Option<Ulid>) -> Result<Vec<JournalEntry>, StoreError> {
        let before_ms = u64::try_from(before.as_millisecond()).unwrap_or(0);
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND sk < :before")
            .expression_attribute_values(":pk", s(key::JOURNAL_PK))
            .expression_attribute_values(":before", s(Ulid::from_parts(before_ms, 0).to_string()))
            .set_exclusive_start_key(after.map(|entry| Key::journal(entry).attributes()))
            .limit(JOURNAL_PAGE)
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let output = retry::call("Query", || request.clone().send()).await?;
        capacity::read(output.consumed_capacity());
        output
            .items
            .unwrap_or_default()
            .iter()
            .map(entry_from_row)
            .collect()
    }

    async fn claim(&self, entry: &JournalEntry) -> Result<bool, StoreError> {
        let claim = self
            .update(Key::journal(entry.id))
            .update_expression("SET claimed = :one")
            .condition_expression("#garbage = :garbage")
            .expression_attribute_names("#garbage", GARBAGE)
            .expression_attribute_values(":garbage", s(garbage_json(&entry.garbage)))
            .expression_attribute_values(":one", n(1));
        self.update_if(claim).await
    }

    async fn waiting_for_merge(&self) -> Result<Vec<LibraryId>, StoreError> {
        let rows = query::rows(&self.client, &self.table, key::MERGING_PK, "").await?;
        let library = |row: &super::rows::Item| LibraryId::parse(string(row, "sk")?).ok();
        Ok(rows.iter().filter_map(library).collect())
    }
}
