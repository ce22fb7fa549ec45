//! Reads a question and tells of its answer while it is made. Events are kept for those who lose their connection; when
//! nobody reads any more, the work ends at the next word.

use std::{convert::Infallible, pin::pin, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use shared::{
    bootstrap::Services,
    config::Config,
    deadline::Deadline,
    domain::{Answer, Ask, EncodedEvent, Event, Status},
    error::HubError,
    event_sink::EventSink,
    guard,
    http::{
        self, Problem, Request, RequestContext, Response, StatusCode, idempotent, requests,
        stream::{EventHistory, InFlight, Output, StreamBody, StreamStart, respond, resumed},
    },
    orchestrator::Orchestrator,
    ports::{Idempotency, Lease, WorkQueue, WriteEvents},
};
use tokio::{sync::mpsc, time::Instant};
use tokio_util::sync::CancellationToken;

/// How long events are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(1);
/// Events are kept at the end, and so long after the first of those that are not.
const KEEPING: Duration = Duration::from_secs(1);
/// After its deadline and this, an invocation has ended.
const GRACE: Duration = Duration::from_secs(2);

pub(crate) struct App {
    pub(crate) orchestrator: Orchestrator,
    pub(crate) questions: Arc<dyn WorkQueue>,
    pub(crate) events: Arc<dyn WriteEvents>,
    pub(crate) kept: EventHistory,
    pub(crate) idempotency: Arc<dyn Idempotency>,
    pub(crate) in_flight: InFlight,
    pub(crate) timeout: Duration,
}

impl App {
    /// The clients and ports of this container.
    pub(crate) async fn new(config: Config) -> Self {
        let timeout = config.timeout;
        let Services {
            orchestrator,
            answers,
            access,
        } = Services::new(config).await;
        Self {
            orchestrator,
            questions: answers.clone(),
            events: answers.clone(),
            kept: EventHistory {
                answers: answers.clone(),
                events: answers,
            },
            idempotency: access,
            in_flight: InFlight::default(),
            timeout,
        }
    }
}

/// Always `Ok`: a failure leaves as a problem, or as the last event.
pub(crate) async fn handle(app: Arc<App>, request: Request) -> Result<Response<StreamBody>, Infallible> {
    let context = RequestContext::new(&request, app.timeout);
    Ok(respond(&context, &app.in_flight, begin(app.clone(), &context)).await)
}

/// Everything that can be said with a status: what comes after it is an event. A question that is sent again is followed.
async fn begin(app: Arc<App>, context: &RequestContext<'_>) -> Result<StreamStart, HubError> {
    let ask = requests::ask(context.request, |model| app.orchestrator.serves(model))?;
    if ask.dry_run {
        let preview = async { http::json(StatusCode::OK, &app.orchestrator.preview(&ask)) };
        let preview = idempotent(context, &*app.idempotency, Box::pin(preview));
        return preview.await.map(StreamStart::Complete);
    }
    let mut opened = None;
    let accepted = idempotent(
        context,
        &*app.idempotency,
        Box::pin(async {
            let stream = opened.insert(open(app.clone(), context, ask).await?);
            http::json(StatusCode::OK, &stream.lease.id)
        }),
    );
    let accepted = accepted.await?;
    match opened {
        Some(stream) => Ok(StreamStart::Events(Box::new(|output, cancellation| {
            Box::pin(stream.answer(output, cancellation))
        }))),
        None => {
            let id =
                serde_json::from_slice(accepted.body()).map_err(|error| HubError::Internal(error.into()))?;
            resumed(&app.kept, context, id, 0)
                .await
                .map(StreamStart::Replayed)
        }
    }
}

/// Accepts a question: from here on it can be found.
async fn open(app: Arc<App>, context: &RequestContext<'_>, ask: Ask) -> Result<Stream, HubError> {
    let accepted = Answer {
        status: Status::Processing,
        ..app.orchestrator.pending(&ask)
    };
    let lease = Lease::new(context.user.clone(), accepted.query_id);
    let length = SignedDuration::try_from(context.deadline.left() + GRACE).unwrap_or(SignedDuration::MAX);
    app.questions
        .start(&lease, &accepted, Timestamp::now() + length)
        .await?;
    Ok(Stream {
        app,
        ask,
        accepted,
        lease,
        deadline: context.deadline,
        instance: context.instance().to_owned(),
        request_id: context.request_id.clone(),
    })
}

/// A question whose answer is told.
struct Stream {
    app: Arc<App>,
    ask: Ask,
    accepted: Answer,
    lease: Lease,
    deadline: Deadline,
    instance: String,
    request_id: String,
}

impl Stream {
    async fn answer(self, output: Output, cancellation: CancellationToken) -> Result<(), HubError> {
        let Self {
            app,
            ask,
            accepted,
            lease,
            ..
        } = &self;
        let (sender, mut told) = mpsc::unbounded_channel();
        let sink = EventSink::new(sender, cancellation);
        let recorder = app.questions.recorder(lease.clone());
        let answer =
            app.orchestrator
                .answer_accepted(&lease.user, ask, accepted, &*recorder, &sink, self.deadline);
        let mut answer = pin!(guard::within(self.deadline.left() + GRACE / 4, answer));
        let mut telling = EventWriter::new(output, &*app.events, lease);
        let answered = loop {
            tokio::select! {
                biased;
                Some(event) = told.recv() => telling.tell(event),
                answered = &mut answer => break answered,
                () = telling.due() => telling.act().await,
            }
        };
        while let Ok(event) = told.try_recv() {
            telling.tell(event);
        }
        match answered {
            Ok(answer) => {
                // It is kept as the answer itself.
                telling.keep().await;
                telling.output.tell(&Event::end_of(answer).into());
                Ok(())
            }
            Err(error) => {
                let problem = Problem::new(&error, &self.instance, &self.request_id);
                let problem = http::to_json(&problem)?;
                telling.tell_kept(Event::Failed { problem }).await;
                if let Err(error) = app.questions.mark_failed(lease, &error.to_string()).await {
                    tracing::warn!(error = &error as &dyn std::error::Error, "question not ended");
                }
                Err(error)
            }
        }
    }
}

/// Sends events, and keeps them.
struct EventWriter<'a> {
    output: Output,
    events: &'a dyn WriteEvents,
    lease: &'a Lease,
    /// Told, and not yet kept.
    unkept: Vec<EncodedEvent>,
    since: Option<Instant>,
}

