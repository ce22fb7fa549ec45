//! Invokes the function that reads pages of the web.
//!
//! Calls [`Invoke`](https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).

use std::time::Duration;

use async_trait::async_trait;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use super::aws_service::{AwsService, BoxError};
use crate::{
    domain::WebPage,
    meter::{self, Units},
    ports::{ReadPages, WebError},
};

/// The part of the time that the call itself may take, beyond that of the function.
const TRANSPORT: Duration = Duration::from_millis(400);
/// What is encoded in the name of a function, which may be an ARN.
const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// What the function is sent.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadPagesEvent {
    /// The addresses of the pages.
    pub addresses: Vec<String>,
    /// How long they are read for, in milliseconds.
    pub limit_ms: u64,
}

/// What the function returns.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadPagesResult {
    /// The copies of the pages that were read, in the order of the addresses.
    pub pages: Vec<WebPage>,
    /// DynamoDB write request units that the copies cost.
    pub write_units: f64,
}

/// Reads pages in another function.
#[derive(Debug)]
pub struct PageReader {
    function: String,
    lambda: AwsService,
}

impl PageReader {
    /// Invokes the function of this name or ARN. `AWS_ENDPOINT_URL_LAMBDA` replaces the endpoint of the region.
    pub fn new(function: String) -> Self {
        Self {
            function,
            lambda: AwsService::new("lambda"),
        }
    }

    async fn invoke(&self, event: &ReadPagesEvent, limit: Duration) -> Result<Vec<WebPage>, BoxError> {
        let name = utf8_percent_encode(&self.function, NAME);
        let path = format!("/2015-03-31/functions/{name}/invocations");
        let headers = [("content-type", "application/json")];
        let body = serde_json::to_string(event)?;
        let response = self.lambda.post(&path, &headers, body, limit).await?;
        let response = response.error_for_status()?;
        // The status of a function that failed is 200 as well.
        if let Some(kind) = response.headers().get("x-amz-function-error") {
            return Err(format!(
                "the function failed: {}",
                String::from_utf8_lossy(kind.as_bytes())
            )
            .into());
        }
        let result: ReadPagesResult = serde_json::from_slice(&response.bytes().await?)?;
        // They are part of what the answer costs.
        meter::add(Units {
            read: 0.0,
            write: result.write_units,
        });
        Ok(result.pages)
    }
}

#[async_trait]
impl ReadPages for PageReader {
    async fn read(&self, addresses: &[String], limit: Duration) -> Result<Vec<WebPage>, WebError> {
        let event = ReadPagesEvent {
            addresses: addresses.to_vec(),
            limit_ms: limit.saturating_sub(TRANSPORT).as_millis() as u64,
        };
        self.invoke(&event, limit)
            .await
            .map_err(|error| WebError::caused("the pages that were found could not be read", error))
    }
}
