//! API keys of providers, read from AWS Systems Manager Parameter Store.
//!
//! Calls [`GetParameter`](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html) with one
//! signed request. The SDK's crate for it would add 0.9 MB to every function that calls a model.

use std::{
    collections::HashMap,
    error::Error,
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials;
use backon::{ExponentialBuilder, Retryable};
use jiff::Timestamp;
use reqwest::Client;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::OnceCell;

use super::client::{CONNECT_TIMEOUT, sdk_config};
use crate::{
    aws_signature::{self, Scope},
    http_client,
    ports::{SecretError, Secrets},
};

/// How long a value is cached. A rotated key takes effect after at most this time.
const TTL: Duration = Duration::from_secs(300);
/// Timeout of one attempt. There are up to three.
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(700);

/// Parameter Store client, configured by environment variables (`AWS_ENDPOINT_URL_SSM` included). Caches values for five
/// minutes.
///
/// The HTTP client is created for the first parameter: many containers never need one.
#[derive(Debug, Default)]
pub struct ParameterStore {
    service: OnceCell<(Client, SdkConfig)>,
    cache: Mutex<HashMap<String, (Timestamp, SecretString)>>,
}

/// Response body: a parameter, or the type of an error.
#[derive(Deserialize)]
struct GetParameterResponse {
    #[serde(rename = "Parameter")]
    parameter: Option<Parameter>,
    #[serde(rename = "__type")]
    error_type: Option<String>,
}

#[derive(Deserialize)]
struct Parameter {
    #[serde(rename = "Value")]
    value: SecretString,
}

type BoxError = Box<dyn Error + Send + Sync>;

impl ParameterStore {
    /// Fetches a parameter, with retries.
    async fn fetch(&self, parameter: &str) -> Result<SecretString, SecretError> {
        let create = async || {
            let client = http_client::client(CONNECT_TIMEOUT)?;
            Ok::<_, BoxError>((client, sdk_config("SSM").await))
        };
        let service = self.service.get_or_try_init(create).await;
        let (client, settings) = service.map_err(SecretError::Unavailable)?;
        let backoff = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(50))
            .with_max_times(2)
            .with_jitter();
        (|| get_parameter(client, settings, parameter))
            .retry(backoff)
            .when(|error| matches!(error, SecretError::Unavailable(_)))
            .await
    }

    /// Returns the cached value of a parameter if it has not expired.
    fn cached(&self, parameter: &str, now: Timestamp) -> Option<SecretString> {
        let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let (fetched, value) = cache.get(parameter)?;
        // Wall-clock time, because the monotonic clock stops while a container is frozen.
        let fresh = now.duration_since(*fetched).unsigned_abs() < TTL;
        fresh.then(|| value.clone())
    }

    /// Caches the value of a parameter.
    fn cache(&self, parameter: &str, value: &SecretString, now: Timestamp) {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.insert(parameter.to_owned(), (now, value.clone()));
    }
}

/// Sends one `GetParameter` request. Errors contain nothing of the response body, which may contain the value.
async fn get_parameter(
    client: &Client,
    settings: &SdkConfig,
    parameter: &str,
) -> Result<SecretString, SecretError> {
    let request = request(settings, parameter)
        .await
        .map_err(SecretError::Unavailable)?;
    let unavailable = |error: reqwest::Error| SecretError::Unavailable(error.into());
    let response = client.execute(request).await.map_err(unavailable)?;
    let status = response.status();
    let body = response.bytes().await.map_err(unavailable)?;
    let response: Option<GetParameterResponse> = serde_json::from_slice(&body).ok();
    match response {
        Some(GetParameterResponse {
            parameter: Some(parameter),
            ..
        }) => Ok(parameter.value),
        Some(GetParameterResponse {
            error_type: Some(error_type),
            ..
        }) => {
            // `ParameterNotFound`, sometimes prefixed with a namespace and `#`.
            let name = error_type.rsplit('#').next().unwrap_or_default();
            match name {
                "ParameterNotFound" | "ParameterVersionNotFound" => Err(SecretError::Missing),
                _ => Err(SecretError::Unavailable(format!("{status} {name}").into())),
            }
        }
        _ => Err(SecretError::Unavailable(status.to_string().into())),
    }
}

/// Creates the signed request.
async fn request(settings: &SdkConfig, parameter: &str) -> Result<reqwest::Request, BoxError> {
    let region = settings.region().ok_or("AWS_REGION is not set")?.as_ref();
    let provider = settings.credentials_provider().ok_or("no credentials are set")?;
    let credentials = provider.provide_credentials().await?;
    let url = match settings.endpoint_url() {
        Some(url) => url.to_owned(),
        None => format!("https://ssm.{region}.{}/", aws_signature::domain(region)),
    };
    let mut request = http::Request::post(url)
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", "AmazonSSM.GetParameter")
        .body(json!({ "Name": parameter, "WithDecryption": true }).to_string())?;
    let scope = Scope {
        region,
        service: "ssm",
    };
    aws_signature::sign_request(&mut request, scope, credentials, SystemTime::now())?;
    let mut request = reqwest::Request::try_from(request)?;
    *request.timeout_mut() = Some(ATTEMPT_TIMEOUT);
    Ok(request)
}

#[async_trait]
impl Secrets for ParameterStore {
    async fn get(&self, parameter: &str) -> Result<SecretString, SecretError> {
        if let Some(value) = self.cached(parameter, Timestamp::now()) {
            return Ok(value);
        }
        let value = self.fetch(parameter).await?;
        self.cache(parameter, &value, Timestamp::now());
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_value_is_cached_for_five_minutes() {
        let store = ParameterStore::default();
        let fetched = Timestamp::from_second(1_769_860_800).unwrap();
        store.cache("/a", &SecretString::from("k"), fetched);
        let cached = |parameter, seconds| {
            let now = Timestamp::from_second(fetched.as_second() + seconds).unwrap();
            let value = store.cached(parameter, now)?;
            Some(value.expose_secret().to_owned())
        };
        assert_eq!(cached("/a", 299).as_deref(), Some("k"));
        assert_eq!(cached("/a", 300), None);
        assert_eq!(cached("/b", 0), None);
    }
}
