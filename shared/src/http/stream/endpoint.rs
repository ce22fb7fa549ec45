//! The shape of a function that streams, as [`Endpoint`](crate::http::Endpoint) is for others.

use std::{convert::Infallible, future::Future, sync::Arc};

use lambda_http::{
    Error, Request, Response,
    http::{
        HeaderValue,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
};

use super::{
    body::StreamBody,
    runtime::{InFlight, run},
    start::{EventSource, StreamStart},
};
use crate::{
    bootstrap,
    config::{Config, ConfigError},
    error::HubError,
    http::{
        idempotency::REPLAYED,
        problem::Problem,
        request_context::{LogLine, RequestContext, for_the_log},
    },
    isolate,
    meter::{self, Used},
    telemetry,
};

/// An endpoint whose responses are streams of events.
pub trait StreamEndpoint: Sized + Send + Sync + 'static {
    /// Builds clients and ports. Called once per container.
    fn new(config: Config) -> impl Future<Output = Result<Self, ConfigError>> + Send;

    /// Handles one request up to its first event. An error until then becomes a problem; later ones are events.
    fn start(
        self: Arc<Self>,
        context: &RequestContext<'_>,
    ) -> impl Future<Output = Result<StreamStart, HubError>> + Send;
}

/// Serves an endpoint until the process is ended.
///
/// # Errors
/// When the configuration is invalid, or the Lambda runtime cannot be reached.
pub async fn serve<E: StreamEndpoint>() -> Result<(), Error> {
    let config = bootstrap::config().await?;
    telemetry::start(&config);
    let timeout = config.timeout;
    let endpoint = Arc::new(E::new(config).await?);
    let in_flight = InFlight::default();
    run(in_flight.clone(), move |request: Request| {
        let (endpoint, in_flight) = (endpoint.clone(), in_flight.clone());
        async move {
            let context = RequestContext::new(&request, timeout);
            Ok::<_, Infallible>(respond(endpoint, &context, &in_flight).await)
        }
    })
    .await
}

/// Runs one request to its first event or its complete response. The log line is written when the response has ended.
async fn respond<E: StreamEndpoint>(
    endpoint: Arc<E>,
    context: &RequestContext<'_>,
    in_flight: &InFlight,
) -> Response<StreamBody> {
    let start = endpoint.start(context);
    let (started, used) = meter::metered(isolate::invocation(context.time_limit(), start)).await;
    let log = LogLine::new(context, used);
    let mut response = match started {
        Ok(StreamStart::Events(source)) => live(source, log, in_flight),
        Ok(StreamStart::Replayed(source)) => {
            let mut response = live(source, log, in_flight);
            let headers = response.headers_mut();
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
            response
        }
        Ok(StreamStart::Complete(response)) => {
            log.write(response.status().as_u16(), Used::default(), None);
            response.map(StreamBody::complete)
        }
        Err(error) => {
            let problem = Problem::new(&error, context.instance(), &context.request_id).response();
            let error = for_the_log(&error);
            log.write(problem.status().as_u16(), Used::default(), Some(&error));
            problem.map(StreamBody::complete)
        }
    };
    context.set_request_id(&mut response);
    response
}

fn live(source: EventSource, log: LogLine, in_flight: &InFlight) -> Response<StreamBody> {
    let (body, work) = StreamBody::live(source, log);
    in_flight.set(work);
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream; charset=utf-8"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform"));
    response
}
