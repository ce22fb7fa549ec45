//! What callers add to answers, on the row of the answer; and what they say of them, in a row beside it.

use async_trait::async_trait;
use aws_sdk_dynamodb::{operation::update_item::builders::UpdateItemFluentBuilder, types::ReturnValue};

use super::{
    Answers,
    answers::{REVISION, revision, to_json, unreadable},
    capacity,
    error::failed,
    key::Key,
    rows::{Item, n, s, string},
};
use crate::{
    domain::{Annotations, Feedback, QueryId, UserId},
    ports::{AnnotateAnswers, StoreError, WriteFeedback},
};

/// What was added; `None` when nothing ever was.
pub(super) fn of(row: &Item) -> Result<Option<Annotations>, StoreError> {
    let read = |json| serde_json::from_str(json).map_err(|error| unreadable(error.to_string()));
    string(row, "annotations").map(read).transpose()
}

/// Makes an update one of this revision of a row that is shown, and of no other.
pub(super) fn of_revision(update: UpdateItemFluentBuilder, revision: u64) -> UpdateItemFluentBuilder {
    let update = update
        .expression_attribute_names("#status", "status")
        .expression_attribute_names("#revision", REVISION);
    match revision {
        0 => update.condition_expression("attribute_exists(#status) AND attribute_not_exists(#revision)"),
        revision => update
            .condition_expression("attribute_exists(#status) AND #revision = :revision")
            .expression_attribute_values(":revision", n(revision)),
    }
}

#[async_trait]
impl AnnotateAnswers for Answers {
    async fn annotate(
        &self,
        user: &UserId,
        id: QueryId,
        annotations: &Annotations,
        before: u64,
    ) -> Result<u64, StoreError> {
        let update = self
            .update(Key::answer(user, id))
            .update_expression("SET annotations = :annotations ADD #revision :one")
            .expression_attribute_values(":annotations", s(to_json(annotations)?))
            .expression_attribute_values(":one", n(1))
            .return_values(ReturnValue::UpdatedNew);
        let output = of_revision(update, before)
            .send()
            .await
            .map_err(failed("UpdateItem"))?;
        capacity::written(output.consumed_capacity());
        Ok(revision(&output.attributes.unwrap_or_default()))
    }
}

#[async_trait]
impl WriteFeedback for Answers {
    async fn keep(&self, user: &UserId, feedback: &Feedback) -> Result<(), StoreError> {
        let mut row = Key::feedback(user, feedback.query_id).attributes();
        row.insert("rating".into(), n(feedback.rating.get()));
        row.insert("created_at".into(), s(feedback.created_at.to_string()));
        let comment = feedback
            .comment
            .as_deref()
            .map(|comment| ("comment".into(), s(comment)));
        row.extend(comment);
        self.put(row).await
    }
}
