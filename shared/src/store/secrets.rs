//! Keys of providers, from AWS Systems Manager Parameter Store.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html>

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use aws_sdk_ssm::{Client, operation::get_parameter::GetParameterError};
use jiff::Timestamp;
use secrecy::SecretString;
use tokio::sync::OnceCell;

use crate::ports::{SecretError, Secrets};

/// How long a value is used before it is fetched again: a changed key is in force after this time.
const KEPT: Duration = Duration::from_secs(300);

/// Parameter Store, as the environment names it (`AWS_ENDPOINT_URL_SSM` included). Values are kept for five minutes.
///
/// The client is made for the first parameter: many containers never need one.
#[derive(Debug, Default)]
pub struct ParameterStore {
    client: OnceCell<Client>,
    kept: Mutex<HashMap<String, (Timestamp, SecretString)>>,
}

impl ParameterStore {
    async fn fetch(&self, parameter: &str) -> Result<SecretString, SecretError> {
        let client = self
            .client
            .get_or_init(async || Client::new(&super::environment().await))
            .await;
        let output = client
            .get_parameter()
            .name(parameter)
            .with_decryption(true)
            .send()
            .await
            .map_err(|error| match error.as_service_error() {
                Some(
                    GetParameterError::ParameterNotFound(_) | GetParameterError::ParameterVersionNotFound(_),
                ) => SecretError::Missing,
                // Without the response, which may hold the value.
                _ => SecretError::Unavailable(error.into_source().unwrap_or_else(Into::into)),
            })?;
        let value = output.parameter.and_then(|parameter| parameter.value);
        value.map(SecretString::from).ok_or(SecretError::Missing)
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
