//! Responses that leave while they are made. What makes one is polled by whoever reads it; when the reader is gone, the
//! runtime polls it to its end before the next event is fetched, so that nothing outlives its invocation.

mod output;
mod resumed;
mod runtime;

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http_body::Frame;
use lambda_http::{
    Body, Response,
    http::{
        HeaderValue,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    RequestContext,
    idempotency::REPLAYED,
    problem::Problem,
    request_context::{LogLine, for_the_log, set_request_id},
};
use crate::{
    error::HubError,
    guard,
    meter::{self, Units},
};
pub use output::Output;
pub use resumed::{EventHistory, resumed};
pub use runtime::{InFlight, run};

/// Added to the deadline of the work before the edge gives up on it.
const GRACE: Duration = Duration::from_millis(500);

/// What a request has come to before the first event.
pub enum StreamStart {
    /// A response as a whole.
    Complete(Response<Body>),
    /// Events that this makes.
    Events(EventSource),
    /// The same of a request that had been sent before.
    Replayed(EventSource),
}

/// Begins to make events. It is given where they go, and who reads them.
pub type EventSource = Box<dyn FnOnce(Output, CancellationToken) -> EventTask + Send>;

/// What makes events. It ends with one, whatever happens; a failure is for the log.
pub type EventTask = Pin<Box<dyn Future<Output = Result<(), HubError>> + Send>>;

/// Runs a request to its first event or its whole response, and leaves the rest to its reader. A failure before the first
/// event is a problem. Writes the invocation's one log line at its end.
pub async fn respond(
    context: &RequestContext<'_>,
    in_flight: &InFlight,
    begin: impl Future<Output = Result<StreamStart, HubError>>,
) -> Response<StreamBody> {
    let left = context.deadline.left() + GRACE;
    let (begun, units) = meter::metered(async { (guard::within(left, begin).await, meter::used()) }).await;
    let log = LogLine::of(context, units);
    let mut response = match begun {
        Ok(StreamStart::Events(make)) => live(make, log, in_flight),
        Ok(StreamStart::Replayed(make)) => {
            let mut response = live(make, log, in_flight);
            let headers = response.headers_mut();
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
            response
        }
        Ok(StreamStart::Complete(response)) => {
            log.write(response.status().as_u16(), Units::default(), None);
            response.map(StreamBody::whole)
        }
        Err(error) => {
            let problem = Problem::new(&error, context.instance(), &context.request_id).response();
            let error = for_the_log(&error);
            log.write(problem.status().as_u16(), Units::default(), Some(&error));
            problem.map(StreamBody::whole)
        }
    };
    set_request_id(&mut response, context);
    response
}

fn live(make: EventSource, log: LogLine, in_flight: &InFlight) -> Response<StreamBody> {
    let (body, work) = StreamBody::live(make, log);
    in_flight.hold(work);
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream; charset=utf-8"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform"));
    response
}

/// A body as a whole, or as it is made. It never ends in an error.
pub struct StreamBody {
    whole: Option<Bytes>,
    live: Option<(Arc<Work>, mpsc::UnboundedReceiver<Bytes>)>,
}

impl StreamBody {
    fn whole(body: Body) -> Self {
        let bytes = match body {
            Body::Text(text) => Bytes::from(text),
            Body::Binary(bytes) => Bytes::from(bytes),
            _ => Bytes::new(),
        };
        Self {
            whole: Some(bytes).filter(|bytes| !bytes.is_empty()),
            live: None,
        }
    }

    fn live(make: EventSource, log: LogLine) -> (Self, Arc<Work>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let cancellation = CancellationToken::new();
        let making = make(Output::to(sender), cancellation.clone());
        let making = Box::pin(async move {
            let left = log.deadline.left() + 2 * GRACE;
            let (made, units) =
                meter::metered(async { (guard::within(left, making).await, meter::used()) }).await;
            let error = made.err().map(|error| for_the_log(&error));
            log.write(200, units, error.as_deref());
        });
        let work = Arc::new(Work {
            making: Mutex::new(Some(making)),
            cancellation,
        });
        let body = Self {
            whole: None,
            live: Some((work.clone(), receiver)),
        };
        (body, work)
    }
}

impl http_body::Body for StreamBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let frame = |bytes| Poll::Ready(Some(Ok(Frame::data(bytes))));
        if let Some(whole) = self.whole.take() {
            return frame(whole);
        }
        let Some((work, output)) = &mut self.live else {
            return Poll::Ready(None);
        };
        let over = work.poll(context).is_ready();
        match output.poll_recv(context) {
            Poll::Ready(Some(bytes)) => frame(bytes),
            Poll::Ready(None) => Poll::Ready(None),
            // The work holds the only sender.
            Poll::Pending if over => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }
}

/// What makes a response, until it is done.
struct Work {
    making: Mutex<Option<Pin<Box<dyn Future<Output = ()> + Send>>>>,
    cancellation: CancellationToken,
}

impl Work {
    fn making(&self) -> MutexGuard<'_, Option<Pin<Box<dyn Future<Output = ()> + Send>>>> {
        self.making.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn poll(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut making = self.making();
        let Some(work) = making.as_mut() else {
            return Poll::Ready(());
        };
        let polled = work.as_mut().poll(context);
        if polled.is_ready() {
            *making = None;
        }
        polled
    }

    /// Tells it that nobody reads any more, and runs it to its end. It is taken away from the body: a body that is not
    /// dropped yet would be woken in its place.
    async fn finish(&self) {
        let Some(making) = self.making().take() else {
            return;
        };
        self.cancellation.cancel();
        making.await;
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, task::Poll, time::Duration};

    use futures::{StreamExt, stream::FuturesUnordered};
    use http_body::Body;
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn work_ends_though_its_body_is_still_being_read_from() {
        let (sender, output) = mpsc::unbounded_channel();
        let (go_on, goes_on) = oneshot::channel::<()>();
        let cancellation = CancellationToken::new();
        let making = Box::pin(async move {
            let _output = sender;
            let _ = goes_on.await;
        });
        let work = Arc::new(Work {
            making: Mutex::new(Some(making)),
            cancellation,
        });
        let mut body = StreamBody {
            whole: None,
            live: Some((work.clone(), output)),
        };
        let mut read = async || {
            let poll = |context: &mut Context<'_>| Poll::Ready(Pin::new(&mut body).poll_frame(context));
            poll_fn(poll).await
        };
        assert!(read().await.is_pending());
        // Polls what is in it only when that was woken.
        let mut finishing = FuturesUnordered::from_iter([work.finish()]);
        let begun = poll_fn(|context| Poll::Ready(finishing.poll_next_unpin(context))).await;
        assert!(begun.is_pending());
        let _ = read().await;
        go_on.send(()).unwrap();
        let finished = tokio::time::timeout(Duration::from_secs(5), finishing.next()).await;
        finished.expect("it is woken").unwrap();
    }
}
