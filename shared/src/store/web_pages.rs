//! Copies of web pages in the knowledge table: one row for each, which expires.

use std::io::{Read, Write};

use async_trait::async_trait;
use aws_sdk_dynamodb::{
    primitives::Blob,
    types::{AttributeValue, ReturnConsumedCapacity},
};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use jiff::{SignedDuration, Timestamp};

use super::{
    capacity,
    documents::Knowledge,
    key::Key,
    retry,
    rows::{Item, SCHEMA, n, number},
};
use crate::{
    domain::{DocumentId, WebPage},
    ports::{KeepPages, StoreError},
};

/// How long a copy is kept.
const TTL: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The largest compressed copy: a row has at most 400 KB.
const MAX_BYTES: usize = 390_000;
/// The largest copy: its text has at most 1 MB, and JSON may write a character as six bytes.
const MAX_UNPACKED: u64 = 8_000_000;
/// Attribute of the copy, as compressed JSON. A write costs a unit for each KB, and compression makes three of them one.
const PAGE: &str = "page";

#[async_trait]
impl KeepPages for Knowledge {
    async fn keep(&self, page: &WebPage) -> Result<(), StoreError> {
        let bytes = pack(page).map_err(unusable)?;
        if bytes.len() > MAX_BYTES {
            return Err(StoreError::Rejected {
                operation: "PutItem",
                source: "the copy of the page is too large".into(),
            });
        }
        let mut row = Key::web_page(&page.header.id).attributes();
        row.insert(PAGE.into(), AttributeValue::B(Blob::new(bytes)));
        let until = Timestamp::now().saturating_add(TTL).unwrap_or(Timestamp::MAX);
        row.insert("expires_at".into(), n(until.as_second()));
        row.insert("schema".into(), n(SCHEMA));
        let request = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(row))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let output = retry::call("PutItem", || request.clone().send()).await?;
        capacity::written(output.consumed_capacity());
        Ok(())
    }
}

impl Knowledge {
    /// Reads the copy of a web page; `None` if there is none or it has expired.
    pub(super) async fn web_page(&self, id: &DocumentId) -> Result<Option<WebPage>, StoreError> {
        let now = Timestamp::now().as_second();
        let is_kept = |row: &Item| number(row, "expires_at").is_some_and(|until| now < until as i64);
        let Some(row) = self.get(Key::web_page(id)).await?.filter(is_kept) else {
            return Ok(None);
        };
        let bytes = row.get(PAGE).and_then(|bytes| bytes.as_b().ok());
        let bytes = bytes.map(Blob::as_ref).unwrap_or_default();
        unpack(bytes).map(Some).map_err(unusable)
    }
}

fn unusable(error: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt {
        row: "copy of a web page",
        reason: error.to_string(),
    }
}

fn pack(page: &WebPage) -> Result<Vec<u8>, std::io::Error> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(&serde_json::to_vec(page)?)?;
    packed.finish()
}

fn unpack(bytes: &[u8]) -> Result<WebPage, serde_json::Error> {
    serde_json::from_reader(std::io::BufReader::new(GzDecoder::new(bytes).take(MAX_UNPACKED)))
}
