//! The body of a streamed response, and the task that makes it.

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
use lambda_http::Body;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{output::EventOutput, start::EventSource};
use crate::{
    http::request_context::{LogLine, for_the_log},
    isolate, meter,
};

/// How long after the deadline the task of a response may still run: it records the answer and sends the last event.
const GRACE: Duration = Duration::from_secs(1);

/// A response body that is complete, or made while it is read. It never ends in an error.
pub struct StreamBody {
    complete: Option<Bytes>,
    live: Option<(Arc<Work>, mpsc::UnboundedReceiver<Bytes>)>,
}

impl StreamBody {
    pub(super) fn complete(body: Body) -> Self {
        let bytes = match body {
            Body::Text(text) => Bytes::from(text),
            Body::Binary(bytes) => Bytes::from(bytes),
            _ => Bytes::new(),
        };
        Self {
            complete: Some(bytes).filter(|bytes| !bytes.is_empty()),
            live: None,
        }
    }

    pub(super) fn live(source: EventSource, log: LogLine) -> (Self, Arc<Work>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let cancellation = CancellationToken::new();
        let task = source(EventOutput::new(sender), cancellation.clone());
        let task = Box::pin(async move {
            let limit = log.deadline.left() + GRACE;
            let (ended, used) = meter::metered(isolate::invocation(limit, task)).await;
            let error = ended.err().map(|error| for_the_log(&error));
            log.write(200, used, error.as_deref());
        });
        let work = Arc::new(Work {
            task: Mutex::new(Some(task)),
            cancellation,
        });
        let body = Self {
            complete: None,
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
        if let Some(complete) = self.complete.take() {
            return frame(complete);
        }
        let Some((work, output)) = &mut self.live else {
            return Poll::Ready(None);
        };
        let over = work.poll(context).is_ready();
        match output.poll_recv(context) {
            Poll::Ready(Some(bytes)) => frame(bytes),
            Poll::Ready(None) => Poll::Ready(None),
            // The task holds the only sender.
            Poll::Pending if over => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }
}

/// The task that makes a response, until it has ended.
pub(super) struct Work {
    task: Mutex<Option<Pin<Box<dyn Future<Output = ()> + Send>>>>,
    cancellation: CancellationToken,
}

impl Work {
    fn task(&self) -> MutexGuard<'_, Option<Pin<Box<dyn Future<Output = ()> + Send>>>> {
        self.task.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn poll(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut task = self.task();
        let Some(running) = task.as_mut() else {
            return Poll::Ready(());
        };
        let polled = running.as_mut().poll(context);
        if polled.is_ready() {
            *task = None;
        }
        polled
    }

    /// Cancels the task and runs it to its end. The task is taken away from the body, because a body that is not dropped yet
    /// would be woken in its place.
    pub(super) async fn finish(&self) {
        let Some(task) = self.task().take() else {
            return;
        };
        self.cancellation.cancel();
        task.await;
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
        let task = Box::pin(async move {
            let _output = sender;
            let _ = goes_on.await;
        });
        let work = Arc::new(Work {
            task: Mutex::new(Some(task)),
            cancellation,
        });
        let mut body = StreamBody {
            complete: None,
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
