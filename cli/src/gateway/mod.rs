//! Local API Gateway: passes HTTP requests to functions as REST proxy events and returns their responses.

mod event;
mod header_names;
mod origin;
mod problem;
mod proxy_response;
mod routes;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Response};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::pool::{FunctionResponse, InvokeError, Pool};
use crate::template::{ResponseMode, Template};

use event::EventRequest;
pub(crate) use origin::AllowedNames;
use problem::Problem;
use routes::{RouteMatch, Routes};

/// API Gateway's maximum request body in bytes.
const MAX_BODY_BYTES: usize = 10 * 1024 * 1024;
/// API Gateway's integration timeout of a REST API.
const INTEGRATION_TIMEOUT: Duration = Duration::from_secs(29);

/// The REST API of a template.
pub(crate) struct Gateway {
    pool: Arc<Pool>,
    routes: Routes,
    stage: String,
    binary_media_types: Vec<String>,
    allowed_names: AllowedNames,
}

impl Gateway {
    /// Creates the gateway for a template's routes. Browsers may call it by `allowed_names`, too.
    pub(crate) fn new(template: &Template, pool: Arc<Pool>, allowed_names: AllowedNames) -> Arc<Self> {
        Arc::new(Self {
            pool,
            routes: Routes::from_template(template),
            stage: template.stage.clone(),
            binary_media_types: template.binary_media_types.clone(),
            allowed_names,
        })
    }

    /// Serves until `stop` is sent or dropped, then completes the running requests.
    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener, stop: oneshot::Receiver<()>) {
        let router = Router::new().fallback(handle).with_state(self);
        let stopped = async {
            let _ = stop.await;
        };
        // `axum::serve` never returns an error: it retries `accept`.
        let _ = axum::serve(listener, router)
            .with_graceful_shutdown(stopped)
            .await;
    }
}

/// Handles one request. Every failure becomes a problem document, and every response carries a request id.
async fn handle(State(gateway): State<Arc<Gateway>>, request: Request) -> Response<Body> {
    let request_id = uuid::Uuid::new_v4().to_string();
    let path = request.uri().path().to_owned();
    let result = gateway.respond(request, &request_id).await;
    let mut response = result.unwrap_or_else(|problem| problem.into_response(&path, &request_id));
    if let Ok(request_id) = HeaderValue::from_str(&request_id) {
        // A function's own request id takes precedence: it is the one in its logs.
        response.headers_mut().entry("x-request-id").or_insert(request_id);
    }
    response
}

impl Gateway {
    async fn respond(&self, request: Request, request_id: &str) -> Result<Response<Body>, Problem> {
        let (parts, body) = request.into_parts();
        if let Some(refusal) = self
            .allowed_names
            .refusal(&parts.method, &parts.uri, &parts.headers)
        {
            return Err(refusal);
        }
        if head_bytes(&parts) > header_names::MAX_BYTES {
            return Err(Problem::headers_too_large(header_names::MAX_BYTES));
        }
        let route = match self.routes.find(&parts.method, parts.uri.path()) {
            RouteMatch::Matched(route) => route,
            RouteMatch::MethodNotAllowed(allowed) => {
                return Err(Problem::method_not_allowed(&parts.method, &allowed));
            }
            RouteMatch::NotFound => return Err(Problem::not_found()),
        };
        let body = axum::body::to_bytes(body, MAX_BODY_BYTES)
            .await
            .map_err(|error| Problem::unread_body(&error, MAX_BODY_BYTES))?;
        let event = event::build(&EventRequest {
            method: &parts.method,
            uri: &parts.uri,
            headers: &header_names::of_request(&parts.headers),
            body: &body,
            resource: &route.resource,
            path_parameters: &route.parameters,
            stage: &self.stage,
            binary_media_types: &self.binary_media_types,
            request_id,
        });
        let function = &route.function;
        let malformed = |reason: &str| Problem::malformed_response(function, reason);
        match (
            self.invoke(function, event.to_string().into()).await?,
            route.response_mode,
        ) {
            (FunctionResponse::Buffered(response), ResponseMode::Buffered) => {
                proxy_response::parse(&response).map_err(|reason| malformed(&reason))
            }
            (FunctionResponse::Streaming(stream), ResponseMode::Streaming) => {
                let mut response =
                    proxy_response::parse(&stream.prelude).map_err(|reason| malformed(&reason))?;
                *response.body_mut() = stream.into_body();
                Ok(response)
            }
            (FunctionResponse::Streaming(_), ResponseMode::Buffered) => Err(malformed(
                "the route expects a buffered response, not a streaming one",
            )),
            (FunctionResponse::Buffered(_), ResponseMode::Streaming) => Err(malformed(
                "the route expects a streaming response, not a buffered one",
            )),
        }
    }

    async fn invoke(&self, function: &str, event: Bytes) -> Result<FunctionResponse, Problem> {
        let invocation = tokio::time::timeout(INTEGRATION_TIMEOUT, self.pool.invoke(function, event));
        let result = invocation.await.unwrap_or(Err(InvokeError::TimedOut {
            after: INTEGRATION_TIMEOUT,
        }));
        result.map_err(|error| Problem::from_invocation(function, &error))
    }
}

/// The size of the request line and the headers as they were sent, in bytes.
fn head_bytes(parts: &Parts) -> usize {
    // Two blanks, the version and the end of the line; a colon, a blank and the end of the line.
    let line = parts.method.as_str().len() + parts.uri.to_string().len() + 12;
    let header = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + 4;
    line + parts.headers.iter().map(header).sum::<usize>()
}
