//! Crawls: one row for each, which is also its queue entry, and rows with its state. All rows expire after their last write.

use async_trait::async_trait;
use aws_sdk_dynamodb::{
    operation::update_item::builders::UpdateItemFluentBuilder, primitives::Blob, types::AttributeValue,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;
use ulid::Ulid;

use super::{
    batch, condition, delete,
    documents::Knowledge,
    key::{self, Key},
    query,
    rows::{Item, SCHEMA, WRITTEN_BY, is_written_by, n, number, s, string},
};
use crate::{
    domain::{Crawl, CrawlId, Status},
    ports::{Acquisition, CrawlLease, CrawlQueue, Crawls, QueuedCrawl, StateParts, StoreError},
};

/// How long a crawl is kept after its last run, so that the next one fetches only what has changed.
const TTL: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How long the note by which the deletion of a library finds its crawl is kept: longer than the crawl.
const NOTE_TTL: SignedDuration = SignedDuration::from_hours(120 * 24);
/// A run that was last seen at work so long ago has been given up.
const ABANDONED: SignedDuration = SignedDuration::from_hours(1);
/// Size of a part of the state, in bytes; an item has 400 KB at most.
const PART_BYTES: usize = 300_000;
/// Number of parts that are written by one request.
const PARTS_OF_A_REQUEST: usize = 2;

/// Attribute with the status. It has a name of its own, by which the stream finds crawls.
const STATUS: &str = "crawl_status";
/// Attribute of a run that is to be cancelled.
const CANCEL_REQUESTED: &str = "cancel_requested";
/// Attribute of a run whose worker has saved nothing yet.
const NEW_RUN: &str = "new_run";

#[async_trait]
impl Crawls for Knowledge {
    async fn start(&self, crawl: &Crawl) -> Result<Result<(), Crawl>, StoreError> {
        let note = self
            .update(Key::waiting_crawl(&crawl.library, &crawl.crawl_id))
            .update_expression("SET expires_at = :expires")
            .expression_attribute_values(":expires", expires_at(NOTE_TTL));
        condition::update(note).await?.unwrap_or_default();
        // After the note: a deletion of the library that begins later finds it.
        self.check_not_deleting(&crawl.library).await?;
        let token = Ulid::generate().to_string();
        let abandoned = crawl
            .started_at
            .saturating_sub(ABANDONED)
            .unwrap_or(Timestamp::MIN);
        let update = self
            .update_crawl(&crawl.crawl_id, crawl)?
            .update_expression(format!(
                "SET crawl = :crawl, {STATUS} = :status, updated_ms = :updated, expires_at = :expires, #schema = :schema, \
                 {NEW_RUN} = :true, {WRITTEN_BY} = :token REMOVE run_id, lease_ms, tries, {CANCEL_REQUESTED}"
            ))
            .condition_expression(format!(
                "attribute_not_exists({STATUS}) OR NOT ({STATUS} IN (:pending, :processing)) OR updated_ms < :abandoned"
            ))
            .expression_attribute_names("#schema", "schema")
            .expression_attribute_values(":schema", n(SCHEMA))
            .expression_attribute_values(":true", n(1))
            .expression_attribute_values(":token", s(token.clone()))
            .expression_attribute_values(":pending", s(Status::Pending.as_str()))
            .expression_attribute_values(":processing", s(Status::Processing.as_str()))
            .expression_attribute_values(":abandoned", n(abandoned.as_millisecond()));
        match condition::update(update).await? {
            Err(row) if !is_written_by(&row, &token) => crawl_from_row(&row).map(Err),
            _ => Ok(Ok(())),
        }
    }

    async fn crawl(&self, id: &CrawlId) -> Result<Option<Crawl>, StoreError> {
        let row = self.get(Key::crawl(id)).await?;
        row.as_ref().map(crawl_from_row).transpose()
    }

    async fn cancel(&self, id: &CrawlId) -> Result<Option<Crawl>, StoreError> {
        let stop = self
            .update(Key::crawl(id))
            .update_expression(format!("SET {CANCEL_REQUESTED} = :true"))
            .condition_expression(format!("{STATUS} = :processing"))
            .expression_attribute_values(":true", n(1))
            .expression_attribute_values(":processing", s(Status::Processing.as_str()));
        let end = self
            .update(Key::crawl(id))
            .update_expression(format!("SET {STATUS} = :cancelled"))
            .condition_expression(format!("{STATUS} = :pending"))
            .expression_attribute_values(":pending", s(Status::Pending.as_str()))
            .expression_attribute_values(":cancelled", s(Status::Cancelled.as_str()));
        loop {
            let row = match condition::update(stop.clone()).await? {
                Ok(row) => return crawl_from_row(&row).map(Some),
                Err(row) => row,
            };
            if row.is_empty() {
                return Ok(None);
            }
            if status(&row)? != Status::Pending {
                return crawl_from_row(&row).map(Some);
            }
            // Otherwise a worker has acquired it meanwhile.
            if let Ok(row) = condition::update(end.clone()).await? {
                return crawl_from_row(&row).map(Some);
            }
        }
    }
}

#[async_trait]
impl CrawlQueue for Knowledge {
    async fn acquire(
        &self,
        lease: &CrawlLease,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Acquisition<QueuedCrawl>, StoreError> {
        let update = self
            .update(Key::crawl(&lease.id))
            .update_expression(format!(
                "SET {STATUS} = :processing, lease_ms = :until, run_id = :run, updated_ms = :now ADD tries :one"
            ))
            .condition_expression(format!(
                "{STATUS} = :pending OR ({STATUS} = :processing AND lease_ms < :now)"
            ))
            .expression_attribute_values(":pending", s(Status::Pending.as_str()))
            .expression_attribute_values(":processing", s(Status::Processing.as_str()))
            .expression_attribute_values(":until", n(until.as_millisecond()))
            .expression_attribute_values(":now", n(now.as_millisecond()))
            .expression_attribute_values(":run", s(lease.run.to_string()))
            .expression_attribute_values(":one", n(1));
        let row = match condition::update(update).await? {
            Ok(row) => row,
            // The response of an earlier attempt was lost.
            Err(row) if holds(&row, lease) => row,
            Err(row) => {
                let is_running = string(&row, STATUS) == Some(Status::Processing.as_str());
                let until = number(&row, "lease_ms").filter(|_| is_running);
                let until = until.and_then(|ms| Timestamp::from_millisecond(i64::try_from(ms).ok()?).ok());
                return Ok(until.map_or(Acquisition::Finished, Acquisition::Leased));
            }
        };
        Ok(Acquisition::Acquired(Box::new(QueuedCrawl {
            crawl: crawl_from_row(&row)?,
            state: state_parts(&row),
            is_new_run: row.contains_key(NEW_RUN),
            attempts: number(&row, "tries").unwrap_or(1),
        })))
    }

    async fn state(&self, lease: &CrawlLease, parts: StateParts) -> Result<Vec<u8>, StoreError> {
        let (from, to) = key::parts_of(parts.save);
        let pk = key::crawl_pk(&lease.id);
        let rows = query::range(&self.client, &self.table, &query::Range { pk, from, to }, true).await?;
        if rows.len() as u64 != parts.parts {
            return Err(corrupt("a part of its state is missing"));
        }
        let content = rows.iter().filter_map(|row| row.get("state")?.as_b().ok());
        Ok(content.flat_map(|part| part.as_ref().to_vec()).collect())
    }

    async fn release(&self, lease: &CrawlLease) -> Result<(), StoreError> {
        let update = self
            .update(Key::crawl(&lease.id))
            .update_expression("SET lease_ms = :over")
            .condition_expression("run_id = :run")
            .expression_attribute_values(":run", s(lease.run.to_string()))
            .expression_attribute_values(":over", n(0));
        let released = condition::update(update).await?;
        released.map_or(Err(StoreError::Conflict), |_row| Ok(()))
    }

    async fn save(
        &self,
        lease: &CrawlLease,
        crawl: &Crawl,
        state: Option<&[u8]>,
    ) -> Result<bool, StoreError> {
        let parts = match state {
            Some(state) => Some(self.put_state(&lease.id, state).await?),
            None => None,
        };
        let token = Ulid::generate().to_string();
        let mut set = format!(
            "SET crawl = :crawl, {STATUS} = :status, updated_ms = :updated, expires_at = :expires, tries = :zero, \
             {WRITTEN_BY} = :token"
        );
        if parts.is_some() {
            set.push_str(", state_save = :save, parts = :parts");
        }
        let mut remove = vec![NEW_RUN];
        if crawl.status != Status::Processing {
            remove.extend(["run_id", "lease_ms"]);
        }
        if !crawl.status.is_running() {
            remove.push(CANCEL_REQUESTED);
        }
        let mut update = self
            .update_crawl(&lease.id, crawl)?
            .update_expression(format!("{set} REMOVE {}", remove.join(", ")))
            .condition_expression("run_id = :run")
            .expression_attribute_values(":run", s(lease.run.to_string()))
            .expression_attribute_values(":token", s(token.clone()))
            .expression_attribute_values(":zero", n(0));
        if let Some(StateParts { save, parts }) = parts {
            update = update
                .expression_attribute_values(":save", s(save.to_string()))
                .expression_attribute_values(":parts", n(parts));
        }
        let row = match condition::update(update).await? {
            Ok(row) => row,
            Err(row) if is_written_by(&row, &token) => row,
            Err(_lost) => return Err(StoreError::Conflict),
        };
        if let Some(parts) = parts {
            self.delete_states_before(&lease.id, parts.save).await?;
        }
        Ok(row.contains_key(CANCEL_REQUESTED))
    }
}

impl Knowledge {
    /// An update of the row of a crawl with the values of what readers see.
    fn update_crawl(&self, id: &CrawlId, crawl: &Crawl) -> Result<UpdateItemFluentBuilder, StoreError> {
        let json = serde_json::to_string(crawl).map_err(|error| corrupt(&error.to_string()))?;
        Ok(self
            .update(Key::crawl(id))
            .expression_attribute_values(":crawl", s(json))
            .expression_attribute_values(":status", s(crawl.status.as_str()))
            .expression_attribute_values(":updated", n(crawl.updated_at.as_millisecond()))
            .expression_attribute_values(":expires", expires_at(TTL)))
    }

    async fn put_state(&self, id: &CrawlId, state: &[u8]) -> Result<StateParts, StoreError> {
        let save = Ulid::generate();
        let rows = state.chunks(PART_BYTES).enumerate().map(|(number, part)| {
            let mut row = Key::crawl_state(id, save, number).attributes();
            row.insert("state".into(), AttributeValue::B(Blob::new(part)));
            row.insert("expires_at".into(), expires_at(TTL));
            row
        });
        let rows: Vec<Item> = rows.collect();
        for rows in rows.chunks(PARTS_OF_A_REQUEST) {
            batch::put(&self.client, &self.table, rows.to_vec()).await?;
        }
        Ok(StateParts {
            save,
            parts: rows.len() as u64,
        })
    }

    /// Deletes the states of earlier saves, with those that were interrupted.
    async fn delete_states_before(&self, id: &CrawlId, save: Ulid) -> Result<(), StoreError> {
        let range = query::Range {
            pk: key::crawl_pk(id),
            from: "0".into(),
            to: save.to_string(),
        };
        delete::range(&self.client, &self.table, &range).await
    }
}

/// Returns the crawl that a record of the table's stream is about; `None` if the record is about another row.
pub fn crawl_from_record(record: &Json) -> Option<CrawlId> {
    let keys = &record["dynamodb"]["Keys"];
    key::parse_crawl(keys["pk"]["S"].as_str()?, keys["sk"]["S"].as_str()?)
}

fn expires_at(ttl: SignedDuration) -> AttributeValue {
    n(Timestamp::now()
        .saturating_add(ttl)
        .unwrap_or(Timestamp::MAX)
        .as_second())
}

fn holds(row: &Item, lease: &CrawlLease) -> bool {
    string(row, "run_id").is_some_and(|run| run == lease.run.to_string())
}

fn status(row: &Item) -> Result<Status, StoreError> {
    let status = string(row, STATUS).and_then(Status::parse);
    status.ok_or_else(|| corrupt("its status is missing"))
}

fn crawl_from_row(row: &Item) -> Result<Crawl, StoreError> {
    let json = string(row, "crawl").ok_or_else(|| corrupt("it has no content"))?;
    let crawl: Crawl = serde_json::from_str(json).map_err(|error| corrupt(&error.to_string()))?;
    Ok(Crawl {
        status: status(row)?,
        ..crawl
    })
}

fn state_parts(row: &Item) -> Option<StateParts> {
    Some(StateParts {
        save: Ulid::from_string(string(row, "state_save")?).ok()?,
        parts: number(row, "parts")?,
    })
}

fn corrupt(reason: &str) -> StoreError {
    StoreError::Corrupt {
        row: "crawl",
        reason: reason.to_owned(),
    }
}
