//! Stream events in the queries table: a few rows per question, in a separate partition so that lists do not read them.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{
    answer_rows::{from_json, to_json, unreadable},
    answers::Answers,
    key::{self, Key},
    query,
    rows::{n, number, s, string},
};
use crate::{
    domain::{EncodedEvent, QueryId, UserId},
    ports::{ReadEvents, StoreError, WriteEvents},
};

/// Maximum length of the events in one row, in bytes. DynamoDB's limit is 400 KB per item.
const ROW_BYTES: usize = 300 * 1024;

#[async_trait]
impl WriteEvents for Answers {
    async fn write_events(
        &self,
        user: &UserId,
        id: QueryId,
        first: u64,
        events: &[EncodedEvent],
        until: Timestamp,
    ) -> Result<(), StoreError> {
        let mut texts: Vec<String> = Vec::new();
        let mut row_first = first;
        for (at, event) in (first..).zip(events) {
            let text = to_json(event)?;
            let length: usize = texts.iter().map(String::len).sum();
            if !texts.is_empty() && length + text.len() > ROW_BYTES {
                self.put_events(user, id, row_first, &texts, until).await?;
                (texts, row_first) = (Vec::new(), at);
            }
            texts.push(text);
        }
        self.put_events(user, id, row_first, &texts, until).await
    }
}

impl Answers {
    /// Writes one row of consecutive events; `first` is the number of the first one.
    async fn put_events(
        &self,
        user: &UserId,
        id: QueryId,
        first: u64,
        events: &[String],
        until: Timestamp,
    ) -> Result<(), StoreError> {
        let mut row = Key::events(user, id, first).attributes();
        row.insert("first".into(), n(first));
        row.insert("events".into(), s(format!("[{}]", events.join(","))));
        row.insert("expires_at".into(), n(until.as_second()));
        self.put(row).await
    }
}

#[async_trait]
impl ReadEvents for Answers {
    async fn events(&self, user: &UserId, id: QueryId) -> Result<Vec<(u64, EncodedEvent)>, StoreError> {
        let prefix = format!("{id}#");
        let rows = query::rows(&self.client, &self.table, &key::events_pk(user), &prefix).await?;
        let mut events = Vec::new();
        for row in &rows {
            let first = number(row, "first");
            let (Some(first), Some(json)) = (first, string(row, "events")) else {
                return Err(unreadable("a row of events is incomplete".to_owned()));
            };
            let decoded: Vec<EncodedEvent> = from_json(json)?;
            events.extend((first..).zip(decoded));
        }
        Ok(events)
    }
}
