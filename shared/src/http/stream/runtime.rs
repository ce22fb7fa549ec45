//! The Lambda runtime for functions that stream: an invocation ends when the task of its response has ended.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use lambda_http::{
    Error, Request, Response, Service, lambda_runtime::LambdaInvocation, service_fn, streaming_runtime,
    tower::Layer,
};

use super::body::{StreamBody, Work};

/// The task of the current invocation; a container has one at a time.
#[derive(Clone, Default)]
pub(super) struct InFlight(Arc<Mutex<Option<Arc<Work>>>>);

impl InFlight {
    pub(super) fn set(&self, work: Arc<Work>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(work);
    }

    async fn finish(&self) {
        let work = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(work) = work {
            work.finish().await;
        }
    }
}

/// Serves requests with a handler whose responses are streamed, until the process is ended.
///
/// # Errors
/// When the Lambda runtime cannot be reached.
pub(super) async fn run<Handled>(
    in_flight: InFlight,
    handler: impl Fn(Request) -> Handled + Send + 'static,
) -> Result<(), Error>
where
    Handled: Future<Output = Result<Response<StreamBody>, Infallible>> + Send + 'static,
{
    let runtime = streaming_runtime(service_fn(handler));
    runtime.layer(FinishLayer(in_flight)).run().await
}

/// Finishes the task of each response after it was sent, whether it was read or not.
struct FinishLayer(InFlight);

/// The service that [`FinishLayer`] makes.
struct FinishService<S> {
    inner: S,
    in_flight: InFlight,
}

impl<S> Layer<S> for FinishLayer {
    type Service = FinishService<S>;

    fn layer(&self, inner: S) -> FinishService<S> {
        FinishService {
            inner,
            in_flight: self.0.clone(),
        }
    }
}

impl<S> Service<LambdaInvocation> for FinishService<S>
where
    S: Service<LambdaInvocation, Response = (), Error = Error>,
    S::Future: 'static,
{
    type Response = ();
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<(), Error>>>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, invocation: LambdaInvocation) -> Self::Future {
        let (sending, in_flight) = (self.inner.call(invocation), self.in_flight.clone());
        Box::pin(async move {
            // A reader that disconnects is not a failure of the function, and no reason to end the process.
            if let Err(error) = sending.await {
                tracing::info!(%error, "response not sent completely");
            }
            in_flight.finish().await;
            Ok(())
        })
    }
}
