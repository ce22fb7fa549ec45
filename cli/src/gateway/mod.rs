//! The local API Gateway: HTTP in, REST API proxy events to the functions, their answers back out.

mod event;
mod problem;
mod proxy_response;
mod routes;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Response};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::pool::{InvokeError, Pool, Reply};
use crate::template::{ResponseMode, Template};

use event::EventRequest;
use problem::Problem;
use routes::{Match, Routes};

/// The largest request body in bytes, as API Gateway has it.
const MAX_BODY_BYTES: usize = 10 * 1024 * 1024;
/// The longest a REST API waits for a function.
const INTEGRATION_TIMEOUT: Duration = Duration::from_secs(29);

/// What every request needs.
pub(crate) struct Gateway {
    pool: Arc<Pool>,
    routes: Routes,
    stage: String,
}

impl Gateway {
    pub(crate) fn new(template: &Template, pool: Arc<Pool>) -> Arc<Self> {
        Arc::new(Self {
            pool,
            routes: Routes::of(template),
            stage: template.stage.clone(),
        })
    }

    /// Serves until `stop` is sent or dropped, and then until the running requests are done.
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

/// Total: every failure leaves as a problem document, and every response carries a request id.
async fn handle(State(gateway): State<Arc<Gateway>>, request: Request) -> Response<Body> {
    let request_id = uuid::Uuid::new_v4().to_string();
    let path = request.uri().path().to_owned();
    let result = gateway.answer(request, &request_id).await;
    let mut response = result.unwrap_or_else(|problem| problem.into_response(&path, &request_id));
    if let Ok(request_id) = HeaderValue::from_str(&request_id) {
        // The function's own id, when it set one, is the one in its logs.
        response.headers_mut().entry("x-request-id").or_insert(request_id);
    }
    response
}

impl Gateway {
    async fn answer(&self, request: Request, request_id: &str) -> Result<Response<Body>, Problem> {
        let (parts, body) = request.into_parts();
        let route = match self.routes.find(&parts.method, parts.uri.path()) {
            Match::Found(route) => route,
            Match::OtherMethods(allowed) => return Err(Problem::method_not_allowed(&parts.method, &allowed)),
            Match::Nothing => return Err(Problem::not_found()),
        };
        let body = axum::body::to_bytes(body, MAX_BODY_BYTES)
            .await
            .map_err(|error| Problem::unread_body(&error))?;
        let event = event::build(&EventRequest {
            method: &parts.method,
            uri: &parts.uri,
            headers: &parts.headers,
            body: &body,
            resource: &route.resource,
            path_parameters: &route.parameters,
            stage: &self.stage,
            request_id,
        });
        let function = &route.function;
        let bad = |reason: &str| Problem::bad_response(function, reason);
        match (
            self.invoke(function, event.to_string().into()).await?,
            route.response_mode,
        ) {
            (Reply::Whole(response), ResponseMode::Buffered) => {
                proxy_response::parse(&response).map_err(|reason| bad(&reason))
            }
            (Reply::Streamed(streamed), ResponseMode::Streaming) => {
                let mut response = proxy_response::parse(&streamed.head).map_err(|reason| bad(&reason))?;
                *response.body_mut() = streamed.into_body();
                Ok(response)
            }
            (Reply::Streamed(_), ResponseMode::Buffered) => Err(bad("it is streamed, and the route is not")),
            (Reply::Whole(_), ResponseMode::Streaming) => Err(bad("it is not streamed, and the route is")),
        }
    }

    async fn invoke(&self, function: &str, event: Bytes) -> Result<Reply, Problem> {
        let invocation = tokio::time::timeout(INTEGRATION_TIMEOUT, self.pool.call(function, event));
        let result = invocation.await.unwrap_or(Err(InvokeError::TimedOut {
            after: INTEGRATION_TIMEOUT,
        }));
        result.map_err(|error| Problem::from_invocation(function, &error))
    }
}
