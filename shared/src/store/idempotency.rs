//! Idempotency keys in the access table: one row per user and key.

use async_trait::async_trait;
use aws_sdk_dynamodb::{
    operation::put_item::builders::PutItemFluentBuilder,
    types::{ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure},
};
use jiff::{SignedDuration, Timestamp};

use super::{
    access::Access,
    capacity, condition,
    key::Key,
    retry,
    rows::{Item, n, number, s, string},
};
use crate::ports::{Idempotency, IdempotencyClaim, KeyClaim, StoreError, StoredResponse};

/// How long the row of an abandoned claim is kept after its lease.
const RETENTION: SignedDuration = SignedDuration::from_hours(24);

#[async_trait]
impl Idempotency for Access {
    async fn claim(&self, claim: &KeyClaim<'_>, now: Timestamp) -> Result<IdempotencyClaim, StoreError> {
        let put = self
            .put(claim_row(claim))
            .condition_expression(
                "attribute_not_exists(pk) OR expires_at <= :seconds \
                 OR (attribute_not_exists(kept_body) AND lease_ms < :now AND digest = :digest)",
            )
            .expression_attribute_values(":seconds", n(now.as_second()))
            .expression_attribute_values(":now", n(now.as_millisecond()))
            .expression_attribute_values(":digest", s(claim.request))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match condition::write("PutItem", || put.clone().send()).await? {
            Ok(output) => {
                capacity::written(output.consumed_capacity());
                Ok(IdempotencyClaim::Acquired)
            }
            Err(row) => existing_claim(claim, row),
        }
    }

    async fn complete(
        &self,
        claim: &KeyClaim<'_>,
        response: &StoredResponse,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        let headers = serde_json::to_string(&response.headers).map_err(|error| unreadable(&error))?;
        let mut row = claim_row(claim);
        row.insert("kept_status".into(), n(response.status));
        row.insert("kept_headers".into(), s(headers));
        row.insert("kept_body".into(), s(response.body.as_str()));
        row.insert("expires_at".into(), n(until.as_second()));
        self.replace(claim, row).await
    }

    async fn release(&self, claim: &KeyClaim<'_>) -> Result<(), StoreError> {
        let mut row = claim_row(claim);
        // DynamoDB never deletes rows that expired more than five years ago.
        row.insert("expires_at".into(), n(Timestamp::now().as_second() - 1));
        self.replace(claim, row).await
    }
}

impl Access {
    /// Starts a write of a row.
    fn put(&self, row: Item) -> PutItemFluentBuilder {
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(row))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
    }

    /// Replaces the row if this run still holds the key.
    async fn replace(&self, claim: &KeyClaim<'_>, row: Item) -> Result<(), StoreError> {
        let put = self
            .put(row)
            .condition_expression("run_id = :run")
            .expression_attribute_values(":run", s(claim.run));
        let output = retry::call("PutItem", || put.clone().send()).await?;
        capacity::written(output.consumed_capacity());
        Ok(())
    }
}

/// Creates the row of a claim in progress.
fn claim_row(claim: &KeyClaim<'_>) -> Item {
    let mut row = Key::idempotency(claim.user, claim.key).attributes();
    row.insert("digest".into(), s(claim.request));
    row.insert("run_id".into(), s(claim.run));
    row.insert("lease_ms".into(), n(claim.lease.as_millisecond()));
    row.insert("expires_at".into(), n((claim.lease + RETENTION).as_second()));
    row
}

/// Interprets the existing row of a key.
fn existing_claim(claim: &KeyClaim<'_>, row: Item) -> Result<IdempotencyClaim, StoreError> {
    if string(&row, "digest") != Some(claim.request) {
        return Ok(IdempotencyClaim::KeyReused);
    }
    // The response of an earlier attempt was lost.
    if string(&row, "run_id") == Some(claim.run) {
        return Ok(IdempotencyClaim::Acquired);
    }
    let Some(body) = string(&row, "kept_body") else {
        return Ok(IdempotencyClaim::InProgress);
    };
    let headers = serde_json::from_str(string(&row, "kept_headers").unwrap_or_default())
        .map_err(|error| unreadable(&error))?;
    let status = number(&row, "kept_status").and_then(|status| u16::try_from(status).ok());
    Ok(IdempotencyClaim::Replay(StoredResponse {
        status: status.unwrap_or(200),
        headers,
        body: body.to_owned(),
    }))
}

fn unreadable(error: &serde_json::Error) -> StoreError {
    StoreError::Corrupt {
        row: "stored response",
        reason: error.to_string(),
    }
}
