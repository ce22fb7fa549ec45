//! API keys of providers, read from AWS Systems Manager Parameter Store.
//!
//! Calls [`GetParameter`](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html).

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use backon::{ExponentialBuilder, Retryable};
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;

use super::aws_service::AwsService;
use crate::ports::{SecretError, Secrets};

/// How long a value is cached. A rotated key takes effect after at most this time.
const TTL: Duration = Duration::from_secs(300);
/// Timeout of one attempt. There are up to three.
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(700);

/// Parameter Store client, configured by environment variables (`AWS_ENDPOINT_URL_SSM` included). Caches values for five
/// minutes.
#[derive(Debug)]
pub struct ParameterStore {
    service: AwsService,
    cache: Mutex<HashMap<String, (Timestamp, SecretString)>>,
}

impl Default for ParameterStore {
    fn default() -> Self {
        Self {
            service: AwsService::new("ssm"),
            cache: Mutex::default(),
        }
    }
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

impl ParameterStore {
    /// Fetches a parameter, with retries.
    async fn fetch(&self, parameter: &str) -> Result<SecretString, SecretError> {
        let backoff = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(50))
            .with_max_times(2)
            .with_jitter();
        (|| get_parameter(&self.service, parameter))
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
async fn get_parameter(service: &AwsService, parameter: &str) -> Result<SecretString, SecretError> {
    let headers = [
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amz-target", "AmazonSSM.GetParameter"),
    ];
    let body = json!({ "Name": parameter, "WithDecryption": true }).to_string();
    let response = service.post("/", &headers, body, ATTEMPT_TIMEOUT).await;
    let response = response.map_err(SecretError::Unavailable)?;
    let unavailable = |error: reqwest::Error| SecretError::Unavailable(error.into());
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
