//! HTTP connector of the AWS SDK, backed by the shared HTTP client.
//!
//! The SDK's own connector would add HTTP/2, a second TLS configuration, and the system's certificates, which are read and
//! parsed at every cold start.

use std::time::Duration;

use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};
use aws_smithy_types::body::SdkBody;

use crate::http_client;

/// Creates the SDK's HTTP client. `connect` is the connect timeout; the SDK adds retries and all other timeouts.
pub(super) fn http_client(connect: Duration) -> SharedHttpClient {
    let connector = SharedHttpConnector::new(Connector(
        http_client::client(connect).map_err(|error| error.to_string()),
    ));
    http_client_fn(move |_settings, _components| connector.clone())
}

/// A connector with its client, or why the client could not be created.
#[derive(Debug)]
struct Connector(Result<reqwest::Client, String>);

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.0.clone();
        HttpConnectorFuture::new(async move {
            let client = client.map_err(|error| ConnectorError::user(error.into()))?;
            let request = request
                .try_into_http1x()
                .map_err(|error| ConnectorError::user(error.into()))?;
            let request = reqwest::Request::try_from(request.map(reqwest::Body::wrap))
                .map_err(|error| ConnectorError::user(error.into()))?;
            let response = client.execute(request).await.map_err(connector_error)?;
            let response = http::Response::from(response).map(SdkBody::from_body_1_x);
            HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// Maps an error to the SDK's categories: it retries timeouts and I/O errors.
fn connector_error(error: reqwest::Error) -> ConnectorError {
    if error.is_timeout() {
        ConnectorError::timeout(error.into())
    } else if error.is_builder() {
        ConnectorError::user(error.into())
    } else {
        ConnectorError::io(error.into())
    }
}
