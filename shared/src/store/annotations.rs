//! Annotations, stored on the row of the answer, and feedback, stored in a row beside it.

use async_trait::async_trait;
use aws_sdk_dynamodb::{
    operation::update_item::builders::UpdateItemFluentBuilder,
    types::{ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use ulid::Ulid;

use super::{
    answer_rows::{REVISION, revision, to_json},
    answers::Answers,
    capacity, condition,
    key::Key,
    rows::{is_written_by, n, s},
};
use crate::{
    domain::{Annotations, Feedback, QueryId, UserId},
    ports::{AnnotateAnswers, StoreError, WriteFeedback},
};

/// Makes an update conditional on the revision of a row. A row that is being deleted does not match.
fn at_revision(update: UpdateItemFluentBuilder, revision: u64) -> UpdateItemFluentBuilder {
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
        revision_before: u64,
    ) -> Result<u64, StoreError> {
        let token = Ulid::generate().to_string();
        let update = self
            .update(Key::answer(user, id))
            .update_expression("SET annotations = :annotations, written_by = :token ADD #revision :one")
            .expression_attribute_values(":token", s(&token))
            .expression_attribute_values(":annotations", s(to_json(annotations)?))
            .expression_attribute_values(":one", n(1))
            .return_values(ReturnValue::UpdatedNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let update = at_revision(update, revision_before);
        match condition::write("UpdateItem", || update.clone().send()).await? {
            Ok(output) => {
                capacity::written(output.consumed_capacity());
                Ok(revision(&output.attributes.unwrap_or_default()))
            }
            Err(row) if is_written_by(&row, &token) => Ok(revision(&row)),
            Err(_other) => Err(StoreError::Conflict),
        }
    }
}

#[async_trait]
impl WriteFeedback for Answers {
    async fn save(&self, user: &UserId, feedback: &Feedback) -> Result<(), StoreError> {
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