impl<'a> EventWriter<'a> {
    fn new(output: Output, events: &'a dyn WriteEvents, lease: &'a Lease) -> Self {
        Self {
            output,
            events,
            lease,
            unkept: Vec::new(),
            since: None,
        }
    }

    fn tell(&mut self, event: Event) {
        let event = EncodedEvent::from(event);
        self.output.tell(&event);
        self.unkept.push(event);
        self.since.get_or_insert_with(Instant::now);
    }

    /// Keeps the event before it is told: whoever has read the last one can come back at idempotent.
    async fn tell_kept(&mut self, event: Event) {
        let event = EncodedEvent::from(event);
        self.unkept.push(event.clone());
        self.keep_from(self.output.last() + 2).await;
        self.output.tell(&event);
    }

    /// Comes to an end when there is something to do without an event.
    async fn due(&self) {
        let at = self
            .since
            .map_or(self.output.heartbeat_at(), |since| since + KEEPING);
        tokio::time::sleep_until(at).await;
    }

    async fn act(&mut self) {
        match self.since {
            Some(_) => self.keep().await,
            None => self.output.heartbeat(),
        }
    }

    async fn keep(&mut self) {
        self.keep_from(self.output.last() + 1).await;
    }

    /// Keeps what is not yet; `next` is the number after the last of it. What cannot be kept cannot be resumed, no more.
    async fn keep_from(&mut self, next: u64) {
        let events = std::mem::take(&mut self.unkept);
        self.since = None;
        if events.is_empty() {
            return;
        }
        let first = next - events.len() as u64;
        let (Lease { user, id, .. }, until) = (self.lease, Timestamp::now() + KEPT);
        let kept = self.events.write_events(user, *id, first, &events, until).await;
        if let Err(error) = kept {
            tracing::warn!(error = &error as &dyn std::error::Error, "events not kept");
        }
    }
}
