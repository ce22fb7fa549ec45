//! HTTP for the AWS SDK, by the client that the providers of models are called with. The SDK's own brings HTTP/2, a second
//! configuration of TLS and the certificates of the system, which are read and parsed at every start.

use std::time::Duration;

use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};
use aws_smithy_types::body::SdkBody;

use crate::http_client;

/// What gives the SDK its connections, which are opened within `connect`. Retries and the other timeouts are the SDK's.
pub(super) fn http_client(connect: Duration) -> SharedHttpClient {
    let connector = SharedHttpConnector::new(Connector(
        http_client::client(connect).map_err(|error| error.to_string()),
    ));
    http_client_fn(move |_settings, _components| connector.clone())
}

/// The client, or why there is none.
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
            let response = client.execute(request).await.map_err(failed)?;
            let response = http::Response::from(response).map(SdkBody::from_body_1_x);
            HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// As the SDK sorts them: what timed out or broke is tried again.
fn failed(error: reqwest::Error) -> ConnectorError {
    if error.is_timeout() {
        ConnectorError::timeout(error.into())
    } else if error.is_builder() {
        ConnectorError::user(error.into())
    } else {
        ConnectorError::io(error.into())
    }
}
