//! Signed requests to AWS services whose SDK crate would add too much to every function: that of Parameter Store adds 0.9 MB.

use std::{
    error::Error,
    time::{Duration, SystemTime},
};

use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials;
use reqwest::{Client, Response};
use tokio::sync::OnceCell;

use super::client::{CONNECT_TIMEOUT, sdk_config};
use crate::{
    aws_signature::{self, Scope},
    http_client,
};

pub(super) type BoxError = Box<dyn Error + Send + Sync>;

/// A service, configured by environment variables (`AWS_ENDPOINT_URL_SSM` and so on included). The HTTP client is created for
/// the first request: many containers never send one.
#[derive(Debug)]
pub(super) struct AwsService {
    /// The name in endpoints and signatures, such as `ssm`.
    name: &'static str,
    client: OnceCell<(Client, SdkConfig)>,
}

impl AwsService {
    /// The service of this name.
    pub(super) fn new(name: &'static str) -> Self {
        Self {
            name,
            client: OnceCell::new(),
        }
    }

    /// Sends one POST request to `path`, which begins with a slash and is percent-encoded. Returns the response, whatever its
    /// status.
    ///
    /// # Errors
    /// When the client or the signature cannot be created, or no response comes within `timeout`.
    pub(super) async fn post(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
        timeout: Duration,
    ) -> Result<Response, BoxError> {
        let create = async || {
            let client = http_client::client(CONNECT_TIMEOUT)?;
            Ok::<_, BoxError>((client, sdk_config(&self.name.to_uppercase()).await))
        };
        let (client, settings) = self.client.get_or_try_init(create).await?;
        let region = settings.region().ok_or("AWS_REGION is not set")?.as_ref();
        let provider = settings.credentials_provider().ok_or("no credentials are set")?;
        let credentials = provider.provide_credentials().await?;
        let endpoint = match settings.endpoint_url() {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("https://{}.{region}.{}", self.name, aws_signature::domain(region)),
        };
        let mut request = http::Request::post(format!("{endpoint}{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(body)?;
        let scope = Scope {
            region,
            service: self.name,
        };
        aws_signature::sign_request(&mut request, scope, credentials, SystemTime::now())?;
        let mut request = reqwest::Request::try_from(request)?;
        *request.timeout_mut() = Some(timeout);
        Ok(client.execute(request).await?)
    }
}
