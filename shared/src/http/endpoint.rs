//! The shape of an HTTP function: built once per container, then one request at a time.
//!
//! [`serve`] puts the same layers around every endpoint, outermost first: one log line and DynamoDB metering, the deadline
//! and the catching of panics, failures as problems, and idempotency.

use std::{
    convert::Infallible,
    future::{Future, ready},
    pin::Pin,
};

use lambda_http::{Body, Error, IntoResponse, Request, Response, service_fn};

use super::{
    idempotency::idempotent,
    problem::Problem,
    request_context::{LogLine, RequestContext, for_the_log},
};
use crate::{
    bootstrap,
    config::{Config, ConfigError},
    error::HubError,
    isolate,
    meter::{self, Used},
    ports::Idempotency,
    telemetry,
};

/// One endpoint, or the endpoints of one function.
pub trait Endpoint: Sized + Send + Sync {
    /// Builds clients and ports. Called once per container.
    fn new(config: Config) -> impl Future<Output = Result<Self, ConfigError>> + Send;

    /// Handles one request.
    fn handle(
        &self,
        context: &RequestContext<'_>,
    ) -> impl Future<Output = Result<Response<Body>, HubError>> + Send;

    /// Where `Idempotency-Key` is stored; `None` for an endpoint that ignores the header.
    fn idempotency(&self) -> Option<&dyn Idempotency> {
        None
    }
}

/// Serves an endpoint until the process is ended.
///
/// # Errors
/// When the configuration is invalid, or the Lambda runtime cannot be reached.
pub async fn serve<E: Endpoint>() -> Result<(), Error> {
    let config = bootstrap::config().await?;
    telemetry::start(&config);
    let timeout = config.timeout;
    let endpoint = &E::new(config).await?;
    lambda_http::run(service_fn(async |request: Request| {
        let context = RequestContext::new(&request, timeout);
        Ok::<_, Infallible>(AsIs(respond(endpoint, &context).await))
    }))
    .await
}

/// Runs one request to a response, whatever happens, and writes its log line.
async fn respond(endpoint: &impl Endpoint, context: &RequestContext<'_>) -> Response<Body> {
    // Boxed: the work of some endpoints is a large future.
    let work = Box::pin(idempotent(
        context,
        endpoint.idempotency(),
        endpoint.handle(context),
    ));
    let (result, used) = meter::metered(isolate::invocation(context.time_limit(), work)).await;
    let error = result.as_ref().err().map(for_the_log);
    let mut response = match result {
        Ok(response) => response,
        Err(error) => Problem::new(&error, context.instance(), &context.request_id).response(),
    };
    context.set_request_id(&mut response);
    LogLine::new(context, used).write(response.status().as_u16(), Used::default(), error.as_deref());
    response
}

/// A response that leaves as it is. `lambda_http` would convert text to the charset that it names, by tables of every
/// charset, which are a tenth of a small function.
struct AsIs(Response<Body>);

impl IntoResponse for AsIs {
    fn into_response(self) -> Pin<Box<dyn Future<Output = Response<Body>> + Send>> {
        Box::pin(ready(self.0))
    }
}
