//! Invokes the function that reads pages of the web.
//!
//! Calls [`Invoke`](https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html) with one signed request.

use std::{
    error::Error,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Client;
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

use super::client::{CONNECT_TIMEOUT, sdk_config};
use crate::{
    aws_signature::{self, Scope},
    domain::WebPage,
    http_client,
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

/// Reads pages in another function. The HTTP client is created for the first call.
#[derive(Debug)]
pub struct PageReader {
    function: String,
    service: OnceCell<(Client, SdkConfig)>,
}

type BoxError = Box<dyn Error + Send + Sync>;

impl PageReader {
    /// Invokes the function of this name or ARN. `AWS_ENDPOINT_URL_LAMBDA` replaces the endpoint of the region.
    pub fn new(function: String) -> Self {
        Self {
            function,
            service: OnceCell::new(),
        }
    }

    async fn invoke(&self, event: &ReadPagesEvent, limit: Duration) -> Result<Vec<WebPage>, BoxError> {
        let create = async || {
            let client = http_client::client(CONNECT_TIMEOUT)?;
            Ok::<_, BoxError>((client, sdk_config("LAMBDA").await))
        };
        let (client, settings) = self.service.get_or_try_init(create).await?;
        let mut request = request(settings, &self.function, serde_json::to_string(event)?).await?;
        *request.timeout_mut() = Some(limit);
        let response = client.execute(request).await?.error_for_status()?;
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

/// Creates the signed request.
async fn request(settings: &SdkConfig, function: &str, event: String) -> Result<reqwest::Request, BoxError> {
    let region = settings.region().ok_or("AWS_REGION is not set")?.as_ref();
    let provider = settings.credentials_provider().ok_or("no credentials are set")?;
    let credentials = provider.provide_credentials().await?;
    let endpoint = match settings.endpoint_url() {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => format!("https://lambda.{region}.{}", aws_signature::domain(region)),
    };
    let name = utf8_percent_encode(function, NAME);
    let mut request = http::Request::post(format!("{endpoint}/2015-03-31/functions/{name}/invocations"))
        .header("content-type", "application/json")
        .body(event)?;
    let scope = Scope {
        region,
        service: "lambda",
    };
    aws_signature::sign_request(&mut request, scope, credentials, SystemTime::now())?;
    Ok(reqwest::Request::try_from(request)?)
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
