//! The answer cache. An entry refers to an answer by its id, so deleting the answer also invalidates the entry.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{
    answers::Answers,
    key::Key,
    rows::{n, number, s, string},
};
use crate::{
    domain::{QueryId, UserId},
    ports::{CacheAnswers, ReadAnswers, StoreError, StoredAnswer},
};

#[async_trait]
impl CacheAnswers for Answers {
    async fn get_cached(
        &self,
        user: &UserId,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<StoredAnswer>, StoreError> {
        let row = self.row(Key::answer_cache(user, key)).await?;
        // DynamoDB deletes expired rows late.
        let now = now.as_second().max(0) as u64;
        let row = row.filter(|row| number(row, "expires_at").is_some_and(|until| now < until));
        let id = row.and_then(|row| string(&row, "query_id")?.parse::<QueryId>().ok());
        match id {
            Some(id) => self.get(user, id).await,
            None => Ok(None),
        }
    }

    async fn put_cached(
        &self,
        user: &UserId,
        key: &str,
        id: QueryId,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        let mut row = Key::answer_cache(user, key).attributes();
        row.insert("query_id".into(), s(id.to_string()));
        row.insert("expires_at".into(), n(until.as_second()));
        self.put(row).await
    }
}
