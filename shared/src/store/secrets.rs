//! Keys of providers, from AWS Systems Manager Parameter Store.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html>
//!
//! It is one signed request. The SDK's crate for it would be 0.9 MB of every function that calls a model.

use std::{
    collections::HashMap,
    error::Error,
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_credential_types::{Credentials, provider::ProvideCredentials};
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4::SigningParams,
};
use backon::{ExponentialBuilder, Retryable};
use jiff::Timestamp;
use reqwest::Client;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::OnceCell;

use crate::{
    http_client,
    ports::{SecretError, Secrets},
};

/// How long a value is used before it is fetched again: a changed key is in force after this time.
const KEPT: Duration = Duration::from_secs(300);
/// How long one try may take. Three are made.
const ATTEMPT: Duration = Duration::from_millis(700);

/// Parameter Store, as the environment names it (`AWS_ENDPOINT_URL_SSM` included). Values are kept for five minutes.
///
/// The client is made for the first parameter: many containers never need one.
#[derive(Debug, Default)]
pub struct ParameterStore {
    service: OnceCell<(Client, SdkConfig)>,
    kept: Mutex<HashMap<String, (Timestamp, SecretString)>>,
}

/// What is read of a reply; a failure is named by its type alone.
#[derive(Deserialize)]
struct Reply {
    #[serde(rename = "Parameter")]
    parameter: Option<Parameter>,
    #[serde(rename = "__type")]
    failure: Option<String>,
}

#[derive(Deserialize)]
struct Parameter {
    #[serde(rename = "Value")]
    value: SecretString,
}

type BoxError = Box<dyn Error + Send + Sync>;

impl ParameterStore {
    async fn fetch(&self, parameter: &str) -> Result<SecretString, SecretError> {
        let make = async || {
            let client = http_client::client(super::CONNECT)?;
            Ok::<_, BoxError>((client, super::environment("SSM").await))
        };
        let service = self.service.get_or_try_init(make).await;
        let (client, settings) = service.map_err(SecretError::Unavailable)?;
        let backoff = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(50))
            .with_max_times(2)
            .with_jitter();
        (|| once(client, settings, parameter))
            .retry(backoff)
            .when(|failure| matches!(failure, SecretError::Unavailable(_)))
            .await
    }

    fn kept(&self, parameter: &str, now: Timestamp) -> Option<SecretString> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (fetched, value) = kept.get(parameter)?;
        // By the clock on the wall: the other one stands still while a container is frozen.
        let fresh = now.duration_since(*fetched).unsigned_abs() < KEPT;
        fresh.then(|| value.clone())
    }

    fn keep(&self, parameter: &str, value: &SecretString, now: Timestamp) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(parameter.to_owned(), (now, value.clone()));
    }
}

/// Asks for a parameter, once. Failures hold nothing of the response, which may hold the value.
async fn once(client: &Client, settings: &SdkConfig, parameter: &str) -> Result<SecretString, SecretError> {
    let request = request(settings, parameter)
        .await
        .map_err(SecretError::Unavailable)?;
    let unavailable = |error: reqwest::Error| SecretError::Unavailable(error.into());
    let response = client.execute(request).await.map_err(unavailable)?;
    let status = response.status();
    let body = response.bytes().await.map_err(unavailable)?;
    let reply: Option<Reply> = serde_json::from_slice(&body).ok();
    match reply {
        Some(Reply {
            parameter: Some(parameter),
            ..
        }) => Ok(parameter.value),
        Some(Reply {
            failure: Some(failure),
            ..
        }) => {
            // `ParameterNotFound`, at times behind the name of its space and `#`.
            let name = failure.rsplit('#').next().unwrap_or_default();
            match name {
                "ParameterNotFound" | "ParameterVersionNotFound" => Err(SecretError::Missing),
                _ => Err(SecretError::Unavailable(format!("{status} {name}").into())),
            }
        }
        _ => Err(SecretError::Unavailable(status.to_string().into())),
    }
}

/// The signed request.
async fn request(settings: &SdkConfig, parameter: &str) -> Result<reqwest::Request, BoxError> {
    let region = settings.region().ok_or("AWS_REGION is not set")?.as_ref();
    let provider = settings.credentials_provider().ok_or("no credentials are set")?;
    let credentials = provider.provide_credentials().await?;
    let suffix = if region.starts_with("cn-") {
        "amazonaws.com.cn"
    } else {
        "amazonaws.com"
    };
    let url = match settings.endpoint_url() {
        Some(url) => url.to_owned(),
        None => format!("https://ssm.{region}.{suffix}/"),
    };
    let mut request = http::Request::post(url)
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", "AmazonSSM.GetParameter")
        .body(json!({ "Name": parameter, "WithDecryption": true }).to_string())?;
    authorize(&mut request, region, credentials)?;
    let mut request = reqwest::Request::try_from(request)?;
    *request.timeout_mut() = Some(ATTEMPT);
    Ok(request)
}

/// Signs it ([Signature Version 4](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html)).
fn authorize(
    request: &mut http::Request<String>,
    region: &str,
    credentials: Credentials,
) -> Result<(), BoxError> {
    let identity = credentials.into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("ssm")
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()?
        .into();
    let uri = request.uri().to_string();
    let headers = request.headers().iter();
    let headers = headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let body = SignableBody::Bytes(request.body().as_bytes());
    let signable = SignableRequest::new(request.method().as_str(), uri, headers, body)?;
    let (instructions, _signature) = sign(signable, &params)?.into_parts();
    instructions.apply_to_request_http1x(request);
    Ok(())
}

#[async_trait]
impl Secrets for ParameterStore {
    async fn get(&self, parameter: &str) -> Result<SecretString, SecretError> {
        if let Some(value) = self.kept(parameter, Timestamp::now()) {
            return Ok(value);
        }
        let value = self.fetch(parameter).await?;
        self.keep(parameter, &value, Timestamp::now());
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_value_is_kept_for_five_minutes() {
        let store = ParameterStore::default();
        let fetched = Timestamp::from_second(1_769_860_800).unwrap();
        store.keep("/a", &SecretString::from("k"), fetched);
        let kept = |parameter, seconds| {
            let now = Timestamp::from_second(fetched.as_second() + seconds).unwrap();
            let value = store.kept(parameter, now)?;
            Some(value.expose_secret().to_owned())
        };
        assert_eq!(kept("/a", 299).as_deref(), Some("k"));
        assert_eq!(kept("/a", 300), None);
        assert_eq!(kept("/b", 0), None);
    }
}
