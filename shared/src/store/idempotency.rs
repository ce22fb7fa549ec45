//! Keys of requests that may be sent again: one row for each user and key in the access table.

use async_trait::async_trait;
use aws_sdk_dynamodb::{
    operation::put_item::{PutItemError, builders::PutItemFluentBuilder},
    types::{ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure},
};
use jiff::{SignedDuration, Timestamp};

use super::{
    Access, capacity,
    error::failed,
    key::Key,
    rows::{Item, n, number, s, string},
};
use crate::ports::{Idempotency, IdempotencyClaim, KeyClaim, StoreError, StoredResponse};

/// How long after its lease the row of a dead run goes.
const REMAINS: SignedDuration = SignedDuration::from_hours(24);

#[async_trait]
impl Idempotency for Access {
    async fn claim(&self, claim: &KeyClaim<'_>, now: Timestamp) -> Result<IdempotencyClaim, StoreError> {
        let put = self
            .put_claim(running(claim))
            .condition_expression(
                "attribute_not_exists(pk) OR expires_at <= :seconds \
                 OR (attribute_not_exists(kept_body) AND lease_ms < :now AND digest = :digest)",
            )
            .expression_attribute_values(":seconds", n(now.as_second()))
            .expression_attribute_values(":now", n(now.as_millisecond()))
            .expression_attribute_values(":digest", s(claim.request))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match put.send().await {
            Ok(output) => {
                capacity::written(output.consumed_capacity());
                Ok(IdempotencyClaim::Acquired)
            }
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(refused)) => {
                    claimed(claim, refused.item().cloned().unwrap_or_default())
                }
                _ => Err(failed("PutItem")(error)),
            },
        }
    }

    async fn complete(
        &self,
        claim: &KeyClaim<'_>,
        response: &StoredResponse,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        let headers = serde_json::to_string(&response.headers).map_err(|error| unreadable(&error))?;
        let mut row = running(claim);
        row.insert("kept_status".into(), n(response.status));
        row.insert("kept_headers".into(), s(headers));
        row.insert("kept_body".into(), s(response.body.as_str()));
        row.insert("expires_at".into(), n(until.as_second()));
        self.replace(claim, row).await
    }

    async fn release(&self, claim: &KeyClaim<'_>) -> Result<(), StoreError> {
        let mut row = running(claim);
        row.insert("expires_at".into(), n(0));
        self.replace(claim, row).await
    }
}

impl Access {
    fn put_claim(&self, row: Item) -> PutItemFluentBuilder {
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(row))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
    }

    /// Writes the row of a run, as long as it is that run's.
    async fn replace(&self, claim: &KeyClaim<'_>, row: Item) -> Result<(), StoreError> {
        let put = self
            .put_claim(row)
            .condition_expression("run_id = :run")
            .expression_attribute_values(":run", s(claim.run));
        let output = put.send().await.map_err(failed("PutItem"))?;
        capacity::written(output.consumed_capacity());
        Ok(())
    }
}

/// The row while the run goes on.
fn running(claim: &KeyClaim<'_>) -> Item {
    let mut row = Key::idempotency(claim.user, claim.key).attributes();
    row.insert("digest".into(), s(claim.request));
    row.insert("run_id".into(), s(claim.run));
    row.insert("lease_ms".into(), n(claim.lease.as_millisecond()));
    row.insert("expires_at".into(), n((claim.lease + REMAINS).as_second()));
    row
}

fn claimed(claim: &KeyClaim<'_>, row: Item) -> Result<IdempotencyClaim, StoreError> {
    if string(&row, "digest") != Some(claim.request) {
        return Ok(IdempotencyClaim::KeyReused);
    }
    // A claim whose response was lost is sent again by the SDK.
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
        row: "kept response",
        reason: error.to_string(),
    }
}
