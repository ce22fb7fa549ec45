//! Deleting a question: its row is hidden first, then all other rows are deleted, and the row last.

use async_trait::async_trait;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use futures::future::try_join_all;
use jiff::Timestamp;

use super::{
    answers::Answers,
    batch, capacity, condition, delete,
    key::{self, Key},
    query,
    rows::{n, s},
};
use crate::{
    domain::{QueryId, Status, UserId},
    ports::{DeleteAnswers, Deletion, StoreError},
};

#[async_trait]
impl DeleteAnswers for Answers {
    async fn delete(&self, user: &UserId, id: QueryId) -> Result<Deletion, StoreError> {
        let hidden = self.hide(user, id).await?;
        if hidden != Deletion::Done {
            return Ok(hidden);
        }
        let key = Key::answer(user, id);
        // Parts and feedback; earlier versions; stream events.
        let (prefix, own_prefix) = (format!("{}#", key.sk), format!("{id}#"));
        let partitions = [
            (key::user_pk(user), &prefix),
            (key::versions_pk(user), &own_prefix),
            (key::events_pk(user), &own_prefix),
        ];
        let rows = partitions
            .iter()
            .map(|(pk, prefix)| query::keys(&self.client, &self.table, pk, prefix));
        let keys = try_join_all(rows).await?.into_iter().flatten();
        batch::delete(&self.client, &self.table, keys.collect()).await?;
        // Until the row is gone, an interrupted deletion can be repeated.
        delete::row(&self.client, &self.table, key).await?;
        Ok(Deletion::Done)
    }
}

impl Answers {
    /// Removes all attributes by which a question is found and shown, unless it is still being answered.
    async fn hide(&self, user: &UserId, id: QueryId) -> Result<Deletion, StoreError> {
        let update = self
            .update(Key::answer(user, id))
            .update_expression("REMOVE #status, status_pk, status_sk, answer, summary, annotations, asked, run_id")
            .condition_expression(
                "attribute_exists(pk) AND (attribute_not_exists(#status) OR NOT #status IN (:pending, :processing) \
                 OR lease_ms < :now)",
            )
            .expression_attribute_names("#status", "status")
            // A question whose lease has expired is not being answered any more.
            .expression_attribute_values(":now", n(Timestamp::now().as_millisecond()))
            .expression_attribute_values(":pending", s(Status::Pending.as_str()))
            .expression_attribute_values(":processing", s(Status::Processing.as_str()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match condition::write("UpdateItem", || update.clone().send()).await? {
            Ok(output) => {
                capacity::written(output.consumed_capacity());
                Ok(Deletion::Done)
            }
            Err(row) if row.is_empty() => Ok(Deletion::Missing),
            Err(_running) => Ok(Deletion::Running),
        }
    }
}
